//! What is seen of every request: an id, a line in the log, the figures. Never its text.

use std::time::Duration;

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tracing::Instrument;

use super::Has;
use super::problem::{Cause, Code, Problem};
use crate::app::App;
use crate::clock::Stopwatch;
use crate::entropy;

/// How long a customer may take to send a file.
const UPLOAD: Duration = Duration::from_secs(120);
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Gives the request an id, ends it where it takes too long, says to browsers what may be done
/// with the answer, measures it, logs one line. All in one, since every layer around every
/// request costs it a copy of the layers within.
pub(super) async fn observe(State(app): Has, request: Request, next: Next) -> Response {
    let watch = Stopwatch::start();
    let id = request_id(request.headers().get(&REQUEST_ID), app.clock.now());
    let longest = longest(&app, &request);
    let method = request.method().clone();
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or("unmatched", MatchedPath::as_str)
        .to_owned();
    let span = tracing::info_span!(
        "request",
        id = id.to_str().unwrap_or_default(),
        method = method.as_str(),
        route
    );
    let answer = next.run(request).instrument(span.clone());
    // What it has handed to the store is stored still.
    let mut response = match tokio::time::timeout(longest, answer).await {
        Ok(response) => response,
        Err(_) => Problem::from(Code::TimedOut).retry_after(1).into_response(),
    };
    harden(response.headers_mut());
    let status = response.status().as_u16();
    let seconds = watch.seconds();
    // A method that nobody knows must not become a label.
    let method = if route == "unmatched" { "any" } else { method.as_str() };
    app.metrics.answered(method, &route, status, seconds);
    span.in_scope(|| log(&response, status, seconds * 1e3));
    response.headers_mut().insert(REQUEST_ID, id);
    response
}

fn log(response: &Response, status: u16, duration_ms: f64) {
    match response.extensions().get::<Cause>() {
        Some(Cause { code, why }) if status >= 500 => {
            let why = why.as_deref().unwrap_or_default();
            tracing::error!(status, duration_ms, code, why, "request failed");
        }
        Some(Cause { code, .. }) => tracing::info!(status, duration_ms, code, "request refused"),
        None => tracing::info!(status, duration_ms, "request answered"),
    }
}

/// The caller's own id where it is harmless, else a new one.
fn request_id(given: Option<&HeaderValue>, now: jiff::Timestamp) -> HeaderValue {
    let harmless = |value: &&HeaderValue| {
        let bytes = value.as_bytes();
        let plain = |b: &u8| b.is_ascii_alphanumeric() || b"-_.:".contains(b);
        (1..=128).contains(&bytes.len()) && bytes.iter().all(plain)
    };
    given.filter(harmless).cloned().unwrap_or_else(|| {
        let id = entropy::id(now).ok().and_then(|id| HeaderValue::from_str(&id).ok());
        id.unwrap_or(HeaderValue::from_static("unknown"))
    })
}

/// How long a request may take.
fn longest(app: &App, request: &Request) -> Duration {
    // A photo takes a slow line longer than any question.
    let file = request.method() == Method::POST && request.uri().path().ends_with("/attachments");
    if file { app.timeout.max(UPLOAD) } else { app.timeout }
}

/// Headers that every response has: nothing here is guessed at, framed or kept by caches.
fn harden(headers: &mut HeaderMap) {
    let mut default = |name, value| {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    };
    default(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    default(header::CACHE_CONTROL, "no-store");
    default(header::REFERRER_POLICY, "no-referrer");
    default(header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'");
}
