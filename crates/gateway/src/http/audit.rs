//! The trail of who did what: for admins.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use store::{Scope, Store};
use utoipa::{IntoParams, ToSchema};

use super::Has;
use super::caller::Caller;
use super::extract::Params;
use super::problem::Answer;

/// How many lines of the trail are given at once.
const LINES: usize = 200;

/// One line of the trail.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Audit)]
pub(super) struct AuditBody {
    /// Its number.
    n: u64,
    /// When.
    at: String,
    /// `user:ana`, `token:shop`, `command line`.
    actor: String,
    /// `user.add`, `session.start` …
    action: String,
    /// To what.
    object: String,
    /// What else there is to say.
    detail: String,
}

/// Which lines.
#[derive(Clone, Copy, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct Before {
    /// Those before this number; the last ones where left out.
    #[serde(default)]
    before: Option<u64>,
}

/// Who did what, the latest first.
#[utoipa::path(get, path = "/v1/audit", tag = "access", params(Before),
    security(("token" = []), ("session" = [])),
    responses(
        (status = 200, description = "The trail", body = Vec<AuditBody>),
        (status = "default", description = "A problem", body = super::ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn audit(
    State(app): Has,
    caller: Caller,
    Params(which): Params<Before>,
) -> Answer<Json<Vec<AuditBody>>> {
    caller.may(Scope::Admin)?;
    let lines = app.store.audit(which.before, LINES).await?;
    let body = |(n, line): (u64, store::Audit)| AuditBody {
        n,
        at: line.at.to_string(),
        actor: line.actor,
        action: line.action,
        object: line.object,
        detail: line.detail,
    };
    Ok(Json(lines.into_iter().map(body).collect()))
}
