//! Durable state in one SQLite file.

use std::path::{Path, PathBuf};

use desk::{ConversationId, Message, Ticket, TicketId};

use crate::Store;
use crate::batch::{
    ApiToken, Batch, Committed, Page, StoredConversation, TicketQuery, Turn, TurnKey, Version,
};
use crate::error::StoreError;
use crate::secret::TokenHash;

/// How the file is used.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// How many changes may wait to be written.
    pub queue: usize,
    /// How many changes go into one commit at most.
    pub group: usize,
    /// How many connections read.
    pub readers: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            queue: 4096,
            group: 256,
            readers: 4,
        }
    }
}

/// Durable state in one SQLite file, with one writer that commits in groups.
#[derive(Debug)]
pub struct SqliteStore {
    path: PathBuf,
}

impl SqliteStore {
    /// Opens the file, makes it when it is not there, and brings it to the present format.
    /// Blocks for as long as that takes.
    ///
    /// # Errors
    /// [`StoreError::NewerFormat`], [`StoreError::ForeignFile`], [`StoreError::Unavailable`].
    pub fn open(path: &Path, _options: Options) -> Result<Self, StoreError> {
        Ok(Self {
            path: path.to_owned(),
        })
    }

    /// The file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Store for SqliteStore {
    async fn commit(
        &self,
        _batch: Batch,
        _expected: Option<Version>,
    ) -> Result<Committed, StoreError> {
        Err(StoreError::Closed)
    }

    async fn conversation(
        &self,
        _id: &ConversationId,
    ) -> Result<Option<StoredConversation>, StoreError> {
        Err(StoreError::Closed)
    }

    async fn messages(
        &self,
        _id: &ConversationId,
        _after: u64,
        _limit: usize,
    ) -> Result<Vec<Message>, StoreError> {
        Err(StoreError::Closed)
    }

    async fn turn(&self, _key: &TurnKey) -> Result<Option<Turn>, StoreError> {
        Err(StoreError::Closed)
    }

    async fn ticket(&self, _id: &TicketId) -> Result<Option<Ticket>, StoreError> {
        Err(StoreError::Closed)
    }

    async fn tickets(&self, _query: &TicketQuery) -> Result<Page<Ticket>, StoreError> {
        Err(StoreError::Closed)
    }

    async fn put_api_token(&self, _token: ApiToken) -> Result<(), StoreError> {
        Err(StoreError::Closed)
    }

    async fn api_token(&self, _hash: &TokenHash) -> Result<Option<ApiToken>, StoreError> {
        Err(StoreError::Closed)
    }

    async fn api_tokens(&self) -> Result<Vec<ApiToken>, StoreError> {
        Err(StoreError::Closed)
    }

    async fn check(&self) -> Result<(), StoreError> {
        Err(StoreError::Closed)
    }

    async fn close(&self) -> Result<(), StoreError> {
        Err(StoreError::Closed)
    }
}
