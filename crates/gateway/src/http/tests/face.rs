//! The page, the description, the figures, the log, the reload.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::json;

use super::support::{ADMIN, Service};
use crate::files;
use crate::http::{Code, description};

#[test]
fn the_description_of_the_service_changes_only_on_purpose() {
    insta::assert_json_snapshot!("openapi", serde_json::to_value(description()).unwrap());
}

#[test]
fn every_shape_that_the_description_names_is_described() {
    let described = serde_json::to_value(description()).unwrap();
    let text = described.to_string();
    let names: BTreeSet<&str> = text
        .split("\"#/components/schemas/")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .collect();
    assert!(names.len() > 10, "{names:?}");
    for name in names {
        assert!(described["components"]["schemas"].get(name).is_some(), "{name} is not described");
    }
}

#[test]
fn every_problem_has_a_code_of_its_own_and_says_what_to_do() {
    let mut codes = BTreeSet::new();
    for code in Code::ALL {
        assert!(codes.insert(code.as_str()), "{} twice", code.as_str());
        assert!(code.status().is_client_error() || code.status().is_server_error());
        assert!(code.as_str().chars().all(|c| c.is_ascii_lowercase() || c == '-'));
        assert!(code.help().ends_with('.') && !code.title().ends_with('.'), "{}", code.as_str());
    }
}

#[tokio::test]
async fn the_page_runs_nothing_but_its_own_files() {
    let service = Service::start().await;
    for (path, kind) in [
        ("/", "text/html; charset=utf-8"),
        ("/assets/style.css", "text/css; charset=utf-8"),
        ("/assets/app.js", "text/javascript; charset=utf-8"),
        ("/assets/icon.svg", "image/svg+xml"),
    ] {
        let got = service.get(path, None).await;
        assert_eq!(got.outcome(), "200");
        assert_eq!(got.headers["content-type"], kind);
        let policy = got.headers["content-security-policy"].to_str().unwrap();
        assert!(policy.contains("default-src 'none'") && policy.contains("script-src 'self'"));
        assert!(!policy.contains("unsafe"), "{policy}");
        // What the policy forbids is not there either.
        for inline in ["<script>", " style=", " onclick", "javascript:", "http://", "https://"] {
            let fine = inline == "http://" && path.ends_with("svg");
            assert!(fine || !got.text.contains(inline), "{path} has {inline:?}");
        }
        for unsafe_call in ["innerHTML", "outerHTML", "insertAdjacentHTML", "eval(", "write("] {
            assert!(!got.text.contains(unsafe_call), "{path} has {unsafe_call:?}");
        }
    }
    let api = service.get("/healthz", None).await;
    assert!(api.headers["content-security-policy"].to_str().unwrap().contains("'none'"));
}

#[tokio::test]
async fn figures_are_counted_by_route() {
    let service = Service::start().await;
    service.turn("c", "where is my parcel?").await;
    service.get("/v1/conversations/c", Some(ADMIN)).await;
    service.get("/v1/no-such-thing", None).await;
    let figures = service.get("/metrics", None).await;
    let kind = figures.headers["content-type"].to_str().unwrap();
    assert!(kind.starts_with("application/openmetrics-text"), "{kind}");
    for line in [
        "switchboard_http_requests_total{method=\"POST\",route=\"/v1/messages\",status=\"200\"} 1",
        "switchboard_http_requests_total{method=\"GET\",route=\"/v1/conversations/{id}\",status=\"200\"} 1",
        "switchboard_http_requests_total{method=\"any\",route=\"unmatched\",status=\"404\"} 1",
        "switchboard_analysis_duration_seconds_count 1",
        "# EOF",
    ] {
        assert!(figures.text.lines().any(|found| found == line), "no {line} in\n{}", figures.text);
    }
}

#[tokio::test]
async fn broken_packs_are_listed_and_the_old_ones_stay() {
    let folder = tempfile::tempdir().unwrap();
    let broken = folder.path().join("faq/en/more.md");
    files::write_new(&broken, b"## tracking.status\n\n{no.such.fact}\n").unwrap();
    let shop = folder.path().to_string_lossy().into_owned();
    let service = Service::with(&[("shop", &shop)]).await;
    let before = service.app.knowledge();
    let reload = async || service.post("/v1/packs/reload", Some(ADMIN), &json!({})).await;
    let got = reload().await;
    assert_eq!(got.outcome(), "422 packs-broken");
    let body = got.json();
    let errors = body["errors"].as_array().unwrap();
    assert!(errors.iter().any(|error| error["line"] == 3), "{body}");
    let path = errors[0]["path"].as_str().unwrap();
    assert!(path.ends_with("faq/en/more.md"), "{path}");
    assert!(Arc::ptr_eq(&before, &service.app.knowledge()));
    assert_eq!(service.turn("c", "where is my parcel?").await["decision"]["rule"], "answer");

    files::replace(&broken, b"preamble only\n").unwrap();
    let got = reload().await;
    assert_eq!(got.outcome(), "200", "{got:?}");
    let after = service.app.knowledge();
    assert!(!Arc::ptr_eq(&before, &after));
    let trail = service.get("/v1/audit", Some(ADMIN)).await.json();
    let reloads: Vec<_> = (trail.as_array().unwrap().iter())
        .map(|line| (&line["action"], &line["actor"], &line["object"]))
        .collect();
    let hash = json!(after.analyzer.packs_hash());
    assert_eq!(reloads, [(&json!("packs.reload"), &json!("token:admin"), &hash)], "{trail}");
    let figures = service.get("/metrics", None).await.text;
    for line in ["reloads_total{result=\"broken\"} 1", "reloads_total{result=\"ok\"} 1"] {
        assert!(figures.contains(line), "no {line} in\n{figures}");
    }
}

#[tokio::test]
async fn a_stopping_service_is_not_ready() {
    let service = Service::start().await;
    assert!(service.folder.path().join("switchboard.db").exists());
    service.app.stop();
    assert_eq!(service.get("/readyz", None).await.outcome(), "503 stopping");
    assert_eq!(service.get("/healthz", None).await.outcome(), "200");
}
