//! `switchboard eval` as a program: files in, figures out, exit codes.

use std::path::Path;

use serde_json::Value;

use crate::BINARY;

const MESSAGES: &str = r#"{"lang":"en","text":"where is my parcel?","intent":"tracking.status","emotion":"neutral"}
{"lang":"en","text":"qwpoe zzxx asdkjh","intent":"none"}
{"lang":"es","text":"¿dónde está mi paquete?","intent":"tracking.status"}
{"lang":"es","text":"¿dónde está mi paquete? otra vez","intent":"product.price"}
"#;

fn run(arguments: &[&str]) -> (Option<i32>, String, String) {
    let output = harness::run(BINARY, arguments, b"");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

fn path(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[test]
fn messages_in_figures_out() {
    let folder = tempfile::tempdir().unwrap();
    let [messages, page, before] =
        ["messages.jsonl", "page.html", "before.json"].map(|name| folder.path().join(name));
    std::fs::write(&messages, MESSAGES).unwrap();
    let (code, out, err) = run(&["eval", path(&messages), "--json", "--html", path(&page)]);
    assert_eq!((code, err.as_str()), (Some(0), ""));
    let report: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(report["figures"]["accuracy"], 0.75);
    assert_eq!(report["figures"]["accuracy.es"], 0.5);
    assert_eq!(report["messages"].as_array().unwrap().len(), 4);
    assert_eq!(report["messages"][3]["got"], "tracking.status");
    assert!(report["messages"][3]["evidence"].as_array().unwrap().len() > 1, "{out}");
    assert!(std::fs::read_to_string(&page).unwrap().ends_with("</html>\n"));

    // The same packs against themselves: nothing changed.
    std::fs::write(&before, &out).unwrap();
    let (code, out, _) = run(&["eval", path(&messages), "--baseline", path(&before)]);
    assert_eq!(code, Some(0));
    for part in ["4 messages in both, 0 new, 0 gone", "broken 0", "mended 0", "| es "] {
        assert!(out.contains(part), "no {part:?} in\n{out}");
    }
    assert!(!out.contains('\u{1b}'), "colours where none are wanted");
}

#[test]
fn a_figure_under_its_floor_is_exit_code_1() {
    let folder = tempfile::tempdir().unwrap();
    let messages = folder.path().join("messages.jsonl");
    std::fs::write(&messages, MESSAGES).unwrap();
    for (floors, code, says) in [
        (&["accuracy=0.75", "accuracy.en=1"][..], 0, ""),
        (&["accuracy=0.7", "accuracy.es=0.6"], 1, "accuracy.es is 0.5000, under its floor of 0.6"),
        (&["acuracy=0.7"], 1, "acuracy was not measured; measured were: accuracy,"),
        // No message of the file is labelled angry.
        (&["anger_recall=0.1"], 1, "anger_recall was not measured"),
        (&["accuracy=70"], 2, "70 is no share"),
    ] {
        let floors = floors.iter().flat_map(|floor| ["--floor", floor]);
        let arguments: Vec<&str> = ["eval", path(&messages)].into_iter().chain(floors).collect();
        let (told, _, err) = run(&arguments);
        assert_eq!(told, Some(code), "{arguments:?}: {err}");
        assert!(err.contains(says), "{err}");
    }
}

#[test]
fn what_is_no_evaluation_is_refused_with_its_place() {
    let folder = tempfile::tempdir().unwrap();
    let [messages, empty, other] =
        ["bad.jsonl", "empty.jsonl", "other.json"].map(|name| folder.path().join(name));
    std::fs::write(&messages, format!("{MESSAGES}{{\"text\":\"x\"}}\nnonsense\n")).unwrap();
    std::fs::write(&empty, "\n").unwrap();
    std::fs::write(&other, "{\"format\":\"other\"}").unwrap();
    let missing = folder.path().join("missing.jsonl");
    for (arguments, says) in [
        (vec!["eval", path(&messages)], "bad.jsonl:5: missing field `intent`"),
        (vec!["eval", path(&messages)], "bad.jsonl:6: "),
        (vec!["eval", path(&empty)], "no messages"),
        (vec!["eval", path(&missing)], "missing.jsonl"),
        (vec!["eval"], "<FILE>"),
        (vec!["eval", path(&messages), "--baseline", path(&other)], "bad.jsonl"),
    ] {
        let (code, out, err) = run(&arguments);
        assert_eq!((code, out.as_str()), (Some(2), ""), "{arguments:?}");
        assert!(err.contains(says), "{err}");
    }
    std::fs::write(&messages, MESSAGES).unwrap();
    let (code, _, err) = run(&["eval", path(&messages), "--baseline", path(&other)]);
    assert_eq!(code, Some(2));
    assert!(err.contains("other.json is no baseline") && err.contains("--json"), "{err}");
}
