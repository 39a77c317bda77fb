//! The samples of the packs: what customers write, and what must not be mistaken for it.

use std::collections::BTreeSet;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{PackFile, PackFiles};

/// A message that a pack says something of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sample {
    /// The language of its pack.
    pub language: String,
    /// The intent under which it stands.
    pub intent: String,
    /// What is written.
    pub text: String,
    /// Whether it must reach the intent, or must not.
    pub reaches: bool,
    /// Where it stands: file and line.
    pub place: String,
}

impl PackFiles {
    /// Every sample of packs that compile, in the order of files and lines. A later file
    /// replaces an intent of an earlier one, and its samples with it.
    #[must_use]
    pub fn samples(&self) -> Vec<Sample> {
        let mut samples: Vec<Sample> = Vec::new();
        let mut seen: BTreeSet<(String, String)> = BTreeSet::new();
        for file in &self.intents {
            let Some((language, _)) = file.path.split_once('/') else { continue };
            let found = read(file, language);
            let id = |sample: &Sample| (sample.language.clone(), sample.intent.clone());
            let own: BTreeSet<_> = found.iter().map(id).collect();
            // Seldom: a pack says each intent of a language in one file.
            if !own.is_disjoint(&seen) {
                samples.retain(|old| !own.contains(&id(old)));
            }
            seen.extend(own);
            samples.extend(found);
        }
        samples
    }
}

fn read(file: &PackFile, language: &str) -> Vec<Sample> {
    let text = std::str::from_utf8(&file.bytes).unwrap_or_default();
    let Ok(document) = DeTable::parse(text) else { return Vec::new() };
    let ends: Vec<usize> = text.match_indices('\n').map(|(at, _)| at).collect();
    let place = |at: usize| {
        let line = 1 + ends.partition_point(|end| *end < at);
        match &file.file {
            Some(file) => format!("{}:{line}", file.display()),
            None => format!("intents/{}:{line}", file.path),
        }
    };
    let mut samples = Vec::new();
    let intents = document.get_ref().get("intent").and_then(|v| v.get_ref().as_array());
    for intent in intents.into_iter().flatten().filter_map(|value| value.get_ref().as_table()) {
        let id = intent.get("id").and_then(|id| id.get_ref().as_str()).unwrap_or_default();
        for (key, reaches) in [("samples", true), ("not", false)] {
            samples.extend(strings(intent.get(key)).map(|(text, at)| Sample {
                language: language.to_owned(),
                intent: id.to_owned(),
                text: text.to_owned(),
                reaches,
                place: place(at),
            }));
        }
    }
    samples
}

/// A string or a list of strings, each with its place.
fn strings<'v>(value: Option<&'v Spanned<DeValue<'_>>>) -> impl Iterator<Item = (&'v str, usize)> {
    let items = value.into_iter().flat_map(|value| match value.get_ref() {
        DeValue::Array(items) => items.iter().collect(),
        _ => vec![value],
    });
    items.filter_map(|item| Some((item.get_ref().as_str()?, item.span().start)))
}
