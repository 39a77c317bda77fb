//! Words that recur where customers were not content, and in what they wrote after they were
//! asked for a mark.

use axum::extract::State;
use desk::Survey;
use maud::{Markup, html};
use store::{Figuring, SaidWhere};

use super::period::Days;
use super::zone;
use crate::console::fields::Query;
use crate::console::gate::Who;
use crate::console::shell::Page;
use crate::console::words::text;
use crate::figures::group::{Recurring, recurring};
use crate::http::Has;

/// Messages that are looked at.
const MESSAGES: usize = 5000;
/// Words that are shown.
const SHOWN: usize = 40;

/// The page.
pub(super) async fn page(State(app): Has, who: Who, Query(fields): Query) -> Page {
    let days = Days::read(&fields, &zone(&app), who.now);
    let anywhere = app.store.said(days.period(), SaidWhere::Anywhere, MESSAGES).await?;
    let low = app.store.said(days.period(), SaidWhere::LowMark, MESSAGES).await?;
    let comments = app.store.said(days.period(), SaidWhere::AfterMark, MESSAGES).await?;
    let body = html! {
        (days.form("/console/lead/words", who.now))
        p.soft { "Words of at least two conversations that are more frequent there than in all conversations of the period, by share of conversations." }
        h2 { "Conversations with a low mark" }
        p.soft { (low_marks()) }
        (list(&recurring(&low, &anywhere)))
        h2 { "Written after the question for a mark" }
        (list(&recurring(&comments, &anywhere)))
        ul { @for said in comments.iter().take(10) { li { (text::text(&said.text)) } } }
    };
    Ok(super::page(&who, "/console/lead/words", "Words", &body))
}

/// What counts as a low mark.
fn low_marks() -> String {
    let named =
        [(Survey::Csat, "Satisfaction"), (Survey::Ces, "effort"), (Survey::Nps, "recommendation")];
    let upto = |(survey, name): (Survey, &str)| {
        format!("{name} up to {} of {}", survey.low().end(), survey.scale().end())
    };
    format!("{}.", named.map(upto).join(", "))
}

fn list(words: &[Recurring]) -> Markup {
    html! {
        @if words.is_empty() { p.empty { "None in this period." } }
        @else {
            table {
                thead { tr { th scope="col" { "Word" } th.number scope="col" { "Conversations" }
                    th.number scope="col" { "Times as frequent as anywhere" } } }
                tbody { @for it in words.iter().take(SHOWN) { tr {
                    th scope="row" { bdi { (it.word) } } td.number { (it.conversations) }
                    td.number { (format!("{:.1}", it.times)) }
                } } }
            }
        }
    }
}
