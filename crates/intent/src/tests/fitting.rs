//! What fitting gives packs of few samples.

use super::sources;
use crate::scan::Scan;
use crate::{Analyzer, Hints, Options, Source, fit};

#[test]
fn amid_a_conversation_a_word_of_another_language_says_nothing() {
    let analyzer = super::analyzer();
    let model = &analyzer.model;
    let english = model.languages.iter().position(|info| &*info.tag == "en").unwrap() as u8;
    let mut scan = Scan::default();
    for (text, alone, amid) in [("paquete", true, false), ("parcel", true, true)] {
        scan.fill_in(model, None, text, Some(english));
        assert_eq!(!scan.atoms.is_empty(), alone, "{text}");
        scan.fill_amid(model, None, text, english);
        assert_eq!(!scan.atoms.is_empty(), amid, "{text}");
    }
}

/// The small pack with samples, fitted.
fn fitted(samples: &[(&'static str, &'static str)]) -> Analyzer {
    let mut all = sources();
    all.extend(samples.iter().map(|(path, text)| Source { path, bytes: text.as_bytes() }));
    let locks = fit(&all, &mut |_| {}).unwrap();
    assert_eq!(locks, fit(&all, &mut |_| {}).unwrap(), "the same bytes each time");
    let locks = locks.iter().map(|lock| Source { path: &lock.path, bytes: lock.text.as_bytes() });
    let all: Vec<Source<'_>> = all.into_iter().chain(locks).collect();
    Analyzer::compile(&all, &Options::default()).unwrap()
}

const TRACKING: (&str, &str) = (
    "en/tracking.toml",
    "[[intent]]\nid = 'tracking.status'\nsamples = ['where is my parcel', 'any news of the delivery', 'when does the courier come', 'has it been shipped yet', 'tracking says nothing', 'is the delivery on its way', 'where did the courier leave it', 'still waiting for the shipment']\n",
);
const RETURNS: (&str, &str) = (
    "en/returns.toml",
    "[[intent]]\nid = 'returns.request'\nsamples = ['i want to return it', 'can i send the shoes back', 'how do i give this back', 'it does not fit, take it back', 'return label please', 'i would like to return the jacket', 'sending back a pair of trousers', 'not happy, want to give it back']\n",
);

#[test]
fn what_shares_nothing_with_any_sample_is_claimed_by_none() {
    let analyzer = fitted(&[TRACKING, RETURNS]);
    let read = |text: &str| analyzer.analyze(text, &Hints::default());
    for (text, intent) in [
        ("is the courier coming today", "tracking.status"),
        ("want to send the jacket back", "returns.request"),
    ] {
        assert_eq!(read(text).intent.as_str(), intent, "{text}");
    }
    let unknown = read("purple elephants");
    assert_eq!((unknown.intent.as_str(), unknown.wishes().count()), ("none", 0));
}

#[test]
fn of_few_samples_the_insides_of_words_are_learnt_too() {
    let analyzer = fitted(&[TRACKING, RETURNS]);
    // No word here is a sample's, and none begins like one.
    for (text, intent) in [("nondelivery redelivery", "tracking.status"), ("xyzzy", "none")] {
        let analysis = analyzer.analyze(text, &Hints { locale: Some("en"), conversation: None });
        assert_eq!(analysis.nearest[0].as_str() == intent, intent != "none", "{text}");
        let inside = analysis.intents.iter().flat_map(|found| &found.evidence);
        let inside = inside.filter(|evidence| evidence.rule.starts_with("en/letters/"));
        assert_eq!(inside.count() > 0, intent != "none", "{text}: {:?}", analysis.intents);
    }
}

#[test]
fn a_word_that_samples_have_is_no_slip() {
    let slip = |analyzer: &Analyzer, text: &str| {
        let analysis = analyzer.analyze(text, &Hints::default());
        analysis
            .intents
            .iter()
            .any(|found| found.evidence.iter().any(|evidence| !evidence.deductions.is_empty()))
    };
    // "refunk" is a letter away from "refund"; here it is a band that people ask about.
    let none = "[[intent]]\nid = 'none'\nsamples = ['who are refunk', 'refunk tickets for friday', 'is refunk any good', 'what a day', 'lovely weather']\n";
    let analyzer = fitted(&[TRACKING, RETURNS, ("en/none.toml", none)]);
    assert!(!slip(&analyzer, "the refunk concert"));
    assert!(slip(&analyzer, "i get my refumd"), "other slips are still seen");
    let without = fitted(&[TRACKING, RETURNS]);
    assert!(slip(&without, "the refunk concert"));
}
