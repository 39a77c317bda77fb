//! What the desk decides: the result of the rules, as data.

use intent::{Analysis, IntentId, Severity};
use jiff::Timestamp;

use crate::conversation::Memory;
use crate::deadline::{Deadline, Resolution};
use crate::floor::Route;
use crate::ids::{Fence, TeamId};
use crate::message::Notes;
use crate::payload::Payload;
use crate::survey::Rating;
use crate::ticket::Progress;

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
    /// The customer gives a mark after a resolved ticket.
    Rated,
    /// The customer chooses a way out of a dispute that people see to.
    Chosen,
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
            Self::Rated => "rated",
            Self::Chosen => "chosen",
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
    /// All people are busy; names the place in line and the wait.
    QueuePlace,
    /// It is open, and nobody is there.
    QueueNobody,
    /// Nobody there reads the language: somebody translates.
    Translator,
    /// A photo would help.
    CollectPhoto,
    /// What happened.
    CollectWhatHappened,
    /// Which way out the customer prefers; the buttons are the ways.
    Options,
    /// The choice is written down.
    OptionNoted,
    /// After a resolved ticket: is all well, and a mark from 1 to 5 ([`crate::Survey::Csat`]).
    FollowUp,
    /// The same: was it easy, 1 to 7.
    FollowUpCes,
    /// The same: would the customer recommend the shop, 0 to 10.
    FollowUpNps,
    /// Thanks for the mark.
    CsatThanks,
    /// The mark was low: the lead looks at it; names team and time.
    CsatLow,
    /// Thanks for saying how easy it was.
    CesThanks,
    /// It was hard: the lead looks at it; names team and time.
    CesLow,
    /// Thanks for saying how likely a recommendation is.
    NpsThanks,
    /// It is unlikely: the lead looks at it; names team and time.
    NpsLow,
    /// A promised time was not kept; names team and the new time.
    Apology,
    /// What the shop gives for it; names the percentage.
    Goodwill,
}

impl Text {
    /// Every text, in the order of `docs/ANSWERS.md`.
    pub const ALL: [Self; 35] = [
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
        Self::QueuePlace,
        Self::QueueNobody,
        Self::Translator,
        Self::CollectPhoto,
        Self::CollectWhatHappened,
        Self::Options,
        Self::OptionNoted,
        Self::FollowUp,
        Self::FollowUpCes,
        Self::FollowUpNps,
        Self::CsatThanks,
        Self::CsatLow,
        Self::CesThanks,
        Self::CesLow,
        Self::NpsThanks,
        Self::NpsLow,
        Self::Apology,
        Self::Goodwill,
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
            Self::QueuePlace => "text.queue.place",
            Self::QueueNobody => "text.queue.nobody",
            Self::Translator => "text.translator",
            Self::CollectPhoto => "text.collect.photo",
            Self::CollectWhatHappened => "text.collect.what_happened",
            Self::Options => "text.options",
            Self::OptionNoted => "text.options.noted",
            Self::FollowUp => "text.follow_up",
            Self::FollowUpCes => "text.follow_up.ces",
            Self::FollowUpNps => "text.follow_up.nps",
            Self::CsatThanks => "text.csat.thanks",
            Self::CsatLow => "text.csat.low",
            Self::CesThanks => "text.ces.thanks",
            Self::CesLow => "text.ces.low",
            Self::NpsThanks => "text.nps.thanks",
            Self::NpsLow => "text.nps.low",
            Self::Apology => "text.apology",
            Self::Goodwill => "text.goodwill",
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
    pub answer: Deadline,
    /// When the matter is to be settled.
    pub resolution: Resolution,
    /// When an alarm is raised if the message was not answered.
    pub alarm_at: Timestamp,
    /// When people are next there; none when they are there now.
    pub next_opening: Option<Timestamp>,
    /// What the customer wants, the surest first.
    pub intents: Vec<IntentId>,
    /// The team that takes it.
    pub team: Option<TeamId>,
    /// Who takes it.
    pub route: Route,
    /// Somebody has to translate.
    pub translator: bool,
    /// What goes first of two that are due at once.
    pub priority: u16,
    /// The dispute it is, where it is one.
    pub playbook: Option<Progress>,
}

impl Handoff {
    /// When a person's answer is due.
    #[must_use]
    pub fn due_at(&self) -> Timestamp {
        self.answer.due_at
    }
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
    /// The mark that the customer gave to the last resolved ticket, and whether it opens it
    /// again.
    pub rated: Option<(Rating, bool)>,
    /// The way out that the customer chose.
    pub chosen: Option<String>,
    /// What is kept of how the message was understood.
    pub notes: Notes,
    /// What the bot remembers after this turn: language, country and order for the
    /// rendering of `say` are here.
    pub memory: Memory,
}
