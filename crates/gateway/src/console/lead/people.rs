//! Who has how much to do, and what was not done in time.

use axum::extract::State;
use desk::Survey;
use maud::html;
use store::{Figuring, Store, TicketFigure};

use super::period::Days;
use super::zone;
use crate::console::fields::Query;
use crate::console::gate::Who;
use crate::console::shell::Page;
use crate::console::words;
use crate::figures::survey::{marks, mean_mark};
use crate::figures::{Unit, first_responses, median};
use crate::http::Has;

/// Breaches that are shown.
const SHOWN: usize = 200;

/// The page.
pub(super) async fn page(State(app): Has, who: Who, Query(fields): Query) -> Page {
    let days = Days::read(&fields, &zone(&app), who.now);
    let period = days.period();
    let (users, loads) = (app.store.users().await?, app.store.loads().await?);
    let tickets = app.store.figures(period, "").await?.tickets;
    let breaches = app.store.breaches(period, SHOWN).await?;
    let knowledge = app.knowledge();
    let capacity = knowledge.policy.book.capacity;
    let of = |name: &str| -> Vec<TicketFigure> {
        tickets.iter().filter(|t| t.assignee.as_deref() == Some(name)).cloned().collect()
    };
    let told = |unit: Unit, value: Option<f64>| {
        value.map_or_else(|| "–".to_owned(), |value| unit.text(value))
    };
    let waiting = loads.waiting;
    let body = html! {
        (days.form("/console/lead/people", who.now))
        p { "Waiting for a person now: " @for (n, count) in waiting.iter().enumerate() {
            span.tag { "tier " (n + 1) ": " (count) } " " } }
        h2 { "People" }
        table {
            thead { tr { th scope="col" { "Person" } th scope="col" { "There" } th.number scope="col" { "Open now" }
                th.number scope="col" { "Room for" } th.number scope="col" { "Tickets" } th.number scope="col" { "Resolved" }
                th.number scope="col" { "Late first answers" } th.number scope="col" { "First answer, median" }
                th.number scope="col" { "Marks (CSAT)" } th.number scope="col" { "Mean mark" } } }
            tbody { @for user in users.iter().filter(|user| user.disabled_at.is_none()) {
                @let own = of(&user.name);
                @let open = loads.agents.get(&user.name).copied().unwrap_or(0);
                @let room = user.profile.capacity.unwrap_or(capacity);
                @let marks = marks(&own, Survey::Csat);
                tr {
                    th scope="row" { (user.name) }
                    td { @if user.available { span.green { (words::icon("check")) " there" } } @else { span.soft { (words::icon("pause")) " not there" } } }
                    td.number { (open) @if open >= room { " " span.red { "full" } } }
                    td.number { (room) }
                    td.number { (own.len()) }
                    td.number { (own.iter().filter(|t| t.resolved_at.is_some()).count()) }
                    td.number { (own.iter().filter(|t| t.late).count()) }
                    td.number { (told(Unit::Seconds, median(&first_responses(&own)))) }
                    td.number { (marks.len()) }
                    td.number { (told(Unit::Mark, mean_mark(&marks))) }
                }
            } }
        }
        h2 { "Not done in time" }
        @if breaches.is_empty() { p.empty { "Nothing in this period." } }
        ul { @for stored in &breaches {
            li { a href={ "/console/tickets/" (stored.event.ticket) } { "Ticket" } " " (words::told::happened(stored, &knowledge, who.language())) }
        } }
    };
    Ok(super::page(&who, "/console/lead/people", "People and breaches", &body))
}
