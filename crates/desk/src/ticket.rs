//! Tickets: a matter that people see to, from the hand-over until it is resolved.

use intent::{IntentId, Severity};
use jiff::Timestamp;

use crate::ids::{AgentId, ConversationId, TicketId};

/// Where a ticket stands.
///
/// `open → assigned → waiting ⇄ assigned → resolved`; resolved is final.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TicketState {
    /// Nobody has taken it yet.
    Open,
    /// A person has it, and it is the person's turn.
    Assigned,
    /// A person has answered, and it is the customer's turn.
    Waiting,
    /// Done.
    Resolved,
}

impl TicketState {
    /// Every state, in order.
    pub const ALL: [Self; 4] = [Self::Open, Self::Assigned, Self::Waiting, Self::Resolved];

    /// The name on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Assigned => "assigned",
            Self::Waiting => "waiting",
            Self::Resolved => "resolved",
        }
    }

    /// The inverse of [`TicketState::as_str`].
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == name)
    }
}

/// How a ticket ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// A person settled the matter.
    Resolved,
    /// A person gave the conversation back to the bot.
    HandedBack,
}

impl Outcome {
    /// The name on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Resolved => "resolved",
            Self::HandedBack => "handed_back",
        }
    }

    /// The inverse of [`Outcome::as_str`].
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Resolved, Self::HandedBack].into_iter().find(|outcome| outcome.as_str() == name)
    }
}

/// A matter that people see to. A conversation has at most one that is unresolved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ticket {
    /// Its name.
    pub id: TicketId,
    /// The conversation it came from.
    pub conversation: ConversationId,
    /// Where it stands.
    pub state: TicketState,
    /// How soon; only ever raised.
    pub severity: Severity,
    /// The tier of people that takes it, 1 to 3; only ever raised.
    pub tier: u8,
    /// The name of the rule that handed over.
    pub rule: String,
    /// Why, in a sentence.
    pub why: String,
    /// What the customer wants, the surest first.
    pub intents: Vec<IntentId>,
    /// The language the customer writes, where known.
    pub language: Option<String>,
    /// The order it is about, where known.
    pub order: Option<String>,
    /// Who has it.
    pub assignee: Option<AgentId>,
    /// When it was handed over.
    pub opened_at: Timestamp,
    /// When a person's next answer is due; none while the customer is awaited and
    /// once it is resolved.
    pub due_at: Option<Timestamp>,
    /// When a person first answered.
    pub first_response_at: Option<Timestamp>,
    /// When it was resolved.
    pub resolved_at: Option<Timestamp>,
    /// How it ended.
    pub outcome: Option<Outcome>,
}
