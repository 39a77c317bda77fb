//! What the analyzer says of one message: plain data, integers throughout, so
//! that the same message under the same packs gives the same bytes.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// The id of an intent, `domain.name`, as declared in `intents.toml`.
///
/// Cloning is a reference count.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct IntentId(Arc<str>);

impl IntentId {
    /// Names an intent. Whether it exists is the packs' affair.
    #[must_use]
    pub fn new(id: &str) -> Self {
        Self(Arc::from(id))
    }

    /// The id as written, `tracking.status`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The part before the dot, `tracking`; the whole id where there is no dot.
    #[must_use]
    pub fn domain(&self) -> &str {
        self.0.split_once('.').map_or(&*self.0, |(domain, _)| domain)
    }
}

impl fmt::Display for IntentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A half-open range of byte offsets into the message as the customer typed it,
/// always on character boundaries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The first byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

impl Span {
    /// The text that the span covers; empty when the span is not of this text.
    #[must_use]
    pub fn of(self, text: &str) -> &str {
        text.get(self.start..self.end).unwrap_or_default()
    }
}

/// A probability in thousandths, `0..=1000`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Confidence(u16);

impl Confidence {
    /// From thousandths; more than 1000 is 1000.
    #[must_use]
    pub fn from_permille(permille: u16) -> Self {
        Self(permille.min(1000))
    }

    /// In thousandths.
    #[must_use]
    pub fn permille(self) -> u16 {
        self.0
    }

    /// As a fraction, for people and wires.
    #[must_use]
    pub fn as_f64(self) -> f64 {
        f64::from(self.0) / 1000.0
    }
}

/// How soon a person has to see to it. Ordered: `Blue < Yellow < Red`.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub enum Severity {
    /// Within 24 hours.
    #[default]
    Blue,
    /// Within 2 hours.
    Yellow,
    /// Within 15 minutes.
    Red,
}

impl Severity {
    /// The name in files and on the wire: `blue`, `yellow`, `red`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Blue => "blue",
            Self::Yellow => "yellow",
            Self::Red => "red",
        }
    }

    /// The inverse of [`Severity::as_str`].
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "blue" => Some(Self::Blue),
            "yellow" => Some(Self::Yellow),
            "red" => Some(Self::Red),
            _ => None,
        }
    }
}

/// The language a message is taken to be in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LanguageGuess {
    /// A BCP 47 tag (`es`, `zh-Hant`), or `und` when nothing speaks for any.
    pub tag: Arc<str>,
    /// How sure; zero for `und`.
    pub confidence: Confidence,
}

/// Why a weight counts, and what was taken off it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// The rule by name: `es/tracking.status/where_is_parcel`.
    pub rule: Arc<str>,
    /// The customer's words that triggered it.
    pub span: Span,
    /// What it adds to the intent's score, in thousandths; negative evidence subtracts.
    pub weight: i32,
    /// What was subtracted from the rule's own weight before that, with the reason.
    pub deductions: Vec<Deduction>,
}

/// A part of a rule's weight that did not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deduction {
    /// Why.
    pub reason: DeductionReason,
    /// How much, in thousandths; positive.
    pub amount: i32,
}

/// Why a weight was lowered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DeductionReason {
    /// A negator governs the words.
    Denied,
    /// The rule's language is not the message's.
    OtherLanguage,
    /// The words were typed with a slip of one letter.
    Typo,
    /// The words were typed without the accents that the rule has.
    Accent,
    /// The words stand in a quotation.
    Quoted,
    /// A heavier rule has said the same already.
    Repeated,
}

impl DeductionReason {
    /// The name on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Denied => "denied",
            Self::OtherLanguage => "other_language",
            Self::Typo => "typo",
            Self::Accent => "accent",
            Self::Quoted => "quoted",
            Self::Repeated => "repeated",
        }
    }
}

/// One intent that the message holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IntentMatch {
    /// Which.
    pub id: IntentId,
    /// How probable, calibrated over all intents and `none`.
    pub confidence: Confidence,
    /// The sum of the evidence, in thousandths.
    pub score: i32,
    /// The customer says that this is *not* the wish ("I don't want a refund").
    pub denied: bool,
    /// The words that tell it, in order, not overlapping.
    pub spans: Vec<Span>,
    /// The clause it stands in.
    pub clause: Span,
    /// Every rule that spoke, the heaviest first.
    pub evidence: Vec<Evidence>,
}

/// What kind of thing an entity is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EntityKind {
    /// By the shop's own pattern; the value is the number without `#` and spaces.
    OrderNumber,
    /// A carrier's tracking number whose check digit holds; the value is `CARRIER:NUMBER`.
    TrackingNumber,
    /// An amount; the value is `12.50 EUR` (the currency left out when not said).
    Money,
    /// A calendar date; the value is ISO 8601, with `--` for a year not said.
    Date,
    /// An e-mail address, in lower case.
    Email,
    /// A telephone number; the value is its digits, with `+` where given.
    Phone,
    /// A link.
    Url,
    /// A country; the value is its ISO 3166-1 alpha-2 code.
    Country,
    /// A size of clothing or shoes; the value is upper case.
    Size,
    /// A number of pieces.
    Quantity,
    /// A product of the shop's catalogue; the value is its id.
    Product,
}

impl EntityKind {
    /// The name on the wire: `order_number`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::OrderNumber => "order_number",
            Self::TrackingNumber => "tracking_number",
            Self::Money => "money",
            Self::Date => "date",
            Self::Email => "email",
            Self::Phone => "phone",
            Self::Url => "url",
            Self::Country => "country",
            Self::Size => "size",
            Self::Quantity => "quantity",
            Self::Product => "product",
        }
    }
}

/// A thing named in the message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entity {
    /// Of which kind.
    pub kind: EntityKind,
    /// Where it stands.
    pub span: Span,
    /// Its normal form, see [`EntityKind`].
    pub value: String,
}

/// The mood a message is written in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum EmotionLabel {
    /// No mood shown.
    #[default]
    Neutral,
    /// Joy, praise.
    Positive,
    /// Does not follow.
    Confused,
    /// Fears a loss.
    Worried,
    /// Let down, without anger.
    Disappointed,
    /// Level 2 and above.
    Angry,
}

impl EmotionLabel {
    /// The name on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Neutral => "neutral",
            Self::Positive => "positive",
            Self::Confused => "confused",
            Self::Worried => "worried",
            Self::Disappointed => "disappointed",
            Self::Angry => "angry",
        }
    }
}

/// One entry of the emotion ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EmotionEvidence {
    /// The rule by name: `es/emotion/insult`, `emotion/capitals`.
    pub rule: Arc<str>,
    /// The words or signs that triggered it.
    pub span: Span,
    /// What it adds to anger; negative calms.
    pub points: i32,
}

/// Mood and its ledger.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Emotion {
    /// The mood.
    pub label: EmotionLabel,
    /// Anger, 0 to 3; [`EmotionLabel::Angry`] is level 2 and above.
    pub level: u8,
    /// Every entry of the ledger, in the order of the text.
    pub evidence: Vec<EmotionEvidence>,
}

/// Everything that was understood of one message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Analysis {
    /// The language.
    pub language: LanguageGuess,
    /// The intent to act on first; `none` when nothing reaches the bar.
    pub intent: IntentId,
    /// The confidence of [`Analysis::intent`].
    pub confidence: Confidence,
    /// Every intent found, not denied ones first, the surest first; without `none`.
    pub intents: Vec<IntentMatch>,
    /// The nearest intents, at most three, whether or not they reach the bar: what a
    /// fallback offers as topics.
    pub nearest: Vec<IntentId>,
    /// Things named, in the order of the text.
    pub entities: Vec<Entity>,
    /// The mood.
    pub emotion: Emotion,
    /// The highest class over the intents that are not denied, raised by mood.
    pub severity: Severity,
    /// The tier of people that takes it when it is handed over, 1 to 3.
    pub tier: u8,
    /// Whether an intent that is not denied is always handed to people.
    pub handoff: bool,
    /// From this confidence on the top intent is acted on; below it is a guess to ask about.
    pub act_from: Confidence,
}

impl Analysis {
    /// Where [`Analysis::act_from`] is unless the shop moves it.
    pub const ACT_FROM: Confidence = Confidence(250);
    /// So much surer has to be what stands beside the top intent, in thousandths.
    const BESIDE: u16 = 50;

    /// The intents to act on: what the customer has and does not deny, sure enough, the
    /// surest first. A guess is no wish: it would alarm people, or answer the unasked.
    pub fn wishes(&self) -> impl Iterator<Item = &IntentMatch> {
        acted_on(&self.intents, &self.intent, self.act_from)
    }

    /// The first entity of a kind.
    #[must_use]
    pub fn entity(&self, kind: EntityKind) -> Option<&Entity> {
        self.entities.iter().find(|entity| entity.kind == kind)
    }
}

/// See [`Analysis::wishes`].
pub(crate) fn acted_on<'a>(
    intents: &'a [IntentMatch],
    top: &'a IntentId,
    from: Confidence,
) -> impl Iterator<Item = &'a IntentMatch> {
    intents.iter().filter(move |found| {
        let more = if found.id == *top { 0 } else { Analysis::BESIDE };
        !found.denied && found.confidence.0 >= from.0 + more
    })
}
