//! The repository's own answers, all locales of them.

use std::collections::BTreeSet;

use super::support::{at, bundled, locales};
use crate::{Answers, Composition, Context, Country, Offer, Part, Style, Text};

fn all() -> Answers {
    let locales = locales();
    assert!(locales.contains(&"en".to_owned()));
    bundled(&locales.iter().map(String::as_str).collect::<Vec<_>>())
}

/// Contexts in which little, something and much is known.
fn contexts(answers: &Answers) -> Vec<Context> {
    let mut contexts = Vec::new();
    for country in [None, Some("DE"), Some("MX"), Some("GB"), Some("NG")] {
        for order in [None, Some("#10234")] {
            for style in [None, Some(Style::Formal), Some(Style::Friendly), Some(Style::Concise)] {
                let now = at("2026-11-21T10:00:00Z");
                let open = style.is_none();
                contexts.push(Context {
                    country: country.and_then(Country::parse),
                    order: order.map(str::to_owned),
                    open,
                    next_opening: answers.shop().hours.next_opening(now).filter(|_| !open),
                    style,
                    topics: Some(("order.cancel".to_owned(), "order.modify".to_owned())),
                    team: Some(1),
                    due: Some(at("2026-11-23T10:00:00Z")),
                    place: Some(3),
                    wait_minutes: Some(if open { 16 } else { 150 }),
                    goodwill_percent: Some(10),
                    ..Context::at(now)
                });
            }
        }
    }
    contexts
}

#[test]
fn every_answer_can_be_said_whatever_is_known() {
    let answers = all();
    let contexts = contexts(&answers);
    for locale in answers.locales() {
        for context in &contexts {
            for id in answers.ids().filter(|id| answers.answer_locale(id, locale) == Some(locale)) {
                let composition = Composition {
                    parts: vec![Part::Answer(id.to_owned())],
                    offers: vec![Offer::Human],
                    related: 3,
                };
                let said = answers.render(&composition, context, locale);
                assert_eq!(said.answers, [id], "{locale} {id} {context:?}");
                assert!(
                    !said.text.contains(['{', '}']) && !said.text.contains("**"),
                    "{locale} {id}: {}",
                    said.text
                );
                assert!(!said.markdown.contains(['{', '}']), "{locale} {id}: {}", said.markdown);
                assert!(
                    said.buttons.iter().any(|button| button.payload == "human"),
                    "{locale} {id}"
                );
            }
        }
    }
}

#[test]
fn every_text_can_be_said() {
    let answers = all();
    for locale in answers.locales() {
        for context in &contexts(&answers) {
            for text in
                Text::ALL.into_iter().filter(|text| *text != Text::OutOfHours || !context.open)
            {
                let composition =
                    Composition { parts: vec![Part::Text(text)], ..Composition::default() };
                let said = answers.render(&composition, context, locale);
                assert!(
                    !said.text.is_empty() && !said.text.contains(['{', '}']),
                    "{locale} {text:?}: {}",
                    said.text
                );
            }
        }
    }
}

#[test]
fn english_answers_every_question_a_bot_may_answer() {
    let answers = bundled(&["en"]);
    let ids: BTreeSet<&str> = answers.ids().collect();
    let coverage = answers.coverage();
    let [english] = coverage.locales.as_slice() else { panic!("{coverage:?}") };
    assert_eq!(ids.len(), 71);
    assert!(english.styled >= 20, "{} answers in three styles", english.styled);
    assert!(english.missing_names.is_empty(), "{:?}", english.missing_names);
    let related = ids.iter().map(|id| answers.related(id, "en").len());
    assert!(
        related.into_iter().all(|count| (2..=3).contains(&count)),
        "two or three related questions each"
    );
}

#[test]
fn every_locale_reads_well() {
    let findings = all().lint();
    let told: Vec<_> = findings
        .iter()
        .map(|it| format!("{}:{} {} {} ({})", it.path, it.line, it.id, it.message, it.code))
        .collect();
    assert!(told.is_empty(), "{} findings:\n{}", told.len(), told.join("\n"));
}

#[test]
fn no_word_of_a_rule_is_hidden_by_its_exceptions() {
    for (tag, pack) in &all().packs {
        for (id, word) in pack.rules.words() {
            let offended = pack.rules.offended(word);
            assert!(offended.iter().any(|(rule, _)| rule.id == id), "{tag}: {word} of {id}");
        }
    }
}

#[test]
fn answers_are_shared_between_threads() {
    fn check<T: Send + Sync + 'static>(_: &T) {}
    check(&bundled(&["en"]));
}
