//! The desk as leads and consoles read it: rules, line, events, packets, problems, tasks.

use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use desk::{ConversationId, TicketId};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use store::{EventQuery, Scope, Store};
use utoipa::{IntoParams, ToSchema};

use super::Has;
use super::caller::Caller;
use super::extract::{Id, Params, checked_id};
use super::problem::{Answer, Code, Problem};
use crate::turn::{self};
use crate::wire::{CauseBody, EventBody, PacketBody, TicketBody};

/// Events given at once.
const EVENTS: usize = 200;

/// A team.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Team)]
pub(super) struct TeamBody {
    /// Its name.
    id: String,
    /// The tier it takes.
    tier: u8,
    /// What its tickets need of a person.
    skills: Vec<String>,
    /// People are there now.
    open: bool,
    /// When they are there next; null where they are there now.
    next_opening: Option<String>,
}

/// A playbook.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Playbook)]
pub(super) struct PlaybookBody {
    /// Its name.
    id: String,
    /// The intents it is for.
    intents: Vec<String>,
    /// Its stages in order.
    stages: Vec<String>,
    /// What the customer may choose from.
    options: Vec<String>,
}

/// The rules in force and what waits.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Desk)]
pub(super) struct DeskBody {
    /// Who is there.
    teams: Vec<TeamBody>,
    /// What is done about disputes.
    playbooks: Vec<PlaybookBody>,
    /// Tickets that wait for a person, by tier.
    waiting: [u32; 3],
    /// What a ticket took lately, in seconds.
    handling_seconds: Option<i64>,
}

/// Teams, playbooks, and what waits.
#[utoipa::path(get, path = "/v1/desk", tag = "desk", security(("token" = []), ("session" = [])),
    responses(
        (status = 200, description = "The desk", body = DeskBody),
        (status = "default", description = "A problem", body = super::ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn desk(State(app): Has, caller: Caller) -> Answer<Json<DeskBody>> {
    caller.may(Scope::TicketsRead)?;
    let loads = app.store.loads().await?;
    let knowledge = app.knowledge();
    let (policy, now) = (&knowledge.policy, app.clock.now());
    let teams = policy.book.teams.iter().map(|team| {
        let hours = team.hours.as_ref().unwrap_or(&policy.hours);
        let open = hours.is_open(now);
        TeamBody {
            id: team.id.to_string(),
            tier: team.tier,
            skills: team.skills.clone(),
            open,
            next_opening: (!open).then(|| hours.next_opening(now).to_string()),
        }
    });
    let playbooks = policy.book.playbooks.values().map(|playbook| PlaybookBody {
        id: playbook.id.clone(),
        intents: playbook.intents.clone(),
        stages: playbook.stages.iter().map(|stage| stage.id.clone()).collect(),
        options: playbook.options.clone(),
    });
    Ok(Json(DeskBody {
        teams: teams.collect(),
        playbooks: playbooks.collect(),
        waiting: loads.waiting,
        handling_seconds: loads.handling_seconds,
    }))
}

/// Which events.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct Which {
    /// The `n` of the last event known; 0 for all.
    #[serde(default)]
    after: u64,
    /// Of this conversation alone.
    #[serde(default)]
    conversation_id: Option<String>,
}

/// What happened, in order: the trail that other programs follow.
#[utoipa::path(get, path = "/v1/events", tag = "desk", params(Which),
    security(("token" = []), ("session" = [])),
    responses(
        (status = 200, description = "Events, 200 at most", body = Vec<EventBody>),
        (status = "default", description = "A problem", body = super::ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn events(
    State(app): Has,
    caller: Caller,
    Params(which): Params<Which>,
) -> Answer<Json<Vec<EventBody>>> {
    caller.may(Scope::TicketsRead)?;
    let query = EventQuery {
        conversation: which.conversation_id.as_deref().map(ConversationId::new),
        after: which.after,
        limit: EVENTS,
        latest: false,
    };
    Ok(Json(app.store.events(&query).await?.iter().map(EventBody::of).collect()))
}

/// For whom the packet is.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct Reader {
    /// The language in which intents are named; the reader's first one, else English.
    #[serde(default)]
    language: Option<String>,
    /// `json` or `text`.
    #[serde(default)]
    format: Option<String>,
}

/// Everything about a ticket at a glance, as JSON or as plain text.
#[utoipa::path(get, path = "/v1/tickets/{id}/packet", tag = "tickets",
    params(("id" = String, Path, description = "The ticket"), Reader),
    security(("token" = []), ("session" = [])),
    responses(
        (status = 200, description = "The packet", body = PacketBody),
        (status = "default", description = "A problem", body = super::ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn packet(
    State(app): Has,
    caller: Caller,
    Id(id): Id,
    Params(reader): Params<Reader>,
) -> Answer<Response> {
    caller.may(Scope::TicketsRead)?;
    let own = match &caller {
        Caller::Person { name, .. } => app.store.user(name).await?,
        Caller::Api { .. } | Caller::Visitor(_) => None,
    };
    let own = own.and_then(|user| user.profile.languages.first().cloned());
    let language = reader.language.or(own).unwrap_or_else(|| "en".to_owned());
    checked_id("language", &language)?;
    let packet = turn::packet(&app, &TicketId::new(&id), &language).await?;
    match reader.format.as_deref() {
        None | Some("json") => Ok(Json(PacketBody::of(&packet)).into_response()),
        Some("text") => {
            let kind = [(header::CONTENT_TYPE, "text/plain; charset=utf-8")];
            Ok((kind, packet.text()).into_response())
        }
        Some(_) => Err(Problem::new(Code::InvalidField, "format: takes json or text")),
    }
}

/// Since when.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct Since {
    /// Resolved from then on, RFC 3339; the last 30 days where left out.
    #[serde(default)]
    since: Option<String>,
}

/// One line of the problem log.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ProblemLine)]
pub(super) struct ProblemLine {
    /// When it was resolved.
    resolved_at: Option<String>,
    /// What lay behind it.
    #[serde(flatten)]
    cause: CauseBody,
    /// The ticket.
    ticket: TicketBody,
}

/// What lay behind resolved tickets: cause, department, loss.
#[utoipa::path(get, path = "/v1/problems", tag = "desk", params(Since),
    security(("token" = []), ("session" = [])),
    responses(
        (status = 200, description = "In the order in which they were resolved", body = Vec<ProblemLine>),
        (status = "default", description = "A problem", body = super::ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn problems(
    State(app): Has,
    caller: Caller,
    Params(which): Params<Since>,
) -> Answer<Json<Vec<ProblemLine>>> {
    caller.may(Scope::TicketsRead)?;
    let since = match which.since {
        Some(text) => text.parse::<Timestamp>().map_err(|_| {
            Problem::new(Code::InvalidField, "since: takes a time such as 2026-11-01T00:00:00Z")
        })?,
        None => app.clock.now() - SignedDuration::from_hours(24 * 30),
    };
    let tickets = app.store.problems(since).await?;
    let line = |ticket: &desk::Ticket| {
        let cause = ticket.problem.clone().map(CauseBody::from)?;
        let resolved_at = ticket.resolved_at.map(|at| at.to_string());
        Some(ProblemLine { resolved_at, cause, ticket: TicketBody::of(ticket) })
    };
    Ok(Json(tickets.iter().filter_map(line).collect()))
}
