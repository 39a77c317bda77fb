//! Packs, compiled: what the analyzer looks things up in.

use std::collections::BTreeMap;
use std::sync::Arc;

use aho_corasick::AhoCorasick;
use serde::{Deserialize, Serialize};

use crate::analyzer::IntentSpec;
use crate::compile::{Contracts, Object};
use crate::emotion;
use crate::features::{ConceptKeys, Hasher, Key, Kind};
use crate::lexicon::{Lexicon, LexiconBuilder};
use crate::nfa::Nfa;
use crate::pack::language::Mood;
use crate::pack::packs::LanguagePack;
use crate::segment::Script;

/// What a keyword and a pattern weigh where the pack does not say.
pub(crate) const KEYWORD_WEIGHT: i32 = 600;
pub(crate) const PATTERN_WEIGHT: i32 = 1200;

/// The language of rules over concepts alone.
pub(crate) const SHARED: u8 = u8::MAX;

/// A rule that can be evidence: a pattern or a keyword of an intent.
#[derive(Debug, Serialize, Deserialize)]
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
#[derive(Debug, Serialize, Deserialize)]
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
#[derive(Debug, Serialize, Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
pub(crate) struct Model {
    pub(crate) specs: Vec<IntentSpec>,
    pub(crate) none: usize,
    pub(crate) concepts: Vec<String>,
    pub(crate) concept_keys: Vec<ConceptKeys>,
    /// By concept, what it says of anger.
    pub(crate) pressures: Vec<Option<u8>>,
    /// By language and concept: the atom that the language's patterns hear.
    pub(crate) own_atoms: Vec<Vec<Option<u32>>>,
    pub(crate) languages: Vec<LanguageInfo>,
    #[serde(skip)]
    pub(crate) tongues: Tongues,
    pub(crate) letters: Letters,
    pub(crate) lexicon: Lexicon,
    pub(crate) nfa: Nfa,
    pub(crate) rules: Vec<RuleInfo>,
}

/// Letters with marks that are typical of languages, each with the language.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Letters {
    letters: Vec<(String, u8)>,
    #[serde(skip)]
    automaton: Option<AhoCorasick>,
}

impl Letters {
    fn new(letters: Vec<(String, u8)>) -> Self {
        let mut all = Self { letters, automaton: None };
        all.link();
        all
    }

    fn link(&mut self) {
        self.automaton = AhoCorasick::new(self.letters.iter().map(|(letters, _)| letters)).ok();
    }

    /// The languages of what stands in a text, one for each place.
    pub(crate) fn find(&self, text: &str) -> impl Iterator<Item = u8> {
        let hits = self.automaton.iter().flat_map(move |a| a.find_overlapping_iter(text));
        hits.map(|hit| self.letters[hit.pattern().as_usize()].1)
    }
}

/// What is known of languages, as it is looked up for each word of a message.
#[derive(Debug, Default)]
pub(crate) struct Tongues {
    /// By script, the languages written in it and its share in thousandths.
    pub(crate) shares: [Vec<(u8, u32)>; Script::COUNT],
    /// By language, the script it is written in most.
    pub(crate) main: Vec<Option<Script>>,
    /// By language, where the keys of its words begin.
    pub(crate) words: Vec<Hasher>,
}

impl Tongues {
    fn new(languages: &[LanguageInfo]) -> Self {
        let mut shares: [Vec<(u8, u32)>; Script::COUNT] = Default::default();
        for (at, language) in (0u8..).zip(languages) {
            for (&script, &share) in language.scripts.iter().filter(|(_, share)| **share > 0) {
                shares[script as usize].push((at, share));
            }
        }
        let main = |language: &LanguageInfo| {
            let most = language.scripts.iter().max_by_key(|(_, share)| **share);
            most.map(|(script, _)| *script)
        };
        Self {
            shares,
            main: languages.iter().map(main).collect(),
            words: languages.iter().map(|l| Hasher::new(Kind::Word, &l.tag)).collect(),
        }
    }
}

impl Model {
    /// Makes ready what is not kept as bytes.
    pub(crate) fn link(&mut self) {
        self.tongues = Tongues::new(&self.languages);
        self.letters.link();
        self.lexicon.link();
    }
}

/// Puts languages together: numbers of atoms and rules move behind those of the languages
/// before, and all literals and all patterns become one automaton each.
pub(crate) fn link(
    names: Contracts,
    languages: Vec<(LanguageInfo, Object)>,
    shared: Object,
) -> Model {
    let Contracts { specs, concepts } = names;
    let count = u32::try_from(concepts.len()).unwrap_or(u32::MAX);
    let (mut lexicon, mut boundaries, mut parts) =
        (LexiconBuilder::default(), Vec::new(), Vec::new());
    let (mut rules, mut letters, mut own_atoms) = (Vec::new(), Vec::new(), Vec::new());
    let mut atoms = 0;
    let (infos, objects): (Vec<_>, Vec<_>) = languages.into_iter().unzip();
    for (index, object) in (0u8..).zip(objects.into_iter().chain([shared])) {
        let rules_before = u32::try_from(rules.len()).unwrap_or(u32::MAX);
        let to = Moved { concepts: count, atoms, rules: rules_before };
        lexicon.append(object.lexicon, &to);
        boundaries.push(object.boundary);
        rules.extend(object.rules);
        letters.extend(object.letters.into_iter().map(|letters| (letters, index)));
        own_atoms.push((0..count).map(|c| object.own.get(&c).map(|&atom| to.atom(atom))).collect());
        parts.push((object.nfa, to));
        atoms += object.atoms;
    }
    let none = specs.iter().position(|spec| spec.id.as_str() == "none");
    Model {
        none: none.unwrap_or(specs.len()),
        specs,
        concept_keys: concepts.iter().map(|name| ConceptKeys::new(name)).collect(),
        pressures: emotion::pressures(&concepts),
        concepts,
        own_atoms,
        tongues: Tongues::new(&infos),
        languages: infos,
        letters: Letters::new(letters),
        lexicon: lexicon.build(boundaries),
        nfa: Nfa::link(parts.into_iter()),
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

impl LanguageInfo {
    pub(crate) fn new(pack: &LanguagePack) -> Self {
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
        Self {
            tag: tag.as_str().into(),
            negation_window: pack.language.negation_window,
            scripts: counts
                .into_iter()
                .map(|(script, count)| (script, count * 1000 / total))
                .collect(),
            moods: Mood::ALL
                .iter()
                .map(|&(name, mood)| (mood, format!("{tag}/emotion/{name}").into()))
                .collect(),
        }
    }
}
