//! From what the desk decided to what the customer reads.

#[cfg(test)]
mod tests;

use desk::{Decision, Memory, Part, Payload, Reply, Route, Step, Survey};
use faq::{Composition, Context, Country, Offer, Rendered};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::packs::Knowledge;

/// How many related questions are offered beside an answer.
const RELATED: usize = 3;

/// How the customer is to be spoken to.
#[derive(Clone, Debug)]
pub struct Manner<'a> {
    /// What page, browser or channel say of the language.
    pub locale: Option<&'a str>,
    /// Moments are told in it.
    pub time_zone: Option<TimeZone>,
    /// The moment of speaking.
    pub now: Timestamp,
}

impl<'a> Manner<'a> {
    /// As is remembered of the customer.
    #[must_use]
    pub fn of(memory: &'a Memory, now: Timestamp) -> Self {
        let zone = memory.time_zone.as_deref();
        let time_zone = zone.and_then(|name| TimeZone::get(name).ok());
        Self { locale: memory.locale.as_deref(), time_zone, now }
    }
}

/// Renders what a decision says; none where it says nothing.
#[must_use]
pub fn speak(knowledge: &Knowledge, decision: &Decision, manner: &Manner<'_>) -> Option<Reply> {
    if decision.say.is_empty() {
        return None;
    }
    let composition = Composition {
        parts: decision.say.iter().filter_map(part).collect(),
        offers: decision.buttons.iter().map(offer).collect(),
        related: if decision.action == desk::Action::Answer { RELATED } else { 0 },
    };
    let memory = &decision.memory;
    let mut topics = decision.buttons.iter().filter_map(|payload| match payload {
        Payload::Clarify(id) => Some(id.as_str().to_owned()),
        _ => None,
    });
    let handoff = decision.handoff.as_ref();
    let (place, wait_minutes) = match handoff.map(|handoff| &handoff.route) {
        Some(Route::Queue { place, wait }) => {
            (Some(*place), Some(u32::try_from(wait.as_mins()).unwrap_or(u32::MAX)))
        }
        _ => (None, None),
    };
    let context = Context {
        country: memory.country.as_deref().and_then(Country::parse),
        order: memory.order.clone(),
        topics: topics.next().zip(topics.next()),
        team: handoff.map(|handoff| handoff.tier),
        due: handoff.map(desk::Handoff::due_at),
        place,
        wait_minutes,
        style: memory.variant.as_deref().and_then(faq::Style::parse),
        ..moment(knowledge, manner)
    };
    let tag = tag(memory.language.as_deref(), manner.locale);
    Some(reply(knowledge.answers.render(&composition, &context, &tag)))
}

/// Renders one sentence of the bot's own, for a conversation of which this is remembered.
#[must_use]
pub(super) fn say_text(
    knowledge: &Knowledge,
    text: desk::Text,
    memory: &Memory,
    now: Timestamp,
) -> Reply {
    let parts = part(&Part::Text(text)).into_iter().collect();
    let composition = Composition { parts, ..Composition::default() };
    let manner = Manner::of(memory, now);
    let context = moment(knowledge, &manner);
    let tag = tag(memory.language.as_deref(), manner.locale);
    reply(knowledge.answers.render(&composition, &context, &tag))
}

/// Renders what time makes the bot say, for a conversation of which this is remembered; none
/// where it says nothing.
#[must_use]
pub(super) fn say_step(
    knowledge: &Knowledge,
    step: &Step,
    memory: &Memory,
    now: Timestamp,
) -> Option<Reply> {
    if step.say.is_empty() {
        return None;
    }
    let parts = step.say.iter().filter_map(|text| part(&Part::Text(*text))).collect();
    let offers = step.survey.map_or_else(Vec::new, marks);
    let composition = Composition { parts, offers, related: 0 };
    let manner = Manner::of(memory, now);
    let context = Context {
        team: step.next.map(|(tier, _)| tier),
        due: step.next.map(|(_, due)| due),
        goodwill_percent: Some(step.goodwill_percent).filter(|percent| *percent > 0),
        ..moment(knowledge, &manner)
    };
    let tag = tag(memory.language.as_deref(), manner.locale);
    Some(reply(knowledge.answers.render(&composition, &context, &tag)))
}

/// The marks to choose from. Of stars the most first: whoever is content presses the nearest;
/// bare numbers stand as on every scale.
fn marks(survey: Survey) -> Vec<Offer> {
    let scale = survey.scale();
    match survey {
        Survey::Csat => scale.rev().map(Offer::Csat).collect(),
        Survey::Ces => scale.map(Offer::Ces).collect(),
        Survey::Nps => scale.map(Offer::Nps).collect(),
    }
}

fn moment(knowledge: &Knowledge, manner: &Manner<'_>) -> Context {
    let hours = &knowledge.policy.hours;
    let open = hours.is_open(manner.now);
    Context {
        open,
        next_opening: (!open).then(|| hours.next_opening(manner.now)),
        time_zone: manner.time_zone.clone(),
        ..Context::at(manner.now)
    }
}

/// The language that the customer writes; the page's locale where it says more of the same
/// language (es-MX for es) or where nothing was understood yet.
fn tag(language: Option<&str>, locale: Option<&str>) -> String {
    let primary = |tag: &str| tag.split('-').next().unwrap_or_default().to_ascii_lowercase();
    match (language, locale) {
        (Some(language), Some(locale))
            if primary(language) == primary(locale) && locale.len() > language.len() =>
        {
            locale.to_owned()
        }
        (Some(tag), _) | (None, Some(tag)) => tag.to_owned(),
        (None, None) => "und".to_owned(),
    }
}

fn part(part: &Part) -> Option<faq::Part> {
    match part {
        // The desk's texts are a part of the answers' own: a test holds them together.
        Part::Text(text) => faq::Text::parse(text.id()).map(faq::Part::Text),
        Part::Answer(id) => Some(faq::Part::Answer(id.as_str().to_owned())),
    }
}

fn offer(payload: &Payload) -> Offer {
    match payload {
        Payload::Intent(id) => Offer::Intent(id.as_str().to_owned()),
        Payload::Clarify(id) => Offer::Clarify(id.as_str().to_owned()),
        Payload::Option(id) => Offer::Option(id.clone()),
        Payload::Mark(rating) => match rating.survey() {
            Survey::Csat => Offer::Csat(rating.mark()),
            Survey::Ces => Offer::Ces(rating.mark()),
            Survey::Nps => Offer::Nps(rating.mark()),
        },
        Payload::Human => Offer::Human,
        Payload::Yes => Offer::Yes,
        Payload::No => Offer::No,
    }
}

fn reply(rendered: Rendered) -> Reply {
    let Rendered { text, markdown, language, buttons, answers } = rendered;
    let buttons = buttons
        .into_iter()
        .map(|button| desk::Offer { title: button.title, payload: button.payload })
        .collect();
    Reply { text, markdown, language, buttons, answers }
}
