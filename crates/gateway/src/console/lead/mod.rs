//! What leads see: figures, what was not understood, how answers do, who has how much to do.

mod answers;
mod chart;
mod figures;
mod people;
mod period;
mod questions;
mod sample;
mod variants;
mod words;

use axum::Router;
use axum::middleware::from_fn;
use axum::routing::get;
use jiff::tz::TimeZone;
use maud::Markup;

use super::gate::{self, Who};
use super::shell;
use crate::app::App;
use crate::http::Shared;

/// The pages for leads.
pub(super) fn router() -> Router<Shared> {
    Router::new()
        .route("/console/lead", get(figures::page))
        .route("/console/lead/figures.csv", get(figures::csv))
        .route("/console/lead/questions", get(questions::page))
        .route("/console/lead/sample", get(sample::page))
        .route("/console/lead/sample.diff", get(sample::download))
        .route("/console/lead/answers", get(answers::page))
        .route("/console/lead/words", get(words::page))
        .route("/console/lead/variants", get(variants::page))
        .route("/console/lead/people", get(people::page))
        .layer(from_fn(gate::leads))
}

/// The time zone in which the shop's days are told.
fn zone(app: &App) -> TimeZone {
    app.knowledge().answers.shop().hours.time_zone.clone()
}

const PAGES: [(&str, &str); 6] = [
    ("/console/lead", "Figures"),
    ("/console/lead/questions", "Not understood"),
    ("/console/lead/answers", "Answers"),
    ("/console/lead/variants", "Variants"),
    ("/console/lead/words", "Words"),
    ("/console/lead/people", "People and breaches"),
];

/// A page with the leads' own tabs.
fn page(who: &Who, here: &str, title: &str, body: &Markup) -> axum::response::Response {
    shell::tabbed(who, &PAGES, "Figures", here, title, body)
}
