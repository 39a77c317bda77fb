//! Tickets: what people see to, and what they do about it.

use axum::Json;
use axum::extract::State;
use desk::{AgentId, TeamId, TicketId, TicketState};
use intent::Severity;
use serde::Deserialize;
use store::{Scope, Store, TicketQuery};
use utoipa::IntoParams;

use super::Has;
use super::caller::Caller;
use super::extract::{Id, Params};
use super::problem::{Answer, Code, Problem};
use crate::wire::{TicketBody, TicketsBody};

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
    /// Of this person.
    #[serde(default)]
    assignee: Option<String>,
    /// Of this team.
    #[serde(default)]
    team: Option<String>,
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
    caller.may(Scope::TicketsRead)?;
    let query = TicketQuery {
        tier: which.tier,
        severity: named("severity", which.severity, "red, yellow or blue", Severity::parse)?,
        state: named(
            "state",
            which.state,
            "open, assigned, waiting or resolved",
            TicketState::parse,
        )?,
        assignee: which.assignee.as_deref().map(AgentId::new),
        team: which.team.as_deref().map(TeamId::new),
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
    caller.may(Scope::TicketsRead)?;
    let ticket = app.store.ticket(&TicketId::new(&id)).await?.ok_or(Code::TicketNotFound)?;
    Ok(Json(TicketBody::of(&ticket)))
}
