//! The live bus: once something is stored, whoever follows it is woken.
//!
//! Nothing said here is needed to go on: a follower that was woken reads the store, and one
//! that was not reads it when it comes back. So a commit never waits for a follower, nothing
//! is queued for one, and one that lags is told to read again.

#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use desk::ConversationId;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, broadcast, watch};

/// How many notices wait for somebody who follows everything before they are told to read
/// the store instead.
const BACKLOG: usize = 1024;
/// How many follow one conversation at once: a customer's pages, and who looks at it.
const FOLLOWERS_OF_ONE: usize = 32;

/// Who types.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Typist {
    /// The customer.
    Customer,
    /// A person of the shop.
    Agent,
}

/// What happened in a conversation, as counts that only rise: whoever remembers the last
/// they saw knows what is new.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pulse {
    /// Commits.
    pub changes: u64,
    /// Signs of the customer typing.
    pub customer_types: u64,
    /// Signs of a person typing.
    pub agent_types: u64,
}

/// What happened, for those who follow everything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// Something of this conversation is stored, and people are concerned: read it.
    Changed(ConversationId),
    /// Somebody types in this conversation. Nowhere stored.
    Types(ConversationId, Typist),
    /// Notices were lost: read everything that is shown again.
    Lagged,
}

/// No place for another follower. Polling goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Full;

/// The bus of a process.
#[derive(Debug)]
pub struct Live {
    conversations: Mutex<HashMap<ConversationId, watch::Sender<Pulse>>>,
    everything: broadcast::Sender<Notice>,
    places: Arc<Semaphore>,
    stopping: watch::Sender<bool>,
}

impl Live {
    /// A bus for so many followers at once.
    #[must_use]
    pub fn new(followers: usize) -> Arc<Self> {
        Arc::new(Self {
            conversations: Mutex::default(),
            everything: broadcast::channel(BACKLOG).0,
            places: Arc::new(Semaphore::new(followers.min(Semaphore::MAX_PERMITS))),
            stopping: watch::channel(false).0,
        })
    }

    /// Wakes whoever follows this conversation; all are told nothing, because what the bot
    /// settles by itself is on nobody's page. For after the commit.
    pub fn settled(&self, id: &ConversationId) {
        self.pulse(id, |pulse| pulse.changes += 1);
    }

    /// Wakes whoever follows this conversation, or all. For after a commit that concerns
    /// people.
    pub fn changed(&self, id: &ConversationId) {
        self.settled(id);
        // Nobody may be listening.
        let _ = self.everything.send(Notice::Changed(id.clone()));
    }

    /// Wakes everybody: something may be stored of which nobody was told.
    pub fn lost(&self) {
        for sender in self.followed().values() {
            sender.send_modify(|pulse| pulse.changes += 1);
        }
        let _ = self.everything.send(Notice::Lagged);
    }

    /// Tells whoever follows this conversation, or all, that somebody types.
    pub fn types(&self, id: &ConversationId, who: Typist) {
        self.pulse(id, |pulse| match who {
            Typist::Customer => pulse.customer_types += 1,
            Typist::Agent => pulse.agent_types += 1,
        });
        let _ = self.everything.send(Notice::Types(id.clone(), who));
    }

    fn pulse(&self, id: &ConversationId, beat: impl FnOnce(&mut Pulse)) {
        if let Some(sender) = self.followed().get(id) {
            sender.send_modify(beat);
        }
    }

    /// Follows one conversation. What happened before is not told: read the store after
    /// this, not before.
    ///
    /// # Errors
    /// [`Full`].
    pub fn follow(self: &Arc<Self>, id: &ConversationId) -> Result<Follower, Full> {
        let place = Arc::clone(&self.places).try_acquire_owned().map_err(|_| Full)?;
        let mut followed = self.followed();
        let sender =
            followed.entry(id.clone()).or_insert_with(|| watch::channel(Pulse::default()).0);
        if sender.receiver_count() >= FOLLOWERS_OF_ONE {
            return Err(Full);
        }
        let pulses = sender.subscribe();
        drop(followed);
        let stopping = self.stopping.subscribe();
        Ok(Follower { live: Arc::clone(self), id: id.clone(), pulses, stopping, _place: place })
    }

    /// Follows everything.
    ///
    /// # Errors
    /// [`Full`].
    pub fn follow_all(self: &Arc<Self>) -> Result<FollowerOfAll, Full> {
        let place = Arc::clone(&self.places).try_acquire_owned().map_err(|_| Full)?;
        let (notices, stopping) = (self.everything.subscribe(), self.stopping.subscribe());
        Ok(FollowerOfAll { notices, stopping, _place: place })
    }

    /// Ends every follower's wait, now and later: the service stops.
    pub fn close(&self) {
        self.stopping.send_replace(true);
    }

    fn followed(&self) -> MutexGuard<'_, HashMap<ConversationId, watch::Sender<Pulse>>> {
        // A panic cannot leave the map half-changed.
        self.conversations.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Follows one conversation, until it is dropped.
#[derive(Debug)]
pub struct Follower {
    live: Arc<Live>,
    id: ConversationId,
    pulses: watch::Receiver<Pulse>,
    stopping: watch::Receiver<bool>,
    _place: OwnedSemaphorePermit,
}

impl Follower {
    /// What has happened up to now.
    #[must_use]
    pub fn pulse(&self) -> Pulse {
        *self.pulses.borrow()
    }

    /// Waits until something happens, and says what has up to then; none once the service
    /// stops. Loses nothing when it is dropped before it ends.
    pub async fn next(&mut self) -> Option<Pulse> {
        tokio::select! {
            biased;
            _ = self.stopping.wait_for(|stopping| *stopping) => None,
            changed = self.pulses.changed() => {
                changed.ok()?;
                Some(*self.pulses.borrow_and_update())
            }
        }
    }
}

impl Drop for Follower {
    fn drop(&mut self) {
        let mut followed = self.live.followed();
        // The last one out; this one's own receiver still counts.
        if followed.get(&self.id).is_some_and(|sender| sender.receiver_count() <= 1) {
            followed.remove(&self.id);
        }
    }
}

/// Follows everything, until it is dropped.
#[derive(Debug)]
pub struct FollowerOfAll {
    notices: broadcast::Receiver<Notice>,
    stopping: watch::Receiver<bool>,
    _place: OwnedSemaphorePermit,
}

impl FollowerOfAll {
    /// Waits until something happens, and says what; none once the service stops. Loses
    /// nothing when it is dropped before it ends.
    pub async fn next(&mut self) -> Option<Notice> {
        tokio::select! {
            biased;
            _ = self.stopping.wait_for(|stopping| *stopping) => None,
            notice = self.notices.recv() => match notice {
                Ok(notice) => Some(notice),
                Err(broadcast::error::RecvError::Lagged(_)) => Some(Notice::Lagged),
                Err(broadcast::error::RecvError::Closed) => None,
            }
        }
    }
}
