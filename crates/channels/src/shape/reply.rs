//! What is to be said, and how it is cut for a platform.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What is to be said to a customer, before it is fitted to a platform.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reply {
    /// Plain text.
    pub text: String,
    /// The buttons under it.
    pub buttons: Vec<Button>,
    /// The locale it is written in, BCP 47.
    pub language: String,
    /// The words on what opens a list; "Choose" in that language where `None`.
    pub list_label: Option<String>,
    /// Written by a person of the shop, not by the bot.
    pub by_person: bool,
    /// What an answer by e-mail is about; the platform's default where `None`.
    pub subject: Option<String>,
}

/// A button.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Button {
    /// What it says.
    pub title: String,
    /// What it sends back.
    pub payload: String,
}

/// One request's worth of a reply or of a hand-over, ready to be sent. It is kept in the
/// outbox as it is; what names the customer and what is secret comes in when it is sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Piece {
    /// Which request of the platform carries it: `message`, `note`, `status` …
    pub op: String,
    /// The body, without the recipient.
    pub body: Value,
    /// What the customer sees of it, with the numbered options: for consoles and logs of
    /// conversations.
    pub shown: String,
    /// The options whose choice comes back as text, since the platform shows no buttons (they
    /// are numbered in the text) or sends their titles, in
    /// order, for [`crate::pick`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub numbered: Vec<Button>,
}

impl Reply {
    /// Text alone.
    #[must_use]
    pub fn text(text: impl Into<String>) -> Self {
        Self { text: text.into(), ..Self::default() }
    }
}
