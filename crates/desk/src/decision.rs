//! What the desk decides: the result of the rules, as data.

use intent::{Analysis, IntentId, Severity};
use jiff::Timestamp;

use crate::conversation::Memory;
use crate::ids::Fence;
use crate::payload::Payload;

/// One message of the customer, as understood.
#[derive(Clone, Copy, Debug)]
pub struct Input<'a> {
    /// The message as typed.
    pub text: &'a str,
    /// What the analyzer says of it.
    pub analysis: &'a Analysis,
    /// The button that was pressed instead of typing.
    pub payload: Option<&'a Payload>,
}

/// What kind of thing is done with a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    /// Known answers are given.
    Answer,
    /// The customer is asked which of two was meant.
    Clarify,
    /// The customer is asked for something that is needed.
    Collect,
    /// People take over, or have taken over and it is said again.
    Handoff,
    /// It was not understood, and the nearest topics are offered.
    Fallback,
    /// Nothing is said.
    Silent,
}

impl Action {
    /// The name on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Answer => "answer",
            Self::Clarify => "clarify",
            Self::Collect => "collect",
            Self::Handoff => "handoff",
            Self::Fallback => "fallback",
            Self::Silent => "silent",
        }
    }
}

/// The rule that decided. The order is that of the table: the first that applies decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rule {
    /// A person answers; the bot is silent.
    PersonOwns,
    /// A person is on the way, and that is said once more.
    Waiting,
    /// A person is on the way, and that was said once more already.
    WaitingSilent,
    /// The customer wants a person.
    PersonAsked,
    /// A wish is red.
    RedIntent,
    /// A wish is always handed to people.
    HandoffIntent,
    /// The customer is angry.
    Angry,
    /// The same was asked too often.
    Repeated,
    /// Too many messages in a row were not understood.
    NotUnderstood,
    /// A wish has no answer.
    NoAnswer,
    /// Two wishes are too close to call.
    Clarify,
    /// Something is needed first.
    Collect,
    /// What was needed was not given.
    CollectAgain,
    /// A person has to carry out what is wished.
    Request,
    /// The same was answered just now.
    AlreadyAnswered,
    /// There are answers.
    Answer,
    /// The same small talk again needs no reply.
    SmallTalkAgain,
    /// Hello, thanks, goodbye and the like.
    SmallTalk,
    /// The message was not understood.
    Fallback,
}

impl Rule {
    /// The name on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::PersonOwns => "person_owns",
            Self::Waiting => "waiting",
            Self::WaitingSilent => "waiting_silent",
            Self::PersonAsked => "person_asked",
            Self::RedIntent => "red_intent",
            Self::HandoffIntent => "handoff_intent",
            Self::Angry => "angry",
            Self::Repeated => "repeated",
            Self::NotUnderstood => "not_understood",
            Self::NoAnswer => "no_answer",
            Self::Clarify => "clarify",
            Self::Collect => "collect",
            Self::CollectAgain => "collect_again",
            Self::Request => "request",
            Self::AlreadyAnswered => "already_answered",
            Self::Answer => "answer",
            Self::SmallTalk => "small_talk",
            Self::SmallTalkAgain => "small_talk_again",
            Self::Fallback => "fallback",
        }
    }
}

/// One part of what is said, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// A text of `texts.md`.
    Text(Text),
    /// An answer, by the id of its intent.
    Answer(IntentId),
}

impl Part {
    /// The id of the text or answer.
    #[must_use]
    pub fn id(&self) -> &str {
        match self {
            Self::Text(text) => text.id(),
            Self::Answer(id) => id.as_str(),
        }
    }
}

/// The texts of `texts.md` that the desk chooses. What joins answers and labels buttons is
/// the rendering's affair.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Text {
    /// An automated assistant is speaking.
    Disclosure,
    /// Hello.
    Greeting,
    /// To a worried customer.
    SootheWorried,
    /// To a disappointed customer.
    SootheDisappointed,
    /// To an angry customer.
    SootheAngry,
    /// First in a hand-over of law, safety or fraud.
    AcknowledgeRisk,
    /// First in any other hand-over.
    AcknowledgeNeutral,
    /// A person takes over; names team and time.
    Handoff,
    /// The same, said to a customer who writes while waiting.
    HandoffAgain,
    /// Nobody is there now; names the next opening.
    OutOfHours,
    /// Which of two was meant; the topics are the first two buttons.
    Clarify,
    /// The order number is needed.
    CollectOrderNumber,
    /// It was not recognised.
    CollectAgain,
    /// The country is needed.
    CollectCountry,
    /// Not understood.
    Fallback,
    /// The same question again.
    AlreadyAnswered,
    /// The bot takes over again.
    Handback,
}

impl Text {
    /// Every text, in the order of `docs/ANSWERS.md`.
    pub const ALL: [Self; 17] = [
        Self::Disclosure,
        Self::Greeting,
        Self::SootheWorried,
        Self::SootheDisappointed,
        Self::SootheAngry,
        Self::AcknowledgeRisk,
        Self::AcknowledgeNeutral,
        Self::Handoff,
        Self::HandoffAgain,
        Self::OutOfHours,
        Self::Clarify,
        Self::CollectOrderNumber,
        Self::CollectAgain,
        Self::CollectCountry,
        Self::Fallback,
        Self::AlreadyAnswered,
        Self::Handback,
    ];

    /// The id in `texts.md`.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Disclosure => "text.disclosure",
            Self::Greeting => "text.greeting",
            Self::SootheWorried => "text.soothe.worried",
            Self::SootheDisappointed => "text.soothe.disappointed",
            Self::SootheAngry => "text.soothe.angry",
            Self::AcknowledgeRisk => "text.acknowledge.risk",
            Self::AcknowledgeNeutral => "text.acknowledge.neutral",
            Self::Handoff => "text.handoff",
            Self::HandoffAgain => "text.handoff.again",
            Self::OutOfHours => "text.out_of_hours",
            Self::Clarify => "text.clarify",
            Self::CollectOrderNumber => "text.collect.order_number",
            Self::CollectAgain => "text.collect.again",
            Self::CollectCountry => "text.collect.country",
            Self::Fallback => "text.fallback",
            Self::AlreadyAnswered => "text.already_answered",
            Self::Handback => "text.handback",
        }
    }
}

/// People own the conversation after this turn; what they take it as.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Handoff {
    /// How soon.
    pub severity: Severity,
    /// Which tier, 1 to 3.
    pub tier: u8,
    /// When a person's answer is due.
    pub due_at: Timestamp,
    /// When people are next there; none when they are there now.
    pub next_opening: Option<Timestamp>,
    /// What the customer wants, the surest first.
    pub intents: Vec<IntentId>,
}

/// What to do with a message, and why.
#[must_use]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// What kind of thing is done.
    pub action: Action,
    /// The rule that decided.
    pub rule: Rule,
    /// Why, in a sentence with the numbers.
    pub why: String,
    /// The fence of the conversation it was made for.
    pub fence: Fence,
    /// What is said, in order; empty when nothing is.
    pub say: Vec<Part>,
    /// What is offered as buttons, in order.
    pub buttons: Vec<Payload>,
    /// Set while people own the conversation after this turn.
    pub handoff: Option<Handoff>,
    /// What the bot remembers after this turn: language, country and order for the
    /// rendering of `say` are here.
    pub memory: Memory,
}
