//! What a turn or a person's action makes of a conversation, as data to be stored.

use jiff::Timestamp;

use crate::conversation::Conversation;
use crate::decision::Decision;
use crate::error::DeskError;
use crate::ids::{AgentId, TicketId};
use crate::message::{Message, Reply};
use crate::policy::Policy;
use crate::ticket::Ticket;

/// What is to be stored, all of it or nothing.
#[must_use]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The conversation after it.
    pub conversation: Conversation,
    /// Messages to be added, in order.
    pub messages: Vec<Message>,
    /// The ticket that is new or changed.
    pub ticket: Option<Ticket>,
}

/// What the customer said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Utterance<'a> {
    /// The text as typed.
    pub text: &'a str,
    /// BCP 47 tag, where understood.
    pub language: Option<&'a str>,
}

/// Takes a turn: the customer's message, and the reply when there is one.
///
/// `reply` is what the caller rendered of [`Decision::say`]; `ticket` names the ticket
/// should one be opened.
///
/// # Errors
/// [`DeskError::StaleFence`] when the conversation changed its owner since the decision.
pub fn turn(
    conversation: &Conversation,
    _said: Utterance<'_>,
    decision: &Decision,
    _reply: Option<&Reply>,
    _ticket: &TicketId,
    _now: Timestamp,
) -> Result<Change, DeskError> {
    Err(DeskError::StaleFence {
        computed: decision.fence.0,
        current: conversation.fence.0,
    })
}

/// A person takes the ticket without answering yet.
///
/// # Errors
/// [`DeskError::TicketResolved`].
pub fn assign(
    _conversation: &Conversation,
    _ticket: &TicketId,
    _agent: &AgentId,
    _now: Timestamp,
) -> Result<Change, DeskError> {
    Err(DeskError::TicketResolved)
}

/// A person answers the customer and owns the conversation from then on.
///
/// # Errors
/// [`DeskError::TicketResolved`].
pub fn reply(
    _conversation: &Conversation,
    _ticket: &TicketId,
    _agent: &AgentId,
    _text: &str,
    _now: Timestamp,
) -> Result<Change, DeskError> {
    Err(DeskError::TicketResolved)
}

/// A person has settled the matter; the bot answers what comes next.
///
/// # Errors
/// [`DeskError::TicketResolved`].
pub fn resolve(
    _conversation: &Conversation,
    _ticket: &TicketId,
    _agent: &AgentId,
    _now: Timestamp,
) -> Result<Change, DeskError> {
    Err(DeskError::TicketResolved)
}

/// A person gives the conversation back to the bot, which says so by `notice`
/// (rendered from [`crate::Text::Handback`]).
///
/// # Errors
/// [`DeskError::TicketResolved`].
pub fn hand_back(
    _conversation: &Conversation,
    _ticket: &TicketId,
    _agent: &AgentId,
    _notice: &Reply,
    _policy: &Policy,
    _now: Timestamp,
) -> Result<Change, DeskError> {
    Err(DeskError::TicketResolved)
}
