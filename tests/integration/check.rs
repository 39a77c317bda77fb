//! `switchboard check`: each fault planted in `tests/planted` is found where it is marked,
//! nothing else is, and the packs of the repository are clean.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::BINARY;

fn run(arguments: &[&str]) -> (Option<i32>, String, String) {
    let output = harness::run(BINARY, arguments, b"");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

fn planted() -> String {
    harness::workspace().join("tests/planted").to_str().unwrap().to_owned()
}

/// The faults as the pack marks them: the rule, the file and the line.
fn marked(folder: &std::path::Path, found: &mut BTreeSet<(String, String, u64)>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            marked(&path, found);
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        for (line, text) in (1..).zip(text.lines()) {
            let Some((_, rules)) = text.split_once("# fault: ") else { continue };
            let file = path.file_name().unwrap().to_str().unwrap();
            let folder = path.parent().unwrap().file_name().unwrap().to_str().unwrap();
            let rules = rules.split(", ").map(str::to_owned);
            found.extend(rules.map(|rule| (rule, format!("{folder}/{file}"), line)));
        }
    }
}

#[test]
fn each_planted_fault_is_found_and_nothing_else() {
    let shop = planted();
    let (code, out, err) = run(&["check", "--shop", &shop, "--intents", "own", "--json"]);
    assert_eq!((code, err.as_str()), (Some(1), ""));
    let report: Value = serde_json::from_str(&out).unwrap();
    let mut found = BTreeSet::new();
    for finding in report["findings"].as_array().unwrap() {
        let text = |key: &str| finding[key].as_str().unwrap_or_default().to_owned();
        // The planted pack has no answers.
        if ["intent-unanswered", "answer-style"].contains(&&*text("rule")) {
            continue;
        }
        let file = text("file");
        let (rest, name) = file.rsplit_once('/').unwrap();
        let folder = rest.rsplit('/').next().unwrap();
        found.insert((text("rule"), format!("{folder}/{name}"), finding["line"].as_u64().unwrap()));
        for key in ["level", "message", "help"] {
            assert!(!text(key).is_empty(), "{finding} has no {key}");
        }
    }
    let mut expect = BTreeSet::new();
    marked(&harness::workspace().join("tests/planted/intents"), &mut expect);
    assert_eq!(
        found,
        expect,
        "\n{}",
        run(&["check", "--shop", &shop, "--intents", "own", "--notes"]).1
    );

    // There is no rule without a fault that shows it at work.
    let (_, list, _) = run(&["check", "--list"]);
    for rule in list.lines().filter_map(|line| line.split(' ').next()) {
        let shown = expect.iter().any(|(planted, ..)| planted == rule);
        assert!(shown || ["intent-unanswered", "answer-style"].contains(&rule), "{rule}");
    }
}

/// Whether each sample reaches its intent is told by language in the table of `check`; the
/// rules themselves have to be without fault.
#[test]
fn the_packs_of_the_repository_are_clean() {
    let (_, out, err) = run(&["check", "--json"]);
    assert_eq!(err, "");
    let report: Value = serde_json::from_str(&out).unwrap();
    let errors: Vec<String> = report["findings"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|f| f["level"] == "error" && f["rule"] != "sample-missed")
        .map(|f| format!("{}:{} {}", f["file"], f["line"], f["message"]))
        .collect();
    assert!(errors.is_empty(), "{}", errors.join("\n"));
}

#[test]
fn what_goes_wrong_comes_with_a_message_that_does() {
    let shop = planted();
    let (_, out, _) = run(&["check", "--shop", &shop, "--intents", "own", "--json"]);
    let report: Value = serde_json::from_str(&out).unwrap();
    let mut tried = 0;
    for finding in report["findings"].as_array().unwrap() {
        let (Some(example), Some(rule)) = (finding["example"].as_str(), finding["rule"].as_str())
        else {
            continue;
        };
        // Of these the message names what the example is taken for instead.
        if !["keyword-inside-keyword", "rule-never-wins"].contains(&rule) {
            continue;
        }
        let arguments = ["ask", "--json", "--shop", &shop, "--intents", "own", example];
        let answer: Value = serde_json::from_str(&run(&arguments).1).unwrap();
        let taken = answer["analysis"]["intent"].as_str().unwrap();
        let message = finding["message"].as_str().unwrap();
        let told = if rule == "rule-never-wins" { taken } else { "chat.goodbye" };
        assert!(message.contains(told), "{message}: {example:?} is taken for {taken}");
        tried += 1;
    }
    assert_eq!(tried, 2);
}

#[test]
fn rules_can_be_chosen_and_warnings_can_fail() {
    let shop = planted();
    let of = |more: &[&str]| run(&[&["check", "--shop", &shop, "--intents", "own"], more].concat());
    let (code, out, _) = of(&["--rule", "keyword-inside-keyword"]);
    assert_eq!(code, Some(0), "{out}");
    assert!(out.contains("see you in court") && !out.contains("sample-missed"), "{out}");
    assert_eq!(of(&["--rule", "keyword-inside-keyword", "--strict"]).0, Some(1));
    let (code, out, _) = of(&["--rule", "pattern-without-sample", "--strict"]);
    assert_eq!(code, Some(0), "{out}");
    assert!(!out.contains("note["), "{out}");
    assert!(of(&["--rule", "pattern-without-sample", "--notes"]).1.contains("note["));
    assert!(!of(&["--lang", "es"]).1.contains("/en/"));
    let (code, _, err) = of(&["--rule", "no-such-rule"]);
    assert!(code == Some(2) && err.contains("--list"), "{err}");
}

/// Everything that a shop's folder can have wrong is said with the file, the line and what
/// to do; what did load stays out of it.
#[test]
fn bad_packs_are_named_with_place_and_remedy() {
    let intent = |more: &str| format!("[[intent]]\nid = \"tracking.status\"\n{more}").into_bytes();
    let pattern = |text: &str| intent(&format!("[intent.patterns]\np = \"{text}\"\n"));
    let long = format!("({})", vec!["a"; 200].join("|"));
    let deep = format!("{}a{}", "(".repeat(40), ")".repeat(40));
    let latin1 = [&intent("keywords = [\"env"), &b"\xedo\"]\n"[..]].concat();
    let twice = [intent(""), intent("")].concat();
    let huge = vec![b'#'; 50 << 20];
    for (file, bytes, code, place, says) in [
        ("en/tracking.toml", twice, 1, ":4:6", "defined twice"),
        (
            "en/tracking.toml",
            b"[[intent]]\nid = \"tracking.statsu\"\n".to_vec(),
            1,
            ":2:6",
            "did you mean `tracking.status`?",
        ),
        ("en/tracking.toml", pattern("where is <parcle>"), 1, ":4:1", "did you mean `parcel`?"),
        ("en/concepts.toml", b"parcle = [\"x\"]\n".to_vec(), 1, ":1:1", "did you mean `parcel`?"),
        ("en/tracking.toml", pattern("… parcel"), 1, ":4", "bad-pattern"),
        ("en/tracking.toml", pattern("[where] …"), 1, ":4", "bad-pattern"),
        ("en/tracking.toml", pattern(&long), 1, ":4", "bad-pattern"),
        ("en/tracking.toml", pattern(&deep), 1, ":4", "bad-pattern"),
        (
            "en/tracking.toml",
            intent("keywords = [\"\\u200b \\u2060\"]\n"),
            1,
            ":3:13",
            "folds to nothing",
        ),
        ("en/tracking.toml", latin1, 1, ":3:17", "save the file as UTF-8"),
        ("en/tracking.toml", b"[[intent]\nid = 1".to_vec(), 1, ":1", "this is not TOML"),
        ("en/tracking.toml", huge, 2, "en/tracking.toml", "split it"),
        ("xx/tracking.toml", intent(""), 1, "xx/tracking.toml", "language.toml"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("intents").join(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, &bytes).unwrap();
        let (told, out, err) = run(&["check", "--shop", folder.path().to_str().unwrap()]);
        let said = out + &err;
        assert_eq!(told, Some(code), "{file}: {said}");
        for part in [path.to_str().unwrap(), place, says] {
            assert!(said.contains(part), "no {part:?} in\n{said}");
        }
        assert!(code == 2 || said.contains("help: "), "{said}");
    }
}

#[test]
fn samples_in_another_language_than_their_pack_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("intents/en/own.toml");
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(
        folder.path().join("intents/intents.toml"),
        "[[intent]]\nid = \"own.choir\"\nmeans = \"x\"\nseverity = \"blue\"\ntier = 1\n",
    )
    .unwrap();
    std::fs::write(
        &path,
        "[[intent]]\nid = \"own.choir\"\nsamples = [\n  \"when does the choir meet\",\n  \"¿dónde y cuándo ensaya el coro? hoy todavía no sé nada, muchas gracias\",\n]\n",
    )
    .unwrap();
    let shop = folder.path().to_str().unwrap();
    let (_, out, _) =
        run(&["check", "--shop", shop, "--rule", "sample-in-another-language", "--json"]);
    let report: Value = serde_json::from_str(&out).unwrap();
    let own: Vec<(u64, String)> = report["findings"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|f| f["file"] == path.to_str().unwrap())
        .map(|f| (f["line"].as_u64().unwrap(), f["message"].to_string()))
        .collect();
    let [(5, message)] = own.as_slice() else { panic!("{out}") };
    assert!(message.contains("looks like es, not en"), "{message}");
}
