//! Durable state in PostgreSQL, for many nodes: what is here in memory is connections and
//! nothing else.
//!
//! A conversation's changes wait for each other at its row, and the version decides. What has
//! an order, or a place that only one may take, is held by locks that end with the transaction.

mod bus;
mod channels;
mod commit;
mod connect;
mod figures;
mod lanes;
mod put;
mod reads;
mod schema;
mod search;
mod value;
mod work;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use deadpool_postgres::Pool;
use desk::{ConversationId, Message, Ticket, TicketId};
use jiff::Timestamp;
use tokio::sync::Semaphore;

use self::bus::Bus;
pub use self::connect::Server;
use self::connect::{pool, take, unavailable};
use self::reads::{all, first};
use self::value::{Value, values};
use self::work::{begin, step, transact};
use crate::access::{Audit, Contact, Session, Task, User};
use crate::batch::{
    ApiToken, Batch, Committed, EventQuery, Loads, Page, StoredConversation, StoredEvent,
    TaskQuery, TicketQuery, Turn, TurnKey, Version,
};
use crate::channel::{
    Access, ChannelFigures, Delivery, InboxRow, OutboxEntry, OutboxQuery, OutboxRow, Received,
    SentPart,
};
use crate::columns::Columns;
use crate::error::StoreError;
use crate::nodes::{Hearing, Nodes};
use crate::record::Record;
use crate::report::{Found, Note, Reports};
use crate::secret::TokenHash;
use crate::{Store, rows};

/// How a database is used by a node.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Connections at most. One more listens.
    pub connections: usize,
    /// How long a connection is waited for before more is refused.
    pub wait: Duration,
    /// How many changes may be under way or wait before more are refused.
    pub queue: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self { connections: 16, wait: Duration::from_secs(5), queue: 4096 }
    }
}

/// Durable state in a PostgreSQL database that several nodes share.
///
/// [`Store::close`] it before the process ends: what it has taken up is then others' at once.
pub struct PostgresStore {
    server: Server,
    pool: Pool,
    places: Arc<Semaphore>,
    queue: u32,
    closing: AtomicBool,
    bus: Bus,
}

impl std::fmt::Debug for PostgresStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("PostgresStore").field(&self.server).finish()
    }
}

impl PostgresStore {
    /// Connects, and brings the database to the present format: one node does, the others wait.
    ///
    /// # Errors
    /// [`StoreError::NewerFormat`], [`StoreError::ForeignFile`], [`StoreError::Unavailable`].
    pub async fn open(server: &Server, options: Options) -> Result<Self, StoreError> {
        let pool = pool(server, &options)?;
        schema::migrate(&mut take(&pool).await?, &server.name()).await?;
        let queue =
            u32::try_from(options.queue.clamp(1, Semaphore::MAX_PERMITS)).unwrap_or(u32::MAX);
        Ok(Self {
            server: server.clone(),
            pool,
            places: Arc::new(Semaphore::new(queue as usize)),
            queue,
            closing: AtomicBool::new(false),
            bus: Bus::new(),
        })
    }

    /// Makes a change beside its caller: one that goes away has cancelled its request, not
    /// its change.
    async fn change<T: Send + 'static>(
        &self,
        work: impl Future<Output = Result<T, StoreError>> + Send + 'static,
    ) -> Result<T, StoreError> {
        if self.closing.load(Ordering::SeqCst) {
            return Err(StoreError::Closed);
        }
        let place = Arc::clone(&self.places).try_acquire_owned();
        let place = place.map_err(|_| match self.closing.load(Ordering::SeqCst) {
            true => StoreError::Closed,
            false => StoreError::Overloaded,
        })?;
        let done = tokio::spawn(async move {
            let result = work.await;
            drop(place);
            result
        });
        done.await.map_err(unavailable)?
    }
}

impl Nodes for PostgresStore {
    async fn join(&self) -> Result<Option<Hearing>, StoreError> {
        self.bus.join(&self.server).await
    }

    fn tell(&self, word: String) {
        self.bus.tell(word);
    }
}

impl Reports for PostgresStore {
    async fn search(&self, typed: &str, limit: usize) -> Result<Vec<Found>, StoreError> {
        search::search(&self.pool, typed, limit).await
    }

    async fn notes(&self, id: &ConversationId) -> Result<Vec<Note>, StoreError> {
        let notes = step(
            "SELECT o.ticket, o.at, o.by, o.text FROM notes o \
             JOIN conversations c ON c.n = o.conversation WHERE c.id = $1 ORDER BY o.n",
            values![id.as_str()],
        );
        all(&self.pool, notes, |row| rows::note(row, id)).await
    }
}

impl Store for PostgresStore {
    async fn commit(
        &self,
        batch: Batch,
        expected: Option<Version>,
    ) -> Result<Committed, StoreError> {
        let (pool, batch) = (self.pool.clone(), Box::new(batch));
        self.change(async move { commit::commit(&pool, &batch, expected).await }).await
    }

    async fn conversation(
        &self,
        id: &ConversationId,
    ) -> Result<Option<StoredConversation>, StoreError> {
        first(&self.pool, reads::conversation(id), rows::conversation).await
    }

    async fn messages(
        &self,
        id: &ConversationId,
        after: u64,
        limit: usize,
    ) -> Result<Vec<Message>, StoreError> {
        all(&self.pool, reads::messages(id, after, limit), rows::message).await
    }

    async fn turn(&self, key: &TurnKey) -> Result<Option<Turn>, StoreError> {
        first(&self.pool, reads::turn(key), rows::turn).await
    }

    async fn ticket(&self, id: &TicketId) -> Result<Option<Ticket>, StoreError> {
        first(&self.pool, reads::ticket(id), |row| rows::ticket(row, 0)).await
    }

    async fn tickets(&self, query: &TicketQuery) -> Result<Page<Ticket>, StoreError> {
        reads::tickets(&self.pool, query).await
    }

    async fn put(&self, records: Vec<Record>) -> Result<(), StoreError> {
        let pool = self.pool.clone();
        self.change(async move {
            let mut steps = vec![begin()];
            put::add(&mut steps, &records);
            steps.push(work::commit());
            transact(&pool, &steps).await
        })
        .await
    }

    async fn due(&self, now: Timestamp, limit: usize) -> Result<Vec<ConversationId>, StoreError> {
        all(&self.pool, reads::due(now, limit), reads::id).await
    }

    async fn waiting(&self, limit: usize) -> Result<Vec<ConversationId>, StoreError> {
        all(&self.pool, reads::waiting(limit), reads::id).await
    }

    async fn place(&self, ticket: &TicketId) -> Result<Option<u32>, StoreError> {
        first(&self.pool, reads::place(ticket), |row| row.number(0)).await
    }

    async fn loads(&self) -> Result<Loads, StoreError> {
        reads::loads(&self.pool).await
    }

    async fn events(&self, query: &EventQuery) -> Result<Vec<StoredEvent>, StoreError> {
        reads::events(&self.pool, query).await
    }

    async fn contact(&self, id: &str) -> Result<Option<Contact>, StoreError> {
        first(&self.pool, reads::contact(id), rows::contact).await
    }

    async fn tickets_of(&self, contact: &str) -> Result<Vec<Ticket>, StoreError> {
        all(&self.pool, reads::tickets_of(contact), |row| rows::ticket(row, 0)).await
    }

    async fn problems(&self, since: Timestamp) -> Result<Vec<Ticket>, StoreError> {
        all(&self.pool, reads::problems(since), |row| rows::ticket(row, 0)).await
    }

    async fn tasks(&self, query: &TaskQuery) -> Result<Vec<Task>, StoreError> {
        all(&self.pool, reads::tasks(query), rows::task).await
    }

    async fn task(&self, id: &str) -> Result<Option<Task>, StoreError> {
        first(&self.pool, reads::task(id), rows::task).await
    }

    async fn user(&self, name: &str) -> Result<Option<User>, StoreError> {
        first(&self.pool, reads::user(name), rows::user).await
    }

    async fn users(&self) -> Result<Vec<User>, StoreError> {
        all(&self.pool, reads::users(), rows::user).await
    }

    async fn session(&self, hash: &TokenHash) -> Result<Option<Session>, StoreError> {
        let sql = "SELECT hash, person, csrf, created_at, seen_at, expires_at FROM sessions \
                   WHERE hash = $1";
        let session = step(sql, vec![Value::hash(hash.as_bytes())]);
        first(&self.pool, session, rows::session).await
    }

    async fn audit(
        &self,
        before: Option<u64>,
        limit: usize,
    ) -> Result<Vec<(u64, Audit)>, StoreError> {
        all(&self.pool, reads::audit(before, limit), rows::audit).await
    }

    async fn receive(&self, delivery: Delivery) -> Result<Received, StoreError> {
        let (pool, node) = (self.pool.clone(), self.bus.node());
        self.change(async move { channels::receive(&pool, &delivery, node).await }).await
    }

    async fn claim_inbox(
        &self,
        now: Timestamp,
        lease: Timestamp,
        limit: usize,
    ) -> Result<Vec<InboxRow>, StoreError> {
        channels::claim_inbox(&self.pool, (now, lease), limit, self.bus.node()).await
    }

    async fn claim_outbox(
        &self,
        destination: &str,
        now: Timestamp,
        lease: Timestamp,
        limit: usize,
    ) -> Result<Vec<OutboxRow>, StoreError> {
        let node = self.bus.node();
        channels::claim_outbox(&self.pool, destination, (now, lease), limit, node).await
    }

    async fn sent_part(
        &self,
        destination: &str,
        platform_id: &str,
    ) -> Result<Option<SentPart>, StoreError> {
        let part = channels::sent_part(destination, platform_id);
        first(&self.pool, part, rows::sent_part).await
    }

    async fn outbox(&self, query: &OutboxQuery) -> Result<Vec<OutboxEntry>, StoreError> {
        all(&self.pool, channels::outbox(query), rows::entry).await
    }

    async fn channel_figures(&self) -> Result<Vec<ChannelFigures>, StoreError> {
        channels::figures(&self.pool).await
    }

    async fn addressed(
        &self,
        inbox: &str,
        sender: &str,
    ) -> Result<Option<ConversationId>, StoreError> {
        first(&self.pool, channels::addressed(inbox, sender), reads::id).await
    }

    async fn thread(
        &self,
        destination: &str,
        conversation: &ConversationId,
    ) -> Result<Option<String>, StoreError> {
        let thread = channels::thread(destination, conversation);
        first(&self.pool, thread, |row| row.owned(0)).await
    }

    async fn threaded(
        &self,
        destination: &str,
        key: &str,
    ) -> Result<Option<ConversationId>, StoreError> {
        first(&self.pool, channels::threaded(destination, key), reads::id).await
    }

    async fn channel_access(&self, name: &str) -> Result<Option<Access>, StoreError> {
        first(&self.pool, channels::access(name), rows::access).await
    }

    async fn backup(&self, _: &Path) -> Result<(), StoreError> {
        let detail = "PostgreSQL's own pg_dump makes its backups".to_owned();
        Err(StoreError::Unavailable { detail })
    }

    async fn put_api_token(&self, token: ApiToken) -> Result<(), StoreError> {
        self.put(vec![Record::ApiToken(token)]).await
    }

    async fn api_token(&self, hash: &TokenHash) -> Result<Option<ApiToken>, StoreError> {
        let sql = format!("{} WHERE hash = $1 AND revoked_at IS NULL", reads::API_TOKEN);
        let token = step(sql, vec![Value::hash(hash.as_bytes())]);
        first(&self.pool, token, rows::api_token).await
    }

    async fn api_tokens(&self) -> Result<Vec<ApiToken>, StoreError> {
        let sql = format!("{} ORDER BY name", reads::API_TOKEN);
        all(&self.pool, step(sql, values![]), rows::api_token).await
    }

    async fn check(&self) -> Result<(), StoreError> {
        let pool = self.pool.clone();
        self.change(async move {
            // A server that only reads for now takes no changes.
            let sql = "SELECT NOT pg_is_in_recovery()";
            match first(&pool, step(sql, values![]), |row| row.flag(0)).await? {
                Some(true) => Ok(()),
                _ => Err(unavailable("the server is a standby and takes no changes")),
            }
        })
        .await
    }

    async fn close(&self) -> Result<(), StoreError> {
        self.closing.store(true, Ordering::SeqCst);
        // Once every place is free, nothing is under way.
        let Ok(_all) = self.places.acquire_many(self.queue).await else { return Ok(()) };
        self.places.close();
        let Some(node) = self.bus.leave() else { return Ok(()) };
        let mut steps = vec![begin()];
        steps.extend(channels::give_back(node));
        steps.push(work::commit());
        transact(&self.pool, &steps).await
    }
}
