//! A platform's request: proven, kept, and only then acknowledged.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use channels::{Answer, BadItem, Delivery, Event, Item, Request, Respond, Verified, Window};
use jiff::{SignedDuration, Timestamp};
use store::{InboxRow, OutboxQuery, OutboxState, Record, Sending, Store};

use super::{Channels, LEASE, Source, conversation_of, hear, message, work};
use crate::app::App;
use crate::config::Platform;
use crate::http::{Answer as Result, Code, Problem};

/// How long a reply that is to go in the answer is not sent the other way.
const HOLD: SignedDuration = SignedDuration::from_secs(15);

/// What is to be answered to a platform.
#[derive(Debug)]
pub(crate) struct Reception {
    /// The answer.
    pub(super) answer: Answer,
    /// What is to be worked on before it is given, where the platform takes our reply in it:
    /// the numbers of the events, how long it waits, and the events.
    pub(super) held: Vec<(u64, Event)>,
    pub(super) within: Option<SignedDuration>,
}

/// Takes a platform's request. What it says is durable when this returns.
///
/// # Errors
/// [`Code::SignatureRefused`] where it is not the platform's, [`Code::MethodNotAllowed`],
/// [`Code::ChannelNotSetUp`], and what the store says.
pub(crate) async fn receive(
    app: &App,
    inbox: Source<'_>,
    request: &Request<'_>,
) -> Result<Reception> {
    let now = app.clock.now();
    let verified = inbox.inlet.verify(inbox.settings, request, now);
    let (delivery, respond, replay) = match verified {
        Ok(Verified::Handshake(answer)) => {
            return Ok(Reception { answer, held: Vec::new(), within: None });
        }
        Ok(Verified::Delivery { delivery, respond, replay }) => (delivery, respond, replay),
        Err(refusal) => {
            app.metrics.refused(inbox.name, refusal.code());
            *app.channels.refused().entry(inbox.name.to_owned()).or_default() += 1;
            tracing::warn!(inbox = inbox.name, code = refusal.code(), "a webhook is refused");
            let code = match refusal.status() {
                405 => Code::MethodNotAllowed,
                503 => Code::ChannelNotSetUp,
                _ => Code::SignatureRefused,
            };
            return Err(Problem::new(code, refusal.to_string()));
        }
    };
    let items = inbox.inlet.parse(inbox.settings, &delivery, now);
    let within = match &respond {
        Respond::Reply { within, .. } => Some(*within),
        Respond::Now(_) => None,
    };
    let mut held = Vec::new();
    for (name, items) in app.channels.by_inbox(inbox, items) {
        let (rows, events) = rows(&name, &delivery, items);
        let kept = store::Delivery {
            inbox: name.clone(),
            body: delivery.body.clone(),
            received_at: now,
            items: rows,
            once: replay.as_ref().map(|replay| (replay.key.clone(), replay.until)),
            held: within.and_then(|_| now.checked_add(LEASE).ok()),
        };
        let received = app.store.receive(kept).await?;
        app.metrics.received(&name, received.new.len(), received.repeated);
        // A number for each item, whether or not it can be read.
        if within.is_some() && received.repeated == 0 {
            let numbered = received.new.into_iter().zip(events);
            held.extend(numbered.filter_map(|(n, event)| Some((n, event?))));
        }
    }
    app.channels.arrived.notify_one();
    let answer = match respond {
        Respond::Now(answer) | Respond::Reply { otherwise: answer, .. } => answer,
    };
    Ok(Reception { answer, held, within })
}

impl Channels {
    /// The items of a request by the inbox whose account they came to: one webhook may carry
    /// events of several.
    fn by_inbox(&self, inbox: Source<'_>, items: Vec<Item>) -> BTreeMap<String, Vec<Item>> {
        let spec = inbox.settings.spec();
        // Also where there is nothing: that the platform was heard is worth knowing.
        let mut sorted = BTreeMap::from([(inbox.name.to_owned(), Vec::new())]);
        for item in items {
            let name = match (&item, spec.tenant) {
                (Ok(event), Some(setting))
                    if !event.tenant.is_empty() && inbox.channel.is_some() =>
                {
                    let own = inbox.settings.text(setting) == event.tenant;
                    let ours = |other: &&Platform| {
                        other.channel.spec().name == spec.name
                            && other.settings.text(setting) == event.tenant
                    };
                    let found = self.inboxes.values().find(ours).map(|other| other.name.as_str());
                    let Some(found) = Some(inbox.name).filter(|_| own).or(found) else {
                        tracing::warn!(
                            inbox = inbox.name,
                            tenant = event.tenant,
                            "an event of an account that no inbox has is left out"
                        );
                        continue;
                    };
                    found.to_owned()
                }
                _ => inbox.name.to_owned(),
            };
            sorted.entry(name).or_insert_with(Vec::new).push(item);
        }
        sorted
    }

    /// Takes out what was counted of refused requests.
    pub(super) fn take_refused(&self, at: Timestamp) -> Vec<Record> {
        let counted = std::mem::take(&mut *self.refused());
        let record = |(inbox, count)| Record::Refused { inbox, count, at };
        counted.into_iter().map(record).collect()
    }
}

/// The rows of a delivery's items, and for each of them its event, where it is one.
fn rows(
    inbox: &str,
    delivery: &Delivery,
    items: Vec<Item>,
) -> (Vec<store::Item>, Vec<Option<Event>>) {
    let mut rows = Vec::with_capacity(items.len());
    let mut events = Vec::with_capacity(items.len());
    for (place, item) in (0..).zip(items) {
        rows.push(match item {
            Ok(event) => {
                let lane = conversation_of(inbox, &event.address.key).to_string();
                let body = serde_json::to_string(&event);
                let row = store::Item {
                    event: event.dedupe.clone(),
                    lane,
                    place,
                    fault: body.as_ref().err().map(ToString::to_string),
                    body: body.unwrap_or_default(),
                };
                events.push(Some(event));
                row
            }
            Err(BadItem { at, why }) => {
                let name = blake3::hash(&delivery.body).to_hex();
                tracing::warn!(inbox, at, why, "an item of a webhook cannot be read");
                events.push(None);
                store::Item {
                    event: format!("unreadable:{}:{at}", &name.as_str()[..32]),
                    lane: format!("{inbox}/unreadable"),
                    place,
                    body: String::new(),
                    fault: Some(format!("{at}: {why}")),
                }
            }
        });
    }
    (rows, events)
}

/// The answer to a request that was taken. Where the platform takes our reply in it, what
/// was brought is worked on now; what does not fit, or is too late, goes the usual way.
pub(crate) async fn answer(app: &App, inbox: Source<'_>, reception: Reception) -> Answer {
    let Reception { answer, held, within } = reception;
    let Some(within) = within.and_then(|within| std::time::Duration::try_from(within).ok()) else {
        return answer;
    };
    match tokio::time::timeout(within, immediate(app, inbox, held)).await {
        Ok(Some(reply)) => reply,
        Ok(None) | Err(_) => answer,
    }
}

async fn immediate(app: &App, inbox: Source<'_>, held: Vec<(u64, Event)>) -> Option<Answer> {
    let channel = inbox.channel?;
    let mut conversations = Vec::new();
    for (n, event) in held {
        let row = InboxRow {
            n,
            inbox: inbox.name.to_owned(),
            event: event.dedupe.clone(),
            body: serde_json::to_string(&event).ok()?,
            received_at: app.clock.now(),
            attempts: 1,
        };
        let until = app.clock.now().checked_add(HOLD).ok();
        work::work_on(app, row, until).await;
        conversations.push(hear::located(app, inbox.name, &event).await.ok()?);
    }
    let mut pieces = Vec::new();
    let mut sent = Vec::new();
    for id in conversations {
        let query = OutboxQuery {
            conversation: Some(id.clone()),
            state: Some(OutboxState::Waiting),
            ..OutboxQuery::default()
        };
        for row in app.store.outbox(&query).await.ok()? {
            let Some(seq) = row.seq else { continue };
            let said = app.store.messages(&id, seq.saturating_sub(1), 1).await.ok()?;
            let said = message::reply(said.first()?);
            pieces.extend(channel.render(inbox.settings, &said, Window::Open).ok()?);
            sent.push(row.n);
        }
    }
    if pieces.is_empty() {
        return None;
    }
    let reply = channel.respond(inbox.settings, &pieces)?;
    let at = app.clock.now();
    let records = sent.into_iter().map(|n| Record::Sending { n, sending: Sending::Sent { at } });
    // Should this fail, it is sent the other way as well: once too often rather than never.
    app.store.put(records.collect()).await.ok()?;
    Some(reply)
}
