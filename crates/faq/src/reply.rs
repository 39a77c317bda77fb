//! What is to be said, and what came of it.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::Country;

/// The manner of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Style {
    /// Polite distance.
    Formal,
    /// Warm.
    Friendly,
    /// No word too many.
    Concise,
}

impl Style {
    /// Every style, in order.
    pub const ALL: [Self; 3] = [Self::Formal, Self::Friendly, Self::Concise];

    /// The name in files: `formal`, `friendly`, `concise`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Formal => "formal",
            Self::Friendly => "friendly",
            Self::Concise => "concise",
        }
    }

    /// The inverse of [`Style::as_str`].
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|style| style.as_str() == name)
    }
}

/// A sentence of the bot's own, everything that is no answer to a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Text {
    /// An automated assistant is speaking; at first contact.
    Disclosure,
    /// The customer only says hello.
    Greeting,
    /// Calms a worried customer.
    SootheWorried,
    /// Calms a disappointed customer.
    SootheDisappointed,
    /// Calms an angry customer.
    SootheAngry,
    /// Begins the hand-over of a red matter (law, safety, fraud): neutral.
    AcknowledgeRisk,
    /// Begins any other hand-over.
    AcknowledgeNeutral,
    /// A person takes over; needs [`Context::team`] and [`Context::due`].
    Handoff,
    /// The customer writes again while waiting for a person; needs the same.
    HandoffAgain,
    /// Added to a hand-over outside the hours.
    OutOfHours,
    /// Which of two was meant; needs [`Context::topics`].
    Clarify,
    /// The order number is needed.
    CollectOrderNumber,
    /// What was given was not recognised as an order number.
    CollectAgain,
    /// The country is needed.
    CollectCountry,
    /// Not understood.
    Fallback,
    /// Joins a second answer to the first. [`crate::Answers::render`] puts it there by itself.
    Also,
    /// The same question again: offers a person instead of the same words.
    AlreadyAnswered,
    /// The bot takes over again from a person.
    Handback,
    /// All people are busy; needs [`Context::place`] and [`Context::wait_minutes`].
    QueuePlace,
    /// It is open, and nobody is there; needs [`Context::team`] and [`Context::due`].
    QueueNobody,
    /// Nobody there reads the language, somebody translates; needs the same.
    Translator,
    /// A photo would help.
    CollectPhoto,
    /// What happened.
    CollectWhatHappened,
    /// Which way out of a dispute the customer prefers; the ways follow as buttons.
    Options,
    /// The way chosen is written down.
    OptionNoted,
    /// After a resolved matter: is all well, and a mark from 1 to 5.
    FollowUp,
    /// The same: was it easy, 1 to 7.
    FollowUpCes,
    /// The same: would the customer recommend the shop, 0 to 10.
    FollowUpNps,
    /// Thanks for the mark.
    CsatThanks,
    /// The mark was low and the lead looks at it; needs [`Context::team`] and [`Context::due`].
    CsatLow,
    /// Thanks for saying how easy it was.
    CesThanks,
    /// It was hard and the lead looks at it; needs the same.
    CesLow,
    /// Thanks for saying how likely a recommendation is.
    NpsThanks,
    /// It is unlikely and the lead looks at it; needs the same.
    NpsLow,
    /// A promised time was not kept; needs the same.
    Apology,
    /// What the shop gives for it; needs [`Context::goodwill_percent`].
    Goodwill,
    /// The label of the button that calls a person.
    ButtonHuman,
    /// The label of the button that agrees.
    ButtonYes,
    /// The label of the button that disagrees.
    ButtonNo,
    /// The label of one way out of a dispute, `text.option.<id>`: a family of labels, of which
    /// a shop may add its own. Not in [`Text::ALL`].
    ButtonOption,
}

impl Text {
    /// Every text, in the order of docs/ANSWERS.md.
    pub const ALL: [Self; 39] = [
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
        Self::Also,
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
        Self::ButtonHuman,
        Self::ButtonYes,
        Self::ButtonNo,
    ];

    /// The id in `texts.md`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
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
            Self::Also => "text.also",
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
            Self::ButtonHuman => "text.button.human",
            Self::ButtonYes => "text.button.yes",
            Self::ButtonNo => "text.button.no",
            Self::ButtonOption => "text.option",
        }
    }

    /// The inverse of [`Text::as_str`].
    #[must_use]
    pub fn parse(id: &str) -> Option<Self> {
        match id.strip_prefix("text.option.") {
            Some(_) => Some(Self::ButtonOption),
            None => Self::ALL.into_iter().find(|text| text.as_str() == id),
        }
    }

    /// Whether it is the label of a button rather than something said.
    #[must_use]
    pub fn is_label(self) -> bool {
        matches!(self, Self::ButtonHuman | Self::ButtonYes | Self::ButtonNo | Self::ButtonOption)
    }
}

/// One paragraph of a reply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// A sentence of the bot's own.
    Text(Text),
    /// The answer with this id.
    Answer(String),
}

/// Something offered as a button.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Offer {
    /// The answer with this id, under its title; payload `intent:<id>`.
    Intent(String),
    /// One of the two that a clarifying question names; payload `clarify:<id>`.
    Clarify(String),
    /// A person; payload `human`.
    Human,
    /// A way out of a dispute, under its label `text.option.<id>`; payload `option:<id>`.
    Option(String),
    /// A mark from 1 to 5, with as many stars; payload `csat:<n>`.
    Csat(u8),
    /// A mark from 1 to 7; payload `ces:<n>`.
    Ces(u8),
    /// A mark from 0 to 10; payload `nps:<n>`.
    Nps(u8),
    /// Agreement; payload `yes`.
    Yes,
    /// Disagreement; payload `no`.
    No,
}

/// What is to be said, in order, and what is offered with it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Composition {
    /// The paragraphs.
    pub parts: Vec<Part>,
    /// The buttons, in order; the same one twice is shown once.
    pub offers: Vec<Offer>,
    /// How many related questions of the answers given are offered beside them, at most.
    pub related: usize,
}

/// What is known of the conversation when something is said: chooses the variant of
/// an answer and fills its facts in. What is `None` is not known, and no variant that
/// needs it is chosen.
#[derive(Clone, Debug)]
pub struct Context {
    /// The moment of speaking.
    pub now: Timestamp,
    /// The country the customer's goods go to.
    pub country: Option<Country>,
    /// The order number as the customer wrote it.
    pub order: Option<String>,
    /// Whether people are there now.
    pub open: bool,
    /// When people come back, where they are not there.
    pub next_opening: Option<Timestamp>,
    /// The style to prefer; the shop's where `None`.
    pub style: Option<Style>,
    /// The customer's time zone. Moments are told in it, opening hours in the shop's, and each
    /// says so where the two clocks differ; all is told in the shop's, which is then named,
    /// where it is not known.
    pub time_zone: Option<TimeZone>,
    /// The ids of the two answers between which to clarify.
    pub topics: Option<(String, String)>,
    /// The tier of people that takes over, 1 to 3.
    pub team: Option<u8>,
    /// By when they answer.
    pub due: Option<Timestamp>,
    /// The place in line.
    pub place: Option<u32>,
    /// How long that takes, in minutes.
    pub wait_minutes: Option<u32>,
    /// What the shop gives with an apology, in percent.
    pub goodwill_percent: Option<u8>,
}

impl Context {
    /// A context in which nothing is known but the time, and people are there.
    #[must_use]
    pub fn at(now: Timestamp) -> Self {
        Self {
            now,
            country: None,
            order: None,
            open: true,
            next_opening: None,
            style: None,
            time_zone: None,
            topics: None,
            team: None,
            due: None,
            place: None,
            wait_minutes: None,
            goodwill_percent: None,
        }
    }
}

/// A button under a reply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Button {
    /// What it says, 24 characters at most.
    pub title: String,
    /// What it sends back: `intent:<id>`, `clarify:<id>`, `option:<id>`, `csat:<n>`,
    /// `ces:<n>`, `nps:<n>`, `human`, `yes`, `no`.
    pub payload: String,
}

/// What is said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rendered {
    /// As plain text, without the buttons.
    pub text: String,
    /// As Markdown (bold, lists and links only), without the buttons.
    pub markdown: String,
    /// The locale it is written in, BCP 47.
    pub language: String,
    /// The buttons.
    pub buttons: Vec<Button>,
    /// The ids of the answers it holds, in order.
    pub answers: Vec<String>,
}
