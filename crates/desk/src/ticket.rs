//! Tickets: a matter that people see to, from the hand-over until it is resolved.

use intent::{IntentId, Severity};
use jiff::Timestamp;

use crate::deadline::{Deadline, Promise, Resolution};
use crate::ids::{AgentId, ConversationId, TeamId, TicketId};
use crate::survey::{Rating, Survey};

/// Where a ticket stands.
///
/// `open → assigned → waiting ⇄ assigned → resolved`. An escalation and a person who gives
/// it up make it open again; a low mark of the customer reopens what was resolved.
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
    /// The customer said nothing more to a person's answer for so long that the bot took
    /// the conversation back.
    Silent,
}

impl Outcome {
    /// The name on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Resolved => "resolved",
            Self::HandedBack => "handed_back",
            Self::Silent => "silent",
        }
    }

    /// The inverse of [`Outcome::as_str`].
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Resolved, Self::HandedBack, Self::Silent]
            .into_iter()
            .find(|outcome| outcome.as_str() == name)
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
    /// The team it is with, where the desk has teams.
    pub team: Option<TeamId>,
    /// Who has it.
    pub assignee: Option<AgentId>,
    /// What goes first of two that are due at once; the higher.
    pub priority: u16,
    /// When it was handed over.
    pub opened_at: Timestamp,
    /// Until when a person answers next; none while the customer is awaited and once it
    /// is resolved.
    pub answer: Option<Deadline>,
    /// Until when the matter is settled; none once it is resolved.
    pub resolution: Option<Resolution>,
    /// When it raises an alarm that the customer's message was not answered on its day.
    pub alarm_at: Option<Timestamp>,
    /// When the bot takes the conversation back from a person whom the customer does not
    /// answer; only while the customer is awaited.
    pub return_at: Option<Timestamp>,
    /// Until when whoever has it has put it aside. What is due stays due.
    pub snoozed_until: Option<Timestamp>,
    /// What people promised in the conversation, in order.
    pub promises: Vec<Promise>,
    /// How far a dispute's playbook has come.
    pub playbook: Option<Progress>,
    /// When a person first answered.
    pub first_response_at: Option<Timestamp>,
    /// When it was resolved.
    pub resolved_at: Option<Timestamp>,
    /// How it ended.
    pub outcome: Option<Outcome>,
    /// What lay behind it, once somebody wrote it down.
    pub problem: Option<Problem>,
    /// What the customer is asked afterwards, and the mark that came of it.
    pub follow_up: FollowUp,
    /// How often it was opened again.
    pub reopened: u8,
    /// Nobody there read the customer's language: somebody translates, and has longer.
    pub translated: bool,
    /// How often the customer got an apology for a time that was not kept.
    pub apologies: u8,
}

/// What people owe a customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Owed {
    /// An answer.
    Answer,
    /// What somebody promised.
    Promise,
    /// That the matter is settled.
    Settlement,
}

impl Owed {
    /// The name on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Answer => "answer",
            Self::Promise => "promise",
            Self::Settlement => "settlement",
        }
    }
}

/// How far a dispute has come in its playbook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Which playbook.
    pub playbook: String,
    /// The stage it is in.
    pub stage: String,
    /// What the customer chose, where it was asked.
    pub choice: Option<String>,
}

/// What lay behind a matter, for the table that keeps it from happening again.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Problem {
    /// Why it came to it.
    pub cause: String,
    /// Who can keep it from happening: `warehouse`, `supplier`, `carrier`.
    pub department: String,
    /// What it cost, in hundredths of the shop's currency.
    pub loss_cents: u64,
}

/// Where the question after a resolved ticket stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FollowUp {
    /// Nothing is asked.
    #[default]
    None,
    /// It will be asked then.
    Due(Timestamp),
    /// This was asked then.
    Asked(Survey, Timestamp),
    /// The customer answered, and is asked no more even if the ticket is opened again.
    Rated(Rating),
}

impl FollowUp {
    /// What the customer was asked.
    #[must_use]
    pub fn survey(self) -> Option<Survey> {
        match self {
            Self::None | Self::Due(_) => None,
            Self::Asked(survey, _) => Some(survey),
            Self::Rated(rating) => Some(rating.survey()),
        }
    }

    /// The mark that the customer gave.
    #[must_use]
    pub fn rating(self) -> Option<Rating> {
        match self {
            Self::Rated(rating) => Some(rating),
            Self::None | Self::Due(_) | Self::Asked(..) => None,
        }
    }
}

impl Ticket {
    /// When a person's next answer is due.
    #[must_use]
    pub fn due_at(&self) -> Option<Timestamp> {
        self.answer.map(|answer| answer.due_at)
    }

    /// What people have to do next, and until when: an answer, something promised, or to
    /// settle the matter. None while nothing is owed.
    #[must_use]
    pub fn next_due(&self) -> Option<(Owed, Deadline)> {
        let promises = self.promises.iter().filter(|promise| promise.is_open());
        let settle = match self.resolution {
            Some(Resolution::Running(deadline)) => Some((Owed::Settlement, deadline)),
            Some(Resolution::Paused { .. }) | None => None,
        };
        let answer = self.answer.map(|answer| (Owed::Answer, answer));
        answer
            .into_iter()
            .chain(promises.map(|promise| (Owed::Promise, promise.deadline)))
            .chain(settle)
            .min_by_key(|(owed, deadline)| (deadline.due_at, *owed))
    }

    /// The earliest moment at which something has to be done about it.
    #[must_use]
    pub fn wake_at(&self) -> Option<Timestamp> {
        let follow_up = match self.follow_up {
            FollowUp::Due(at) => Some(at),
            FollowUp::None | FollowUp::Asked(..) | FollowUp::Rated(_) => None,
        };
        let resolution = self.resolution.as_ref().and_then(Resolution::next);
        self.promises
            .iter()
            .filter_map(Promise::next)
            .chain(self.answer.and_then(|answer| answer.next()))
            .chain(resolution)
            .chain(self.alarm_at)
            .chain(self.return_at)
            .chain(self.snoozed_until)
            .chain(follow_up)
            .min()
    }
}
