//! Messages kept for `switchboard replay`: masked, off unless a file is named.

mod mask;
#[cfg(test)]
mod tests;

use std::path::Path;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread;

use desk::{ConversationId, Decision};
use intent::Analysis;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::entropy::{self, NoEntropy, TokenKind};
use crate::files::{self, FileError};
use crate::turn::Said;

pub use mask::mask;

/// How many lines wait for the disk; more are left out rather than customers kept waiting.
const WAITING: usize = 4096;
/// How many lines are written at once.
const BATCH: usize = 256;

/// One turn as it is kept. Of what is read from a file everything but the text may be
/// missing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LoggedTurn {
    /// When, RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "instant")]
    pub at: Option<Timestamp>,
    /// Tells the conversations of one run of the service apart, and says nothing else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conversation: Option<String>,
    /// What the customer typed, masked.
    pub text: String,
    /// What page or channel said of the language.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub locale: Option<String>,
    /// The button that was pressed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payload: Option<String>,
    /// What was understood.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub intent: Option<String>,
    /// What was done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub action: Option<String>,
    /// By which rule.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    /// The hash of the packs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub packs: Option<String>,
}

/// Instants as text.
mod instant {
    use jiff::Timestamp;
    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    #[expect(clippy::ref_option, reason = "the shape that serde calls")]
    pub(super) fn serialize<S: Serializer>(
        at: &Option<Timestamp>,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        at.map(|at| at.to_string()).serialize(to)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Option<Timestamp>, D::Error> {
        let text = Option::<String>::deserialize(from)?;
        text.map(|text| text.parse().map_err(D::Error::custom)).transpose()
    }
}

/// A turn that was taken.
#[derive(Clone, Copy, Debug)]
pub struct TakenTurn<'a> {
    /// When.
    pub at: Timestamp,
    /// Of which conversation.
    pub conversation: &'a ConversationId,
    /// What was said …
    pub said: &'a Said,
    /// … as it was read.
    pub text: &'a str,
    /// What was understood.
    pub analysis: &'a Analysis,
    /// What was decided.
    pub decision: &'a Decision,
    /// The hash of the packs.
    pub packs: &'a str,
}

/// Appends turns to a file, on a thread of its own.
#[derive(Debug)]
pub struct MessageLog {
    lines: SyncSender<Entry>,
    /// Pseudonyms of conversations are made with it, and it is kept nowhere.
    key: [u8; 32],
}

enum Entry {
    Line(String),
    /// Everything before it is on disk when it is answered.
    Flush(SyncSender<()>),
}

/// The log could not be begun.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    /// The file cannot be written.
    #[error("{0}")]
    File(#[from] FileError),
    /// No randomness for pseudonyms.
    #[error("{0}")]
    NoEntropy(#[from] NoEntropy),
}

impl MessageLog {
    /// Begins to write. The file is made, readable by its owner alone, where it is missing,
    /// and opened anew for each batch: it may be moved away at any time.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn start(path: &Path) -> Result<Self, LogError> {
        files::append_private(path, b"")?;
        let secret = entropy::token(TokenKind::Api)?;
        let (lines, waiting) = sync_channel(WAITING);
        let path = path.to_owned();
        thread::spawn(move || write(&path, &waiting));
        Ok(Self { lines, key: *blake3::hash(secret.as_bytes()).as_bytes() })
    }

    /// Keeps a turn. Never waits; says whether there was room.
    pub(crate) fn note(&self, turn: &TakenTurn<'_>) -> bool {
        let id = blake3::keyed_hash(&self.key, turn.conversation.as_str().as_bytes());
        let line = LoggedTurn {
            at: Some(turn.at),
            conversation: Some(id.to_hex()[..16].to_owned()),
            text: mask(turn.text, &turn.analysis.entities),
            locale: turn.said.locale.clone(),
            payload: turn.said.payload.as_ref().map(ToString::to_string),
            intent: Some(turn.analysis.intent.to_string()),
            action: Some(turn.decision.action.as_str().to_owned()),
            rule: Some(turn.decision.rule.as_str().to_owned()),
            packs: Some(turn.packs.to_owned()),
        };
        let Ok(line) = serde_json::to_string(&line) else { return false };
        !matches!(self.lines.try_send(Entry::Line(line)), Err(TrySendError::Full(_)))
    }

    /// Waits until everything noted so far is written. Blocks.
    pub fn flush(&self) {
        let (done, wait) = sync_channel(1);
        if self.lines.send(Entry::Flush(done)).is_ok() {
            // The writer answers, or has gone; either way there is nothing to wait for.
            let _ = wait.recv();
        }
    }
}

fn write(path: &Path, waiting: &Receiver<Entry>) {
    while let Ok(first) = waiting.recv() {
        let mut text = String::new();
        let mut flushed = Vec::new();
        for entry in std::iter::once(first).chain(waiting.try_iter().take(BATCH)) {
            match entry {
                Entry::Line(line) => {
                    text.push_str(&line);
                    text.push('\n');
                }
                Entry::Flush(done) => flushed.push(done),
            }
        }
        if let Err(error) = files::append_private(path, text.as_bytes()) {
            let lines = text.lines().count();
            tracing::error!(%error, lines, "messages could not be kept for replay");
        }
        // Whoever waits may have gone.
        for done in flushed {
            let _ = done.send(());
        }
    }
}
