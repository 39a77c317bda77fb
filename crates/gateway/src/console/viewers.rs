//! Who looks at which conversation, and who is writing in it: so that two people do not
//! answer one customer unawares. Nothing rests on it: what is sent is held against the fence.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use desk::ConversationId;
use jiff::{SignedDuration, Timestamp};
use tokio::sync::broadcast;

/// How many changes wait for a page before it is told to read again.
const BACKLOG: usize = 256;
/// How long what another node tells is believed; it tells it again three times meanwhile.
const BELIEVED: SignedDuration = SignedDuration::from_secs(60);
/// How long somebody counts as writing after a sign of it.
const WRITING: SignedDuration = SignedDuration::from_secs(8);

/// Somebody who looks at a conversation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Viewer {
    /// In how many pages.
    pages: u32,
    /// Until when they count as writing.
    writing_until: Option<Timestamp>,
}

/// Who looks at a conversation on another node.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Elsewhere {
    people: Vec<(String, Option<Timestamp>)>,
    /// Unless it is told again.
    until: Timestamp,
}

/// By conversation, by node.
type Nodes = BTreeMap<ConversationId, BTreeMap<String, Elsewhere>>;

/// Who looks at what: in this process, and as others tell.
#[derive(Debug)]
pub(crate) struct Viewers {
    seen: Mutex<BTreeMap<ConversationId, BTreeMap<String, Viewer>>>,
    elsewhere: Mutex<Nodes>,
    changes: broadcast::Sender<ConversationId>,
    /// Those of this process alone.
    own: broadcast::Sender<ConversationId>,
}

impl Default for Viewers {
    fn default() -> Self {
        Self {
            seen: Mutex::default(),
            elsewhere: Mutex::default(),
            changes: broadcast::channel(BACKLOG).0,
            own: broadcast::channel(BACKLOG).0,
        }
    }
}

impl Viewers {
    /// Somebody opens a conversation, until the value is dropped.
    pub(super) fn enter(self: &Arc<Self>, id: &ConversationId, name: &str) -> Viewing {
        let mut seen = self.seen();
        let viewer = seen.entry(id.clone()).or_default().entry(name.to_owned()).or_default();
        viewer.pages = viewer.pages.saturating_add(1);
        let first = viewer.pages == 1;
        drop(seen);
        if first {
            self.tell(id);
        }
        Viewing { viewers: Arc::clone(self), id: id.clone(), name: name.to_owned() }
    }

    /// Somebody writes.
    pub(super) fn writes(&self, id: &ConversationId, name: &str, now: Timestamp) {
        let mut seen = self.seen();
        let Some(viewer) = seen.get_mut(id).and_then(|names| names.get_mut(name)) else { return };
        let already = lasts(viewer.writing_until, now);
        viewer.writing_until = now.checked_add(WRITING).ok();
        drop(seen);
        if !already {
            self.tell(id);
        }
    }

    /// Who else looks at a conversation, and whether they write.
    pub(super) fn others(
        &self,
        id: &ConversationId,
        me: &str,
        now: Timestamp,
    ) -> Vec<(String, bool)> {
        let mut others: BTreeMap<String, bool> = self.own(id, now).into_iter().collect();
        let elsewhere = self.nodes();
        let believed = elsewhere.get(id).into_iter().flat_map(BTreeMap::values);
        for node in believed.filter(|node| node.until > now) {
            for (name, until) in &node.people {
                *others.entry(name.clone()).or_default() |= lasts(*until, now);
            }
        }
        others.remove(me);
        others.into_iter().collect()
    }

    /// Who looks at a conversation in this process, and whether they write.
    pub(crate) fn own(&self, id: &ConversationId, now: Timestamp) -> Vec<(String, bool)> {
        let seen = self.seen();
        let names = seen.get(id).into_iter().flatten();
        names.map(|(name, viewer)| (name.clone(), lasts(viewer.writing_until, now))).collect()
    }

    /// Which conversations somebody looks at in this process.
    pub(crate) fn seen_here(&self) -> Vec<ConversationId> {
        self.seen().keys().cloned().collect()
    }

    /// Another node tells who looks at a conversation there.
    pub(crate) fn elsewhere(
        &self,
        id: &ConversationId,
        node: &str,
        people: Vec<(String, bool)>,
        now: Timestamp,
    ) {
        let after = |span| now.checked_add(span).unwrap_or(Timestamp::MAX);
        let person = |(name, writes): (String, bool)| (name, writes.then(|| after(WRITING)));
        let told: Vec<_> = people.into_iter().map(person).collect();
        let mut elsewhere = self.nodes();
        // What is not told again is forgotten.
        elsewhere.retain(|_, nodes| {
            nodes.retain(|_, node| node.until > now);
            !nodes.is_empty()
        });
        let nodes = elsewhere.entry(id.clone()).or_default();
        let before = nodes.remove(node).map(|before| before.people).unwrap_or_default();
        if !told.is_empty() {
            let until = after(BELIEVED);
            nodes.insert(node.to_owned(), Elsewhere { people: told.clone(), until });
        }
        if nodes.is_empty() {
            elsewhere.remove(id);
        }
        drop(elsewhere);
        let shown = |people: Vec<(String, Option<Timestamp>)>| -> Vec<(String, bool)> {
            people.into_iter().map(|(name, until)| (name, lasts(until, now))).collect()
        };
        if shown(before) != shown(told) {
            let _ = self.changes.send(id.clone());
        }
    }

    /// Hears of conversations whose viewers in this process change.
    pub(crate) fn follow_own(&self) -> broadcast::Receiver<ConversationId> {
        self.own.subscribe()
    }

    fn nodes(&self) -> MutexGuard<'_, Nodes> {
        // A panic cannot leave the map half-changed.
        self.elsewhere.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Hears of conversations whose viewers change.
    pub(super) fn follow(&self) -> broadcast::Receiver<ConversationId> {
        self.changes.subscribe()
    }

    fn tell(&self, id: &ConversationId) {
        // Nobody may be listening.
        let _ = self.changes.send(id.clone());
        let _ = self.own.send(id.clone());
    }

    fn seen(&self) -> MutexGuard<'_, BTreeMap<ConversationId, BTreeMap<String, Viewer>>> {
        // A panic cannot leave the map half-changed.
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether what ends at some time, or has not begun, is still on.
fn lasts(until: Option<Timestamp>, now: Timestamp) -> bool {
    until.is_some_and(|until| until > now)
}

/// Somebody's page that shows a conversation.
#[derive(Debug)]
pub(super) struct Viewing {
    viewers: Arc<Viewers>,
    id: ConversationId,
    name: String,
}

impl Drop for Viewing {
    fn drop(&mut self) {
        let mut seen = self.viewers.seen();
        let Some(names) = seen.get_mut(&self.id) else { return };
        if let Some(viewer) = names.get_mut(&self.name) {
            viewer.pages = viewer.pages.saturating_sub(1);
        }
        names.retain(|_, viewer| viewer.pages > 0);
        let left = !names.contains_key(&self.name);
        if names.is_empty() {
            seen.remove(&self.id);
        }
        drop(seen);
        if left {
            self.viewers.tell(&self.id);
        }
    }
}
