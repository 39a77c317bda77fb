//! The service's face: addresses, who may call them, and what they answer.

mod caller;
mod classify;
mod conversations;
mod extract;
mod messages;
mod observe;
mod openapi;
mod ops;
mod page;
mod problem;
mod rasa;
#[cfg(test)]
mod tests;
mod tickets;

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::middleware::{from_fn_with_state, map_response};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use tower_http::catch_panic::CatchPanicLayer;

pub use caller::Peer;
pub use openapi::description;
pub use problem::{Answer, Code, Problem, ProblemBody, ProblemError};

use crate::app::App;

/// The largest body taken, in bytes.
pub const MAX_BODY_BYTES: usize = 256 * 1024;

/// What handlers share.
pub type Shared = Arc<App>;

/// Every address of the service.
pub fn router(app: Shared) -> Router {
    let routes = routes(&app);
    layered(app, routes)
}

fn routes(app: &Shared) -> Router<Shared> {
    // Whoever calls these is told apart and counted.
    let callers = Router::new()
        .route("/v1/classify", post(classify::classify))
        .route("/v1/messages", post(messages::take))
        .route("/v1/conversations/{id}", get(conversations::conversation))
        .route("/v1/conversations/{id}/messages", get(conversations::messages))
        .route("/v1/tickets", get(tickets::list))
        .route("/v1/tickets/{id}", get(tickets::ticket))
        .route("/v1/tickets/{id}/reply", post(tickets::reply))
        .route("/v1/tickets/{id}/resolve", post(tickets::resolve))
        .route("/v1/tickets/{id}/hand-back", post(tickets::hand_back))
        .route("/v1/packs/reload", post(ops::reload))
        .route("/model/parse", post(rasa::parse))
        .route("/webhooks/rest/webhook", post(rasa::webhook))
        .layer(from_fn_with_state(Arc::clone(app), caller::admit));
    Router::new()
        .merge(callers)
        .merge(page::router())
        .route("/healthz", get(ops::healthz))
        .route("/readyz", get(ops::readyz))
        .route("/metrics", get(ops::metrics))
        .route("/openapi.json", get(openapi::openapi))
        .route("/problems/{code}", get(ops::problem))
        .fallback(async || Problem::from(Code::NotFound))
        .method_not_allowed_fallback(async || Problem::from(Code::MethodNotAllowed))
}

/// What is put around every address: time, panics, headers, the log.
fn layered(app: Shared, routes: Router<Shared>) -> Router {
    let counted = Arc::clone(&app);
    let routes = routes
        .layer(from_fn_with_state(Arc::clone(&app), observe::in_time))
        .layer(CatchPanicLayer::custom(move |_| panicked(&counted)))
        .layer(map_response(observe::harden));
    routes.layer(from_fn_with_state(Arc::clone(&app), observe::observe)).with_state(app)
}

fn panicked(app: &App) -> Response {
    app.metrics.panicked();
    // What the panic says may hold a customer's words: the hook has logged where it was.
    Problem::internal("a panic, caught").into_response()
}

/// Answers with JSON that is written already.
fn json(body: String) -> Response {
    let kind = [(axum::http::header::CONTENT_TYPE, "application/json")];
    (kind, body).into_response()
}

/// The state as handlers take it.
type Has = State<Shared>;
