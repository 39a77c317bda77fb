//! The figures of a period beside the one before, with charts and as a file.

use std::collections::BTreeMap;

use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use desk::Survey;
use jiff::civil::Date;
use maud::{Markup, html};
use store::{Figures, Figuring};

use super::chart::{Bar, Chart};
use super::period::Days;
use super::zone;
use crate::app::App;
use crate::console::fields::{Fields, Query};
use crate::console::gate::Who;
use crate::console::shell::Page;
use crate::console::words::icon;
use crate::figures::{self, ABSENT, Measure, measures, survey};
use crate::http::{Answer, Has, Problem};

/// What a customer says who complains.
const COMPLAINT: &str = "service.complaint";
/// Rows of a chart that compares.
const ROWS: usize = 12;

/// A period and the one before.
struct Both {
    days: Days,
    now: Figures,
    measures: Vec<Measure>,
    before: Vec<Measure>,
}

async fn both(app: &App, fields: &Fields) -> Answer<Both> {
    let days = Days::read(fields, &zone(app), app.clock.now());
    let now = app.store.figures(days.period(), COMPLAINT).await?;
    let before = app.store.figures(days.before().period(), COMPLAINT).await?;
    let knowledge = app.knowledge();
    let spoken = |tag: &str| {
        let primary = |tag: &str| tag.split('-').next().unwrap_or_default().to_owned();
        primary(knowledge.answers.locale_for(tag)) == primary(tag)
    };
    let surveys = &knowledge.policy.book.surveys;
    let measures = |figures: &Figures| measures(figures, &spoken, surveys);
    let (now_measures, before) = (measures(&now), measures(&before));
    Ok(Both { days, now, measures: now_measures, before })
}

/// The page.
pub(super) async fn page(State(app): Has, who: Who, Query(fields): Query) -> Page {
    let both = both(&app, &fields).await?;
    let body = html! {
        (both.days.form("/console/lead", who.now))
        p { a href={ "/console/lead/figures.csv" (both.days.query()) } { "Download as CSV" } }
        (table(&both))
        div.charts { (charts(&both)) }
        h2 { "Not measured" }
        dl { @for (name, why) in ABSENT { dt { (name) } dd { (why) } } }
    };
    Ok(super::page(&who, "/console/lead", "Figures", &body))
}

fn table(both: &Both) -> Markup {
    let before = both.days.before();
    html! {
        table.figures {
            thead { tr {
                th scope="col" { "Figure" }
                th.number scope="col" { "Value" }
                th.number scope="col" { "Target" }
                th.number scope="col" { (before.from) " to " (before.to) }
                th scope="col" { "Formula" }
            } }
            tbody { @for (measure, before) in both.measures.iter().zip(&both.before) {
                tr {
                    th scope="row" { (measure.name) }
                    td.number { strong { (told(measure)) } (reached(measure)) }
                    td.number { (target(measure)) }
                    td.number { (told(before)) }
                    td.soft { (measure.formula) }
                }
            } }
        }
    }
}

fn told(measure: &Measure) -> String {
    measure.value.map_or_else(|| "–".to_owned(), |value| measure.unit.text(value))
}

fn reached(measure: &Measure) -> Markup {
    html! {
        @match measure.reached() {
            Some(true) => { " " span.green { (icon("check")) " reached" } },
            Some(false) => { " " span.red { (icon("alert")) " missed" } },
            None => {},
        }
    }
}

fn target(measure: &Measure) -> String {
    let Some((target, more)) = measure.target else { return String::new() };
    format!("{} {}", if more { "≥" } else { "≤" }, measure.unit.text(target))
}

fn charts(both: &Both) -> Markup {
    let (by_day, by_hour) = times(&both.days, &both.now);
    let chart =
        |id, title, value, part, bars: &[Bar]| Chart { id, title, value, part, bars }.columns();
    let rows = |id, title, value, part, bars: &[Bar]| Chart { id, title, value, part, bars }.rows();
    let languages: Vec<Bar> = both
        .now
        .languages
        .iter()
        .take(ROWS)
        .map(|(tag, n, handed)| {
            bar(tag.as_deref().unwrap_or("unknown"), *n as f64, Some(*handed as f64))
        })
        .collect();
    let mut reasons: BTreeMap<&str, usize> = BTreeMap::new();
    for ticket in &both.now.tickets {
        *reasons.entry(ticket.rule.as_str()).or_default() += 1;
    }
    let mut reasons: Vec<Bar> =
        reasons.into_iter().map(|(rule, n)| bar(&rule.replace('_', " "), n as f64, None)).collect();
    reasons.sort_by(|a, b| b.value.total_cmp(&a.value));
    html! {
        (chart("by-day", "Conversations by day", "conversations", Some("handed over"), &by_day))
        (chart("by-hour", "Conversations by hour of the day", "conversations", Some("handed over"), &by_hour))
        (rows("waits", "First answers of people by how long they took", "tickets", None, &waits(&both.now)))
        (rows("languages", "Languages", "conversations", Some("handed over"), &languages))
        (rows("reasons", "Why people had to take over", "tickets", None, &reasons))
        @for survey in Survey::ALL {
            (rows(survey.as_str(), asked(survey), "tickets", None, &marks(&both.now, survey)))
        }
    }
}

fn asked(survey: Survey) -> &'static str {
    match survey {
        Survey::Csat => "How good the help was (CSAT)",
        Survey::Ces => "Whether the shop made it easy (CES)",
        Survey::Nps => "Whether customers recommend the shop (NPS)",
    }
}

/// How often each mark was given.
fn marks(figures: &Figures, survey: Survey) -> Vec<Bar> {
    let marks = survey::marks(&figures.tickets, survey);
    let scale = survey.scale();
    let count = |mark| marks.iter().filter(|given| **given == mark).count();
    let label = |mark| format!("{mark} of {}", scale.end());
    scale.clone().map(|mark| bar(&label(mark), count(mark) as f64, None)).collect()
}

fn bar(label: &str, value: f64, part: Option<f64>) -> Bar {
    Bar { label: label.to_owned(), value, part }
}

/// Conversations by day, and by hour of the day, in the shop's time zone.
fn times(days: &Days, figures: &Figures) -> (Vec<Bar>, Vec<Bar>) {
    let mut by_day: BTreeMap<Date, (u64, u64)> = days.each().map(|day| (day, (0, 0))).collect();
    let mut by_hour = [(0_u64, 0_u64); 24];
    for count in &figures.hours {
        let at = count.hour.to_zoned(days.zone.clone());
        let hour = usize::try_from(at.hour()).ok().and_then(|hour| by_hour.get_mut(hour));
        for place in by_day.get_mut(&at.date()).into_iter().chain(hour) {
            place.0 += count.conversations;
            place.1 += count.handed_over;
        }
    }
    let told = |label: String, (all, part): (u64, u64)| Bar {
        label,
        value: all as f64,
        part: Some(part as f64),
    };
    let days =
        by_day.into_iter().map(|(day, n)| told(day.strftime("%m-%d").to_string(), n)).collect();
    let hours =
        by_hour.into_iter().enumerate().map(|(hour, n)| told(hour.to_string(), n)).collect();
    (days, hours)
}

fn waits(figures: &Figures) -> Vec<Bar> {
    const UPTO: [(f64, &str); 6] = [
        (30.0, "30 s (target)"),
        (120.0, "2 min"),
        (900.0, "15 min"),
        (3600.0, "1 h"),
        (14_400.0, "4 h"),
        (86_400.0, "a day"),
    ];
    let waits = figures::first_responses(&figures.tickets);
    let mut from = f64::NEG_INFINITY;
    let mut bars: Vec<Bar> = Vec::new();
    for (upto, label) in UPTO {
        let count = waits.iter().filter(|wait| **wait > from && **wait <= upto).count();
        bars.push(bar(&format!("up to {label}"), count as f64, None));
        from = upto;
    }
    bars.push(bar("longer", waits.iter().filter(|wait| **wait > from).count() as f64, None));
    let waiting =
        figures.tickets.iter().filter(|ticket| ticket.first_response_at.is_none()).count();
    bars.push(bar("not answered", waiting as f64, None));
    bars
}

/// The same as a file.
pub(super) async fn csv(State(app): Has, Query(fields): Query) -> Page {
    let both = both(&app, &fields).await?;
    let mut out = csv::Writer::from_writer(Vec::new());
    let number = |value: Option<f64>| value.map_or_else(String::new, |value| format!("{value:.4}"));
    out.write_record(["figure", "unit", "value", "target", "before", "from", "to", "formula"])
        .map_err(Problem::internal)?;
    for (measure, before) in both.measures.iter().zip(&both.before) {
        let (from, to) = (both.days.from.to_string(), both.days.to.to_string());
        let fields = [
            measure.id,
            measure.unit.as_str(),
            &number(measure.value),
            &number(measure.target.map(|(target, _)| target)),
            &number(before.value),
            &from,
            &to,
            measure.formula,
        ];
        out.write_record(fields).map_err(Problem::internal)?;
    }
    let bytes = out.into_inner().map_err(Problem::internal)?;
    let name = format!("attachment; filename=\"figures-{}-{}.csv\"", both.days.from, both.days.to);
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, name),
    ];
    Ok((headers, bytes).into_response())
}
