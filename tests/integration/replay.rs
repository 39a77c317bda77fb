//! The message log of a running service, and `switchboard replay` on it.

use harness::{Options, Service};
use serde_json::{Value, json};

use crate::BINARY;

fn run(arguments: &[&str]) -> (Option<i32>, String, String) {
    let output = harness::run(BINARY, arguments, b"");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

#[test]
fn a_log_is_kept_masked_and_played_again() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("messages.jsonl");
    let flags = vec!["--message-log".to_owned(), log.to_str().unwrap().to_owned()];
    let service = Service::with(BINARY, Options { flags, ..Options::default() });
    for (conversation, text) in [
        ("ada@example.org", "where is my order #10234? mail me at ada@lovelace.example"),
        ("ada@example.org", "how long does delivery to Mexico take?"),
        ("+4915112345678", "You will hear from my lawyer."),
        ("+4915112345678", "hello?? 4111 1111 1111 1111"),
    ] {
        let body = json!({ "conversation_id": conversation, "text": text });
        let _ = service.post("/v1/messages", Some(&service.admin), &body).ok();
    }
    service.signal("TERM");
    assert!(service.end().success());
    let kept = std::fs::read_to_string(&log).unwrap();
    for secret in ["10234", "lovelace", "ada@", "4915112345678", "4111"] {
        assert!(!kept.contains(secret), "{secret} stands in\n{kept}");
    }
    let lines: Vec<Value> = kept.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 4);
    assert_eq!(lines[0]["text"], "where is my order #11111? mail me at name@example.com");
    assert_eq!(lines[0]["conversation"], lines[1]["conversation"]);
    assert_ne!(lines[0]["conversation"], lines[2]["conversation"]);
    assert_eq!(lines[2]["action"], "handoff");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(std::fs::metadata(&log).unwrap().permissions().mode() & 0o777, 0o600);
    }

    // Packs under which lawyers are nobody's business.
    let candidate = folder.path().join("candidate");
    std::fs::create_dir_all(candidate.join("intents")).unwrap();
    std::fs::write(
        candidate.join("intents/intents.toml"),
        "[[intent]]\nid = \"risk.legal_threat\"\nmeans = \"x\"\nseverity = \"blue\"\ntier = 1\n",
    )
    .unwrap();
    let (log, candidate) = (log.to_str().unwrap(), candidate.to_str().unwrap());
    let (code, out, err) = run(&["replay", log, "--against", candidate]);
    assert_eq!((code, err.as_str()), (Some(0), ""));
    for part in ["3 messages, 1 decisions change", "1 more were with people", "my lawyer", "line 3"]
    {
        assert!(out.contains(part), "no {part:?} in\n{out}");
    }
    let fails = |kind| run(&["replay", log, "--against", candidate, "--fail-on", kind]).0;
    assert_eq!((fails("less-urgent"), fails("handoff-lost")), (Some(1), Some(0)));
    let (_, out, _) = run(&["replay", log, "--against", candidate, "--json"]);
    let replay: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(replay["groups"][0]["kind"], "less-urgent");
    assert_eq!(replay["groups"][0]["messages"][0]["before"]["severity"], "red");
}

#[test]
fn what_is_no_log_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("log.jsonl");
    std::fs::write(&log, "{\"text\":\"a\"}\nnonsense\n").unwrap();
    let log = log.to_str().unwrap();
    let here = folder.path().to_str().unwrap();
    for (arguments, says) in [
        (vec!["replay", log, "--against", here], "log.jsonl:2: "),
        (vec!["replay", log], "--against"),
        (vec!["replay", "nowhere", "--against", here], "nowhere"),
    ] {
        let (code, out, err) = run(&arguments);
        assert_eq!((code, out.as_str()), (Some(2), ""), "{arguments:?}");
        assert!(err.contains(says), "{err}");
    }
    // A log that cannot be kept is said before the service is there.
    let output = harness::run(
        BINARY,
        &["serve", "--listen", "127.0.0.1:0", "--data", here, "--message-log", here],
        b"",
    );
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("--message-log"), "{said}");
}
