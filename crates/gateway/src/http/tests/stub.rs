//! A platform that is sent to: it answers as it is told, else well, and remembers.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

/// A request as the platform got it.
#[derive(Clone, Debug)]
pub(crate) struct Sent {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Value,
}

#[derive(Default)]
struct Inner {
    sent: Vec<Sent>,
    tokens: usize,
    refusals: VecDeque<u16>,
    answers: VecDeque<(u16, &'static str, Value)>,
}

/// The platform.
#[derive(Clone)]
pub(crate) struct Stub {
    pub(crate) url: String,
    inner: Arc<Mutex<Inner>>,
}

impl Stub {
    pub(crate) async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let inner = Arc::default();
        let router = Router::new().fallback(take).with_state(Arc::clone(&inner));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, inner }
    }

    /// The answers to the next requests: status, a header `name: value`, body.
    pub(crate) fn answers(&self, answers: &[(u16, &'static str, Value)]) {
        self.inner.lock().unwrap().answers.extend(answers.iter().cloned());
    }

    /// The statuses with which the next tokens are refused.
    pub(crate) fn refuses_tokens(&self, statuses: &[u16]) {
        self.inner.lock().unwrap().refusals.extend(statuses);
    }

    /// How often an access token was asked for.
    pub(crate) fn tokens(&self) -> usize {
        self.inner.lock().unwrap().tokens
    }

    /// What came since the last look, courtesies left out.
    pub(crate) fn take(&self) -> Vec<Sent> {
        std::mem::take(&mut self.inner.lock().unwrap().sent)
    }
}

/// What a platform is asked for beside messages, and nothing depends on.
fn courtesy(path: &str, body: &Value) -> bool {
    let named = ["loading/start", "sendChatAction", "answerCallbackQuery", "typing"];
    named.iter().any(|name| path.contains(name))
        || body["status"] == "read"
        || body["type"] == "typing:start"
        || !body["sender_action"].is_null()
}

async fn take(
    State(inner): State<Arc<Mutex<Inner>>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let body: Value = serde_json::from_slice(&body).unwrap_or_default();
    let path = uri.path().to_owned();
    let mut inner = inner.lock().unwrap();
    if path.contains("token") {
        inner.tokens += 1;
        if let Some(status) = inner.refusals.pop_front() {
            return StatusCode::from_u16(status).unwrap().into_response();
        }
        let access = json!({"access_token": "access", "expires_in": "7200", "refresh_token": "r"});
        return access.to_string().into_response();
    }
    if courtesy(&path, &body) {
        return StatusCode::OK.into_response();
    }
    inner.sent.push(Sent { method: method.to_string(), path, headers, body });
    let n = inner.sent.len();
    let name = format!("out-{n}-{}", rand(&inner.sent[n - 1]));
    // Each platform finds its own in it.
    let well = json!({
        "ok": true, "result": {"message_id": n}, "messages": [{"id": name}],
        "sentMessages": [{"id": name}], "id": name, "message_id": name, "status": 0,
        "message_token": n, "ts": name, "error": 0, "errcode": 0,
        "ticket": {"id": name},
    });
    let (status, header, body) = inner.answers.pop_front().unwrap_or((200, "", well));
    let mut response = (StatusCode::from_u16(status).unwrap(), body.to_string()).into_response();
    if let Some((name, value)) = header.split_once(": ") {
        response.headers_mut().insert(name, value.parse().unwrap());
    }
    response
}

/// Names differ as what was sent does.
fn rand(sent: &Sent) -> String {
    blake3::hash(sent.body.to_string().as_bytes()).to_hex()[..8].to_owned()
}
