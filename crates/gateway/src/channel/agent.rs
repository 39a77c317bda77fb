//! What people of the shop do in a help desk of others.

use channels::{Event, Kind};
use desk::AgentId;
use store::{InboxRow, Store};

use super::hear::{Heard, name};
use crate::app::App;
use crate::http::Answer;
use crate::turn::{self, Arrival, Overheard};

pub(super) async fn hear(app: &App, row: &InboxRow, event: &Event) -> Answer<Heard> {
    let desk = &row.inbox;
    app.metrics.heard(desk, name(&event.kind));
    let agent = |id: &str| AgentId::new(&format!("{desk}:{id}"));
    let what = match &event.kind {
        Kind::AgentReply { agent: id, text } => {
            Overheard::Person { agent: agent(id), text: Some(text.clone()), seen: false }
        }
        Kind::Claimed { agent: id, .. } => {
            Overheard::Person { agent: agent(id), text: None, seen: true }
        }
        Kind::Handover { to_us: true } => Overheard::HandedBack,
        Kind::Closed => Overheard::Closed { agent: agent("desk") },
        // Our own, and what is no matter of the customer's.
        _ => return Ok(Heard::Done),
    };
    let Some(id) = app.store.threaded(desk, &event.address.key).await? else {
        // People may be faster than the answer to the request that told them.
        if let Some(wait) = Heard::wait(row, "a thread that is not known") {
            return Ok(wait);
        }
        tracing::info!(desk, "somebody writes where nothing was handed over");
        return Ok(Heard::Done);
    };
    let arrival = Arrival { address: None, name: None, settles: row.n, hold: None };
    Box::pin(turn::overhear(app, &id, &what, &arrival)).await?;
    Ok(Heard::Settled)
}
