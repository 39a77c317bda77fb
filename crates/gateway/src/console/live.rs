//! Tells pages that something changed; what it is they read themselves. So a connection that
//! breaks loses nothing, and a page without one asks every few seconds.

use std::convert::Infallible;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use desk::{ConversationId, TicketId};
use http_body_util::channel::{Channel, Sender};
use store::Store;
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::Instant;

use super::fields::Query;
use super::gate::Who;
use super::shell::Page;
use super::viewers::Viewing;
use crate::http::extract::Id;
use crate::http::{Answer, Code, Has, Problem, Shared};
use crate::live::{FollowerOfAll, Full, Notice, Typist};

/// How often something is sent where nothing happens: proxies drop what is silent.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// How long one connection lasts: who may read is asked anew with the next.
const LONGEST: Duration = Duration::from_secs(3600);
/// How long a page may take over what it is sent.
const PATIENCE: Duration = Duration::from_secs(30);
/// How many events wait for a page.
const BUFFER: usize = 16;

/// Server-sent events: `changed` with the conversation, `viewers`, `typing`.
pub(super) async fn live(State(app): Has, who: Who, Query(query): Query) -> Page {
    let here = match query.get("ticket") {
        Some(ticket) => Some(conversation(&app, ticket).await?),
        None => None,
    };
    let follower = app
        .live
        .follow_all()
        .map_err(|Full| Problem::new(Code::Overloaded, "too many follow").retry_after(10))?;
    let viewers = app.viewers.follow();
    let viewing = here.as_ref().map(|id| app.viewers.enter(id, &who.user.name));
    let (sender, body) = Channel::<Bytes, Infallible>::new(BUFFER);
    tokio::spawn(Teller { here, sender, _viewing: viewing }.tell(follower, viewers));
    let headers = [
        (header::CONTENT_TYPE, "text/event-stream"),
        (header::CACHE_CONTROL, "no-cache, no-transform"),
        (header::HeaderName::from_static("x-accel-buffering"), "no"),
    ];
    Ok((headers, Body::new(body)).into_response())
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
    app.live.types(&id, Typist::Agent);
    Ok(StatusCode::NO_CONTENT.into_response())
}

struct Teller {
    /// The conversation that the page shows.
    here: Option<ConversationId>,
    sender: Sender<Bytes, Infallible>,
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
        let mut text = Some("retry: 3000\n\n".to_owned());
        loop {
            if let Some(text) = text.take()
                && !self.send(text).await
            {
                return;
            }
            text = tokio::select! {
                () = tokio::time::sleep_until(end) => return,
                () = tokio::time::sleep(HEARTBEAT) => Some(":\n\n".to_owned()),
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

    /// False where nobody reads it any more.
    async fn send(&mut self, text: String) -> bool {
        let sent = self.sender.send_data(Bytes::from(text));
        matches!(tokio::time::timeout(PATIENCE, sent).await, Ok(Ok(())))
    }
}

/// One event. An id that a caller chose holds no line break: it was checked.
fn event(kind: &str, id: &str) -> String {
    format!("event: {kind}\ndata: {id}\n\n")
}
