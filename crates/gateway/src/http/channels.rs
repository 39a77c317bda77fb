//! Channels and the outbox: for admins.

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use store::{OutboxEntry, OutboxQuery, OutboxState, Record, Scope, Store};
use utoipa::IntoParams;

use super::Has;
use super::caller::Caller;
use super::extract::{Id, Params};
use super::problem::{Answer, Code, Problem};
use crate::access;
use crate::app::App;
use crate::channel;
use crate::wire::{ChannelBody, OutboundBody};

/// Every inbox and destination: since when it is verified, its last event, its failures, and
/// what waits.
#[utoipa::path(get, path = "/v1/channels", tag = "channels",
    security(("token" = []), ("session" = [])),
    responses(
        (status = 200, description = "By name", body = Vec<ChannelBody>),
        (status = "default", description = "A problem", body = super::ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn channels(State(app): Has, caller: Caller) -> Answer<Json<Vec<ChannelBody>>> {
    caller.may(Scope::Admin)?;
    let figures = app.store.channel_figures().await?;
    let now = app.clock.now();
    Ok(Json(channel::shown(&app.channels, figures, now)))
}

/// Which rows.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Which {
    /// `dead` (where left out), `waiting`, `sending` or `sent`.
    state: Option<String>,
    /// To this destination.
    destination: Option<String>,
    /// Of this conversation: in every state, where none is said.
    conversation_id: Option<String>,
    /// Those with a higher number.
    after: Option<u64>,
}

/// What could not be sent, or what waits to be; 200 at most, in order.
#[utoipa::path(get, path = "/v1/outbox", tag = "channels", params(Which),
    security(("token" = []), ("session" = [])),
    responses(
        (status = 200, description = "In order", body = Vec<OutboundBody>),
        (status = "default", description = "A problem", body = super::ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn outbox(
    State(app): Has,
    caller: Caller,
    Params(which): Params<Which>,
) -> Answer<Json<Vec<OutboundBody>>> {
    caller.may(Scope::Admin)?;
    let state = which.state.as_deref().map(|name| {
        OutboxState::parse(name).ok_or_else(|| {
            Problem::new(Code::InvalidField, "state: takes dead, waiting, sending or sent")
        })
    });
    let query = OutboxQuery {
        state: state.transpose()?,
        destination: which.destination,
        conversation: which.conversation_id.as_deref().map(desk::ConversationId::new),
        after: which.after.unwrap_or_default(),
        limit: 200,
    };
    let rows = app.store.outbox(&query).await?;
    Ok(Json(rows.into_iter().map(OutboundBody::from).collect()))
}

/// Tries something again that could not be sent.
#[utoipa::path(post, path = "/v1/outbox/{id}/replay", tag = "channels",
    params(("id" = u64, Path, description = "Its number")),
    security(("token" = []), ("session" = [])),
    responses(
        (status = 200, description = "It waits to be sent", body = OutboundBody),
        (status = "default", description = "A problem", body = super::ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn replay(
    State(app): Has,
    caller: Caller,
    Id(id): Id,
) -> Answer<Json<OutboundBody>> {
    send_again(&app, &caller, &id).await.map(|entry| Json(entry.into()))
}

/// The same for whoever asks elsewhere: a dead letter waits again, the trail says so, and
/// whoever sends is woken.
pub(crate) async fn send_again(app: &App, caller: &Caller, id: &str) -> Answer<OutboxEntry> {
    caller.may(Scope::Admin)?;
    let n: u64 = id.parse().map_err(|_| Code::OutboundNotFound)?;
    let query = OutboxQuery { after: n.saturating_sub(1), limit: 1, ..OutboxQuery::default() };
    let found = app.store.outbox(&query).await?.into_iter().find(|entry| entry.n == n);
    let entry = found.ok_or(Code::OutboundNotFound)?;
    let at = app.clock.now();
    let trail = access::audit(at, &caller.actor(), "outbox.replay", &entry.id, &entry.destination);
    app.store.put(vec![Record::Replay { n, at }, trail]).await?;
    app.channels.wake(&entry.destination);
    let state = OutboxState::Waiting;
    Ok(OutboxEntry { state, error: None, ended_at: None, attempts: 0, ..entry })
}
