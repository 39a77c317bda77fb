//! The state of a conversation between two turns.

use intent::IntentId;
use jiff::Timestamp;

use crate::ids::{AgentId, ConversationId, Fence};
use crate::ledger::Mark;
use crate::message::Offer;
use crate::ticket::Ticket;

/// Who answers the customer now. Exactly one does.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Owner {
    /// Switchboard.
    #[default]
    Bot,
    /// People, but nobody has taken it yet.
    Queue,
    /// This person.
    Agent(AgentId),
}

/// A conversation as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conversation {
    /// Its name.
    pub id: ConversationId,
    /// Who answers.
    pub owner: Owner,
    /// Rises with every change of [`Conversation::owner`].
    pub fence: Fence,
    /// When the first message came.
    pub started_at: Timestamp,
    /// When the last message came or went.
    pub updated_at: Timestamp,
    /// How many messages it has; the next one's `seq` is one more.
    pub messages: u64,
    /// The ticket that is not resolved; there is one exactly while people own the conversation.
    pub ticket: Option<Ticket>,
    /// The last ticket that was resolved, for what comes after it.
    pub past: Option<Ticket>,
    /// Who the customer is, by the shop's own name, where somebody vouched for it.
    pub contact: Option<String>,
    /// The hash of the last message, see [`crate::Message::hash`].
    pub chain: Option<[u8; 32]>,
    /// What the bot remembers.
    pub memory: Memory,
}

impl Memory {
    /// What is left when people are done: what is known of the customer stays, what was
    /// asked and said is over.
    #[must_use]
    pub(crate) fn after_people(&self) -> Self {
        Self {
            disclosed: self.disclosed,
            language: self.language.clone(),
            locale: self.locale.clone(),
            time_zone: self.time_zone.clone(),
            order: self.order.clone(),
            country: self.country.clone(),
            vip: self.vip,
            order_value_cents: self.order_value_cents,
            variant: self.variant.clone(),
            ..Self::default()
        }
    }
}

impl Conversation {
    /// One that nobody has said anything in; the bot owns it.
    #[must_use]
    pub fn start(id: ConversationId, now: Timestamp) -> Self {
        Self {
            id,
            owner: Owner::Bot,
            fence: Fence::default(),
            started_at: now,
            updated_at: now,
            messages: 0,
            ticket: None,
            past: None,
            contact: None,
            chain: None,
            memory: Memory::default(),
        }
    }
}

/// What the bot remembers of a conversation; people's work does not change it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Memory {
    /// It was said that an automated assistant is speaking.
    pub disclosed: bool,
    /// BCP 47 tag of the language the customer writes, as last understood.
    pub language: Option<String>,
    /// What page, browser or channel last said of the language, BCP 47.
    pub locale: Option<String>,
    /// The customer's time zone as last said, by its name in the IANA database.
    pub time_zone: Option<String>,
    /// The order number last given.
    pub order: Option<String>,
    /// The country last named, else the customer's; ISO 3166-1 alpha-2.
    pub country: Option<String>,
    /// What the bot asked and has no answer to yet.
    pub pending: Option<Pending>,
    /// Messages in a row that were not understood.
    pub failures: u8,
    /// What the bot said last: ids of texts, and of answers with what they were about
    /// (`shipping.time MX`). Not said again at once.
    pub said: Vec<String>,
    /// The questions asked lately, the oldest first.
    pub asked: Vec<Asked>,
    /// The buttons offered last: a customer may type the label.
    pub offered: Vec<Offer>,
    /// That a person is on the way was said again since the hand-over.
    pub reassured: bool,
    /// What made the matter graver since it began, the oldest first.
    pub ledger: Vec<Mark>,
    /// The highest level of anger since then, 0 to 3.
    pub anger: u8,
    /// Questions that were asked before a hand-over: two at most.
    pub questions: u8,
    /// What the customer gave to such questions.
    pub collected: Vec<Collected>,
    /// The customer is one of those whom the shop treats first.
    pub vip: bool,
    /// What the customer's orders are worth, in hundredths of the shop's currency.
    pub order_value_cents: u64,
    /// The manner of speaking that is tried on the customer.
    pub variant: Option<String>,
}

/// What the customer gave when asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Collected {
    /// What was asked for.
    pub need: Need,
    /// `seq` of the message that gave it, or that said that it is not to be had.
    pub seq: u64,
}

impl Conversation {
    /// The earliest moment at which something has to be done without a message: a
    /// deadline, a promise, the end of a silence.
    #[must_use]
    pub fn wake_at(&self) -> Option<Timestamp> {
        let tickets = self.ticket.iter().chain(&self.past);
        tickets.filter_map(Ticket::wake_at).min()
    }
}

/// A question of the bot that waits for its answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pending {
    /// Which of these was meant.
    Clarify {
        /// The likelier first.
        options: Vec<IntentId>,
    },
    /// Something is needed for these.
    Collect {
        /// What.
        need: Need,
        /// What the customer wanted, the surest first.
        wishes: Vec<IntentId>,
        /// How often it was asked, 1 or 2.
        times: u8,
    },
    /// Whether a person shall take over.
    Person,
}

/// What an intent may need before it can be seen to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Need {
    /// The number of the order.
    OrderNumber,
    /// The customer's country.
    Country,
    /// A photo of what is wrong.
    Photo,
    /// What happened, in the customer's words.
    WhatHappened,
}

impl Need {
    /// The name in files and on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::OrderNumber => "order_number",
            Self::Country => "country",
            Self::Photo => "photo",
            Self::WhatHappened => "what_happened",
        }
    }

    /// The inverse of [`Need::as_str`].
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        [Self::OrderNumber, Self::Country, Self::Photo, Self::WhatHappened]
            .into_iter()
            .find(|need| need.as_str() == name)
    }
}

/// A question and what it was about: delivery to Mexico and delivery to Japan are two.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// What was asked.
    pub intent: IntentId,
    /// About which country, order and products, in that order, where it matters.
    pub about: Vec<String>,
}

impl Question {
    /// One line that tells this question from others: `shipping.time MX`.
    #[must_use]
    pub fn key(&self) -> String {
        let mut key = self.intent.to_string();
        for about in &self.about {
            key.push(' ');
            key.push_str(about);
        }
        key
    }
}

/// A question asked before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// Which.
    pub question: Question,
    /// How often.
    pub times: u8,
    /// When last.
    pub last: Timestamp,
}

/// What is known of the customer beside the conversation. Only what was
/// vouched for: a signed identity or an authenticated caller.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Customer {
    /// The shop's own name for the customer.
    pub id: Option<String>,
    /// Where the customer lives, ISO 3166-1 alpha-2.
    pub country: Option<String>,
    /// One of those whom the shop treats first.
    pub vip: bool,
    /// What the customer's orders are worth, in hundredths of the shop's currency.
    pub order_value_cents: u64,
    /// The option that this customer is known to prefer: `refund`.
    pub prefers: Option<String>,
}
