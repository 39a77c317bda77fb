//! What comes in: kept before it is acknowledged, worked off in order, done once.

use jiff::Timestamp;
use rusqlite::{Connection, params};

use crate::channel::{Delivery, InboxRow, Received, Worked};
use crate::columns::{micros, signed};
use crate::error::StoreError;
use crate::rows;

/// Keeps what is new of a delivery.
pub(super) fn receive(db: &Connection, delivery: &Delivery) -> Result<Received, StoreError> {
    let at = micros(delivery.received_at);
    if let Some((key, until)) = &delivery.once {
        let new = db
            .prepare_cached(
                "INSERT INTO replays (inbox, key, until) VALUES (?1, ?2, ?3) \
                 ON CONFLICT DO NOTHING",
            )?
            .execute(params![delivery.inbox, key, micros(*until)])?;
        if new == 0 {
            let repeated = u32::try_from(delivery.items.len()).unwrap_or(u32::MAX);
            let received = Received { new: Vec::new(), repeated };
            count(db, delivery, &received)?;
            return Ok(received);
        }
    }
    db.prepare_cached("INSERT INTO deliveries (inbox, body, received_at) VALUES (?1, ?2, ?3)")?
        .execute(params![delivery.inbox, delivery.body, at])?;
    let kept = db.last_insert_rowid();
    let mut insert = db.prepare_cached(
        "INSERT INTO inbox (inbox, event, delivery, place, lane, state, next_at, error, \
         received_at, body, attempts) VALUES (?1, ?2, ?3, ?4, ?5, \
         CASE WHEN ?6 IS NOT NULL THEN 'failed' WHEN ?8 IS NOT NULL THEN 'working' \
         ELSE 'waiting' END, \
         CASE WHEN ?6 IS NOT NULL THEN NULL WHEN ?8 IS NOT NULL THEN ?8 \
         WHEN EXISTS (SELECT 1 FROM inbox WHERE lane = ?5 AND state IN ('waiting', 'working')) \
         THEN NULL ELSE ?7 END, ?6, ?7, ?9, ?8 IS NOT NULL) \
         ON CONFLICT (inbox, event) DO NOTHING",
    )?;
    let mut received = Received::default();
    for item in &delivery.items {
        let values = params![
            delivery.inbox,
            item.event,
            kept,
            item.place,
            item.lane,
            item.fault,
            at,
            delivery.held.map(micros),
            item.body,
        ];
        match insert.execute(values)? {
            0 => received.repeated += 1,
            _ => received.new.push(db.last_insert_rowid().unsigned_abs()),
        }
    }
    if received.new.is_empty() {
        db.prepare_cached("DELETE FROM deliveries WHERE n = ?1")?.execute([kept])?;
    }
    count(db, delivery, &received)?;
    Ok(received)
}

fn count(db: &Connection, delivery: &Delivery, received: &Received) -> Result<(), StoreError> {
    db.prepare_cached(
        "INSERT INTO channels (name, verified_since, last_event_at, events, repeated) \
         VALUES (?1, ?2, ?2, ?3, ?4) ON CONFLICT (name) DO UPDATE SET \
         verified_since = coalesce(verified_since, ?2), last_event_at = ?2, \
         events = events + ?3, repeated = repeated + ?4",
    )?
    .execute(params![
        delivery.inbox,
        micros(delivery.received_at),
        signed(received.new.len() as u64),
        received.repeated
    ])?;
    Ok(())
}

/// Whether anything may be worked on now.
pub(super) fn is_due(db: &Connection, now: Timestamp) -> Result<bool, StoreError> {
    let mut statement = db.prepare_cached(
        "SELECT EXISTS (SELECT 1 FROM inbox WHERE next_at IS NOT NULL AND next_at <= ?1)",
    )?;
    Ok(statement.query_row([micros(now)], |row| row.get(0))?)
}

/// Takes up what may be worked on now. Whoever does not come back loses it at `lease`.
pub(super) fn claim(
    db: &Connection,
    now: Timestamp,
    lease: Timestamp,
    limit: usize,
) -> Result<Vec<InboxRow>, StoreError> {
    let mut due = db.prepare_cached(
        "SELECT n, inbox, event, body, received_at, attempts FROM inbox \
         WHERE next_at IS NOT NULL AND next_at <= ?1 ORDER BY next_at, n LIMIT ?2",
    )?;
    let values = params![micros(now), signed(limit as u64)];
    let mut taken: Vec<InboxRow> =
        due.query_map(values, |row| rows::inbox_row(row))?.collect::<Result<_, _>>()?;
    let mut take = db.prepare_cached(
        "UPDATE inbox SET state = 'working', attempts = attempts + 1, next_at = ?2 WHERE n = ?1",
    )?;
    for row in &mut taken {
        row.attempts = row.attempts.saturating_add(1);
        take.execute(params![signed(row.n), micros(lease)])?;
    }
    taken.sort_by_key(|row| row.n);
    Ok(taken)
}

/// Writes down what came of working on an event.
pub(super) fn worked(db: &Connection, n: u64, worked: &Worked) -> Result<(), StoreError> {
    let n = signed(n);
    let (state, next_at, error) = match worked {
        Worked::Done => ("done", None, None),
        Worked::Later { at, error } => ("waiting", Some(micros(*at)), Some(error)),
        Worked::Failed(error) => ("failed", None, Some(error)),
    };
    let changed = db
        .prepare_cached(
            "UPDATE inbox SET state = ?2, next_at = ?3, error = ?4, \
             body = iif(?2 = 'done', '', body) \
             WHERE n = ?1 AND state IN ('waiting', 'working')",
        )?
        .execute(params![n, state, next_at, error])?;
    if changed == 1 && next_at.is_none() {
        // The next of its lane may be taken up at once.
        db.prepare_cached(
            "UPDATE inbox SET next_at = received_at WHERE n = (SELECT min(n) FROM inbox \
             WHERE lane = (SELECT lane FROM inbox WHERE n = ?1) \
             AND state IN ('waiting', 'working')) AND next_at IS NULL",
        )?
        .execute([n])?;
    }
    Ok(())
}

/// Counts requests that had no right signature.
pub(super) fn refused(
    db: &Connection,
    inbox: &str,
    count: u64,
    at: Timestamp,
) -> Result<(), StoreError> {
    db.prepare_cached(
        "INSERT INTO channels (name, refused, refused_at) VALUES (?1, ?2, ?3) \
         ON CONFLICT (name) DO UPDATE SET refused = refused + ?2, refused_at = ?3",
    )?
    .execute(params![inbox, signed(count), micros(at)])?;
    Ok(())
}
