//! Files that customers send, and who may read them.

use std::sync::Arc;

use axum::Json;
use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use desk::ConversationId;
use serde::Deserialize;
use utoipa::IntoParams;

use super::Has;
use super::caller::Caller;
use super::conversations::readable;
use super::extract::{Cut, Id, Params, checked_id, read_body};
use super::problem::{Answer, Code, Problem};
use crate::attachments::{Refused, kind};
use crate::entropy;
use crate::files::FileError;
use crate::wire::AttachmentBody;

/// What the customer calls it, and where it comes from.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct What {
    /// The name of the file.
    #[serde(default)]
    name: String,
    /// The widget's inbox that it comes from; the first where left out.
    #[serde(default)]
    inbox: Option<String>,
}

/// Keeps a file of the customer's, to be sent with a message. What it is is told by what it
/// holds, not by what it is called.
#[utoipa::path(
    post,
    path = "/v1/conversations/{id}/attachments",
    tag = "conversations",
    params(("id" = String, Path, description = "The conversation"), What),
    request_body(content = String, content_type = "application/octet-stream", description = "The file itself"),
    security(("token" = [])),
    responses(
        (status = 200, description = "Kept", body = AttachmentBody),
        (status = "default", description = "A problem", body = super::ProblemBody, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn keep(
    State(app): Has,
    caller: Caller,
    Id(id): Id,
    Params(what): Params<What>,
    request: Request,
) -> Answer<Json<AttachmentBody>> {
    let id = ConversationId::new(&id);
    readable(&app, &caller, &id).await?;
    let widget = app.widget(what.inbox.as_deref()).ok_or(Code::InboxNotFound)?;
    let most = usize::try_from(widget.attachment_bytes).unwrap_or(usize::MAX);
    // A file is held in memory until it is known what it is: so many at once, and no more.
    let _place = app.uploads.acquire().await.map_err(Problem::internal)?;
    let bytes = read_body(request.into_body(), most, most.saturating_mul(2)).await;
    let bytes = bytes.map_err(|cut| match cut {
        Cut::Early => Problem::new(Code::InvalidBody, "the file ended early"),
        Cut::TooLarge => Code::AttachmentTooLarge.into(),
    })?;
    let kind = kind(&bytes).ok_or(Code::AttachmentType)?;
    let file = entropy::id(app.clock.now())?;
    let shared = Arc::clone(&app);
    let kept = tokio::task::spawn_blocking(move || {
        shared.attachments.keep(&id, &file, &what.name, kind, &bytes)
    });
    match kept.await.map_err(Problem::internal)? {
        Ok(kept) => Ok(Json(AttachmentBody::of(&kept))),
        Err(Refused::TooMany) => Err(Code::TooManyAttachments.into()),
        Err(Refused::Files(error)) => Err(failed(&error)),
    }
}

/// A file of a conversation, to be saved: never shown in a page of ours.
#[utoipa::path(
    get,
    path = "/v1/conversations/{id}/attachments/{attachment}",
    tag = "conversations",
    params(
        ("id" = String, Path, description = "The conversation"),
        ("attachment" = String, Path, description = "The file"),
    ),
    security(("token" = []), ("session" = [])),
    responses(
        (status = 200, description = "The file", body = String, content_type = "application/octet-stream"),
        (status = "default", description = "A problem", body = super::ProblemBody, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn read(
    State(app): Has,
    caller: Caller,
    Path((id, file)): Path<(String, String)>,
) -> Answer<Response> {
    let id = ConversationId::new(checked_id("the id in the address", &id)?);
    readable(&app, &caller, &id).await?;
    let shared = Arc::clone(&app);
    let read = tokio::task::spawn_blocking(move || shared.attachments.read(&id, &file));
    let found = read.await.map_err(Problem::internal)?.map_err(|error| failed(&error))?;
    let (attachment, bytes) = found.ok_or(Code::AttachmentNotFound)?;
    let mut response = Body::from(bytes).into_response();
    let headers = response.headers_mut();
    let kind = HeaderValue::from_str(&attachment.kind);
    let saved = HeaderValue::from_str(&disposition(&attachment.name));
    headers.insert(header::CONTENT_TYPE, kind.map_err(Problem::internal)?);
    headers.insert(header::CONTENT_DISPOSITION, saved.map_err(Problem::internal)?);
    headers.insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static("default-src 'none'; sandbox; frame-ancestors 'none'"),
    );
    Ok(response)
}

/// How a browser is told to save it under its name (RFC 6266, RFC 8187).
fn disposition(name: &str) -> String {
    let encoded: String = name
        .bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'-' | b'_' => {
                char::from(byte).to_string()
            }
            byte => format!("%{byte:02X}"),
        })
        .collect();
    format!("attachment; filename*=UTF-8''{encoded}")
}

fn failed(error: &FileError) -> Problem {
    tracing::error!(%error, "a customer's file");
    Problem::internal("the folder of customers' files")
}
