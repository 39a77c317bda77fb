//! Following a conversation as it goes on: server-sent events, and signs of typing.
//!
//! What is told is read from the store after each commit, so that a connection that breaks
//! loses nothing: it goes on after the `seq` that it saw last.

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use desk::ConversationId;
use serde::{Deserialize, Serialize};
use store::{Scope, Store};
use tokio::time::Instant;
use utoipa::{IntoParams, ToSchema};

use super::caller::Caller;
use super::conversations::{Names, readable, shown};
use super::extract::{Id, Params};
use super::problem::{Answer, Code, Problem};
use super::sse::{self, BEAT, HEARTBEAT, LONGEST, RETRY, Stream};
use super::{Has, Shared};
use crate::live::{Follower, Pulse, Typist};

/// How many messages are read at once.
const MESSAGES: usize = 100;

/// From where to go on; the header `Last-Event-ID` wins.
#[derive(Clone, Copy, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct From {
    /// The `seq` of the last message known; 0 for all.
    #[serde(default)]
    after: u64,
}

/// Who types, told as the event `typing`. Kept nowhere.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[schema(as = Typing)]
pub(super) struct TypingBody {
    /// `customer` or `agent`.
    by: &'static str,
}

/// Follows a conversation: `message` for each one (its `id` is the `seq`), `state` when the
/// conversation changes (a conversation as GET gives it), `typing`. Comments keep it alive.
#[utoipa::path(
    get,
    path = "/v1/conversations/{id}/events",
    tag = "conversations",
    params(
        ("id" = String, Path, description = "The conversation"), From,
        ("Last-Event-ID" = Option<u64>, Header, description = "The last `seq` seen"),
    ),
    security(("token" = []), ("session" = [])),
    responses(
        (status = 200, description = "Server-sent events", body = TypingBody, content_type = "text/event-stream"),
        (status = "default", description = "A problem", body = super::ProblemBody, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn follow(
    State(app): Has,
    caller: Caller,
    Id(id): Id,
    Params(from): Params<From>,
    headers: HeaderMap,
) -> Answer<Response> {
    let id = ConversationId::new(&id);
    readable(&app, &caller, &id).await?;
    let after = last_seen(&headers)?.unwrap_or(from.after);
    let follower = app.live.follow(&id)?;
    let (stream, response) = sse::stream();
    let named = !matches!(caller, Caller::Visitor(_));
    let teller =
        Teller { app, id, after, named, state: String::new(), stream, names: Names::default() };
    tokio::spawn(teller.tell(follower));
    Ok(response)
}

fn last_seen(headers: &HeaderMap) -> Answer<Option<u64>> {
    let Some(value) = headers.get("last-event-id") else { return Ok(None) };
    let seen = value.to_str().ok().and_then(|text| text.trim().parse().ok());
    let detail = "Last-Event-ID: takes the id of an event that came from here";
    seen.map(Some).ok_or_else(|| Problem::new(Code::InvalidField, detail))
}

/// Somebody types: the customer, or a person who sees to the conversation. Tell it at most
/// every few seconds while it lasts.
#[utoipa::path(
    post,
    path = "/v1/conversations/{id}/typing",
    tag = "conversations",
    params(("id" = String, Path, description = "The conversation")),
    security(("token" = []), ("session" = [])),
    responses(
        (status = 204, description = "Told to those who follow"),
        (status = "default", description = "A problem", body = super::ProblemBody, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn typing(State(app): Has, caller: Caller, Id(id): Id) -> Answer<StatusCode> {
    let id = ConversationId::new(&id);
    readable(&app, &caller, &id).await?;
    let typist = match caller {
        Caller::Visitor(_) => Typist::Customer,
        Caller::Api { .. } | Caller::Person { .. } => {
            caller.may(Scope::TicketsWrite)?;
            Typist::Agent
        }
    };
    app.types(&id, typist);
    Ok(StatusCode::NO_CONTENT)
}

/// Why a stream ends.
enum End {
    /// Nobody reads it any more, or too slowly.
    Gone,
    /// The store fails: the client comes back and is told.
    Failed(Problem),
}

impl std::convert::From<Problem> for End {
    fn from(problem: Problem) -> Self {
        Self::Failed(problem)
    }
}

struct Teller {
    app: Shared,
    id: ConversationId,
    after: u64,
    named: bool,
    /// The state as it was told last.
    state: String,
    stream: Stream,
    names: Names,
}

impl Teller {
    async fn tell(mut self, mut follower: Follower) {
        let until = Instant::now() + LONGEST;
        if let Err(End::Failed(problem)) = self.go_on(&mut follower, until).await {
            tracing::warn!(code = problem.code().as_str(), "a follower is dropped");
        }
    }

    async fn go_on(&mut self, follower: &mut Follower, until: Instant) -> Result<(), End> {
        self.send(RETRY).await?;
        let mut seen = follower.pulse();
        self.news().await?;
        loop {
            let Ok(woken) = tokio::time::timeout(HEARTBEAT, follower.next()).await else {
                if Instant::now() >= until {
                    return Ok(());
                }
                self.send(BEAT).await?;
                // What moves without a commit of this conversation, as its place in line; and
                // what another node has stored, should its word be lost.
                self.news().await?;
                continue;
            };
            let Some(pulse) = woken else { return Ok(()) };
            self.pulse(seen, pulse).await?;
            seen = pulse;
        }
    }

    async fn pulse(&mut self, before: Pulse, now: Pulse) -> Result<(), End> {
        if now.changes != before.changes {
            self.news().await?;
        }
        for (new, by) in [
            (now.agent_types != before.agent_types, "agent"),
            (now.customer_types != before.customer_types && self.named, "customer"),
        ] {
            if new {
                self.event("typing", None, &TypingBody { by }).await?;
            }
        }
        Ok(())
    }

    /// Tells what was stored since the last time.
    async fn news(&mut self) -> Result<(), End> {
        loop {
            let found = self.app.store.messages(&self.id, self.after, MESSAGES).await;
            let found = found.map_err(Problem::from)?;
            for message in &found {
                let body = self.names.message(&self.app, message, self.named).await?;
                self.event("message", Some(message.seq), &body).await?;
                self.after = message.seq;
            }
            if found.len() < MESSAGES {
                break;
            }
        }
        self.state().await
    }

    /// Tells the state where it is another than the one told last.
    async fn state(&mut self) -> Result<(), End> {
        let stored = self.app.store.conversation(&self.id).await.map_err(Problem::from)?;
        let stored = stored.ok_or(Problem::from(Code::ConversationNotFound))?;
        let body = shown(&self.app, &mut self.names, &stored.conversation).await?;
        let state = serde_json::to_string(&body).map_err(Problem::internal)?;
        if state != self.state {
            self.event("state", None, &body).await?;
            self.state = state;
        }
        Ok(())
    }

    async fn event(
        &mut self,
        name: &str,
        id: Option<u64>,
        data: &(impl Serialize + Sync),
    ) -> Result<(), End> {
        // JSON has no line ends of its own.
        let data = serde_json::to_string(data).map_err(Problem::internal)?;
        let id = id.map(|id| format!("id: {id}\n")).unwrap_or_default();
        self.send(format!("{id}event: {name}\ndata: {data}\n\n")).await
    }

    async fn send(&mut self, text: impl Into<Bytes>) -> Result<(), End> {
        if self.stream.send(text).await { Ok(()) } else { Err(End::Gone) }
    }
}
