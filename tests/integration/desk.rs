//! People, evidence, backup and restore through the real command line.

use std::process::{Command, Output, Stdio};

use harness::{Options, Service};
use serde_json::json;

use crate::BINARY;

/// Runs the binary over the state in `data`, with a line on standard input.
fn run(data: &std::path::Path, arguments: &[&str], line: &str) -> Output {
    use std::io::Write;
    let mut child = Command::new(BINARY)
        .args(arguments)
        .arg("--data")
        .arg(data)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    writeln!(child.stdin.take().unwrap(), "{line}").unwrap();
    child.wait_with_output().unwrap()
}

#[test]
fn a_case_goes_from_sign_in_to_evidence_and_back_from_a_backup() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let add = ["user", "add", "ana", "--role", "admin", "--team", "lead", "--language", "en"];
    for (typed, why) in [("short", "10 characters"), ("", "no password came in")] {
        let refused = run(&data, &add, typed);
        assert_eq!(refused.status.code(), Some(2), "{typed:?}");
        assert!(String::from_utf8_lossy(&refused.stderr).contains(why), "{refused:?}");
    }
    assert!(run(&data, &add, "correct horse battery").status.success());

    let service = Service::with(BINARY, Options { data: Some(data.clone()), ..Options::default() });
    let wrong = json!({ "name": "ana", "password": "wrong horse battery" });
    let got = service.post("/v1/session", None, &wrong);
    assert_eq!(got.outcome(), "401 sign-in-failed");
    let right = json!({ "name": "ana", "password": "correct horse battery" });
    assert_eq!(service.post("/v1/session", None, &right).ok()["role"], "admin");
    let said = json!({ "conversation_id": "c", "text": "I will sue you <script>" });
    let turn = service.post("/v1/messages", Some(&service.admin), &said).ok();
    let ticket = turn["ticket"]["id"].as_str().unwrap().to_owned();
    // While the service runs.
    let backup = path("backup.db");
    let done = run(&data, &["backup", &backup], "");
    assert!(done.status.success(), "{done:?}");
    service.signal("TERM");
    assert!(service.end().success());

    for (out, restored) in [("before", false), ("after", true)] {
        if restored {
            let refused = run(&data, &["restore", &backup], "");
            assert_eq!(refused.status.code(), Some(2), "never over what is there: {refused:?}");
            let done = run(&data, &["restore", &backup, "--replace"], "");
            assert!(done.status.success(), "{done:?}");
        }
        let done = run(&data, &["evidence", &ticket, "--out", &path(out)], "");
        assert!(done.status.success(), "{done:?}");
        let page = std::fs::read_to_string(folder.path().join(out).join("evidence.html")).unwrap();
        assert!(page.contains("&lt;script&gt;") && !page.contains("<script>"), "{page}");
        assert!(page.contains("The chain is whole"), "{page}");
    }
    let messages = |out: &str| {
        std::fs::read_to_string(folder.path().join(out).join("messages.jsonl")).unwrap()
    };
    assert_eq!(messages("before"), messages("after"));
    let foreign = path("foreign.db");
    std::fs::write(&foreign, "Dear diary").unwrap();
    let refused = run(&data, &["restore", &foreign, "--replace"], "");
    assert_eq!(refused.status.code(), Some(2), "{refused:?}");
    assert!(run(&data, &["evidence", &ticket, "--out", &path("still")], "").status.success());
}
