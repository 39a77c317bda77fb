//! Yesterday's messages under other packs: which decisions change.
//!
//! Both sides decide on the same state of a conversation, the one that the packs in force
//! leave behind, so that one change does not drag others after it. What people did is in no
//! log: after a hand-over a conversation counts as new.

mod outcome;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use desk::{Action, Conversation, ConversationId, Payload};
use jiff::Timestamp;
use serde::Serialize;

use crate::message_log::LoggedTurn;
use crate::packs::Knowledge;
use crate::turn::{Said, think};

pub use outcome::{Kind, Outcome};

/// A decision that changes.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Changed {
    /// The line of the log, from 1, over all files.
    pub line: usize,
    /// What the customer typed.
    pub text: String,
    /// Under the packs in force.
    pub before: Outcome,
    /// Under the others.
    pub after: Outcome,
}

/// Decisions that change in the same way.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Group {
    /// In which way, the worst first.
    pub kind: Kind,
    /// What was decided.
    pub before: String,
    /// What would be.
    pub after: String,
    /// The messages.
    pub messages: Vec<Changed>,
}

/// What came of a replay.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Replay {
    /// Messages that packs decide.
    pub messages: usize,
    /// Messages to which the bot was silent, since people had the conversation.
    pub with_people: usize,
    /// Decisions that change.
    pub changed: usize,
    /// The changes, the worst first, then the most frequent.
    pub groups: Vec<Group>,
}

/// Rules by which the bot is silent whatever a message says.
const PEOPLE: [&str; 3] = ["person_owns", "waiting", "waiting_silent"];

/// A time for lines that name none: what is decided hardly depends on it.
const SOME_DAY: Timestamp = Timestamp::UNIX_EPOCH;

/// Decides every message twice.
#[must_use]
pub fn replay(in_force: &Knowledge, candidate: &Knowledge, log: &[LoggedTurn]) -> Replay {
    let mut replay = Replay::default();
    let mut conversations: BTreeMap<&str, Conversation> = BTreeMap::new();
    let mut groups: BTreeMap<(Kind, String, String), Vec<Changed>> = BTreeMap::new();
    for (line, logged) in (1..).zip(log) {
        if logged.rule.as_deref().is_some_and(|rule| PEOPLE.contains(&rule)) {
            replay.with_people += 1;
            continue;
        }
        replay.messages += 1;
        let now = logged.at.unwrap_or(SOME_DAY);
        let start = || Conversation::start(ConversationId::new("replay"), now);
        // A line without a conversation is one by itself.
        let known = logged.conversation.as_deref().and_then(|id| conversations.remove(id));
        let mut conversation = known.unwrap_or_else(start);
        let said = Said {
            text: Some(logged.text.clone()),
            payload: logged.payload.as_deref().and_then(Payload::parse),
            locale: logged.locale.clone(),
            ..Said::default()
        };
        // Who is there is no matter of packs.
        let nobody = desk::Floor::default();
        let old = think(in_force, &conversation, &said, &nobody, None, now);
        let new = think(candidate, &conversation, &said, &nobody, None, now);
        let (before, after) = (Outcome::of(&old), Outcome::of(&new));
        if let Some(kind) = Kind::of(&before, &after) {
            replay.changed += 1;
            let changed = Changed {
                line,
                text: logged.text.clone(),
                before: before.clone(),
                after: after.clone(),
            };
            let key = (kind, before.to_string(), after.to_string());
            groups.entry(key).or_default().push(changed);
        }
        if let Some(id) = &logged.conversation
            && old.decision.action != Action::Handoff
        {
            conversation.memory = old.decision.memory;
            conversation.messages += 2;
            conversations.insert(id, conversation);
        }
    }
    replay.groups = groups
        .into_iter()
        .map(|((kind, before, after), messages)| Group { kind, before, after, messages })
        .collect();
    replay.groups.sort_by_key(|group| (group.kind, std::cmp::Reverse(group.messages.len())));
    replay
}
