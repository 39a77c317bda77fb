//! A store that is chosen when the program starts.

use std::path::Path;

use desk::{ConversationId, Message, Ticket, TicketId};
use jiff::Timestamp;

use crate::access::{Audit, Contact, Session, Task, User};
use crate::batch::{
    ApiToken, Batch, Committed, EventQuery, Loads, Page, StoredConversation, StoredEvent,
    TaskQuery, TicketQuery, Turn, TurnKey, Version,
};
use crate::channel::{
    Access, ChannelFigures, Delivery, InboxRow, OutboxEntry, OutboxQuery, OutboxRow, Received,
    SentPart,
};
use crate::error::StoreError;
use crate::figures::{
    AnswerFigure, ButtonFigure, Figures, Figuring, Period, Said, SaidWhere, VariantFigure,
};
use crate::nodes::{Hearing, Nodes};
use crate::record::Record;
use crate::report::{Found, Note, Reports};
use crate::secret::TokenHash;
use crate::{PostgresStore, SqliteStore, Store};

/// One of the databases.
#[derive(Debug)]
pub enum AnyStore {
    /// One file, one node.
    Sqlite(SqliteStore),
    /// A server, many nodes.
    Postgres(Box<PostgresStore>),
}

impl AnyStore {
    /// Whether other nodes may use the same state at the same time.
    #[must_use]
    pub fn is_shared(&self) -> bool {
        matches!(self, Self::Postgres(_))
    }
}

/// Hands every question on to the database that is there.
macro_rules! hand_on {
    ($what:ident { $(fn $name:ident($($value:ident: $kind:ty),*) -> $answer:ty;)* }) => {
        impl $what for AnyStore {
            $(async fn $name(&self, $($value: $kind),*) -> Result<$answer, StoreError> {
                match self {
                    Self::Sqlite(store) => store.$name($($value),*).await,
                    Self::Postgres(store) => store.$name($($value),*).await,
                }
            })*
        }
    };
}

hand_on! {
    Store {
        fn commit(batch: Batch, expected: Option<Version>) -> Committed;
        fn conversation(id: &ConversationId) -> Option<StoredConversation>;
        fn messages(id: &ConversationId, after: u64, limit: usize) -> Vec<Message>;
        fn turn(key: &TurnKey) -> Option<Turn>;
        fn ticket(id: &TicketId) -> Option<Ticket>;
        fn tickets(query: &TicketQuery) -> Page<Ticket>;
        fn put(records: Vec<Record>) -> ();
        fn due(now: Timestamp, limit: usize) -> Vec<ConversationId>;
        fn waiting(limit: usize) -> Vec<ConversationId>;
        fn place(ticket: &TicketId) -> Option<u32>;
        fn loads() -> Loads;
        fn events(query: &EventQuery) -> Vec<StoredEvent>;
        fn contact(id: &str) -> Option<Contact>;
        fn tickets_of(contact: &str) -> Vec<Ticket>;
        fn problems(since: Timestamp) -> Vec<Ticket>;
        fn tasks(query: &TaskQuery) -> Vec<Task>;
        fn task(id: &str) -> Option<Task>;
        fn user(name: &str) -> Option<User>;
        fn users() -> Vec<User>;
        fn session(hash: &TokenHash) -> Option<Session>;
        fn audit(before: Option<u64>, limit: usize) -> Vec<(u64, Audit)>;
        fn receive(delivery: Delivery) -> Received;
        fn claim_inbox(now: Timestamp, lease: Timestamp, limit: usize) -> Vec<InboxRow>;
        fn claim_outbox(
            destination: &str, now: Timestamp, lease: Timestamp, limit: usize
        ) -> Vec<OutboxRow>;
        fn sent_part(destination: &str, platform_id: &str) -> Option<SentPart>;
        fn outbox(query: &OutboxQuery) -> Vec<OutboxEntry>;
        fn channel_figures() -> Vec<ChannelFigures>;
        fn addressed(inbox: &str, sender: &str) -> Option<ConversationId>;
        fn thread(destination: &str, conversation: &ConversationId) -> Option<String>;
        fn threaded(destination: &str, key: &str) -> Option<ConversationId>;
        fn channel_access(name: &str) -> Option<Access>;
        fn backup(file: &Path) -> ();
        fn put_api_token(token: ApiToken) -> ();
        fn api_token(hash: &TokenHash) -> Option<ApiToken>;
        fn api_tokens() -> Vec<ApiToken>;
        fn check() -> ();
        fn close() -> ();
    }
}

hand_on! {
    Reports {
        fn search(typed: &str, limit: usize) -> Vec<Found>;
        fn notes(id: &ConversationId) -> Vec<Note>;
    }
}

hand_on! {
    Figuring {
        fn figures(period: Period, complaint: &str) -> Figures;
        fn answer_figures(period: Period) -> Vec<AnswerFigure>;
        fn button_figures(period: Period) -> Vec<ButtonFigure>;
        fn variant_figures(period: Period) -> Vec<VariantFigure>;
        fn said(period: Period, which: SaidWhere, limit: usize) -> Vec<Said>;
        fn breaches(period: Period, limit: usize) -> Vec<StoredEvent>;
    }
}

impl Nodes for AnyStore {
    async fn join(&self) -> Result<Option<Hearing>, StoreError> {
        match self {
            Self::Sqlite(_) => Ok(None),
            Self::Postgres(store) => store.join().await,
        }
    }

    fn tell(&self, word: String) {
        if let Self::Postgres(store) = self {
            store.tell(word);
        }
    }
}
