//! A language's `concepts.toml`: the words that mean each concept.

use serde::{Deserialize, Serialize};
use toml::de::{DeTable, DeValue};

use super::diagnostics::Place;
use super::document::{Document, Text};

/// How a word stands inside a run of letters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub(crate) enum Mode {
    /// By the boundary policy of its language.
    Word,
    /// Any letters may follow.
    Stem,
    /// Anywhere.
    Part,
}

/// The words of one concept.
#[derive(Debug)]
pub(crate) struct Concept {
    pub(crate) name: String,
    pub(crate) place: Place,
    pub(crate) words: Vec<(Mode, Text)>,
}

/// Reads a language's `concepts.toml`.
pub(crate) fn read(doc: &mut Document<'_, '_>, table: &DeTable<'_>) -> Vec<Concept> {
    let mut concepts = Vec::new();
    for (name, value) in table {
        let place = Place { source: doc.source, at: name.span().start };
        let mut concept = Concept { name: name.get_ref().to_string(), place, words: Vec::new() };
        if let DeValue::Table(table) = value.get_ref() {
            for (key, value) in table {
                let mode = match key.get_ref().as_ref() {
                    "words" => Mode::Word,
                    "stems" => Mode::Stem,
                    "parts" => Mode::Part,
                    _ => {
                        doc.unknown_key(key, &["words", "stems", "parts"]);
                        continue;
                    }
                };
                concept
                    .words
                    .extend(doc.strings(value, key.get_ref()).into_iter().map(|text| (mode, text)));
            }
        } else {
            concept.words.extend(
                doc.strings(value, name.get_ref()).into_iter().map(|text| (Mode::Word, text)),
            );
        }
        concepts.push(concept);
    }
    concepts
}
