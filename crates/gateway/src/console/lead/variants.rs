//! Manners of speaking against each other.

use axum::extract::State;
use desk::{VariantOutcome, Variants};
use maud::{Markup, html};
use store::{Figuring, VariantFigure};

use super::period::Days;
use super::zone;
use crate::console::fields::Query;
use crate::console::gate::Who;
use crate::console::shell::Page;
use crate::console::words::icon;
use crate::figures::variant::{Interval, outcomes, wilson, winner};
use crate::http::Has;

/// What is measured, in words.
fn named(by: VariantOutcome) -> &'static str {
    match by {
        VariantOutcome::Contained => "Never handed over",
        VariantOutcome::Pressed => "A button was pressed",
        VariantOutcome::Marks => "Marks of 4 and 5 (CSAT)",
    }
}

/// The page.
pub(super) async fn page(State(app): Has, who: Who, Query(fields): Query) -> Page {
    let days = Days::read(&fields, &zone(&app), who.now);
    let figures = app.store.variant_figures(days.period()).await?;
    let knowledge = app.knowledge();
    let variants = &knowledge.policy.book.variants;
    let shares = &variants.shares;
    let body = html! {
        (days.form("/console/lead/variants", who.now))
        p.soft { "A customer keeps one manner for as long as the shares stay: it follows from a hash of the name. "
            "Shares stand in " code { "desk/desk.toml" } ", table " code { "[variants]" } "; change them there and reload." }
        p { "Shares now: "
            @if shares.is_empty() { "nothing is tried." }
            @for (name, share) in shares { span.tag { (name) " " (share) } " " } }
        @if !shares.is_empty() { (rotation(variants, app.favoured.name().as_deref())) }
        @if figures.is_empty() { p.empty { "Nothing was tried in this period." } }
        @if !figures.is_empty() { @for by in VariantOutcome::ALL { (outcome(&figures, by)) } }
    };
    Ok(super::page(&who, "/console/lead/variants", "Variants", &body))
}

fn rotation(variants: &Variants, favoured: Option<&str>) -> Markup {
    html! {
        p { "Rotation: "
            @match variants.rotation {
                None => { "off; shares stay as they are written." },
                Some(rotation) => {
                    "by \u{201c}" (named(rotation.by)) "\u{201d} of the last " (rotation.days) " days; a winner after "
                    (rotation.after) " outcomes of each gets " (rotation.share) " % of customers. Now: "
                    @match favoured.filter(|name| variants.shares.contains_key(*name)) {
                        Some(name) => { span.tag { (icon("up")) " " (name) } },
                        None => { "none is known to do better." },
                    }
                },
            }
        }
    }
}

fn outcome(figures: &[VariantFigure], by: VariantOutcome) -> Markup {
    let counted: Vec<(u64, u64)> = figures.iter().map(|it| outcomes(by, it)).collect();
    let intervals: Vec<Option<Interval>> =
        counted.iter().map(|(good, all)| wilson(*good, *all)).collect();
    let best = winner(&intervals);
    let percent = |share: f64| format!("{:.1} %", share * 100.0);
    html! {
        h2 { (named(by)) }
        table {
            thead { tr { th scope="col" { "Manner" } th.number scope="col" { "Of" } th.number scope="col" { "Share" }
                th.number scope="col" { "95 % interval (Wilson)" } th scope="col" { span.hidden { "Remarks" } } } }
            tbody { @for (n, ((it, (good, all)), interval)) in figures.iter().zip(&counted).zip(&intervals).enumerate() { tr {
                th scope="row" { (it.variant) }
                td.number { (good) " of " (all) }
                td.number { @match interval { Some(i) => { (percent(i.share)) }, None => { "–" } } }
                td.number { @if let Some(i) = interval { (percent(i.low)) " to " (percent(i.high)) } }
                td { @if best == Some(n) { span.green { (icon("check")) " better than all others" } } }
            } } }
        }
        @if best.is_none() { p.soft { "No winner can be told yet: the intervals overlap." } }
    }
}
