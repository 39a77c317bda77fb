//! What was looked for, and a conversation that the bot has.

use axum::extract::State;
use desk::{ConversationId, Owner};
use maud::{Markup, html};
use store::{Found, Reports, Store};

use super::fields::{Query, encoded};
use super::gate::Who;
use super::shell::{self, Page, csrf, go, send};
use super::words::{self, text};
use super::{queue, ticket};
use crate::http::extract::{Id, checked_text};
use crate::http::{Code, Has, Problem};
use crate::packs::Knowledge;
use crate::turn;

/// Conversations that are shown.
const SHOWN: usize = 50;
/// Characters of a message that are shown around what was found.
const AROUND: usize = 160;

/// What was found.
pub(super) async fn page(State(app): Has, who: Who, Query(query): Query) -> Page {
    let typed = query.get("q").unwrap_or_default();
    checked_text("q", typed)?;
    let found = app.store.search(typed, SHOWN).await?;
    let knowledge = app.knowledge();
    let body = html! {
        main.wide id="main" {
            h1 { "Search" }
            p { (found.len()) @if found.len() == SHOWN { " or more" }
                " found for " q { (text::text(typed)) } ", the latest first." }
            table {
                thead { tr {
                    th scope="col" { "What" } th scope="col" { "Customer" } th scope="col" { "Words" }
                    th scope="col" { "State" } th scope="col" { "Last message" }
                } }
                tbody { @for found in &found { (row(found, &knowledge, &who, typed)) } }
            }
        }
    };
    Ok(send(&shell::page(&who, "/console/search", "Search", &body)))
}

fn row(found: &Found, knowledge: &Knowledge, who: &Who, typed: &str) -> Markup {
    let to = match &found.ticket {
        Some(ticket) => format!("/console/tickets/{}", ticket.id),
        None => format!("/console/conversations/{}", encoded(found.conversation.as_str())),
    };
    html! {
        tr {
            th scope="row" { a href=(to) {
                @match &found.ticket {
                    Some(ticket) => { (queue::wanted(ticket, knowledge, who)) },
                    None => { "Conversation with the bot" },
                }
            } }
            td { bdi { (found.contact.as_deref().unwrap_or("–")) } }
            td { @if let Some((_, said)) = &found.words { (text::text(around(said, typed))) } }
            td { @if let Some(ticket) = &found.ticket { (words::gravity(ticket)) " " (words::state(ticket.state)) } }
            td { (words::moment(found.updated_at)) }
        }
    }
}

/// The part of a message that holds what was looked for, else its beginning.
fn around<'a>(said: &'a str, typed: &str) -> &'a str {
    let first = typed.split_whitespace().next().unwrap_or_default();
    let at = said.find(first).unwrap_or_default();
    let before = said[..at].char_indices().rev().nth(AROUND / 4).map_or(0, |(at, _)| at);
    let rest = &said[before..];
    rest.char_indices().nth(AROUND).map_or(rest, |(end, _)| &rest[..end])
}

/// A conversation that no ticket stands for.
pub(super) async fn conversation(State(app): Has, who: Who, id: Result<Id, Problem>) -> Page {
    let Id(id) = id?;
    let id = ConversationId::new(&id);
    let stored = app.store.conversation(&id).await?.ok_or(Code::ConversationNotFound)?;
    let conversation = stored.conversation;
    if let Some(ticket) = &conversation.ticket {
        return Ok(go(&format!("/console/tickets/{}", ticket.id)));
    }
    let messages = turn::messages(&app, &id).await?;
    let body = html! {
        main.wide id="main" {
            h1 { "Conversation with the bot" }
            p.soft { bdi { (conversation.contact.as_deref().unwrap_or("unknown customer")) }
                " · since " (words::moment(conversation.started_at)) }
            @if conversation.owner == Owner::Bot {
                form method="post" action={ "/console/conversations/" (encoded(id.as_str())) "/take-over" } {
                    (csrf(&who))
                    button.main aria-keyshortcuts="c" { "Take over from the bot" }
                }
            }
            ol.transcript tabindex="0" aria-label="Conversation" {
                @for message in &messages {
                    @let (class, name) = ticket::author(&message.author);
                    li.message.(class) {
                        p.by { strong { (name) } " " (words::moment(message.at)) }
                        div.words lang=[message.language.as_deref()] { (ticket::transcript::words(message, &[])) }
                    }
                }
            }
        }
    };
    Ok(send(&shell::page(&who, "/console", "Conversation", &body)))
}
