//! The service's face: addresses, who may call them, and what they answer.

pub(crate) mod acts;
mod attachments;
mod audit;
pub(crate) mod caller;
pub(crate) mod channels;
mod classify;
mod conversations;
mod cors;
mod desk;
pub(crate) mod extract;
mod follow;
mod inboxes;
mod messages;
pub(crate) mod notes;
mod observe;
mod openapi;
pub(crate) mod ops;
mod page;
pub(crate) mod people;
pub(crate) mod problem;
mod rasa;
pub(crate) mod session;
pub(crate) mod sse;
mod tasks;
#[cfg(test)]
pub(crate) mod tests;
mod tickets;
pub(crate) mod tokens;
mod widget;

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, patch, post, put};
use tower_http::catch_panic::CatchPanicLayer;

pub use caller::Peer;
pub use openapi::description;
pub use problem::{Answer, Code, Problem, ProblemBody, ProblemError};

use crate::app::App;

/// Headers of an answer, about.
const HEADERS: usize = 12;
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
        .route("/v1/conversations", post(conversations::begin))
        .route("/v1/conversations/{id}", get(conversations::conversation))
        .route("/v1/conversations/{id}/events", get(follow::follow))
        .route("/v1/conversations/{id}/typing", post(follow::typing))
        .route("/v1/conversations/{id}/attachments", post(attachments::keep))
        .route("/v1/conversations/{id}/attachments/{attachment}", get(attachments::read))
        .route("/v1/widget/{inbox}", get(widget::settings))
        .route("/v1/conversations/{id}/messages", get(conversations::messages))
        .route("/v1/tickets", get(tickets::list))
        .route("/v1/tickets/{id}", get(tickets::ticket))
        .route("/v1/tickets/{id}/packet", get(desk::packet))
        .route("/v1/tickets/{id}/tasks", post(tasks::ask))
        .route("/v1/tickets/{id}/notes", get(notes::notes).post(notes::note))
        .route("/v1/tickets/{id}/reply", post(acts::reply))
        .route("/v1/tickets/{id}/take", post(acts::take))
        .route("/v1/tickets/{id}/release", post(acts::release))
        .route("/v1/tickets/{id}/transfer", post(acts::transfer))
        .route("/v1/tickets/{id}/escalate", post(acts::escalate))
        .route("/v1/tickets/{id}/stage", post(acts::stage))
        .route("/v1/tickets/{id}/snooze", post(acts::snooze))
        .route("/v1/tickets/{id}/resolve", post(acts::resolve))
        .route("/v1/tickets/{id}/hand-back", post(acts::hand_back))
        .route("/v1/conversations/{id}/take-over", post(acts::take_over))
        .route("/v1/desk", get(desk::desk))
        .route("/v1/events", get(desk::events))
        .route("/v1/problems", get(desk::problems))
        .route("/v1/tasks", get(tasks::tasks))
        .route("/v1/tasks/{id}/done", post(tasks::done))
        .route(
            "/v1/session",
            get(session::session).post(session::sign_in).delete(session::sign_out),
        )
        .route("/v1/session/presence", put(session::presence))
        .route("/v1/users", get(people::users).post(people::add_user))
        .route("/v1/users/{id}", patch(people::change_user))
        .route("/v1/tokens", get(tokens::tokens).post(tokens::add_token))
        .route("/v1/tokens/{id}", delete(tokens::revoke_token))
        .route("/v1/audit", get(audit::audit))
        .route("/v1/channels", get(channels::channels))
        .route("/v1/outbox", get(channels::outbox))
        .route("/v1/outbox/{id}/replay", post(channels::replay))
        .route("/v1/packs/reload", post(ops::reload))
        .route("/model/parse", post(rasa::parse))
        .route("/webhooks/rest/webhook", post(rasa::webhook))
        .layer(from_fn_with_state(Arc::clone(app), caller::admit));
    Router::new()
        .merge(callers)
        .merge(page::router())
        .merge(crate::console::router(app))
        .merge(widget::router())
        .route("/v1/inboxes/{id}/webhook", get(inboxes::webhook).post(inboxes::webhook))
        .route("/healthz", get(ops::healthz))
        .route("/readyz", get(ops::readyz))
        .route("/metrics", get(ops::metrics))
        .route("/openapi.json", get(openapi::openapi))
        .route("/schemas/{id}", get(ops::schema))
        .route("/problems/{code}", get(ops::problem))
        .fallback(async || Problem::from(Code::NotFound))
        .method_not_allowed_fallback(async || Problem::from(Code::MethodNotAllowed))
        .layer(from_fn_with_state(Arc::clone(app), cors::share))
}

/// What is put around every address: time, panics, headers, the log.
fn layered(app: Shared, routes: Router<Shared>) -> Router {
    let counted = Arc::clone(&app);
    let routes = routes.layer(CatchPanicLayer::custom(move |_| panicked(&counted)));
    routes.layer(from_fn_with_state(Arc::clone(&app), observe::observe)).with_state(app)
}

fn panicked(app: &App) -> Response {
    app.metrics.panicked();
    // What the panic says may hold a customer's words: the hook has logged where it was.
    Problem::internal("a panic, caught").into_response()
}

/// Answers with JSON that is written already.
fn json(body: String) -> Response {
    let mut response = Response::new(Body::from(body));
    // Room for what is added on the way out.
    let mut headers = HeaderMap::with_capacity(HEADERS);
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    *response.headers_mut() = headers;
    response
}

/// The state as handlers take it.
pub(crate) type Has = State<Shared>;
