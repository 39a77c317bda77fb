//! All sources together: read, checked against the two contracts, laid over each other.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use super::concepts::{self, Concept};
use super::diagnostics::{Diagnostics, Place};
use super::document::{self, Document, Text, nearest};
use super::intents::{self, Entry};
use super::language::{self, Language};
use super::pattern::Node;
use super::{PackErrors, Source, skip};
use crate::analyzer::IntentSpec;

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
    /// `weights.lock` of the root and of each language, by path.
    pub(crate) locks: BTreeMap<String, Vec<u8>>,
}

/// What a path of a pack holds.
enum Kind<'p> {
    Specs,
    Concepts,
    Shared,
    Language(&'p str),
    LanguageConcepts(&'p str),
    Domain(&'p str, &'p str),
    Lock,
    Other,
}

fn kind(path: &str) -> Kind<'_> {
    match path.split('/').collect::<Vec<_>>().as_slice() {
        ["intents.toml"] => Kind::Specs,
        ["concepts.toml"] => Kind::Concepts,
        ["shared.toml"] => Kind::Shared,
        ["weights.lock"] | [_, "weights.lock"] => Kind::Lock,
        [language, "language.toml"] => Kind::Language(language),
        [language, "concepts.toml"] => Kind::LanguageConcepts(language),
        [language, file] => match file.strip_suffix(".toml") {
            Some(domain) => Kind::Domain(language, domain),
            None => Kind::Other,
        },
        _ => Kind::Other,
    }
}

/// Reads the sources. A later source lays over the earlier ones by id: of an intent, a
/// concept, or a language's file.
///
/// # Errors
/// Everything that is wrong with any of them.
pub(crate) fn read(sources: &[Source<'_>], samples: Samples) -> Result<Packs, PackErrors> {
    let mut diagnostics = Diagnostics::new(sources);
    let mut reader = Reader {
        diagnostics: &mut diagnostics,
        packs: Packs::default(),
        languages: BTreeMap::new(),
        names: BTreeSet::new(),
        samples,
    };
    for (index, source) in sources.iter().enumerate() {
        reader.source(index, source);
    }
    let packs = reader.finish(sources);
    diagnostics.finish().map(|()| packs)
}

struct Reader<'d, 's> {
    diagnostics: &'d mut Diagnostics<'s>,
    packs: Packs,
    languages: BTreeMap<String, LanguagePack>,
    names: BTreeSet<String>,
    samples: Samples,
}

impl Reader<'_, '_> {
    fn source(&mut self, index: usize, source: &Source<'_>) {
        let kind = kind(source.path);
        match kind {
            Kind::Lock => {
                self.packs.locks.insert(source.path.to_owned(), source.bytes.to_vec());
                return;
            }
            Kind::Other => {
                if source.path.ends_with(".toml") {
                    let message = format!("`{}` is no file of a pack", source.path);
                    let help = "a pack's files are <language>/<name>.toml, intents.toml, concepts.toml and shared.toml";
                    self.diagnostics.error(
                        Place { source: index, at: 0 },
                        "unknown-file",
                        message,
                        help,
                    );
                }
                return;
            }
            _ => {}
        }
        let Some(text) = document::text(self.diagnostics, index, source.bytes) else { return };
        let text = match self.samples {
            Samples::Read => Cow::Borrowed(text),
            Samples::Skip => skip::without_samples(text),
        };
        let table = document::parse(self.diagnostics, index, &text);
        let mut doc = Document { diagnostics: self.diagnostics, source: index };
        match kind {
            Kind::Specs => {
                let specs = intents::read_specs(&mut doc, &table);
                self.add_specs(specs);
            }
            Kind::Concepts => {
                self.names.extend(
                    intents::read_concept_names(&mut doc, &table).into_iter().map(|(name, _)| name),
                );
            }
            Kind::Shared => {
                let entries = intents::read(&mut doc, &table);
                unique(
                    doc.diagnostics,
                    entries.iter().map(|e| (e.id.text.as_str(), e.id.place)),
                    "intent",
                );
                overlay(&mut self.packs.shared, entries, |entry| &entry.id.text);
            }
            Kind::Language(tag) => {
                let language = language::read(&mut doc, &table, tag);
                self.languages.entry(tag.to_owned()).or_default().language = language;
            }
            Kind::LanguageConcepts(tag) => {
                let concepts = concepts::read(&mut doc, &table);
                overlay(
                    &mut self.languages.entry(tag.to_owned()).or_default().concepts,
                    concepts,
                    |c| &c.name,
                );
            }
            Kind::Domain(tag, domain) => {
                let entries = intents::read(&mut doc, &table);
                check_domain(doc.diagnostics, &entries, domain);
                unique(
                    doc.diagnostics,
                    entries.iter().map(|e| (e.id.text.as_str(), e.id.place)),
                    "intent",
                );
                overlay(
                    &mut self.languages.entry(tag.to_owned()).or_default().entries,
                    entries,
                    |e| &e.id.text,
                );
            }
            Kind::Lock | Kind::Other => {}
        }
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

fn check_domain(diagnostics: &mut Diagnostics<'_>, entries: &[Entry], domain: &str) {
    for Entry { id: Text { text, place }, .. } in entries {
        let own = text.split_once('.').map_or(text.as_str(), |(domain, _)| domain);
        if own != domain {
            let message = format!("`{text}` stands in {}", diagnostics.path(place.source));
            diagnostics.error(*place, "wrong-file", message, format!("move it to {own}.toml"));
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
