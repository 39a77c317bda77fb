//! Several nodes on one database: what happens on one wakes those who follow it on another.
//!
//! A word says where to look and never what is there, as the live bus does; so one that is
//! lost costs time and nothing else. Who looks at a ticket is known to its own node alone:
//! that is told in full, and again while it lasts.

#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

use desk::ConversationId;
use store::{Heard, Hearing, Nodes};
use tokio::sync::broadcast::error::RecvError;

use crate::app::App;
use crate::live::Typist;

/// How often it is told again who looks at what.
const AGAIN: Duration = Duration::from_secs(20);

/// What a node tells the others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Word {
    /// Something of this conversation is stored; whether people are concerned.
    Stored(ConversationId, bool),
    /// Somebody types.
    Types(ConversationId, Typist),
    /// On this node these people look at a conversation, and whether they write.
    Sees(ConversationId, String, Vec<(String, bool)>),
}

/// Between the parts of a word: no id and no name holds it.
const BETWEEN: char = '\t';

impl Word {
    /// The word as one line.
    fn line(&self) -> String {
        let parts = match self {
            Self::Stored(id, true) => vec!["changed", id.as_str()],
            Self::Stored(id, false) => vec!["settled", id.as_str()],
            Self::Types(id, Typist::Customer) => vec!["customer", id.as_str()],
            Self::Types(id, Typist::Agent) => vec!["agent", id.as_str()],
            Self::Sees(id, node, people) => {
                let people = people.iter().flat_map(|(name, writes)| {
                    [name.as_str(), if *writes { "writes" } else { "looks" }]
                });
                ["sees", id.as_str(), node].into_iter().chain(people).collect()
            }
        };
        parts.join(&BETWEEN.to_string())
    }

    /// Reads a line; none that a later version may tell.
    fn read(line: &str) -> Option<Self> {
        let mut parts = line.split(BETWEEN);
        let (kind, id) = (parts.next()?, ConversationId::new(parts.next()?));
        match kind {
            "changed" => Some(Self::Stored(id, true)),
            "settled" => Some(Self::Stored(id, false)),
            "customer" => Some(Self::Types(id, Typist::Customer)),
            "agent" => Some(Self::Types(id, Typist::Agent)),
            "sees" => {
                let node = parts.next()?.to_owned();
                let mut people = Vec::new();
                while let (Some(name), Some(state)) = (parts.next(), parts.next()) {
                    people.push((name.to_owned(), state == "writes"));
                }
                Some(Self::Sees(id, node, people))
            }
            _ => None,
        }
    }
}

impl App {
    /// Tells other nodes, where there may be any.
    pub(crate) fn tell_nodes(&self, word: impl FnOnce() -> Word) {
        if self.store.is_shared() {
            self.store.tell(word().line());
        }
    }

    /// Somebody types: whoever follows the conversation is told, on every node.
    pub(crate) fn types(&self, id: &ConversationId, who: Typist) {
        self.live.types(id, who);
        self.tell_nodes(|| Word::Types(id.clone(), who));
    }

    /// Wakes whoever concerns what another node tells.
    fn heard(&self, word: Word) {
        match word {
            Word::Stored(id, true) => self.live.changed(&id),
            Word::Stored(id, false) => self.live.settled(&id),
            Word::Types(id, who) => self.live.types(&id, who),
            Word::Sees(id, node, people) => {
                self.viewers.elsewhere(&id, &node, people, self.clock.now());
            }
        }
    }
}

/// Hears the other nodes and tells them who looks at what, until the task is dropped.
pub(crate) async fn hear(app: Arc<App>, mut hearing: Hearing, node: String) {
    let mut seen = app.viewers.follow_own();
    let mut again = tokio::time::interval(AGAIN);
    again.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let tell = |id: ConversationId| {
        let people = app.viewers.own(&id, app.clock.now());
        app.tell_nodes(|| Word::Sees(id, node.clone(), people));
    };
    loop {
        tokio::select! {
            heard = hearing.next() => match heard {
                Some(Heard::Word(line)) => {
                    if let Some(word) = Word::read(&line) {
                        app.heard(word);
                    }
                }
                Some(Heard::Lost) => app.live.lost(),
                None => return,
            },
            changed = seen.recv() => match changed {
                Ok(id) => tell(id),
                // Those that were missed are told at the next round.
                Err(RecvError::Lagged(_)) => {}
                Err(RecvError::Closed) => return,
            },
            _ = again.tick() => app.viewers.seen_here().into_iter().for_each(tell),
        }
    }
}
