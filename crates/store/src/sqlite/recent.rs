//! What was read or written last, so that the next turn need not read it: readers of SQLite
//! lose their pages at each commit of the writer.
//!
//! An entry may be out of date where another process writes the same file. A commit then
//! finds another version, the entry is forgotten, and the caller reads again: nothing wrong
//! is ever stored.

use std::collections::{HashMap, VecDeque};
use std::hash::{BuildHasher, RandomState};
use std::sync::{Mutex, MutexGuard, PoisonError};

use desk::ConversationId;

use crate::batch::{Batch, StoredConversation, Version};

/// How many parts the memory has, each behind a lock of its own.
const PARTS: usize = 16;
/// How many conversations a part keeps: some thousands in all, a few KiB each.
const KEPT: usize = 256;

/// The conversations of late.
#[derive(Debug)]
pub(super) struct Recent {
    parts: Vec<Mutex<Part>>,
    hasher: RandomState,
}

#[derive(Debug, Default)]
struct Part {
    entries: HashMap<ConversationId, StoredConversation>,
    /// In the order in which they came.
    order: VecDeque<ConversationId>,
}

impl Recent {
    pub(super) fn new() -> Self {
        Self { parts: (0..PARTS).map(|_| Mutex::default()).collect(), hasher: RandomState::new() }
    }

    fn part(&self, id: &ConversationId) -> MutexGuard<'_, Part> {
        let place = usize::try_from(self.hasher.hash_one(id) % PARTS as u64).unwrap_or_default();
        // Between two statements a part holds nothing that a panic could break.
        self.parts[place].lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn get(&self, id: &ConversationId) -> Option<StoredConversation> {
        self.part(id).entries.get(id).cloned()
    }

    /// Keeps what was read or stored, unless a later version is there.
    pub(super) fn keep(&self, stored: StoredConversation) {
        let id = stored.conversation.id.clone();
        let part = &mut *self.part(&id);
        match part.entries.get_mut(&id) {
            Some(before) if before.version > stored.version => {}
            Some(before) => *before = stored,
            None => {
                part.entries.insert(id.clone(), stored);
                part.order.push_back(id);
                if part.order.len() > KEPT
                    && let Some(oldest) = part.order.pop_front()
                {
                    part.entries.remove(&oldest);
                }
            }
        }
    }

    /// Keeps what a batch has stored. Who may read it as a visitor, and where it is answered,
    /// is known of a new conversation and of one that is kept already.
    pub(super) fn stored(&self, batch: Batch, new: bool, version: Version) {
        let conversation = batch.conversation;
        let (visitor_token, address) = if new {
            (batch.visitor_token, batch.address)
        } else {
            match self.part(&conversation.id).entries.get(&conversation.id) {
                Some(before) => {
                    (before.visitor_token, batch.address.or_else(|| before.address.clone()))
                }
                None => return,
            }
        };
        self.keep(StoredConversation { conversation, version, visitor_token, address });
    }

    pub(super) fn forget(&self, id: &ConversationId) {
        let part = &mut *self.part(id);
        if part.entries.remove(id).is_some() {
            part.order.retain(|kept| kept != id);
        }
    }
}
