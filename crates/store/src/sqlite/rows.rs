//! How the desk's types are written into columns, and read back.

use std::borrow::Cow;

use desk::{
    AgentId, Author, Conversation, ConversationId, Fence, FollowUp, Message, Offer, Outcome, Owner,
    TeamId, Ticket, TicketId, TicketState,
};
use intent::Severity;
use jiff::Timestamp;
use rusqlite::Row;
use rusqlite::types::Type;

use super::{detail, json, outbox};
use crate::access::Scopes;
use crate::batch::{ApiToken, StoredConversation, Turn, TurnKey, Version};
use crate::secret::TokenHash;

/// A row that cannot be read back: the number of its column, and what is wrong.
pub(super) fn broken(column: usize, detail: impl Into<Cow<'static, str>>) -> rusqlite::Error {
    let detail: Box<dyn std::error::Error + Send + Sync> = Box::from(detail.into());
    rusqlite::Error::FromSqlConversionFailure(column, Type::Text, detail)
}

pub(super) fn micros(at: Timestamp) -> i64 {
    at.as_microsecond()
}

pub(super) fn time(row: &Row<'_>, column: usize) -> rusqlite::Result<Timestamp> {
    json::time(row.get(column)?).map_err(|error| broken(column, error))
}

pub(super) fn time_if_any(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<Timestamp>> {
    match row.get::<_, Option<i64>>(column)? {
        Some(_) => time(row, column).map(Some),
        None => Ok(None),
    }
}

pub(super) fn conversation_id(row: &Row<'_>, column: usize) -> rusqlite::Result<ConversationId> {
    Ok(ConversationId::new(row.get_ref(column)?.as_str()?))
}

pub(super) fn number<N: TryFrom<i64>>(row: &Row<'_>, column: usize) -> rusqlite::Result<N> {
    N::try_from(row.get::<_, i64>(column)?).map_err(|_| broken(column, "out of range"))
}

/// Counters stay far below what a signed column holds.
pub(super) fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// A column of JSON.
fn json_of<T>(
    row: &Row<'_>,
    column: usize,
    read: fn(&str) -> Result<T, String>,
) -> rusqlite::Result<T> {
    read(row.get_ref(column)?.as_str()?).map_err(|detail| broken(column, detail))
}

/// A column of JSON that is null where the list is empty.
fn list<T>(
    row: &Row<'_>,
    column: usize,
    read: fn(&str) -> Result<Vec<T>, String>,
) -> rusqlite::Result<Vec<T>> {
    match row.get_ref(column)?.as_str_or_null()? {
        Some(text) => read(text).map_err(|detail| broken(column, detail)),
        None => Ok(Vec::new()),
    }
}

pub(super) fn owner(owner: &Owner) -> (&'static str, Option<&str>) {
    match owner {
        Owner::Bot => ("bot", None),
        Owner::Queue => ("queue", None),
        Owner::Agent(agent) => ("agent", Some(agent.as_str())),
    }
}

pub(super) fn author(author: &Author) -> (&'static str, Option<&str>) {
    match author {
        Author::Customer => ("customer", None),
        Author::Bot => ("bot", None),
        Author::Agent(agent) => ("agent", Some(agent.as_str())),
    }
}

pub(super) fn severity(severity: Severity) -> i64 {
    match severity {
        Severity::Blue => 0,
        Severity::Yellow => 1,
        Severity::Red => 2,
    }
}

/// Null where there are none, which is most often.
pub(super) fn buttons(offers: &[Offer]) -> Option<String> {
    (!offers.is_empty()).then(|| json::offers(offers))
}

/// Null where there are none, which is most often.
pub(super) fn answers(answers: &[String]) -> Option<String> {
    (!answers.is_empty()).then(|| json::texts(answers))
}

/// A conversation; its latest ticket follows.
macro_rules! conversation_columns {
    () => {
        "c.id, c.version, c.visitor_token, c.owner, c.agent, c.fence, c.started_at, \
         c.updated_at, c.messages, c.memory, c.contact, c.chain"
    };
}
pub(super) use conversation_columns;

const CONVERSATION_COLUMNS: usize = 12;
const TICKET_COLUMNS: usize = 20;

/// Reads `conversation_columns` followed by `ticket_columns`, which are null when there
/// never was a ticket, and the address, which is null where it came through no channel.
pub(super) fn conversation(row: &Row<'_>) -> rusqlite::Result<StoredConversation> {
    let owner = match row.get_ref(3)?.as_str()? {
        "bot" => Owner::Bot,
        "queue" => Owner::Queue,
        "agent" => Owner::Agent(AgentId::new(row.get_ref(4)?.as_str()?)),
        other => return Err(broken(3, format!("no such owner: {other}"))),
    };
    let ticket = match row.get_ref(CONVERSATION_COLUMNS)?.as_str_or_null()? {
        Some(_) => Some(ticket(row, CONVERSATION_COLUMNS)?),
        None => None,
    };
    let visitor_token: Option<[u8; 32]> = row.get(2)?;
    let at = CONVERSATION_COLUMNS + TICKET_COLUMNS;
    let address = match row.get_ref(at)?.as_str_or_null()? {
        Some(_) => Some(outbox::address(row, at)?),
        None => None,
    };
    let (past, ticket) = match ticket {
        Some(ticket) if ticket.state == TicketState::Resolved => (Some(ticket), None),
        ticket => (None, ticket),
    };
    Ok(StoredConversation {
        conversation: Conversation {
            id: conversation_id(row, 0)?,
            owner,
            fence: Fence(number(row, 5)?),
            started_at: time(row, 6)?,
            updated_at: time(row, 7)?,
            messages: number(row, 8)?,
            ticket,
            past,
            contact: row.get(10)?,
            chain: row.get(11)?,
            memory: json_of(row, 9, json::read_memory)?,
        },
        version: Version(number(row, 1)?),
        visitor_token: visitor_token.map(TokenHash::from_bytes),
        address,
    })
}

macro_rules! ticket_columns {
    () => {
        "t.id, tc.id, t.state, t.severity, t.tier, t.rule, t.why, t.intents, t.language, \
         t.order_number, t.assignee, t.opened_at, t.due_at, t.first_response_at, \
         t.resolved_at, t.outcome, t.team, t.priority, t.csat, t.detail"
    };
}
pub(super) use ticket_columns;

/// Reads `ticket_columns` from column `at` on.
pub(super) fn ticket(row: &Row<'_>, at: usize) -> rusqlite::Result<Ticket> {
    let text = |column| row.get_ref(at + column)?.as_str().map_err(rusqlite::Error::from);
    let state = text(2)?;
    let outcome = row.get_ref(at + 15)?.as_str_or_null()?;
    let assignee = row.get_ref(at + 10)?.as_str_or_null()?;
    let due_at = time_if_any(row, at + 12)?;
    let mut ticket = Ticket {
        id: TicketId::new(text(0)?),
        conversation: ConversationId::new(text(1)?),
        state: TicketState::parse(state)
            .ok_or_else(|| broken(at + 2, format!("no such state: {state}")))?,
        severity: match row.get::<_, i64>(at + 3)? {
            0 => Severity::Blue,
            1 => Severity::Yellow,
            2 => Severity::Red,
            other => return Err(broken(at + 3, format!("no such severity: {other}"))),
        },
        tier: number(row, at + 4)?,
        rule: text(5)?.to_owned(),
        why: text(6)?.to_owned(),
        intents: json_of(row, at + 7, json::read_intents)?,
        language: row.get(at + 8)?,
        order: row.get(at + 9)?,
        team: row.get_ref(at + 16)?.as_str_or_null()?.map(TeamId::new),
        assignee: assignee.map(AgentId::new),
        priority: number(row, at + 17)?,
        opened_at: time(row, at + 11)?,
        answer: None,
        resolution: None,
        alarm_at: None,
        return_at: None,
        snoozed_until: None,
        promises: Vec::new(),
        playbook: None,
        first_response_at: time_if_any(row, at + 13)?,
        resolved_at: time_if_any(row, at + 14)?,
        outcome: match outcome {
            None => None,
            Some(name) => Some(
                Outcome::parse(name)
                    .ok_or_else(|| broken(at + 15, format!("no such outcome: {name}")))?,
            ),
        },
        problem: None,
        follow_up: FollowUp::None,
        csat: row.get(at + 18)?,
        reopened: 0,
        translated: false,
        apologies: 0,
    };
    detail::read_detail(row.get_ref(at + 19)?.as_str()?, due_at, &mut ticket)
        .map_err(|error| broken(at + 19, error))?;
    Ok(ticket)
}

macro_rules! message_columns {
    () => {
        "m.seq, m.at, m.author, m.agent, m.text, m.markdown, m.language, m.buttons, m.answers, \
         m.notes, m.hash"
    };
}
pub(super) use message_columns;

/// Reads `message_columns`.
pub(super) fn message(row: &Row<'_>) -> rusqlite::Result<Message> {
    let author = match row.get_ref(2)?.as_str()? {
        "customer" => Author::Customer,
        "bot" => Author::Bot,
        "agent" => Author::Agent(AgentId::new(row.get_ref(3)?.as_str()?)),
        other => return Err(broken(2, format!("no such author: {other}"))),
    };
    let notes = match row.get_ref(9)?.as_str_or_null()? {
        Some(text) => Some(detail::read_notes(text).map_err(|error| broken(9, error))?),
        None => None,
    };
    let (notes, attachments) =
        notes.map_or((None, Vec::new()), |(notes, files)| (Some(notes), files));
    Ok(Message {
        seq: number(row, 0)?,
        at: time(row, 1)?,
        author,
        text: row.get(4)?,
        markdown: row.get(5)?,
        language: row.get(6)?,
        buttons: list(row, 7, json::read_offers)?,
        answers: list(row, 8, json::read_texts)?,
        attachments,
        notes,
        hash: row.get(10)?,
    })
}

macro_rules! turn_columns {
    () => {
        "c.id, u.seq, u.caller, u.message_id, u.body_hash, u.response"
    };
}
pub(super) use turn_columns;

/// Reads `turn_columns`.
pub(super) fn turn(row: &Row<'_>) -> rusqlite::Result<Turn> {
    let key = match (row.get(2)?, row.get(3)?) {
        (Some(caller), Some(message_id)) => Some(TurnKey { caller, message_id }),
        _ => None,
    };
    Ok(Turn {
        conversation: conversation_id(row, 0)?,
        seq: number(row, 1)?,
        key,
        body_hash: row.get(4)?,
        response: row.get(5)?,
    })
}

macro_rules! api_token_columns {
    () => {
        "name, hash, created_at, revoked_at, scopes"
    };
}
pub(super) use api_token_columns;

/// Reads `api_token_columns`.
pub(super) fn api_token(row: &Row<'_>) -> rusqlite::Result<ApiToken> {
    Ok(ApiToken {
        name: row.get(0)?,
        hash: TokenHash::from_bytes(row.get(1)?),
        created_at: time(row, 2)?,
        revoked_at: time_if_any(row, 3)?,
        scopes: Scopes::parse(row.get_ref(4)?.as_str()?).map_err(|scope| broken(4, scope))?,
    })
}
