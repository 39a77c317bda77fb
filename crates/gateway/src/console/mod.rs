//! `/console`: where people see to tickets. Pages are written here as HTML and work without
//! a script; scripts make them live. What is done goes through the same functions as the
//! API's, and no rule stands here.

mod acts;
mod admin;
mod assets;
mod canned;
mod fields;
mod gate;
mod lead;
mod live;
pub(crate) mod practice;
mod queue;
mod search;
mod shell;
mod sign_in;
#[cfg(test)]
mod tests;
mod ticket;
pub(crate) mod viewers;
mod words;

use std::sync::Arc;

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::{any, get, post};

use self::shell::Refusal;
use crate::http::{Code, Shared};

/// Every address of the console.
pub(crate) fn router(app: &Shared) -> Router<Shared> {
    let people = Router::new()
        .route("/console", get(queue::page))
        .route("/console/tickets/{id}", get(ticket::page))
        .route("/console/tickets/{id}/canned", get(canned::list))
        .route("/console/tickets/{id}/{verb}", post(acts::ticket))
        .route("/console/tickets/{id}/writing", post(live::writing))
        .route("/console/practice", get(practice::page))
        .route("/console/practice/{id}", get(practice::run).post(practice::act))
        .route("/console/search", get(search::page))
        .route("/console/conversations/{id}", get(search::conversation))
        .route("/console/conversations/{id}/take-over", post(acts::take_over))
        .route("/console/live", get(live::live))
        .route("/console/presence", post(sign_in::presence))
        .route("/console/sign-out", post(sign_in::sign_out))
        .merge(lead::router())
        .merge(admin::router())
        .route("/console/", any(nowhere))
        .route("/console/{*rest}", any(nowhere))
        .method_not_allowed_fallback(wrong_method)
        .layer(from_fn_with_state(Arc::clone(app), gate::gate));
    Router::new()
        .merge(people)
        .route("/console/sign-in", get(sign_in::page).post(sign_in::sign_in))
        .route("/console/assets/{*path}", get(assets::asset))
        .method_not_allowed_fallback(wrong_method)
}

async fn wrong_method() -> Refusal {
    Refusal(Code::MethodNotAllowed.into())
}

/// What stands at no address: a page says so, and leads back.
async fn nowhere() -> Refusal {
    Refusal(Code::NotFound.into())
}
