//! Durable state: conversations, messages, turns, tickets and tokens.
//!
//! [`Store`] is the contract; [`SqliteStore`] keeps it in one file, [`PostgresStore`] in a
//! database that several nodes share. A change is a
//! [`Batch`], stored whole or not at all and answered only when it is on disk. The
//! store decides nothing: it keeps what the desk decided and refuses what was
//! decided on an older state.

mod access;
mod any;
mod batch;
mod channel;
mod columns;
mod detail;
mod error;
mod figures;
mod json;
mod nodes;
mod paging;
mod postgres;
mod record;
mod report;
mod rows;
mod secret;
mod sqlite;
mod words;

use std::future::Future;

pub use access::{Audit, Contact, Profile, Role, Scope, Scopes, Session, Shifts, Task, User};
pub use any::AnyStore;
pub use batch::{
    ApiToken, Batch, Committed, EventQuery, Loads, Page, Room, StoredConversation, StoredEvent,
    TaskQuery, TicketQuery, Turn, TurnKey, Version,
};
pub use channel::{
    Access as ChannelAccess, Address, ChannelFigures, Delivery, InboxRow, Item, Outbound,
    OutboxEntry, OutboxQuery, OutboxRow, OutboxState, Receipt, Received, Sending, SentPart, Worked,
};
use desk::{ConversationId, Message, Ticket, TicketId};
pub use error::StoreError;
pub use figures::{
    AnswerFigure, ButtonFigure, Figures, Figuring, HourCount, Period, Said, SaidWhere,
    TicketFigure, VariantFigure,
};
use jiff::Timestamp;
pub use nodes::{Heard, Hearing, Nodes};
pub use postgres::{Options as PostgresOptions, PostgresStore, Server};
pub use record::Record;
pub use report::{Found, Note, Reports};
pub use secret::TokenHash;
pub use sqlite::{BackupFile, Options, SqliteStore};

/// Durable state. Every implementation passes the same suite.
pub trait Store: Send + Sync + 'static {
    /// Stores a change whole, when its conversation is still at `expected` (`None`: does
    /// not exist yet). Returns once it is durable.
    ///
    /// When the batch has a turn with a key that is stored already, nothing is done, and
    /// the stored turn comes back as [`Committed::Replayed`].
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the conversation is at another version: read it
    /// again and decide anew. [`StoreError::MessageIdReused`] when the turn's key is stored
    /// with another body. [`StoreError::Overloaded`] when too much waits already: nothing
    /// was done. [`StoreError::Unavailable`] when the disk or file fails.
    fn commit(
        &self,
        batch: Batch,
        expected: Option<Version>,
    ) -> impl Future<Output = Result<Committed, StoreError>> + Send;

    /// A conversation by its id.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    fn conversation(
        &self,
        id: &ConversationId,
    ) -> impl Future<Output = Result<Option<StoredConversation>, StoreError>> + Send;

    /// Messages of a conversation with a `seq` above `after`, in order, `limit` at most.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    fn messages(
        &self,
        id: &ConversationId,
        after: u64,
        limit: usize,
    ) -> impl Future<Output = Result<Vec<Message>, StoreError>> + Send;

    /// A turn by the caller's own id of its message, for a repeated request.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    fn turn(&self, key: &TurnKey) -> impl Future<Output = Result<Option<Turn>, StoreError>> + Send;

    /// A ticket by its id.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    fn ticket(
        &self,
        id: &TicketId,
    ) -> impl Future<Output = Result<Option<Ticket>, StoreError>> + Send;

    /// Tickets, the earliest due first, those without a due time last.
    ///
    /// # Errors
    /// [`StoreError::BadCursor`] when the cursor is not one of ours;
    /// [`StoreError::Unavailable`].
    fn tickets(
        &self,
        query: &TicketQuery,
    ) -> impl Future<Output = Result<Page<Ticket>, StoreError>> + Send;

    /// Stores records, all of them or none. Returns once they are durable.
    ///
    /// # Errors
    /// As [`Store::commit`].
    fn put(&self, records: Vec<Record>) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Conversations in which something is due by `now`, the earliest first.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    fn due(
        &self,
        now: Timestamp,
        limit: usize,
    ) -> impl Future<Output = Result<Vec<ConversationId>, StoreError>> + Send;

    /// Conversations that wait for a person, as they are to be given out: the highest
    /// priority first, of one priority the one that is due first.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    fn waiting(
        &self,
        limit: usize,
    ) -> impl Future<Output = Result<Vec<ConversationId>, StoreError>> + Send;

    /// The place in line of a ticket that waits for a person, from 1, among those of its
    /// tier and in the order of [`Store::waiting`]; none where it does not wait.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    fn place(
        &self,
        ticket: &TicketId,
    ) -> impl Future<Output = Result<Option<u32>, StoreError>> + Send;

    /// Who has how much to do.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    fn loads(&self) -> impl Future<Output = Result<Loads, StoreError>> + Send;

    /// Events in order.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    fn events(
        &self,
        query: &EventQuery,
    ) -> impl Future<Output = Result<Vec<StoredEvent>, StoreError>> + Send;

    /// A customer by the shop's own name.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    fn contact(&self, id: &str)
    -> impl Future<Output = Result<Option<Contact>, StoreError>> + Send;

    /// The tickets of a customer, the latest first, 20 at most.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    fn tickets_of(
        &self,
        contact: &str,
    ) -> impl Future<Output = Result<Vec<Ticket>, StoreError>> + Send;

    /// Resolved tickets of which somebody wrote down what lay behind them, resolved from
    /// `since` on, in order.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    fn problems(
        &self,
        since: Timestamp,
    ) -> impl Future<Output = Result<Vec<Ticket>, StoreError>> + Send;

    /// Tasks, the earliest due first.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    fn tasks(
        &self,
        query: &TaskQuery,
    ) -> impl Future<Output = Result<Vec<Task>, StoreError>> + Send;

    /// A task by its name.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    fn task(&self, id: &str) -> impl Future<Output = Result<Option<Task>, StoreError>> + Send;

    /// A person by their name.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    fn user(&self, name: &str) -> impl Future<Output = Result<Option<User>, StoreError>> + Send;

    /// Everybody, by name.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    fn users(&self) -> impl Future<Output = Result<Vec<User>, StoreError>> + Send;

    /// A session by the hash of its secret.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    fn session(
        &self,
        hash: &TokenHash,
    ) -> impl Future<Output = Result<Option<Session>, StoreError>> + Send;

    /// The trail, the latest first: those before `before` where given.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    fn audit(
        &self,
        before: Option<u64>,
        limit: usize,
    ) -> impl Future<Output = Result<Vec<(u64, Audit)>, StoreError>> + Send;

    /// Keeps what is new of a delivery; returns once it is durable. Of the same event that
    /// comes many times at once, one is new.
    ///
    /// # Errors
    /// As [`Store::commit`].
    fn receive(
        &self,
        delivery: Delivery,
    ) -> impl Future<Output = Result<Received, StoreError>> + Send;

    /// Takes up events that may be worked on, of each lane the first, `limit` at most. One
    /// that is not settled ([`Record::Worked`]) by `lease` is taken up again.
    ///
    /// # Errors
    /// As [`Store::commit`].
    fn claim_inbox(
        &self,
        now: Timestamp,
        lease: Timestamp,
        limit: usize,
    ) -> impl Future<Output = Result<Vec<InboxRow>, StoreError>> + Send;

    /// Takes up what may be sent to a destination, of each lane the first, `limit` at most.
    /// What is not settled ([`Record::Sending`]) by `lease` is taken up again.
    ///
    /// # Errors
    /// As [`Store::commit`].
    fn claim_outbox(
        &self,
        destination: &str,
        now: Timestamp,
        lease: Timestamp,
        limit: usize,
    ) -> impl Future<Output = Result<Vec<OutboxRow>, StoreError>> + Send;

    /// What was sent to a destination and is named so by it.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    fn sent_part(
        &self,
        destination: &str,
        platform_id: &str,
    ) -> impl Future<Output = Result<Option<SentPart>, StoreError>> + Send;

    /// Rows of the outbox in order, 500 at most: of a conversation all of them, else those
    /// in one state.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    fn outbox(
        &self,
        query: &OutboxQuery,
    ) -> impl Future<Output = Result<Vec<OutboxEntry>, StoreError>> + Send;

    /// The figures of every inbox and destination that was ever used, by name.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    fn channel_figures(
        &self,
    ) -> impl Future<Output = Result<Vec<ChannelFigures>, StoreError>> + Send;

    /// The conversation that is answered at an address, as its channel names the sender.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    fn addressed(
        &self,
        inbox: &str,
        sender: &str,
    ) -> impl Future<Output = Result<Option<ConversationId>, StoreError>> + Send;

    /// Where a help desk has a conversation, in the channel's own form.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    fn thread(
        &self,
        destination: &str,
        conversation: &ConversationId,
    ) -> impl Future<Output = Result<Option<String>, StoreError>> + Send;

    /// The conversation that a help desk has under this name.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    fn threaded(
        &self,
        destination: &str,
        key: &str,
    ) -> impl Future<Output = Result<Option<ConversationId>, StoreError>> + Send;

    /// The access token of an inbox or destination.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    fn channel_access(
        &self,
        name: &str,
    ) -> impl Future<Output = Result<Option<ChannelAccess>, StoreError>> + Send;

    /// Writes a copy of everything into a new file while the service goes on.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when it cannot be written.
    fn backup(&self, file: &std::path::Path)
    -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Adds an API token, or replaces the one of the same name.
    ///
    /// # Errors
    /// As [`Store::commit`].
    fn put_api_token(&self, token: ApiToken)
    -> impl Future<Output = Result<(), StoreError>> + Send;

    /// The API token with this hash, unless revoked.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    fn api_token(
        &self,
        hash: &TokenHash,
    ) -> impl Future<Output = Result<Option<ApiToken>, StoreError>> + Send;

    /// Every API token, by name.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    fn api_tokens(&self) -> impl Future<Output = Result<Vec<ApiToken>, StoreError>> + Send;

    /// Whether the store takes changes now: for readiness checks.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] or [`StoreError::Overloaded`] when it does not.
    fn check(&self) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Finishes what was accepted. Later changes fail with [`StoreError::Closed`].
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the last changes could not be written.
    fn close(&self) -> impl Future<Output = Result<(), StoreError>> + Send;
}
