//! What was said, as it is kept.

use jiff::Timestamp;

use crate::ids::AgentId;

/// Who said it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Author {
    /// The customer.
    Customer,
    /// Switchboard.
    Bot,
    /// A person of the shop.
    Agent(AgentId),
}

/// One message of a conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Its place in the conversation, from 1, without holes.
    pub seq: u64,
    /// When it was taken in.
    pub at: Timestamp,
    /// Who said it.
    pub author: Author,
    /// The text; plain for the customer's and the bot's.
    pub text: String,
    /// The same in Markdown, where it was rendered so.
    pub markdown: Option<String>,
    /// BCP 47 tag of the text, where known.
    pub language: Option<String>,
    /// The buttons under it.
    pub buttons: Vec<Offer>,
    /// The answers it holds, by id.
    pub answers: Vec<String>,
}

/// A button as the customer saw it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// The label.
    pub title: String,
    /// What pressing it means, see [`crate::Payload`].
    pub payload: String,
}

/// What the bot says, rendered by the caller.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reply {
    /// Plain text.
    pub text: String,
    /// The same in Markdown.
    pub markdown: String,
    /// BCP 47 tag of the locale it is written in.
    pub language: String,
    /// The buttons under it, as offered.
    pub buttons: Vec<Offer>,
    /// The answers it holds, by id.
    pub answers: Vec<String>,
}
