//! One file of a pack, read by itself.

use std::borrow::Cow;

use super::concepts::{self, Concept};
use super::diagnostics::{Diagnostics, Place};
use super::document::{self, Document, Text};
use super::intents::{self, Entry};
use super::language::{self, Language};
use super::packs::Samples;
use super::{Source, skip};
use crate::analyzer::IntentSpec;

/// What a file holds.
#[derive(Debug)]
pub(crate) enum File<'p> {
    Specs(Vec<(IntentSpec, Place)>),
    ConceptNames(Vec<String>),
    Shared(Vec<Entry>),
    Language(&'p str, Box<Language>),
    Concepts(&'p str, Vec<Concept>),
    Domain(&'p str, Vec<Entry>),
    /// Weights, or nothing that could be read.
    Nothing,
}

/// Reads the source at this index; what is wrong with it goes to the diagnostics.
pub(crate) fn read<'p>(
    diagnostics: &mut Diagnostics<'_>,
    index: usize,
    source: &Source<'p>,
    samples: Samples,
) -> File<'p> {
    let path: Vec<&str> = source.path.split('/').collect();
    if path.last().is_some_and(|name| *name == "weights.lock" || !name.ends_with(".toml")) {
        return File::Nothing;
    }
    if path.len() > 2 || (path.len() == 1 && !ROOT.contains(&source.path)) {
        let message = format!("`{}` is no file of a pack", source.path);
        let help = "a pack's files are <language>/<name>.toml, intents.toml, concepts.toml and shared.toml";
        diagnostics.error(Place { source: index, at: 0 }, "unknown-file", message, help);
        return File::Nothing;
    }
    let Some(text) = document::text(diagnostics, index, source.bytes) else {
        return File::Nothing;
    };
    let text = match samples {
        Samples::Read => Cow::Borrowed(text),
        Samples::Skip => skip::without_samples(text),
    };
    let table = document::parse(diagnostics, index, &text);
    let mut doc = Document { diagnostics, source: index };
    match path.as_slice() {
        ["intents.toml"] => File::Specs(intents::read_specs(&mut doc, &table)),
        ["concepts.toml"] => File::ConceptNames(intents::read_concept_names(&mut doc, &table)),
        ["shared.toml"] => File::Shared(intents::read(&mut doc, &table)),
        [tag, "language.toml"] => {
            File::Language(tag, Box::new(language::read(&mut doc, &table, tag)))
        }
        [tag, "concepts.toml"] => File::Concepts(tag, concepts::read(&mut doc, &table)),
        [tag, domain] => {
            let entries = intents::read(&mut doc, &table);
            check_domain(diagnostics, &entries, domain.trim_end_matches(".toml"));
            File::Domain(tag, entries)
        }
        _ => File::Nothing,
    }
}

const ROOT: [&str; 3] = ["intents.toml", "concepts.toml", "shared.toml"];

fn check_domain(diagnostics: &mut Diagnostics<'_>, entries: &[Entry], domain: &str) {
    for Entry { id: Text { text, place }, .. } in entries {
        let own = text.split_once('.').map_or(text.as_str(), |(domain, _)| domain);
        if own != domain {
            let message = format!("`{text}` stands in {}", diagnostics.path(place.source));
            diagnostics.error(*place, "wrong-file", message, format!("move it to {own}.toml"));
        }
    }
}
