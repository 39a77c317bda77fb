//! What goes out: put in by the commit that causes it, sent in the order of its lane.

use desk::ConversationId;
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};

use crate::batch::Batch;
use crate::channel::{Address, LISTED, OutboxEntry, OutboxQuery, OutboxRow, OutboxState, Sending};
use crate::columns::{micros, signed};
use crate::error::StoreError;
use crate::rows;

/// Puts in what a batch sends, behind everything of its lanes.
pub(super) fn insert(db: &Connection, batch: &Batch, n: i64) -> Result<(), StoreError> {
    if batch.outbound.is_empty() {
        return Ok(());
    }
    let at = micros(batch.conversation.updated_at);
    let mut insert = db.prepare_cached(
        "INSERT INTO outbox (id, destination, lane, kind, conversation, seq, body, state, \
         next_at, made_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 'waiting', \
         CASE WHEN ?3 IS NOT NULL AND EXISTS (SELECT 1 FROM outbox WHERE lane = ?3 \
         AND state IN ('waiting', 'sending')) THEN NULL ELSE max(?8, coalesce(?9, ?8)) END, ?8)",
    )?;
    for outbound in &batch.outbound {
        insert.execute(params![
            outbound.id,
            outbound.destination,
            outbound.lane,
            outbound.kind,
            n,
            outbound.seq.map(signed),
            outbound.body,
            at,
            outbound.not_before.map(micros),
        ])?;
    }
    Ok(())
}

/// Keeps where a conversation is answered.
pub(super) fn put_address(db: &Connection, address: &Address, n: i64) -> Result<(), StoreError> {
    db.prepare_cached(
        "INSERT INTO addresses (conversation, inbox, sender, detail, last_inbound_at) \
         VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (conversation) DO UPDATE SET inbox = ?2, \
         sender = ?3, detail = ?4, last_inbound_at = max(last_inbound_at, ?5), sent_since = 0",
    )?
    .execute(params![
        n,
        address.inbox,
        address.sender,
        address.detail,
        micros(address.last_inbound_at)
    ])?;
    Ok(())
}

/// Changes how a conversation is answered.
pub(super) fn put_detail(
    db: &Connection,
    conversation: &ConversationId,
    sender: &str,
    detail: &str,
) -> Result<(), StoreError> {
    db.prepare_cached(
        "UPDATE addresses SET sender = ?2, detail = ?3 \
         WHERE conversation = (SELECT n FROM conversations WHERE id = ?1)",
    )?
    .execute(params![conversation.as_str(), sender, detail])?;
    Ok(())
}

/// Whether anything may be sent there now.
pub(super) fn is_due(
    db: &Connection,
    destination: &str,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let mut statement = db.prepare_cached(
        "SELECT EXISTS (SELECT 1 FROM outbox WHERE destination = ?1 \
         AND next_at IS NOT NULL AND next_at <= ?2)",
    )?;
    Ok(statement.query_row(params![destination, micros(now)], |row| row.get(0))?)
}

/// Takes up what may be sent now. Whoever does not come back loses it at `lease`.
pub(super) fn claim(
    db: &Connection,
    destination: &str,
    now: Timestamp,
    lease: Timestamp,
    limit: usize,
) -> Result<Vec<OutboxRow>, StoreError> {
    let values = params![destination, micros(now), signed(limit as u64)];
    let mut due = db.prepare_cached(DUE)?;
    let mut taken: Vec<OutboxRow> =
        due.query_map(values, |row| rows::claimed(row))?.collect::<Result<_, _>>()?;
    let mut take = db.prepare_cached(
        "UPDATE outbox SET state = 'sending', attempts = attempts + 1, next_at = ?2 WHERE n = ?1",
    )?;
    for row in &mut taken {
        row.attempts = row.attempts.saturating_add(1);
        take.execute(params![signed(row.n), micros(lease)])?;
        if row.unsure {
            count(db, destination, "unsure = unsure + 1, failed_at = ?2", now, None)?;
        }
    }
    taken.sort_by_key(|row| row.n);
    Ok(taken)
}

/// What is due, as it is once it is taken up.
const DUE: &str = concat!(
    "SELECT ",
    rows::message_columns!(),
    ", ",
    rows::claimed_columns!(),
    ", o.state = 'sending' \
     FROM outbox o LEFT JOIN conversations c ON c.n = o.conversation \
     LEFT JOIN messages m ON m.conversation = o.conversation AND m.seq = o.seq \
     LEFT JOIN addresses a ON a.conversation = o.conversation WHERE o.destination = ?1 \
     AND o.next_at IS NOT NULL AND o.next_at <= ?2 ORDER BY o.next_at, o.n LIMIT ?3"
);

/// Writes down what came of sending a row.
pub(super) fn sending(db: &Connection, n: u64, sending: &Sending) -> Result<(), StoreError> {
    let n = signed(n);
    match sending {
        Sending::Part { part, platform_id, at } => {
            let new = db
                .prepare_cached(
                    "INSERT INTO outbox_parts (row, part, platform_id, sent_at, receipt_at) \
                     VALUES (?1, ?2, ?3, ?4, ?4) ON CONFLICT DO NOTHING",
                )?
                .execute(params![n, part, platform_id, micros(*at)])?;
            db.prepare_cached(
                "UPDATE addresses SET sent_since = sent_since + ?2 WHERE conversation = \
                 (SELECT conversation FROM outbox WHERE n = ?1 AND seq IS NOT NULL)",
            )?
            .execute(params![n, signed(new as u64)])?;
            Ok(())
        }
        Sending::Sent { at } => end(db, n, "sent", *at, None),
        Sending::Dead { at, error } => end(db, n, "dead", *at, Some(error)),
        Sending::Later { at, next_at, error } => {
            let sending: Option<String> = db
                .prepare_cached(
                    "SELECT destination FROM outbox WHERE n = ?1 AND state = 'sending'",
                )?
                .query_row([n], |row| row.get(0))
                .optional()?;
            let Some(destination) = sending else { return Ok(()) };
            db.prepare_cached(
                "UPDATE outbox SET state = 'waiting', next_at = ?2, error = ?3 WHERE n = ?1",
            )?
            .execute(params![n, micros(*next_at), error])?;
            count(db, &destination, FAILED, *at, Some(error))
        }
    }
}

/// A part was sent, as its receipt tells.
pub(super) fn settle(
    db: &Connection,
    id: &str,
    part: u32,
    platform_id: Option<&str>,
    at: Timestamp,
) -> Result<(), StoreError> {
    let n: Option<i64> = db
        .prepare_cached("SELECT n FROM outbox WHERE id = ?1 AND state <> 'dead'")?
        .query_row([id], |row| row.get(0))
        .optional()?;
    let Some(n) = n else { return Ok(()) };
    // It may be known to be sent without its name, where the answer was cut off.
    name_part(db, id, part, platform_id)?;
    let platform_id = platform_id.map(str::to_owned);
    sending(db, u64::try_from(n).unwrap_or_default(), &Sending::Part { part, platform_id, at })
}

/// A part that was sent without a name has one.
pub(super) fn name_part(
    db: &Connection,
    id: &str,
    part: u32,
    platform_id: Option<&str>,
) -> Result<(), StoreError> {
    db.prepare_cached(
        "UPDATE outbox_parts SET platform_id = ?3 WHERE row = (SELECT n FROM outbox \
         WHERE id = ?1) AND part = ?2 AND platform_id IS NULL",
    )?
    .execute(params![id, part, platform_id])?;
    Ok(())
}

/// Ends everything that waits for a conversation's customer.
pub(super) fn drop_waiting(
    db: &Connection,
    conversation: &ConversationId,
    at: Timestamp,
    error: &str,
) -> Result<(), StoreError> {
    let waiting: Vec<i64> = db
        .prepare_cached(
            "SELECT n FROM outbox WHERE state = 'waiting' AND seq IS NOT NULL AND kind = \
             'message' AND conversation = (SELECT n FROM conversations WHERE id = ?1)",
        )?
        .query_map([conversation.as_str()], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    for n in waiting {
        end(db, n, "dead", at, Some(error))?;
    }
    Ok(())
}

/// What waits for a destination. The index of what is open is used only where a query has its
/// words: with the second condition alone everything that was ever sent would be read.
pub(super) const WAITING: &str = "SELECT n FROM outbox WHERE destination = ?1 \
     AND state IN ('waiting', 'sending') AND state = 'waiting'";

/// Nobody wants anything there any more: ends everything that waits for a destination. What
/// is under way ends as whoever sends it finds.
pub(super) fn gone(
    db: &Connection,
    destination: &str,
    at: Timestamp,
    error: &str,
) -> Result<(), StoreError> {
    let waiting: Vec<i64> = db
        .prepare_cached(WAITING)?
        .query_map([destination], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    for n in waiting {
        end(db, n, "dead", at, Some(error))?;
    }
    count(db, destination, "gone_at = coalesce(gone_at, ?2)", at, None)
}

const FAILED: &str = "failures = failures + 1, failed_at = ?2, last_error = ?3";

/// Ends a row, and lets the next of its lane go.
fn end(
    db: &Connection,
    n: i64,
    state: &str,
    at: Timestamp,
    error: Option<&str>,
) -> Result<(), StoreError> {
    let open: Option<(String, Option<String>)> = db
        .prepare_cached(
            "SELECT destination, lane FROM outbox WHERE n = ?1 AND state IN ('waiting', 'sending')",
        )?
        .query_row([n], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let Some((destination, lane)) = open else { return Ok(()) };
    db.prepare_cached(
        "UPDATE outbox SET state = ?2, next_at = NULL, error = ?3, ended_at = ?4 WHERE n = ?1",
    )?
    .execute(params![n, state, error, micros(at)])?;
    if lane.is_some() {
        db.prepare_cached(
            "UPDATE outbox SET next_at = ?2 WHERE n = (SELECT min(n) FROM outbox \
             WHERE lane = ?1 AND state IN ('waiting', 'sending')) AND next_at IS NULL",
        )?
        .execute(params![lane, micros(at)])?;
    }
    match error {
        None => count(db, &destination, "sent = sent + 1, sent_at = ?2, gone_at = NULL", at, None),
        Some(_) => count(db, &destination, FAILED, at, error),
    }
}

/// Changes the figures of a destination; `what` may name the time as ?2 and a text as ?3.
fn count(
    db: &Connection,
    destination: &str,
    what: &'static str,
    at: Timestamp,
    text: Option<&str>,
) -> Result<(), StoreError> {
    db.prepare_cached("INSERT INTO channels (name) VALUES (?1) ON CONFLICT DO NOTHING")?
        .execute([destination])?;
    let mut change = db.prepare_cached(&format!("UPDATE channels SET {what} WHERE name = ?1"))?;
    if what.contains("?3") {
        change.execute(params![destination, micros(at), text])?;
    } else {
        change.execute(params![destination, micros(at)])?;
    }
    Ok(())
}

/// Tries a row again that was given up.
pub(super) fn replay(db: &Connection, n: u64, at: Timestamp) -> Result<(), StoreError> {
    db.prepare_cached(
        "UPDATE outbox SET state = 'waiting', attempts = 0, error = NULL, ended_at = NULL, \
         next_at = CASE WHEN lane IS NOT NULL AND EXISTS (SELECT 1 FROM outbox b \
         WHERE b.lane = outbox.lane AND b.state IN ('waiting', 'sending') AND b.n < outbox.n) \
         THEN NULL ELSE ?2 END WHERE n = ?1 AND state = 'dead'",
    )?
    .execute(params![signed(n), micros(at)])?;
    Ok(())
}

const ENTRY: &str = "SELECT o.n, o.id, o.destination, o.kind, c.id, o.seq, o.state, o.attempts, \
     o.next_at, o.error, o.made_at, o.ended_at, \
     (SELECT iif(sum(p.receipt = 2), 2, min(p.receipt)) FROM outbox_parts p WHERE p.row = o.n) \
     FROM outbox o LEFT JOIN conversations c ON c.n = o.conversation";

pub(super) fn list(db: &Connection, query: &OutboxQuery) -> Result<Vec<OutboxEntry>, StoreError> {
    let state = query.state.unwrap_or(OutboxState::Dead).as_str();
    let conversation = query.conversation.as_ref().map(ConversationId::as_str);
    let limit = if query.limit == 0 { LISTED } else { query.limit.min(LISTED) };
    let all = conversation.is_some() && query.state.is_none();
    let mut statement = db.prepare_cached(&format!(
        "{ENTRY} WHERE o.n > ?1 AND {} AND (?3 IS NULL OR o.destination = ?3) \
         AND (?4 IS NULL OR o.conversation = (SELECT n FROM conversations WHERE id = ?4)) \
         ORDER BY o.n LIMIT ?5",
        // The index of what is dead is used only where the words of the query say so.
        match (all, state) {
            (true, _) => "?2 IS NOT NULL",
            (false, "dead") => "o.state = 'dead' AND ?2 IS NOT NULL",
            (false, _) => "o.state = ?2",
        }
    ))?;
    let values =
        params![signed(query.after), state, query.destination, conversation, signed(limit as u64)];
    Ok(statement.query_map(values, |row| rows::entry(row))?.collect::<Result<_, _>>()?)
}
