//! The command line.

use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::BINARY;

fn run(arguments: &[&str], input: &str) -> (Option<i32>, String, String) {
    let output = harness::run(BINARY, arguments, input.as_bytes());
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

#[test]
fn ask_tells_what_is_understood_and_answered() {
    let (code, out, err) = run(&["ask", "where is my parcel? order #10234"], "");
    assert_eq!((code, err.as_str()), (Some(0), ""));
    for part in ["‹where is my parcel›", "tracking.status", "10234", "decision", "automated"] {
        assert!(out.contains(part), "no {part:?} in\n{out}");
    }
    assert!(!out.contains('\u{1b}'), "colours where none are wanted");
    let (_, out, _) = run(&["ask", "--why", "where is my parcel?"], "");
    assert!(out.contains("en/tracking.status/") && out.contains("sum"), "{out}");
    let (code, out, _) = run(&["ask", "--json", "where is my parcel?"], "");
    let answer: Value = serde_json::from_str(&out).unwrap();
    assert_eq!((code, &answer["analysis"]["intent"]), (Some(0), &"tracking.status".into()));
    assert!(answer["reply"]["text"].is_string());
}

#[test]
fn classify_writes_a_line_a_line_in_order() {
    let mut input = String::new();
    for n in 0..2_000 {
        input.push_str(&format!("{{\"text\":\"where is my parcel? {n}\",\"lang\":\"xx\"}}\n"));
    }
    let (code, out, err) = run(&["classify", "--threads", "3"], &input);
    assert_eq!((code, err.as_str()), (Some(0), ""));
    let lines: Vec<Value> = out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 2_000);
    for (n, line) in lines.iter().enumerate() {
        assert_eq!(line["text"], format!("where is my parcel? {n}"));
        assert_eq!(line["intent"], "tracking.status");
    }
    let (_, again, _) = run(&["classify", "--threads", "1"], &input);
    assert!(again == out, "one thread and three write different bytes");
}

#[test]
fn a_bad_line_is_named_in_its_place() {
    let input = "{\"text\":\"hello\"}\n\nnot json\n{\"text\":7}\n{\"text\":\"a\",\"locale\":\"!\"}\r\n{\"text\":\"bye\"}";
    let (code, out, err) = run(&["classify"], input);
    assert_eq!(code, Some(1), "{err}");
    assert!(err.contains("4 of 6 lines"), "{err}");
    let told: Vec<(Value, Value)> = out
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap())
        .map(|line| {
            (
                line["text"].clone(),
                serde_json::json!([line["error"]["line"], line["error"]["code"]]),
            )
        })
        .collect();
    let bad = |n: u64, code: &str| (Value::Null, serde_json::json!([n, code]));
    let good = |text: &str| (text.into(), serde_json::json!([null, null]));
    assert_eq!(
        told,
        [
            good("hello"),
            bad(2, "invalid-json"),
            bad(3, "invalid-json"),
            bad(4, "invalid-line"),
            bad(5, "invalid-line"),
            good("bye"),
        ]
    );
}

#[test]
fn classify_answers_a_line_before_the_next_is_sent() {
    let mut child = Command::new(BINARY)
        .arg("classify")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    for text in ["hello", "where is my parcel?"] {
        writeln!(stdin, "{{\"text\":\"{text}\"}}").unwrap();
        let line: Value = serde_json::from_str(&lines.next().unwrap().unwrap()).unwrap();
        assert_eq!(line["text"], text);
    }
    drop(stdin);
    assert!(child.wait().unwrap().success());
}

#[test]
fn a_reader_that_leaves_is_no_failure() {
    let mut child = Command::new(BINARY)
        .arg("classify")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let mut stdin = child.stdin.take().unwrap();
    let feeding = std::thread::spawn(move || {
        while stdin.write_all(b"{\"text\":\"where is my parcel?\"}\n").is_ok() {}
    });
    let output = child.wait_with_output().unwrap();
    feeding.join().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
}

#[test]
fn a_shop_is_begun_checked_and_told_what_is_broken() {
    let folder = tempfile::tempdir().unwrap();
    let shop = folder.path().join("shop");
    let path = shop.to_str().unwrap();
    let (code, out, _) = run(&["init", path], "");
    assert_eq!(code, Some(0), "{out}");
    assert!(out.contains("wrote") && !out.contains("kept"), "{out}");
    let (code, out, _) = run(&["init", path], "");
    assert_eq!(code, Some(0));
    assert!(out.contains("kept") && !out.contains("wrote"), "{out}");
    let (code, out, _) = run(&["ask", "--shop", path, "do you give workshops?"], "");
    assert_eq!(code, Some(0));
    assert!(out.contains("events.workshop"), "{out}");

    std::fs::write(shop.join("intents/en/events.toml"), "[[intent]]\nid = \"no.such\"\n").unwrap();
    std::fs::write(shop.join("faq/en/events.md"), "## events.workshop\n\n{nothing}\n").unwrap();
    let (code, out, _) = run(&["check", "--shop", path], "");
    assert_eq!(code, Some(1), "{out}");
    for part in ["events.toml:2", "events.md:", "help:"] {
        assert!(out.contains(part), "no {part:?} in\n{out}");
    }
}

#[test]
fn config_shows_whence_and_hides_secrets() {
    let secret = "0123456789abcdef0123456789abcdef";
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("switchboard.toml"), "log = \"warn\"\ndata = \"there\"\n")
        .unwrap();
    let output = Command::new(BINARY)
        .args(["config", "--data", "here"])
        .current_dir(folder.path())
        .env("SWITCHBOARD_API_TOKEN", secret)
        .env("SWITCHBOARD_DRAIN_SECONDS", "7")
        .output()
        .unwrap();
    let out = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(0), "{out}");
    for line in [
        "data                         here  # --data",
        "log                          warn  # switchboard.toml:1",
        "drain_seconds                7  # SWITCHBOARD_DRAIN_SECONDS",
        "timeout_seconds              10  # default",
        "api_token                    (secret, set)  # SWITCHBOARD_API_TOKEN",
    ] {
        assert!(out.contains(line), "no {line:?} in\n{out}");
    }
    assert!(!out.contains(secret));
}

#[test]
fn every_command_explains_itself() {
    let (code, out, _) = run(&["--help"], "");
    assert_eq!(code, Some(0));
    for command in
        ["serve", "init", "ask", "classify", "check", "bench", "compile", "config", "completions"]
    {
        assert!(out.contains(&format!("  {command} ")), "{command} is not in\n{out}");
        let (code, help, _) = run(&[command, "--help"], "");
        assert_eq!(code, Some(0), "{command}");
        assert!(help.contains("Usage: switchboard"), "{help}");
    }
    for shell in ["bash", "zsh", "fish"] {
        let (code, script, _) = run(&["completions", shell], "");
        assert_eq!(code, Some(0), "{shell}");
        assert!(script.contains("switchboard"));
    }
    assert_eq!(run(&[], "").0, Some(2));
    assert_eq!(run(&["no-such-command"], "").0, Some(2));
    assert_eq!(run(&["check", "--lang", "xx"], "").0, Some(2));
}

#[test]
fn bench_measures_with_the_packs_at_hand() {
    let (code, out, err) = run(&["bench", "--seconds", "1"], "");
    assert_eq!(code, Some(0), "{out}{err}");
    for part in ["p50", "p99.9", "messages/s"] {
        assert!(out.contains(part), "no {part:?} in\n{out}");
    }
}
