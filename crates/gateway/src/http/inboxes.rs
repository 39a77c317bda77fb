//! `/v1/inboxes/{id}/webhook`: where platforms bring what customers write.

use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::response::Response;

use super::Has;
use super::extract::bounded;
use super::problem::{Answer, Code, Problem};
use crate::channel;

/// Takes what a platform sends: proven by its signature, kept, then acknowledged. The answer
/// is as the platform wants it.
#[utoipa::path(
    post,
    path = "/v1/inboxes/{id}/webhook",
    tag = "channels",
    params(("id" = String, Path, description = "The inbox: [inbox.NAME] in switchboard.toml")),
    request_body(content = Vec<u8>, content_type = "*/*", description = "As the platform sends it"),
    responses(
        (status = 200, description = "It is kept", body = String),
        (status = "default", description = "A problem", body = super::ProblemBody, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn webhook(
    State(app): Has,
    Path(name): Path<String>,
    request: Request,
) -> Answer<Response> {
    let source = app.channels.source(&name).ok_or(Code::InboxNotFound)?;
    let (head, body) = request.into_parts();
    let method = match head.method {
        Method::GET => channels::Method::Get,
        Method::POST => channels::Method::Post,
        _ => return Err(Code::MethodNotAllowed.into()),
    };
    let body = bounded(body, source.body_limit()).await?;
    let headers: Vec<(&str, &[u8])> =
        head.headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect();
    let query = head.uri.query().unwrap_or_default();
    let request = channels::Request { method, query, headers: &headers, body: &body };
    let reception = Box::pin(channel::receive(&app, source, &request)).await?;
    response(Box::pin(channel::answer(&app, source, reception)).await)
}

fn response(answer: channels::Answer) -> Answer<Response> {
    let status = StatusCode::from_u16(answer.status).map_err(Problem::internal)?;
    Response::builder()
        .status(status)
        .header(header::CONTENT_TYPE, HeaderValue::from_static(answer.content_type))
        .body(Body::from(answer.body))
        .map_err(Problem::internal)
}
