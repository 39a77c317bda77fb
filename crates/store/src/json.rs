//! The bot's memory and what is offered as buttons, as JSON in a column.

use std::borrow::Cow;

use desk::{Asked, Cause, Collected, Mark, Memory, Need, Offer, Pending, Question};
use intent::IntentId;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::columns::micros;

/// Types that have no maps and no floats: nothing in them can fail to be written.
pub(crate) fn write(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

pub(crate) fn read<'a, T: Deserialize<'a>>(text: &'a str) -> Result<T, String> {
    serde_json::from_str(text).map_err(|error| error.to_string())
}

/// A moment out of JSON: microseconds since 1970.
pub(crate) fn time(micros: i64) -> Result<Timestamp, String> {
    Timestamp::from_microsecond(micros).map_err(|error| error.to_string())
}

pub(crate) fn intents(intents: &[IntentId]) -> String {
    write(&ids(intents))
}

pub(crate) fn read_intents(text: &str) -> Result<Vec<IntentId>, String> {
    Ok(intent_ids(&read::<Vec<Cow<'_, str>>>(text)?))
}

pub(crate) fn texts(texts: &[String]) -> String {
    write(&texts)
}

pub(crate) fn read_texts(text: &str) -> Result<Vec<String>, String> {
    read(text)
}

pub(crate) fn offers(offers: &[Offer]) -> String {
    write(&offers.iter().map(OfferRow::of).collect::<Vec<_>>())
}

pub(crate) fn read_offers(text: &str) -> Result<Vec<Offer>, String> {
    Ok(read::<Vec<OfferRow<'_>>>(text)?.into_iter().map(OfferRow::read).collect())
}

pub(crate) fn memory(memory: &Memory) -> String {
    write(&MemoryRow::of(memory))
}

pub(crate) fn read_memory(text: &str) -> Result<Memory, String> {
    read::<MemoryRow<'_>>(text)?.read()
}

/// The bot's memory as JSON. What is empty is left out; what is missing is empty, so that
/// a later version may add to it.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct MemoryRow<'a> {
    #[serde(skip_serializing_if = "is_default")]
    disclosed: bool,
    #[serde(skip_serializing_if = "is_default")]
    language: Option<Cow<'a, str>>,
    #[serde(skip_serializing_if = "is_default")]
    locale: Option<Cow<'a, str>>,
    #[serde(skip_serializing_if = "is_default")]
    time_zone: Option<Cow<'a, str>>,
    #[serde(skip_serializing_if = "is_default")]
    order: Option<Cow<'a, str>>,
    #[serde(skip_serializing_if = "is_default")]
    country: Option<Cow<'a, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pending: Option<PendingRow<'a>>,
    #[serde(skip_serializing_if = "is_default")]
    failures: u8,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    said: Vec<Cow<'a, str>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    asked: Vec<AskedRow<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    offered: Vec<OfferRow<'a>>,
    #[serde(skip_serializing_if = "is_default")]
    reassured: bool,
    /// Cause, points, time.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    ledger: Vec<(Cow<'a, str>, u16, i64)>,
    #[serde(skip_serializing_if = "is_default")]
    anger: u8,
    #[serde(skip_serializing_if = "is_default")]
    questions: u8,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    collected: Vec<(Cow<'a, str>, u64)>,
    #[serde(skip_serializing_if = "is_default")]
    vip: bool,
    #[serde(skip_serializing_if = "is_default")]
    order_value_cents: u64,
    #[serde(skip_serializing_if = "is_default")]
    variant: Option<Cow<'a, str>>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum PendingRow<'a> {
    Clarify { options: Vec<Cow<'a, str>> },
    Collect { need: Cow<'a, str>, wishes: Vec<Cow<'a, str>>, times: u8 },
    Person,
}

#[derive(Serialize, Deserialize)]
struct AskedRow<'a> {
    intent: Cow<'a, str>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    about: Vec<Cow<'a, str>>,
    times: u8,
    last: i64,
}

#[derive(Serialize, Deserialize)]
struct OfferRow<'a> {
    title: Cow<'a, str>,
    payload: Cow<'a, str>,
}

pub(crate) fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

fn borrowed(texts: &[String]) -> Vec<Cow<'_, str>> {
    texts.iter().map(|text| Cow::Borrowed(text.as_str())).collect()
}

fn ids<'a>(intents: &'a [IntentId]) -> Vec<Cow<'a, str>> {
    intents.iter().map(|id| Cow::Borrowed(id.as_str())).collect()
}

fn owned(texts: Vec<Cow<'_, str>>) -> Vec<String> {
    texts.into_iter().map(Cow::into_owned).collect()
}

fn intent_ids(texts: &[Cow<'_, str>]) -> Vec<IntentId> {
    texts.iter().map(|id| IntentId::new(id)).collect()
}

fn need(name: &str) -> Result<Need, String> {
    Need::parse(name).ok_or_else(|| format!("no such need: {name}"))
}

fn mark((cause, points, at): (Cow<'_, str>, u16, i64)) -> Result<Mark, String> {
    let cause = Cause::parse(&cause).ok_or_else(|| format!("no such cause: {cause}"))?;
    Ok(Mark { cause, points, at: time(at)? })
}

impl<'a> MemoryRow<'a> {
    fn of(memory: &'a Memory) -> Self {
        Self {
            disclosed: memory.disclosed,
            language: memory.language.as_deref().map(Cow::Borrowed),
            locale: memory.locale.as_deref().map(Cow::Borrowed),
            time_zone: memory.time_zone.as_deref().map(Cow::Borrowed),
            order: memory.order.as_deref().map(Cow::Borrowed),
            country: memory.country.as_deref().map(Cow::Borrowed),
            pending: memory.pending.as_ref().map(PendingRow::of),
            failures: memory.failures,
            said: borrowed(&memory.said),
            asked: memory.asked.iter().map(AskedRow::of).collect(),
            offered: memory.offered.iter().map(OfferRow::of).collect(),
            reassured: memory.reassured,
            ledger: (memory.ledger.iter())
                .map(|mark| (Cow::Borrowed(mark.cause.as_str()), mark.points, micros(mark.at)))
                .collect(),
            anger: memory.anger,
            questions: memory.questions,
            collected: (memory.collected.iter())
                .map(|collected| (Cow::Borrowed(collected.need.as_str()), collected.seq))
                .collect(),
            vip: memory.vip,
            order_value_cents: memory.order_value_cents,
            variant: memory.variant.as_deref().map(Cow::Borrowed),
        }
    }

    fn read(self) -> Result<Memory, String> {
        Ok(Memory {
            disclosed: self.disclosed,
            language: self.language.map(Cow::into_owned),
            locale: self.locale.map(Cow::into_owned),
            time_zone: self.time_zone.map(Cow::into_owned),
            order: self.order.map(Cow::into_owned),
            country: self.country.map(Cow::into_owned),
            pending: self.pending.map(PendingRow::read).transpose()?,
            failures: self.failures,
            said: owned(self.said),
            asked: self.asked.into_iter().map(AskedRow::read).collect::<Result<_, _>>()?,
            offered: self.offered.into_iter().map(OfferRow::read).collect(),
            reassured: self.reassured,
            ledger: self.ledger.into_iter().map(mark).collect::<Result<_, _>>()?,
            anger: self.anger,
            questions: self.questions,
            collected: (self.collected.into_iter())
                .map(|(name, seq)| Ok(Collected { need: need(&name)?, seq }))
                .collect::<Result<_, String>>()?,
            vip: self.vip,
            order_value_cents: self.order_value_cents,
            variant: self.variant.map(Cow::into_owned),
        })
    }
}

impl<'a> PendingRow<'a> {
    fn of(pending: &'a Pending) -> Self {
        match pending {
            Pending::Clarify { options } => Self::Clarify { options: ids(options) },
            Pending::Collect { need, wishes, times } => Self::Collect {
                need: Cow::Borrowed(need.as_str()),
                wishes: ids(wishes),
                times: *times,
            },
            Pending::Person => Self::Person,
        }
    }

    fn read(self) -> Result<Pending, String> {
        Ok(match self {
            Self::Clarify { options } => Pending::Clarify { options: intent_ids(&options) },
            Self::Collect { need, wishes, times } => {
                Pending::Collect { need: self::need(&need)?, wishes: intent_ids(&wishes), times }
            }
            Self::Person => Pending::Person,
        })
    }
}

impl<'a> AskedRow<'a> {
    fn of(asked: &'a Asked) -> Self {
        Self {
            intent: Cow::Borrowed(asked.question.intent.as_str()),
            about: borrowed(&asked.question.about),
            times: asked.times,
            last: micros(asked.last),
        }
    }

    fn read(self) -> Result<Asked, String> {
        let question = Question { intent: IntentId::new(&self.intent), about: owned(self.about) };
        Ok(Asked { question, times: self.times, last: time(self.last)? })
    }
}

impl<'a> OfferRow<'a> {
    fn of(offer: &'a Offer) -> Self {
        Self { title: Cow::Borrowed(&offer.title), payload: Cow::Borrowed(&offer.payload) }
    }

    fn read(self) -> Offer {
        Offer { title: self.title.into_owned(), payload: self.payload.into_owned() }
    }
}
