//! How the desk's types are written into columns, and read back: the same in every database.

mod channels;
mod people;
mod reports;

use desk::{
    AgentId, Author, Conversation, Fence, FollowUp, Message, Offer, Outcome, Owner, Rating, Survey,
    TeamId, Ticket, TicketId, TicketState,
};
use intent::Severity;

pub(crate) use self::channels::{
    COUNTS, access, address, channel_figures, claimed, claimed_columns, entry, inbox_row, rank,
    sent_part,
};
pub(crate) use self::people::{
    audit, contact, profile, session, stored_event, task, task_columns, user, user_columns,
};
pub(crate) use self::reports::{
    answer_figure, button_figure, found, hour_count, language_count, note, said, select_found,
    ticket_figure, variant_figure,
};
use crate::access::Scopes;
use crate::batch::{ApiToken, StoredConversation, Turn, TurnKey, Version};
use crate::columns::{Columns, broken};
use crate::secret::TokenHash;
use crate::{detail, json};

pub(crate) fn owner(owner: &Owner) -> (&'static str, Option<&str>) {
    match owner {
        Owner::Bot => ("bot", None),
        Owner::Queue => ("queue", None),
        Owner::Agent(agent) => ("agent", Some(agent.as_str())),
    }
}

pub(crate) fn author(author: &Author) -> (&'static str, Option<&str>) {
    match author {
        Author::Customer => ("customer", None),
        Author::Bot => ("bot", None),
        Author::Agent(agent) => ("agent", Some(agent.as_str())),
    }
}

pub(crate) fn severity(severity: Severity) -> i64 {
    match severity {
        Severity::Blue => 0,
        Severity::Yellow => 1,
        Severity::Red => 2,
    }
}

/// Null where there are none, which is most often.
pub(crate) fn buttons(offers: &[Offer]) -> Option<String> {
    (!offers.is_empty()).then(|| json::offers(offers))
}

/// Null where there are none, which is most often.
pub(crate) fn answers(answers: &[String]) -> Option<String> {
    (!answers.is_empty()).then(|| json::texts(answers))
}

/// A conversation; its latest ticket follows.
macro_rules! select_conversation {
    () => {
        concat!(
            "SELECT c.id, c.version, c.visitor_token, c.owner, c.agent, c.fence, c.started_at, \
             c.updated_at, c.messages, c.memory, c.contact, c.chain, ",
            $crate::rows::ticket_columns!(),
            ", a.inbox, a.sender, a.detail, a.last_inbound_at FROM conversations c \
             LEFT JOIN tickets t ON t.n = c.ticket \
             LEFT JOIN conversations tc ON tc.n = t.conversation \
             LEFT JOIN addresses a ON a.conversation = c.n WHERE c.id = "
        )
    };
}
pub(crate) use select_conversation;

const CONVERSATION_COLUMNS: usize = 12;
const TICKET_COLUMNS: usize = 21;

/// Reads `select_conversation`: its columns, followed by `ticket_columns`, which are null when there
/// never was a ticket, and the address, which is null where it came through no channel.
pub(crate) fn conversation<R: Columns>(row: &R) -> Result<StoredConversation, R::Error> {
    let owner = match &*row.text(3)? {
        "bot" => Owner::Bot,
        "queue" => Owner::Queue,
        "agent" => Owner::Agent(AgentId::new(&row.text(4)?)),
        other => return Err(broken(3, format!("no such owner: {other}"))),
    };
    let at = CONVERSATION_COLUMNS;
    let ticket = row.text_if_any(at)?.map(|_| ticket(row, at)).transpose()?;
    let at = CONVERSATION_COLUMNS + TICKET_COLUMNS;
    let address = row.text_if_any(at)?.map(|_| address(row, at)).transpose()?;
    let (past, ticket) = match ticket {
        Some(ticket) if ticket.state == TicketState::Resolved => (Some(ticket), None),
        ticket => (None, ticket),
    };
    Ok(StoredConversation {
        conversation: Conversation {
            id: row.conversation_id(0)?,
            owner,
            fence: Fence(row.number(5)?),
            started_at: row.time(6)?,
            updated_at: row.time(7)?,
            messages: row.number(8)?,
            ticket,
            past,
            contact: row.owned_if_any(10)?,
            chain: row.hash_if_any(11)?,
            memory: row.json(9, json::read_memory)?,
        },
        version: Version(row.number(1)?),
        visitor_token: row.hash_if_any(2)?.map(TokenHash::from_bytes),
        address,
    })
}

macro_rules! ticket_columns {
    () => {
        "t.id, tc.id, t.state, t.severity, t.tier, t.rule, t.why, t.intents, t.language, \
         t.order_number, t.assignee, t.opened_at, t.due_at, t.first_response_at, \
         t.resolved_at, t.outcome, t.team, t.priority, t.survey, t.mark, t.detail"
    };
}
pub(crate) use ticket_columns;

/// Reads `ticket_columns` from column `at` on.
pub(crate) fn ticket<R: Columns>(row: &R, at: usize) -> Result<Ticket, R::Error> {
    let state = row.text(at + 2)?;
    let due_at = row.time_if_any(at + 12)?;
    let outcome = |name: &str| {
        Outcome::parse(name).ok_or_else(|| broken(at + 15, format!("no such outcome: {name}")))
    };
    let mut ticket = Ticket {
        id: TicketId::new(&row.text(at)?),
        conversation: row.conversation_id(at + 1)?,
        state: TicketState::parse(&state)
            .ok_or_else(|| broken(at + 2, format!("no such state: {state}")))?,
        severity: match row.number::<i64>(at + 3)? {
            0 => Severity::Blue,
            1 => Severity::Yellow,
            2 => Severity::Red,
            other => return Err(broken(at + 3, format!("no such severity: {other}"))),
        },
        tier: row.number(at + 4)?,
        rule: row.owned(at + 5)?,
        why: row.owned(at + 6)?,
        intents: row.json(at + 7, json::read_intents)?,
        language: row.owned_if_any(at + 8)?,
        order: row.owned_if_any(at + 9)?,
        team: row.text_if_any(at + 16)?.map(|team| TeamId::new(&team)),
        assignee: row.text_if_any(at + 10)?.map(|agent| AgentId::new(&agent)),
        priority: row.number(at + 17)?,
        opened_at: row.time(at + 11)?,
        answer: None,
        resolution: None,
        alarm_at: None,
        return_at: None,
        snoozed_until: None,
        promises: Vec::new(),
        playbook: None,
        first_response_at: row.time_if_any(at + 13)?,
        resolved_at: row.time_if_any(at + 14)?,
        outcome: row.text_if_any(at + 15)?.map(|name| outcome(&name)).transpose()?,
        problem: None,
        follow_up: FollowUp::None,
        reopened: 0,
        translated: false,
        apologies: 0,
    };
    let (survey, rating) = survey(row, at + 18)?;
    let detail = row.json_if_any(at + 20)?.ok_or_else(|| broken(at + 20, "null"))?;
    let known = detail::Known { due_at, survey, rating };
    detail::read_detail(&detail, known, &mut ticket).map_err(|error| broken(at + 20, error))?;
    Ok(ticket)
}

/// Reads what a customer was asked, and the mark behind it.
fn survey<R: Columns>(row: &R, at: usize) -> Result<(Option<Survey>, Option<Rating>), R::Error> {
    let survey = |name: &str| {
        Survey::parse(name).ok_or_else(|| broken(at, format!("no such question: {name}")))
    };
    let survey = row.text_if_any(at)?.map(|name| survey(&name)).transpose()?;
    let rating = match (survey, row.number_if_any(at + 1)?) {
        (Some(survey), Some(mark)) => {
            let rating = Rating::new(survey, mark);
            Some(rating.ok_or_else(|| broken(at + 1, format!("no such mark: {mark}")))?)
        }
        _ => None,
    };
    Ok((survey, rating))
}

macro_rules! message_columns {
    () => {
        "m.seq, m.at, m.author, m.agent, m.text, m.markdown, m.language, m.buttons, m.answers, \
         m.notes, m.hash"
    };
}
pub(crate) use message_columns;

/// How many `message_columns` there are.
const MESSAGE_COLUMNS: usize = 11;

/// Reads `message_columns`.
pub(crate) fn message<R: Columns>(row: &R) -> Result<Message, R::Error> {
    let author = match &*row.text(2)? {
        "customer" => Author::Customer,
        "bot" => Author::Bot,
        "agent" => Author::Agent(AgentId::new(&row.text(3)?)),
        other => return Err(broken(2, format!("no such author: {other}"))),
    };
    let notes = match row.json_if_any(9)? {
        Some(text) => Some(detail::read_notes(&text).map_err(|error| broken(9, error))?),
        None => None,
    };
    let (notes, attachments) =
        notes.map_or((None, Vec::new()), |(notes, files)| (Some(notes), files));
    Ok(Message {
        seq: row.number(0)?,
        at: row.time(1)?,
        author,
        text: row.owned(4)?,
        markdown: row.owned_if_any(5)?,
        language: row.owned_if_any(6)?,
        buttons: row.list(7, json::read_offers)?,
        answers: row.list(8, json::read_texts)?,
        attachments,
        notes,
        hash: row.hash_if_any(10)?,
    })
}

macro_rules! turn_columns {
    () => {
        "c.id, u.seq, u.caller, u.message_id, u.body_hash, u.response"
    };
}
pub(crate) use turn_columns;

/// Reads `turn_columns`.
pub(crate) fn turn<R: Columns>(row: &R) -> Result<Turn, R::Error> {
    let key = match (row.owned_if_any(2)?, row.owned_if_any(3)?) {
        (Some(caller), Some(message_id)) => Some(TurnKey { caller, message_id }),
        _ => None,
    };
    Ok(Turn {
        conversation: row.conversation_id(0)?,
        seq: row.number(1)?,
        key,
        body_hash: row.hash(4)?,
        response: row.owned(5)?,
    })
}

macro_rules! api_token_columns {
    () => {
        "name, hash, created_at, revoked_at, scopes"
    };
}
pub(crate) use api_token_columns;

/// Reads `api_token_columns`.
pub(crate) fn api_token<R: Columns>(row: &R) -> Result<ApiToken, R::Error> {
    Ok(ApiToken {
        name: row.owned(0)?,
        hash: TokenHash::from_bytes(row.hash(1)?),
        created_at: row.time(2)?,
        revoked_at: row.time_if_any(3)?,
        scopes: Scopes::parse(&row.text(4)?).map_err(|scope| broken(4, scope))?,
    })
}
