//! Server-sent events: how a stream begins, is kept alive and ends.

use std::convert::Infallible;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use http_body_util::channel::{Channel, Sender};

use super::problem::{Code, Problem};
use crate::live::Full;

/// How often something is sent where nothing happens: proxies drop what is silent.
pub(crate) const HEARTBEAT: Duration = Duration::from_secs(15);
/// How long one connection lasts: who may read is asked anew with the next.
pub(crate) const LONGEST: Duration = Duration::from_secs(3600);
/// What is sent then; a comment.
pub(crate) const BEAT: &str = ":\n\n";
/// What begins every stream: when to come back after it broke, in milliseconds.
pub(crate) const RETRY: &str = "retry: 3000\n\n";
/// How long a client may take over what it is sent.
const PATIENCE: Duration = Duration::from_secs(30);
/// How many events wait for a client.
const BUFFER: usize = 16;

/// The end that is written to; the stream ends when it is dropped.
#[derive(Debug)]
pub(crate) struct Stream(Sender<Bytes, Infallible>);

/// A stream, and the answer that carries it.
pub(crate) fn stream() -> (Stream, Response) {
    let (sender, body) = Channel::<Bytes, Infallible>::new(BUFFER);
    let headers = [
        (header::CONTENT_TYPE, "text/event-stream"),
        (header::CACHE_CONTROL, "no-cache, no-transform"),
        (header::HeaderName::from_static("x-accel-buffering"), "no"),
    ];
    (Stream(sender), (headers, Body::new(body)).into_response())
}

impl Stream {
    /// Sends this; false where nobody reads it any more, or too slowly.
    pub(crate) async fn send(&mut self, text: impl Into<Bytes>) -> bool {
        let sent = self.0.send_data(text.into());
        matches!(tokio::time::timeout(PATIENCE, sent).await, Ok(Ok(())))
    }
}

impl From<Full> for Problem {
    fn from(Full: Full) -> Self {
        Self::new(Code::Overloaded, "too many follow").retry_after(10)
    }
}
