//! Conditions, facts, the small Markdown and the files that hold them.

use super::{Condition, Entry, Fact, Known, Piece, Template, read};
use crate::load::{Diagnostics, Place};
use crate::{AnswerErrors, Source, Style, Text};

/// Parses a body; what is wrong comes as its codes.
fn template(body: &str) -> (Template, Vec<&'static str>) {
    let sources = [Source { path: "en/test.md", bytes: body.as_bytes() }];
    let mut diagnostics = Diagnostics::new(&sources);
    let template = Template::parse(body, Place::default(), &mut diagnostics);
    (
        template,
        diagnostics.finish().err().map_or(Vec::new(), |AnswerErrors(errors)| {
            errors.iter().map(|error| error.code).collect()
        }),
    )
}

fn entries(text: &str) -> Result<Vec<Entry>, AnswerErrors> {
    let sources = [Source { path: "en/test.md", bytes: text.as_bytes() }];
    let mut diagnostics = Diagnostics::new(&sources);
    let entries = read(text, 0, &mut diagnostics);
    diagnostics.finish().map(|()| entries)
}

#[test]
fn bodies_are_said_as_markdown_and_as_plain_text() {
    for (body, markdown, plain) in [
        ("Plain words.", "Plain words.", "Plain words."),
        ("Use **this** now.", "Use **this** now.", "Use this now."),
        (
            "See [the page](https://shop.example/a_b).",
            "See [the page](https://shop.example/a_b).",
            "See the page (https://shop.example/a_b).",
        ),
        (r"Five \* three \\ two.", r"Five \* three \\ two.", r"Five * three \ two."),
        ("A line\nbroken here.", "A line broken here.", "A line broken here."),
        ("改行して\nも続く。", "改行しても続く。", "改行しても続く。"),
        ("One.\n\n\nTwo.", "One.\n\nTwo.", "One.\n\nTwo."),
        ("Send:\n- photo\n- number", "Send:\n- photo\n- number", "Send:\n- photo\n- number"),
        ("Do:\r\n1. open\r\n2. close", "Do:\n1. open\n2. close", "Do:\n1. open\n2. close"),
        ("snake_case stays", "snake_case stays", "snake_case stays"),
    ] {
        let (template, codes) = template(body);
        assert_eq!(codes, Vec::<&str>::new(), "{body:?}");
        let [Piece::Words { markdown: said, plain: told }] = template.pieces.as_slice() else {
            panic!("{body:?}: {template:?}")
        };
        assert_eq!((said.as_str(), told.as_str()), (markdown, plain), "{body:?}");
    }
}

#[test]
fn what_markdown_would_misread_is_refused() {
    for (body, code) in [
        ("a {no.such.fact}", "unknown-fact"),
        ("a {returns.window", "markdown"),
        ("a } b", "markdown"),
        (r"a \{ b", "markdown"),
        ("**open", "markdown"),
        ("[open", "markdown"),
        ("[text](target", "markdown"),
        ("[text](https://a.example/{order})", "markdown"),
        ("*slanted*", "markdown"),
        ("_slanted_", "markdown"),
        ("`code`", "markdown"),
        ("<b>html</b>", "markdown"),
        ("# heading", "markdown"),
        ("~~gone~~", "markdown"),
    ] {
        let (_, codes) = template(body);
        assert_eq!(codes.first(), Some(&code), "{body:?}");
    }
}

#[test]
fn facts_are_found_with_their_places() {
    let (template, _) = template("Within {returns.window}: [shop]({shop.website}).");
    let facts: Vec<_> = template.facts().map(|(fact, place)| (fact, place.at)).collect();
    assert_eq!(facts, [(Fact::ReturnsWindow, 7), (Fact::ShopWebsite, 32)]);
}

#[test]
fn every_fact_has_a_row_and_a_name_of_its_own() {
    for name in ["shop.phone", "country", "delivery.free_from", "topic.b", "hours.next_opening"] {
        assert_eq!(Fact::parse(name).map(Fact::name), Some(name));
    }
    assert_eq!(Fact::parse("country").map(Fact::known), Some(Known::Country));
    assert_eq!(Fact::nearest("return.window"), "returns.window");
    assert_eq!(Fact::nearest("shop.mail"), "shop.email");
}

#[test]
fn conditions_are_read() {
    for text in [
        "country",
        "country not served",
        "country = MX",
        "country in EU",
        "order",
        "open",
        "closed",
        "shop.phone",
        "payment.not_offered",
        "delivery.free_from",
        "duties = none",
        "returns.postage = customer",
        "returns.condition = any",
    ] {
        assert!(Condition::parse(text).is_ok(), "{text}");
    }
    for (text, help) in [
        ("", "use one of: country, "),
        ("customer", "use one of: country, "),
        ("country = mx", "two capital letters"),
        ("country in Europe", "use one of: country, "),
        ("duties = us", "duties = shop, duties = customer, duties = none"),
        ("order = 1", "use one of: country, "),
        ("team", "use one of: country, "),
        ("returns.postage = none", "returns.postage = shop, returns.postage = customer"),
    ] {
        let (_, said) = Condition::parse(text).unwrap_err();
        assert!(said.contains(help), "{text}: {said}");
    }
}

#[test]
fn a_file_is_read_into_entries_and_variants() {
    let text = "Preface that nobody says.\n\n## shipping.time\n\n```toml\ntitle = \"Delivery time\"\nrelated = [\"shipping.cost\"]\n```\n\nDepends.\n\n### if country and order\n\nTo {country}.\n\n### friendly, if country\n\nHi {country}.\n\n### concise\n\nShort.\n\n## text.also\n\nAnd:\n";
    let entries = entries(text).unwrap();
    let [time, also] = entries.as_slice() else { panic!("{entries:?}") };
    assert_eq!(
        (time.id.as_str(), time.title.as_str(), time.related.as_slice()),
        ("shipping.time", "Delivery time", &["shipping.cost".to_owned()][..])
    );
    let shapes: Vec<_> =
        time.variants.iter().map(|variant| (variant.style, variant.conditions.clone())).collect();
    assert_eq!(
        shapes,
        [
            (None, vec![]),
            (None, vec![Condition::Served, Condition::Order]),
            (Some(Style::Friendly), vec![Condition::Served]),
            (Some(Style::Concise), vec![]),
        ]
    );
    assert_eq!((also.text, also.variants.len()), (Some(Text::Also), 1));
}

#[test]
fn a_broken_file_is_told_by_place() {
    for (text, code, line, column) in [
        ("## shipping\n\nA.\n", "bad-value", 1, 4),
        ("## Shipping.Time\n\nA.\n", "bad-value", 1, 4),
        ("## text.nothing\n\nA.\n", "unknown-text", 1, 4),
        ("## a.b\n\nA.\n\n## a.b\n\nB.\n", "duplicate-id", 5, 4),
        ("## a.b\n", "no-default", 1, 4),
        ("## a.b\n\n### if country\n\nA.\n", "no-default", 1, 4),
        ("## a.b\n\nA.\n\n### if country\n\n### formal\n\nB.\n", "empty-body", 5, 5),
        ("## a.b\n\nA.\n\n### formal\n\nB.\n\n### formal\n\nC.\n", "duplicate-variant", 9, 5),
        (
            "## a.b\n\nA.\n\n### if country and order\n\nB.\n\n### if order and country\n\nC.\n",
            "duplicate-variant",
            9,
            5,
        ),
        ("## a.b\n\nA.\n\n### rude\n\nB.\n", "unknown-style", 5, 5),
        ("## a.b\n\nA.\n\n### if rich\n\nB.\n", "unknown-condition", 5, 5),
        ("### formal\n\nB.\n", "syntax", 1, 5),
        ("## a.b\n\n```toml\ntitle = \"A\"\n\nB.\n", "syntax", 3, 1),
        ("## a.b\n\n```toml\ntitle = A\n```\n\nB.\n", "syntax", 4, 9),
        ("## a.b\n\n```toml\ntitel = \"A\"\n```\n\nB.\n", "unknown-key", 4, 1),
        ("## a.b\n\n```toml\ntitle = 3\n```\n\nB.\n", "wrong-type", 4, 9),
        ("## a.b\n\nÄ {order.no} here.\n", "unknown-fact", 3, 3),
    ] {
        let AnswerErrors(errors) = entries(text).unwrap_err();
        let found = errors
            .iter()
            .find(|error| error.code == code)
            .unwrap_or_else(|| panic!("{text}\n{errors:?}"));
        assert_eq!((found.line, found.column), (line, column), "{text}\n{found}");
        assert_eq!(found.excerpt, text.lines().nth(line - 1).unwrap(), "{text}");
        assert!(!found.help.is_empty());
    }
}
