//! What people write for each other at a ticket. No customer reads it.

use axum::Json;
use axum::extract::State;
use desk::{AgentId, EventKind, TicketId};
use serde::{Deserialize, Serialize};
use store::{Note, Record, Reports, Scope, Store};
use utoipa::ToSchema;

use super::Has;
use super::caller::Caller;
use super::extract::{Body, Id, checked_text};
use super::problem::{Answer, Code};
use crate::app::App;
use crate::turn::{self, Act, ActOn, PersonAct};

/// A note.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Note)]
pub(super) struct NoteBody {
    /// When it was written.
    at: String,
    /// By whom.
    by: String,
    /// What it says.
    text: String,
}

impl NoteBody {
    fn of(note: &Note) -> Self {
        Self { at: note.at.to_string(), by: note.by.clone(), text: note.text.clone() }
    }
}

/// A new note.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NoteRequest {
    /// What it says.
    text: String,
    /// Who writes; the name of the API token where left out.
    #[serde(default)]
    agent: Option<String>,
}

/// What people noted in the conversation of a ticket, in order.
#[utoipa::path(get, path = "/v1/tickets/{id}/notes", tag = "tickets",
    params(("id" = String, Path, description = "The ticket")),
    security(("token" = []), ("session" = [])),
    responses(
        (status = 200, description = "Notes", body = Vec<NoteBody>),
        (status = "default", description = "A problem", body = super::ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn notes(
    State(app): Has,
    caller: Caller,
    Id(id): Id,
) -> Answer<Json<Vec<NoteBody>>> {
    caller.may(Scope::TicketsRead)?;
    let ticket = app.store.ticket(&TicketId::new(&id)).await?.ok_or(Code::TicketNotFound)?;
    Ok(Json(app.store.notes(&ticket.conversation).await?.iter().map(NoteBody::of).collect()))
}

/// Writes a note for colleagues.
#[utoipa::path(post, path = "/v1/tickets/{id}/notes", tag = "tickets", request_body = NoteRequest,
    params(("id" = String, Path, description = "The ticket")),
    security(("token" = []), ("session" = [])),
    responses(
        (status = 200, description = "Written", body = NoteBody),
        (status = "default", description = "A problem", body = super::ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn note(
    State(app): Has,
    caller: Caller,
    Id(id): Id,
    Body(request): Body<NoteRequest>,
) -> Answer<Json<NoteBody>> {
    let agent = caller.agent(request.agent.as_deref())?;
    write(&app, agent, &id, &request.text).await.map(|note| Json(NoteBody::of(&note)))
}

/// Keeps a note and the line of the trail that says so.
pub(crate) async fn write(app: &App, agent: AgentId, ticket: &str, text: &str) -> Answer<Note> {
    checked_text("text", text)?;
    if text.trim().is_empty() {
        return Err(Code::EmptyText.into());
    }
    let ticket = app.store.ticket(&TicketId::new(ticket)).await?.ok_or(Code::TicketNotFound)?;
    let note = Note {
        conversation: ticket.conversation,
        ticket: ticket.id.clone(),
        at: app.clock.now(),
        by: agent.to_string(),
        text: text.to_owned(),
    };
    let noted = Act::Note(EventKind::Noted, String::new());
    let act = PersonAct::new(ActOn::Ticket(ticket.id), agent, noted);
    let act = PersonAct { records: vec![Record::Note(note.clone())], ..act };
    turn::act(app, &act).await?;
    Ok(note)
}
