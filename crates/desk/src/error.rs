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
}

impl DeskError {
    /// A stable code for machines.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::StaleFence { .. } => "stale-fence",
            Self::TicketResolved => "ticket-resolved",
        }
    }

    /// What to do about it.
    #[must_use]
    pub fn help(&self) -> &'static str {
        match self {
            Self::StaleFence { .. } => {
                "drop the reply; read the conversation again and decide anew"
            }
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
            Self::TicketResolved => {
                f.write_str("the ticket is not the unresolved one of its conversation")
            }
        }
    }
}

impl std::error::Error for DeskError {}
