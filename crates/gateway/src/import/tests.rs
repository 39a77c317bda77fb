use std::collections::BTreeSet;

use intent::{Analyzer, Options, Source};

use super::names::Names;
use super::*;

const RASA: &str = r#"version: "3.1"

nlu:
- intent: greet
  examples: |
    - hey
    - hello [Berlin](city), it is [me]{"entity": "who", "role": "x"}

    - [a] b [2](n:two)
- intent: faq/ask_hours
  examples:
  - text: |
      when do you open?
    metadata:
      sentiment: neutral
  - text: "opening hours"
- synonym: credit
  examples: |
    - card
- regex: zip
  examples: |
    - \d{5}
"#;

fn told(format: Format, text: &str) -> Vec<(String, String, usize)> {
    let samples = read(format, "f", text.as_bytes()).unwrap_or_else(|faults| {
        panic!("{}", crate::packs::Faults(faults));
    });
    samples.into_iter().map(|s| (s.label, s.text, s.line)).collect()
}

#[test]
fn rasa_is_read_without_its_markup() {
    let expect = [
        ("greet", "hey", 6),
        ("greet", "hello Berlin, it is me", 7),
        ("greet", "[a] b 2", 9),
        ("faq/ask_hours", "when do you open?", 13),
        ("faq/ask_hours", "opening hours", 16),
    ];
    let expect = expect.map(|(label, text, line)| (label.to_owned(), text.to_owned(), line));
    assert_eq!(told(Format::Rasa, RASA), expect);
    assert_eq!(told(Format::Rasa, &RASA.replace('\n', "\r\n")), expect);
    assert_eq!(told(Format::Rasa, &format!("\u{feff}{RASA}")), expect);
}

#[test]
fn markup_of_entities_is_taken_out_and_brackets_stay() {
    for (example, plain) in [
        ("to [New York](city:NYC) by [noon](time)", "to New York by noon"),
        (r#"[LA]{"entity": "city", "value": "a } b"}!"#, "LA!"),
        (r#"[x][{"entity": "a"}, {"entity": "b"}] y"#, "x y"),
        ("[a] [b] [c", "[a] [b] [c"),
        ("[a][b]", "[a][b]"),
        ("[a](b", "[a](b"),
        ("[a]{b}", "[a]{b}"),
        ("[你好](x)吗", "你好吗"),
        ("", ""),
    ] {
        assert_eq!(markup::plain(example), plain);
    }
}

#[test]
fn tables_and_lines_are_read() {
    let expect = |line| [("a".to_owned(), "x, \"y\"".to_owned(), line)];
    assert_eq!(told(Format::Csv, "text,intent\n\"x, \"\"y\"\"\",a\n"), expect(2));
    assert_eq!(told(Format::Csv, "Intent;id;Text\r\na;1;x, \"y\"\r\n"), expect(2));
    assert_eq!(told(Format::Csv, "intent\ttext\na\t\"x, \"\"y\"\"\"\n"), expect(2));
    let line = "\n{\"text\":\"x, \\\"y\\\"\",\"intent\":\"a\",\"also\":[]}\n";
    assert_eq!(told(Format::Jsonl, line), expect(2));
    let langs = read(Format::Csv, "f", b"text,intent,lang\na,b,es\nc,d,\n").unwrap();
    assert_eq!([&langs[0].lang, &langs[1].lang], [&Some("es".to_owned()), &None]);
}

#[test]
fn the_wrong_kind_of_file_is_named_with_its_place_and_a_remedy() {
    use Format::{Csv, Jsonl, Rasa};
    for (format, text, line, code, says) in [
        (Rasa, &b"## intent:greet\n- hey\n"[..], 1, "not-rasa", "Markdown"),
        (Rasa, b"\n{\"rasa_nlu_data\": {}}", 2, "not-rasa", "convert"),
        (Rasa, b"stories:\n- story: x\n", 1, "not-rasa", "data/nlu.yml"),
        (Rasa, b"", 1, "not-rasa", "nlu"),
        (Rasa, b"nlu:\n- intent: a\n  examples: |\n    - x\n    y\n", 5, "not-rasa", "- intent"),
        (Rasa, b"nlu:\n- intent: a\n", 2, "not-rasa", "examples"),
        (Rasa, b"nlu:\n- intent: [a\n", 0, "not-yaml", "mend"),
        (Rasa, b"nlu: &a [*a, *a]", 1, "not-yaml", "mend"),
        (Rasa, b"nlu:\n- intent: a\n  examples: |\n    - \xff\n", 4, "not-utf8", "UTF-8"),
        (Rasa, b"nlu:\n- lookup: a\n  examples: |\n    - x\n", 0, "no-samples", "import"),
        (Csv, b"hello,greet\n", 1, "no-header", "text,intent"),
        (Csv, b"{\"text\":\"a\",\"intent\":\"b\"}\n", 1, "no-header", "jsonl"),
        (Csv, b"text,intent\na,b\nc,d,e\n", 3, "bad-row", "quotes"),
        (Csv, b"", 1, "no-header", "text,intent"),
        (
            Jsonl,
            b"{\"text\":\"a\",\"intent\":\"b\"}\n{\"text\":\"a\"}\n",
            2,
            "not-jsonl",
            "one object",
        ),
        (Jsonl, b"text,intent\na,b\n", 1, "not-jsonl", "one object"),
        (Jsonl, b"[{\"text\":\"a\",\"intent\":\"b\"}]\n", 1, "not-jsonl", "one object"),
    ] {
        let shown = String::from_utf8_lossy(text);
        let faults = read(format, "f.x", text).unwrap_err();
        let fault = &faults[0];
        assert_eq!((fault.code, fault.path.as_str()), (code, "f.x"), "{shown}: {fault}");
        // Where a list ends is the parser's to say.
        assert!(line == 0 || fault.line == line, "{shown}: {fault}");
        assert!(fault.to_string().contains(says), "{shown}: {fault}");
    }
}

#[test]
fn a_bomb_of_brackets_is_refused() {
    let deep = format!("nlu: {}", "[".repeat(100_000));
    assert_eq!(read(Format::Rasa, "f", deep.as_bytes()).unwrap_err()[0].code, "not-yaml");
}

#[test]
fn labels_become_ids() {
    let mut names = Names::new("shop", &["Weiß nicht".to_owned()]);
    for (label, id) in [
        ("FindConnection", "shop.find_connection"),
        ("find connection!", "shop.find_connection_2"),
        ("FindConnection", "shop.find_connection"),
        ("faq/ask_hours", "faq.ask_hours"),
        ("chitchat/ask/weather", "chitchat.ask_weather"),
        ("tracking.status", "tracking.status"),
        ("100_NIGHT_TRIAL", "shop.100_night_trial"),
        ("退款", "shop.intent"),
        ("换货", "shop.intent_2"),
        ("oos", "none"),
        ("Weiß nicht", "none"),
        (" none ", "none"),
        ("Tracking.Status", "shop.tracking_status"),
    ] {
        assert_eq!(names.id(label), id, "{label}");
    }
}

fn analyzer() -> Analyzer {
    let sources = [
        ("intents.toml", "[[intent]]\nid = 'none'\nmeans = 'x'\nseverity = 'blue'\ntier = 1\n"),
        ("en/language.toml", "tag = 'en'\nfunction_words = ['the', 'is', 'my', 'where']\n"),
        ("es/language.toml", "tag = 'es'\nfunction_words = ['el', 'es', 'mi', 'dónde']\n"),
    ]
    .map(|(path, text)| Source { path, bytes: text.as_bytes() });
    Analyzer::compile(&sources, &Options::default()).unwrap()
}

fn planned(samples: &[(&str, &str, Option<&str>)], lang: Option<&str>) -> Result<Plan, String> {
    let samples: Vec<Sample> = (1..)
        .zip(samples)
        .map(|(line, (label, text, lang))| Sample {
            label: (*label).to_owned(),
            text: (*text).to_owned(),
            lang: lang.map(str::to_owned),
            line,
        })
        .collect();
    plan(
        &samples,
        &Target {
            lang,
            domain: "shop",
            none: &[],
            declared: &BTreeSet::from(["shop.there".to_owned()]),
            languages: &["en", "es"].map(str::to_owned).into(),
            analyzer: &analyzer(),
        },
    )
}

#[test]
fn samples_are_laid_out_as_files() {
    let plan = planned(
        &[
            ("Hours", "when is \"it\"?\\", None),
            ("Hours", "when is \"it\"?\\", None),
            ("there", "where is my shop", None),
            ("oos", "my the 3\u{7}", None),
            ("Hours", "horas", Some("es")),
            ("there", "  ", None),
            ("there", "when is \"it\"?\\", None),
            ("Hours", "сколько", Some("ru")),
        ],
        None,
    )
    .unwrap();
    assert_eq!((plan.repeated, plan.empty), (1, 1));
    assert_eq!(plan.told, Some(("en".to_owned(), 100)));
    let [(text, one, other)] = plan.contradictions.as_slice() else { panic!("{plan:?}") };
    assert_eq!([text, one, other], ["when is \"it\"?\\", "shop.hours", "shop.there"]);
    let files: Vec<&str> = plan.files.keys().map(String::as_str).collect();
    let expect =
        ["en/none.toml", "en/shop.toml", "es/shop.toml", "ru/language.toml", "ru/shop.toml"];
    assert_eq!(files, expect);
    assert!(plan.files["en/shop.toml"].contains(
        "[[intent]]\nid = \"shop.hours\"\nsamples = [\n  \"when is \\\"it\\\"?\\\\\",\n]\n"
    ));
    assert!(plan.files["en/none.toml"].contains("\"my the 3\\u0007\""));
    // What the folder declares already is not declared again; `none` always is.
    let ids: Vec<&str> =
        plan.declarations.lines().filter_map(|line| line.strip_prefix("id = ")).collect();
    assert_eq!(ids, ["\"shop.hours\"", "\"none\""]);
    for (path, text) in plan.files.iter().chain([(&"d".to_owned(), &plan.declarations)]) {
        assert!(toml::de::DeTable::parse(text).is_ok(), "{path}:\n{text}");
    }
}

#[test]
fn the_language_is_told_or_asked_for() {
    let spanish = [("a", "dónde es el mi", None), ("a", "mi el es", None)];
    assert_eq!(planned(&spanish, None).unwrap().told, Some(("es".to_owned(), 100)));
    let given = planned(&spanish, Some("en")).unwrap();
    assert_eq!(given.looks_like, Some(("es".to_owned(), 100)));
    assert!(given.files.contains_key("en/shop.toml"));
    for (samples, says) in [
        (&[("a", "qqq", None)][..], "--lang"),
        (&[("a", "the is my", None), ("a", "el es mi", None)], "--lang"),
        (&[("a", "x", Some("Spanish"))], "line 1: \"Spanish\" is no language"),
        (&[(" ", "the is", None)], "line 1: the sample has no intent"),
    ] {
        let error = planned(samples, None).unwrap_err();
        assert!(error.contains(says), "{error}");
    }
}
