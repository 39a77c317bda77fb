//! Canned answers: the shop's own answers by their ids, in the customer's language with the
//! reader's beside it.

use axum::extract::State;
use desk::{Ticket, TicketId};
use jiff::Timestamp;
use maud::{Markup, html};
use store::Store;

use super::fields::Query;
use super::gate::Who;
use super::shell::{Page, send};
use super::ticket::View;
use crate::http::extract::Id;
use crate::http::{Code, Has, Problem};
use crate::packs::Knowledge;
use crate::turn;

/// Answers shown at once.
const SHOWN: usize = 8;

/// One answer in two languages.
struct Canned {
    id: String,
    title: String,
    /// In the customer's language.
    text: String,
    language: String,
    /// In the reader's, where that is another.
    own: Option<String>,
}

fn canned(
    knowledge: &Knowledge,
    ticket: &Ticket,
    id: &str,
    reader: &str,
    now: Timestamp,
) -> Option<Canned> {
    let said = |language: &str| turn::answer(knowledge, ticket, id, language, now);
    let customers = said(ticket.language.as_deref().unwrap_or("en"))?;
    let own = said(reader).filter(|own| own.language != customers.language);
    Some(Canned {
        id: id.to_owned(),
        title: turn::name(knowledge, id, reader),
        text: customers.text,
        language: customers.language,
        own: own.map(|own| own.text),
    })
}

/// The answers that a shortcut may mean, the likeliest first.
fn found(
    knowledge: &Knowledge,
    ticket: &Ticket,
    typed: &str,
    reader: &str,
    now: Timestamp,
) -> Vec<Canned> {
    let typed = typed.trim().trim_start_matches('/').to_lowercase();
    let rank = |id: &str| {
        let title = turn::name(knowledge, id, reader).to_lowercase();
        let last = id.rsplit('.').next().unwrap_or(id);
        if ticket.intents.iter().any(|wanted| wanted.as_str() == id) && typed.is_empty() {
            Some(0)
        } else if id.starts_with(&typed) || last.starts_with(&typed) {
            Some(1)
        } else if title.split(' ').any(|word| word.starts_with(&typed)) {
            Some(2)
        } else {
            (id.contains(&typed) || title.contains(&typed)).then_some(3)
        }
    };
    let mut ids: Vec<(u8, &str)> =
        knowledge.answers.ids().filter_map(|id| Some((rank(id)?, id))).collect();
    ids.sort_unstable();
    let answers = ids.into_iter().filter_map(|(_, id)| canned(knowledge, ticket, id, reader, now));
    answers.take(SHOWN).collect()
}

/// The list under an answer that is being written.
pub(super) async fn list(
    State(app): Has,
    who: Who,
    id: Result<Id, Problem>,
    Query(query): Query,
) -> Page {
    let Id(id) = id?;
    let ticket = app.store.ticket(&TicketId::new(&id)).await?.ok_or(Code::TicketNotFound)?;
    let knowledge = app.knowledge();
    let typed = query.get("q").unwrap_or_default();
    let found = found(&knowledge, &ticket, typed, who.language(), app.clock.now());
    Ok(send(&html! {
        ul id="canned-list" role="listbox" aria-label="Canned answers" {
            @for (n, answer) in found.iter().enumerate() {
                li id={ "canned-" (n) } role="option" aria-selected="false" data-text=(answer.text) {
                    strong { "/" (answer.id) } " " bdi { (answer.title) }
                    (both(answer))
                }
            }
            @if found.is_empty() { li.soft role="option" aria-disabled="true" { "No answer of that name" } }
        }
    }))
}

fn both(answer: &Canned) -> Markup {
    html! {
        p.theirs lang=(answer.language) dir="auto" { (answer.text) }
        @if let Some(own) = &answer.own { p.own dir="auto" { (own) } }
    }
}

/// What would be answered to what the customer wants.
pub(super) fn suggestions(view: &View<'_>) -> Markup {
    let (ticket, reader) = (view.ticket(), view.who.language());
    let intents = view.packet.suggestions.iter().map(|(id, _)| id.as_str());
    let answers: Vec<Canned> =
        intents.filter_map(|id| canned(view.knowledge, ticket, id, reader, view.now)).collect();
    if answers.is_empty() {
        return html! {};
    }
    html! {
        section.suggestions {
            h2 { "Suggested answers" }
            @for (n, answer) in answers.iter().enumerate() {
                @let key = (n == 0).then_some("i");
                div.suggestion {
                    p { strong { bdi { (answer.title) } } " " span.soft { "/" (answer.id) } }
                    (both(answer))
                    button type="button" data-insert=(answer.text) aria-keyshortcuts=[key] { "Insert" }
                }
            }
        }
    }
}
