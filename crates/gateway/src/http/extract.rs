//! What arrives, checked: bodies, queries, ids.

use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use http_body_util::BodyExt;
use serde::de::DeserializeOwned;

use super::problem::{Answer, Code, Problem};
use super::{MAX_BODY_BYTES, Shared};
use crate::wire;

/// A body in JSON.
pub(crate) struct Body<T>(pub(crate) T);

impl<T: DeserializeOwned> FromRequest<Shared> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &Shared) -> Answer<Self> {
        check_media_type(request.headers())?;
        read(&whole(request).await?).map(Self)
    }
}

/// A body in JSON, or none at all.
pub(super) struct MaybeBody<T>(pub(super) T);

impl<T: DeserializeOwned + Default> FromRequest<Shared> for MaybeBody<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &Shared) -> Answer<Self> {
        if request.headers().contains_key(header::CONTENT_TYPE) {
            return Body::from_request(request, state).await.map(|Body(value)| Self(value));
        }
        // Without a type there must be nothing.
        match whole(request).await?.as_slice() {
            [] => Ok(Self(T::default())),
            _ => Err(Code::UnsupportedMediaType.into()),
        }
    }
}

fn check_media_type(headers: &HeaderMap) -> Answer<()> {
    let value = |name| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    let declared = value(header::CONTENT_TYPE).unwrap_or_default();
    let kind = declared.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let json =
        kind == "application/json" || (kind.starts_with("application/") && kind.ends_with("+json"));
    let plain = value(header::CONTENT_ENCODING).is_none_or(|v| v.eq_ignore_ascii_case("identity"));
    if json && plain { Ok(()) } else { Err(Code::UnsupportedMediaType.into()) }
}

/// How much of a body that is too large is still read, in bytes: a client that is cut off
/// while it sends sees a broken connection instead of the answer.
const MAX_PASSED_OVER_BYTES: usize = 8 * 1024 * 1024;

pub(crate) async fn whole(request: Request) -> Answer<Vec<u8>> {
    bounded(request.into_body(), MAX_BODY_BYTES).await
}

/// A body of so many bytes at most.
pub(super) async fn bounded(body: axum::body::Body, limit: usize) -> Answer<Vec<u8>> {
    let read = read_body(body, limit, limit.max(MAX_PASSED_OVER_BYTES)).await;
    read.map_err(|cut| match cut {
        Cut::Early => Problem::new(Code::InvalidJson, "the body ended early"),
        Cut::TooLarge => Code::BodyTooLarge.into(),
    })
}

/// Why a body is not there as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cut {
    /// The connection broke.
    Early,
    /// It is larger than it may be.
    TooLarge,
}

/// Reads a body of `limit` bytes at most; of one that is larger up to `passed_over` bytes are
/// still read, none of which are kept.
pub(super) async fn read_body(
    mut body: axum::body::Body,
    limit: usize,
    passed_over: usize,
) -> Result<Vec<u8>, Cut> {
    let (mut kept, mut length) = (Vec::new(), 0_usize);
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame.map_err(|_| Cut::Early)?.into_data() else { continue };
        length = length.saturating_add(data.len());
        if length <= limit {
            kept.extend_from_slice(&data);
        } else if length > passed_over {
            break;
        }
    }
    if length > limit { Err(Cut::TooLarge) } else { Ok(kept) }
}

fn read<T: DeserializeOwned>(bytes: &[u8]) -> Answer<T> {
    if let Err(error) = std::str::from_utf8(bytes) {
        let detail = format!("byte {} is not UTF-8", error.valid_up_to());
        return Err(Problem::new(Code::InvalidJson, detail));
    }
    serde_json::from_slice(&wire::mend(bytes)).map_err(|error| {
        let code = if error.is_data() { Code::InvalidBody } else { Code::InvalidJson };
        Problem::new(code, error.to_string())
    })
}

/// A query string.
pub(super) struct Params<T>(pub(super) T);

impl<T: DeserializeOwned> FromRequestParts<Shared> for Params<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &Shared) -> Answer<Self> {
        match Query::from_request_parts(parts, state).await {
            Ok(Query(value)) => Ok(Self(value)),
            Err(rejection) => Err(Problem::new(Code::InvalidQuery, rejection.body_text())),
        }
    }
}

/// An id in the path.
pub(crate) struct Id(pub(crate) String);

impl FromRequestParts<Shared> for Id {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &Shared) -> Answer<Self> {
        match Path::<String>::from_request_parts(parts, state).await {
            Ok(Path(id)) => checked_id("the id in the address", &id).map(|id| Self(id.to_owned())),
            Err(rejection) => Err(Problem::new(Code::InvalidField, rejection.body_text())),
        }
    }
}

/// The longest id taken from outside, in bytes.
const MAX_ID_BYTES: usize = 200;

/// Checks an id that a caller chose.
pub(crate) fn checked_id<'a>(field: &str, id: &'a str) -> Answer<&'a str> {
    let fits = (1..=MAX_ID_BYTES).contains(&id.len()) && !id.chars().any(char::is_control);
    if fits && id.trim() == id {
        return Ok(id);
    }
    let detail = format!(
        "{field}: takes 1 to {MAX_ID_BYTES} bytes without control characters or spaces at its ends"
    );
    Err(Problem::new(Code::InvalidField, detail))
}

/// Checks a text that is to be read or sent.
pub(crate) fn checked_text<'a>(field: &str, text: &'a str) -> Answer<&'a str> {
    wire::checked_text(text)
        .map_err(|wire::TextFault::TooLong| Problem::new(Code::TextTooLong, field.to_owned()))
}
