//! Packs, compiled: what the analyzer looks things up in.

use std::collections::BTreeMap;
use std::sync::Arc;

use aho_corasick::AhoCorasick;

use crate::analyzer::IntentSpec;
use crate::compile::{self, Names, Object};
use crate::features::{ConceptKeys, Key};
use crate::lexicon::{Lexicon, LexiconBuilder};
use crate::nfa::Nfa;
use crate::pack::diagnostics::Diagnostics;
use crate::pack::language::{Language, Mood};
use crate::pack::packs::{LanguagePack, Packs};
use crate::pack::{PackErrors, Source};
use crate::parallel;
use crate::segment::Script;

/// What a keyword and a pattern weigh where the pack does not say.
pub(crate) const KEYWORD_WEIGHT: i32 = 600;
pub(crate) const PATTERN_WEIGHT: i32 = 1200;

/// The language of rules over concepts alone.
pub(crate) const SHARED: u8 = u8::MAX;

/// A rule that can be evidence: a pattern or a keyword of an intent.
#[derive(Debug)]
pub(crate) struct RuleInfo {
    pub(crate) name: Arc<str>,
    pub(crate) intent: u16,
    pub(crate) language: u8,
    pub(crate) weight: i32,
    /// The weight was written by hand: fitting leaves it alone.
    pub(crate) fixed: bool,
    /// What its fitted weight is found by.
    pub(crate) key: Key,
}

/// What the scan needs to know of a language.
#[derive(Debug)]
pub(crate) struct LanguageInfo {
    pub(crate) tag: Arc<str>,
    /// How far a negator reaches, in words.
    pub(crate) negation_window: u32,
    /// The share of each script in the language's words, in thousandths.
    pub(crate) scripts: BTreeMap<Script, u32>,
    /// The names of the rules of its emotion lexicons.
    pub(crate) moods: BTreeMap<Mood, Arc<str>>,
}

/// Everything compiled.
#[derive(Debug)]
pub(crate) struct Model {
    pub(crate) specs: Vec<IntentSpec>,
    pub(crate) none: usize,
    pub(crate) concepts: Vec<String>,
    pub(crate) concept_keys: Vec<ConceptKeys>,
    /// By language and concept: the atom that the language's patterns hear.
    pub(crate) own_atoms: Vec<Vec<Option<u32>>>,
    pub(crate) languages: Vec<LanguageInfo>,
    /// Letters with marks that are typical of languages, and the languages in that order.
    pub(crate) letters: (Option<AhoCorasick>, Vec<u8>),
    pub(crate) lexicon: Lexicon,
    pub(crate) nfa: Nfa,
    pub(crate) rules: Vec<RuleInfo>,
}

/// Compiles packs that have been read.
///
/// # Errors
/// Keywords that fold to nothing, stems that are too short.
pub(crate) fn compile(packs: &Packs, sources: &[Source<'_>]) -> Result<Model, PackErrors> {
    let mut diagnostics = Diagnostics::new(sources);
    let names = Names {
        concepts: (0u32..).zip(&packs.concepts).map(|(i, name)| (name.as_str(), i)).collect(),
        intents: (0u16..).zip(&packs.specs).map(|(i, spec)| (spec.id.as_str(), i)).collect(),
    };
    let languages = &packs.languages[..packs.languages.len().min(usize::from(SHARED))];
    let mut compiled = parallel::map(languages, |index, pack| {
        let mut found = Diagnostics::new(sources);
        let index = u8::try_from(index).unwrap_or(SHARED);
        (compile::language(&mut found, &names, index, pack), found)
    });
    let mut found = Diagnostics::new(sources);
    compiled.push((compile::shared(&mut found, &names, &packs.shared), found));
    let mut objects = Vec::with_capacity(compiled.len());
    for (object, found) in compiled {
        diagnostics.absorb(found);
        objects.push(object);
    }
    diagnostics.finish()?;
    Ok(link(packs, objects))
}

/// Puts languages together: numbers of atoms and rules move behind those of the languages
/// before, and all literals and all patterns become one automaton each.
fn link(packs: &Packs, objects: Vec<Object>) -> Model {
    let concepts = u32::try_from(packs.concepts.len()).unwrap_or(u32::MAX);
    let (mut lexicon, mut parts) = (LexiconBuilder::default(), Vec::new());
    let (mut rules, mut letters, mut own_atoms) = (Vec::new(), Vec::new(), Vec::new());
    let mut atoms = 0;
    for (index, object) in (0u8..).zip(objects) {
        let to = Moved { concepts, atoms, rules: u32::try_from(rules.len()).unwrap_or(u32::MAX) };
        lexicon.append(object.lexicon, &to);
        rules.extend(object.rules);
        letters.extend(object.letters.into_iter().map(|letters| (letters, index)));
        own_atoms.push(
            (0..concepts).map(|c| object.own.get(&c).map(|&atom| to.atom(atom))).collect(),
        );
        parts.push((object.nfa, to));
        atoms += object.atoms;
    }
    let nfa = Nfa::link(parts.into_iter());
    let languages: Vec<&Language> = packs.languages.iter().map(|pack| &pack.language).collect();
    let lexicon = lexicon.build(&languages);
    let none = packs.specs.iter().position(|spec| spec.id.as_str() == "none");
    Model {
        specs: packs.specs.clone(),
        none: none.unwrap_or(packs.specs.len()),
        concepts: packs.concepts.clone(),
        concept_keys: packs.concepts.iter().map(|name| ConceptKeys::new(name)).collect(),
        own_atoms,
        languages: packs.languages.iter().map(language_info).collect(),
        letters: (
            AhoCorasick::new(letters.iter().map(|(letters, _)| letters)).ok(),
            letters.iter().map(|(_, language)| *language).collect(),
        ),
        lexicon,
        nfa,
        rules,
    }
}

/// Where the numbers of one language begin among all.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Moved {
    concepts: u32,
    atoms: u32,
    rules: u32,
}

impl Moved {
    /// Concepts stay where they are.
    pub(crate) fn atom(&self, atom: u32) -> u32 {
        if atom < self.concepts { atom } else { atom + self.atoms }
    }

    pub(crate) fn rule(&self, rule: u32) -> u32 {
        rule + self.rules
    }
}

fn language_info(pack: &LanguagePack) -> LanguageInfo {
    let mut counts: BTreeMap<Script, u32> = BTreeMap::new();
    let words = pack.concepts.iter().flat_map(|concept| &concept.words).map(|(_, text)| text);
    for text in words.chain(&pack.language.function_words) {
        for c in text.text.chars() {
            *counts.entry(Script::of(c)).or_default() += 1;
        }
    }
    counts.retain(|&script, _| !matches!(script, Script::None | Script::Digit));
    let total: u32 = counts.values().sum::<u32>().max(1);
    let tag = &pack.language.tag;
    LanguageInfo {
        tag: tag.as_str().into(),
        negation_window: pack.language.negation_window,
        scripts: counts.into_iter().map(|(script, count)| (script, count * 1000 / total)).collect(),
        moods: Mood::ALL
            .iter()
            .map(|&(name, mood)| (mood, format!("{tag}/emotion/{name}").into()))
            .collect(),
    }
}
