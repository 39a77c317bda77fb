//! What `Answers::compile` refuses, and how later sources replace earlier ones.

use super::support::{at, bundled_sources, compiled};
use crate::{AnswerErrors, Answers, Composition, Context, Part, Source};

/// The bundled English with one more file, and what is wrong with it.
fn refused(path: &str, text: &str) -> AnswerErrors {
    let mut files = bundled_sources(&["en"]);
    files.push((path.to_owned(), text.as_bytes().to_vec()));
    let sources: Vec<_> = files.iter().map(|(path, bytes)| Source { path, bytes }).collect();
    Answers::compile(&sources).expect_err("this is refused")
}

/// An answer with a body, in a file of the shop's own.
fn own(body: &str) -> String {
    format!(
        "## own.answer\n\n```toml\ntitle = \"Own\"\nrelated = [\"shipping.time\"]\n```\n\n{body}\n"
    )
}

#[test]
fn an_answer_that_the_facts_do_not_hold_is_told_by_place() {
    for (body, code, line, column) in [
        ("See {shop.fax}.", "unknown-fact", 8, 5),
        ("Call {shop.phone}.", "conditional-fact", 8, 6),
        ("To {country}.", "conditional-fact", 8, 4),
        ("In {delivery.days}.", "conditional-fact", 8, 4),
        ("From {delivery.free_from}.", "conditional-fact", 8, 6),
        ("For {order}.", "conditional-fact", 8, 5),
        ("Back {hours.next_opening}.", "conditional-fact", 8, 6),
        ("By {team}.", "unknown-fact", 8, 4),
        ("Or {topic.a}.", "unknown-fact", 8, 4),
        ("A.\n\n### if country not served\n\nIn {delivery.days}.", "conditional-fact", 12, 4),
        ("A.\n\n### if country = NG\n\nIn {delivery.days}.", "conditional-fact", 12, 4),
        ("A.\n\n### if country\n\nFrom {delivery.free_from}.", "conditional-fact", 12, 6),
    ] {
        let AnswerErrors(errors) = refused("shop/en/own.md", &own(body));
        let places: Vec<_> = errors
            .iter()
            .map(|error| (error.code, error.line, error.column, error.path.as_str()))
            .collect();
        assert_eq!(places, [(code, line, column, "shop/en/own.md")], "{body}");
    }
}

#[test]
fn facts_may_be_named_under_the_conditions_that_make_them_known() {
    for body in [
        "A.\n\n### if shop.phone\n\n{shop.phone}",
        "A.\n\n### if country = MX\n\n{country} {delivery.days}",
        "A.\n\n### if country in EU\n\n{country}",
        "A.\n\n### if duties = customer\n\n{country} {delivery.cost}",
        "A.\n\n### if delivery.free_from\n\n{country} {delivery.free_from} {delivery.carriers}",
        "A.\n\n### if closed and order\n\n{hours.next_opening} {order}",
        "{payment.not_offered} {hours.week} {delivery.all_countries}",
    ] {
        let mut files = bundled_sources(&["en"]);
        files.push(("en/own.md".to_owned(), own(body).into_bytes()));
        compiled(&files);
    }
}

#[test]
fn a_fact_that_this_shop_lacks_is_told() {
    let mut files = bundled_sources(&["en"]);
    let payment = "[payment]\nmethods = [\"Visa\"]\n";
    files.push(("shop/shop.toml".to_owned(), payment.as_bytes().to_vec()));
    files.push(("shop/en/own.md".to_owned(), own("Not {payment.not_offered}.").into_bytes()));
    let sources: Vec<_> = files.iter().map(|(path, bytes)| Source { path, bytes }).collect();
    let AnswerErrors(errors) = Answers::compile(&sources).unwrap_err();
    assert_eq!(
        errors.iter().map(|error| (error.code, error.line)).collect::<Vec<_>>(),
        [("missing-fact", 8)]
    );
}

#[test]
fn titles_and_related_questions_are_checked() {
    for (head, code) in [
        ("title = \"Own\"\nrelated = [\"no.such\"]", "unknown-related"),
        ("title = \"Own\"\nrelated = [\"own.answer\"]", "unknown-related"),
        ("title = \"Own\"\nrelated = [\"text.also\"]", "unknown-related"),
        ("related = []", "missing-title"),
        ("title = \"A title that no button can show\"", "long-title"),
    ] {
        let AnswerErrors(errors) =
            refused("en/own.md", &format!("## own.answer\n\n```toml\n{head}\n```\n\nA.\n"));
        assert_eq!(errors.iter().map(|error| error.code).collect::<Vec<_>>(), [code], "{head}");
    }
    for label in ["This label is far too long for it", "{shop.name}"] {
        let AnswerErrors(errors) =
            refused("en/own.md", &format!("## text.button.yes\n\n{label}\n"));
        assert_eq!(
            errors.iter().map(|error| error.code).collect::<Vec<_>>(),
            ["long-title"],
            "{label}"
        );
    }
}

#[test]
fn files_that_are_missing_or_misplaced_are_told() {
    for (path, text, code, message) in [
        ("en/notes.txt", "A", "unknown-file", "none of the answers'"),
        ("README.md", "A", "unknown-file", "none of the answers'"),
        ("not-a-locale!/own.md", "A", "missing-file", "is not named by a locale"),
        ("pt_br/own.md", "A", "missing-file", "is not named by a locale"),
        ("fr/own.md", "A", "missing-file", "has no names.toml"),
        ("en/names.toml", "tag = \"de\"", "bad-value", "says another tag"),
        ("en/names.toml", "colour = \"red\"", "unknown-key", "colour"),
        ("en/names.toml", "[money]\npattern = \"{amount}\"", "bad-value", "{symbol} is missing"),
        (
            "en/names.toml",
            "[units]\ndays = { one = \"{m} day\" }",
            "bad-value",
            "braces that nothing fills",
        ),
        ("en/names.toml", "formats = \"a-locale-of-none\"", "bad-value", "is no locale"),
    ] {
        let errors = refused(path, text);
        let found =
            errors.0.iter().find(|error| error.code == code && error.message.contains(message));
        assert!(found.is_some(), "{path}: {errors}");
    }
    let errors = Answers::compile(&[]).unwrap_err();
    assert_eq!(
        errors.0.iter().map(|error| error.path.as_str()).collect::<Vec<_>>(),
        ["en/names.toml", "shop.toml"]
    );
    let files = bundled_sources(&["en"]);
    let sources: Vec<_> = files
        .iter()
        .filter(|(path, _)| path != "en/texts.md")
        .map(|(path, bytes)| Source { path, bytes })
        .collect();
    let AnswerErrors(errors) = Answers::compile(&sources).unwrap_err();
    assert_eq!(errors.len(), crate::Text::ALL.len());
    assert!(errors.iter().all(|error| error.code == "missing-text" && error.path == "en/texts.md"));
}

#[test]
fn bytes_that_are_no_text_are_told_by_place() {
    let mut files = bundled_sources(&["en"]);
    files.push(("en/own.md".to_owned(), b"## own.answer\n\nGr\xfc\xdfe\n".to_vec()));
    let sources: Vec<_> = files.iter().map(|(path, bytes)| Source { path, bytes }).collect();
    let AnswerErrors(errors) = Answers::compile(&sources).unwrap_err();
    let [error] = errors.as_slice() else { panic!("{errors:?}") };
    assert_eq!((error.code, error.line, error.column), ("encoding", 3, 3));
    assert_eq!(
        error.to_string(),
        "error[encoding]: this byte is not UTF-8\n  --> en/own.md:3:3\n   | Gr\u{fffd}\u{fffd}e\n   = help: save the file as UTF-8"
    );
}

#[test]
fn later_sources_replace_earlier_ones_by_id() {
    let mut files = bundled_sources(&["en"]);
    let say = |files: &[(String, Vec<u8>)], id: &str| {
        let composition =
            Composition { parts: vec![Part::Answer(id.to_owned())], ..Composition::default() };
        compiled(files).render(&composition, &Context::at(at("2026-11-21T10:00:00Z")), "en").text
    };
    let before = say(&files, "product.warranty");
    assert!(before.contains("24 months"), "{before}");

    // A table of facts is replaced whole: nothing of the example's [promo] is left.
    let facts =
        "[warranty]\nperiod = { months = 36 }\n[promo]\nfirst_order_percent = { percent = 5 }\n";
    files.push(("shop.toml".to_owned(), facts.as_bytes().to_vec()));
    assert!(say(&files, "product.warranty").contains("36 months"));
    assert_eq!(compiled(&files).shop().promo.newsletter_code, None);
    assert!(say(&files, "promo.discount").starts_with("Your first order is 5% cheaper."));

    // A name is replaced alone.
    files.push((
        "en/names.toml".to_owned(),
        b"[units]\nmonths = { other = \"{n} moons\" }\n".to_vec(),
    ));
    assert!(say(&files, "product.warranty").contains("36 moons"));

    // An answer is replaced whole, whatever file it stands in.
    let answer = "## product.warranty\n\n```toml\ntitle = \"Warranty\"\n```\n\nFor ever.\n";
    files.push(("en/mine.md".to_owned(), answer.as_bytes().to_vec()));
    assert_eq!(say(&files, "product.warranty"), "For ever.");
    assert_eq!(compiled(&files).related("product.warranty", "en"), [] as [String; 0]);
}

#[test]
fn completeness_is_reported_by_locale() {
    let mut files = bundled_sources(&["en"]);
    let english = bundled_sources(&["en"]);
    let copy = |name: &str| english.iter().find(|(path, _)| path == name).unwrap().1.clone();
    let names = String::from_utf8(copy("en/names.toml"))
        .unwrap()
        .replace("tag = \"en\"", "tag = \"es\"")
        .replace("MX = \"Mexico\"\n", "");
    files.push(("es/names.toml".to_owned(), names.into_bytes()));
    files.push(("es/texts.md".to_owned(), copy("en/texts.md")));
    files.push(("es/own.md".to_owned(), b"## own.answer\n\n```toml\ntitle = \"Own\"\n```\n\nA.\n\n### formal\n\nB.\n\n### friendly\n\nC.\n\n### concise\n\nD.\n".to_vec()));
    let coverage = compiled(&files).coverage();
    let [en, es] = coverage.locales.as_slice() else { panic!("{coverage:?}") };
    assert_eq!((en.tag.as_str(), es.tag.as_str()), ("en", "es"));
    assert_eq!(en.missing.iter().collect::<Vec<_>>(), ["own.answer"]);
    assert!(en.missing_names.is_empty(), "{:?}", en.missing_names);
    assert_eq!((es.answers.len(), es.styled), (1, 1));
    assert_eq!(es.missing, en.answers);
    assert_eq!(es.missing_names.iter().collect::<Vec<_>>(), ["countries.MX"]);
}
