//! What the fitted weights look at: words and pieces of words of the message's own
//! language, and concepts, which all languages share. The same function serves the
//! learner and the analyzer.

use serde::{Deserialize, Serialize};

use crate::model::Model;
use crate::scan::Scan;
use crate::segment::Script;

mod words;

/// What kind of thing a feature is. The letter stands in `weights.lock`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Kind {
    /// A whole word of a language.
    Word,
    /// Two neighbouring words.
    Pair,
    /// A piece of a word; characters in a row in unspaced scripts.
    Piece,
    /// Letters in a row anywhere in a word, its edges counted among them.
    Letters,
    /// A concept that is present.
    Concept,
    /// A concept that is denied.
    Denied,
    /// Two concepts in this order.
    Concepts,
    /// The outer form: length, question mark, digits.
    Shape,
    /// A hand-written rule whose weight the pack leaves open.
    Rule,
}

impl Kind {
    pub(crate) const ALL: [Self; 9] = [
        Self::Word,
        Self::Pair,
        Self::Piece,
        Self::Letters,
        Self::Concept,
        Self::Denied,
        Self::Concepts,
        Self::Shape,
        Self::Rule,
    ];

    pub(crate) fn letter(self) -> char {
        match self {
            Self::Word => 'w',
            Self::Pair => 'b',
            Self::Piece => 'p',
            Self::Letters => 'l',
            Self::Concept => 'c',
            Self::Denied => 'n',
            Self::Concepts => 'o',
            Self::Shape => 's',
            Self::Rule => 'r',
        }
    }

    /// Whether the feature belongs to one language.
    pub(crate) fn is_lexical(self) -> bool {
        matches!(self, Self::Word | Self::Pair | Self::Piece | Self::Letters)
    }
}

/// The key of a feature: a hash of kind, language and text. Stable across machines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub(crate) struct Key(pub(crate) u64);

/// Hashes features of one kind and language.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Hasher(u64);

impl Hasher {
    pub(crate) fn new(kind: Kind, language: &str) -> Self {
        let start = Self(0xcbf2_9ce4_8422_2325).add(&[kind.letter() as u8]);
        if kind.is_lexical() { start.add(language.as_bytes()).add(b"/") } else { start }
    }

    pub(crate) fn add(self, bytes: &[u8]) -> Self {
        let mut hash = self.0;
        for &byte in bytes {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
        Self(hash)
    }

    pub(crate) fn key(self) -> Key {
        // FNV's low bits are weak; the table takes them.
        Key(self.0 ^ (self.0 >> 29))
    }
}

/// The key of a feature by name, as `weights.lock` has it.
pub(crate) fn key(kind: Kind, language: &str, text: &str) -> Key {
    match text.split_once('>') {
        Some((first, second)) if kind == Kind::Concepts => {
            pair(concept_key(first), concept_key(second))
        }
        _ => Hasher::new(kind, language).add(text.as_bytes()).key(),
    }
}

/// The part of a concept in the key of a pair.
fn concept_key(name: &str) -> u64 {
    Hasher::new(Kind::Concepts, "").add(name.as_bytes()).0
}

/// The key of two concepts in this order.
fn pair(first: u64, second: u64) -> Key {
    let mixed = (first.rotate_left(23) ^ second).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    Key(mixed ^ (mixed >> 29))
}

/// What a feature is made of, from which its name is written when somebody asks.
#[derive(Clone, Copy, Debug)]
pub(crate) enum What {
    Word,
    /// The end of the first word and the start of the second.
    Pair(u32, u32),
    /// Whether it begins and ends a word.
    Piece(bool, bool),
    Letters(bool, bool),
    Concept(u32),
    Denied(u32),
    Concepts(u32, u32),
    Shape(&'static str),
    Rule(u32),
}

/// A feature of a message and where it stands in the folded text.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Found {
    pub(crate) what: What,
    pub(crate) key: Key,
    pub(crate) start: u32,
    pub(crate) end: u32,
}

impl Found {
    pub(crate) fn kind(&self) -> Kind {
        match self.what {
            What::Word => Kind::Word,
            What::Pair(..) => Kind::Pair,
            What::Piece(..) => Kind::Piece,
            What::Letters(..) => Kind::Letters,
            What::Concept(_) => Kind::Concept,
            What::Denied(_) => Kind::Denied,
            What::Concepts(..) => Kind::Concepts,
            What::Shape(_) => Kind::Shape,
            What::Rule(_) => Kind::Rule,
        }
    }

    /// The text that [`key`] makes this feature's key from.
    pub(crate) fn name(&self, scan: &Scan, model: &Model) -> String {
        let mut name = String::new();
        self.write_name(&mut name, scan, model);
        name
    }

    /// Writes [`Found::name`] behind what is there.
    pub(crate) fn write_name(&self, name: &mut String, scan: &Scan, model: &Model) {
        let slice = |from: u32, to: u32| {
            scan.folded.text.get(from as usize..to as usize).unwrap_or_default()
        };
        let concept = |at: u32| model.concepts.get(at as usize).map_or("", String::as_str);
        let parts = match self.what {
            What::Word => ["", slice(self.start, self.end), ""],
            What::Pair(first_end, second_start) => {
                [slice(self.start, first_end), " ", slice(second_start, self.end)]
            }
            What::Piece(begins, ends) | What::Letters(begins, ends) => {
                let (begin, end) = (if begins { "^" } else { "" }, if ends { "$" } else { "" });
                [begin, slice(self.start, self.end), end]
            }
            What::Concept(at) | What::Denied(at) => ["", concept(at), ""],
            What::Concepts(a, b) => [concept(a), ">", concept(b)],
            What::Shape(name) => ["", name, ""],
            What::Rule(rule) => ["", model.rules.get(rule as usize).map_or("", |r| &*r.name), ""],
        };
        parts.into_iter().for_each(|part| name.push_str(part));
    }
}

/// How closely words are looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Within {
    /// At how they begin.
    #[default]
    Beginnings,
    /// At all letters in a row, of numbers too: several times as many features, for packs
    /// whose few samples have most words once.
    Everywhere,
}

/// Calls `each` for every feature of a scanned message.
pub(crate) fn extract(scan: &Scan, model: &Model, within: Within, mut each: impl FnMut(Found)) {
    if let Some(top) = scan.votes.top() {
        words::features(scan, &model.languages[usize::from(top)].tag, within, &mut each);
    }
    concepts(scan, model, &mut each);
    shape(scan, &mut each);
    rules(scan, model, &mut each);
}

fn rules(scan: &Scan, model: &Model, each: &mut impl FnMut(Found)) {
    let patterns = scan.patterns.iter().map(|p| (p.rule, p.start, p.end));
    let keywords = scan.keywords.iter().map(|k| (k.rule, k.start, k.end));
    for (rule, start, end) in patterns.chain(keywords) {
        let info = &model.rules[rule as usize];
        if !info.fixed && !scan.denied(start, end) {
            each(Found { what: What::Rule(rule), key: info.key, start, end });
        }
    }
}

/// How many concepts after one are paired with it, and how many are looked at.
const PAIRED: usize = 6;
const MAX_CONCEPTS: usize = 48;

/// The keys of one concept.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) struct ConceptKeys {
    present: Key,
    denied: Key,
    pair: u64,
}

impl ConceptKeys {
    pub(crate) fn new(name: &str) -> Self {
        Self {
            present: key(Kind::Concept, "", name),
            denied: key(Kind::Denied, "", name),
            pair: concept_key(name),
        }
    }
}

fn concepts(scan: &Scan, model: &Model, each: &mut impl FnMut(Found)) {
    let count = model.concepts.len() as u32;
    let mut seen = [(0u32, 0u32, 0u32); MAX_CONCEPTS];
    let mut length = 0;
    // Where those that begin here begin, and how far they reach; how far those before do.
    let (mut start, mut here, mut before) = (u32::MAX, 0, 0);
    for (at, hit) in scan.atoms.iter().enumerate().filter(|(_, hit)| hit.atom < count) {
        if hit.start != start {
            let beside = scan.atoms[at..].iter().take_while(|other| other.start == hit.start);
            before = here.max(before);
            here = beside.filter(|a| a.atom < count).map(|a| a.end).max().unwrap_or(0);
            start = hit.start;
        }
        let inside_longer = hit.end < here || hit.end <= before;
        if inside_longer || seen[..length].iter().any(|&(atom, ..)| atom == hit.atom) {
            continue;
        }
        let keys = &model.concept_keys[hit.atom as usize];
        let (start, end) = (hit.start, hit.end);
        let found = if scan.denied(start, end) {
            Found { what: What::Denied(hit.atom), key: keys.denied, start, end }
        } else {
            Found { what: What::Concept(hit.atom), key: keys.present, start, end }
        };
        each(found);
        seen[length] = (hit.atom, start, end);
        length += 1;
        if length == MAX_CONCEPTS {
            break;
        }
    }
    let seen = &seen[..length];
    for (at, &(atom, start, end)) in seen.iter().enumerate() {
        let first = model.concept_keys[atom as usize].pair;
        for &(other, other_start, other_end) in seen[at + 1..].iter().take(PAIRED) {
            if other_start >= end {
                let key = pair(first, model.concept_keys[other as usize].pair);
                each(Found { what: What::Concepts(atom, other), key, start, end: other_end });
            }
        }
    }
}

fn shape(scan: &Scan, each: &mut impl FnMut(Found)) {
    let text = &scan.folded.text;
    let hash = Hasher::new(Kind::Shape, "");
    let words: usize = scan
        .segments
        .words
        .iter()
        .map(|w| if w.script.is_unspaced() { 1 + (w.end - w.start) / 6 } else { 1 })
        .sum();
    let length = match words {
        0 => "length 0",
        1 => "length 1",
        2 => "length 2",
        3..=5 => "length 3",
        6..=12 => "length 6",
        13..=30 => "length 13",
        _ => "length 31",
    };
    let end = text.len() as u32;
    let mut emit = |name: &'static str| {
        each(Found { what: What::Shape(name), key: hash.add(name.as_bytes()).key(), start: 0, end })
    };
    emit(length);
    if text.contains('?') {
        emit("question");
    }
    if scan.segments.words.iter().any(|w| w.script == Script::Digit) {
        emit("digits");
    }
    if scan.atoms.is_empty() && scan.keywords.is_empty() {
        emit("nothing known");
    }
}
