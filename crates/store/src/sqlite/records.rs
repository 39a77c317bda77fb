//! What stands beside conversations: people, sessions, customers, tasks, trails.

use std::collections::BTreeMap;

use desk::{ConversationId, TicketId};
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::{channels, inbox, outbox, receipts, writes};
use crate::access::{Audit, Contact, Session, Task, User};
use crate::batch::{EventQuery, Loads, SAMPLE, StoredEvent, TaskQuery, middle};
use crate::columns::{Columns, micros, signed};
use crate::error::StoreError;
use crate::record::Record;
use crate::rows;
use crate::secret::TokenHash;

type Read<T> = Result<T, StoreError>;

pub(super) fn put(db: &Connection, records: &[Record]) -> Read<()> {
    for record in records {
        match record {
            Record::User(user) => put_user(db, user)?,
            Record::Session(session) => put_session(db, session)?,
            Record::EndSession(hash) => {
                db.prepare_cached("DELETE FROM sessions WHERE hash = ?1")?
                    .execute([hash.as_bytes()])?;
            }
            Record::EndSessionsOf(user) => {
                db.prepare_cached("DELETE FROM sessions WHERE user = ?1")?.execute([user])?;
            }
            Record::ApiToken(token) => writes::put_api_token(db, token)?,
            Record::Contact(contact) => put_contact(db, contact)?,
            Record::Task(task) => put_task(db, task)?,
            Record::Note(note) => super::search::put_note(db, note)?,
            Record::Audit(audit) => {
                db.prepare_cached(
                    "INSERT INTO audit (at, actor, action, object, detail) \
                     VALUES (?1, ?2, ?3, ?4, ?5)",
                )?
                .execute(params![
                    micros(audit.at),
                    audit.actor,
                    audit.action,
                    audit.object,
                    audit.detail
                ])?;
            }
            Record::Worked { n, worked } => inbox::worked(db, *n, worked)?,
            Record::Sending { n, sending } => outbox::sending(db, *n, sending)?,
            Record::Receipt { destination, platform_id, receipt, at } => {
                receipts::receipt(db, destination, platform_id, *receipt, *at)?;
            }
            Record::ReceiptsUntil { conversation, until, receipt, at } => {
                receipts::receipts_until(db, conversation, *until, *receipt, *at)?;
            }
            Record::Refused { inbox, count, at } => inbox::refused(db, inbox, *count, *at)?,
            Record::Detail { conversation, sender, detail } => {
                outbox::put_detail(db, conversation, sender, detail)?;
            }
            Record::Thread { destination, conversation, key, detail } => {
                channels::put_thread(db, destination, conversation, key, detail)?;
            }
            Record::Release { at } => channels::release(db, *at)?,
            Record::Access(access) => channels::put_access(db, access)?,
            Record::Replay { n, at } => outbox::replay(db, *n, *at)?,
            Record::Settle { id, part, platform_id, at } => {
                outbox::settle(db, id, *part, platform_id.as_deref(), *at)?;
            }
            Record::Name { id, part, platform_id } => {
                outbox::name_part(db, id, *part, Some(platform_id))?;
            }
            Record::Drop { conversation, at, error } => {
                outbox::drop_waiting(db, conversation, *at, error)?;
            }
            Record::Gone { destination, at, error } => {
                outbox::gone(db, destination, *at, error)?;
            }
            Record::Redact { conversation, name, rule, why } => {
                channels::redact(db, conversation, name, rule, why)?;
            }
            Record::Forget { bodies, names } => channels::forget(db, *bodies, *names)?,
        }
    }
    Ok(())
}

fn put_user(db: &Connection, user: &User) -> Read<()> {
    db.prepare_cached(
        "INSERT OR REPLACE INTO users (name, role, password, profile, available, failures, \
         locked_until, disabled_at, created_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    )?
    .execute(params![
        user.name,
        user.role.as_str(),
        user.password,
        rows::profile(&user.profile),
        user.available,
        user.failures,
        user.locked_until.map(micros),
        user.disabled_at.map(micros),
        micros(user.created_at),
    ])?;
    Ok(())
}

const USER: &str = concat!("SELECT ", rows::user_columns!(), " FROM users");

pub(super) fn user(db: &Connection, name: &str) -> Read<Option<User>> {
    let mut statement = db.prepare_cached(&format!("{USER} WHERE name = ?1"))?;
    Ok(statement.query_row([name], |row| rows::user(row)).optional()?)
}

pub(super) fn users(db: &Connection) -> Read<Vec<User>> {
    let mut statement = db.prepare_cached(&format!("{USER} ORDER BY name"))?;
    Ok(statement.query_map([], |row| rows::user(row))?.collect::<Result<_, _>>()?)
}

fn put_session(db: &Connection, session: &Session) -> Read<()> {
    db.prepare_cached(
        "INSERT OR REPLACE INTO sessions (hash, user, csrf, created_at, seen_at, expires_at) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?
    .execute(params![
        session.hash.as_bytes(),
        session.user,
        session.csrf.as_bytes(),
        micros(session.created_at),
        micros(session.seen_at),
        micros(session.expires_at),
    ])?;
    Ok(())
}

pub(super) fn session(db: &Connection, hash: &TokenHash) -> Read<Option<Session>> {
    let mut statement = db.prepare_cached(
        "SELECT hash, user, csrf, created_at, seen_at, expires_at FROM sessions WHERE hash = ?1",
    )?;
    Ok(statement.query_row([hash.as_bytes()], |row| rows::session(row)).optional()?)
}

fn put_contact(db: &Connection, contact: &Contact) -> Read<()> {
    db.prepare_cached(
        "INSERT OR REPLACE INTO contacts (id, vip, order_value_cents, prefers, updated_at) \
         VALUES (?1, ?2, ?3, ?4, ?5)",
    )?
    .execute(params![
        contact.id,
        contact.vip,
        signed(contact.order_value_cents),
        contact.prefers,
        micros(contact.updated_at),
    ])?;
    Ok(())
}

pub(super) fn contact(db: &Connection, id: &str) -> Read<Option<Contact>> {
    let mut statement = db.prepare_cached(
        "SELECT id, vip, order_value_cents, prefers, updated_at FROM contacts WHERE id = ?1",
    )?;
    Ok(statement.query_row([id], |row| rows::contact(row)).optional()?)
}

fn put_task(db: &Connection, task: &Task) -> Read<()> {
    db.prepare_cached(
        "INSERT INTO tasks (id, ticket, department, what, created_by, created_at, due_at, \
         alarmed, done_at, done_by, result) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11) \
         ON CONFLICT (id) DO UPDATE SET alarmed = ?8, done_at = ?9, done_by = ?10, result = ?11",
    )?
    .execute(params![
        task.id,
        task.ticket.as_str(),
        task.department,
        task.what,
        task.created_by,
        micros(task.created_at),
        micros(task.due_at),
        task.alarmed,
        task.done_at.map(micros),
        task.done_by,
        task.result,
    ])?;
    Ok(())
}

const TASK: &str = concat!("SELECT ", rows::task_columns!(), " FROM tasks");

pub(super) fn task(db: &Connection, id: &str) -> Read<Option<Task>> {
    let mut statement = db.prepare_cached(&format!("{TASK} WHERE id = ?1"))?;
    Ok(statement.query_row([id], |row| rows::task(row)).optional()?)
}

pub(super) fn tasks(db: &Connection, query: &TaskQuery) -> Read<Vec<Task>> {
    let open = query.open || query.late_at.is_some();
    // The index of open tasks is used only where the words of the query say so.
    let which = if open { "done_at IS NULL" } else { "true" };
    let mut statement = db.prepare_cached(&format!(
        "{TASK} WHERE {which} AND (?1 IS NULL OR ticket = ?1) \
         AND (?2 IS NULL OR department = ?2) \
         AND (?3 IS NULL OR (due_at <= ?3 AND alarmed = 0)) ORDER BY due_at, n LIMIT 500"
    ))?;
    let values = params![
        query.ticket.as_ref().map(TicketId::as_str),
        query.department,
        query.late_at.map(micros),
    ];
    Ok(statement.query_map(values, |row| rows::task(row))?.collect::<Result<_, _>>()?)
}

pub(super) fn due(db: &Connection, now: Timestamp, limit: usize) -> Read<Vec<ConversationId>> {
    let mut statement = db.prepare_cached(
        "SELECT id FROM conversations WHERE wake_at IS NOT NULL AND wake_at <= ?1 \
         ORDER BY wake_at LIMIT ?2",
    )?;
    ids(&mut statement, params![micros(now), signed(limit as u64)])
}

pub(super) fn waiting(db: &Connection, limit: usize) -> Read<Vec<ConversationId>> {
    let mut statement = db.prepare_cached(
        "SELECT c.id FROM tickets t JOIN conversations c ON c.n = t.conversation \
         WHERE t.state = 'open' ORDER BY t.priority DESC, t.queue_key, t.n LIMIT ?1",
    )?;
    ids(&mut statement, params![signed(limit as u64)])
}

/// How many wait before this one, of its tier and in the order of [`waiting`], and itself.
pub(super) fn place(db: &Connection, ticket: &TicketId) -> Read<Option<u32>> {
    let mut statement = db.prepare_cached(
        "SELECT 1 + (SELECT count(*) FROM tickets t WHERE t.state = 'open' AND t.tier = me.tier \
         AND (t.priority > me.priority OR (t.priority = me.priority \
         AND (t.queue_key, t.n) < (me.queue_key, me.n)))) \
         FROM tickets me WHERE me.id = ?1 AND me.state = 'open'",
    )?;
    Ok(statement.query_row([ticket.as_str()], |row| row.number(0)).optional()?)
}

fn ids(
    statement: &mut rusqlite::Statement<'_>,
    values: impl rusqlite::Params,
) -> Read<Vec<ConversationId>> {
    let id = |row: &Row<'_>| row.conversation_id(0);
    Ok(statement.query_map(values, id)?.collect::<Result<_, _>>()?)
}

pub(super) fn loads(db: &Connection) -> Read<Loads> {
    let mut agents = BTreeMap::new();
    let mut statement = db.prepare_cached(
        "SELECT assignee, count(*) FROM tickets \
         WHERE state <> 'resolved' AND assignee IS NOT NULL GROUP BY assignee",
    )?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        agents.insert(row.get(0)?, row.number(1)?);
    }
    let mut waiting = [0; 3];
    let mut statement =
        db.prepare_cached("SELECT tier, count(*) FROM tickets WHERE state = 'open' GROUP BY tier")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let tier: usize = row.number(0)?;
        if let Some(count) = tier.checked_sub(1).and_then(|index| waiting.get_mut(index)) {
            *count = row.number(1)?;
        }
    }
    // From the first answer on: the wait before is not what a ticket takes.
    let mut statement = db.prepare_cached(
        "SELECT (resolved_at - first_response_at) / 1000000 FROM tickets \
         WHERE state = 'resolved' AND first_response_at IS NOT NULL ORDER BY n DESC LIMIT ?1",
    )?;
    let took = statement.query_map([SAMPLE], |row| row.get(0))?.collect::<Result<_, _>>()?;
    Ok(Loads { agents, waiting, handling_seconds: middle(took) })
}

pub(super) fn events(db: &Connection, query: &EventQuery) -> Read<Vec<StoredEvent>> {
    // Said apart, because an index is of no use to a condition that may not hold.
    let which = match query.conversation {
        Some(_) => "e.conversation = (SELECT n FROM conversations WHERE id = ?2)",
        None => "?2 IS NULL",
    };
    let order = if query.latest { "DESC" } else { "ASC" };
    let mut statement = db.prepare_cached(&format!(
        "SELECT e.n, c.id, e.at, e.kind, e.ticket, e.by, e.detail \
         FROM events e JOIN conversations c ON c.n = e.conversation \
         WHERE e.n > ?1 AND {which} ORDER BY e.n {order} LIMIT ?3"
    ))?;
    let conversation = query.conversation.as_ref().map(ConversationId::as_str);
    let values = params![signed(query.after), conversation, signed(query.limit as u64)];
    let mut found = statement
        .query_map(values, |row| rows::stored_event(row))?
        .collect::<Result<Vec<_>, _>>()?;
    if query.latest {
        found.reverse();
    }
    Ok(found)
}

pub(super) fn audit(db: &Connection, before: Option<u64>, limit: usize) -> Read<Vec<(u64, Audit)>> {
    let mut statement = db.prepare_cached(
        "SELECT n, at, actor, action, object, detail FROM audit \
         WHERE n < ?1 ORDER BY n DESC LIMIT ?2",
    )?;
    let values = params![before.map_or(i64::MAX, signed), signed(limit as u64)];
    Ok(statement.query_map(values, |row| rows::audit(row))?.collect::<Result<_, _>>()?)
}
