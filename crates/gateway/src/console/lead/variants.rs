//! Manners of speaking against each other.

use axum::extract::State;
use maud::{Markup, html};
use store::{Figuring, VariantFigure};

use super::period::Days;
use super::zone;
use crate::console::fields::Query;
use crate::console::gate::Who;
use crate::console::shell::Page;
use crate::console::words::icon;
use crate::figures::variant::{Interval, wilson, winner};
use crate::http::Has;

/// What is measured: a name, the part, the whole.
type Outcome = (&'static str, fn(&VariantFigure) -> u64, fn(&VariantFigure) -> u64);

const OUTCOMES: [Outcome; 3] = [
    ("Never handed over", |it| it.contained, |it| it.conversations),
    ("A button was pressed", |it| it.pressed, |it| it.conversations),
    ("Marks of 4 and 5", |it| it.good, |it| it.marks),
];

/// The page.
pub(super) async fn page(State(app): Has, who: Who, Query(fields): Query) -> Page {
    let days = Days::read(&fields, &zone(&app), who.now);
    let figures = app.store.variant_figures(days.period()).await?;
    let knowledge = app.knowledge();
    let shares = &knowledge.policy.book.variants.shares;
    let body = html! {
        (days.form("/console/lead/variants", who.now))
        p.soft { "A customer keeps one manner for as long as the shares stay: it follows from a hash of the name. "
            "Shares stand in " code { "desk/desk.toml" } ", table " code { "[variants]" } "; change them there and reload." }
        p { "Shares now: "
            @if shares.is_empty() { "nothing is tried." }
            @for (name, share) in shares { span.tag { (name) " " (share) } " " } }
        @if figures.is_empty() { p.empty { "Nothing was tried in this period." } }
        @for (name, part, whole) in OUTCOMES { @if !figures.is_empty() { (outcome(&figures, name, part, whole)) } }
    };
    Ok(super::page(&who, "/console/lead/variants", "Variants", &body))
}

fn outcome(
    figures: &[VariantFigure],
    name: &str,
    part: fn(&VariantFigure) -> u64,
    whole: fn(&VariantFigure) -> u64,
) -> Markup {
    let intervals: Vec<Option<Interval>> =
        figures.iter().map(|it| wilson(part(it), whole(it))).collect();
    let best = winner(&intervals);
    let percent = |share: f64| format!("{:.1} %", share * 100.0);
    html! {
        h2 { (name) }
        table {
            thead { tr { th scope="col" { "Manner" } th.number scope="col" { "Of" } th.number scope="col" { "Share" }
                th.number scope="col" { "95 % interval (Wilson)" } th scope="col" { span.hidden { "Remarks" } } } }
            tbody { @for (n, (it, interval)) in figures.iter().zip(&intervals).enumerate() { tr {
                th scope="row" { (it.variant) }
                td.number { (part(it)) " of " (whole(it)) }
                td.number { @match interval { Some(i) => { (percent(i.share)) }, None => { "–" } } }
                td.number { @if let Some(i) = interval { (percent(i.low)) " to " (percent(i.high)) } }
                td { @if best == Some(n) { span.green { (icon("check")) " better than all others" } } }
            } } }
        }
        @if best.is_none() { p.soft { "No winner can be told yet: the intervals overlap." } }
    }
}
