//! Conversations, messages and events, as clients and consoles read them.

use desk::{Author, Conversation, Message, Owner};
use serde::Serialize;
use utoipa::ToSchema;

use super::{ButtonBody, TicketBody, TicketBrief};

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
    /// Rises whenever that changes; what was seen under an older one is out of date.
    pub fence: u64,
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
    /// The person who has it, by the name that customers see.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub person: Option<String>,
    /// Its place in line while it waits for a person, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<u32>,
}

/// A file that a customer sent, at `/v1/conversations/{id}/attachments/{attachment}`.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Attachment)]
pub struct AttachmentBody {
    /// Its id.
    pub id: String,
    /// What the customer calls it.
    pub name: String,
    /// Its media type, by what it holds.
    #[serde(rename = "type")]
    pub kind: String,
    /// Its length.
    pub bytes: u64,
}

impl AttachmentBody {
    /// Writes an attachment.
    #[must_use]
    pub fn of(file: &desk::Attachment) -> Self {
        let desk::Attachment { id, name, kind, bytes, .. } = file.clone();
        Self { id, name, kind, bytes }
    }
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
    /// Which person, by the name that customers see.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub person: Option<String>,
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
    /// The files that came with it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<AttachmentBody>,
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

/// One thing that happened.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Event)]
pub struct EventBody {
    /// Rises with every event; `after` of the next question.
    pub n: u64,
    /// When, RFC 3339.
    pub at: String,
    /// `ticket.opened`, `promise.broken` …
    pub kind: &'static str,
    /// Of which conversation.
    pub conversation_id: String,
    /// Of which ticket.
    pub ticket_id: String,
    /// Who did it; null where the desk did by itself.
    pub by: Option<String>,
    /// In a sentence, with the numbers.
    pub detail: String,
}

/// What changed while somebody was about to act.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Conflict)]
pub struct ConflictBody {
    /// The conversation now.
    pub conversation: ConversationBody,
    /// Its ticket now.
    pub ticket: Option<TicketBody>,
    /// What happened last.
    pub events: Vec<EventBody>,
}

impl EventBody {
    /// Writes an event.
    #[must_use]
    pub fn of(stored: &store::StoredEvent) -> Self {
        let event = &stored.event;
        Self {
            n: stored.n,
            at: stored.at.to_string(),
            kind: event.kind.as_str(),
            conversation_id: stored.conversation.to_string(),
            ticket_id: event.ticket.to_string(),
            by: event.by.as_ref().map(ToString::to_string),
            detail: event.detail.clone(),
        }
    }
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
            fence: conversation.fence.0,
            language: memory.language.clone(),
            order: memory.order.clone(),
            country: memory.country.clone(),
            messages: conversation.messages,
            started_at: conversation.started_at.to_string(),
            updated_at: conversation.updated_at.to_string(),
            ticket: conversation.ticket.as_ref().map(TicketBrief::of),
            person: None,
            place: None,
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
            person: None,
            text: message.text.clone(),
            markdown: message.markdown.clone(),
            language: message.language.clone(),
            buttons: message.buttons.iter().map(ButtonBody::from).collect(),
            answers: message.answers.clone(),
            attachments: message.attachments.iter().map(AttachmentBody::of).collect(),
        }
    }
}
