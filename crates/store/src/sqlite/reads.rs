//! What is read, on connections of its own: readers never wait for the writer.

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError, TryLockError};

use desk::{ConversationId, Message, Ticket, TicketId, TicketState};
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};

use super::schema;
use crate::batch::{ApiToken, EARLIER, Page, StoredConversation, TicketQuery, Turn, TurnKey};
use crate::columns::{micros, signed};
use crate::error::StoreError;
use crate::paging::{self, Cursor};
use crate::rows;

#[cfg(test)]
mod tests;

/// The connections that read.
///
/// A row by its key is read on the caller's own thread: it takes some ten microseconds,
/// less than handing it to another thread would. Lists go to a thread that may wait.
#[derive(Debug)]
pub(super) struct Readers {
    connections: Vec<Mutex<Connection>>,
    next: AtomicUsize,
}

impl Readers {
    pub(super) fn open(path: &Path, count: usize) -> Result<Self, StoreError> {
        let connections = (0..count.max(1))
            .map(|_| schema::open_reader(path).map(Mutex::new))
            .collect::<Result<_, _>>()?;
        Ok(Self { connections, next: AtomicUsize::new(0) })
    }

    pub(super) fn read<T>(
        &self,
        read: impl FnOnce(&Connection) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        read(&self.free())
    }

    /// A connection that nobody uses, or else the next one's turn is awaited.
    fn free(&self) -> MutexGuard<'_, Connection> {
        let count = self.connections.len();
        let first = self.next.fetch_add(1, Ordering::Relaxed);
        for offset in 0..count {
            match self.connections[first.wrapping_add(offset) % count].try_lock() {
                Ok(connection) => return connection,
                // A connection holds nothing between two reads that a panic could break.
                Err(TryLockError::Poisoned(poisoned)) => return poisoned.into_inner(),
                Err(TryLockError::WouldBlock) => {}
            }
        }
        self.connections[first % count].lock().unwrap_or_else(PoisonError::into_inner)
    }
}

const CONVERSATION: &str = concat!(rows::select_conversation!(), "?1");

const MESSAGES: &str = concat!(
    "SELECT ",
    rows::message_columns!(),
    " FROM messages m JOIN conversations c ON c.n = m.conversation \
     WHERE c.id = ?1 AND m.seq > ?2 ORDER BY m.seq LIMIT ?3"
);

const TURN: &str = concat!(
    "SELECT ",
    rows::turn_columns!(),
    " FROM turns u JOIN conversations c ON c.n = u.conversation \
     WHERE u.caller = ?1 AND u.message_id = ?2"
);

const TICKET: &str = concat!(
    "SELECT ",
    rows::ticket_columns!(),
    " FROM tickets t JOIN conversations tc ON tc.n = t.conversation WHERE t.id = ?1"
);

/// The queue by what people owe next, along its index.
const QUEUE: &str = concat!(
    "SELECT t.next_key, t.n, ",
    rows::ticket_columns!(),
    " FROM tickets t JOIN conversations tc ON tc.n = t.conversation \
     WHERE t.state <> 'resolved' \
     AND (t.next_key, t.n) > (?1, ?2) \
     AND (?3 IS NULL OR t.tier = ?3) AND (?4 IS NULL OR t.severity = ?4) \
     AND (?5 IS NULL OR t.state = ?5) \
     AND (?7 IS NULL OR t.assignee = ?7) AND (?8 IS NULL OR t.team = ?8) \
     ORDER BY t.next_key, t.n LIMIT ?6"
);

/// The queue of one person, who has few of all tickets.
const QUEUE_OF_ONE: &str = concat!(
    "SELECT t.next_key, t.n, ",
    rows::ticket_columns!(),
    " FROM tickets t INDEXED BY tickets_by_assignee \
     JOIN conversations tc ON tc.n = t.conversation \
     WHERE t.assignee = ?7 AND t.state <> 'resolved' \
     AND (t.next_key, t.n) > (?1, ?2) \
     AND (?3 IS NULL OR t.tier = ?3) AND (?4 IS NULL OR t.severity = ?4) \
     AND (?5 IS NULL OR t.state = ?5) AND (?8 IS NULL OR t.team = ?8) \
     ORDER BY t.next_key, t.n LIMIT ?6"
);

/// What is resolved, backwards along the table.
const RESOLVED: &str = concat!(
    "SELECT 0, t.n, ",
    rows::ticket_columns!(),
    " FROM tickets t JOIN conversations tc ON tc.n = t.conversation \
     WHERE t.state = 'resolved' AND t.n < ?2 \
     AND (?3 IS NULL OR t.tier = ?3) AND (?4 IS NULL OR t.severity = ?4) \
     AND (?5 IS NULL OR t.state = ?5) \
     AND (?7 IS NULL OR t.assignee = ?7) AND (?8 IS NULL OR t.team = ?8) \
     ORDER BY t.n DESC LIMIT ?6"
);

const API_TOKENS: &str =
    concat!("SELECT ", rows::api_token_columns!(), " FROM api_tokens ORDER BY name");

pub(super) fn conversation(
    connection: &Connection,
    id: &ConversationId,
) -> Result<Option<StoredConversation>, StoreError> {
    let mut statement = connection.prepare_cached(CONVERSATION)?;
    Ok(statement.query_row([id.as_str()], |row| rows::conversation(row)).optional()?)
}

pub(super) fn messages(
    connection: &Connection,
    id: &ConversationId,
    after: u64,
    limit: usize,
) -> Result<Vec<Message>, StoreError> {
    let mut statement = connection.prepare_cached(MESSAGES)?;
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let rows = statement
        .query_map(params![id.as_str(), signed(after), limit], |row| rows::message(row))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

pub(super) fn turn(connection: &Connection, key: &TurnKey) -> Result<Option<Turn>, StoreError> {
    let mut statement = connection.prepare_cached(TURN)?;
    Ok(statement
        .query_row(params![key.caller, key.message_id], |row| rows::turn(row))
        .optional()?)
}

pub(super) fn ticket(connection: &Connection, id: &TicketId) -> Result<Option<Ticket>, StoreError> {
    let mut statement = connection.prepare_cached(TICKET)?;
    Ok(statement.query_row([id.as_str()], |row| rows::ticket(row, 0)).optional()?)
}

pub(super) fn tickets(
    connection: &Connection,
    query: &TicketQuery,
) -> Result<Page<Ticket>, StoreError> {
    let cursor = Cursor::of(query)?;
    let limit = paging::limit(query);
    let sql = match (query.state == Some(TicketState::Resolved), &query.assignee) {
        (true, _) => RESOLVED,
        (false, Some(_)) => QUEUE_OF_ONE,
        (false, None) => QUEUE,
    };
    let mut statement = connection.prepare_cached(sql)?;
    // One more than the page shows whether there is another.
    let values = params![
        cursor.key,
        cursor.n,
        query.tier,
        query.severity.map(rows::severity),
        query.state.map(TicketState::as_str),
        i64::try_from(limit).unwrap_or(i64::MAX).saturating_add(1),
        query.assignee.as_ref().map(desk::AgentId::as_str),
        query.team.as_ref().map(desk::TeamId::as_str),
    ];
    let read = |row: &rusqlite::Row<'_>| {
        Ok((Cursor { key: row.get(0)?, n: row.get(1)? }, rows::ticket(row, 2)?))
    };
    let found = statement.query_map(values, read)?.collect::<Result<_, _>>()?;
    Ok(paging::page(found, limit))
}

pub(super) fn tickets_of(db: &Connection, contact: &str) -> Result<Vec<Ticket>, StoreError> {
    let mut statement = db.prepare_cached(concat!(
        "SELECT ",
        rows::ticket_columns!(),
        " FROM conversations tc JOIN tickets t ON t.conversation = tc.n \
         WHERE tc.contact = ?1 ORDER BY t.n DESC LIMIT ?2"
    ))?;
    let rows = statement.query_map(params![contact, EARLIER], |row| rows::ticket(row, 0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

pub(super) fn problems(db: &Connection, since: Timestamp) -> Result<Vec<Ticket>, StoreError> {
    let mut statement = db.prepare_cached(concat!(
        "SELECT ",
        rows::ticket_columns!(),
        " FROM tickets t JOIN conversations tc ON tc.n = t.conversation \
         WHERE json_extract(t.detail, '$.problem') IS NOT NULL AND t.resolved_at >= ?1 \
         ORDER BY t.resolved_at"
    ))?;
    let rows = statement.query_map([micros(since)], |row| rows::ticket(row, 0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

pub(super) fn api_tokens(connection: &Connection) -> Result<Vec<ApiToken>, StoreError> {
    let mut statement = connection.prepare_cached(API_TOKENS)?;
    let rows = statement.query_map([], |row| rows::api_token(row))?;
    Ok(rows.collect::<Result<_, _>>()?)
}
