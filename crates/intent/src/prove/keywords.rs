//! Keywords against each other and against the function words of other languages.

use std::collections::BTreeMap;

use super::{Found, Ground, Level};
use crate::fold::fold;
use crate::pack::document::Text;
use crate::pack::packs::LanguagePack;
use crate::segment::Script;
use crate::{Analysis, Hints};

/// A keyword of one language.
struct Keyword<'p> {
    folded: String,
    intent: &'p str,
    text: &'p Text,
}

pub(super) fn prove(ground: &Ground<'_>, pack: &LanguagePack, found: &mut Vec<Found>) {
    let keywords: Vec<Keyword<'_>> = pack
        .entries
        .iter()
        .flat_map(|entry| entry.keywords.iter().map(move |keyword| (entry, &keyword.text)))
        .map(|(entry, text)| Keyword {
            folded: fold(&text.text).text,
            intent: &entry.id.text,
            text,
        })
        .collect();
    let mut report = Report { ground, pack, found };
    report.repeated(&keywords);
    report.inside(&keywords);
    for keyword in &keywords {
        report.of_two_languages(keyword);
        report.function_word(keyword);
    }
}

struct Report<'a, 'f> {
    ground: &'a Ground<'a>,
    pack: &'a LanguagePack,
    found: &'f mut Vec<Found>,
}

impl<'a> Report<'a, '_> {
    fn tag(&self) -> &'a str {
        &self.pack.language.tag
    }

    fn push(
        &mut self,
        rule: &'static str,
        level: Level,
        text: &Text,
        message: String,
        example: Option<&str>,
        help: &'static str,
    ) {
        let (language, place) = (self.tag().to_owned(), text.place);
        let example = example.map(str::to_owned);
        self.found.push(Found { rule, level, language, place, message, example, help });
    }

    fn repeated(&mut self, keywords: &[Keyword<'_>]) {
        let mut seen: BTreeMap<&str, &Keyword<'_>> = BTreeMap::new();
        for keyword in keywords {
            let Some(first) = seen.insert(&keyword.folded, keyword) else { continue };
            let text = &keyword.text.text;
            let (own, other) = (keyword.intent, first.intent);
            if own == other {
                let message =
                    format!("`{text}` and `{}` of {own} are the same once folded", first.text.text);
                let help = "write each word once, correctly spelt";
                self.push("keyword-repeated", Level::Warning, keyword.text, message, None, help);
            } else {
                let message = format!("`{text}` is a keyword of {own} and of {other}");
                let help = "decide for one, or write a pattern for each";
                let example = Some(text.as_str());
                self.push("keyword-repeated", Level::Warning, keyword.text, message, example, help);
            }
        }
    }

    /// A longer keyword is heard instead of one inside it, so this goes wrong only where the
    /// shorter one's intent wins all the same.
    fn inside(&mut self, keywords: &[Keyword<'_>]) {
        for outer in keywords {
            let inner = keywords.iter().find(|inner| {
                inner.intent != outer.intent
                    && inner.folded.len() < outer.folded.len()
                    && holds(&outer.folded, &inner.folded)
            });
            let Some(inner) = inner else { continue };
            let analysis = self.ground.read_in(self.tag(), &outer.text.text);
            let wrong = analysis.intent.as_str() == inner.intent;
            let (long, short) = (&outer.text.text, &inner.text.text);
            let message = format!(
                "`{long}` of {} holds `{short}` of {}{}",
                outer.intent,
                inner.intent,
                if wrong { ", and is taken for it" } else { "; the longer one is heard" }
            );
            let level = if wrong { Level::Warning } else { Level::Note };
            let example = wrong.then_some(long.as_str());
            let help = "give the longer one more weight, or make the shorter one a phrase";
            self.push("keyword-inside-keyword", level, outer.text, message, example, help);
        }
    }

    fn of_two_languages(&mut self, keyword: &Keyword<'_>) {
        let Some(all) = self.ground.keywords.get(&keyword.folded) else { return };
        for &(tag, intent, _) in all {
            if tag == self.tag() || intent == keyword.intent {
                continue;
            }
            let text = keyword.text.text.as_str();
            // In a conversation that is known to be in this language.
            let here = self.ground.read_in(self.tag(), text);
            let alone = self.ground.analyzer.analyze(text, &Hints::default());
            let (own, taken) = (keyword.intent, alone.intent.as_str());
            let (level, effect) = if here.intent.as_str() == intent {
                (Level::Error, format!("and is taken for it in a conversation in {}", self.tag()))
            } else if taken == intent {
                (
                    Level::Warning,
                    format!("and is taken for {taken} where nothing tells the language"),
                )
            } else {
                (Level::Note, "and is told apart".to_owned())
            };
            let message = format!("`{text}` of {own} means {intent} in {tag}, {effect}");
            let example = (level != Level::Note).then_some(text);
            let help = "write a phrase that only one of the languages has";
            self.push("keyword-of-two-languages", level, keyword.text, message, example, help);
        }
    }

    fn function_word(&mut self, keyword: &Keyword<'_>) {
        for (tag, words) in &self.ground.function_words {
            if *tag == self.tag() || !words.contains(&keyword.folded) {
                continue;
            }
            let text = keyword.text.text.as_str();
            let rule = format!("{}/{}/\"{text}\"", self.tag(), keyword.intent);
            let heard = self.mistaken(tag, &keyword.folded, &rule);
            let (level, effect) = match heard {
                Some(_) => (Level::Warning, "and counts there"),
                None => (Level::Note, "where it does not count"),
            };
            let own = keyword.intent;
            let message =
                format!("the keyword `{text}` of {own} is a function word of {tag}, {effect}");
            let help = "put it into a phrase, or into a pattern with another word";
            self.push("function-word-elsewhere", level, keyword.text, message, heard, help);
        }
    }

    /// A sample of another language in which the keyword's rule is evidence.
    fn mistaken(&self, tag: &str, folded: &str, rule: &str) -> Option<&'a str> {
        let other = self.ground.packs.languages.iter().find(|pack| pack.language.tag == tag)?;
        let samples = other.entries.iter().flat_map(|entry| &entry.samples);
        samples.map(|sample| sample.text.as_str()).find(|text| {
            holds(&fold(text).text, folded) && {
                let analysis = self.ground.analyzer.analyze(text, &Hints::default());
                speaks(&analysis, rule)
            }
        })
    }
}

fn speaks(analysis: &Analysis, rule: &str) -> bool {
    analysis
        .intents
        .iter()
        .any(|found| found.evidence.iter().any(|e| &*e.rule == rule && e.weight > 0))
}

/// Whether one folded text stands inside another, as words where words have edges.
fn holds(text: &str, part: &str) -> bool {
    text.match_indices(part).any(|(at, _)| {
        let edge = |outside: Option<char>, inside: Option<char>| {
            let (Some(outside), Some(inside)) = (outside, inside) else { return true };
            let (outside, inside) = (Script::of(outside), Script::of(inside));
            outside != inside || outside == Script::None || outside.is_unspaced()
        };
        edge(text[..at].chars().next_back(), part.chars().next())
            && edge(text[at + part.len()..].chars().next(), part.chars().next_back())
    })
}
