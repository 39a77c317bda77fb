//! What happened to a conversation beside its messages: the trail that people, other
//! programs and disputes read.

use crate::ids::{AgentId, TicketId};

macro_rules! kinds {
    ($($(#[doc = $doc:literal])+ $name:ident $wire:literal,)*) => {
        /// What happened.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum EventKind {
            $($(#[doc = $doc])+ $name,)*
        }

        impl EventKind {
            /// Every kind, in order.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// The name on the wire: `ticket.opened`.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $wire,)*
                }
            }
        }
    };
}

kinds! {
    /// A matter was handed over to people.
    Opened "ticket.opened",
    /// A person has it now.
    Assigned "ticket.assigned",
    /// It waits for a person again.
    Released "ticket.released",
    /// A person answered.
    Answered "ticket.answered",
    /// It went one tier up.
    Escalated "ticket.escalated",
    /// A deadline comes near.
    Warned "ticket.warned",
    /// A deadline passed.
    Breached "ticket.breached",
    /// A message of the customer was not answered on its day.
    Unanswered "ticket.unanswered",
    /// A person promised something by a time.
    Promised "promise.made",
    /// It was done in time.
    PromiseKept "promise.kept",
    /// It was not.
    PromiseBroken "promise.broken",
    /// A dispute moved on in its playbook, or the customer chose.
    Playbook "ticket.playbook",
    /// Whoever has it put it aside for a while.
    Snoozed "ticket.snoozed",
    /// That while is over.
    Woken "ticket.woken",
    /// A person wrote a note for colleagues.
    Noted "ticket.noted",
    /// It is settled.
    Resolved "ticket.resolved",
    /// The bot answers again.
    HandedBack "ticket.handed_back",
    /// The customer was asked whether all is well.
    FollowedUp "ticket.followed_up",
    /// The customer gave a mark.
    Rated "ticket.rated",
    /// A low mark opened it again.
    Reopened "ticket.reopened",
    /// Something that was said did not reach the customer.
    Undelivered "message.undelivered",
    /// Another department is asked to do something.
    TaskAsked "task.asked",
    /// It did.
    TaskDone "task.done",
    /// It did not, in time.
    TaskLate "task.late",
}

impl EventKind {
    /// The inverse of [`EventKind::as_str`].
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.as_str() == name)
    }
}

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// What.
    pub kind: EventKind,
    /// To which ticket.
    pub ticket: TicketId,
    /// Who did it; none where the desk did by itself.
    pub by: Option<AgentId>,
    /// In a sentence, with the numbers. Never a customer's words.
    pub detail: String,
}
