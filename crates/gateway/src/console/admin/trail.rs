//! Who did what.

use axum::extract::State;
use maud::html;
use store::Store;

use crate::console::fields::Query;
use crate::console::gate::Who;
use crate::console::shell::Page;
use crate::console::words::moment;
use crate::http::Has;

/// Lines on a page.
const LINES: usize = 200;

/// The page.
pub(super) async fn page(State(app): Has, who: Who, Query(query): Query) -> Page {
    let lines = app.store.audit(query.number("before")?, LINES).await?;
    let body = html! {
        table {
            thead { tr { th scope="col" { "When" } th scope="col" { "Who" } th scope="col" { "What" }
                th scope="col" { "To what" } th scope="col" { "More" } } }
            tbody { @for (_, line) in &lines { tr {
                td { (moment(line.at)) } td { (line.actor) } td { (line.action) }
                td { bdi { (line.object) } } td { (line.detail) }
            } } }
        }
        @if let Some((n, _)) = lines.last().filter(|_| lines.len() == LINES) {
            p { a href={ "/console/admin/trail?before=" (n) } rel="next" { "Earlier" } }
        }
    };
    Ok(super::page(&who, "/console/admin/trail", "Audit trail", &body))
}
