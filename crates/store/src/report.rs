//! What the console reads beside the desk: what was found, what people noted.

use std::future::Future;

use desk::{ConversationId, Ticket, TicketId};
use jiff::Timestamp;

use crate::error::StoreError;

/// A conversation that a search has found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Which.
    pub conversation: ConversationId,
    /// The shop's own name for the customer.
    pub contact: Option<String>,
    /// When the last message came or went.
    pub updated_at: Timestamp,
    /// Its latest ticket.
    pub ticket: Option<Ticket>,
    /// The message that holds the words: its `seq` and its text.
    pub words: Option<(u64, String)>,
}

/// Something that a person wrote for colleagues.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// In which conversation.
    pub conversation: ConversationId,
    /// About which ticket.
    pub ticket: TicketId,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub by: String,
    /// What. No customer reads it.
    pub text: String,
}

/// What is read for people's pages. Every implementation of [`crate::Store`] has it.
pub trait Reports: Send + Sync + 'static {
    /// Conversations by the id of a ticket, an order number, a customer's name or words of
    /// customers and people; those with the exact number or name first, then the latest.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    fn search(
        &self,
        typed: &str,
        limit: usize,
    ) -> impl Future<Output = Result<Vec<Found>, StoreError>> + Send;

    /// What people noted in a conversation, in order.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    fn notes(
        &self,
        id: &ConversationId,
    ) -> impl Future<Output = Result<Vec<Note>, StoreError>> + Send;
}
