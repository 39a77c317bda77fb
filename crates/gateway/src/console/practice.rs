//! Practice: a customer from a script, answered in the console as a real one is. What is
//! said here goes nowhere and is in no figure.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use axum::extract::{Path, State};
use maud::{Markup, html};

use super::fields::Form;
use super::gate::Who;
use super::shell::{self, Page, csrf, go, send};
use super::words::markdown::markdown;
use super::words::{icon, text};
use crate::http::extract::checked_text;
use crate::http::{Answer, Code, Has};
use crate::practice::{Run, SCRIPTS, Scored, Script, script};
use crate::wire::seconds;

const HERE: &str = "/console/practice";

/// Who practises what: one go a person, kept while the service runs.
#[derive(Debug, Default)]
pub(crate) struct Practising(Mutex<BTreeMap<String, Run>>);

impl Practising {
    fn runs(&self) -> MutexGuard<'_, BTreeMap<String, Run>> {
        // A panic cannot leave the map half-changed.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn of(&self, who: &Who) -> Option<Run> {
        self.runs().get(&who.user.name).cloned()
    }
}

/// The scripts there are.
pub(super) async fn page(who: Who) -> Page {
    let body = html! {
        main.wide id="main" {
            h1 { "Practice" }
            p { "A customer from a script writes to you. You are scored by how soon you answer and by what you say. "
                "Nothing of it is stored, sent, or counted in figures." }
            ul.scripts { @for script in SCRIPTS.iter() {
                li.card {
                    h2 { (script.title) }
                    p.soft { (script.customer) }
                    p { (script.brief) }
                    (start(&who, script, "Start"))
                }
            } }
        }
    };
    Ok(send(&shell::page(&who, HERE, "Practice", &body)))
}

fn start(who: &Who, script: &Script, label: &str) -> Markup {
    html! {
        form method="post" action={ (HERE) "/" (script.id) } {
            (csrf(who))
            button.main { (label) span.hidden { ": " (script.title) } }
        }
    }
}

/// A go at a script, or what came of it.
pub(super) async fn run(State(app): Has, who: Who, Path(id): Path<String>) -> Page {
    let script = script(&id).ok_or(Code::NotFound)?;
    let Some(run) = app.practising.of(&who).filter(|run| run.script.id == script.id) else {
        return Ok(go(HERE));
    };
    let body = html! {
        main.wide id="main" {
            h1 { (script.title) }
            p.soft { (script.customer) ". " (script.brief) }
            ol.transcript tabindex="0" aria-label="Conversation" {
                @for (customer, said) in &run.said {
                    li.message.(if *customer { "customer" } else { "agent" }) {
                        p.by { strong { (if *customer { "Customer" } else { who.user.name.as_str() }) } }
                        div.words { @if *customer { (text::text(said)) } @else { (markdown(said)) } }
                    }
                }
            }
            @if run.is_over() { (scores(&run)) (start(&who, script, "Once more")) p { a href=(HERE) { "Other customers" } } }
            @else { (answer(&who, &run)) }
        }
    };
    Ok(send(&shell::page(&who, HERE, &script.title, &body)))
}

fn answer(who: &Who, run: &Run) -> Markup {
    let target = i64::from(run.script.target_seconds);
    let due = run.asked_at() + jiff::SignedDuration::from_secs(target);
    let warn = run.asked_at() + jiff::SignedDuration::from_secs(target * 3 / 4);
    let state = if due <= who.now { "late" } else { "fine" };
    html! {
        form.compose method="post" action={ (HERE) "/" (run.script.id) } {
            (csrf(who))
            p { span.due.(state) data-due=(seconds(due)) data-warn=(seconds(warn)) {
                (icon("clock")) " " span.what { "answer" } " " span.left { "within " (target) " s" } } }
            label.hidden for="reply" { "Answer to the customer" }
            textarea id="reply" name="text" rows="4" maxlength="4000" required autofocus aria-keyshortcuts="r" {}
            div.row { button.main { "Send" } }
        }
    }
}

fn scores(run: &Run) -> Markup {
    let (points, of) = run.total();
    html! {
        section.card aria-label="Score" {
            h2 { (points) " of " (of) " points" }
            @for (n, scored) in run.scored.iter().enumerate() { (score(n + 1, scored)) }
        }
    }
}

fn score(n: usize, scored: &Scored) -> Markup {
    html! {
        h3 { "Answer " (n) ": " (scored.points) " of " (scored.of) ", in " (scored.seconds) " s" }
        ul {
            @for line in &scored.good { li { span.green { (icon("check")) " good:" } " " (line) } }
            @for line in &scored.better { li { span.yellow { (icon("alert")) " better:" } " " (line) } }
        }
    }
}

/// Starts a go, or answers in it.
pub(super) async fn act(
    State(app): Has,
    who: Who,
    Path(id): Path<String>,
    Form(form): Form,
) -> Page {
    let script = script(&id).ok_or(Code::NotFound)?;
    let said = form.get("text").map(checked).transpose()?;
    let mut runs = app.practising.runs();
    match (said, runs.get_mut(&who.user.name)) {
        (Some(said), Some(run)) if run.script.id == script.id => run.answer(said, who.now),
        _ => {
            runs.insert(who.user.name.clone(), Run::start(script, who.now));
        }
    }
    drop(runs);
    Ok(go(&format!("{HERE}/{id}")))
}

fn checked(said: &str) -> Answer<&str> {
    checked_text("text", said)
}
