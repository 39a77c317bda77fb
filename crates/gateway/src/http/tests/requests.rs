//! What is wrong with a request is told, whatever it is.

use axum::body::Body;
use axum::http::{Method, Request};
use axum::routing::get;
use serde_json::json;

use super::support::{ADMIN, Service, request};

#[track_caller]
fn body(text: impl Into<Vec<u8>>) -> Request<Body> {
    request(Method::POST, "/v1/classify", None, Some(text.into()))
}

#[tokio::test]
async fn every_bad_body_is_a_clear_problem_or_a_clear_answer() {
    let service = Service::start().await;
    let long = |n: usize| json!({ "text": "a".repeat(n) }).to_string();
    let emoji = |n: usize| json!({ "text": "😀".repeat(n) }).to_string();
    let batch = |n: usize| json!({ "messages": vec![json!({ "text": "hi" }); n] }).to_string();
    let cases: Vec<(&str, Vec<u8>, &str)> = vec![
        ("nothing", "".into(), "400 invalid-json"),
        ("half", "{\"text\":".into(), "400 invalid-json"),
        ("two values", "{\"text\":\"a\"} {}".into(), "400 invalid-json"),
        ("not UTF-8", b"{\"text\":\"\xff\"}".to_vec(), "400 invalid-json"),
        ("a raw NUL", b"{\"text\":\"\0\"}".to_vec(), "400 invalid-json"),
        ("deep", "[".repeat(100_000).into(), "422 invalid-body"),
        ("a list", "[]".into(), "422 invalid-body"),
        ("a number", "{\"text\":7}".into(), "422 invalid-body"),
        ("null", "{\"text\":null}".into(), "422 invalid-body"),
        ("another field", "{\"text\":\"a\",\"locle\":\"es\"}".into(), "422 invalid-body"),
        ("a field twice", "{\"text\":\"a\",\"text\":\"b\"}".into(), "422 invalid-body"),
        ("both", "{\"text\":\"a\",\"messages\":[]}".into(), "422 invalid-body"),
        ("no locale", "{\"text\":\"a\",\"locale\":\"; drop\"}".into(), "422 invalid-body"),
        ("a text too long", long(4_001).into(), "422 text-too-long"),
        (
            "a batch with one",
            json!({"messages":[{"text":"a".repeat(4_001)}]}).to_string().into(),
            "422 text-too-long",
        ),
        ("a batch too large", batch(1_001).into(), "422 batch-too-large"),
        ("a megabyte", long(1_000_000).into(), "413 body-too-large"),
        ("10,000 emoji", emoji(10_000).into(), "422 text-too-long"),
        ("4,000 emoji", emoji(4_000).into(), "200"),
        ("the longest text", long(4_000).into(), "200"),
        ("the largest batch", batch(1_000).into(), "200"),
        ("no message", batch(0).into(), "200"),
        ("empty", "{\"text\":\"\"}".into(), "200"),
        ("blank", "{\"text\":\" \\n\\t \"}".into(), "200"),
        ("an emoji", "{\"text\":\"😀\"}".into(), "200"),
        ("NUL", "{\"text\":\"a\\u0000b\"}".into(), "200"),
        ("a lone surrogate", "{\"text\":\"a\\ud83d\"}".into(), "200"),
        ("directions mixed", "{\"text\":\"\\u202eabc \\u2067أين طردي\\u2069\"}".into(), "200"),
        ("one family, many signs", "{\"text\":\"👨‍👩‍👧‍👦\"}".into(), "200"),
    ];
    for (name, text, expect) in cases {
        let got = service.send(body(text)).await;
        assert_eq!(got.outcome(), expect, "{name}: {}", got.text);
    }
}

#[tokio::test]
async fn a_lone_surrogate_becomes_a_sign_that_text_can_hold() {
    let service = Service::start().await;
    let got = service.send(body("{\"text\":\"where is my parcel \\ud83d\"}")).await.json();
    assert_eq!(got["text"], "where is my parcel \u{fffd}");
    assert_eq!(got["intent"], "tracking.status");
}

#[tokio::test]
async fn zero_width_characters_do_not_hide_a_keyword() {
    let service = Service::start().await;
    let text = "whe\u{200b}re is my par\u{ad}cel";
    let got = service.post("/v1/classify", None, &json!({ "text": text })).await.json();
    assert_eq!(got["intent"], "tracking.status");
    let spans: Vec<[usize; 2]> =
        serde_json::from_value(got["intents"][0]["spans"].clone()).unwrap();
    assert_eq!(&text[spans[0][0]..spans[0][1]], text);
}

#[tokio::test]
async fn a_body_must_be_declared_as_json() {
    let service = Service::start().await;
    for (kind, encoding, expect) in [
        (None, None, "415 unsupported-media-type"),
        (Some("text/plain"), None, "415 unsupported-media-type"),
        (Some("application/x-www-form-urlencoded"), None, "415 unsupported-media-type"),
        (Some("application/jsonp"), None, "415 unsupported-media-type"),
        (Some("application/json"), Some("gzip"), "415 unsupported-media-type"),
        (Some("Application/JSON; charset=utf-8"), Some("identity"), "200"),
        (Some("application/vnd.api+json"), None, "200"),
    ] {
        let mut request = Request::post("/v1/classify");
        for (name, value) in [("content-type", kind), ("content-encoding", encoding)] {
            if let Some(value) = value {
                request = request.header(name, value);
            }
        }
        let got = service.send(request.body(Body::from("{\"text\":\"a\"}")).unwrap()).await;
        assert_eq!(got.outcome(), expect, "{kind:?} {encoding:?}");
    }
}

#[tokio::test]
async fn addresses_and_methods_that_are_not_there_say_so() {
    let service = Service::start().await;
    for (method, path, expect) in [
        (Method::GET, "/v2/classify", "404 not-found"),
        (Method::GET, "/v1/classify", "405 method-not-allowed"),
        (Method::DELETE, "/v1/tickets", "405 method-not-allowed"),
        (Method::GET, "/problems/no-such", "404 not-found"),
        (Method::GET, "/problems/not-found", "200"),
        (Method::GET, "/healthz", "200"),
        (Method::GET, "/readyz", "200"),
        (Method::HEAD, "/healthz", "200"),
    ] {
        let got = service.send(request(method.clone(), path, None, None)).await;
        assert_eq!(got.outcome(), expect, "{method} {path}");
    }
}

#[tokio::test]
async fn a_token_is_known_or_refused() {
    let service = Service::with(&[("visitor_requests_per_minute", "0")]).await;
    let unknown = "swb_api_0000000000000000000000000000000000000000000000000000000000000000";
    for (token, expect) in [
        (None, "401 token-required"),
        (Some(unknown), "401 token-invalid"),
        (Some("swb_conv_1"), "401 token-required"),
        (Some(ADMIN), "200"),
    ] {
        let got = service.get("/v1/tickets", token).await;
        assert_eq!(got.outcome(), expect, "{token:?}");
        assert_eq!(got.headers.contains_key("www-authenticate"), expect.starts_with("401"));
    }
    for header in ["Basic YWRtaW46", "Bearer", "Bearer ", ADMIN] {
        let request = Request::get("/v1/tickets").header("authorization", header);
        let got = service.send(request.body(Body::empty()).unwrap()).await;
        assert_eq!(got.outcome(), "401 token-invalid", "{header:?}");
    }
}

#[tokio::test]
async fn the_configured_token_counts_beside_the_admins() {
    let token = "a-token-of-the-operators-own-choosing";
    let service = Service::with(&[("api_token", token)]).await;
    assert_eq!(service.get("/v1/tickets", Some(token)).await.outcome(), "200");
    assert_eq!(service.get("/v1/tickets", Some(ADMIN)).await.outcome(), "200");
    let encoded = token.replace('-', "%2D");
    for (query, expect) in [
        (format!("?stream=true&token={encoded}"), "200"),
        ("?token=".to_owned(), "401 token-required"),
        ("?token=guess".to_owned(), "401 token-invalid"),
        ("?token=a&token=b".to_owned(), "400 invalid-query"),
    ] {
        let body = json!({ "sender": "s", "message": "hello" });
        let path = format!("/webhooks/rest/webhook{query}");
        assert_eq!(service.post(&path, None, &body).await.outcome(), expect, "{query}");
    }
}

#[tokio::test]
async fn whoever_asks_too_often_is_told_when_to_come_back() {
    let flags = [("visitor_requests_per_minute", "3"), ("api_requests_per_minute", "4")];
    let service = Service::with(&flags).await;
    let ask = async |token| service.post("/v1/classify", token, &json!({ "text": "a" })).await;
    for _ in 0..3 {
        assert_eq!(ask(None).await.outcome(), "200");
    }
    let got = ask(None).await;
    assert_eq!(got.outcome(), "429 rate-limited");
    let wait: u64 = got.headers["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((1..=20).contains(&wait), "{wait}");
    // Guessing tokens counts; a known one has an allowance of its own.
    assert_eq!(ask(Some("guess")).await.outcome(), "429 rate-limited");
    for _ in 0..4 {
        assert_eq!(ask(Some(ADMIN)).await.outcome(), "200");
    }
    assert_eq!(ask(Some(ADMIN)).await.outcome(), "429 rate-limited");
    assert_eq!(service.get("/healthz", None).await.outcome(), "200");
}

#[tokio::test]
async fn every_response_names_its_request() {
    let service = Service::start().await;
    let own = async |id: &str| {
        let request = Request::get("/healthz").header("x-request-id", id);
        let got = service.send(request.body(Body::empty()).unwrap()).await;
        got.headers["x-request-id"].to_str().unwrap().to_owned()
    };
    assert_eq!(own("shop-42.a:b_c").await, "shop-42.a:b_c");
    for bad in ["with space", "\"quoted\"", "", &"x".repeat(129)] {
        let id = own(bad).await;
        assert_eq!(id.len(), 36, "{bad:?} became {id:?}");
    }
    let got = service.get("/nowhere", None).await;
    assert!(got.headers.contains_key("x-request-id"));
    assert_eq!(got.headers["x-content-type-options"], "nosniff");
    assert_eq!(got.headers["cache-control"], "no-store");
}

#[tokio::test]
async fn a_panic_ends_its_request_and_nothing_else() {
    let service = Service::with_routes(&[], |routes| {
        routes.route("/panic", get(async || -> &'static str { panic!("where is my parcel") }))
    })
    .await;
    let got = service.get("/panic", None).await;
    assert_eq!(got.outcome(), "500 internal");
    assert!(!got.text.contains("parcel"), "{}", got.text);
    assert_eq!(service.get("/healthz", None).await.outcome(), "200");
    let figures = service.get("/metrics", None).await.text;
    assert!(figures.contains("switchboard_panics_total 1"), "{figures}");
}

#[tokio::test(start_paused = true)]
async fn a_request_that_takes_too_long_is_ended() {
    let service = Service::with_routes(&[("timeout_seconds", "2")], |routes| {
        routes.route("/never", get(async || std::future::pending::<&'static str>().await))
    })
    .await;
    let got = service.get("/never", None).await;
    assert_eq!(got.outcome(), "503 timed-out");
    assert_eq!(got.headers["retry-after"], "1");
}
