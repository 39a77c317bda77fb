//! Samples: whether each reaches its intent, stands there once, and is in its language.

use std::collections::BTreeMap;

use super::{Found, Ground, Level, acted_on};
use crate::Hints;
use crate::fold::fold;
use crate::pack::document::Text;
use crate::pack::packs::LanguagePack;

pub(super) fn prove(ground: &Ground<'_>, pack: &LanguagePack, found: &mut Vec<Found>) {
    let tag = pack.language.tag.as_str();
    let mut push = |rule, level, text: &Text, message, help| {
        let (language, example) = (tag.to_owned(), Some(text.text.clone()));
        found.push(Found { rule, level, language, place: text.place, message, example, help });
    };
    let mut seen: BTreeMap<String, &str> = BTreeMap::new();
    for entry in &pack.entries {
        let intent = entry.id.text.as_str();
        for sample in &entry.samples {
            for (rule, level, message, help) in reading(ground, tag, intent, &sample.text) {
                push(rule, level, sample, message, help);
            }
            let Some(first) = seen.insert(fold(&sample.text).text, intent) else { continue };
            if first == intent {
                let message = format!("this sample of {intent} stands there twice once folded");
                push("sample-repeated", Level::Note, sample, message, "take one out");
            } else {
                let message = format!("this sample of {intent} is one of {first} too");
                push("sample-repeated", Level::Error, sample, message, "decide for one");
            }
        }
        for sample in &entry.not {
            let analysis = ground.analyzer.analyze(&sample.text, &Hints::default());
            if analysis.intent.as_str() == intent {
                let sure = analysis.confidence.as_f64();
                let message = format!("this must not reach {intent}, and does ({sure:.2})");
                let help =
                    "fit the weights (`switchboard compile`); else narrow the rule that hears it";
                push("sample-missed", Level::Error, sample, message, help);
            }
        }
    }
}

/// What is amiss with how a sample is read: rule, level, message and what to do.
type Amiss = (&'static str, Level, String, &'static str);

fn reading(ground: &Ground<'_>, tag: &str, intent: &str, sample: &str) -> Vec<Amiss> {
    const ELSEWHERE: &str = "sample-in-another-language";
    let read =
        |conversation| ground.analyzer.analyze(sample, &Hints { conversation, ..Hints::default() });
    let analysis = read(None);
    let told = analysis.language.tag.split('-').next().unwrap_or_default();
    let mut amiss = Vec::new();
    if !acted_on(&analysis, intent) {
        // A word that two languages share is told by the conversation around it.
        if told != tag && acted_on(&read(Some(tag)), intent) {
            let message = format!(
                "this sample of {intent} is read as {told}; as {tag} only where the conversation is"
            );
            let help = "add a word to it that only this language has";
            return vec![(ELSEWHERE, Level::Warning, message, help)];
        }
        let (reached, sure) = (&analysis.intent, analysis.confidence.as_f64());
        let message = format!("this sample of {intent} is taken for {reached} ({sure:.2})");
        let help = "fit the weights (`switchboard compile`); else add samples like it, or words to the concepts";
        amiss.push(("sample-missed", Level::Error, message, help));
    }
    // Fragments and product names are of no language.
    let fragment = intent == "none" || told == "und";
    if told == tag || fragment || analysis.language.confidence.permille() < SURE {
        return amiss;
    }
    let message = format!("this sample of {intent} looks like {told}, not {tag}");
    let help = "move it to that language's pack, or add its small words to function_words";
    amiss.push((ELSEWHERE, Level::Warning, message, help));
    amiss
}

/// How sure another language has to be, in thousandths.
const SURE: u16 = 700;
