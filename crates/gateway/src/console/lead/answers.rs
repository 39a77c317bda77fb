//! How answers and buttons do.

use axum::extract::State;
use maud::html;
use store::Figuring;

use super::period::Days;
use super::zone;
use crate::console::fields::Query;
use crate::console::gate::Who;
use crate::console::shell::Page;
use crate::console::words::icon;
use crate::http::Has;
use crate::turn;

/// An answer that was given so often and of which so many ended with people is told.
const OFTEN: u64 = 5;
const MANY: f64 = 0.3;
/// A button that was offered so often and never picked is told.
const SHOWN: u64 = 20;

/// The page.
pub(super) async fn page(State(app): Has, who: Who, Query(fields): Query) -> Page {
    let days = Days::read(&fields, &zone(&app), who.now);
    let answers = app.store.answer_figures(days.period()).await?;
    let buttons = app.store.button_figures(days.period()).await?;
    let knowledge = app.knowledge();
    let share = |part: u64, whole: u64| part as f64 / whole.max(1) as f64;
    let percent = |part: u64, whole: u64| format!("{:.0} %", share(part, whole) * 100.0);
    let given = |id: &str| answers.iter().any(|answer| answer.answer == id);
    let never: Vec<&str> = knowledge.answers.ids().filter(|id| !given(id)).collect();
    let label = |payload: &str| match payload.split_once(':') {
        Some(("intent" | "clarify", id)) => turn::name(&knowledge, id, who.language()),
        _ => payload.to_owned(),
    };
    let body = html! {
        (days.form("/console/lead/answers", who.now))
        h2 { "Answers" }
        p.soft { "Handed over: a ticket was opened within half an hour of the answer. Marked where it was given "
            (OFTEN) " times or more and " (format!("{:.0} %", MANY * 100.0)) " or more ended so." }
        table {
            thead { tr { th scope="col" { "Answer" } th.number scope="col" { "Given" }
                th.number scope="col" { "Handed over" } th.number scope="col" { "Share" } th scope="col" { span.hidden { "Remarks" } } } }
            tbody { @for it in &answers { tr {
                th scope="row" { bdi { (turn::name(&knowledge, &it.answer, who.language())) } " " span.soft { (it.answer) } }
                td.number { (it.given) } td.number { (it.handed_over) } td.number { (percent(it.handed_over, it.given)) }
                td { @if it.given >= OFTEN && share(it.handed_over, it.given) >= MANY {
                    span.red { (icon("alert")) " often ends with people" } } }
            } } }
        }
        h2 { "Buttons" }
        p.soft { "Picked: the customer's next message was the label. Marked where one was offered " (SHOWN) " times or more and never picked." }
        table {
            thead { tr { th scope="col" { "Button" } th.number scope="col" { "Offered" }
                th.number scope="col" { "Picked" } th.number scope="col" { "Share" } th scope="col" { span.hidden { "Remarks" } } } }
            tbody { @for it in &buttons { tr {
                th scope="row" { bdi { (label(&it.payload)) } " " span.soft { (it.payload) } }
                td.number { (it.offered) } td.number { (it.picked) } td.number { (percent(it.picked, it.offered)) }
                td { @if it.offered >= SHOWN && it.picked == 0 { span.yellow { (icon("alert")) " never picked" } } }
            } } }
        }
        h2 { "Never given in this period" }
        p { (never.len()) " of " (knowledge.answers.ids().count()) " answers: " span.soft { (never.join(", ")) } }
    };
    Ok(super::page(&who, "/console/lead/answers", "Answers", &body))
}
