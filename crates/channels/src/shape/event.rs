//! What a platform told us, in one form for all.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

use crate::State;

/// One item of a delivery: an event, or what could not be read. A bad item is logged and
/// counted; the others go on.
pub type Item = Result<Event, BadItem>;

/// An item that could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadItem {
    /// Where it stands in the delivery: `entry[0].changes[1].messages[0]`.
    pub at: String,
    /// What is wrong with it. Never a customer's words.
    pub why: String,
}

/// One thing that happened on a platform.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// The same for every copy of this event, within its inbox. A second event with it is
    /// dropped.
    pub dedupe: String,
    /// The account of ours it came to (phone number id, page id …); empty where the platform
    /// does not say. One webhook may carry events of several.
    pub tenant: String,
    /// Who did it.
    pub sender: Contact,
    /// Where an answer goes.
    pub address: Address,
    /// The platform's id of the message it is, or is about.
    pub message: Option<String>,
    /// When it happened, by the platform's clock.
    pub at: Option<Timestamp>,
    /// The customer's language as the platform states it, a BCP 47 tag. A hint only.
    pub locale: Option<String>,
    /// What happened.
    pub kind: Kind,
}

/// A person, as a platform names them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    /// The id to know them by. Opaque.
    pub key: String,
    /// Other ids of the same person on the same platform (a phone number beside a user id):
    /// a contact known by one of them is this one.
    pub aliases: Vec<String>,
    /// What they call themselves. Nobody checked it.
    pub name: Option<String>,
}

/// Where messages of one conversation go. What a platform wants back to reach it is kept as
/// it came.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Address {
    /// Names the conversation within its inbox: the chat's id, the thread's, or the person's
    /// own ([`Contact::key`]), who is then also known by the aliases.
    pub key: String,
    /// What else is needed to send, by the platform's own names.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub route: BTreeMap<String, String>,
    /// What lets one reply go by a shorter way, for a while. The newest one counts; kept
    /// beside the conversation, never part of what names it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<Token>,
}

/// Good for one reply, until then (LINE's reply token, Kakao's callback).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Token {
    /// As the platform gave it.
    pub value: String,
    /// Not used after.
    pub until: Timestamp,
}

/// What happened, and what is to be done about it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Kind {
    /// The customer wrote. Answer; where numbered options were shown last, [`crate::pick`]
    /// tells whether it is one of them.
    Text {
        /// What they wrote.
        text: String,
        /// The platform's id of the message that they quote.
        quotes: Option<String>,
    },
    /// The customer pressed a button of ours. Act on the payload, not on the title; a payload
    /// that is not one of ours is text with that title.
    Pressed {
        /// What we put behind the button.
        payload: String,
        /// What it said.
        title: Option<String>,
        /// What the platform wants back to stop its waiting sign, for
        /// [`crate::Channel::courtesy`].
        ack: Option<String>,
    },
    /// Files, perhaps with a caption. Keep the reference; answer the caption, or say what can
    /// be done with a file.
    Media {
        /// At least one.
        files: Vec<Media>,
        /// What was written beside them.
        caption: Option<String>,
    },
    /// A sticker. Note it; do not answer it as a question.
    Sticker {
        /// The platform's id of it.
        id: String,
        /// The emoji or keyword that it stands for.
        emoji: Option<String>,
    },
    /// A place. Note it; ask what to do with it where nothing waits for a place.
    Location {
        /// Degrees north, as written by the platform.
        latitude: String,
        /// Degrees east.
        longitude: String,
        /// Name or address.
        name: Option<String>,
    },
    /// An emoji put on a message. Note it; never answer.
    Reaction {
        /// The message it is put on.
        to: String,
        /// None where it was taken away.
        emoji: Option<String>,
    },
    /// The customer changed a message. Keep the new text beside the old; do not answer again.
    Edited {
        /// Which message.
        of: String,
        /// The text now.
        text: Option<String>,
    },
    /// The customer took a message back. Remove its text; do not answer.
    Deleted {
        /// Which message.
        of: String,
    },
    /// What became of messages of ours. [`State::advance`] keeps a state from going backwards.
    Receipt {
        /// Which messages, by the platform's ids.
        messages: Vec<String>,
        /// All messages to this address up to this moment, where the platform says it so.
        until: Option<Timestamp>,
        /// What became of them.
        state: State,
        /// The platform's code, where it failed.
        code: Option<String>,
        /// What the platform sent along for us ([`crate::Dispatch::key`]), where it echoes it.
        key: Option<String>,
    },
    /// A message from our side that we get to see. By [`By::Us`] it is dropped; by a person it
    /// is a take-over: the bot is silent from here on.
    Echo {
        /// Who sent it.
        by: By,
        /// What it said.
        text: Option<String>,
    },
    /// A person of the shop answered in a help desk, and the customer has not seen it yet:
    /// send it on, and take the conversation over for them.
    AgentReply {
        /// Their id there.
        agent: String,
        /// Plain text.
        text: String,
    },
    /// A person of the shop pressed a button of a hand-over (claimed it): theirs now.
    Claimed {
        /// Their id there.
        agent: String,
        /// What we put behind the button.
        payload: String,
    },
    /// The customer began (first contact, `/start`, subscribed). Greet, where the
    /// conversation is new.
    Started {
        /// Where they came from, as the link said.
        referral: Option<String>,
    },
    /// Somebody, or we, came into a group. Note it; do not answer.
    Joined,
    /// The customer blocked us or left. Nothing can be sent: what waits is dropped, and the
    /// agent is told.
    Left,
    /// Another program or a person now has the conversation, or gave it back.
    Handover {
        /// Whether it is ours now.
        to_us: bool,
    },
    /// The help desk closed the conversation. Resolve the ticket.
    Closed,
    /// The person's id, or the chat's, changed: the conversation goes on at
    /// [`Event::address`], which is the new one. Never answered.
    Renamed {
        /// The id they had.
        from: String,
        /// The id they have.
        to: String,
    },
    /// A notice of the platform about itself, us, or the customer's settings. Log it.
    System {
        /// Its name there.
        name: String,
    },
    /// Nothing this version knows. Count it; do not answer.
    Unknown {
        /// Its name there.
        name: String,
    },
}

/// Who sent an [`Kind::Echo`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum By {
    /// This program.
    Us,
    /// A person of the shop, or another program of theirs.
    Human,
    /// The platform does not say. Look it up among what we sent; when it is not there, a
    /// person wrote it.
    Unclear,
}

/// A file that is still at the platform.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Media {
    /// What it is.
    pub kind: MediaKind,
    /// The platform's id, or the address to get it from. An address is data from outside:
    /// it is shown, never fetched without the checks on addresses.
    pub reference: Option<String>,
    /// As the platform states it.
    pub mime: Option<String>,
    /// As the sender named it. A name, never a path.
    pub name: Option<String>,
}

/// What a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MediaKind {
    /// A picture.
    Image,
    /// A film.
    Video,
    /// Sound, a voice message among it.
    Audio,
    /// Any other file.
    File,
    /// A contact card, a product, a link, a story: something that is not a file.
    Other,
}

impl MediaKind {
    /// By the name that most platforms use.
    pub(crate) fn named(name: &str) -> Self {
        match name {
            "image" | "picture" | "photo" | "gif" => Self::Image,
            "video" | "shortvideo" | "video_note" | "animation" => Self::Video,
            "audio" | "voice" => Self::Audio,
            "file" | "document" => Self::File,
            _ => Self::Other,
        }
    }
}

impl Address {
    /// An address with nothing but its name.
    #[must_use]
    pub fn new(key: impl Into<String>) -> Self {
        Self { key: key.into(), ..Self::default() }
    }

    /// The same, with one more thing that sending needs; nothing where there is none.
    #[must_use]
    pub fn with(mut self, name: &str, value: Option<impl Into<String>>) -> Self {
        if let Some(value) = value {
            self.route.insert(name.to_owned(), value.into());
        }
        self
    }

    /// What sending needs, by name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.route.get(name).map(String::as_str)
    }

    /// The token, where it is still good at this moment.
    #[must_use]
    pub fn token_at(&self, now: Timestamp) -> Option<&str> {
        self.token.as_ref().filter(|token| now < token.until).map(|token| token.value.as_str())
    }
}

impl Contact {
    /// A contact with one id.
    #[must_use]
    pub fn new(key: impl Into<String>) -> Self {
        Self { key: key.into(), ..Self::default() }
    }
}
