//! `switchboard import`, `compile` and `classify`: another system's samples at work at once.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value;

use crate::BINARY;

fn run(arguments: &[&str], input: &str) -> (Option<i32>, String, String) {
    let output = harness::run(BINARY, arguments, input.as_bytes());
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

/// Every file below a folder, with what it holds.
fn everything(folder: &Path) -> BTreeMap<String, String> {
    let mut files = BTreeMap::new();
    let mut open = vec![folder.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                let text = std::fs::read_to_string(&path).unwrap();
                files.insert(path.display().to_string(), text);
            }
        }
    }
    files
}

/// A bot for a library: nothing that a shop would ask.
fn nlu() -> String {
    let intents = [
        (
            "RenewLoan",
            [
                "renew my book",
                "can I keep the book longer",
                "extend the loan",
                "another week with this book please",
            ],
        ),
        (
            "faq/reading_room",
            [
                "is the reading room quiet",
                "where can I sit and read",
                "how many desks are in the reading room",
                "may I eat in the reading room",
            ],
        ),
        (
            "JoinChoir",
            [
                "I would like to sing",
                "when does the choir practise",
                "do you need a tenor",
                "can anybody join the choir",
            ],
        ),
    ];
    let mut text = String::from("version: \"3.1\"\nnlu:\n");
    for (label, samples) in intents {
        text.push_str(&format!("- intent: {label}\n  examples: |\n"));
        samples.iter().for_each(|sample| text.push_str(&format!("    - {sample}\n")));
    }
    text
}

#[test]
fn samples_of_rasa_classify_once_they_are_compiled() {
    let folder = tempfile::tempdir().unwrap();
    let (file, shop) = (folder.path().join("nlu.yml"), folder.path().join("bot"));
    std::fs::write(&file, nlu()).unwrap();
    let (file, bot) = (file.to_str().unwrap(), shop.to_str().unwrap());
    let (code, out, err) = run(&["import", "--from", "rasa", file, "--into", bot], "");
    assert_eq!(code, Some(0), "{out}{err}");
    for part in ["shop.renew_loan", "faq.reading_room", "en, told from", "compile --over"] {
        assert!(out.contains(part), "no {part:?} in\n{out}");
    }
    let compile = ["compile", "--over", bot, "--intents", "own"];
    let (code, out, err) = run(&compile, "");
    assert_eq!(code, Some(0), "{out}{err}");
    let (code, _, _) = run(&[&compile[..], &["--check"]].concat(), "");
    assert_eq!(code, Some(0), "the files are stale at once");

    let input = "{\"text\":\"may I extend my loan\"}\n{\"text\":\"sing in the choir\"}\n{\"text\":\"where is the reading room\"}\n";
    let (code, out, err) = run(&["classify", "--shop", bot, "--intents", "own"], input);
    assert_eq!((code, err.as_str()), (Some(0), ""));
    let understood: Vec<String> = out
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap()["intent"].to_string())
        .collect();
    let expect = ["\"shop.renew_loan\"", "\"shop.join_choir\"", "\"faq.reading_room\""];
    assert_eq!(understood, expect);

    // A second import of the same is refused, and with --replace it writes the same.
    let before = everything(&shop);
    let (code, _, err) = run(&["import", "--from", "rasa", file, "--into", bot], "");
    assert_eq!(code, Some(2));
    assert!(err.contains("intents/en/shop.toml") && err.contains("--replace"), "{err}");
    assert_eq!(everything(&shop), before);
    let (code, _, err) = run(&["import", "--from", "rasa", file, "--into", bot, "--replace"], "");
    assert_eq!(code, Some(0), "{err}");
    assert_eq!(everything(&shop), before);
}

#[test]
fn nothing_is_written_when_anything_is_wrong() {
    let folder = tempfile::tempdir().unwrap();
    let [good, bad, broken] =
        ["good.csv", "bad.csv", "broken"].map(|name| folder.path().join(name));
    std::fs::write(&good, "text,intent\nis the reading room quiet,Quiet\n").unwrap();
    std::fs::write(&bad, "text,intent\na,b\nc\n").unwrap();
    // A folder that does not load: what is imported beside it would not either.
    std::fs::create_dir_all(broken.join("intents/en")).unwrap();
    std::fs::write(broken.join("intents/intents.toml"), "[[intent]]\nid = 7\n").unwrap();
    let before = everything(folder.path());
    let [good, bad, broken] = [&good, &bad, &broken].map(|path| path.to_str().unwrap());
    let new = folder.path().join("new");
    let new = new.to_str().unwrap();
    for (arguments, says) in [
        (vec!["--from", "csv", good, bad, "--into", new], "bad.csv:3"),
        (vec!["--from", "jsonl", good, "--into", new], "good.csv:1"),
        (vec!["--from", "rasa", good, "--into", new], "nothing was imported"),
        (vec!["--from", "csv", good, "--into", broken], "intents.toml:2"),
        (vec!["--from", "csv", good, "--into", new, "--domain", "My Shop"], "no domain"),
        (vec!["--from", "xml", good, "--into", new], "possible values"),
        (vec!["--from", "csv", "nowhere.csv", "--into", new], "nowhere.csv"),
        // The name of a file where a folder is to be.
        (vec!["--from", "csv", good, "--into", bad], "bad.csv"),
    ] {
        let (code, out, err) = run(&[&["import"], &arguments[..]].concat(), "");
        assert_eq!((code, out.as_str()), (Some(2), ""), "{arguments:?}");
        assert!(err.contains(says), "{arguments:?}: {err}");
        assert_eq!(everything(folder.path()), before, "{arguments:?}");
    }
}
