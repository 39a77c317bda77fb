//! A service without sockets: a fixed clock, its own database, small packs of its own.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use axum::response::Response;
use jiff::Timestamp;
use serde_json::Value;
use store::{AnyStore, ApiToken, Options, SqliteStore, Store, TokenHash};
use tempfile::TempDir;
use tower::ServiceExt;

use crate::app::App;
use crate::clock::Clock;
use crate::config::{Given, Settings};
use crate::files;
use crate::http::{layered, routes};
use crate::packs::{Knowledge, PackFile, PackFiles};

/// Monday, 11:00 in Berlin: people are there.
pub(crate) const NOW: &str = "2026-11-23T10:00:00Z";
/// The token of the API caller `admin`.
pub(crate) const ADMIN: &str = "swb_api_of_the_tests";

const INTENTS: &str = r#"
[[intent]]
id = "tracking.status"
means = "where is my parcel"
severity = "yellow"
tier = 1
[[intent]]
id = "risk.legal_threat"
means = "threatens with the law"
severity = "red"
tier = 3
handoff = true
[[intent]]
id = "chat.greeting"
means = "hello"
severity = "blue"
tier = 1
[[intent]]
id = "none"
means = "none of these"
severity = "blue"
tier = 1
"#;

const LANGUAGE: &str = r#"
tag = "en"
name = "English"
endonym = "English"
function_words = ["the", "is", "my", "where", "i", "you", "to"]
fillers = ["my", "the"]
[boundary]
start = "word"
end = "word"
prefixes = []
suffixes = []
[negation]
before = ["not"]
after = []
window = 4
exceptions = []
[clauses]
breakers = ["but"]
contrast = []
[emotion]
angry = ["unacceptable"]
"#;

const TRACKING: &str = r#"
[[intent]]
id = "tracking.status"
samples = ["where is my parcel?"]
[intent.patterns]
where_is = "where is (my|the) (parcel|order)"
"#;

const RISK: &str = r#"
[[intent]]
id = "risk.legal_threat"
[intent.patterns]
sue = "i will sue you"
"#;

const CHAT: &str = r#"
[[intent]]
id = "chat.greeting"
[intent.patterns]
hello = "(hello|good morning)"
"#;

/// Small packs, so that what is checked here does not move with the language packs.
fn packs() -> PackFiles {
    let file = |(path, text): (&str, &'static str)| PackFile {
        path: path.to_owned(),
        bytes: text.as_bytes().into(),
        file: None,
    };
    let intents = [
        ("intents.toml", INTENTS),
        ("concepts.toml", ""),
        ("en/language.toml", LANGUAGE),
        ("en/concepts.toml", ""),
        ("en/tracking.toml", TRACKING),
        ("en/risk.toml", RISK),
        ("en/chat.toml", CHAT),
    ];
    // What holds in every locale stands beside their folders.
    let faq = PackFiles::embedded().faq.into_iter();
    PackFiles {
        intents: intents.map(file).to_vec(),
        faq: faq.filter(|file| !file.path.contains('/') || file.path.starts_with("en/")).collect(),
        // Playbooks name intents that these packs do not have.
        desk: PackFiles::embedded().desk.into_iter().filter(|f| f.path == "desk.toml").collect(),
    }
}

/// A service, and the folder it lives in.
pub(crate) struct Service {
    pub(crate) app: Arc<App>,
    pub(crate) folder: TempDir,
    micros: Arc<AtomicI64>,
    router: Router,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Got {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Got {
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("no JSON: {self:?}"))
    }

    /// Status and code, as `409 message-id-reused`; `200` where it went well.
    pub(crate) fn outcome(&self) -> String {
        let status = self.status.as_u16();
        match self.headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()) {
            Some(kind) if kind.starts_with("application/problem+json") => {
                let body = self.json();
                assert_eq!(body["status"], status);
                let code = body["code"].as_str().unwrap_or_default();
                assert_eq!(body["type"], format!("/problems/{code}"));
                format!("{status} {code}")
            }
            _ => status.to_string(),
        }
    }
}

impl Service {
    pub(crate) async fn start() -> Self {
        Self::with(&[]).await
    }

    /// With these settings, as flags would give them.
    pub(crate) async fn with(flags: &[(&str, &str)]) -> Self {
        Self::with_routes(flags, |routes| routes).await
    }

    /// With packs of its own, at a moment of its own.
    pub(crate) async fn at(now: &str, packs: &PackFiles) -> Self {
        Self::made(&[], "", |routes| routes, now, packs).await
    }

    /// With tables of `desk.toml` of its own.
    pub(crate) async fn of_desk(tables: &'static str) -> Self {
        let mut packs = packs();
        let path = "desk.toml".to_owned();
        packs.desk.push(PackFile { path, bytes: tables.as_bytes().into(), file: None });
        Self::at(NOW, &packs).await
    }

    /// With these settings, as a file gives them.
    pub(super) async fn of_file(file: &str) -> Self {
        Self::made(&[], file, |routes| routes, NOW, &packs()).await
    }

    /// With more addresses than the service has.
    pub(crate) async fn with_routes(
        flags: &[(&str, &str)],
        more: impl FnOnce(Router<Arc<App>>) -> Router<Arc<App>>,
    ) -> Self {
        Self::made(flags, "", more, NOW, &packs()).await
    }

    async fn made(
        flags: &[(&str, &str)],
        file: &str,
        more: impl FnOnce(Router<Arc<App>>) -> Router<Arc<App>>,
        now: &str,
        packs: &PackFiles,
    ) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("switchboard.toml");
        // Everything it keeps is kept here.
        files::write_new(&path, format!("data = \"\"\n{file}").as_bytes()).unwrap();
        let resolved = Given::flags(flags).with_file(&path).resolve(|_| None).unwrap();
        let settings = Settings::read(&resolved).unwrap();
        let path = folder.path().join("switchboard.db");
        let store = AnyStore::Sqlite(SqliteStore::open(&path, Options::default()).unwrap());
        let now: Timestamp = now.parse().unwrap();
        let hash = TokenHash::of(ADMIN);
        let token = ApiToken {
            name: "admin".to_owned(),
            hash,
            created_at: now,
            revoked_at: None,
            scopes: store::Scopes::all(),
        };
        store.put_api_token(token).await.unwrap();
        let knowledge = Knowledge::compile(packs).unwrap_or_else(|faults| panic!("{faults}"));
        let micros = Arc::new(AtomicI64::new(now.as_microsecond()));
        let clock = Clock::set_by(Arc::clone(&micros));
        let app = Arc::new(App::new(&settings, knowledge, store, clock));
        let router = layered(Arc::clone(&app), more(routes(&app)));
        Self { app, folder, micros, router }
    }

    /// Lets minutes pass, and does what becomes due in them.
    pub(crate) async fn wait(&self, minutes: i64) {
        for _ in 0..minutes {
            self.micros.fetch_add(60_000_000, Ordering::SeqCst);
            crate::turn::pass_time(&self.app, self.app.clock.now()).await.unwrap();
        }
    }

    /// What comes back, its body not read.
    pub(crate) async fn raw(&self, request: Request<Body>) -> Response {
        self.router.clone().oneshot(request).await.unwrap()
    }

    /// Lets so much time pass, and does nothing in it.
    pub(crate) fn later(&self, seconds: i64) {
        self.micros.fetch_add(seconds * 1_000_000, Ordering::SeqCst);
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Got {
        let response = Box::pin(self.raw(request)).await;
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, usize::MAX).await.unwrap();
        let text = String::from_utf8(bytes.into()).unwrap();
        Got { status: parts.status, headers: parts.headers, text }
    }

    pub(crate) async fn post(&self, path: &str, token: Option<&str>, body: &Value) -> Got {
        self.send(request(Method::POST, path, token, Some(body.to_string().into_bytes()))).await
    }

    pub(crate) async fn get(&self, path: &str, token: Option<&str>) -> Got {
        self.send(request(Method::GET, path, token, None)).await
    }

    /// One turn of an API caller.
    pub(crate) async fn turn(&self, conversation: &str, text: &str) -> Value {
        let body = serde_json::json!({ "conversation_id": conversation, "text": text });
        let got = self.post("/v1/messages", Some(ADMIN), &body).await;
        assert_eq!(got.outcome(), "200", "{got:?}");
        got.json()
    }
}

pub(crate) fn request(
    method: Method,
    path: &str,
    token: Option<&str>,
    json: Option<Vec<u8>>,
) -> Request<Body> {
    let mut request = Request::builder().method(method).uri(path);
    if let Some(token) = token {
        request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
    }
    if json.is_some() {
        request = request.header(header::CONTENT_TYPE, "application/json");
    }
    request.body(json.map_or_else(Body::empty, Body::from)).unwrap()
}
