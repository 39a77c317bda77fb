//! What comes in from channels and what goes out to them, as it is kept.

use desk::{ConversationId, Message};
use jiff::Timestamp;

/// Where a conversation is answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    /// The name of the inbox.
    pub inbox: String,
    /// Whom the platform knows there.
    pub sender: String,
    /// What the channel needs beside that to answer, in its own form.
    pub detail: String,
    /// When the customer wrote last: windows for replies begin there.
    pub last_inbound_at: Timestamp,
}

/// A request of a platform, verified, with what it holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// The name of the inbox.
    pub inbox: String,
    /// The request as it came.
    pub body: Vec<u8>,
    /// When.
    pub received_at: Timestamp,
    /// What it holds, in order.
    pub items: Vec<Item>,
    /// Where it may not come a second time: what it is known by, and until when.
    pub once: Option<(String, Timestamp)>,
    /// Whoever brings it works on it at once, until then: nobody else takes it up before.
    pub held: Option<Timestamp>,
}

/// One event of a delivery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// The platform's own name for it, unique in the inbox.
    pub event: String,
    /// What is worked off in order: usually the conversation.
    pub lane: String,
    /// Its place in the delivery.
    pub place: u32,
    /// What it says, in the gateway's own form.
    pub body: String,
    /// Why nothing can be made of it, where that is known already.
    pub fault: Option<String>,
}

/// What opens a platform's doors for a while. Its `Debug` shows no secret.
#[derive(Clone, PartialEq, Eq)]
pub struct Access {
    /// Of which inbox or destination.
    pub name: String,
    /// The token.
    pub token: String,
    /// Not used after.
    pub until: Timestamp,
    /// What the next one is asked for with.
    pub refresh: Option<String>,
}

impl std::fmt::Debug for Access {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Access({} until {})", self.name, self.until)
    }
}

/// What became of a delivery.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Received {
    /// The numbers of the events that are new, in order.
    pub new: Vec<u64>,
    /// How many came before.
    pub repeated: u32,
}

/// An event to be worked on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InboxRow {
    /// Its number.
    pub n: u64,
    /// The name of the inbox.
    pub inbox: String,
    /// The platform's own name for it.
    pub event: String,
    /// What it says, as it was put in.
    pub body: String,
    /// When it came.
    pub received_at: Timestamp,
    /// How often it was taken up, this time included.
    pub attempts: u32,
}

/// What came of working on an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Worked {
    /// It is done.
    Done,
    /// Later.
    Later {
        /// Not before.
        at: Timestamp,
        /// Why.
        error: String,
    },
    /// Never.
    Failed(String),
}

/// Something to be sent, kept by the commit that causes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outbound {
    /// Its name, unique for ever; the key by which a platform knows a repetition.
    pub id: String,
    /// To what: an inbox, an endpoint, a help desk.
    pub destination: String,
    /// What leaves in order; none where order is of no matter.
    pub lane: Option<String>,
    /// What kind of thing, for whoever sends it.
    pub kind: String,
    /// The message of the conversation, where it is one.
    pub seq: Option<u64>,
    /// What else is needed to send it.
    pub body: String,
    /// Not before, where it goes another way first.
    pub not_before: Option<Timestamp>,
}

/// Something to be sent now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutboxRow {
    /// Its number.
    pub n: u64,
    /// As it was put in.
    pub outbound: Outbound,
    /// Of which conversation.
    pub conversation: Option<ConversationId>,
    /// The message, where it is one.
    pub message: Option<Message>,
    /// Where the conversation is answered now.
    pub address: Option<Address>,
    /// Parts sent since the customer wrote last.
    pub sent_since: u32,
    /// Parts of it that are sent already.
    pub parts: u32,
    /// How often it was taken up, this time included.
    pub attempts: u32,
    /// Whoever had it before was stopped while sending: nobody knows whether it went out.
    pub unsure: bool,
    /// When it was put in.
    pub made_at: Timestamp,
}

/// What came of sending.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sending {
    /// One part of it is taken by the platform.
    Part {
        /// Which, from 0.
        part: u32,
        /// The platform's name for it.
        platform_id: Option<String>,
        /// When.
        at: Timestamp,
    },
    /// All of it is.
    Sent {
        /// When.
        at: Timestamp,
    },
    /// Later.
    Later {
        /// When it failed.
        at: Timestamp,
        /// Not before.
        next_at: Timestamp,
        /// Why.
        error: String,
    },
    /// Never.
    Dead {
        /// When.
        at: Timestamp,
        /// Why.
        error: String,
    },
}

/// How far a message is known to have come. One overrides those before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Receipt {
    /// The platform has it.
    Sent,
    /// The platform could not deliver it after all.
    Failed,
    /// The customer's device has it, so it did not fail.
    Delivered,
    /// The customer has seen it.
    Read,
}

impl Receipt {
    /// The name on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::Delivered => "delivered",
            Self::Read => "read",
            Self::Failed => "failed",
        }
    }
}

/// A part that was sent, as the platform names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SentPart {
    /// The row it belongs to.
    pub n: u64,
    /// Which part, from 0.
    pub part: u32,
    /// Of which conversation.
    pub conversation: Option<ConversationId>,
    /// The message of the conversation.
    pub seq: Option<u64>,
    /// How far it came.
    pub receipt: Receipt,
}

/// How far something in the outbox has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum OutboxState {
    /// Waits to be sent.
    Waiting,
    /// Somebody sends it.
    Sending,
    /// Is sent.
    Sent,
    /// Could not be sent.
    Dead,
}

impl OutboxState {
    /// The name on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Sending => "sending",
            Self::Sent => "sent",
            Self::Dead => "dead",
        }
    }

    /// The inverse of [`OutboxState::as_str`].
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Waiting, Self::Sending, Self::Sent, Self::Dead]
            .into_iter()
            .find(|state| state.as_str() == name)
    }
}

/// Rows of the outbox that are listed at most.
pub(crate) const LISTED: usize = 500;

/// Which rows of the outbox.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OutboxQuery {
    /// In this state; without one, what could not be sent.
    pub state: Option<OutboxState>,
    /// To this destination.
    pub destination: Option<String>,
    /// Of this conversation.
    pub conversation: Option<ConversationId>,
    /// Those with a higher number.
    pub after: u64,
    /// How many at most.
    pub limit: usize,
}

/// A row of the outbox as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutboxEntry {
    /// Its number.
    pub n: u64,
    /// Its name.
    pub id: String,
    /// To what.
    pub destination: String,
    /// What kind of thing.
    pub kind: String,
    /// Of which conversation.
    pub conversation: Option<ConversationId>,
    /// The message of the conversation.
    pub seq: Option<u64>,
    /// How far it has come.
    pub state: OutboxState,
    /// How often it was tried.
    pub attempts: u32,
    /// When it is tried next.
    pub next_at: Option<Timestamp>,
    /// What was wrong the last time.
    pub error: Option<String>,
    /// When it was put in.
    pub made_at: Timestamp,
    /// When it was sent, or given up.
    pub ended_at: Option<Timestamp>,
    /// How far the message is known to have come: the least of its parts.
    pub receipt: Option<Receipt>,
}

/// The figures of an inbox or another destination.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChannelFigures {
    /// Its name.
    pub name: String,
    /// When the first request with a right signature came.
    pub verified_since: Option<Timestamp>,
    /// When the last did.
    pub last_event_at: Option<Timestamp>,
    /// Events taken in.
    pub events: u64,
    /// Events that came again.
    pub repeated: u64,
    /// Requests without a right signature.
    pub refused: u64,
    /// When the last of them came.
    pub refused_at: Option<Timestamp>,
    /// Events nothing could be made of.
    pub unreadable: u64,
    /// Events that wait to be worked on.
    pub inbound: u64,
    /// Things that wait to be sent.
    pub outbound: u64,
    /// When the oldest of them was put in.
    pub oldest_at: Option<Timestamp>,
    /// Things that could not be sent.
    pub dead: u64,
    /// Things sent.
    pub sent: u64,
    /// When the last was.
    pub sent_at: Option<Timestamp>,
    /// Tries that failed.
    pub failures: u64,
    /// When the last did.
    pub failed_at: Option<Timestamp>,
    /// What was wrong then.
    pub last_error: Option<String>,
    /// Things sent once more since a crash left open whether they had gone out.
    pub unsure: u64,
    /// When it said that nobody wants anything there any more; none where something was
    /// sent since.
    pub gone_at: Option<Timestamp>,
}
