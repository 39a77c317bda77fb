//! One ticket: what was said, the packet beside it, and what can be done.

mod compose;
mod packet;
pub(super) mod transcript;

use axum::extract::State;
use desk::{Author, Conversation, Owner, Packet, Ticket, TicketId, TicketState};
use jiff::Timestamp;
use maud::{Markup, html};
use store::{EventQuery, Note, Reports, Role, Store, StoredEvent, User};

use super::fields::{Fields, Query};
use super::gate::Who;
use super::shell::{self, Page, send};
use super::{queue, words};
use crate::app::App;
use crate::entropy;
use crate::http::extract::Id;
use crate::http::{Answer, Code, Has, Problem};
use crate::packs::Knowledge;
use crate::turn;

/// Events of a conversation that are shown at most.
const EVENTS: usize = 10_000;

/// Everything that the page of a ticket shows.
pub(super) struct View<'a> {
    pub(super) who: &'a Who,
    pub(super) knowledge: &'a Knowledge,
    pub(super) packet: Packet,
    pub(super) conversation: Conversation,
    pub(super) events: Vec<StoredEvent>,
    pub(super) users: Vec<User>,
    pub(super) notes: Vec<Note>,
    pub(super) now: Timestamp,
    /// Who else looks at it, and whether they write.
    pub(super) others: Vec<(String, bool)>,
    /// What is wrong with what was just tried.
    pub(super) wrong: Option<&'a Problem>,
    /// What was being written.
    pub(super) draft: &'a Fields,
    /// Tells two sendings of one answer from two answers.
    pub(super) message_id: String,
}

impl View<'_> {
    pub(super) fn ticket(&self) -> &Ticket {
        &self.packet.ticket
    }

    /// Whoever looks at it has it.
    pub(super) fn is_mine(&self) -> bool {
        matches!(&self.conversation.owner, Owner::Agent(agent) if agent.as_str() == self.who.user.name)
    }

    /// One event in a line.
    fn happened(&self, stored: &StoredEvent) -> Markup {
        words::told::happened(stored, self.knowledge, self.who.language())
    }

    /// A text of the desk's own.
    fn told(&self, text: &str) -> Markup {
        words::told::told(text, self.knowledge, self.who.language())
    }

    /// The highest tier of the reader's teams, where the ticket is above it: it is to be taken
    /// by its tier.
    pub(super) fn below(&self) -> Option<u8> {
        let who = self.who;
        if who.is(Role::Lead) || self.is_mine() {
            return None;
        }
        let teams = who.user.profile.teams.iter().map(String::as_str);
        Some(self.knowledge.policy.book.reach(teams)).filter(|reach| *reach < self.ticket().tier)
    }

    pub(super) fn is_open(&self) -> bool {
        self.ticket().state != TicketState::Resolved
    }
}

/// The page of a ticket.
pub(super) async fn page(
    State(app): Has,
    who: Who,
    id: Result<Id, Problem>,
    Query(query): Query,
) -> Page {
    let Id(id) = id?;
    Ok(send(&shown(&app, &who, &id, &query, None, &Fields::default()).await?))
}

/// The page of a ticket, with what is wrong and what was being written where somebody
/// tried something that could not be done.
pub(super) async fn shown(
    app: &App,
    who: &Who,
    id: &str,
    query: &Fields,
    wrong: Option<&Problem>,
    draft: &Fields,
) -> Answer<Markup> {
    let knowledge = app.knowledge();
    let whole = turn::whole_packet(app, &TicketId::new(id), who.language()).await?;
    let turn::Whole { packet, conversation, .. } = whole;
    let events = EventQuery {
        conversation: Some(conversation.id.clone()),
        limit: EVENTS,
        ..EventQuery::default()
    };
    let now = app.clock.now();
    let view = View {
        who,
        knowledge: &knowledge,
        events: app.store.events(&events).await?,
        users: app.store.users().await?,
        notes: app.store.notes(&conversation.id).await?,
        others: app.viewers.others(&conversation.id, &who.user.name, now),
        packet,
        conversation,
        now,
        wrong,
        draft,
        message_id: entropy::id(now)?,
    };
    let aside = queue::aside(app, who, query, view.ticket()).await?;
    let title = format!("Ticket {}", short(view.ticket()));
    let body = html! {
        div.desk data-live={ "/console/live?ticket=" (view.ticket().id) }
            data-conversation=(view.conversation.id) {
            nav.list id="list" data-swap aria-label="Tickets by what is due next" { (aside) }
            main id="main" tabindex="-1" {
                (head(&view))
                (transcript::transcript(&view))
                (compose::compose(&view))
            }
            aside.packet id="packet" data-swap aria-label="What is known" { (packet::packet(&view)) }
        }
    };
    Ok(shell::page(who, "/console", &title, &body))
}

/// The end of a ticket's id, which tells it from others of its day.
fn short(ticket: &Ticket) -> &str {
    let id = ticket.id.as_str();
    id.char_indices().rev().nth(7).and_then(|(at, _)| id.get(at..)).unwrap_or(id)
}

fn head(view: &View<'_>) -> Markup {
    let ticket = view.ticket();
    html! {
        div.head id="head" data-swap {
            h1 { (queue::wanted(ticket, view.knowledge, view.who)) }
            p.facts {
                (words::gravity(ticket)) " " (words::next_due(ticket, view.now)) " "
                span.tag { "tier " (ticket.tier) }
                @if let Some(team) = &ticket.team { " " span.tag { (team) } }
                " " span.tag { (words::state(ticket.state)) }
                @if let Some(until) = ticket.snoozed_until {
                    " " span.tag { (words::icon("pause")) " put aside until " (words::moment(until)) }
                }
                " " (words::language(&view.knowledge.answers, ticket.language.as_deref()))
                @if let Some(order) = &ticket.order { " · order " bdi { (order) } }
                span.soft { " · " (short(ticket)) }
            }
            p.owner { (owner(view))
                @for (name, writes) in &view.others {
                    " " span.viewers { (words::icon("person")) " " (name)
                        @if *writes { " is writing here" } @else { " is here too" } }
                }
            }
        }
        @if let Some(wrong) = view.wrong { (refused(view, wrong)) }
    }
}

fn owner(view: &View<'_>) -> Markup {
    match &view.conversation.owner {
        _ if !view.is_open() => html! { (words::icon("check")) " Resolved; the bot answers." },
        Owner::Bot => html! { "The bot has this conversation." },
        Owner::Queue => html! { (words::icon("clock")) " Nobody has it yet." },
        Owner::Agent(agent) if view.is_mine() => {
            html! { (words::icon("person")) " You have it, " (agent) "." }
        }
        Owner::Agent(agent) => html! { (words::icon("person")) " " strong { (agent) } " has it." },
    }
}

/// Why something was not done, and what changed meanwhile.
fn refused(view: &View<'_>, wrong: &Problem) -> Markup {
    let last = view.events.len().saturating_sub(3);
    let changed = matches!(wrong.code(), Code::TicketChanged | Code::TicketOwned);
    if !changed {
        return shell::problem(wrong);
    }
    html! {
        div.problem role="alert" {
            p { strong { (words::icon("alert")) " " (wrong.code().title()) ". Nothing was sent." } }
            p { "What you wrote stands below. This happened last:" }
            ul.changed { @for stored in &view.events[last..] { li { (view.happened(stored)) } } }
        }
    }
}

/// How an author is shown, and called.
pub(super) fn author(author: &Author) -> (&'static str, &str) {
    match author {
        Author::Customer => ("customer", "Customer"),
        Author::Bot => ("bot", "Bot"),
        Author::Agent(agent) => ("agent", agent.as_str()),
    }
}
