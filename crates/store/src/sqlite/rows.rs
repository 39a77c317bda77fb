//! How the desk's types are written into columns, and read back.

use std::borrow::Cow;

use desk::{
    AgentId, Asked, Author, Conversation, ConversationId, Fence, Memory, Message, Need, Offer,
    Outcome, Owner, Pending, Question, Ticket, TicketId, TicketState,
};
use intent::{IntentId, Severity};
use jiff::Timestamp;
use rusqlite::Row;
use rusqlite::types::Type;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::batch::{ApiToken, StoredConversation, Turn, TurnKey, Version};
use crate::secret::TokenHash;

/// A row that cannot be read back: the number of its column, and what is wrong.
fn broken(column: usize, detail: impl Into<Cow<'static, str>>) -> rusqlite::Error {
    let detail: Box<dyn std::error::Error + Send + Sync> = Box::from(detail.into());
    rusqlite::Error::FromSqlConversionFailure(column, Type::Text, detail)
}

pub(super) fn micros(at: Timestamp) -> i64 {
    at.as_microsecond()
}

fn time(row: &Row<'_>, column: usize) -> rusqlite::Result<Timestamp> {
    let micros = row.get(column)?;
    Timestamp::from_microsecond(micros).map_err(|error| broken(column, error.to_string()))
}

fn time_if_any(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<Timestamp>> {
    match row.get::<_, Option<i64>>(column)? {
        Some(_) => time(row, column).map(Some),
        None => Ok(None),
    }
}

fn number<N: TryFrom<i64>>(row: &Row<'_>, column: usize) -> rusqlite::Result<N> {
    N::try_from(row.get::<_, i64>(column)?).map_err(|_| broken(column, "out of range"))
}

/// Counters stay far below what a signed column holds.
pub(super) fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn from_json<T: DeserializeOwned>(text: &str, column: usize) -> rusqlite::Result<T> {
    serde_json::from_str(text).map_err(|error| broken(column, error.to_string()))
}

fn list_if_any<T: DeserializeOwned>(row: &Row<'_>, column: usize) -> rusqlite::Result<Vec<T>> {
    match row.get_ref(column)?.as_str_or_null()? {
        Some(text) => from_json(text, column),
        None => Ok(Vec::new()),
    }
}

/// JSON of types that have no maps and no floats: nothing in it can fail to be written.
fn to_json(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
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

pub(super) fn intents(intents: &[IntentId]) -> String {
    to_json(&intents.iter().map(IntentId::as_str).collect::<Vec<_>>())
}

/// None where there are none, which is most often.
pub(super) fn buttons(offers: &[Offer]) -> Option<String> {
    (!offers.is_empty()).then(|| to_json(&offers.iter().map(OfferRow::of).collect::<Vec<_>>()))
}

/// None where there are none, which is most often.
pub(super) fn answers(answers: &[String]) -> Option<String> {
    (!answers.is_empty()).then(|| to_json(&answers))
}

macro_rules! ticket_columns {
    () => {
        "t.id, tc.id, t.state, t.severity, t.tier, t.rule, t.why, t.intents, t.language, \
         t.order_number, t.assignee, t.opened_at, t.due_at, t.first_response_at, \
         t.resolved_at, t.outcome"
    };
}

/// A conversation, and its unresolved ticket, which is null when there is none.
pub(super) const CONVERSATION_AND_TICKET: &str = concat!(
    "c.id, c.version, c.visitor_token, c.owner, c.agent, c.fence, c.started_at, \
     c.updated_at, c.messages, c.memory, ",
    ticket_columns!()
);
const CONVERSATION_COLUMNS: usize = 10;

/// Reads [`CONVERSATION_AND_TICKET`].
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
    let memory: MemoryRow<'static> = from_json(row.get_ref(9)?.as_str()?, 9)?;
    let visitor_token: Option<[u8; 32]> = row.get(2)?;
    Ok(StoredConversation {
        conversation: Conversation {
            id: ConversationId::new(row.get_ref(0)?.as_str()?),
            owner,
            fence: Fence(number(row, 5)?),
            started_at: time(row, 6)?,
            updated_at: time(row, 7)?,
            messages: number(row, 8)?,
            ticket,
            memory: memory.read().map_err(|detail| broken(9, detail))?,
        },
        version: Version(number(row, 1)?),
        visitor_token: visitor_token.map(TokenHash::from_bytes),
    })
}

pub(super) const TICKET: &str = ticket_columns!();

/// A ticket behind its place in the queue.
pub(super) const TICKET_AND_PLACE: &str = concat!("t.queue_key, t.n, ", ticket_columns!());

/// Reads [`TICKET`] from column `at` on.
pub(super) fn ticket(row: &Row<'_>, at: usize) -> rusqlite::Result<Ticket> {
    let text = |column| row.get_ref(at + column)?.as_str().map_err(rusqlite::Error::from);
    let state = text(2)?;
    let outcome = row.get_ref(at + 15)?.as_str_or_null()?;
    let assignee = row.get_ref(at + 10)?.as_str_or_null()?;
    let intents: Vec<Cow<'_, str>> = from_json(text(7)?, at + 7)?;
    Ok(Ticket {
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
        intents: intents.iter().map(|id| IntentId::new(id)).collect(),
        language: row.get(at + 8)?,
        order: row.get(at + 9)?,
        assignee: assignee.map(AgentId::new),
        opened_at: time(row, at + 11)?,
        due_at: time_if_any(row, at + 12)?,
        first_response_at: time_if_any(row, at + 13)?,
        resolved_at: time_if_any(row, at + 14)?,
        outcome: match outcome {
            None => None,
            Some(name) => Some(
                Outcome::parse(name)
                    .ok_or_else(|| broken(at + 15, format!("no such outcome: {name}")))?,
            ),
        },
    })
}

pub(super) const MESSAGE: &str =
    "m.seq, m.at, m.author, m.agent, m.text, m.markdown, m.language, m.buttons, m.answers";

/// Reads [`MESSAGE`].
pub(super) fn message(row: &Row<'_>) -> rusqlite::Result<Message> {
    let author = match row.get_ref(2)?.as_str()? {
        "customer" => Author::Customer,
        "bot" => Author::Bot,
        "agent" => Author::Agent(AgentId::new(row.get_ref(3)?.as_str()?)),
        other => return Err(broken(2, format!("no such author: {other}"))),
    };
    let buttons: Vec<OfferRow<'static>> = list_if_any(row, 7)?;
    Ok(Message {
        seq: number(row, 0)?,
        at: time(row, 1)?,
        author,
        text: row.get(4)?,
        markdown: row.get(5)?,
        language: row.get(6)?,
        buttons: buttons.into_iter().map(OfferRow::read).collect(),
        answers: list_if_any(row, 8)?,
    })
}

pub(super) const TURN: &str = "c.id, u.seq, u.caller, u.message_id, u.body_hash, u.response";

/// Reads [`TURN`].
pub(super) fn turn(row: &Row<'_>) -> rusqlite::Result<Turn> {
    let key = match (row.get(2)?, row.get(3)?) {
        (Some(caller), Some(message_id)) => Some(TurnKey { caller, message_id }),
        _ => None,
    };
    Ok(Turn {
        conversation: ConversationId::new(row.get_ref(0)?.as_str()?),
        seq: number(row, 1)?,
        key,
        body_hash: row.get(4)?,
        response: row.get(5)?,
    })
}

/// Reads `name, hash, created_at, revoked_at`.
pub(super) fn api_token(row: &Row<'_>) -> rusqlite::Result<ApiToken> {
    Ok(ApiToken {
        name: row.get(0)?,
        hash: TokenHash::from_bytes(row.get(1)?),
        created_at: time(row, 2)?,
        revoked_at: time_if_any(row, 3)?,
    })
}

pub(super) fn memory(memory: &Memory) -> String {
    to_json(&MemoryRow::of(memory))
}

/// The bot's memory as JSON. What is empty is left out; what is missing is empty, so that
/// a later version may add to it.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct MemoryRow<'a> {
    #[serde(skip_serializing_if = "is_default")]
    disclosed: bool,
    #[serde(skip_serializing_if = "is_default")]
    language: Option<Cow<'a, str>>,
    #[serde(skip_serializing_if = "is_default")]
    order: Option<Cow<'a, str>>,
    #[serde(skip_serializing_if = "is_default")]
    country: Option<Cow<'a, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pending: Option<PendingRow<'a>>,
    #[serde(skip_serializing_if = "is_default")]
    failures: u8,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    said: Vec<Cow<'a, str>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    asked: Vec<AskedRow<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    offered: Vec<OfferRow<'a>>,
    #[serde(skip_serializing_if = "is_default")]
    reassured: bool,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum PendingRow<'a> {
    Clarify { options: Vec<Cow<'a, str>> },
    Collect { need: Cow<'a, str>, wishes: Vec<Cow<'a, str>>, times: u8 },
    Person,
}

#[derive(Serialize, Deserialize)]
struct AskedRow<'a> {
    intent: Cow<'a, str>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    about: Vec<Cow<'a, str>>,
    times: u8,
    last: i64,
}

#[derive(Serialize, Deserialize)]
struct OfferRow<'a> {
    title: Cow<'a, str>,
    payload: Cow<'a, str>,
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

fn borrowed(texts: &[String]) -> Vec<Cow<'_, str>> {
    texts.iter().map(|text| Cow::Borrowed(text.as_str())).collect()
}

fn ids<'a>(intents: &'a [IntentId]) -> Vec<Cow<'a, str>> {
    intents.iter().map(|id| Cow::Borrowed(id.as_str())).collect()
}

fn owned(texts: Vec<Cow<'_, str>>) -> Vec<String> {
    texts.into_iter().map(Cow::into_owned).collect()
}

fn intent_ids(texts: &[Cow<'_, str>]) -> Vec<IntentId> {
    texts.iter().map(|id| IntentId::new(id)).collect()
}

impl<'a> MemoryRow<'a> {
    fn of(memory: &'a Memory) -> Self {
        Self {
            disclosed: memory.disclosed,
            language: memory.language.as_deref().map(Cow::Borrowed),
            order: memory.order.as_deref().map(Cow::Borrowed),
            country: memory.country.as_deref().map(Cow::Borrowed),
            pending: memory.pending.as_ref().map(PendingRow::of),
            failures: memory.failures,
            said: borrowed(&memory.said),
            asked: memory.asked.iter().map(AskedRow::of).collect(),
            offered: memory.offered.iter().map(OfferRow::of).collect(),
            reassured: memory.reassured,
        }
    }

    fn read(self) -> Result<Memory, String> {
        Ok(Memory {
            disclosed: self.disclosed,
            language: self.language.map(Cow::into_owned),
            order: self.order.map(Cow::into_owned),
            country: self.country.map(Cow::into_owned),
            pending: self.pending.map(PendingRow::read).transpose()?,
            failures: self.failures,
            said: owned(self.said),
            asked: self.asked.into_iter().map(AskedRow::read).collect::<Result<_, _>>()?,
            offered: self.offered.into_iter().map(OfferRow::read).collect(),
            reassured: self.reassured,
        })
    }
}

impl<'a> PendingRow<'a> {
    fn of(pending: &'a Pending) -> Self {
        match pending {
            Pending::Clarify { options } => Self::Clarify { options: ids(options) },
            Pending::Collect { need, wishes, times } => Self::Collect {
                need: Cow::Borrowed(need.as_str()),
                wishes: ids(wishes),
                times: *times,
            },
            Pending::Person => Self::Person,
        }
    }

    fn read(self) -> Result<Pending, String> {
        Ok(match self {
            Self::Clarify { options } => Pending::Clarify { options: intent_ids(&options) },
            Self::Collect { need, wishes, times } => Pending::Collect {
                need: Need::parse(&need).ok_or_else(|| format!("no such need: {need}"))?,
                wishes: intent_ids(&wishes),
                times,
            },
            Self::Person => Pending::Person,
        })
    }
}

impl<'a> AskedRow<'a> {
    fn of(asked: &'a Asked) -> Self {
        Self {
            intent: Cow::Borrowed(asked.question.intent.as_str()),
            about: borrowed(&asked.question.about),
            times: asked.times,
            last: micros(asked.last),
        }
    }

    fn read(self) -> Result<Asked, String> {
        let question = Question { intent: IntentId::new(&self.intent), about: owned(self.about) };
        let last = Timestamp::from_microsecond(self.last).map_err(|error| error.to_string())?;
        Ok(Asked { question, times: self.times, last })
    }
}

impl<'a> OfferRow<'a> {
    fn of(offer: &'a Offer) -> Self {
        Self { title: Cow::Borrowed(&offer.title), payload: Cow::Borrowed(&offer.payload) }
    }

    fn read(self) -> Offer {
        Offer { title: self.title.into_owned(), payload: self.payload.into_owned() }
    }
}
