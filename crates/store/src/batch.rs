//! What goes into the store and what comes out.

use desk::{
    AgentId, Change, Conversation, ConversationId, Event, Message, TeamId, Ticket, TicketId,
    TicketState,
};
use intent::Severity;
use jiff::Timestamp;

use crate::access::Scopes;
use crate::channel::{Address, Outbound};
use crate::record::Record;
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
    /// What happened beside the messages.
    pub events: Vec<Event>,
    /// What else is stored with it.
    pub records: Vec<Record>,
    /// Holds only while this person has fewer open tickets: two hand-overs at once do not
    /// both take the last place.
    pub room: Option<Room>,
    /// Where the conversation is answered from now on.
    pub address: Option<Address>,
    /// What its channel calls a message: the message's `seq`, and the name.
    pub named: Option<(u64, String)>,
    /// What is sent because of it, in order.
    pub outbound: Vec<Outbound>,
    /// For whoever makes `outbound`: none of it is sent before.
    pub hold: Option<Timestamp>,
}

/// A person's place for one more ticket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Room {
    /// Who.
    pub agent: AgentId,
    /// How many open tickets they may have, this one included.
    pub capacity: u32,
}

impl Batch {
    /// A conversation with new messages and nothing else.
    pub fn of(conversation: Conversation, messages: Vec<Message>) -> Self {
        Self {
            conversation,
            messages,
            ticket: None,
            turn: None,
            visitor_token: None,
            events: Vec::new(),
            records: Vec::new(),
            room: None,
            address: None,
            named: None,
            outbound: Vec::new(),
            hold: None,
        }
    }
}

impl From<Change> for Batch {
    fn from(change: Change) -> Self {
        let Change { conversation, messages, ticket, events } = change;
        Self { ticket, events, ..Self::of(conversation, messages) }
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
    /// Where it is answered, when it came through a channel.
    pub address: Option<Address>,
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
    /// Of this person.
    pub assignee: Option<AgentId>,
    /// Of this team.
    pub team: Option<TeamId>,
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
    /// What it may do.
    pub scopes: Scopes,
}

/// An event as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredEvent {
    /// Rises with every event of the store; the cursor of those who follow.
    pub n: u64,
    /// Of which conversation.
    pub conversation: ConversationId,
    /// When.
    pub at: Timestamp,
    /// What.
    pub event: Event,
}

/// Which events.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EventQuery {
    /// Of this conversation alone.
    pub conversation: Option<ConversationId>,
    /// Those with a higher number.
    pub after: u64,
    /// How many at most.
    pub limit: usize,
    /// The last of them instead of the first; in order all the same.
    pub latest: bool,
}

/// Who has how much to do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Loads {
    /// Open tickets by person.
    pub agents: std::collections::BTreeMap<String, u32>,
    /// Tickets that wait for a person, by tier.
    pub waiting: [u32; 3],
    /// What the last resolved tickets took from the first to the last, in seconds at the
    /// middle one; none where there are none.
    pub handling_seconds: Option<i64>,
}

/// Tickets of a customer that are read at most.
pub(crate) const EARLIER: i64 = 20;

/// How many tickets the time that one takes is told from.
pub(crate) const SAMPLE: i64 = 101;

/// The middle one of these.
pub(crate) fn middle(mut seconds: Vec<i64>) -> Option<i64> {
    seconds.sort_unstable();
    seconds.get(seconds.len() / 2).copied()
}

/// Which tasks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TaskQuery {
    /// Of this ticket.
    pub ticket: Option<TicketId>,
    /// Of this department.
    pub department: Option<String>,
    /// Those alone that are not done.
    pub open: bool,
    /// Those alone that are due by then and of which that was not told.
    pub late_at: Option<Timestamp>,
}
