//! Tickets: what people see to, and what they do about it. API callers only.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use desk::{AgentId, TicketId, TicketState};
use intent::Severity;
use serde::Deserialize;
use store::{Store, TicketQuery};
use utoipa::IntoParams;

use super::caller::Caller;
use super::extract::{Body, Id, MaybeBody, Params, checked_id, checked_text};
use super::problem::{Answer, Code, Problem};
use super::{Has, json};
use crate::turn::{self, Act, PersonAct};
use crate::wire::{TicketAnswer, TicketBody, TicketReplyRequest, TicketRequest, TicketsBody};

/// Which tickets.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct Which {
    /// Of this tier, 1 to 3.
    #[serde(default)]
    tier: Option<u8>,
    /// `red`, `yellow` or `blue`.
    #[serde(default)]
    severity: Option<String>,
    /// `open`, `assigned`, `waiting` or `resolved`; all but resolved where left out.
    #[serde(default)]
    state: Option<String>,
    /// `next` of the page before.
    #[serde(default)]
    cursor: Option<String>,
    /// How many at most, up to 200; 50 where left out.
    #[serde(default)]
    limit: Option<usize>,
}

/// Tickets, the earliest due first.
#[utoipa::path(
    get,
    path = "/v1/tickets",
    tag = "tickets",
    params(Which),
    security(("token" = [])),
    responses(
        (status = 200, description = "A page of tickets", body = TicketsBody),
        (status = "default", description = "A problem", body = super::ProblemBody, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn list(
    State(app): Has,
    caller: Caller,
    Params(which): Params<Which>,
) -> Answer<Json<TicketsBody>> {
    caller.api()?;
    let query = TicketQuery {
        tier: which.tier,
        severity: named("severity", which.severity, "red, yellow or blue", Severity::parse)?,
        state: named(
            "state",
            which.state,
            "open, assigned, waiting or resolved",
            TicketState::parse,
        )?,
        cursor: which.cursor,
        limit: which.limit.unwrap_or_default(),
    };
    let page = app.store.tickets(&query).await?;
    Ok(Json(TicketsBody {
        tickets: page.items.iter().map(TicketBody::of).collect(),
        next: page.next,
    }))
}

fn named<T>(
    field: &str,
    value: Option<String>,
    takes: &str,
    parse: impl Fn(&str) -> Option<T>,
) -> Answer<Option<T>> {
    let Some(value) = value else { return Ok(None) };
    match parse(&value) {
        Some(parsed) => Ok(Some(parsed)),
        None => Err(Problem::new(Code::InvalidField, format!("{field}: takes {takes}"))),
    }
}

/// One ticket.
#[utoipa::path(
    get,
    path = "/v1/tickets/{id}",
    tag = "tickets",
    params(("id" = String, Path, description = "The ticket")),
    security(("token" = [])),
    responses(
        (status = 200, description = "The ticket", body = TicketBody),
        (status = "default", description = "A problem", body = super::ProblemBody, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn ticket(
    State(app): Has,
    caller: Caller,
    Id(id): Id,
) -> Answer<Json<TicketBody>> {
    caller.api()?;
    let ticket = app.store.ticket(&TicketId::new(&id)).await?.ok_or(Code::TicketNotFound)?;
    Ok(Json(TicketBody::of(&ticket)))
}

/// A person answers the customer, and owns the conversation from then on.
#[utoipa::path(
    post,
    path = "/v1/tickets/{id}/reply",
    tag = "tickets",
    params(("id" = String, Path, description = "The ticket")),
    request_body = TicketReplyRequest,
    security(("token" = [])),
    responses(
        (status = 200, description = "Sent", body = TicketAnswer),
        (status = "default", description = "A problem", body = super::ProblemBody, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn reply(
    State(app): Has,
    caller: Caller,
    Id(id): Id,
    Body(request): Body<TicketReplyRequest>,
) -> Answer<Response> {
    let name = caller.api()?;
    let TicketReplyRequest { text, agent, message_id } = request;
    checked_text("text", &text)?;
    if text.trim().is_empty() {
        return Err(Code::EmptyText.into());
    }
    if let Some(id) = &message_id {
        checked_id("message_id", id)?;
    }
    let said = serde_json::to_vec(&(&id, &text, &agent)).map_err(Problem::internal)?;
    let act = PersonAct {
        ticket: TicketId::new(&id),
        agent: person(name, agent.as_deref())?,
        act: Act::Reply(text),
        key: Caller::key(name, message_id),
        body_hash: *blake3::hash(&said).as_bytes(),
    };
    turn::act(&app, &act).await.map(json)
}

/// A person has settled the matter.
#[utoipa::path(
    post,
    path = "/v1/tickets/{id}/resolve",
    tag = "tickets",
    params(("id" = String, Path, description = "The ticket")),
    request_body = Option<TicketRequest>,
    security(("token" = [])),
    responses(
        (status = 200, description = "Resolved", body = TicketAnswer),
        (status = "default", description = "A problem", body = super::ProblemBody, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn resolve(
    State(app): Has,
    caller: Caller,
    Id(id): Id,
    MaybeBody(request): MaybeBody<TicketRequest>,
) -> Answer<Response> {
    turn::act(&app, &closing(&caller, &id, &request, Act::Resolve)?).await.map(json)
}

/// A person gives the conversation back to the bot, which says so.
#[utoipa::path(
    post,
    path = "/v1/tickets/{id}/hand-back",
    tag = "tickets",
    params(("id" = String, Path, description = "The ticket")),
    request_body = Option<TicketRequest>,
    security(("token" = [])),
    responses(
        (status = 200, description = "Handed back", body = TicketAnswer),
        (status = "default", description = "A problem", body = super::ProblemBody, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn hand_back(
    State(app): Has,
    caller: Caller,
    Id(id): Id,
    MaybeBody(request): MaybeBody<TicketRequest>,
) -> Answer<Response> {
    turn::act(&app, &closing(&caller, &id, &request, Act::HandBack)?).await.map(json)
}

fn closing(caller: &Caller, id: &str, request: &TicketRequest, act: Act) -> Answer<PersonAct> {
    let name = caller.api()?;
    let agent = person(name, request.agent.as_deref())?;
    Ok(PersonAct { ticket: TicketId::new(id), agent, act, key: None, body_hash: [0; 32] })
}

/// Who acts: the person named, or else the program itself.
fn person(caller: &str, agent: Option<&str>) -> Answer<AgentId> {
    match agent {
        Some(agent) => checked_id("agent", agent).map(AgentId::new),
        None => Ok(AgentId::new(caller)),
    }
}
