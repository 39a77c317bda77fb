//! Durable state in one SQLite file: one writer that commits in groups, several
//! connections that read beside it, one that moves the log into the file.

mod beside;
mod channels;
mod checkpoint;
mod figures;
mod inbox;
mod outbox;
mod reads;
mod receipts;
mod recent;
mod records;
mod row;
mod schema;
mod search;
mod writer;
mod writes;

use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::thread;

use desk::{ConversationId, Message, Ticket, TicketId};
use jiff::Timestamp;
use tokio::sync::{mpsc, oneshot};

pub use self::beside::BackupFile;
use self::checkpoint::Checkpointer;
use self::reads::Readers;
use self::recent::Recent;
use self::writer::{Answer, Job, Writer};
use crate::Store;
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
use crate::record::Record;
use crate::report::{Found, Note, Reports};
use crate::secret::TokenHash;

/// How the file is used.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// How many changes may wait to be written before more are refused.
    pub queue: usize,
    /// How many changes go into one commit at most.
    pub group: usize,
    /// How many connections read.
    pub readers: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self { queue: 4096, group: 256, readers: 4 }
    }
}

/// Durable state in one SQLite file, with one writer that commits in groups.
///
/// [`Store::close`] it before the process ends: what was acknowledged is durable either
/// way, but only then is the log moved into the file.
#[derive(Debug)]
pub struct SqliteStore {
    path: PathBuf,
    queue: mpsc::Sender<Job>,
    readers: Arc<Readers>,
    recent: Arc<Recent>,
    /// The API tokens by hash, as they were when they were read; none after a change.
    tokens: RwLock<Option<Arc<Vec<ApiToken>>>>,
}

impl SqliteStore {
    /// Opens the file, makes it when it is not there, and brings it to the present format.
    /// Blocks for as long as that takes.
    ///
    /// # Errors
    /// [`StoreError::NewerFormat`], [`StoreError::ForeignFile`], [`StoreError::Unavailable`].
    pub fn open(path: &Path, options: Options) -> Result<Self, StoreError> {
        let connection = schema::open_writer(path)?;
        let readers = Readers::open(path, options.readers)?;
        let checkpointer = Checkpointer::start(schema::open_checkpointer(path)?)?;
        let (queue, jobs) = mpsc::channel(options.queue.max(1));
        let recent = Arc::new(Recent::new());
        let writer =
            Writer::new(connection, checkpointer, jobs, options.group, Arc::clone(&recent))?;
        thread::Builder::new()
            .name("store-writer".to_owned())
            .spawn(move || writer.run())
            .map_err(|error| StoreError::Unavailable { detail: error.to_string() })?;
        Ok(Self {
            path: path.to_owned(),
            queue,
            readers: Arc::new(readers),
            recent,
            tokens: RwLock::new(None),
        })
    }

    /// The file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Another look at the file is needed for the next token.
    fn forget_tokens(&self) {
        *self.tokens.write().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// Copies a database of this program into a new file, whether or not a service uses it:
    /// whole, as it is when the copying begins, and for its owner alone. Blocks.
    ///
    /// # Errors
    /// [`StoreError::ForeignFile`], [`StoreError::Unavailable`], also where `file` is there.
    pub fn copy(path: &Path, file: &Path) -> Result<(), StoreError> {
        schema::copy(path, file)
    }

    /// Hands the writer a job and waits for its answer.
    async fn ask<T>(&self, job: impl FnOnce(Answer<T>) -> Job) -> Result<T, StoreError> {
        let (answer, answered) = oneshot::channel();
        self.queue.try_send(job(answer)).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => StoreError::Overloaded,
            mpsc::error::TrySendError::Closed(_) => StoreError::Closed,
        })?;
        answered.await.map_err(|_| StoreError::Closed)?
    }

    /// Reads a list on a thread that may wait for the disk.
    async fn list<T: Send + 'static>(
        &self,
        read: impl FnOnce(&rusqlite::Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let readers = Arc::clone(&self.readers);
        tokio::task::spawn_blocking(move || readers.read(read))
            .await
            .map_err(|error| StoreError::Unavailable { detail: error.to_string() })?
    }
}

impl Reports for SqliteStore {
    async fn search(&self, typed: &str, limit: usize) -> Result<Vec<Found>, StoreError> {
        let typed = typed.to_owned();
        self.list(move |connection| search::search(connection, &typed, limit)).await
    }

    async fn notes(&self, id: &ConversationId) -> Result<Vec<Note>, StoreError> {
        let id = id.clone();
        self.list(move |connection| search::notes(connection, &id)).await
    }
}

impl Store for SqliteStore {
    async fn commit(
        &self,
        batch: Batch,
        expected: Option<Version>,
    ) -> Result<Committed, StoreError> {
        let batch = Box::new(batch);
        self.ask(|answer| Job::Commit(batch, expected, answer)).await
    }

    async fn conversation(
        &self,
        id: &ConversationId,
    ) -> Result<Option<StoredConversation>, StoreError> {
        if let Some(stored) = self.recent.get(id) {
            return Ok(Some(stored));
        }
        let stored = self.readers.read(|connection| reads::conversation(connection, id))?;
        if let Some(stored) = &stored {
            self.recent.keep(stored.clone());
        }
        Ok(stored)
    }

    async fn messages(
        &self,
        id: &ConversationId,
        after: u64,
        limit: usize,
    ) -> Result<Vec<Message>, StoreError> {
        let id = id.clone();
        self.list(move |connection| reads::messages(connection, &id, after, limit)).await
    }

    async fn turn(&self, key: &TurnKey) -> Result<Option<Turn>, StoreError> {
        self.readers.read(|connection| reads::turn(connection, key))
    }

    async fn ticket(&self, id: &TicketId) -> Result<Option<Ticket>, StoreError> {
        self.readers.read(|connection| reads::ticket(connection, id))
    }

    async fn tickets(&self, query: &TicketQuery) -> Result<Page<Ticket>, StoreError> {
        let query = query.clone();
        self.list(move |connection| reads::tickets(connection, &query)).await
    }

    async fn put(&self, records: Vec<Record>) -> Result<(), StoreError> {
        let tokens = records.iter().any(|record| matches!(record, Record::ApiToken(_)));
        let result = self.ask(|answer| Job::Put(records, answer)).await;
        if tokens {
            self.forget_tokens();
        }
        result
    }

    async fn due(&self, now: Timestamp, limit: usize) -> Result<Vec<ConversationId>, StoreError> {
        self.list(move |connection| records::due(connection, now, limit)).await
    }

    async fn waiting(&self, limit: usize) -> Result<Vec<ConversationId>, StoreError> {
        self.list(move |connection| records::waiting(connection, limit)).await
    }

    async fn place(&self, ticket: &TicketId) -> Result<Option<u32>, StoreError> {
        self.readers.read(|connection| records::place(connection, ticket))
    }

    async fn loads(&self) -> Result<Loads, StoreError> {
        self.list(records::loads).await
    }

    async fn events(&self, query: &EventQuery) -> Result<Vec<StoredEvent>, StoreError> {
        let query = query.clone();
        self.list(move |connection| records::events(connection, &query)).await
    }

    async fn contact(&self, id: &str) -> Result<Option<Contact>, StoreError> {
        self.readers.read(|connection| records::contact(connection, id))
    }

    async fn tickets_of(&self, contact: &str) -> Result<Vec<Ticket>, StoreError> {
        let contact = contact.to_owned();
        self.list(move |connection| reads::tickets_of(connection, &contact)).await
    }

    async fn problems(&self, since: Timestamp) -> Result<Vec<Ticket>, StoreError> {
        self.list(move |connection| reads::problems(connection, since)).await
    }

    async fn tasks(&self, query: &TaskQuery) -> Result<Vec<Task>, StoreError> {
        let query = query.clone();
        self.list(move |connection| records::tasks(connection, &query)).await
    }

    async fn task(&self, id: &str) -> Result<Option<Task>, StoreError> {
        self.readers.read(|connection| records::task(connection, id))
    }

    async fn user(&self, name: &str) -> Result<Option<User>, StoreError> {
        self.readers.read(|connection| records::user(connection, name))
    }

    async fn users(&self) -> Result<Vec<User>, StoreError> {
        self.list(records::users).await
    }

    async fn session(&self, hash: &TokenHash) -> Result<Option<Session>, StoreError> {
        self.readers.read(|connection| records::session(connection, hash))
    }

    async fn audit(
        &self,
        before: Option<u64>,
        limit: usize,
    ) -> Result<Vec<(u64, Audit)>, StoreError> {
        self.list(move |connection| records::audit(connection, before, limit)).await
    }

    async fn receive(&self, delivery: Delivery) -> Result<Received, StoreError> {
        self.ask(|answer| Job::Receive(delivery, answer)).await
    }

    async fn claim_inbox(
        &self,
        now: Timestamp,
        lease: Timestamp,
        limit: usize,
    ) -> Result<Vec<InboxRow>, StoreError> {
        // A look is cheap and a change is not: most often there is nothing.
        if !self.readers.read(|connection| inbox::is_due(connection, now))? {
            return Ok(Vec::new());
        }
        self.ask(|answer| Job::ClaimInbox { now, lease, limit, answer }).await
    }

    async fn claim_outbox(
        &self,
        destination: &str,
        now: Timestamp,
        lease: Timestamp,
        limit: usize,
    ) -> Result<Vec<OutboxRow>, StoreError> {
        if !self.readers.read(|connection| outbox::is_due(connection, destination, now))? {
            return Ok(Vec::new());
        }
        let destination = destination.to_owned();
        self.ask(|answer| Job::ClaimOutbox { destination, now, lease, limit, answer }).await
    }

    async fn sent_part(
        &self,
        destination: &str,
        platform_id: &str,
    ) -> Result<Option<SentPart>, StoreError> {
        self.readers.read(|connection| receipts::sent_part(connection, destination, platform_id))
    }

    async fn outbox(&self, query: &OutboxQuery) -> Result<Vec<OutboxEntry>, StoreError> {
        let query = query.clone();
        self.list(move |connection| outbox::list(connection, &query)).await
    }

    async fn addressed(
        &self,
        inbox: &str,
        sender: &str,
    ) -> Result<Option<ConversationId>, StoreError> {
        self.readers.read(|connection| channels::addressed(connection, inbox, sender))
    }

    async fn thread(
        &self,
        destination: &str,
        conversation: &ConversationId,
    ) -> Result<Option<String>, StoreError> {
        self.readers.read(|connection| channels::thread(connection, destination, conversation))
    }

    async fn threaded(
        &self,
        destination: &str,
        key: &str,
    ) -> Result<Option<ConversationId>, StoreError> {
        self.readers.read(|connection| channels::threaded(connection, destination, key))
    }

    async fn channel_access(&self, name: &str) -> Result<Option<Access>, StoreError> {
        self.readers.read(|connection| channels::access(connection, name))
    }

    async fn channel_figures(&self) -> Result<Vec<ChannelFigures>, StoreError> {
        self.list(channels::figures).await
    }

    async fn backup(&self, file: &Path) -> Result<(), StoreError> {
        let (path, file) = (self.path.clone(), file.to_owned());
        tokio::task::spawn_blocking(move || Self::copy(&path, &file))
            .await
            .map_err(|error| StoreError::Unavailable { detail: error.to_string() })?
    }

    async fn put_api_token(&self, token: ApiToken) -> Result<(), StoreError> {
        let result = self.ask(|answer| Job::PutApiToken(token, answer)).await;
        self.forget_tokens();
        result
    }

    async fn api_token(&self, hash: &TokenHash) -> Result<Option<ApiToken>, StoreError> {
        let known = self.tokens.read().unwrap_or_else(PoisonError::into_inner).clone();
        let tokens = match known {
            Some(tokens) => tokens,
            None => {
                // Held while they are read, so that a change meanwhile is not missed.
                let mut place = self.tokens.write().unwrap_or_else(PoisonError::into_inner);
                let tokens = Arc::new(self.readers.read(reads::api_tokens)?);
                *place = Some(Arc::clone(&tokens));
                tokens
            }
        };
        let found = tokens.iter().find(|token| token.hash == *hash && token.revoked_at.is_none());
        Ok(found.cloned())
    }

    async fn api_tokens(&self) -> Result<Vec<ApiToken>, StoreError> {
        self.list(reads::api_tokens).await
    }

    async fn check(&self) -> Result<(), StoreError> {
        self.ask(Job::Check).await
    }

    async fn close(&self) -> Result<(), StoreError> {
        let (answer, answered) = oneshot::channel();
        // Unlike the others this waits for its place: it must not be refused for load.
        if self.queue.send(Job::Close(answer)).await.is_err() {
            return Ok(());
        }
        answered.await.unwrap_or(Ok(()))
    }
}
