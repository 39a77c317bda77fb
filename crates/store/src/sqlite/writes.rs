//! What is written, statement by statement, inside the writer's transaction.
//!
//! Nothing here, and nothing that shares a commit with it, says `RETURNING`: such a statement
//! runs behind a savepoint of its own, at which SQLite writes out the words of all messages
//! before it (a group of turns would leave a part of the index each, which are then merged,
//! instead of one together), and it makes a table with a cache of its own for its one row.

use rusqlite::{Connection, OptionalExtension, named_params, params};

use super::{channels, outbox, reads};
use crate::batch::{ApiToken, Batch, Committed, Turn, Version};
use crate::columns::{micros, signed};
use crate::error::StoreError;
use crate::{detail, json, rows, words};

pub(super) fn store(
    db: &Connection,
    batch: &Batch,
    expected: Option<Version>,
) -> Result<Committed, StoreError> {
    if !has_room(db, batch)? {
        return Err(conflict(db, batch, expected)?);
    }
    let written = match expected {
        None => insert_conversation(db, batch)?,
        Some(expected) => update_conversation(db, batch, expected)?,
    };
    let Some((n, version)) = written else {
        return match repeated(db, batch)? {
            Some(turn) => Ok(Committed::Replayed(turn)),
            None => Err(conflict(db, batch, expected)?),
        };
    };
    insert_messages(db, batch, n)?;
    put_ticket(db, batch, n)?;
    // A key that is known already fails here; the second try looks at keys first.
    insert_turn(db, batch, n)?;
    insert_events(db, batch, n)?;
    if let Some(address) = &batch.address {
        outbox::put_address(db, address, n)?;
    }
    if let Some((seq, name)) = &batch.named {
        channels::put_name(db, n, *seq, name)?;
    }
    outbox::insert(db, batch, n)?;
    super::records::put(db, &batch.records)?;
    Ok(Committed::Stored(version))
}

/// Whether the person who is given a ticket has a place for it.
fn has_room(db: &Connection, batch: &Batch) -> Result<bool, StoreError> {
    let Some(room) = &batch.room else { return Ok(true) };
    let others: i64 = db
        .prepare_cached(
            "SELECT count(*) FROM tickets t JOIN conversations c ON c.n = t.conversation \
             WHERE t.assignee = ?1 AND t.state <> 'resolved' AND c.id <> ?2",
        )?
        .query_row(params![room.agent.as_str(), batch.conversation.id.as_str()], |row| {
            row.get(0)
        })?;
    Ok(others < i64::from(room.capacity))
}

fn insert_events(db: &Connection, batch: &Batch, n: i64) -> Result<(), StoreError> {
    if batch.events.is_empty() {
        return Ok(());
    }
    let mut insert = db.prepare_cached(
        "INSERT INTO events (conversation, ticket, at, kind, by, detail) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?;
    for event in &batch.events {
        insert.execute(params![
            n,
            event.ticket.as_str(),
            micros(batch.conversation.updated_at),
            event.kind.as_str(),
            event.by.as_ref().map(desk::AgentId::as_str),
            event.detail,
        ])?;
    }
    Ok(())
}

/// The turn that is stored under the batch's key.
pub(super) fn repeated(db: &Connection, batch: &Batch) -> Result<Option<Turn>, StoreError> {
    let Some(turn) = &batch.turn else { return Ok(None) };
    let Some(key) = &turn.key else { return Ok(None) };
    match reads::turn(db, key)? {
        Some(before) if before.body_hash != turn.body_hash => Err(StoreError::MessageIdReused),
        before => Ok(before),
    }
}

/// None when it is there already.
fn insert_conversation(
    db: &Connection,
    batch: &Batch,
) -> Result<Option<(i64, Version)>, StoreError> {
    let conversation = &batch.conversation;
    let (owner, agent) = rows::owner(&conversation.owner);
    let inserted = db
        .prepare_cached(
            "INSERT INTO conversations (id, version, visitor_token, owner, agent, fence, \
             started_at, updated_at, messages, memory, contact, chain, wake_at) \
             VALUES (?1, 1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12) \
             ON CONFLICT (id) DO NOTHING",
        )?
        .execute(params![
            conversation.id.as_str(),
            batch.visitor_token.as_ref().map(|token| token.as_bytes()),
            owner,
            agent,
            signed(conversation.fence.0),
            micros(conversation.started_at),
            micros(conversation.updated_at),
            signed(conversation.messages),
            json::memory(&conversation.memory),
            conversation.contact,
            conversation.chain,
            conversation.wake_at().map(micros),
        ])?;
    Ok((inserted > 0).then(|| (db.last_insert_rowid(), Version(1))))
}

/// None when it is at another version, or not there.
fn update_conversation(
    db: &Connection,
    batch: &Batch,
    expected: Version,
) -> Result<Option<(i64, Version)>, StoreError> {
    let conversation = &batch.conversation;
    let (owner, agent) = rows::owner(&conversation.owner);
    let found = db
        .prepare_cached("SELECT n FROM conversations WHERE id = ?1 AND version = ?2")?
        .query_row(params![conversation.id.as_str(), signed(expected.0)], |row| row.get(0))
        .optional()?;
    let Some(n): Option<i64> = found else { return Ok(None) };
    db.prepare_cached(
        "UPDATE conversations SET version = version + 1, owner = ?2, agent = ?3, \
             fence = ?4, updated_at = ?5, messages = ?6, memory = ?7, contact = ?8, \
             chain = ?9, wake_at = ?10 WHERE n = ?1",
    )?
    .execute(params![
        n,
        owner,
        agent,
        signed(conversation.fence.0),
        micros(conversation.updated_at),
        signed(conversation.messages),
        json::memory(&conversation.memory),
        conversation.contact,
        conversation.chain,
        conversation.wake_at().map(micros),
    ])?;
    Ok(Some((n, Version(expected.0.saturating_add(1)))))
}

fn conflict(
    db: &Connection,
    batch: &Batch,
    expected: Option<Version>,
) -> Result<StoreError, StoreError> {
    let actual = db
        .prepare_cached("SELECT version FROM conversations WHERE id = ?1")?
        .query_row([batch.conversation.id.as_str()], |row| row.get::<_, i64>(0))
        .optional()?
        .and_then(|version| u64::try_from(version).ok())
        .map(Version);
    Ok(StoreError::Conflict { expected, actual })
}

fn insert_messages(db: &Connection, batch: &Batch, n: i64) -> Result<(), StoreError> {
    if batch.messages.is_empty() {
        return Ok(());
    }
    let mut insert = db.prepare_cached(
        "INSERT INTO messages (conversation, seq, at, author, agent, text, markdown, \
         language, buttons, answers, notes, hash) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
    )?;
    let name = words::name(batch);
    for message in &batch.messages {
        let (author, agent) = rows::author(&message.author);
        insert.execute(params![
            n,
            signed(message.seq),
            micros(message.at),
            author,
            agent,
            message.text,
            message.markdown,
            message.language,
            rows::buttons(&message.buttons),
            rows::answers(&message.answers),
            message.notes.as_ref().map(|notes| detail::notes(notes, &message.attachments)),
            message.hash,
        ])?;
        if words::is_searched(&message.author) {
            super::search::insert(db, db.last_insert_rowid(), &message.text, name)?;
        }
    }
    Ok(())
}

fn put_ticket(db: &Connection, batch: &Batch, n: i64) -> Result<(), StoreError> {
    let Some(ticket) = &batch.ticket else { return Ok(()) };
    let mut upsert = db.prepare_cached(
        "INSERT INTO tickets (id, conversation, state, severity, tier, rule, why, intents, \
         language, order_number, assignee, opened_at, due_at, first_response_at, \
         resolved_at, outcome, team, priority, survey, mark, detail, next_at) \
         VALUES (:id, :conversation, :state, :severity, :tier, :rule, :why, :intents, \
         :language, :order, :assignee, :opened_at, :due_at, :first_response_at, \
         :resolved_at, :outcome, :team, :priority, :survey, :mark, :detail, :next_at) \
         ON CONFLICT (id) DO UPDATE SET state = :state, severity = :severity, tier = :tier, \
         intents = :intents, language = :language, order_number = :order, \
         assignee = :assignee, due_at = :due_at, first_response_at = :first_response_at, \
         resolved_at = :resolved_at, outcome = :outcome, rule = :rule, why = :why, \
         team = :team, priority = :priority, survey = :survey, mark = :mark, detail = :detail, \
         next_at = :next_at",
    )?;
    let values = named_params! {
        ":id": ticket.id.as_str(),
        ":conversation": n,
        ":state": ticket.state.as_str(),
        ":severity": rows::severity(ticket.severity),
        ":tier": ticket.tier,
        ":rule": ticket.rule,
        ":why": ticket.why,
        ":intents": json::intents(&ticket.intents),
        ":language": ticket.language,
        ":order": ticket.order,
        ":assignee": ticket.assignee.as_ref().map(desk::AgentId::as_str),
        ":opened_at": micros(ticket.opened_at),
        ":due_at": ticket.due_at().map(micros),
        ":team": ticket.team.as_ref().map(desk::TeamId::as_str),
        ":priority": ticket.priority,
        ":survey": ticket.follow_up.survey().map(desk::Survey::as_str),
        ":mark": ticket.follow_up.rating().map(desk::Rating::mark),
        ":detail": detail::detail(ticket),
        ":next_at": ticket.next_due().map(|(_, deadline)| micros(deadline.due_at)),
        ":first_response_at": ticket.first_response_at.map(micros),
        ":resolved_at": ticket.resolved_at.map(micros),
        ":outcome": ticket.outcome.map(desk::Outcome::as_str),
    };
    upsert.execute(values)?;
    let row: i64 = db
        .prepare_cached("SELECT n FROM tickets WHERE id = ?1")?
        .query_row([ticket.id.as_str()], |row| row.get(0))?;
    db.prepare_cached("UPDATE conversations SET ticket = ?2 WHERE n = ?1 AND ticket IS NOT ?2")?
        .execute(params![n, row])?;
    Ok(())
}

fn insert_turn(db: &Connection, batch: &Batch, n: i64) -> Result<(), StoreError> {
    let Some(turn) = &batch.turn else { return Ok(()) };
    let key = turn.key.as_ref();
    db.prepare_cached(
        "INSERT INTO turns (conversation, seq, caller, message_id, body_hash, response) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?
    .execute(params![
        n,
        signed(turn.seq),
        key.map(|key| &key.caller),
        key.map(|key| &key.message_id),
        turn.body_hash,
        turn.response,
    ])?;
    Ok(())
}

pub(super) fn put_api_token(db: &Connection, token: &ApiToken) -> Result<(), StoreError> {
    db.prepare_cached(
        "INSERT INTO api_tokens (name, hash, created_at, revoked_at, scopes) \
         VALUES (?1, ?2, ?3, ?4, ?5) \
         ON CONFLICT (name) DO UPDATE SET hash = excluded.hash, \
         created_at = excluded.created_at, revoked_at = excluded.revoked_at, \
         scopes = excluded.scopes",
    )?
    .execute(params![
        token.name,
        token.hash.as_bytes(),
        micros(token.created_at),
        token.revoked_at.map(micros),
        token.scopes.to_string(),
    ])?;
    Ok(())
}
