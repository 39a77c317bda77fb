//! What a person's action can be refused for.

use std::fmt;

/// Why an action on a conversation was refused. Nothing was changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DeskError {
    /// The decision was made while somebody else owned the conversation.
    StaleFence {
        /// The fence it was made under.
        computed: u64,
        /// The fence now.
        current: u64,
    },
    /// The ticket is resolved already, or is another conversation's.
    TicketResolved,
    /// Another person has it.
    Owned {
        /// Who.
        by: String,
    },
    /// The ticket is of a tier above the person's, who has not taken it knowingly.
    TierAbove {
        /// The ticket's.
        tier: u8,
    },
    /// People see to the conversation already.
    TicketOpen,
    /// The playbook does not go there.
    BadStage {
        /// Where it may go.
        next: Vec<String>,
    },
    /// What is promised is not in the future.
    BadPromise,
    /// A ticket cannot be put aside until then.
    BadSnooze {
        /// The last moment until which it can.
        latest: jiff::Timestamp,
    },
}

impl DeskError {
    /// A stable code for machines.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::StaleFence { .. } => "stale-fence",
            Self::TicketResolved => "ticket-resolved",
            Self::Owned { .. } => "ticket-owned",
            Self::TierAbove { .. } => "tier-above",
            Self::TicketOpen => "ticket-open",
            Self::BadStage { .. } => "bad-stage",
            Self::BadPromise => "bad-promise",
            Self::BadSnooze { .. } => "bad-snooze",
        }
    }

    /// What to do about it.
    #[must_use]
    pub fn help(&self) -> &'static str {
        match self {
            Self::StaleFence { .. } => {
                "drop the reply; read the conversation again and decide anew"
            }
            Self::Owned { .. } => "take the ticket over first, or leave it to its owner",
            Self::TierAbove { .. } => "take it by naming its tier, or leave it to its team",
            Self::TicketOpen => "act on the ticket that is open",
            Self::BadStage { .. } => "name one of the stages that follow",
            Self::BadPromise => "name a time in the future",
            Self::BadSnooze { .. } => "name a time before what is due next, or answer first",
            Self::TicketResolved => {
                "read the conversation; a new message of the customer may have opened another ticket"
            }
        }
    }
}

impl fmt::Display for DeskError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::StaleFence { computed, current } => write!(
                f,
                "the conversation changed its owner meanwhile (decided under fence {computed}, now {current})"
            ),
            Self::Owned { by } => write!(f, "{by} has the ticket"),
            Self::TierAbove { tier } => write!(f, "the ticket is of tier {tier}"),
            Self::TicketOpen => f.write_str("people see to this conversation already"),
            Self::BadStage { next } if next.is_empty() => {
                f.write_str("the playbook is at its end, or there is none")
            }
            Self::BadStage { next } => {
                write!(f, "the playbook goes on with one of: {}", next.join(", "))
            }
            Self::BadPromise => f.write_str("a promise for a time that has passed"),
            Self::BadSnooze { latest } => {
                write!(f, "a ticket can be put aside until what is due next: {latest}")
            }
            Self::TicketResolved => {
                f.write_str("the ticket is not the unresolved one of its conversation")
            }
        }
    }
}

impl std::error::Error for DeskError {}
