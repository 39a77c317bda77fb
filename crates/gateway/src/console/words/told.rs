//! What the desk wrote down, told to people: times by their clock, and names for ids. The id
//! itself stands in a title.

use std::sync::LazyLock;

use desk::{Event, EventKind};
use jiff::Timestamp;
use maud::{Markup, html};
use regex::Regex;
use store::StoredEvent;

use super::moment;
use crate::packs::Knowledge;
use crate::turn;

/// A moment in UTC as the desk and its packets write it, or what may be the id of an intent.
static PARTS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let moment =
        r"([0-9]{4}-[0-9]{2}-[0-9]{2})[T ]([0-9]{2}:[0-9]{2}(?::[0-9]{2})?)(?:\.[0-9]+)?Z?";
    Regex::new(&format!(r"\b{moment}|\b[a-z]+(?:[._][a-z0-9]+)+\b")).ok()
});

/// A text of the desk's own. `reader` is the language in which intents are named.
pub(in crate::console) fn told(text: &str, knowledge: &Knowledge, reader: &str) -> Markup {
    let found = PARTS.iter().flat_map(|parts| parts.captures_iter(text));
    let mut pieces = Vec::new();
    let mut at = 0;
    for captures in found {
        let Some(whole) = captures.get(0) else { continue };
        let Some(shown) = part(&captures, whole.as_str(), knowledge, reader) else { continue };
        pieces.push(html! { (text[at..whole.start()]) (shown) });
        at = whole.end();
    }
    html! { @for piece in &pieces { (piece) } (text[at..]) }
}

fn part(
    captures: &regex::Captures<'_>,
    whole: &str,
    knowledge: &Knowledge,
    reader: &str,
) -> Option<Markup> {
    if let (Some(day), Some(time)) = (captures.get(1), captures.get(2)) {
        let time = time.as_str();
        let seconds = if time.len() == 5 { ":00" } else { "" };
        let at: Timestamp = format!("{}T{time}{seconds}Z", day.as_str()).parse().ok()?;
        return Some(moment(at));
    }
    let name = knowledge.has_intent(whole).then(|| turn::name(knowledge, whole, reader))?;
    Some(html! { span title=(whole) { "“" bdi { (name) } "”" } })
}

/// One event in a line: when, who, what.
pub(in crate::console) fn happened(
    stored: &StoredEvent,
    knowledge: &Knowledge,
    reader: &str,
) -> Markup {
    let Event { kind, by, detail, .. } = &stored.event;
    html! {
        (moment(stored.at)) " "
        @if let Some(by) = by { strong { (by) } ": " }
        span title=(kind.as_str()) { (what(*kind)) }
        (more(*kind, detail, knowledge, reader))
    }
}

/// What is to be known of it beyond that it happened.
fn more(kind: EventKind, detail: &str, knowledge: &Knowledge, reader: &str) -> Markup {
    let told = |text: &str| told(text, knowledge, reader);
    let shown = match kind {
        EventKind::Opened | EventKind::Reopened => match detail.rsplit_once(", by the rule ") {
            Some((facts, rule)) => {
                html! { (told(facts)) "; " span title={ "rule " (rule) } { (reason(rule)) } }
            }
            None => told(detail),
        },
        EventKind::HandedBack => match detail {
            "silent" => html! { "the customer was silent" },
            _ => return html! {},
        },
        // The line says it already.
        EventKind::Resolved | EventKind::Noted => return html! {},
        EventKind::Playbook => told(&detail.replace('_', " ")),
        _ if detail.is_empty() => return html! {},
        EventKind::Assigned | EventKind::Released => {
            return html! { span.soft { " (" (told(detail)) ")" } };
        }
        _ => told(detail),
    };
    html! { span.soft { ": " (shown) } }
}

/// Why people were called, by the rule that called them.
fn reason(rule: &str) -> String {
    let known = match rule {
        "rated" => "a low mark",
        "chosen" => "the customer chose a way out",
        "person_asked" => "the customer asked for a person",
        "red_intent" => "a grave matter",
        "handoff_intent" => "always a matter for people",
        "angry" => "the customer is angry",
        "repeated" => "the same was asked again and again",
        "not_understood" => "not understood several times in a row",
        "no_answer" => "the bot has no answer to it",
        "request" => "a person has to carry it out",
        _ => return rule.replace('_', " "),
    };
    known.to_owned()
}

/// What happened, in words.
fn what(kind: EventKind) -> &'static str {
    match kind {
        EventKind::Opened => "handed over to people",
        EventKind::Assigned => "has it now",
        EventKind::Released => "given up: waits for a person",
        EventKind::Answered => "answered",
        EventKind::Escalated => "one tier up",
        EventKind::Warned => "a deadline comes near",
        EventKind::Breached => "a deadline passed",
        EventKind::Unanswered => "not answered on its day",
        EventKind::Promised => "promised",
        EventKind::PromiseKept => "promise kept",
        EventKind::PromiseBroken => "promise broken",
        EventKind::Playbook => "playbook moved on",
        EventKind::Snoozed => "put aside",
        EventKind::Woken => "back from being put aside",
        EventKind::Noted => "wrote a note",
        EventKind::Resolved => "resolved",
        EventKind::HandedBack => "given back to the bot",
        EventKind::FollowedUp => "customer asked for a mark",
        EventKind::Rated => "customer gave a mark",
        EventKind::Reopened => "opened again",
        EventKind::Undelivered => "did not get through",
        EventKind::TaskAsked => "another department asked",
        EventKind::TaskDone => "another department did it",
        EventKind::TaskLate => "another department is late",
    }
}
