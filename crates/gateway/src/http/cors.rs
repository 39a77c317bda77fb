//! Which pages may call from a browser: those of the widgets' origins, and only what a
//! visitor may call. No cookie is ever taken along.

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::Has;
use crate::app::App;

/// How long a browser remembers what it may send, in seconds.
const MAX_AGE: &str = "7200";

/// Answers browsers that ask beforehand, and says of answers who may read them.
pub(super) async fn share(State(app): Has, request: Request, next: Next) -> Response {
    let origin = request.headers().get(header::ORIGIN).cloned();
    let Some(origin) = origin.filter(|_| visitors(request.uri().path())) else {
        return next.run(request).await;
    };
    let asks = request.method() == Method::OPTIONS
        && request.headers().contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
    let allowed = allowed(&app, &origin, request.uri().path());
    let mut response =
        if asks { StatusCode::NO_CONTENT.into_response() } else { next.run(request).await };
    let headers = response.headers_mut();
    headers.append(header::VARY, HeaderValue::from_static("origin"));
    if allowed {
        allow(headers, origin, asks);
    }
    response
}

/// What a visitor may call, and nothing else.
fn visitors(path: &str) -> bool {
    path == "/v1/messages"
        || path == "/v1/conversations"
        || path.strip_prefix("/v1/conversations/").is_some_and(|rest| !rest.ends_with("/take-over"))
        || path.starts_with("/v1/widget/")
}

/// A page of any widget may speak to conversations; the settings of an inbox are for its own.
fn allowed(app: &App, origin: &HeaderValue, path: &str) -> bool {
    let Ok(origin) = origin.to_str() else { return false };
    let inbox = path.strip_prefix("/v1/widget/");
    app.widgets
        .iter()
        .filter(|widget| inbox.is_none_or(|inbox| inbox == widget.name || inbox == "-"))
        .any(|widget| widget.allows(origin))
}

fn allow(headers: &mut HeaderMap, origin: HeaderValue, asks: bool) {
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    let mut say = |name, value| headers.insert(name, HeaderValue::from_static(value));
    say(header::ACCESS_CONTROL_EXPOSE_HEADERS, "retry-after, x-request-id");
    if asks {
        say(header::ACCESS_CONTROL_ALLOW_METHODS, "GET, POST");
        say(header::ACCESS_CONTROL_ALLOW_HEADERS, "authorization, content-type, last-event-id");
        say(header::ACCESS_CONTROL_MAX_AGE, MAX_AGE);
    }
}
