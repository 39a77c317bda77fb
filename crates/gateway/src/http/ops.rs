//! For those who run the service.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use store::Store;
use utoipa::ToSchema;

use super::Has;
use super::caller::Caller;
use super::problem::{Answer, Code, Problem, ProblemError};
use crate::access;
use crate::app::{App, ReloadError};
use crate::packs::Knowledge;

/// The process lives.
#[utoipa::path(get, path = "/healthz", tag = "operations",
    responses((status = 200, description = "`ok`", body = String)))]
pub(super) async fn healthz() -> &'static str {
    "ok\n"
}

/// The service takes messages: packs are loaded and the database takes changes.
#[utoipa::path(get, path = "/readyz", tag = "operations",
    responses(
        (status = 200, description = "`ready`", body = String),
        (status = 503, description = "Not now", body = super::ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn readyz(State(app): Has) -> Answer<&'static str> {
    if app.is_stopping() {
        return Err(Code::Stopping.into());
    }
    app.store.check().await?;
    Ok("ready\n")
}

/// Figures in the text format of OpenMetrics.
#[utoipa::path(get, path = "/metrics", tag = "operations",
    responses((status = 200, description = "Figures", body = String)))]
pub(super) async fn metrics(State(app): Has) -> Response {
    let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    ([(header::CONTENT_TYPE, kind)], app.metrics.text()).into_response()
}

/// What is in force after a reload.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct Reloaded {
    /// The hash of packs and engine.
    packs: String,
    /// The languages that are read.
    languages: Vec<String>,
    /// The locales that are spoken.
    locales: Vec<String>,
}

/// Reads the shop's folder again. Broken packs change nothing and are listed.
#[utoipa::path(post, path = "/v1/packs/reload", tag = "operations",
    security(("token" = [])),
    responses(
        (status = 200, description = "In force", body = Reloaded),
        (status = "default", description = "A problem", body = super::ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn reload(State(app): Has, caller: Caller) -> Answer<Json<Reloaded>> {
    caller.may(store::Scope::Packs)?;
    match app.reload().await {
        Ok(knowledge) => {
            in_force(&app, &caller, "packs.reload", &knowledge).await?;
            Ok(Json(Reloaded {
                packs: knowledge.analyzer.packs_hash().to_owned(),
                languages: knowledge.analyzer.languages().to_vec(),
                locales: knowledge.answers.locales().map(ToOwned::to_owned).collect(),
            }))
        }
        Err(ReloadError::Faults(faults)) => {
            let errors = faults.0.into_iter().map(|fault| ProblemError {
                code: fault.code,
                path: fault.path,
                line: fault.line,
                column: fault.column,
                message: fault.message,
                help: fault.help,
            });
            Err(Problem::from(Code::PacksBroken).with_errors(errors.collect()))
        }
        Err(ReloadError::Files(error)) => Err(Problem::new(Code::PacksBroken, error.to_string())),
        Err(ReloadError::Lost) => Err(Problem::internal(ReloadError::Lost)),
    }
}

/// Writes into the trail who put which packs in force.
pub(crate) async fn in_force(
    app: &App,
    caller: &Caller,
    action: &str,
    knowledge: &Knowledge,
) -> Answer<()> {
    let hash = knowledge.analyzer.packs_hash();
    let line = access::audit(app.clock.now(), &caller.actor(), action, hash, "");
    Ok(app.store.put(vec![line]).await?)
}

/// The JSON Schemas of what webhooks are told.
const SCHEMAS: [(&str, &str); 3] = [
    (
        "conversation.handoff.json",
        include_str!("../../../../docs/schemas/conversation.handoff.json"),
    ),
    ("event.json", include_str!("../../../../docs/schemas/event.json")),
    ("message.json", include_str!("../../../../docs/schemas/message.json")),
];

/// The JSON Schema of what webhooks are told.
pub(super) async fn schema(Path(name): Path<String>) -> Answer<Response> {
    let found = SCHEMAS.iter().find(|(known, _)| *known == name);
    let (_, text) = found.ok_or_else(|| Problem::new(Code::NotFound, "no such schema"))?;
    Ok(([(header::CONTENT_TYPE, "application/schema+json")], *text).into_response())
}

/// What a problem's `type` points to.
pub(super) async fn problem(Path(name): Path<String>) -> Answer<String> {
    let code = Code::ALL.iter().find(|code| code.as_str() == name).ok_or(Code::NotFound)?;
    let (status, title, help) = (code.status(), code.title(), code.help());
    Ok(format!("{name} ({status})\n\n{title}.\n{help}\n"))
}
