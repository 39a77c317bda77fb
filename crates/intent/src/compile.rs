//! One language compiled by itself; [`crate::model`] links the languages together.
//!
//! Atoms (elements of patterns) and rules are numbered from zero in each language, after
//! the concepts, which all languages share; linking moves them to where they end up.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use crate::analyzer::IntentSpec;
use crate::features::{self, Kind};
use crate::fold::fold;
use crate::lexicon::{Boundary, FoldsToNothing, LexiconBuilder, Role};
use crate::model::{KEYWORD_WEIGHT, PATTERN_WEIGHT, RuleInfo, SHARED};
use crate::nfa::{NfaBuilder, Part, Pattern};
use crate::pack::concepts::Mode;
use crate::pack::diagnostics::{Diagnostics, Place};
use crate::pack::document::Text;
use crate::pack::intents::Entry;
use crate::pack::language::Language;
use crate::pack::packs::{LanguagePack, Packs};
use crate::pack::pattern::Node;
use crate::segment::Script;

/// What all languages refer to: the intents and the names of concepts.
#[derive(Debug)]
pub(crate) struct Contracts {
    pub(crate) specs: Vec<IntentSpec>,
    pub(crate) concepts: Vec<String>,
}

/// The names that languages refer to, by index.
#[derive(Debug)]
pub(crate) struct Names<'n> {
    concepts: BTreeMap<&'n str, u32>,
    intents: BTreeMap<&'n str, u16>,
}

impl<'n> Names<'n> {
    pub(crate) fn new(packs: &'n Packs) -> Self {
        Self {
            concepts: (0u32..).zip(&packs.concepts).map(|(i, name)| (name.as_str(), i)).collect(),
            intents: (0u16..).zip(&packs.specs).map(|(i, spec)| (spec.id.as_str(), i)).collect(),
        }
    }
}

/// One language, compiled.
#[derive(Debug, Default)]
pub(crate) struct Object {
    pub(crate) boundary: Boundary,
    pub(crate) lexicon: LexiconBuilder,
    pub(crate) nfa: Part,
    pub(crate) rules: Vec<RuleInfo>,
    /// Letters with marks that are typical of the language.
    pub(crate) letters: Vec<String>,
    /// The atom of a concept as the language's own patterns hear it.
    pub(crate) own: BTreeMap<u32, u32>,
    /// How many atoms the language has beside the concepts.
    pub(crate) atoms: u32,
}

/// Compiles a language; what is wrong with it goes to the diagnostics.
pub(crate) fn language(
    diagnostics: &mut Diagnostics<'_>,
    names: &Names<'_>,
    index: u8,
    pack: &LanguagePack,
) -> Object {
    let mut compiler = Compiler::new(diagnostics, names, index, &pack.language);
    compiler.grammar();
    for concept in &pack.concepts {
        let Some(&atom) = names.concepts.get(concept.name.as_str()) else { continue };
        for (mode, text) in &concept.words {
            compiler.check_stem(*mode, text);
            compiler.add(text, *mode, Role::Atom(atom));
        }
    }
    pack.entries.iter().for_each(|entry| compiler.rules_of(entry));
    compiler.finish()
}

/// Compiles the patterns over concepts alone.
pub(crate) fn shared(
    diagnostics: &mut Diagnostics<'_>,
    names: &Names<'_>,
    entries: &[Entry],
) -> Object {
    let neutral = Language { tag: "shared".to_owned(), ..Language::default() };
    let mut compiler = Compiler::new(diagnostics, names, SHARED, &neutral);
    entries.iter().for_each(|entry| compiler.rules_of(entry));
    compiler.finish()
}

struct Compiler<'c, 's> {
    diagnostics: &'c mut Diagnostics<'s>,
    names: &'c Names<'c>,
    index: u8,
    language: &'c Language,
    /// The atoms of pattern words, as written and as folded: most come again and again.
    written: FxHashMap<String, Option<u32>>,
    folded: FxHashMap<String, u32>,
    patterns: NfaBuilder,
    object: Object,
}

impl<'c, 's> Compiler<'c, 's> {
    fn new(
        diagnostics: &'c mut Diagnostics<'s>,
        names: &'c Names<'c>,
        index: u8,
        language: &'c Language,
    ) -> Self {
        Self {
            diagnostics,
            names,
            index,
            language,
            written: FxHashMap::default(),
            folded: FxHashMap::default(),
            patterns: NfaBuilder::default(),
            object: Object::default(),
        }
    }

    fn finish(mut self) -> Object {
        self.object.boundary = Boundary::new(self.language);
        self.object.lexicon.sort();
        self.object.nfa = self.patterns.build();
        self.object
    }

    /// What tells the language and holds its sentences together.
    fn grammar(&mut self) {
        let language = self.language;
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
            list.iter().for_each(|text| self.add(text, Mode::Word, role));
        }
        for text in &language.typical {
            // Letters that folding changes are looked for in what was typed.
            if fold(&text.text).text == text.text {
                self.add(text, Mode::Part, Role::Typical);
            } else {
                self.object.letters.push(text.text.to_lowercase());
                self.object.letters.push(text.text.to_uppercase());
            }
        }
        for (mood, text) in &language.moods {
            self.add(text, Mode::Word, Role::Mood(*mood));
        }
    }

    fn rules_of(&mut self, entry: &Entry) {
        let Some(&intent) = self.names.intents.get(entry.id.text.as_str()) else { return };
        let tag = &self.language.tag;
        for keyword in &entry.keywords {
            let name = format!("{tag}/{}/\"{}\"", entry.id.text, keyword.text.text);
            let rule = self.rule(name, intent, keyword.weight, KEYWORD_WEIGHT);
            self.add(&keyword.text, Mode::Word, Role::Keyword(rule));
        }
        for rule in &entry.rules {
            let name = format!("{tag}/{}/{}", entry.id.text, rule.name);
            let index = self.rule(name, intent, rule.weight, PATTERN_WEIGHT);
            for node in &rule.patterns {
                let pattern =
                    Pattern::new(node, index, &mut |element| self.atom(element, rule.place));
                self.patterns.add(&pattern);
            }
        }
    }

    fn rule(&mut self, name: String, intent: u16, by_hand: Option<i32>, default: i32) -> u32 {
        let rules = &mut self.object.rules;
        let key = features::key(Kind::Rule, "", &name);
        rules.push(RuleInfo {
            name: name.into(),
            intent,
            language: self.index,
            weight: by_hand.unwrap_or(default),
            fixed: by_hand.is_some(),
            key,
        });
        u32::try_from(rules.len() - 1).unwrap_or(0)
    }

    /// The atom of an element of a pattern.
    fn atom(&mut self, element: &Node, place: Place) -> Option<u32> {
        match element {
            Node::Concept(name) => {
                let concept = *self.names.concepts.get(name.as_str())?;
                if self.index == SHARED {
                    return Some(concept);
                }
                // A language's patterns hear concepts in messages of that language only.
                if let Some(&atom) = self.object.own.get(&concept) {
                    return Some(atom);
                }
                let atom = self.new_atom();
                self.object.own.insert(concept, atom);
                Some(atom)
            }
            Node::Word(word) => {
                if let Some(&atom) = self.written.get(word) {
                    return atom;
                }
                let atom = self.word(word, place);
                self.written.insert(word.clone(), atom);
                atom
            }
            _ => None,
        }
    }

    fn word(&mut self, word: &str, place: Place) -> Option<u32> {
        let folded = fold(word).text;
        if let Some(&atom) = self.folded.get(&folded) {
            return Some(atom);
        }
        let atom = self.new_atom();
        let (index, language) = (self.index, self.language);
        match self.object.lexicon.add(word, index, language, Mode::Word, Role::Atom(atom)) {
            Ok(()) => {
                self.folded.insert(folded, atom);
                Some(atom)
            }
            // Punctuation in a pattern: between neighbours it may stand anyway.
            Err(FoldsToNothing) => {
                let message = format!("`{word}` in a pattern folds to nothing");
                self.diagnostics.error(place, "empty-keyword", message, "leave it out");
                None
            }
        }
    }

    fn new_atom(&mut self) -> u32 {
        let concepts = u32::try_from(self.names.concepts.len()).unwrap_or(u32::MAX);
        self.object.atoms += 1;
        concepts.saturating_add(self.object.atoms - 1)
    }

    fn add(&mut self, text: &Text, mode: Mode, role: Role) {
        let (index, language) = (self.index, self.language);
        if self.object.lexicon.add(&text.text, index, language, mode, role) == Err(FoldsToNothing) {
            let message = format!("the keyword `{}` folds to nothing", text.text);
            let help = "it holds only spaces, marks or invisible characters: take it out";
            self.diagnostics.error(text.place, "empty-keyword", message, help);
        }
    }

    /// A stem or part of one or two letters would stand in half of all words.
    fn check_stem(&mut self, mode: Mode, text: &Text) {
        if mode == Mode::Word {
            return;
        }
        let folded = fold(&text.text).text;
        let script = folded.chars().next().map_or(Script::None, Script::of);
        let least = match script {
            Script::Hangul => 2,
            script if script.is_unspaced() => 1,
            _ => 3,
        };
        if folded.chars().count() < least {
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
