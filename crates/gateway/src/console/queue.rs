//! The queue: what is due next stands first. Every filter is in the address.

use axum::extract::State;
use desk::{AgentId, TeamId, Ticket, TicketState};
use intent::Severity;
use jiff::Timestamp;
use maud::{Markup, html};
use store::{Page as StorePage, Store, TicketQuery};

use super::fields::{Fields, Query};
use super::gate::Who;
use super::shell::{self, Page, send};
use super::words;
use crate::app::App;
use crate::http::{Answer, Has};
use crate::packs::Knowledge;
use crate::turn;

/// The views, by the keys 1 to 5.
const VIEWS: [(&str, &str); 5] = [
    ("mine", "Mine"),
    ("open", "Waiting for a person"),
    ("all", "All unresolved"),
    ("waiting", "Customer's turn"),
    ("resolved", "Resolved"),
];

/// What the filters in an address ask the store for.
pub(super) fn query(fields: &Fields, who: &Who) -> TicketQuery {
    let view = fields.get("view").unwrap_or("all");
    TicketQuery {
        tier: fields.get("tier").and_then(|tier| tier.parse().ok()),
        severity: fields.get("severity").and_then(Severity::parse),
        state: match view {
            "open" => Some(TicketState::Open),
            "waiting" => Some(TicketState::Waiting),
            "resolved" => Some(TicketState::Resolved),
            _ => None,
        },
        assignee: match view {
            "mine" => Some(AgentId::new(&who.user.name)),
            _ => fields.get("assignee").map(AgentId::new),
        },
        team: fields.get("team").map(TeamId::new),
        cursor: fields.owned("cursor"),
        limit: fields.get("limit").and_then(|limit| limit.parse().ok()).unwrap_or_default(),
    }
}

/// The queue.
pub(super) async fn page(State(app): Has, who: Who, Query(fields): Query) -> Page {
    let tickets = app.store.tickets(&query(&fields, &who)).await?;
    let knowledge = app.knowledge();
    let now = app.clock.now();
    let body = html! {
        main.queue id="main" {
            h1 { "Queue" }
            (filters(&fields, &knowledge))
            section id="queue" data-swap aria-label="Tickets" {
                (table(&tickets, &fields, &knowledge, &who, now))
            }
        }
    };
    Ok(send(&shell::page(&who, "/console", "Queue", &body)))
}

fn filters(fields: &Fields, knowledge: &Knowledge) -> Markup {
    let view = fields.get("view").unwrap_or("all");
    let teams = knowledge.policy.book.teams.iter().map(|team| team.id.as_str());
    let chosen = |name: &str, value: &str| fields.get(name) == Some(value);
    html! {
        nav.views aria-label="Views" {
            @for (n, (id, label)) in VIEWS.iter().enumerate() {
                @let current = if *id == view { Some("page") } else { None };
                a href={ "/console" (fields.with(&[("view", id), ("cursor", "")])) }
                    aria-current=[current] aria-keyshortcuts=(n + 1) { (label) }
            }
        }
        form.filters action="/console" {
            input type="hidden" name="view" value=(view);
            label { "Severity "
                select name="severity" {
                    option value="" { "any" }
                    @for name in ["red", "yellow", "blue"] {
                        option value=(name) selected[chosen("severity", name)] { (name) }
                    }
                }
            }
            label { "Tier "
                select name="tier" {
                    option value="" { "any" }
                    @for tier in ["1", "2", "3"] {
                        option value=(tier) selected[chosen("tier", tier)] { (tier) }
                    }
                }
            }
            label { "Team "
                select name="team" {
                    option value="" { "any" }
                    @for team in teams {
                        option value=(team) selected[chosen("team", team)] { (team) }
                    }
                }
            }
            button { "Filter" }
        }
    }
}

fn table(
    tickets: &StorePage<Ticket>,
    fields: &Fields,
    knowledge: &Knowledge,
    who: &Who,
    now: Timestamp,
) -> Markup {
    if tickets.items.is_empty() {
        return html! { p.empty { "Nothing here. New tickets appear by themselves." } };
    }
    let address = |ticket: &Ticket| {
        format!("/console/tickets/{}{}", ticket.id, fields.with(&[("cursor", "")]))
    };
    html! {
        table.tickets {
            thead { tr {
                th scope="col" { "Due" } th scope="col" { "Severity" } th scope="col" { "What" }
                th scope="col" { "Language" } th scope="col" { "Order" } th scope="col" { "Tier" }
                th scope="col" { "State" } th scope="col" { "Person" } th scope="col" { "Since" }
            } }
            tbody {
                @for ticket in &tickets.items {
                    tr data-ticket=(ticket.id) {
                        (cell("Due", &words::next_due(ticket, now)))
                        (cell("Severity", &words::gravity(ticket)))
                        th scope="row" { a href=(address(ticket)) { (wanted(ticket, knowledge, who)) } }
                        (cell("Language", &words::language(&knowledge.answers, ticket.language.as_deref())))
                        (cell("Order", &html! { (ticket.order.as_deref().unwrap_or("–")) }))
                        (cell("Tier", &html! { (ticket.tier) }))
                        (cell("State", &html! { (words::state(ticket.state)) }))
                        (cell("Person", &person(ticket)))
                        (cell("Since", &words::moment(ticket.opened_at)))
                    }
                }
            }
        }
        @if let Some(next) = &tickets.next {
            p { a href={ "/console" (fields.with(&[("cursor", next)])) } rel="next" { "More" } }
        }
    }
}

/// A cell that says what it is where the head of the table has no room.
fn cell(head: &str, body: &Markup) -> Markup {
    html! { td data-head=(head) { span { (body) } } }
}

/// The list beside a ticket: what is due next, in short.
pub(super) async fn aside(app: &App, who: &Who, fields: &Fields, here: &Ticket) -> Answer<Markup> {
    let tickets = app.store.tickets(&TicketQuery { limit: 30, ..query(fields, who) }).await?;
    let knowledge = app.knowledge();
    let now = app.clock.now();
    Ok(html! {
        ol {
            @for ticket in &tickets.items {
                @let current = if ticket.id == here.id { Some("true") } else { None };
                li data-ticket=(ticket.id) {
                    a href={ "/console/tickets/" (ticket.id) (fields.with(&[("cursor", "")])) }
                        aria-current=[current] {
                        span.line { (words::gravity(ticket)) " " (words::next_due(ticket, now)) }
                        span.line.name { (wanted(ticket, &knowledge, who)) }
                        span.line.soft {
                            (words::language(&knowledge.answers, ticket.language.as_deref()))
                            " · " (person(ticket))
                        }
                    }
                }
            }
        }
    })
}

/// What the customer wants, in the reader's language.
pub(super) fn wanted(ticket: &Ticket, knowledge: &Knowledge, who: &Who) -> Markup {
    let names = ticket.intents.iter().filter(|id| id.as_str() != "none");
    let names: Vec<String> =
        names.take(3).map(|id| turn::name(knowledge, id.as_str(), who.language())).collect();
    html! {
        @if names.is_empty() { "Not understood" } @else { bdi { (names.join("; ")) } }
        @if ticket.snoozed_until.is_some() { " " span.tag { (words::icon("pause")) " put aside" } }
        @if ticket.reopened > 0 { " " span.tag { "opened again" } }
    }
}

fn person(ticket: &Ticket) -> Markup {
    match &ticket.assignee {
        Some(agent) => html! { (words::icon("person")) " " (agent) },
        None => html! { span.soft { "nobody yet" } },
    }
}
