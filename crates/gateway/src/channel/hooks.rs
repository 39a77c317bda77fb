//! Standard Webhooks of our own: what happens, told to programs of the shop.
//! `docs/schemas` describes what is told.

use channels::{HandOver, standard};
use desk::{Author, EventKind, Message};
use jiff::Timestamp;
use serde_json::{Value, json};
use store::{Batch, Outbound};

use crate::entropy::{self, NoEntropy};
use crate::wire::{EventBody, MessageBody, TicketBody};

/// An event on its way to a webhook.
pub(super) const EVENT: &str = "event";

/// The rows of one webhook: of what was told, what it wants.
pub(super) fn rows(
    name: &str,
    settings: &channels::Settings,
    at: Timestamp,
    told: &[(&'static str, Value)],
) -> Result<Vec<Outbound>, NoEntropy> {
    let wanted = told.iter().filter(|(kind, _)| standard::wants(settings, kind));
    let row = |(kind, data): &(&'static str, Value)| {
        let piece = standard::event(kind, at, data);
        Ok(Outbound {
            id: format!("evt_{}", entropy::id(at)?),
            destination: name.to_owned(),
            // Programs sort by the time: one that is down holds nothing up.
            lane: None,
            kind: EVENT.to_owned(),
            seq: None,
            body: serde_json::to_string(&[piece]).unwrap_or_default(),
            not_before: None,
        })
    };
    wanted.map(row).collect()
}

/// What happened, by the names that webhooks know it under.
pub(super) fn told(batch: &Batch, hand_over: Option<&HandOver>) -> Vec<(&'static str, Value)> {
    let conversation = &batch.conversation;
    let ticket = batch.ticket.as_ref().or(conversation.ticket.as_ref()).map(TicketBody::of);
    let base = json!({
        "conversation_id": conversation.id.as_str(),
        "inbox": batch.address.as_ref().map(|address| &address.inbox),
        "language": conversation.memory.language,
        "ticket": ticket,
    });
    let handed = hand_over.map(|it| ("conversation.handoff", standard::hand_over(it)));
    let mut all: Vec<(&'static str, Value)> = handed.into_iter().collect();
    for message in &batch.messages {
        let mut data = base.clone();
        data["message"] = serde_json::to_value(MessageBody::of(message, true)).unwrap_or_default();
        all.push((message_kind(message), data));
    }
    for event in &batch.events {
        let stored = store::StoredEvent {
            n: 0,
            conversation: conversation.id.clone(),
            at: conversation.updated_at,
            event: event.clone(),
        };
        let mut data = base.clone();
        let mut body = serde_json::to_value(EventBody::of(&stored)).unwrap_or_default();
        if let Some(body) = body.as_object_mut() {
            // Its number is not known before the commit.
            body.shift_remove("n");
        }
        data["event"] = body;
        all.push((event_kind(event.kind), data));
    }
    all
}

fn message_kind(message: &Message) -> &'static str {
    match message.author {
        Author::Customer => "message.received",
        Author::Bot | Author::Agent(_) => "message.sent",
    }
}

fn event_kind(kind: EventKind) -> &'static str {
    match kind {
        EventKind::Warned => "sla.warned",
        EventKind::Breached => "sla.breached",
        EventKind::Unanswered => "sla.unanswered",
        EventKind::PromiseBroken => "sla.promise_broken",
        EventKind::TaskLate => "sla.task_late",
        other => other.as_str(),
    }
}
