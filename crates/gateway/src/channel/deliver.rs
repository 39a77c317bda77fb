//! Sends what is to be sent: each destination by itself, each conversation in its order.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use channels::{Address, Piece};
use desk::{ConversationId, Message};
use jiff::{SignedDuration, Timestamp};
use store::{OutboxRow, Record, Sending, Store};
use tokio::task::JoinSet;

use super::attempt::{Attempt, Step, Verdict};
use super::work::or_drained;
use super::{Destination, LEASE, handover, hooks, message, rows};
use crate::app::App;
use crate::clock::Stopwatch;
use crate::config::Platform;
use crate::http::Answer;
use crate::turn::{self, Undelivered};

/// How often it is looked whether something is due that nobody told of.
const TICK: Duration = Duration::from_millis(250);
/// How many requests to one destination are under way at once.
const AT_ONCE: usize = 16;
/// How long the parts of one message may take altogether, well within the lease.
const ALL_PARTS_SECONDS: f64 = 60.0;
/// A message that could not be sent for so long is of no use to anybody.
const OLDEST: SignedDuration = SignedDuration::from_hours(24);
/// An event that no program took for so long is not told any more.
const OLDEST_EVENT: SignedDuration = SignedDuration::from_hours(76);

/// Sends to one destination what there is, until the task is dropped.
pub async fn deliver(app: Arc<App>, name: String) {
    let Some(destination) = app.channels.destinations.get(&name) else { return };
    let mut tick = tokio::time::interval(TICK);
    tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = tick.tick() => {}
            () = destination.ready.notified() => {}
        }
        if let Err(problem) = send_due(&app, &name).await {
            // What is due stays due.
            let code = problem.code().as_str();
            tracing::error!(destination = name, code, "nothing could be sent");
        }
    }
}

/// Sends everything that is due at a destination. Says how much was tried.
///
/// # Errors
/// The store fails; what was not sent is still due.
pub async fn send_due(app: &Arc<App>, name: &str) -> Answer<usize> {
    let Some(destination) = app.channels.destinations.get(name) else { return Ok(0) };
    let mut under_way = JoinSet::new();
    let mut tried = 0;
    let mut waited = false;
    let mut tick = tokio::time::interval(TICK);
    tick.reset();
    loop {
        let now = app.clock.now();
        let lease = now.checked_add(LEASE).unwrap_or(Timestamp::MAX);
        let free = AT_ONCE - under_way.len();
        // Half of the places are waited for, so that looking costs less than sending; but not
        // for long, since some answers are slow.
        let wanted = if waited || free * 2 >= AT_ONCE { free } else { 0 };
        let may = destination.pace().take(wanted, now);
        let claimed = match may {
            0 => Ok(Vec::new()),
            may => app.store.claim_outbox(name, now, lease, may).await,
        };
        destination.pace().unused(may - claimed.as_ref().map_or(0, Vec::len));
        for row in or_drained(claimed, &mut under_way).await? {
            let (app, name) = (Arc::clone(app), name.to_owned());
            under_way.spawn(async move { send(&app, &name, row).await });
        }
        if under_way.is_empty() {
            return Ok(tried);
        }
        // The next of a conversation may go when this one is done; others, and what is due by
        // now, need not wait for it.
        waited = false;
        tokio::select! {
            Some(_) = under_way.join_next() => tried += 1,
            () = destination.ready.notified() => {}
            _ = tick.tick() => waited = true,
        }
    }
}

async fn send(app: &App, name: &str, row: OutboxRow) {
    let Some(destination) = app.channels.destinations.get(name) else { return };
    if row.unsure {
        app.metrics.unsure(name, "stopped");
        tracing::warn!(
            destination = name,
            id = row.outbound.id,
            "sent again: whoever sent it was stopped before the end was known"
        );
    }
    let mut parts = row.parts;
    let verdict = try_to_send(app, name, destination, &row, &mut parts).await;
    let at = app.clock.now();
    let event = row.outbound.kind == hooks::EVENT;
    let too_old = at.duration_since(row.made_at) >= if event { OLDEST_EVENT } else { OLDEST };
    let mut records = Vec::new();
    let sending = match verdict {
        Ok(Verdict::Sent(kept)) => {
            records = kept;
            destination.gone.store(false, Ordering::Relaxed);
            app.metrics.sent(name, "sent");
            Sending::Sent { at }
        }
        Ok(Verdict::Later(wait, error)) if !too_old => {
            app.metrics.sent(name, "later");
            let next_at = at.checked_add(wait).unwrap_or(Timestamp::MAX);
            Sending::Later { at, next_at, error }
        }
        Ok(Verdict::Dead(error) | Verdict::Later(_, error)) => {
            app.metrics.sent(name, "dead");
            tracing::error!(destination = name, id = row.outbound.id, error, "given up");
            undelivered(app, &row, parts, &error).await;
            Sending::Dead { at, error }
        }
        Ok(Verdict::Gone(error)) => {
            app.metrics.sent(name, "dead");
            destination.gone.store(true, Ordering::Relaxed);
            tracing::error!(destination = name, id = row.outbound.id, error, "told nothing more");
            let (destination, said) = (name.to_owned(), error.clone());
            records.push(Record::Gone { destination, at, error: said });
            Sending::Dead { at, error }
        }
        // The store fails: the row is taken up again when its lease ends.
        Err(problem) => {
            tracing::error!(destination = name, code = problem.code().as_str(), "not sent");
            return;
        }
    };
    records.push(Record::Sending { n: row.n, sending });
    if let Err(error) = app.store.put(records).await {
        tracing::error!(%error, destination = name, "what came of sending could not be kept");
    }
}

/// Tells whoever has the conversation of a row that is given up after so many parts. Events are
/// told to programs; what became of them is no matter of the conversation's.
async fn undelivered(app: &App, row: &OutboxRow, parts: u32, error: &str) {
    let Some(id) = &row.conversation else { return };
    let to = row.outbound.destination.as_str();
    let what = match (row.outbound.kind.as_str(), row.outbound.seq) {
        (rows::MESSAGE, Some(seq)) => Undelivered::Message { seq },
        (handover::HANDOVER, _) => {
            // A thread of before is no part of this one.
            let in_part = parts > 0 && is_there(app, to, id).await;
            Undelivered::HandOver { to, in_part }
        }
        (handover::FOLLOW, _) => Undelivered::Follow { to },
        _ => return,
    };
    turn::tell(app, id, what, error).await;
}

/// Whether a help desk has a ticket or thread of a conversation, where people find it.
async fn is_there(app: &App, desk: &str, id: &ConversationId) -> bool {
    // Where it is not known nobody is told that something is there.
    let detail = app.store.thread(desk, id).await.ok().flatten();
    let to: Option<Address> = detail.and_then(|detail| serde_json::from_str(&detail).ok());
    to.is_some_and(|to| !to.key.is_empty())
}

/// What a row consists of.
enum Load<'a> {
    /// A message of the conversation, cut when it is sent.
    Message(&'a Platform, &'a Message),
    /// Cut when it was put in.
    Pieces(Vec<Piece>),
}

/// What a row consists of, and where it goes.
async fn load<'a>(
    app: &'a App,
    name: &str,
    row: &'a OutboxRow,
) -> Answer<Result<(Load<'a>, Address), String>> {
    if row.outbound.kind == rows::MESSAGE {
        let (Some(inbox), Some(said), Some(address)) =
            (app.channels.inbox(name), &row.message, &row.address)
        else {
            return Ok(Err("nothing-to-send: the message is gone".to_owned()));
        };
        let to = serde_json::from_str(&address.detail);
        let to = to.map_err(|error| format!("address-incomplete: {error}"));
        return Ok(to.map(|to| (Load::Message(inbox, said), to)));
    }
    let pieces = match handover::pieces(&row.outbound.body) {
        Ok(pieces) => pieces,
        Err(error) => return Ok(Err(error)),
    };
    if app.channels.inbox(name).is_some() {
        // Passed on where the customer writes.
        let detail = row.address.as_ref().map_or("", |address| address.detail.as_str());
        let to = serde_json::from_str(detail);
        let to = to.map_err(|error| format!("address-incomplete: {error}"));
        return Ok(to.map(|to| (Load::Pieces(pieces), to)));
    }
    let mut to = Address::default();
    // A hand-over begins a thread of its own; what comes after goes into it.
    if (row.parts > 0 || row.outbound.kind == handover::FOLLOW)
        && let Some(conversation) = &row.conversation
        && let Some(detail) = app.store.thread(name, conversation).await?
    {
        to = serde_json::from_str(&detail).unwrap_or_default();
    }
    Ok(Ok((Load::Pieces(pieces), to)))
}

/// Sends the parts of a row that are not sent yet, and counts them in `part`.
async fn try_to_send(
    app: &App,
    name: &str,
    destination: &Destination,
    row: &OutboxRow,
    part: &mut u32,
) -> Answer<Verdict> {
    let Some((outlet, settings)) = app.channels.outlet(name) else {
        return Ok(Verdict::Later(SignedDuration::from_mins(1), "not in the settings".to_owned()));
    };
    let (load, to) = match load(app, name, row).await? {
        Ok(loaded) => loaded,
        Err(error) => return Ok(Verdict::Dead(error)),
    };
    let watch = Stopwatch::start();
    let (closed, renewed, rounds, kept) = (false, false, 0, Vec::new());
    let mut attempt = Attempt {
        app,
        name,
        destination,
        outlet,
        settings,
        row,
        to,
        closed,
        renewed,
        rounds,
        kept,
    };
    'cut: loop {
        let cut;
        let pieces = match &load {
            Load::Pieces(pieces) => pieces,
            Load::Message(inbox, said) => {
                match message::pieces(inbox, row, said, attempt.closed, app.clock.now()) {
                    Ok(pieces) => cut = pieces,
                    Err(error) => return Ok(Verdict::Dead(format!("{}: {error}", error.code()))),
                }
                &cut
            }
        };
        while let Some(piece) = pieces.get(*part as usize) {
            if watch.seconds() > ALL_PARTS_SECONDS {
                return Ok(Verdict::Later(SignedDuration::ZERO, "slow".to_owned()));
            }
            let last = *part as usize + 1 == pieces.len();
            match attempt.piece(piece, *part, last).await? {
                Step::Next => *part += 1,
                // What changed may change how it is cut.
                Step::Again => continue 'cut,
                Step::Over(verdict) => return Ok(verdict),
            }
        }
        return Ok(Verdict::Sent(attempt.kept));
    }
}
