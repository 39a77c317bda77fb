//! Conversations, messages and tickets, as clients and consoles read them.

use desk::{Author, Conversation, Message, Owner, Ticket};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::ButtonBody;

/// A moment in UTC to the second, earlier rather than later.
pub(super) fn seconds(at: Timestamp) -> String {
    Timestamp::from_second(at.as_second()).unwrap_or(at).to_string()
}

/// A ticket as a turn names it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct TicketBrief {
    /// To be named to people.
    pub id: String,
    /// The tier of people that takes it, 1 to 3.
    pub tier: u8,
    /// `red`, `yellow` or `blue`.
    pub severity: &'static str,
    /// When a person's answer is due, RFC 3339 in UTC; null while the customer is awaited.
    pub due_at: Option<String>,
}

/// Who answers the customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = Owner)]
pub enum OwnerBody {
    /// Switchboard.
    Bot,
    /// People, but nobody has taken it yet.
    Queue,
    /// A person.
    Agent,
}

/// The state of a conversation.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Conversation)]
pub struct ConversationBody {
    /// Its id.
    pub id: String,
    /// Who answers the customer now.
    pub owner: OwnerBody,
    /// The language the customer writes, BCP 47, where understood.
    pub language: Option<String>,
    /// The order number last given.
    pub order: Option<String>,
    /// The country last named, ISO 3166-1 alpha-2.
    pub country: Option<String>,
    /// How many messages it has.
    pub messages: u64,
    /// When the first message came, RFC 3339.
    pub started_at: String,
    /// When the last message came or went, RFC 3339.
    pub updated_at: String,
    /// The ticket that is not resolved.
    pub ticket: Option<TicketBrief>,
}

/// Who said something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = Author)]
pub enum AuthorBody {
    /// The customer.
    Customer,
    /// Switchboard.
    Bot,
    /// A person of the shop.
    Agent,
}

/// One message of a conversation.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Message)]
pub struct MessageBody {
    /// Its place in the conversation, from 1, without holes.
    pub seq: u64,
    /// When it was taken in, RFC 3339.
    pub at: String,
    /// Who said it.
    pub author: AuthorBody,
    /// Which person; told to API callers only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agent: Option<String>,
    /// Plain text.
    pub text: String,
    /// The same in Markdown, where it was rendered so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub markdown: Option<String>,
    /// BCP 47, where known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// What was offered with it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub buttons: Vec<ButtonBody>,
    /// The answers it holds, by id.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub answers: Vec<String>,
}

/// Messages of a conversation, in order.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Messages)]
pub struct MessagesBody {
    /// Those after the one named.
    pub messages: Vec<MessageBody>,
    /// The `after` to ask with next.
    pub next_after: u64,
    /// Whether there are more right now.
    pub more: bool,
}

/// A matter that people see to.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Ticket)]
pub struct TicketBody {
    /// Its id.
    pub id: String,
    /// The conversation it came from.
    pub conversation_id: String,
    /// `open`, `assigned`, `waiting` or `resolved`.
    pub state: &'static str,
    /// `red`, `yellow` or `blue`.
    pub severity: &'static str,
    /// 1 to 3.
    pub tier: u8,
    /// The name of the rule that handed over.
    pub rule: String,
    /// Why, in a sentence.
    pub why: String,
    /// What the customer wants, the surest first.
    pub intents: Vec<String>,
    /// The language the customer writes.
    pub language: Option<String>,
    /// The order it is about.
    pub order: Option<String>,
    /// Who has it.
    pub assignee: Option<String>,
    /// When it was handed over, RFC 3339.
    pub opened_at: String,
    /// When a person's next answer is due.
    pub due_at: Option<String>,
    /// When a person first answered.
    pub first_response_at: Option<String>,
    /// When it was resolved.
    pub resolved_at: Option<String>,
    /// How it ended: `resolved` or `handed_back`.
    pub outcome: Option<&'static str>,
}

/// A page of tickets, the earliest due first.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Tickets)]
pub struct TicketsBody {
    /// Those on it.
    pub tickets: Vec<TicketBody>,
    /// The `cursor` of the next page; null at the end.
    pub next: Option<String>,
}

/// A person's answer to a customer.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TicketReplyRequest {
    /// What is said.
    pub text: String,
    /// Who says it; the name of the API token where left out.
    #[serde(default)]
    pub agent: Option<String>,
    /// The caller's own id of this answer: the same again is sent once.
    #[serde(default)]
    pub message_id: Option<String>,
}

/// A person's action on a ticket.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TicketRequest {
    /// Who acts; the name of the API token where left out.
    #[serde(default)]
    pub agent: Option<String>,
}

/// What came of a person's action.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TicketAnswer {
    /// The ticket after it.
    pub ticket: TicketBody,
    /// What the customer is told by it.
    pub message: Option<MessageBody>,
}

impl ConversationBody {
    /// Writes a conversation.
    #[must_use]
    pub fn of(conversation: &Conversation) -> Self {
        let memory = &conversation.memory;
        Self {
            id: conversation.id.as_str().to_owned(),
            owner: match conversation.owner {
                Owner::Bot => OwnerBody::Bot,
                Owner::Queue => OwnerBody::Queue,
                Owner::Agent(_) => OwnerBody::Agent,
            },
            language: memory.language.clone(),
            order: memory.order.clone(),
            country: memory.country.clone(),
            messages: conversation.messages,
            started_at: conversation.started_at.to_string(),
            updated_at: conversation.updated_at.to_string(),
            ticket: conversation.ticket.as_ref().map(TicketBrief::of),
        }
    }
}

impl MessageBody {
    /// Writes a message; the person's name where `named`.
    #[must_use]
    pub fn of(message: &Message, named: bool) -> Self {
        let (author, agent) = match &message.author {
            Author::Customer => (AuthorBody::Customer, None),
            Author::Bot => (AuthorBody::Bot, None),
            Author::Agent(agent) => (AuthorBody::Agent, Some(agent.as_str().to_owned())),
        };
        Self {
            seq: message.seq,
            at: message.at.to_string(),
            author,
            agent: agent.filter(|_| named),
            text: message.text.clone(),
            markdown: message.markdown.clone(),
            language: message.language.clone(),
            buttons: message.buttons.iter().map(ButtonBody::from).collect(),
            answers: message.answers.clone(),
        }
    }
}

impl TicketBody {
    /// Writes a ticket.
    #[must_use]
    pub fn of(ticket: &Ticket) -> Self {
        Self {
            id: ticket.id.as_str().to_owned(),
            conversation_id: ticket.conversation.as_str().to_owned(),
            state: ticket.state.as_str(),
            severity: ticket.severity.as_str(),
            tier: ticket.tier,
            rule: ticket.rule.clone(),
            why: ticket.why.clone(),
            intents: ticket.intents.iter().map(|id| id.as_str().to_owned()).collect(),
            language: ticket.language.clone(),
            order: ticket.order.clone(),
            assignee: ticket.assignee.as_ref().map(|agent| agent.as_str().to_owned()),
            opened_at: ticket.opened_at.to_string(),
            due_at: ticket.due_at.map(seconds),
            first_response_at: ticket.first_response_at.map(|at| at.to_string()),
            resolved_at: ticket.resolved_at.map(|at| at.to_string()),
            outcome: ticket.outcome.map(desk::Outcome::as_str),
        }
    }
}
