//! What reads badly, and what does not.

use super::{sentences, shouted, vague};
use crate::tests::support::{bundled_sources, compiled};

#[test]
fn sentences_are_counted() {
    for (text, count) in [
        ("", 0),
        ("One", 1),
        ("One. Two! Three? Four", 4),
        ("Version 1.5 at shop.example is out.", 1),
        ("一つ。二つ！三つ？", 3),
        ("هل؟ نعم.", 2),
        ("Wait… what?", 1),
        ("“Quoted.” Then.", 2),
    ] {
        assert_eq!(sentences(text), count, "{text}");
    }
}

#[test]
fn capitals_are_shouting_from_six_letters_on() {
    for (text, word) in [
        ("PLEASE READ THIS", Some("PLEASE")),
        ("VAT, GDPR and HTTPS", None),
        ("Please", None),
        ("請注意這一點請注意", None),
        ("ПОЖАЛУЙСТА", Some("ПОЖАЛУЙСТА")),
    ] {
        assert_eq!(shouted(text), word, "{text}");
    }
}

#[test]
fn vague_words_are_found_as_words() {
    for (tag, text, word) in [
        ("en", "It will usually arrive.", Some("usually")),
        ("en", "As soon as possible.", Some("soon")),
        ("en", "An unusually mighty sonnet.", None),
        ("zh-Hant", "大概三天", Some("大概")),
        ("pt-BR", "Em breve.", Some("em breve")),
        ("xx", "usually", None),
    ] {
        assert_eq!(vague::find(tag, text), word, "{text}");
    }
}

#[test]
fn findings_name_the_place() {
    let long = "Long words. ".repeat(40);
    for (body, code) in [
        ("It arrives soon.", "vague"),
        ("READ EVERYTHING now.", "shouting"),
        ("One. Two. Three. Four.", "too-many-sentences"),
        (long.trim(), "too-long"),
        ("Lost!", "exclamation"),
        ("Good 🙂.", "emoji"),
        ("Lost.\n\n### friendly\n\nSee 🙂 and 🎉.", "emoji"),
        ("Lost.\n\n### friendly\n\nFine 👌.", "emoji"),
    ] {
        let mut files = bundled_sources(&["en"]);
        let text = format!("## tracking.own\n\n```toml\ntitle = \"Own\"\n```\n\n{body}\n");
        files.push(("shop/en/own.md".to_owned(), text.into_bytes()));
        let findings = compiled(&files).lint();
        let own: Vec<_> =
            findings.iter().filter(|finding| finding.path == "shop/en/own.md").collect();
        assert!(
            own.iter().any(|finding| finding.code == code && finding.id == "tracking.own"),
            "{body}: {own:?}"
        );
        assert!(own.iter().all(|finding| finding.line == 1 || finding.line == 9), "{own:?}");
    }
}

#[test]
fn what_a_shop_does_not_state_is_said_to_be_the_examples() {
    let mut files = bundled_sources(&["en"]);
    assert_eq!(compiled(&files).lint(), []);
    let own = "[warranty]\nperiod = { months = 36 }\n".to_owned();
    files.push(("shop/shop.toml".to_owned(), own.into_bytes()));
    let ids: Vec<_> =
        compiled(&files).lint().into_iter().map(|finding| (finding.code, finding.id)).collect();
    let expected = [
        "delivery", "hours", "orders", "payment", "promo", "refunds", "returns", "shop", "support",
    ];
    assert_eq!(ids, expected.map(|key| ("example-fact", key.to_owned())));
}
