//! Everything of a turn that touches nothing: understand, decide, render.

use desk::{Conversation, Customer, Decision, Floor, Input, Payload, Reply};
use intent::{Analysis, Hints};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::speech::{Manner, speak};
use crate::clock::Stopwatch;
use crate::packs::Knowledge;

/// A customer's message and what is known beside it.
#[derive(Clone, Debug, Default)]
pub struct Said {
    /// The text; what the button says where none was sent with it.
    pub text: Option<String>,
    /// The button that was pressed.
    pub payload: Option<Payload>,
    /// What page, browser or channel say of the language.
    pub locale: Option<String>,
    /// Moments are told in it.
    pub time_zone: Option<TimeZone>,
    /// Who the customer is, where somebody vouches for it.
    pub customer: Customer,
    /// The files that came with it.
    pub attachments: Vec<desk::Attachment>,
}

/// What was made of a message.
#[derive(Clone, Debug)]
pub struct Thought {
    /// The message as it was read.
    pub text: String,
    /// What was understood.
    pub analysis: Analysis,
    /// What was decided.
    pub decision: Decision,
    /// What is said.
    pub reply: Option<Reply>,
}

impl Thought {
    /// The language understood; none where nothing spoke for any.
    #[must_use]
    pub fn language(&self) -> Option<&str> {
        Some(&*self.analysis.language.tag).filter(|tag| *tag != "und")
    }
}

/// A message as it was read and understood.
#[derive(Clone, Debug)]
pub(super) struct Heard {
    text: String,
    analysis: Analysis,
    /// How long that took.
    pub(super) analysis_seconds: f64,
}

impl Heard {
    /// Reads and understands a message of a conversation.
    pub(super) fn of(knowledge: &Knowledge, conversation: &Conversation, said: &Said) -> Self {
        let text = text_of(said, conversation);
        let hints = Hints {
            locale: said.locale.as_deref(),
            conversation: conversation.memory.language.as_deref(),
        };
        let watch = Stopwatch::start();
        let analysis = knowledge.analyzer.analyze(&text, &hints);
        Self { text, analysis, analysis_seconds: watch.seconds() }
    }

    /// Decides what is done. Who is on the floor matters to a hand-over alone, see
    /// [`desk::decide`]; `favoured` is the manner that is known to do better.
    pub(super) fn decide(
        &self,
        knowledge: &Knowledge,
        conversation: &Conversation,
        (payload, customer): (Option<&Payload>, &Customer),
        floor: &Floor,
        favoured: Option<&str>,
        now: Timestamp,
    ) -> Decision {
        let input = Input { text: &self.text, analysis: &self.analysis, payload };
        let policy = &knowledge.policy;
        let mut decision = desk::decide(&input, conversation, customer, policy, floor, now);
        // Tried on the customer where one is known, else on the conversation.
        let tried_on = conversation.contact.as_deref().unwrap_or(conversation.id.as_str());
        decision.memory.variant =
            policy.book.variants.pick_with(tried_on, favoured).map(str::to_owned);
        decision
    }

    /// Renders what was decided. How times are told to the customer is remembered: what time
    /// makes the bot say later tells them alike.
    pub(super) fn answer(
        self,
        knowledge: &Knowledge,
        mut decision: Decision,
        said: &Said,
        now: Timestamp,
    ) -> Thought {
        let memory = &mut decision.memory;
        if said.locale.is_some() {
            memory.locale.clone_from(&said.locale);
        }
        if let Some(name) = said.time_zone.as_ref().and_then(TimeZone::iana_name) {
            memory.time_zone = Some(name.to_owned());
        }
        let reply = speak(knowledge, &decision, &Manner::of(&decision.memory, now));
        Thought { text: self.text, analysis: self.analysis, decision, reply }
    }
}

/// Understands a message of a conversation, decides, and renders the reply. Who is on the
/// floor matters to a hand-over alone, see [`desk::decide`]; `favoured` is the manner that is
/// known to do better, see [`desk::Variants::pick_with`].
#[must_use]
pub fn think(
    knowledge: &Knowledge,
    conversation: &Conversation,
    said: &Said,
    floor: &Floor,
    favoured: Option<&str>,
    now: Timestamp,
) -> Thought {
    let heard = Heard::of(knowledge, conversation, said);
    let who = (said.payload.as_ref(), &said.customer);
    let decision = heard.decide(knowledge, conversation, who, floor, favoured, now);
    heard.answer(knowledge, decision, said, now)
}

/// What was typed; of a button alone, what it says; of files alone, what they are called.
fn text_of(said: &Said, conversation: &Conversation) -> String {
    if let Some(text) = &said.text {
        return text.clone();
    }
    if said.payload.is_none() {
        let names: Vec<&str> = said.attachments.iter().map(|file| file.name.as_str()).collect();
        return names.join(", ");
    }
    let payload = said.payload.as_ref().map(ToString::to_string).unwrap_or_default();
    let offered = conversation.memory.offered.iter().find(|offer| offer.payload == payload);
    offered.map_or(payload, |offer| offer.title.clone())
}
