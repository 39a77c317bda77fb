use super::*;

fn item(level: Level, rule: &str, line: usize, example: Option<&str>) -> Item {
    Item {
        rule: rule.to_owned(),
        level,
        language: Some("es".to_owned()),
        file: "intents/es/a.toml".to_owned(),
        line,
        column: usize::from(line > 0) * 3,
        message: "what is found".to_owned(),
        example: example.map(str::to_owned),
        help: "what to do".to_owned(),
    }
}

#[test]
fn findings_as_people_read_them() {
    let items = [
        item(Level::Error, "sample-missed", 4, Some("¿dónde\u{7}?")),
        item(Level::Error, "sample-missed", 5, Some("hola")),
        item(Level::Warning, "answer-style", 0, None),
        item(Level::Note, "pattern-without-sample", 9, None),
    ];
    let scores = BTreeMap::from([("es".to_owned(), Score { tried: 9, held: 7 })]);
    let mut out = Vec::new();
    tell::findings(&mut out, &items, Level::Warning).unwrap();
    tell::summary(&mut out, &items, &scores).unwrap();
    let told = anstream::adapter::strip_str(std::str::from_utf8(&out).unwrap()).to_string();
    insta::assert_snapshot!(told);
    insta::assert_snapshot!(
        serde_json::to_string_pretty(&items::Body::of(None, &items[2..])).unwrap()
    );
}
