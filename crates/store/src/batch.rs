//! What goes into the store and what comes out.

use desk::{Change, Conversation, ConversationId, Message, Ticket, TicketState};
use intent::Severity;
use jiff::Timestamp;

use crate::secret::TokenHash;

/// How often a conversation was changed; 1 for one that was just started.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version(pub u64);

/// Changes of one conversation that are stored together.
#[must_use]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batch {
    /// The conversation after the change.
    pub conversation: Conversation,
    /// Messages to be added.
    pub messages: Vec<Message>,
    /// The ticket that is new or changed.
    pub ticket: Option<Ticket>,
    /// The turn that caused it.
    pub turn: Option<Turn>,
    /// At the start of a visitor's conversation: the hash of the secret given to the visitor.
    pub visitor_token: Option<TokenHash>,
}

impl From<Change> for Batch {
    fn from(change: Change) -> Self {
        let Change { conversation, messages, ticket } = change;
        Self { conversation, messages, ticket, turn: None, visitor_token: None }
    }
}

/// A caller's own id of a message, unique per caller.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TurnKey {
    /// Who sent it: the name of the API token, or the visitor's conversation.
    pub caller: String,
    /// The caller's id.
    pub message_id: String,
}

/// A turn as it was answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Turn {
    /// The conversation.
    pub conversation: ConversationId,
    /// `seq` of the message it brought.
    pub seq: u64,
    /// The caller's id of it, when it gave one.
    pub key: Option<TurnKey>,
    /// A hash of what the caller sent, to tell a repetition from a reuse of the id.
    pub body_hash: [u8; 32],
    /// What was answered, to be answered again. Must hold no secret.
    pub response: String,
}

/// What became of a batch.
#[must_use]
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Committed {
    /// It is durable.
    Stored(Version),
    /// The same turn was stored before; nothing was done.
    Replayed(Turn),
}

/// A conversation as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredConversation {
    /// The conversation.
    pub conversation: Conversation,
    /// To be given back to [`crate::Store::commit`].
    pub version: Version,
    /// The hash of the visitor's secret, when a visitor started it.
    pub visitor_token: Option<TokenHash>,
}

/// Which tickets.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TicketQuery {
    /// Of this tier.
    pub tier: Option<u8>,
    /// Of this severity.
    pub severity: Option<Severity>,
    /// In this state; without one, every state but resolved.
    pub state: Option<TicketState>,
    /// Where the page before ended.
    pub cursor: Option<String>,
    /// How many at most; 0 means 50, more than 200 means 200.
    pub limit: usize,
}

/// A page of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    /// What is on it.
    pub items: Vec<T>,
    /// The cursor of the next page, when there is one.
    pub next: Option<String>,
}

/// A token with which a program calls the API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiToken {
    /// Its name, unique; also the caller's name in [`TurnKey`].
    pub name: String,
    /// The hash of the secret.
    pub hash: TokenHash,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was withdrawn.
    pub revoked_at: Option<Timestamp>,
}
