//! What is read, as statements. One that may leave a condition out says so by a null.

use std::borrow::Cow;
use std::collections::BTreeMap;

use deadpool_postgres::Pool;
use desk::{AgentId, ConversationId, TeamId, Ticket, TicketId, TicketState};
use jiff::Timestamp;
use tokio_postgres::Row;

use super::value::values;
use super::work::{Step, query, step};
use crate::batch::{
    EARLIER, EventQuery, Loads, Page, SAMPLE, StoredEvent, TaskQuery, TicketQuery, TurnKey, middle,
};
use crate::columns::{Columns, micros, signed};
use crate::error::StoreError;
use crate::paging::{self, Cursor};
use crate::rows;

type Read<T> = Result<T, StoreError>;

/// Every row of a statement.
pub(super) async fn all<T>(
    pool: &Pool,
    one: Step<'_>,
    read: impl Fn(&Row) -> Read<T>,
) -> Read<Vec<T>> {
    query(pool, one).await?.iter().map(read).collect()
}

/// The first row of a statement.
pub(super) async fn first<T>(
    pool: &Pool,
    one: Step<'_>,
    read: impl Fn(&Row) -> Read<T>,
) -> Read<Option<T>> {
    query(pool, one).await?.first().map(read).transpose()
}

pub(super) fn conversation(id: &ConversationId) -> Step<'_> {
    step(concat!(rows::select_conversation!(), "$1"), values![id.as_str()])
}

pub(super) fn messages(id: &ConversationId, after: u64, limit: usize) -> Step<'_> {
    step(
        concat!(
            "SELECT ",
            rows::message_columns!(),
            " FROM messages m WHERE m.conversation = (SELECT n FROM conversations WHERE id = $1) \
             AND m.seq > $2 ORDER BY m.seq LIMIT $3"
        ),
        values![id.as_str(), signed(after), signed(limit as u64)],
    )
}

pub(super) fn turn(key: &TurnKey) -> Step<'_> {
    step(
        concat!(
            "SELECT ",
            rows::turn_columns!(),
            " FROM turns u JOIN conversations c ON c.n = u.conversation \
             WHERE u.caller = $1 AND u.message_id = $2"
        ),
        values![&key.caller, &key.message_id],
    )
}

pub(super) fn ticket(id: &TicketId) -> Step<'_> {
    step(
        concat!(
            "SELECT ",
            rows::ticket_columns!(),
            " FROM tickets t JOIN conversations tc ON tc.n = t.conversation WHERE t.id = $1"
        ),
        values![id.as_str()],
    )
}

/// The queue by what people owe next, along its index; one person's by the index of theirs.
const QUEUE: &str = concat!(
    "SELECT t.next_key, t.n, ",
    rows::ticket_columns!(),
    " FROM tickets t JOIN conversations tc ON tc.n = t.conversation \
     WHERE t.state <> 'resolved' AND (t.next_key, t.n) > ($1, $2) \
     AND ($3 IS NULL OR t.tier = $3) AND ($4 IS NULL OR t.severity = $4) \
     AND ($5 IS NULL OR t.state = $5) AND ($8 IS NULL OR t.team = $8) "
);

const ANYBODY: &str = "AND $7 IS NULL ORDER BY t.next_key, t.n LIMIT $6";

const ONE: &str = "AND t.assignee = $7 ORDER BY t.next_key, t.n LIMIT $6";

/// What is resolved, the latest first.
const RESOLVED: &str = concat!(
    "SELECT 0::bigint, t.n, ",
    rows::ticket_columns!(),
    " FROM tickets t JOIN conversations tc ON tc.n = t.conversation \
     WHERE t.state = 'resolved' AND $1 IS NOT NULL AND t.n < $2 \
     AND ($3 IS NULL OR t.tier = $3) AND ($4 IS NULL OR t.severity = $4) \
     AND ($5 IS NULL OR t.state = $5) \
     AND ($7 IS NULL OR t.assignee = $7) AND ($8 IS NULL OR t.team = $8) \
     ORDER BY t.n DESC LIMIT $6"
);

pub(super) async fn tickets(pool: &Pool, query: &TicketQuery) -> Read<Page<Ticket>> {
    let cursor = Cursor::of(query)?;
    let limit = paging::limit(query);
    let sql = match (query.state == Some(TicketState::Resolved), &query.assignee) {
        (true, _) => Cow::Borrowed(RESOLVED),
        (false, Some(_)) => Cow::Owned([QUEUE, ONE].concat()),
        (false, None) => Cow::Owned([QUEUE, ANYBODY].concat()),
    };
    // One more than the page shows whether there is another.
    let values = values![
        cursor.key,
        cursor.n,
        query.tier,
        query.severity.map(rows::severity),
        query.state.map(TicketState::as_str),
        signed(limit as u64).saturating_add(1),
        query.assignee.as_ref().map(AgentId::as_str),
        query.team.as_ref().map(TeamId::as_str),
    ];
    let read =
        |row: &Row| Ok((Cursor { key: row.number(0)?, n: row.number(1)? }, rows::ticket(row, 2)?));
    Ok(paging::page(all(pool, step(sql, values), read).await?, limit))
}

pub(super) fn tickets_of(contact: &str) -> Step<'_> {
    step(
        concat!(
            "SELECT ",
            rows::ticket_columns!(),
            " FROM conversations tc JOIN tickets t ON t.conversation = tc.n \
             WHERE tc.contact = $1 ORDER BY t.n DESC LIMIT $2"
        ),
        values![contact, EARLIER],
    )
}

pub(super) fn problems(since: Timestamp) -> Step<'static> {
    step(
        concat!(
            "SELECT ",
            rows::ticket_columns!(),
            " FROM tickets t JOIN conversations tc ON tc.n = t.conversation \
             WHERE t.problem AND t.resolved_at >= $1 ORDER BY t.resolved_at"
        ),
        values![micros(since)],
    )
}

/// Reads the name of a conversation.
pub(super) fn id(row: &Row) -> Read<ConversationId> {
    row.conversation_id(0)
}

pub(super) fn due(now: Timestamp, limit: usize) -> Step<'static> {
    step(
        "SELECT id FROM conversations WHERE wake_at IS NOT NULL AND wake_at <= $1 \
         ORDER BY wake_at LIMIT $2",
        values![micros(now), signed(limit as u64)],
    )
}

pub(super) fn waiting(limit: usize) -> Step<'static> {
    step(
        "SELECT c.id FROM tickets t JOIN conversations c ON c.n = t.conversation \
         WHERE t.state = 'open' ORDER BY t.priority DESC, t.queue_key, t.n LIMIT $1",
        values![signed(limit as u64)],
    )
}

/// How many wait before this one, of its tier and in the order of [`waiting`], and itself.
pub(super) fn place(ticket: &TicketId) -> Step<'_> {
    step(
        "SELECT 1 + (SELECT count(*) FROM tickets t WHERE t.state = 'open' AND t.tier = me.tier \
         AND (t.priority > me.priority OR (t.priority = me.priority \
         AND (t.queue_key, t.n) < (me.queue_key, me.n)))) \
         FROM tickets me WHERE me.id = $1 AND me.state = 'open'",
        values![ticket.as_str()],
    )
}

pub(super) async fn loads(pool: &Pool) -> Read<Loads> {
    let assigned = "SELECT assignee, count(*) FROM tickets \
                    WHERE state <> 'resolved' AND assignee IS NOT NULL GROUP BY assignee";
    let read = |row: &Row| Ok((row.owned(0)?, row.number(1)?));
    let agents: BTreeMap<String, u32> =
        all(pool, step(assigned, values![]), read).await?.into_iter().collect();
    let open = "SELECT tier, count(*) FROM tickets WHERE state = 'open' GROUP BY tier";
    let read = |row: &Row| Ok((row.number::<usize>(0)?, row.number(1)?));
    let mut waiting = [0; 3];
    for (tier, count) in all(pool, step(open, values![]), read).await? {
        if let Some(place) = tier.checked_sub(1).and_then(|index| waiting.get_mut(index)) {
            *place = count;
        }
    }
    // From the first answer on: the wait before is not what a ticket takes.
    let took = "SELECT (resolved_at - first_response_at) / 1000000 FROM tickets \
                WHERE state = 'resolved' AND first_response_at IS NOT NULL \
                ORDER BY n DESC LIMIT $1";
    let took = all(pool, step(took, values![SAMPLE]), |row| row.number(0)).await?;
    Ok(Loads { agents, waiting, handling_seconds: middle(took) })
}

/// What an event is read by: its number, conversation, time, kind, ticket, person, detail.
pub(super) const EVENT: &str = "SELECT e.n, c.id, e.at, e.kind, e.ticket, e.by, e.detail \
     FROM events e JOIN conversations c ON c.n = e.conversation";

pub(super) async fn events(pool: &Pool, query: &EventQuery) -> Read<Vec<StoredEvent>> {
    // Said apart, because an index is of no use to a condition that may not hold.
    let which = match query.conversation {
        Some(_) => "e.conversation = (SELECT n FROM conversations WHERE id = $2)",
        None => "$2 IS NULL",
    };
    let order = if query.latest { "DESC" } else { "ASC" };
    let sql = format!("{EVENT} WHERE e.n > $1 AND {which} ORDER BY e.n {order} LIMIT $3");
    let values = values![
        signed(query.after),
        query.conversation.as_ref().map(ConversationId::as_str),
        signed(query.limit as u64),
    ];
    let mut found = all(pool, step(sql, values), rows::stored_event).await?;
    if query.latest {
        found.reverse();
    }
    Ok(found)
}

pub(super) fn contact(id: &str) -> Step<'_> {
    let sql = "SELECT id, vip, order_value_cents, prefers, updated_at FROM contacts WHERE id = $1";
    step(sql, values![id])
}

/// What stands before the conditions on tasks.
const TASK: &str = concat!("SELECT ", rows::task_columns!(), " FROM tasks");

pub(super) fn task(id: &str) -> Step<'_> {
    step(format!("{TASK} WHERE id = $1"), values![id])
}

pub(super) fn tasks(query: &TaskQuery) -> Step<'_> {
    let open = query.open || query.late_at.is_some();
    // The index of open tasks is used only where the words of the query say so.
    let which = if open { "done_at IS NULL" } else { "true" };
    step(
        format!(
            "{TASK} WHERE {which} AND ($1 IS NULL OR ticket = $1) \
             AND ($2 IS NULL OR department = $2) \
             AND ($3 IS NULL OR (due_at <= $3 AND NOT alarmed)) ORDER BY due_at, n LIMIT 500"
        ),
        values![
            query.ticket.as_ref().map(TicketId::as_str),
            &query.department,
            query.late_at.map(micros),
        ],
    )
}

/// What stands before the conditions on people.
const USER: &str = concat!("SELECT ", rows::user_columns!(), " FROM users");

pub(super) fn user(name: &str) -> Step<'_> {
    step(format!("{USER} WHERE name = $1"), values![name])
}

pub(super) fn users() -> Step<'static> {
    step(format!("{USER} ORDER BY name"), values![])
}

pub(super) fn audit(before: Option<u64>, limit: usize) -> Step<'static> {
    step(
        "SELECT n, at, actor, action, object, detail FROM audit \
         WHERE n < $1 ORDER BY n DESC LIMIT $2",
        values![before.map_or(i64::MAX, signed), signed(limit as u64)],
    )
}

/// What stands before the conditions on API tokens.
pub(super) const API_TOKEN: &str =
    concat!("SELECT ", rows::api_token_columns!(), " FROM api_tokens");
