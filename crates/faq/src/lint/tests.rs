//! What reads badly, and what does not.

use std::collections::BTreeSet;

use super::measure::{sentences, shouted};
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

/// What is found in answers of a shop's own, each in its locale: codes and messages in the
/// order of the answers. All are compiled at once.
fn found(answers: &[(&str, &str)]) -> Vec<Vec<(&'static str, String)>> {
    let locales: BTreeSet<&str> = answers.iter().map(|(locale, _)| *locale).chain(["en"]).collect();
    let mut files = bundled_sources(&locales.into_iter().collect::<Vec<_>>());
    for (number, (locale, body)) in answers.iter().enumerate() {
        let id = format!("tracking.own{number}");
        let text = format!("## {id}\n\n```toml\ntitle = \"Own\"\n```\n\n{body}\n");
        files.push((format!("{locale}/{id}.md"), text.into_bytes()));
    }
    let findings = compiled(&files).lint();
    let of = |(number, (locale, _)): (usize, &(&str, &str))| {
        let id = format!("tracking.own{number}");
        let own = findings.iter().filter(|finding| finding.id == id);
        let told = own.map(|finding| {
            assert_eq!(finding.path, format!("{locale}/{id}.md"));
            assert!([1, 9].contains(&finding.line), "{finding:?}");
            (finding.code, finding.message.clone())
        });
        told.collect()
    };
    answers.iter().enumerate().map(of).collect()
}

#[test]
fn what_can_be_counted_is_found() {
    let long = "Long words. ".repeat(40);
    let bytes = "คำ".repeat(170);
    let cases = [
        ("en", "READ EVERYTHING now.", "shouting"),
        ("en", "One. Two. Three. Four.", "too-many-sentences"),
        ("en", long.trim(), "too-long"),
        ("ja", &"長".repeat(201), "too-long"),
        ("th", &bytes, "too-long"),
        ("en", "Lost!", "exclamation"),
        ("en", "Good 🙃.", "emoji"),
        ("en", "Lost.\n\n### friendly\n\nSee 🙃 and 🎉.", "emoji"),
        ("de", "Sie können mit {payment.methods} zahlen. You can pay with this.", "untranslated"),
        ("ko", "문의해 주세요. Please send us the order number.", "untranslated"),
    ];
    let found = found(&cases.map(|(locale, body, _)| (locale, body)));
    for ((locale, body, code), found) in cases.iter().zip(found) {
        assert!(found.iter().any(|(found, _)| found == code), "{locale} {body}: {found:?}");
    }
}

#[test]
fn one_planted_fault_of_each_kind_is_found_by_its_rule() {
    let cases = [
        ("en", "It arrives soon.", "vague", "vague.time"),
        ("en", "Dear friend, it is there.", "address", "address.intimate"),
        ("de", "Sie haben versäumt, es zu sagen.", "blame", "blame.customer"),
        ("zh-Hans", "你应该先付款。", "blame", "blame.customer"),
        ("fr", "Il travaille au noir: liste noire.", "colour", "colour.saying"),
        ("zh-Hant", "送您一頂綠帽。", "colour", "colour.saying"),
        ("en", "Lost.\n\n### friendly\n\nFine 👌.", "gesture", "gesture.ring"),
        ("vi", "Hãy bắt chéo ngón tay.", "gesture", "gesture.words"),
        ("ar", "عيد مبارك لكم.", "holiday", "holiday.greeting"),
        ("en", "Merry Christmas to you.", "holiday", "holiday.greeting"),
        ("en", "That is a piece of cake.", "idiom", "idiom.saying"),
        ("es", "Puede coger el paquete.", "idiom", "idiom.vulgar"),
        ("ja", "四個入りです。", "number", "number.unlucky"),
        ("it", "Arriva in 17 pezzi.", "number", "number.unlucky"),
        ("zh-Hans", "美女，您好。", "person", "person.looks"),
        ("ar", "مرحبا أختي.", "person", "person.sex"),
        ("tr", "Bu elbise kilolu hanımlar için.", "person", "person.figure"),
        ("en", "We deliver to Taiwan, China.", "politics", "politics.territory"),
        ("ru", "Крым наш.", "politics", "politics.territory"),
        ("id", "Dikirim dari Cina.", "politics", "politics.country"),
        ("tr", "Yanında bira gelir.", "religion", "religion.alcohol"),
        ("id", "Daging babi ada.", "religion", "religion.pork"),
        ("pl", "Dzięki Bogu dotarła.", "religion", "religion.oath"),
        ("en", "Lost.\n\n### friendly\n\nA gift 🔪.", "symbol", "symbol.death"),
        ("fr", "Avec un chrysanthème.", "symbol", "symbol.funeral"),
    ];
    let found = found(&cases.map(|(locale, body, ..)| (locale, body)));
    for ((locale, body, code, rule), found) in cases.iter().zip(found) {
        let rule = format!("[{rule}]");
        let told = found.iter().any(|(found, message)| found == code && message.ends_with(&rule));
        assert!(told, "{locale} {body}: {found:?}");
    }
}

#[test]
fn every_language_knows_its_vague_words() {
    let cases = [
        ("ar", "ربما يصل"),
        ("de", "In der Regel kommt es."),
        ("en", "As soon as possible."),
        ("es", "Tal vez mañana."),
        ("fr", "Dans les plus brefs délais."),
        ("id", "Secepat mungkin."),
        ("it", "Di solito arriva."),
        ("ja", "近日中に届きます。"),
        ("ko", "곧 도착합니다."),
        ("nl", "Zo snel mogelijk."),
        ("pl", "Mniej więcej jutro."),
        ("pt-BR", "Em breve."),
        ("pt-PT", "O mais rápido possível."),
        ("ru", "Как можно скорее."),
        ("sv", "Så snart som möjligt."),
        ("th", "ถึงเร็ว ๆ นี้"),
        ("tr", "En kısa sürede."),
        ("vi", "Có lẽ ngày mai."),
        ("zh-Hans", "大概三天"),
        ("zh-Hant", "盡快寄出"),
    ];
    for (case, found) in cases.iter().zip(found(&cases)) {
        assert!(found.iter().any(|(code, _)| *code == "vague"), "{case:?}: {found:?}");
    }
}

#[test]
fn harmless_sentences_are_not_found() {
    let cases = [
        ("en", "An unusually mighty sonnet lies on the table."),
        ("en", "Sooner is better."),
        ("de", "In einer Stunde ist die Ware an der Tür, not am Mann."),
        ("nl", "We bezorgen dit voor u in het huis van de buren."),
        ("zh-Hans", "尽可能详细地写下来。"),
        ("th", "งบประมาณเท่าไร"),
        ("pl", "Zobacz https://shop.example/how-to-return-the-goods-you-have-and-this"),
    ];
    for (case, found) in cases.iter().zip(found(&cases)) {
        assert_eq!(found, [], "{case:?}");
    }
}

#[test]
fn a_title_is_judged_as_sentences_are() {
    for (locale, title, code) in [
        ("en", "A title of 22 letters!", "cut-title"),
        ("en", "Usually there", "vague"),
        ("sv", "Delivery time", "untranslated"),
    ] {
        let id = if code == "untranslated" { "shipping.time" } else { "tracking.own" };
        let mut files = bundled_sources(&["en", "sv"]);
        let text = format!("## {id}\n\n```toml\ntitle = \"{title}\"\n```\n\nA.\n");
        files.push((format!("{locale}/zz.md"), text.into_bytes()));
        let findings = compiled(&files).lint();
        let found = findings.iter().find(|it| it.path.ends_with("zz.md") && it.code == code);
        assert_eq!(found.map(|it| it.line), Some(4), "{title}: {findings:?}");
    }
}

#[test]
fn names_are_judged_too() {
    let mut files = bundled_sources(&["en"]);
    let own = b"[countries]\nTW = \"Taiwan, China\"\n".to_vec();
    files.push(("shop/en/names.toml".to_owned(), own));
    let findings = compiled(&files).lint();
    let [found] = findings.as_slice() else { panic!("{findings:?}") };
    assert_eq!((found.code, found.id.as_str(), found.line), ("politics", "countries.TW", 2));
    assert_eq!(found.path, "shop/en/names.toml");
}

#[test]
fn a_rule_for_some_countries_holds_where_they_may_read() {
    let rule = "[vague.own]\nwords = [\"zzz\"]\nwhy = \"w\"\ninstead = \"i\"\ncountries = [\"MX\", \"BR\"]\n";
    for (locale, body, is_found) in [
        ("es", "zzz.", true),
        ("pt-BR", "zzz.", true),
        ("pt-PT", "zzz.", false),
        ("es", "A.\n\n### if country = MX\n\nzzz.", true),
        ("es", "A.\n\n### if country = ES\n\nzzz.", false),
    ] {
        let mut files = bundled_sources(&["en", locale]);
        files.push(("shop/faq/style.toml".to_owned(), rule.as_bytes().to_vec()));
        let text = format!("## tracking.own\n\n```toml\ntitle = \"Own\"\n```\n\n{body}\n");
        files.push((format!("{locale}/zz.md"), text.into_bytes()));
        let findings = compiled(&files).lint();
        let found = findings.iter().find(|it| it.code == "vague");
        assert_eq!(found.is_some(), is_found, "{locale} {body}: {findings:?}");
        let told = found.is_none_or(|it| it.message == "“zzz” in MX, BR: w; i [vague.own]");
        assert!(told, "{findings:?}");
    }
}

#[test]
fn a_fact_that_most_locales_name_is_missed() {
    let plain = "Within {returns.window}.";
    let order = "\n\n### if order\n\n{order}: within {returns.window}.";
    let whole = format!("{plain}{order}");
    for (meta, body, lines) in [
        ("", whole.as_str(), &[][..]),
        ("", "Ever.", &[(1, "{order} in a variant"), (1, "{returns.window} here")]),
        ("", plain, &[(1, "{order} in a variant")]),
        (
            "",
            "Within {returns.window}.\n\n### if order\n\n{order}.",
            &[(9, "{returns.window} here")],
        ),
        ("omits = [\"order\"]\n", plain, &[]),
        ("omits = [\"order\"]\n", "Ever.", &[(1, "{returns.window} here")]),
    ] {
        let mut files = bundled_sources(&["en", "de", "sv"]);
        for locale in ["en", "de", "sv"] {
            let (meta, body) = if locale == "sv" { (meta, body) } else { ("", whole.as_str()) };
            let text =
                format!("## tracking.own\n\n```toml\ntitle = \"Own\"\n{meta}```\n\n{body}\n");
            files.push((format!("{locale}/zz.md"), text.into_bytes()));
        }
        let findings = compiled(&files).lint();
        assert!(findings.iter().all(|it| it.path == "sv/zz.md"), "{findings:?}");
        assert_eq!(findings.len(), lines.len(), "{meta}{body}: {findings:?}");
        for (line, message) in lines {
            let told = findings.iter().any(|it| {
                it.code == "placeholder" && it.message.contains(message) && it.line == *line
            });
            assert!(told, "{line} {message}: {findings:?}");
        }
    }
}

#[test]
fn a_shop_that_sells_it_switches_a_rule_off() {
    let mut files = bundled_sources(&["en", "tr"]);
    let text = "## tracking.own\n\n```toml\ntitle = \"Own\"\n```\n\nYanında şarap gelir.\n";
    files.push(("shop/faq/tr/own.md".to_owned(), text.as_bytes().to_vec()));
    assert_eq!(compiled(&files).lint().len(), 1);
    let off = b"[religion.alcohol]\noff = true\n".to_vec();
    files.push(("shop/faq/tr/style.toml".to_owned(), off));
    assert_eq!(compiled(&files).lint(), []);
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
