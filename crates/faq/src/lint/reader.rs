//! Reads the sentences of one locale by its rules.

use std::collections::BTreeMap;

use super::measure::{english_run, is_emoji, sentences, shouted};
use crate::answers::Pack;
use crate::content::{Condition, Entry, Variant};
use crate::load::Place;
use crate::rules::{Rule, Rules};
use crate::{Country, Style, Text, locale};

/// Domains in which something went wrong for the customer.
const HURTING: [&str; 5] = ["tracking", "refund", "item", "risk", "text"];
/// So long that it is not the same in two languages by chance, as "Newsletter" is.
const SENTENCE_WORDS: usize = 3;
const TITLE_WORDS: usize = 2;

/// What reads badly: where, the code, and what to do.
pub(super) type Found = (Place, &'static str, String);

pub(super) struct Reader<'p> {
    rules: &'p Rules,
    /// The country alone whose customers the locale speaks to, where its tag says one.
    region: Option<Country>,
    /// What the English say under the same ids, in other languages than theirs.
    english: Option<&'p BTreeMap<String, Entry>>,
    /// Whether the language is another than English.
    foreign: bool,
}

impl<'p> Reader<'p> {
    pub(super) fn new(
        tag: &str,
        pack: &'p Pack,
        english: Option<&'p BTreeMap<String, Entry>>,
    ) -> Self {
        let region = locale::parse(tag).and_then(|locale| locale.id.region);
        let foreign = pack.full.id.language.as_str() != "en";
        Self {
            rules: &pack.rules,
            region: region.and_then(|region| Country::parse(region.as_str())),
            english: english.filter(|_| foreign),
            foreign,
        }
    }

    /// The rules that a text offends which is said under some conditions.
    pub(super) fn offences(
        &self,
        text: &str,
        conditions: &[Condition],
        place: Place,
    ) -> Vec<Found> {
        let offended = self.rules.offended(text).into_iter();
        offended
            .filter(|(rule, _)| self.may_be_read(rule, conditions))
            .map(|(rule, words)| {
                let Rule { kind, id, why, instead, countries, .. } = rule;
                let codes: Vec<&str> = countries.iter().map(Country::as_str).collect();
                let place_names = if codes.is_empty() {
                    String::new()
                } else {
                    format!(" in {}", codes.join(", "))
                };
                let message =
                    format!("“{}”{place_names}: {why}; {instead} [{id}]", words.join("”, “"));
                (place, kind.as_str(), message)
            })
            .collect()
    }

    /// Whether a customer of a country that a rule is for may read what is said under some
    /// conditions.
    fn may_be_read(&self, rule: &Rule, conditions: &[Condition]) -> bool {
        let only = conditions.iter().find_map(|condition| match condition {
            Condition::In(country) => Some(*country),
            _ => None,
        });
        rule.countries.is_empty()
            || only.or(self.region).is_none_or(|country| rule.countries.contains(&country))
    }

    /// Everything that reads badly in one entry.
    pub(super) fn entry(&self, entry: &Entry) -> Vec<Found> {
        let limits = &self.rules.limits;
        let mut found = Vec::new();
        if let Some(most) = limits.related.filter(|most| entry.related.len() > *most) {
            let message =
                format!("{} related questions; offer the {most} most asked", entry.related.len());
            found.push((entry.place, "too-many-related", message));
        }
        if entry.text.is_none() {
            found.extend(self.label(&entry.title, entry.title_place));
            found.extend(self.offences(&entry.title, &[], entry.title_place));
            let same = self.english.and_then(|all| all.get(&entry.id));
            if same.is_some_and(|english| english.title == entry.title)
                && entry.title.split_whitespace().count() >= TITLE_WORDS
            {
                let message = format!("the title “{}” is English; translate it", entry.title);
                found.push((entry.title_place, "untranslated", message));
            }
        }
        for variant in &entry.variants {
            self.variant(entry, variant, &mut found);
        }
        found
    }

    fn variant(&self, entry: &Entry, variant: &Variant, found: &mut Vec<Found>) {
        let words = variant.template.words();
        let limits = &self.rules.limits;
        if entry.text.is_some_and(Text::is_label) {
            found.extend(self.label(&words, variant.place));
        }
        found.extend(self.offences(&words, &variant.conditions, variant.place));
        let mut note = |code, message: String| found.push((variant.place, code, message));
        let length = words.chars().count();
        if let Some(most) = limits.answer.filter(|most| length > *most) {
            note("too-long", format!("{length} characters; say the conclusion in {most}"));
        }
        if let Some(most) = limits.bytes.filter(|most| words.len() > *most) {
            let message = format!(
                "{} bytes; some platform splits a message of more than {most}",
                words.len()
            );
            note("too-long", message);
        }
        let sentences = sentences(&words);
        if let Some(most) = limits.sentences.filter(|most| sentences > *most) {
            let message = format!("{sentences} sentences; {most} at most, the conclusion first");
            note("too-many-sentences", message);
        }
        if let Some(word) = shouted(&words) {
            note("shouting", format!("{word} is in capitals; use **bold** for what matters"));
        }
        if hurts(entry) && words.contains(['!', '！']) {
            let message = "an exclamation mark in a matter that hurts; use a full stop";
            note("exclamation", message.to_owned());
        }
        let emoji = words.chars().filter(|c| is_emoji(*c)).count();
        if emoji > 1 {
            note("emoji", format!("{emoji} emoji; one at most"));
        } else if emoji == 1 && variant.style != Some(Style::Friendly) {
            note("emoji", "emoji belong into friendly variants only".to_owned());
        }
        if self.foreign
            && let Some(run) = english_run(&words, &self.rules.english)
        {
            note("untranslated", format!("“{run}” is English; translate it"));
        } else if self.is_the_english(entry, &words) {
            note("untranslated", "these are the English words; translate them".to_owned());
        }
    }

    /// Whether a variant says what the English one does, word by word.
    fn is_the_english(&self, entry: &Entry, words: &str) -> bool {
        let letters = |word: &&str| word.chars().any(char::is_alphabetic);
        words.split_whitespace().filter(letters).count() >= SENTENCE_WORDS
            && self.english.and_then(|all| all.get(&entry.id)).is_some_and(|english| {
                english.variants.iter().any(|other| other.template.words() == words)
            })
    }

    /// Whether a label is shown whole.
    fn label(&self, label: &str, place: Place) -> Option<Found> {
        let length = label.chars().count();
        let most = self.rules.limits.title.filter(|most| length > *most)?;
        let message =
            format!("“{label}” has {length} characters; some platforms cut a button after {most}");
        Some((place, "cut-title", message))
    }
}

fn hurts(entry: &Entry) -> bool {
    let domain = entry.id.split('.').next().unwrap_or_default();
    HURTING.contains(&domain) && entry.id != "text.greeting" && entry.id != "text.disclosure"
}
