//! Packs: what is in force, what is on disk, and from one to the other.

use axum::extract::{Path, State};
use axum::response::IntoResponse;
use maud::{Markup, html};

use crate::app::{App, ReloadError};
use crate::console::gate::Who;
use crate::console::shell::{Page, csrf, go};
use crate::http::ops::in_force;
use crate::http::{Code, Has, Problem};
use crate::packs::{Fault, Faults, Knowledge, PackFiles, between};

const HERE: &str = "/console/admin/packs";
/// Findings that are shown.
const SHOWN: usize = 200;

/// What is on disk, tried.
enum Tried {
    /// It can be put in force.
    Fine { hash: String, findings: Vec<String> },
    /// It cannot.
    Broken(Vec<Fault>),
    /// It cannot even be read.
    Unread(String),
}

/// The page.
pub(super) async fn page(State(app): Has, who: Who) -> Page {
    shown(&app, &who, None, None).await
}

async fn shown(app: &App, who: &Who, tried: Option<&Tried>, change: Option<&str>) -> Page {
    let knowledge = app.knowledge();
    let before = app.knowledge_before();
    let coverage = knowledge.answers.coverage();
    let body = html! {
        dl {
            dt { "In force" } dd { code { (knowledge.analyzer.packs_hash()) } }
            dt { "Languages read" } dd { (knowledge.analyzer.languages().join(", ")) }
            dt { "Locales spoken" } dd { (knowledge.answers.locales().collect::<Vec<_>>().join(", ")) }
            dt { "Intents" } dd { (knowledge.analyzer.intents().len()) }
            dt { "Answers" } dd { (knowledge.answers.ids().count()) }
            dt { "Files of the shop's own" } dd { (knowledge.own.len()) }
            dt { "Before the last reload" }
            dd { @match &before {
                Some(before) => { code { (before.analyzer.packs_hash()) } },
                None => { "nothing: there was no reload since the start" },
            } }
        }
        div.actions {
            (button(who, "check", "Try what is on disk"))
            (button(who, "reload", "Reload"))
            @if before.is_some() { (button(who, "roll-back", "Roll back")) }
        }
        p.soft { "Rolling back lasts until the next reload or start, which read the files again." }
        @if let Some(tried) = tried { (result(tried)) }
        @if let Some(change) = change {
            h2 { "What is on disk, against what is in force" }
            @if change.is_empty() { p { "No difference in the shop's own files." } }
            @else { pre tabindex="0" aria-label="Difference" { (change) } }
        }
        h2 { "Answers by locale" }
        table {
            thead { tr { th scope="col" { "Locale" } th.number scope="col" { "Answers lacking" } } }
            tbody { @for locale in &coverage.locales { tr {
                th scope="row" { bdi { (locale.name) } " " span.soft { (locale.tag) } } td.number { (locale.missing.len()) }
            } } }
        }
    };
    let refused = matches!(tried, Some(Tried::Broken(_) | Tried::Unread(_)));
    let status = if refused { Code::PacksBroken.status() } else { axum::http::StatusCode::OK };
    Ok((status, super::page(who, HERE, "Packs", &body)).into_response())
}

fn button(who: &Who, verb: &str, label: &str) -> Markup {
    html! { form.inline method="post" action={ (HERE) "/" (verb) } { (csrf(who)) button { (label) } } " " }
}

fn result(tried: &Tried) -> Markup {
    html! {
        section.changed aria-label="Result" role="status" {
            @match tried {
                Tried::Fine { hash, findings } => {
                    p { "It can be put in force: " code { (hash) } ". " (findings.len()) " findings about answers; "
                        code { "switchboard check" } " tries the rules against each other as well." }
                    ul { @for finding in findings.iter().take(SHOWN) { li { (finding) } } }
                },
                Tried::Broken(faults) => {
                    p { strong { "Broken: what is in force stays. " } (faults.len()) " errors." }
                    ul { @for fault in faults.iter().take(SHOWN) {
                        li { code { (fault.path) ":" (fault.line) ":" (fault.column) } " " (fault.message) span.soft { " " (fault.help) } }
                    } }
                },
                Tried::Unread(error) => { p { strong { "It cannot be read. " } (error) } },
            }
        }
    }
}

/// Tries, reloads, rolls back.
pub(super) async fn act(State(app): Has, who: Who, Path(verb): Path<String>) -> Page {
    let done = match verb.as_str() {
        "check" => {
            let (tried, own) = tried(&app).await?;
            let change = own.map(|own| between(&app.knowledge().own, &own));
            return shown(&app, &who, Some(&tried), change.as_deref()).await;
        }
        "reload" => match app.reload().await {
            Ok(knowledge) => knowledge,
            Err(ReloadError::Faults(Faults(faults))) => {
                return shown(&app, &who, Some(&Tried::Broken(faults)), None).await;
            }
            Err(error) => {
                return shown(&app, &who, Some(&Tried::Unread(error.to_string())), None).await;
            }
        },
        "roll-back" => app.roll_back().await.ok_or(Code::NotFound)?,
        _ => return Err(Code::NotFound.into()),
    };
    in_force(&app, &who.caller, &format!("packs.{verb}"), &done).await?;
    Ok(go(HERE))
}

type Own = std::collections::BTreeMap<String, String>;

async fn tried(app: &App) -> Result<(Tried, Option<Own>), Problem> {
    let choice = app.pack_choice().clone();
    let work = move || match PackFiles::gather(&choice) {
        Err(error) => (Tried::Unread(error.to_string()), None),
        Ok(files) => {
            let own = Some(files.own());
            match Knowledge::compile(&files) {
                Ok(knowledge) => {
                    let findings = knowledge.answers.lint();
                    let told =
                        findings.iter().map(|it| format!("{}:{} {}", it.path, it.line, it.message));
                    let hash = knowledge.analyzer.packs_hash().to_owned();
                    (Tried::Fine { hash, findings: told.collect() }, own)
                }
                Err(Faults(faults)) => (Tried::Broken(faults), own),
            }
        }
    };
    tokio::task::spawn_blocking(work).await.map_err(Problem::internal)
}
