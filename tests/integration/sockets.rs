//! Bytes that no good client sends.

use harness::{Options, Service, raw};
use serde_json::json;

use crate::BINARY;

fn request(head: &str, body: &[u8]) -> Vec<u8> {
    let mut bytes = format!("{head}\r\nhost: x\r\nconnection: close\r\n\r\n").into_bytes();
    bytes.extend(body);
    bytes
}

#[test]
fn whatever_arrives_is_answered_or_closed_and_the_service_lives() {
    let service = Service::start(BINARY);
    let post = "POST /v1/messages HTTP/1.1\r\ncontent-type: application/json";
    let sized = |n: usize| format!("{post}\r\ncontent-length: {n}");
    let chunked = format!("{post}\r\ntransfer-encoding: chunked");
    let mut stream = format!("{:x}\r\n", 1 << 20).into_bytes();
    stream.extend(vec![b' '; 1 << 20]);
    stream.extend(b"\r\n0\r\n\r\n");
    let cases: Vec<(&str, Vec<u8>, &str)> = vec![
        ("no HTTP", b"\x16\x03\x01 hello\r\n\r\n".to_vec(), "HTTP/1.1 400"),
        ("another version", b"GET / HTTP/9.9\r\n\r\n".to_vec(), "HTTP/1.1 400"),
        ("a space in the path", b"GET /v1/a b HTTP/1.1\r\n\r\n".to_vec(), "HTTP/1.1 400"),
        (
            "a path up and out",
            request("GET /assets/../../etc/passwd HTTP/1.1", b""),
            "HTTP/1.1 404",
        ),
        ("a path with NUL", request("GET /v1/conversations/%00 HTTP/1.1", b""), "HTTP/1.1 422"),
        ("a path not UTF-8", request("GET /v1/conversations/%ff HTTP/1.1", b""), "HTTP/1.1 422"),
        (
            "a head too large",
            request(&format!("GET / HTTP/1.1\r\nx: {}", "a".repeat(1 << 20)), b""),
            "HTTP/1.1 431",
        ),
        ("a megabyte", request(&sized(1 << 20), &vec![b'a'; 1 << 20]), "HTTP/1.1 413"),
        ("a megabyte in chunks", request(&chunked, &stream), "HTTP/1.1 413"),
        (
            "two lengths",
            request(&format!("{}\r\ncontent-length: 3", sized(2)), b"{}"),
            "HTTP/1.1 400",
        ),
        (
            "a length that is none",
            request(&format!("{post}\r\ncontent-length: -1"), b""),
            "HTTP/1.1 400",
        ),
        ("broken chunks", request(&chunked, b"zz\r\n"), "HTTP/1.1 400"),
        ("nothing but a NUL", b"\0".to_vec(), "HTTP/1.1 400"),
        ("a good one after all", request(&sized(15), br#"{"text":"hola"}"#), "HTTP/1.1 200"),
    ];
    for (name, bytes, expect) in cases {
        let answer = raw(service.address, &bytes);
        assert!(
            answer.starts_with(expect),
            "{name}: {}",
            answer.lines().next().unwrap_or("nothing")
        );
    }
    assert_eq!(service.get("/healthz", None).status, 200);
    let figures = service.get("/metrics", None).text;
    assert!(figures.contains("switchboard_panics_total 0"), "{figures}");
}

#[test]
fn a_body_that_dawdles_is_given_up() {
    let flags = vec!["--timeout-seconds".to_owned(), "1".to_owned()];
    let service = Service::with(BINARY, Options { flags, ..Options::default() });
    let head = "POST /v1/classify HTTP/1.1\r\ncontent-type: application/json\r\ncontent-length: 50";
    let answer = raw(service.address, &request(head, b"{\"text\":"));
    assert!(answer.starts_with("HTTP/1.1 503"), "{answer}");
    assert!(answer.contains("\"code\":\"timed-out\""), "{answer}");
}

#[test]
fn the_list_of_bad_input_over_the_wire() {
    let service = Service::start(BINARY);
    for text in [
        "a\u{0}b",
        "😀",
        &"😀".repeat(4_000),
        "\u{202e}abc \u{2067}أين طردي\u{2069}",
        "ref\u{200b}und",
        "\u{feff}",
        &"ﷺ".repeat(4_000),
        &"e\u{301}".repeat(4_000),
    ] {
        let got = service.post("/v1/messages", None, &json!({ "text": text })).ok();
        assert_eq!(got["analysis"]["text"], text);
        assert!(got["reply"]["text"].is_string(), "{got}");
    }
    for text in ["", " ", "\n\t\u{a0}\u{3000}"] {
        let got = service.post("/v1/messages", None, &json!({ "text": text }));
        assert_eq!(got.outcome(), "422 empty-text", "{text:?}");
    }
    let long = json!({ "text": "😀".repeat(10_000) });
    assert_eq!(service.post("/v1/messages", None, &long).outcome(), "422 text-too-long");
    let huge = json!({ "text": "a".repeat(1_000_000) });
    assert_eq!(service.post("/v1/messages", None, &huge).outcome(), "413 body-too-large");
}
