use std::collections::BTreeSet;

use faq::Answers;

use super::*;

/// What a shop's page loads at most, in bytes as they are sent.
const MOST: usize = 15 * 1000;

#[test]
fn the_script_stays_small() {
    let Asset { text, zipped, .. } = script();
    assert!(zipped.len() <= MOST, "{} bytes of {}", zipped.len(), text.len());
    assert!(zipped.len() > 5_000 && text.ends_with("})();\n"));
}

#[test]
fn the_script_makes_no_markup_of_texts_and_runs_none() {
    let text = &script().text;
    for unsafe_call in [
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "eval(",
        "Function(",
        "document.write",
        "srcdoc",
        "document.cookie",
        "DOMParser",
        "createContextualFragment",
        "setAttribute(\"style\"",
    ] {
        assert!(!text.contains(unsafe_call), "{unsafe_call}");
    }
    for part in PARTS {
        // Lines are trimmed: a text over several lines would change by that.
        let ticks = |line: &str| line.matches('`').count() % 2;
        for line in part.lines() {
            assert_eq!(ticks(line), 0, "a text that goes over several lines: {line}");
            assert!(
                !line.contains("//")
                    || line.trim_start().starts_with("//")
                    || line.contains("http://www.w3.org")
                    || line.contains(":\\/\\/"),
                "{line}"
            );
        }
        assert!(part.lines().count() < 400);
    }
}

#[test]
fn every_locale_says_everything() {
    let english = Texts::of("en");
    let used: BTreeSet<String> = PARTS
        .iter()
        .flat_map(|part| part.split(" t(\"").chain(part.split("(t(\"")).chain(part.split("${t(\"")))
        .filter_map(|rest| rest.split_once('"').map(|(key, _)| key.to_owned()))
        .filter(|key| !key.is_empty() && key.chars().all(|c| c.is_ascii_lowercase() || c == '_'))
        .collect();
    for key in ["human", "write", "due", "too_long"] {
        assert!(used.contains(key), "{key} is not found in the parts: {used:?}");
    }
    let fields = |text: &str| -> BTreeSet<String> {
        text.split('{')
            .skip(1)
            .filter_map(|rest| rest.split_once('}'))
            .map(|(name, _)| name.to_owned())
            .collect()
    };
    for (locale, _) in texts::FILES {
        let texts = Texts::of(locale);
        let keys: Vec<_> = texts.keys().collect();
        assert_eq!(keys, english.keys().collect::<Vec<_>>(), "{locale}");
        for key in english.keys() {
            assert!(!texts.get(key).trim().is_empty(), "{locale}: {key}");
            assert_eq!(fields(texts.get(key)), fields(english.get(key)), "{locale}: {key}");
        }
    }
    for key in used {
        let family = english.keys().any(|known| known.starts_with(&key) && key.ends_with('_'));
        assert!(family || !english.get(&key).is_empty(), "no text is called {key}");
    }
}

fn bundled() -> Answers {
    let files = crate::packs::PackFiles::embedded();
    let sources: Vec<_> =
        files.faq.iter().map(|pack| faq::Source { path: &pack.path, bytes: &pack.bytes }).collect();
    Answers::compile(&sources).unwrap()
}

#[test]
fn whoever_answers_the_first_line_with_hello_is_not_told_it_again() {
    let answers = bundled();
    let letters = |text: &str| -> Vec<char> {
        text.to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect()
    };
    for (locale, _) in texts::FILES {
        let texts = Texts::of(locale);
        let first = texts.get("greeting");
        assert!(!first.contains(['?', '？', '؟']), "{locale} asks what the bot asks: {first}");
        let composition = faq::Composition {
            parts: [faq::Text::Disclosure, faq::Text::Greeting].map(faq::Part::Text).to_vec(),
            ..faq::Composition::default()
        };
        let context = faq::Context::at("2026-11-23T10:00:00Z".parse().unwrap());
        let reply = answers.render(&composition, &context, locale).text;
        let (first, reply) = (letters(first), letters(&reply));
        let shared = |length: usize| {
            let mut runs = first.windows(length);
            runs.find(|run| reply.windows(length).any(|other| other == *run))
        };
        assert_eq!(shared(first.len() * 2 / 5), None, "{locale}");
    }
}

#[test]
fn a_visitor_is_spoken_to_in_the_nearest_locale() {
    let answers = bundled();
    for (asked, expect) in [
        ("es-MX", "es"),
        ("pt", "pt-BR"),
        ("pt-PT", "pt-PT"),
        ("pt-AO", "pt-PT"),
        ("zh-TW", "zh-Hant"),
        ("zh-HK", "zh-Hant"),
        ("yue", "zh-Hant"),
        ("zh", "zh-Hans"),
        ("ar-SA", "ar"),
        ("xx", "en"),
        ("und", "en"),
        ("", "en"),
    ] {
        assert_eq!(texts(&answers, asked).0, expect, "{asked}");
    }
    for (locale, asked, expect) in [
        ("en", "en", "en-150"),
        ("en", "en-US", "en-US"),
        ("en", "xx", "en-150"),
        ("zh-Hant", "zh-TW", "zh-Hant-TW"),
        ("ar", "ar-EG", "ar-EG-u-nu-latn"),
    ] {
        assert_eq!(formats(&answers, locale, asked), expect, "{asked}");
    }
    assert_eq!((direction("ar-SA"), direction("en")), ("rtl", "ltr"));
}
