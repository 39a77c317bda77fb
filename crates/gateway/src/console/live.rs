//! Tells pages that something changed; what it is they read themselves. So a connection that
//! breaks loses nothing, and a page without one asks every few seconds.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use desk::{ConversationId, TicketId};
use store::Store;
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::Instant;

use super::fields::Query;
use super::gate::Who;
use super::shell::Page;
use super::viewers::Viewing;
use crate::http::extract::Id;
use crate::http::sse::{self, BEAT, HEARTBEAT, LONGEST, RETRY, Stream};
use crate::http::{Answer, Code, Has, Problem, Shared};
use crate::live::{FollowerOfAll, Notice, Typist};

/// Server-sent events: `changed` with the conversation, `viewers`, `typing`.
pub(super) async fn live(State(app): Has, who: Who, Query(query): Query) -> Page {
    let here = match query.get("ticket") {
        Some(ticket) => Some(conversation(&app, ticket).await?),
        None => None,
    };
    let follower = app.live.follow_all()?;
    let viewers = app.viewers.follow();
    let viewing = here.as_ref().map(|id| app.viewers.enter(id, &who.user.name));
    let (stream, response) = sse::stream();
    tokio::spawn(Teller { here, stream, _viewing: viewing }.tell(follower, viewers));
    Ok(response)
}

async fn conversation(app: &Shared, ticket: &str) -> Answer<ConversationId> {
    let ticket = app.store.ticket(&TicketId::new(ticket)).await?;
    Ok(ticket.ok_or(Code::TicketNotFound)?.conversation)
}

/// Somebody writes an answer: the customer and others at the ticket see it.
pub(super) async fn writing(State(app): Has, who: Who, id: Result<Id, Problem>) -> Page {
    let Id(ticket) = id?;
    let id = conversation(&app, &ticket).await?;
    app.viewers.writes(&id, &who.user.name, who.now);
    app.types(&id, Typist::Agent);
    Ok(StatusCode::NO_CONTENT.into_response())
}

struct Teller {
    /// The conversation that the page shows.
    here: Option<ConversationId>,
    stream: Stream,
    /// Seen by others for as long as this lasts.
    _viewing: Option<Viewing>,
}

impl Teller {
    async fn tell(
        mut self,
        mut follower: FollowerOfAll,
        mut viewers: broadcast::Receiver<ConversationId>,
    ) {
        let end = Instant::now() + LONGEST;
        let mut text = Some(RETRY.to_owned());
        loop {
            if let Some(text) = text.take()
                && !self.stream.send(text).await
            {
                return;
            }
            text = tokio::select! {
                () = tokio::time::sleep_until(end) => return,
                () = tokio::time::sleep(HEARTBEAT) => Some(BEAT.to_owned()),
                notice = follower.next() => match notice {
                    Some(notice) => self.noticed(notice),
                    // The service stops.
                    None => return,
                },
                seen = viewers.recv() => match seen {
                    Ok(id) => (self.here.as_ref() == Some(&id)).then(|| event("viewers", id.as_str())),
                    Err(RecvError::Lagged(_)) => Some(event("viewers", "")),
                    Err(RecvError::Closed) => return,
                },
            };
        }
    }

    fn noticed(&self, notice: Notice) -> Option<String> {
        match notice {
            Notice::Lagged => Some(event("changed", "")),
            Notice::Types(id, Typist::Customer) if self.here.as_ref() == Some(&id) => {
                Some(event("typing", id.as_str()))
            }
            Notice::Types(..) => None,
            Notice::Changed(id) => Some(event("changed", id.as_str())),
        }
    }
}

/// One event. An id that a caller chose holds no line break: it was checked.
fn event(kind: &str, id: &str) -> String {
    format!("event: {kind}\ndata: {id}\n\n")
}
