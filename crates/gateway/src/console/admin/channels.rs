//! Channels: what comes in and goes out, and what could not be sent.

use axum::extract::State;
use maud::html;
use store::{OutboxQuery, Store};

use crate::console::fields::Query;
use crate::console::gate::Who;
use crate::console::shell::{Page, csrf, go};
use crate::console::words::{icon, moment};
use crate::http::channels::send_again;
use crate::http::extract::Id;
use crate::http::{Has, Problem};

/// Dead letters on a page.
const SHOWN: usize = 200;

/// The page.
pub(super) async fn page(State(app): Has, who: Who, Query(query): Query) -> Page {
    let figures = app.store.channel_figures().await?;
    let after = query.number("after")?.unwrap_or_default();
    let dead = OutboxQuery { after, limit: SHOWN, ..OutboxQuery::default() };
    let dead = app.store.outbox(&dead).await?;
    let body = html! {
        @if figures.is_empty() { p.empty { "No channel was used yet. Inboxes stand in switchboard.toml." } }
        @else {
            table {
                thead { tr { th scope="col" { "Channel" } th scope="col" { "State" } th.number scope="col" { "Events" }
                    th scope="col" { "Last event" } th.number scope="col" { "Wait to be read" }
                    th.number scope="col" { "Wait to be sent" } th scope="col" { "Oldest" }
                    th.number scope="col" { "Sent" } th scope="col" { "Last sent" } th.number scope="col" { "Failures" }
                    th.number scope="col" { "Dead" } th.number scope="col" { "Refused" } th scope="col" { "Last error" } } }
                tbody { @for it in &figures {
                    @let failing = it.failed_at.is_some() && it.failed_at > it.sent_at;
                    tr {
                        th scope="row" { (it.name) }
                        td {
                            @if it.gone_at.is_some() { span.red { (icon("alert")) " gone, told nothing" } }
                            @else if it.dead > 0 { span.red { (icon("alert")) " letters that could not be sent" } }
                            @else if failing { span.yellow { (icon("alert")) " failing" } }
                            @else { span.green { (icon("check")) " fine" } }
                        }
                        td.number { (it.events) @if it.repeated > 0 { span.soft { " +" (it.repeated) " again" } } }
                        td { @if let Some(at) = it.last_event_at { (moment(at)) } }
                        td.number { (it.inbound) } td.number { (it.outbound) }
                        td { @if let Some(at) = it.oldest_at { (moment(at)) } }
                        td.number { (it.sent) } td { @if let Some(at) = it.sent_at { (moment(at)) } }
                        td.number { (it.failures) } td.number { (it.dead) } td.number { (it.refused) }
                        td { bdi { (it.last_error.as_deref().unwrap_or_default()) } }
                    }
                } }
            }
        }
        h2 { "Could not be sent" }
        @if dead.is_empty() { p.empty { "Nothing." } }
        @else {
            table {
                thead { tr { th scope="col" { "What" } th scope="col" { "To" } th scope="col" { "Conversation" }
                    th.number scope="col" { "Tries" } th scope="col" { "Given up" } th scope="col" { "Error" } th scope="col" { span.hidden { "Remarks" } } } }
                tbody { @for it in &dead { tr {
                    th scope="row" { (it.kind) } td { (it.destination) }
                    td { @if let Some(id) = &it.conversation { bdi { (id) } } }
                    td.number { (it.attempts) }
                    td { @if let Some(at) = it.ended_at { (moment(at)) } }
                    td { bdi { (it.error.as_deref().unwrap_or_default()) } }
                    td { form.inline method="post" action={ "/console/admin/outbox/" (it.n) "/replay" } {
                        (csrf(&who)) button { "Send again" span.hidden { " " (it.n) } } } }
                } } }
            }
        }
        @if let Some(last) = dead.last().filter(|_| dead.len() == SHOWN) {
            p { a href={ "/console/admin/channels?after=" (last.n) } rel="next" { "More" } }
        }
    };
    Ok(super::page(&who, "/console/admin/channels", "Channels", &body))
}

/// Sends once more what could not be sent.
pub(super) async fn replay(State(app): Has, who: Who, id: Result<Id, Problem>) -> Page {
    let Id(id) = id?;
    send_again(&app, &who.caller, &id).await?;
    Ok(go("/console/admin/channels"))
}
