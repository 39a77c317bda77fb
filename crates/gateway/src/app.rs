//! What every request shares: what the bot knows, the database, the limits, the figures.

use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use desk::EventKind;
use store::{AnyStore, Batch, Committed, Store, StoreError, TokenHash, Version};
use tokio::sync::{Mutex, MutexGuard, Semaphore};

use crate::attachments::Attachments;
use crate::channel::{self, Channels};
use crate::clock::{Clock, Stopwatch};
use crate::config::{RasaAccess, Settings, Widget};
use crate::console::practice::Practising;
use crate::console::viewers::Viewers;
use crate::files::FileError;
use crate::limits::Limits;
use crate::live::Live;
use crate::message_log::MessageLog;
use crate::metrics::Metrics;
use crate::nodes::Word;
use crate::packs::{Faults, Knowledge, PackChoice, PackFiles};
use crate::turn::Favoured;

/// How many passwords are tried at once.
const PASSWORDS_AT_ONCE: usize = 2;

/// How many customers' files are taken in at once.
const UPLOADS_AT_ONCE: usize = 8;

/// The database behind the service.
pub type Database = AnyStore;

/// What every request shares.
#[derive(Debug)]
pub struct App {
    /// Durable state.
    pub store: Database,
    /// The time of day.
    pub clock: Clock,
    /// What is counted.
    pub metrics: Metrics,
    /// Wakes whoever follows conversations.
    pub live: Arc<Live>,
    /// Who looks at what in the console.
    pub(crate) viewers: Arc<Viewers>,
    /// Who practises what; lost when the service stops.
    pub(crate) practising: Practising,
    /// Which manner of speaking does better.
    pub(crate) favoured: Favoured,
    /// What is connected.
    pub channels: Channels,
    pub(crate) limits: Limits,
    pub(crate) rasa: RasaAccess,
    /// Widgets on pages of shops; never empty.
    pub(crate) widgets: Vec<Widget>,
    /// Where customers' files are kept.
    pub(crate) attachments: Attachments,
    pub(crate) trusted_proxies: usize,
    pub(crate) timeout: std::time::Duration,
    /// Where messages are kept for replay.
    pub(crate) message_log: Option<MessageLog>,
    extra_token: Option<TokenHash>,
    knowledge: RwLock<Arc<Knowledge>>,
    /// What was in force before.
    before: RwLock<Option<Arc<Knowledge>>>,
    packs: PackChoice,
    reloading: Mutex<()>,
    turns: TurnLocks,
    stopping: AtomicBool,
    /// Files that are taken in at once: each is held in memory.
    pub(crate) uploads: Semaphore,
    /// Passwords that are tried at once: each takes memory and a processor.
    pub(crate) passwords: Semaphore,
    /// Cookies are for encrypted connections alone.
    pub(crate) secure_cookies: bool,
}

/// Why a reload changed nothing.
#[derive(Debug, thiserror::Error)]
pub enum ReloadError {
    /// The shop's folder cannot be read.
    #[error("{0}")]
    Files(#[from] FileError),
    /// Packs, answers or facts are broken.
    #[error("{0}")]
    Faults(#[from] Faults),
    /// The compiler itself failed.
    #[error("loading ended without a result")]
    Lost,
}

impl App {
    /// Joins the parts.
    #[must_use]
    pub fn new(settings: &Settings, knowledge: Knowledge, store: Database, clock: Clock) -> Self {
        Self {
            store,
            clock,
            metrics: Metrics::new(),
            // Who follows holds a connection: the other half is for requests.
            live: Live::new(settings.max_connections.div_ceil(2)),
            viewers: Arc::default(),
            practising: Practising::default(),
            favoured: Favoured::default(),
            channels: Channels::new(settings),
            limits: Limits::new(settings.visitor_rate, settings.api_rate),
            rasa: settings.rasa,
            widgets: settings.widgets.clone(),
            attachments: Attachments::below(&settings.data),
            trusted_proxies: settings.trusted_proxies,
            timeout: settings.timeout,
            message_log: None,
            extra_token: settings.api_token.as_ref().map(|t| TokenHash::of(t.reveal())),
            knowledge: RwLock::new(Arc::new(knowledge)),
            before: RwLock::default(),
            packs: settings.packs.clone(),
            reloading: Mutex::new(()),
            turns: TurnLocks::default(),
            stopping: AtomicBool::new(false),
            uploads: Semaphore::new(UPLOADS_AT_ONCE),
            passwords: Semaphore::new(PASSWORDS_AT_ONCE),
            // What listens to this machine alone, without a proxy before it, is not reached
            // over a network that anybody could listen to.
            secure_cookies: !settings.listen.ip().is_loopback() || settings.trusted_proxies > 0,
        }
    }

    /// Keeps messages for replay from now on.
    #[must_use]
    pub fn with_message_log(self, log: MessageLog) -> Self {
        Self { message_log: Some(log), ..self }
    }

    /// What the bot knows now. A request keeps what it began with, whatever is reloaded.
    #[must_use]
    pub fn knowledge(&self) -> Arc<Knowledge> {
        // A panic cannot leave the pointer half-written.
        Arc::clone(&self.knowledge.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Which packs and answers were chosen.
    pub(crate) fn pack_choice(&self) -> &PackChoice {
        &self.packs
    }

    /// Reads the shop's folder again and puts what it compiles to in force.
    ///
    /// # Errors
    /// What is wrong with it; what was in force stays.
    pub async fn reload(&self) -> Result<Arc<Knowledge>, ReloadError> {
        // One at a time: the last asked for is the one that stays.
        let _alone = self.reloading.lock().await;
        let started = Stopwatch::start();
        let packs = self.packs.clone();
        let compiled = tokio::task::spawn_blocking(move || -> Result<Knowledge, ReloadError> {
            Ok(Knowledge::compile(&PackFiles::gather(&packs)?)?)
        });
        let result = compiled.await.unwrap_or(Err(ReloadError::Lost));
        self.metrics.reloaded(result.is_ok());
        match result {
            Ok(knowledge) => {
                let knowledge = Arc::new(knowledge);
                self.put_in_force(Arc::clone(&knowledge));
                tracing::info!(
                    packs.hash = knowledge.analyzer.packs_hash(),
                    duration_ms = started.seconds() * 1e3,
                    "packs and answers are reloaded"
                );
                Ok(knowledge)
            }
            Err(error) => {
                tracing::error!(%error, "the new packs are broken; the old ones stay in force");
                Err(error)
            }
        }
    }

    /// Puts other knowledge in force; what was in force can be had back.
    fn put_in_force(&self, knowledge: Arc<Knowledge>) {
        let mut place = self.knowledge.write().unwrap_or_else(PoisonError::into_inner);
        let before = std::mem::replace(&mut *place, knowledge);
        *self.before.write().unwrap_or_else(PoisonError::into_inner) = Some(before);
    }

    /// What was in force before the last change of it.
    #[must_use]
    pub fn knowledge_before(&self) -> Option<Arc<Knowledge>> {
        self.before.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Puts back in force what was before the last reload; none where there was none. The
    /// files stay as they are: the next reload or start reads them.
    pub async fn roll_back(&self) -> Option<Arc<Knowledge>> {
        let _alone = self.reloading.lock().await;
        let before = self.knowledge_before()?;
        self.put_in_force(Arc::clone(&before));
        tracing::warn!(
            packs.hash = before.analyzer.packs_hash(),
            "packs and answers are those of before the last reload"
        );
        Some(before)
    }

    /// The widget of an inbox; the first where none is named.
    #[must_use]
    pub fn widget(&self, name: Option<&str>) -> Option<&Widget> {
        self.widgets.iter().find(|widget| name.is_none_or(|name| widget.name == name))
    }

    /// Stores a change together with what is to be sent because of it, counts what happened,
    /// and wakes whoever follows its conversation and whoever sends.
    ///
    /// # Errors
    /// As [`Store::commit`].
    pub async fn commit(
        &self,
        batch: Batch,
        expected: Option<Version>,
    ) -> Result<Committed, StoreError> {
        self.store_and_wake(batch, expected, false).await
    }

    /// The same for a change whose messages the customer has seen already: they are not sent.
    ///
    /// # Errors
    /// As [`Store::commit`].
    pub async fn commit_seen(
        &self,
        batch: Batch,
        expected: Option<Version>,
    ) -> Result<Committed, StoreError> {
        self.store_and_wake(batch, expected, true).await
    }

    async fn store_and_wake(
        &self,
        mut batch: Batch,
        expected: Option<Version>,
        seen: bool,
    ) -> Result<Committed, StoreError> {
        Box::pin(channel::add(self, &mut batch, expected, seen)).await?;
        let id = batch.conversation.id.clone();
        // A ticket that was settled just now, as by a mark, is only in the batch.
        let of_people = batch.ticket.is_some()
            || batch.conversation.ticket.is_some()
            || batch.conversation.past.is_some();
        let destinations: Vec<String> =
            batch.outbound.iter().map(|outbound| outbound.destination.clone()).collect();
        let events: Vec<EventKind> = batch.events.iter().map(|event| event.kind).collect();
        // A batch is large; on the heap it is moved once.
        let committed = Box::pin(self.store.commit(batch, expected)).await?;
        if matches!(committed, Committed::Stored(_)) {
            self.metrics.happened(&events);
            if of_people {
                self.live.changed(&id);
            } else {
                self.live.settled(&id);
            }
            self.tell_nodes(|| Word::Stored(id, of_people));
            destinations.iter().for_each(|destination| self.channels.wake(destination));
        }
        Ok(committed)
    }

    /// Waits for its turn in a conversation. Within this process turns of one conversation
    /// then never conflict; between processes the expected version decides.
    pub(crate) async fn turn_of(&self, conversation: &str) -> MutexGuard<'_, ()> {
        self.turns.lock(conversation).await
    }

    /// Whether this is the configured token. Takes the same time whatever differs.
    pub(crate) fn is_extra_token(&self, hash: &TokenHash) -> bool {
        self.extra_token.as_ref() == Some(hash)
    }

    /// Says that the service takes no new work, and ends what only waits for news.
    pub fn stop(&self) {
        self.stopping.store(true, Ordering::Relaxed);
        self.live.close();
    }

    /// Whether the service takes no new work.
    #[must_use]
    pub fn is_stopping(&self) -> bool {
        self.stopping.load(Ordering::Relaxed)
    }
}

impl Knowledge {
    /// Whether an intent exists.
    #[must_use]
    pub fn has_intent(&self, id: &str) -> bool {
        self.analyzer.intents().iter().any(|spec| spec.id.as_str() == id)
    }
}

/// How many locks conversations share. Two that share one wait for each other, no more.
const LOCKS: usize = 1024;

/// Locks by conversation, without memory of any.
#[derive(Debug)]
struct TurnLocks {
    locks: Vec<Mutex<()>>,
    hasher: RandomState,
}

impl Default for TurnLocks {
    fn default() -> Self {
        Self { locks: (0..LOCKS).map(|_| Mutex::new(())).collect(), hasher: RandomState::new() }
    }
}

impl TurnLocks {
    async fn lock(&self, conversation: &str) -> MutexGuard<'_, ()> {
        let hash = self.hasher.hash_one(conversation) % LOCKS as u64;
        let index = usize::try_from(hash).unwrap_or_default();
        self.locks[index].lock().await
    }
}
