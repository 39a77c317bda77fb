//! All sources together: read, checked against the two contracts, laid over each other.

use std::collections::{BTreeMap, BTreeSet};

use super::concepts::Concept;
use super::diagnostics::{Diagnostics, Place};
use super::document::nearest;
use super::file::{self, File};
use super::intents::Entry;
use super::language::Language;
use super::pattern::Node;
use super::{PackErrors, Source};
use crate::analyzer::IntentSpec;
use crate::parallel;

/// One language, whole.
#[derive(Debug, Default)]
pub(crate) struct LanguagePack {
    pub(crate) language: Language,
    pub(crate) concepts: Vec<Concept>,
    pub(crate) entries: Vec<Entry>,
}

/// Whether samples are read: they are most of a pack, and only fitting looks at them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Samples {
    Read,
    Skip,
}

/// Everything that the sources say.
#[derive(Debug, Default)]
pub(crate) struct Packs {
    /// In the order of `intents.toml`, the shop's own after them.
    pub(crate) specs: Vec<IntentSpec>,
    /// Sorted.
    pub(crate) concepts: Vec<String>,
    /// Sorted by tag.
    pub(crate) languages: Vec<LanguagePack>,
    /// Patterns over concepts alone.
    pub(crate) shared: Vec<Entry>,
}

/// Reads the sources. A later source lays over the earlier ones by id: of an intent, a
/// concept, or a language's file.
///
/// # Errors
/// Everything that is wrong with any of them.
pub(crate) fn read(sources: &[Source<'_>], samples: Samples) -> Result<Packs, PackErrors> {
    let mut diagnostics = Diagnostics::new(sources);
    // Files have nothing to do with each other until they are laid over each other.
    let files = parallel::map(sources, |index, source| {
        let mut found = Diagnostics::new(sources);
        (file::read(&mut found, index, source, samples), found)
    });
    let mut reader = Reader {
        diagnostics: &mut diagnostics,
        packs: Packs::default(),
        languages: BTreeMap::new(),
        names: BTreeSet::new(),
    };
    for (file, found) in files {
        reader.diagnostics.absorb(found);
        reader.lay_over(file);
    }
    let packs = reader.finish(sources);
    diagnostics.finish().map(|()| packs)
}

struct Reader<'d, 's> {
    diagnostics: &'d mut Diagnostics<'s>,
    packs: Packs,
    languages: BTreeMap<String, LanguagePack>,
    names: BTreeSet<String>,
}

impl Reader<'_, '_> {
    fn lay_over(&mut self, file: File<'_>) {
        match file {
            File::Specs(specs) => self.add_specs(specs),
            File::ConceptNames(names) => self.names.extend(names),
            File::Shared(entries) => {
                self.unique_intents(&entries);
                overlay(&mut self.packs.shared, entries, |entry| &entry.id.text);
            }
            File::Language(tag, language) => self.language(tag).language = *language,
            File::Concepts(tag, concepts) => {
                overlay(&mut self.language(tag).concepts, concepts, |concept| &concept.name);
            }
            File::Domain(tag, entries) => {
                self.unique_intents(&entries);
                overlay(&mut self.language(tag).entries, entries, |entry| &entry.id.text);
            }
            File::Nothing => {}
        }
    }

    fn language(&mut self, tag: &str) -> &mut LanguagePack {
        self.languages.entry(tag.to_owned()).or_default()
    }

    fn unique_intents(&mut self, entries: &[Entry]) {
        let ids = entries.iter().map(|entry| (entry.id.text.as_str(), entry.id.place));
        unique(self.diagnostics, ids, "intent");
    }

    fn add_specs(&mut self, specs: Vec<(IntentSpec, Place)>) {
        unique(
            self.diagnostics,
            specs.iter().map(|(spec, place)| (spec.id.as_str(), *place)),
            "intent",
        );
        overlay(&mut self.packs.specs, specs.into_iter().map(|(spec, _)| spec).collect(), |spec| {
            &spec.id
        });
    }

    fn finish(mut self, sources: &[Source<'_>]) -> Packs {
        self.packs.concepts = self.names.iter().cloned().collect();
        for (tag, mut pack) in std::mem::take(&mut self.languages) {
            if pack.language.tag.is_empty() {
                let prefix = format!("{tag}/");
                let source = sources.iter().position(|s| s.path.starts_with(&prefix)).unwrap_or(0);
                let message = format!("the language `{tag}` has no language.toml");
                let help = format!("write intents/{tag}/language.toml, see docs/PACKS.md");
                self.diagnostics.error(Place { source, at: 0 }, "no-language", message, help);
                pack.language.tag.clone_from(&tag);
            }
            for concept in &pack.concepts {
                self.check_concept(&concept.name, concept.place);
            }
            for entry in &pack.entries {
                self.check_entry(entry);
            }
            self.packs.languages.push(pack);
        }
        for entry in std::mem::take(&mut self.packs.shared) {
            self.check_entry(&entry);
            for rule in &entry.rules {
                if rule.patterns.iter().any(has_word) {
                    let message =
                        format!("the shared pattern `{}` holds a word of one language", rule.name);
                    self.diagnostics.error(
                        rule.place,
                        "word-in-shared",
                        message,
                        "use <concepts> alone, or move it to a language's folder",
                    );
                }
            }
            self.packs.shared.push(entry);
        }
        self.packs
    }

    fn check_entry(&mut self, entry: &Entry) {
        if !self.packs.specs.iter().any(|spec| spec.id.as_str() == entry.id.text) {
            let message = format!("the intent `{}` is not declared", entry.id.text);
            let help = match nearest(&entry.id.text, self.packs.specs.iter().map(|s| s.id.as_str()))
            {
                Some(near) => format!(
                    "did you mean `{near}`? An intent of your own is declared in intents.toml"
                ),
                None => "declare it in intents.toml with severity and tier".to_owned(),
            };
            self.diagnostics.error(entry.id.place, "unknown-intent", message, help);
        }
        unique(
            self.diagnostics,
            entry.rules.iter().map(|rule| (rule.name.as_str(), rule.place)),
            "pattern",
        );
        for rule in &entry.rules {
            for node in &rule.patterns {
                for name in concept_names(node) {
                    self.check_concept(name, rule.place);
                }
            }
        }
    }

    fn check_concept(&mut self, name: &str, place: Place) {
        if !self.names.contains(name) {
            let message = format!("the concept `{name}` is not declared");
            let help = match nearest(name, self.names.iter().map(String::as_str)) {
                Some(near) => format!(
                    "did you mean `{near}`? New concepts are declared in intents/concepts.toml"
                ),
                None => "declare it in intents/concepts.toml with its meaning".to_owned(),
            };
            self.diagnostics.error(place, "unknown-concept", message, help);
        }
    }
}

/// Complains about an id that one source says twice.
fn unique<'n>(
    diagnostics: &mut Diagnostics<'_>,
    ids: impl Iterator<Item = (&'n str, Place)>,
    what: &str,
) {
    let mut seen = BTreeSet::new();
    for (id, place) in ids {
        if !seen.insert(id) {
            let message = format!("the {what} `{id}` is defined twice in this file");
            diagnostics.error(place, "duplicate-id", message, "merge the two, or rename one");
        }
    }
}

/// Replaces what has the same id, appends what has not.
fn overlay<T, K: PartialEq + ?Sized>(base: &mut Vec<T>, over: Vec<T>, id: impl Fn(&T) -> &K) {
    for item in over {
        match base.iter().position(|old| id(old) == id(&item)) {
            Some(at) => base[at] = item,
            None => base.push(item),
        }
    }
}

fn has_word(node: &Node) -> bool {
    match node {
        Node::Word(_) => true,
        Node::Concept(_) | Node::Gap => false,
        Node::Optional(inner) => has_word(inner),
        Node::Sequence(nodes) | Node::Choice(nodes) => nodes.iter().any(has_word),
    }
}

fn concept_names(node: &Node) -> Vec<&str> {
    match node {
        Node::Concept(name) => vec![name],
        Node::Word(_) | Node::Gap => Vec::new(),
        Node::Optional(inner) => concept_names(inner),
        Node::Sequence(nodes) | Node::Choice(nodes) => {
            nodes.iter().flat_map(concept_names).collect()
        }
    }
}
