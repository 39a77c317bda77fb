//! What is known of inboxes and destinations as a whole, and what is forgotten of them.

use std::collections::BTreeMap;

use desk::ConversationId;
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::channel::{Access, ChannelFigures};
use crate::columns::{Columns, micros, signed};
use crate::error::StoreError;
use crate::{detail, rows};

/// The figures of everything that ever had an event or a thing to be sent, by name.
pub(super) fn figures(db: &Connection) -> Result<Vec<ChannelFigures>, StoreError> {
    let mut all: BTreeMap<String, ChannelFigures> = BTreeMap::new();
    let mut statement = db.prepare_cached(
        "SELECT name, verified_since, last_event_at, events, repeated, refused, refused_at, \
         sent, sent_at, failures, failed_at, last_error, unsure, gone_at FROM channels",
    )?;
    for figures in statement.query_map([], |row| rows::channel_figures(row))? {
        let figures = figures?;
        all.insert(figures.name.clone(), figures);
    }
    for (sql, set) in rows::COUNTS {
        let mut statement = db.prepare_cached(sql)?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let name: String = row.get(0)?;
            let figures = all
                .entry(name.clone())
                .or_insert_with(|| ChannelFigures { name, ..ChannelFigures::default() });
            set(figures, row.number(1)?);
        }
    }
    let mut oldest = db.prepare_cached(
        "SELECT made_at FROM outbox WHERE destination = ?1 AND state IN ('waiting', 'sending') \
         ORDER BY n LIMIT 1",
    )?;
    for figures in all.values_mut().filter(|figures| figures.outbound > 0) {
        let mut rows = oldest.query([&figures.name])?;
        if let Some(row) = rows.next()? {
            figures.oldest_at = row.time_if_any(0)?;
        }
    }
    Ok(all.into_values().collect())
}

pub(super) fn put_thread(
    db: &Connection,
    destination: &str,
    conversation: &ConversationId,
    key: &str,
    detail: &str,
) -> Result<(), StoreError> {
    db.prepare_cached(
        "INSERT OR REPLACE INTO threads (destination, conversation, key, detail) \
         SELECT ?1, n, ?3, ?4 FROM conversations WHERE id = ?2",
    )?
    .execute(params![destination, conversation.as_str(), key, detail])?;
    Ok(())
}

/// Where a help desk has a conversation.
pub(super) fn thread(
    db: &Connection,
    destination: &str,
    conversation: &ConversationId,
) -> Result<Option<String>, StoreError> {
    let mut statement = db.prepare_cached(
        "SELECT detail FROM threads WHERE destination = ?1 \
         AND conversation = (SELECT n FROM conversations WHERE id = ?2)",
    )?;
    let found = statement.query_row([destination, conversation.as_str()], |row| row.get(0));
    Ok(found.optional()?)
}

/// The conversation that a help desk has under this name.
pub(super) fn threaded(
    db: &Connection,
    destination: &str,
    key: &str,
) -> Result<Option<ConversationId>, StoreError> {
    let mut statement = db.prepare_cached(
        "SELECT c.id FROM threads t JOIN conversations c ON c.n = t.conversation \
         WHERE t.destination = ?1 AND t.key = ?2 ORDER BY t.conversation DESC LIMIT 1",
    )?;
    let read = |row: &Row<'_>| row.conversation_id(0);
    Ok(statement.query_row([destination, key], read).optional()?)
}

pub(super) fn put_access(db: &Connection, access: &Access) -> Result<(), StoreError> {
    db.prepare_cached(
        "INSERT OR REPLACE INTO access (name, token, until, refresh) VALUES (?1, ?2, ?3, ?4)",
    )?
    .execute(params![access.name, access.token, micros(access.until), access.refresh])?;
    Ok(())
}

pub(super) fn access(db: &Connection, name: &str) -> Result<Option<Access>, StoreError> {
    let mut statement =
        db.prepare_cached("SELECT name, token, until, refresh FROM access WHERE name = ?1")?;
    Ok(statement.query_row([name], |row| rows::access(row)).optional()?)
}

/// Forgets what is no longer needed: bodies of deliveries that are worked off, and names of
/// events and of what was sent, of before these moments.
pub(super) fn forget(
    db: &Connection,
    bodies: Timestamp,
    names: Timestamp,
) -> Result<(), StoreError> {
    db.prepare_cached(
        "DELETE FROM deliveries WHERE received_at < ?1 AND NOT EXISTS (SELECT 1 FROM inbox \
         WHERE delivery = deliveries.n AND state IN ('waiting', 'working', 'failed'))",
    )?
    .execute([micros(bodies)])?;
    db.prepare_cached("DELETE FROM inbox WHERE received_at < ?1 AND state IN ('done', 'failed')")?
        .execute([micros(names)])?;
    db.prepare_cached("DELETE FROM outbox WHERE ended_at < ?1 AND state = 'sent'")?
        .execute([micros(names)])?;
    db.prepare_cached("DELETE FROM replays WHERE until < ?1")?.execute([micros(bodies)])?;
    Ok(())
}

/// Ends every lease.
pub(super) fn release(db: &Connection, at: Timestamp) -> Result<(), StoreError> {
    for release in [
        "UPDATE inbox SET next_at = ?1 WHERE state = 'working'",
        "UPDATE outbox SET next_at = ?1 WHERE state = 'sending'",
    ] {
        db.prepare_cached(release)?.execute([micros(at)])?;
    }
    Ok(())
}

/// Keeps what a channel calls a message.
pub(super) fn put_name(db: &Connection, n: i64, seq: u64, name: &str) -> Result<(), StoreError> {
    db.prepare_cached(
        "INSERT INTO message_names (conversation, name, seq) VALUES (?1, ?2, ?3) \
         ON CONFLICT DO NOTHING",
    )?
    .execute(params![n, name, signed(seq)])?;
    Ok(())
}

/// The conversation that is answered at an address.
pub(super) fn addressed(
    db: &Connection,
    inbox: &str,
    sender: &str,
) -> Result<Option<ConversationId>, StoreError> {
    let mut statement = db.prepare_cached(
        "SELECT c.id FROM addresses a JOIN conversations c ON c.n = a.conversation \
         WHERE a.inbox = ?1 AND a.sender = ?2 ORDER BY a.last_inbound_at DESC LIMIT 1",
    )?;
    let read = |row: &Row<'_>| row.conversation_id(0);
    Ok(statement.query_row([inbox, sender], read).optional()?)
}

/// Takes the words out of a message that the customer has taken back. Its hash stays: it
/// shows that there was a message, and ties those after it to those before.
pub(super) fn redact(
    db: &Connection,
    conversation: &ConversationId,
    name: &str,
    rule: &str,
    why: &str,
) -> Result<(), StoreError> {
    let found: Option<(i64, i64)> = db
        .prepare_cached(
            "SELECT conversation, seq FROM message_names WHERE name = ?2 AND conversation = \
             (SELECT n FROM conversations WHERE id = ?1)",
        )?
        .query_row([conversation.as_str(), name], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let Some((conversation, seq)) = found else { return Ok(()) };
    db.prepare_cached(
        "UPDATE messages SET text = '', markdown = NULL, notes = ?3 \
         WHERE author = 'customer' AND conversation = ?1 AND seq = ?2",
    )?
    .execute(params![
        conversation,
        seq,
        detail::notes(&desk::Notes::unread(rule, why), &[])
    ])?;
    let message: Option<i64> = db
        .prepare_cached("SELECT n FROM messages WHERE conversation = ?1 AND seq = ?2")?
        .query_row([conversation, seq], |row| row.get(0))
        .optional()?;
    if let Some(message) = message {
        super::search::forget(db, message)?;
    }
    // What was answered may repeat what was said.
    db.prepare_cached("UPDATE turns SET response = '{}' WHERE conversation = ?1 AND seq = ?2")?
        .execute([conversation, seq])?;
    Ok(())
}
