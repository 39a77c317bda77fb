//! Packs, compiled: what the analyzer looks things up in.

use std::collections::BTreeMap;
use std::sync::Arc;

use aho_corasick::AhoCorasick;

use crate::analyzer::IntentSpec;
use crate::features::{self, ConceptKeys, Key, Kind};
use crate::fold::fold;
use crate::lexicon::{FoldsToNothing, Lexicon, LexiconBuilder, Role};
use crate::nfa::{Nfa, NfaBuilder, Pattern};
use crate::pack::concepts::Mode;
use crate::pack::diagnostics::{Diagnostics, Place};
use crate::pack::document::Text;
use crate::pack::intents::Entry;
use crate::pack::language::{Language, Mood};
use crate::pack::packs::{LanguagePack, Packs};
use crate::pack::pattern::Node;
use crate::pack::{PackErrors, Source};
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
    let concepts: BTreeMap<&str, u32> =
        (0u32..).zip(&packs.concepts).map(|(i, name)| (name.as_str(), i)).collect();
    let intents: BTreeMap<&str, u16> =
        (0u16..).zip(&packs.specs).map(|(i, spec)| (spec.id.as_str(), i)).collect();
    let mut compiler = Compiler {
        diagnostics: &mut diagnostics,
        words: u32::try_from(packs.concepts.len()).unwrap_or(0),
        atoms: BTreeMap::new(),
        own: BTreeMap::new(),
        concepts,
        intents,
        lexicon: LexiconBuilder::default(),
        patterns: Vec::new(),
        letters: Vec::new(),
        rules: Vec::new(),
    };
    for (index, pack) in (0u8..SHARED).zip(&packs.languages) {
        compiler.language(index, pack);
    }
    let neutral = Language::default();
    for entry in &packs.shared {
        compiler.rules_of(entry, SHARED, &neutral);
    }
    let Compiler { lexicon, patterns, letters, rules, own, .. } = compiler;
    diagnostics.finish()?;
    let languages: Vec<&Language> = packs.languages.iter().map(|pack| &pack.language).collect();
    // The two automata have nothing in common; building them is most of the start.
    let (lexicon, nfa) = std::thread::scope(|scope| {
        let nfa = scope.spawn(|| {
            let mut builder = NfaBuilder::default();
            patterns.iter().for_each(|pattern| builder.add(pattern));
            builder.build()
        });
        (
            lexicon.build(&languages),
            nfa.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)),
        )
    });
    Ok(Model {
        specs: packs.specs.clone(),
        none: packs
            .specs
            .iter()
            .position(|spec| spec.id.as_str() == "none")
            .unwrap_or(packs.specs.len()),
        concepts: packs.concepts.clone(),
        concept_keys: packs.concepts.iter().map(|name| ConceptKeys::new(name)).collect(),
        own_atoms: (0u8..)
            .zip(&packs.languages)
            .map(|(at, _)| {
                (0u32..).zip(&packs.concepts).map(|(c, _)| own.get(&(at, c)).copied()).collect()
            })
            .collect(),
        languages: packs.languages.iter().map(language_info).collect(),
        letters: (
            AhoCorasick::new(letters.iter().map(|(letters, _)| letters)).ok(),
            letters.iter().map(|(_, language)| *language).collect(),
        ),
        lexicon,
        nfa,
        rules,
    })
}

struct Compiler<'c, 's> {
    diagnostics: &'c mut Diagnostics<'s>,
    /// The next free atom; concepts come first.
    words: u32,
    atoms: BTreeMap<(u8, String), u32>,
    /// The atoms of concepts as one language's patterns hear them.
    own: BTreeMap<(u8, u32), u32>,
    concepts: BTreeMap<&'c str, u32>,
    intents: BTreeMap<&'c str, u16>,
    lexicon: LexiconBuilder,
    patterns: Vec<Pattern>,
    letters: Vec<(String, u8)>,
    rules: Vec<RuleInfo>,
}

impl Compiler<'_, '_> {
    fn language(&mut self, index: u8, pack: &LanguagePack) {
        let language = &pack.language;
        let lists = [
            (Role::Function, &language.function_words),
            (Role::Filler, &language.fillers),
            (Role::NegateBefore, &language.negators_before),
            (Role::NegateAfter, &language.negators_after),
            (Role::NegateException, &language.negation_exceptions),
            (Role::Breaker, &language.breakers),
            (Role::Contrast, &language.contrast),
        ];
        for (role, list) in lists {
            for text in list {
                self.add(text, index, language, Mode::Word, role);
            }
        }
        for text in &language.typical {
            // Letters that folding changes are looked for in what was typed.
            if fold(&text.text).text == text.text {
                self.add(text, index, language, Mode::Part, Role::Typical);
            } else {
                self.letters.push((text.text.to_lowercase(), index));
                self.letters.push((text.text.to_uppercase(), index));
            }
        }
        for (mood, text) in &language.moods {
            self.add(text, index, language, Mode::Word, Role::Mood(*mood));
        }
        for concept in &pack.concepts {
            let Some(&atom) = self.concepts.get(concept.name.as_str()) else { continue };
            for (mode, text) in &concept.words {
                self.check_stem(*mode, text);
                self.add(text, index, language, *mode, Role::Atom(atom));
            }
        }
        for entry in &pack.entries {
            self.rules_of(entry, index, language);
        }
    }

    fn rules_of(&mut self, entry: &Entry, index: u8, language: &Language) {
        let Some(&intent) = self.intents.get(entry.id.text.as_str()) else { return };
        let tag = if index == SHARED { "shared" } else { &language.tag };
        for keyword in &entry.keywords {
            let name = format!("{tag}/{}/\"{}\"", entry.id.text, keyword.text.text);
            let rule = self.rule(name, intent, index, keyword.weight, KEYWORD_WEIGHT);
            self.add(&keyword.text, index, language, Mode::Word, Role::Keyword(rule));
        }
        for rule in &entry.rules {
            let name = format!("{tag}/{}/{}", entry.id.text, rule.name);
            let index_of = self.rule(name, intent, index, rule.weight, PATTERN_WEIGHT);
            for node in &rule.patterns {
                self.pattern(node, index_of, index, language, rule.place);
            }
        }
    }

    fn rule(
        &mut self,
        name: String,
        intent: u16,
        language: u8,
        by_hand: Option<i32>,
        default: i32,
    ) -> u32 {
        let weight = by_hand.unwrap_or(default);
        let key = features::key(Kind::Rule, "", &name);
        self.rules.push(RuleInfo {
            name: name.into(),
            intent,
            language,
            weight,
            fixed: by_hand.is_some(),
            key,
        });
        u32::try_from(self.rules.len() - 1).unwrap_or(0)
    }

    fn pattern(&mut self, node: &Node, rule: u32, index: u8, language: &Language, place: Place) {
        let Self { diagnostics, words, atoms, own, concepts, lexicon, patterns, .. } = self;
        patterns.push(Pattern::new(node, rule, &mut |element| match element {
            Node::Concept(name) if index == SHARED => concepts.get(name.as_str()).copied(),
            // A language's patterns hear concepts in messages of that language only.
            Node::Concept(name) => {
                let concept = *concepts.get(name.as_str())?;
                let atom = own.entry((index, concept)).or_insert_with(|| {
                    *words += 1;
                    *words - 1
                });
                Some(*atom)
            }
            Node::Word(word) => {
                let key = (index, fold(word).text);
                if let Some(&atom) = atoms.get(&key) {
                    return Some(atom);
                }
                let atom = *words;
                match lexicon.add(word, index, language, Mode::Word, Role::Atom(atom)) {
                    Ok(()) => {
                        *words += 1;
                        atoms.insert(key, atom);
                        Some(atom)
                    }
                    // Punctuation in a pattern: between neighbours it may stand anyway.
                    Err(FoldsToNothing) => {
                        let message = format!("`{word}` in a pattern folds to nothing");
                        diagnostics.error(place, "empty-keyword", message, "leave it out");
                        None
                    }
                }
            }
            _ => None,
        }));
    }

    fn add(&mut self, text: &Text, index: u8, language: &Language, mode: Mode, role: Role) {
        if self.lexicon.add(&text.text, index, language, mode, role) == Err(FoldsToNothing) {
            let message = format!("the keyword `{}` folds to nothing", text.text);
            let help = "it holds only spaces, marks or invisible characters: take it out";
            self.diagnostics.error(text.place, "empty-keyword", message, help);
        }
    }

    /// A stem or part of one or two letters would stand in half of all words.
    fn check_stem(&mut self, mode: Mode, text: &Text) {
        let folded = fold(&text.text).text;
        let script = folded.chars().next().map_or(Script::None, Script::of);
        let least = match script {
            Script::Hangul => 2,
            script if script.is_unspaced() => 1,
            _ => 3,
        };
        if mode != Mode::Word && folded.chars().count() < least {
            let message = format!("`{}` is too short to stand inside words", text.text);
            self.diagnostics.error(
                text.place,
                "short-stem",
                message,
                format!("write {least} letters or more, or list it under words"),
            );
        }
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
