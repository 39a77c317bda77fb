//! What was said, with the customer's words marked that speak for an intent.

use desk::{Author, EventKind, Message};
use maud::{Markup, html};
use store::{Note, StoredEvent};

use super::View;
use crate::console::words::markdown::markdown;
use crate::console::words::{self, text};
use crate::turn;

/// What stands in the order of time.
enum Line<'a> {
    Said(&'a Message),
    Noted(&'a Note),
    Happened(&'a StoredEvent),
}

pub(super) fn transcript(view: &View<'_>) -> Markup {
    let mut lines: Vec<(jiff::Timestamp, u8, Line<'_>)> = Vec::new();
    lines.extend(view.packet.transcript.iter().map(|message| (message.at, 0, Line::Said(message))));
    lines.extend(view.notes.iter().map(|note| (note.at, 1, Line::Noted(note))));
    // A note tells of itself.
    let events = view.events.iter().filter(|event| event.event.kind != EventKind::Noted);
    lines.extend(events.map(|event| (event.at, 2, Line::Happened(event))));
    lines.sort_by_key(|(at, kind, _)| (*at, *kind));
    html! {
        ol.transcript id="transcript" data-swap data-follow tabindex="0" aria-label="Conversation" {
            @for (_, _, line) in &lines {
                @match line {
                    Line::Said(message) => { (said(view, message)) },
                    Line::Noted(note) => { (noted(note)) },
                    Line::Happened(event) => { li.event { (view.happened(event)) } },
                }
            }
        }
        p.typing.soft id="typing" hidden { "The customer is writing …" }
    }
}

fn said(view: &View<'_>, message: &Message) -> Markup {
    let (class, name) = super::author(&message.author);
    html! {
        li.message.(class) data-seq=(message.seq) {
            p.by { strong { (name) } " " (words::moment(message.at)) " " span.soft { "#" (message.seq) } }
            div.words lang=[message.language.as_deref()] { (words(message, &marks(view, message))) }
            @if !message.buttons.is_empty() {
                p.buttons { "Offered: "
                    @for button in &message.buttons { span.offer { bdi { (button.title) } } " " }
                }
            }
            (understood(view, message))
        }
    }
}

/// What a message says: customers' words as they are, all other as the customer sees it.
pub(in crate::console) fn words(message: &Message, marks: &[text::Mark]) -> Markup {
    match &message.author {
        Author::Customer => text::marked(&message.text, marks),
        Author::Bot | Author::Agent(_) => {
            markdown(message.markdown.as_deref().unwrap_or(&message.text))
        }
    }
}

fn noted(note: &Note) -> Markup {
    html! {
        li.message.note {
            p.by { (words::icon("note")) " " strong { (note.by) } " " (words::moment(note.at))
                " " span.tag { "note for colleagues" } }
            div.words { (text::text(&note.text)) }
        }
    }
}

fn marks(view: &View<'_>, message: &Message) -> Vec<text::Mark> {
    let intents = message.notes.iter().flat_map(|notes| &notes.intents);
    let mark = |intent: &desk::NotedIntent| {
        let name = turn::name(view.knowledge, &intent.id, view.who.language());
        let why = format!("{name}, {} %", percent(intent.confidence));
        let spans = intent.spans.clone().into_iter();
        spans.map(move |(from, to)| text::Mark { from, to, why: why.clone() })
    };
    intents.flat_map(mark).collect()
}

/// How a message of the customer was understood, in the reader's language.
fn understood(view: &View<'_>, message: &Message) -> Markup {
    let Some(notes) = &message.notes else { return html! {} };
    html! {
        p.understood {
            @for intent in &notes.intents {
                span.intent {
                    (turn::name(view.knowledge, &intent.id, view.who.language()))
                    " " span.soft { (percent(intent.confidence)) " %" }
                } " "
            }
            @if notes.intents.is_empty() { span.soft { "not understood " } }
            @if notes.anger > 0 || notes.mood != "neutral" {
                span.mood.(if notes.anger > 1 { "red" } else { "yellow" }) title=(notes.reasons.join(", ")) {
                    (words::icon("alert")) " " (notes.mood)
                    @if notes.anger > 0 { ", anger " (notes.anger) " of 3" }
                }
            }
        }
    }
}

/// Thousandths as whole percent.
pub(super) fn percent(permille: u16) -> u16 {
    (permille + 5) / 10
}
