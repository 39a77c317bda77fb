//! Patterns: whether they are heard, whether they win, whether a sample tries them.

use std::collections::BTreeSet;

use super::sentences::{self, Words};
use super::{Found, Ground, Level, acted_on, spoken_words};
use crate::pack::intents::{Entry, Rule};
use crate::pack::packs::LanguagePack;
use crate::scan::Scan;

/// How many sentences of one pattern are tried.
const TRIED: u64 = 12;

/// What became of the sentences of a rule.
#[derive(Default)]
struct Trial {
    heard: usize,
    /// The first that was not heard.
    unheard: Option<String>,
    /// Those heard that another intent than the rule's and `none` took: how many, and the
    /// first with whom.
    lost: usize,
    to: Option<(String, String)>,
}

impl Trial {
    fn tried(&self) -> bool {
        self.heard > 0 || self.unheard.is_some()
    }
}

pub(super) fn prove(ground: &Ground<'_>, pack: &LanguagePack, found: &mut Vec<Found>) {
    let words = spoken_words(pack);
    let mut scan = Scan::default();
    for entry in &pack.entries {
        let sampled = heard_in_samples(ground, pack, entry, &mut scan);
        for rule in &entry.rules {
            let mut report = Report { found, language: &pack.language.tag, entry, rule };
            let Some(index) = ground.rule(report.language, &entry.id.text, &rule.name) else {
                continue;
            };
            let mut trial = Trial::default();
            for node in &rule.patterns {
                let mut missing = Vec::new();
                sentences::wordless(node, &words, &mut missing);
                let before = trial.heard;
                let mut one = Trial::default();
                let (said, _) = sentences::of(node, &words, TRIED);
                for sentence in &said {
                    one.listen(ground, pack, sentence, index, &entry.id.text, &mut scan);
                }
                report.wordless(&missing, said.is_empty());
                trial.add(one);
                if trial.heard == before && !said.is_empty() {
                    report.unheard(said.first().cloned());
                }
            }
            report.lost(ground, index, &trial);
            if trial.heard > 0 && !sampled.contains(&index) {
                report.unsampled();
            }
        }
    }
}

/// Patterns over concepts alone: one language in which they are heard is enough.
pub(super) fn prove_shared(ground: &Ground<'_>, found: &mut Vec<Found>) {
    let spoken: Vec<(&LanguagePack, Words<'_>)> =
        ground.packs.languages.iter().map(|pack| (pack, spoken_words(pack))).collect();
    let mut scan = Scan::default();
    for entry in &ground.packs.shared {
        for rule in &entry.rules {
            let Some(index) = ground.rule("shared", &entry.id.text, &rule.name) else { continue };
            let mut report = Report { found, language: "shared", entry, rule };
            let mut trial = Trial::default();
            for (pack, words) in &spoken {
                for node in &rule.patterns {
                    for sentence in sentences::of(node, words, TRIED / 3).0 {
                        trial.listen(ground, pack, &sentence, index, &entry.id.text, &mut scan);
                    }
                }
            }
            if !trial.tried() {
                let mut missing = Vec::new();
                let any: Words<'_> = spoken
                    .iter()
                    .flat_map(|(_, words)| words.iter().map(|(name, words)| (*name, words.clone())))
                    .collect();
                rule.patterns.iter().for_each(|n| sentences::wordless(n, &any, &mut missing));
                report.wordless(&missing, true);
            } else if trial.heard == 0 {
                report.unheard(trial.unheard.clone());
            }
            report.lost(ground, index, &trial);
        }
    }
}

impl Trial {
    fn listen(
        &mut self,
        ground: &Ground<'_>,
        pack: &LanguagePack,
        sentence: &str,
        rule: u32,
        intent: &str,
        scan: &mut Scan,
    ) {
        let tag = pack.language.tag.as_str();
        let model = &ground.analyzer.model;
        scan.fill_in(model, ground.own_words(), sentence, ground.language_index(tag));
        if !scan.patterns.iter().any(|hit| hit.rule == rule) {
            self.unheard.get_or_insert_with(|| sentence.to_owned());
            return;
        }
        self.heard += 1;
        let analysis = ground.read_in(tag, sentence);
        if analysis.intent.as_str() != "none" && !acted_on(&analysis, intent) {
            self.lost += 1;
            self.to.get_or_insert_with(|| (sentence.to_owned(), analysis.intent.to_string()));
        }
    }

    fn add(&mut self, other: Self) {
        self.heard += other.heard;
        self.lost += other.lost;
        self.unheard = self.unheard.take().or(other.unheard);
        self.to = self.to.take().or(other.to);
    }
}

/// The rules that hear a sample of the entry.
fn heard_in_samples(
    ground: &Ground<'_>,
    pack: &LanguagePack,
    entry: &Entry,
    scan: &mut Scan,
) -> BTreeSet<u32> {
    let language = ground.language_index(&pack.language.tag);
    let mut heard = BTreeSet::new();
    for sample in &entry.samples {
        scan.fill_in(&ground.analyzer.model, ground.own_words(), &sample.text, language);
        heard.extend(scan.patterns.iter().map(|hit| hit.rule));
    }
    heard
}

/// Writes down what is found of one rule.
struct Report<'f> {
    found: &'f mut Vec<Found>,
    language: &'f str,
    entry: &'f Entry,
    rule: &'f Rule,
}

impl Report<'_> {
    fn push(
        &mut self,
        rule: &'static str,
        level: Level,
        message: String,
        example: Option<String>,
        help: &'static str,
    ) {
        let (language, place) = (self.language.to_owned(), self.rule.place);
        self.found.push(Found { rule, level, language, place, message, example, help });
    }

    fn name(&self) -> String {
        format!("`{}` of {}", self.rule.name, self.entry.id.text)
    }

    fn wordless(&mut self, missing: &[&str], whole: bool) {
        let names: BTreeSet<&str> = missing.iter().copied().collect();
        if names.is_empty() {
            return;
        }
        let names: Vec<String> = names.iter().map(|name| format!("<{name}>")).collect();
        let (names, name) = (names.join(", "), self.name());
        let (rule, level, effect) = if whole {
            ("rule-never-fires", Level::Error, "so no sentence of the pattern is ever heard")
        } else {
            ("concept-without-words", Level::Note, "so what holds it is never heard")
        };
        let message = format!("{name} uses {names}, which has no words here, {effect}");
        let help = "add the words to the language's concepts.toml, or take it out of the pattern";
        self.push(rule, level, message, None, help);
    }

    fn unheard(&mut self, example: Option<String>) {
        let message = format!("{} hears none of the sentences it stands for", self.name());
        let help = "its words are heard as something else here: see what `switchboard ask --why` says of the example";
        self.push("rule-never-fires", Level::Error, message, example, help);
    }

    fn lost(&mut self, ground: &Ground<'_>, index: u32, trial: &Trial) {
        let weight = ground.analyzer.model.rules.get(index as usize).map_or(0, |r| r.weight);
        if trial.heard == 0 || trial.lost < trial.heard || weight <= 0 {
            return;
        }
        let Some((sentence, taken)) = &trial.to else { return };
        let (name, tried) = (self.name(), trial.heard);
        let message = format!(
            "{name} never wins: of {tried} sentences each is taken for another intent, this one for {taken}"
        );
        let help = "give it weight, take it out, or move it to the intent that wins";
        self.push("rule-never-wins", Level::Warning, message, Some(sentence.clone()), help);
    }

    fn unsampled(&mut self) {
        let message = format!("{} hears no sample of the intent", self.name());
        let help = "add a sample that it is meant for: nothing tries the pattern otherwise";
        self.push("pattern-without-sample", Level::Note, message, None, help);
    }
}
