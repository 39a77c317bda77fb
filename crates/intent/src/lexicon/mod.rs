//! Every literal of every pack, and what each is good for.
//!
//! Literals that begin where words begin stand in a map that is walked from each such
//! place; it needs no building when the service starts. Those that begin anywhere (in
//! scripts without spaces, inside words) stand in aho-corasick automata.

mod anywhere;
mod boundary;
mod build;
mod slips;

use std::ops::Range;

use fst::raw::{CompiledAddr, Fst, Output};
use serde::{Deserialize, Serialize};

use anywhere::Anywhere;
pub(crate) use anywhere::{DENSE, automaton};
pub(crate) use boundary::Boundary;
pub(crate) use build::{FoldsToNothing, LexiconBuilder};
use slips::{Deletions, repairs_to};
pub(crate) use slips::{MIN_TYPO_LETTERS, one_edit};

use crate::pack::concepts::Mode;
use crate::pack::language::{Edge, Mood};
use crate::packed::{List, Packed};
use crate::segment::{ENDS, STARTS};

/// What a literal says when it stands in a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub(crate) enum Role {
    /// An element of patterns: a concept or a word.
    Atom(u32),
    /// A keyword of an intent: the index of its rule.
    Keyword(u32),
    Function,
    Typical,
    Filler,
    NegateBefore,
    NegateAfter,
    NegateException,
    Breaker,
    Contrast,
    Mood(Mood),
}

/// One use of a literal in one language.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Use {
    pub(crate) language: u8,
    pub(crate) mode: Mode,
    pub(crate) role: Role,
    /// Written with accents in the pack.
    pub(crate) accented: bool,
}

/// The literals of all packs: first those that begin where a word begins, then those that
/// may begin inside one, then those of scripts without spaces.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
pub(crate) struct Lexicon {
    /// One behind another.
    texts: String,
    literals: List<Literal>,
    first_inside: usize,
    first_unspaced: usize,
    uses: Vec<Use>,
    boundaries: Vec<Boundary>,
    /// What may stand before a literal in its word, in any language, sorted.
    prefixes: Vec<String>,
    deletions: Deletions,
    /// The map of the first kind, as bytes.
    words: List<u8>,
    #[serde(skip)]
    linked: Linked,
}

/// What is made of a lexicon when it was read.
#[derive(Debug, Default)]
struct Linked {
    inside: Anywhere,
    unspaced: Anywhere,
    /// By byte, what the map of words has for it at the root.
    words: Vec<Option<(Output, CompiledAddr)>>,
    /// By byte, the prefixes that begin with it.
    prefixes: Vec<Range<usize>>,
}

/// A literal; what it has begins where that of the one before it ends.
#[derive(Clone, Copy, Debug)]
struct Literal {
    /// Where its text ends.
    text: u32,
    /// Where its uses end.
    uses: u32,
    /// Whether any use may stand inside a run of letters: 0 or 1.
    inside: u8,
}

impl Packed for Literal {
    const BYTES: usize = 9;
    fn write(&self, out: &mut Vec<u8>) {
        ((self.text, self.uses), self.inside).write(out);
    }
    #[inline]
    fn read(bytes: &[u8]) -> Self {
        let ((text, uses), inside) = Packed::read(bytes);
        Self { text, uses, inside }
    }
}

/// A literal at a place of the folded text, before its boundaries are looked at.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Match {
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) literal: usize,
}

/// A use of a literal at a place of the folded text.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Hit {
    pub(crate) start: u32,
    pub(crate) end: u32,
    pub(crate) usage: Use,
    pub(crate) typo: bool,
}

impl Lexicon {
    fn may_be_inside(&self, usage: &Use) -> bool {
        let boundary = &self.boundaries[usize::from(usage.language)];
        usage.mode != Mode::Word
            || boundary.start == Edge::Any
            || boundary.end == Edge::Any
            || boundary.longest_prefix > 0
            || boundary.longest_suffix > 0
    }

    /// Makes ready what is not kept as bytes.
    pub(crate) fn link(&mut self) {
        let mut words = vec![None; 256];
        if let Ok(map) = Fst::new(self.words.as_ref()) {
            for edge in map.root().transitions() {
                words[usize::from(edge.inp)] = Some((edge.out, edge.addr));
            }
        }
        let until = |byte| self.prefixes.partition_point(|prefix| prefix.as_bytes()[0] < byte);
        let prefixes = (0..=u8::MAX).map(|byte| {
            let end = byte.checked_add(1).map_or(self.prefixes.len(), until);
            until(byte)..end
        });
        self.linked = Linked {
            inside: self.anywhere(self.first_inside..self.first_unspaced, DENSE),
            // Characters of three bytes: what follows two is most of the alphabet.
            unspaced: self.anywhere(self.first_unspaced..self.literals.len(), 3),
            words,
            prefixes: prefixes.collect(),
        };
    }

    /// Those of the literals that begin anywhere; `dense` as in [`automaton`].
    fn anywhere(&self, literals: Range<usize>, dense: usize) -> Anywhere {
        Anywhere::new(literals.clone().map(|at| self.text(at)), literals.start, dense)
    }

    /// The texts of all literals, in the order of their numbers.
    pub(crate) fn texts(&self) -> impl Iterator<Item = &str> {
        (0..self.literals.len()).map(|at| self.text(at))
    }

    fn text(&self, literal: usize) -> &str {
        let from = literal.checked_sub(1).map_or(0, |before| self.literals.at(before).text);
        self.texts.get(from as usize..self.literals.at(literal).text as usize).unwrap_or("")
    }

    fn uses(&self, literal: usize) -> &[Use] {
        let from = literal.checked_sub(1).map_or(0, |before| self.literals.at(before).uses);
        &self.uses[from as usize..self.literals.at(literal).uses as usize]
    }

    /// Calls `found` for every use whose boundaries hold, in the order of ends. The matches
    /// are room to work in.
    pub(crate) fn find(
        &self,
        text: &str,
        edges: &[u8],
        matches: &mut Vec<Match>,
        mut found: impl FnMut(Hit),
    ) {
        matches.clear();
        self.walk(text, edges, matches);
        let mut inside = self.linked.inside.find(text).peekable();
        let mut unspaced = self.linked.unspaced.find(text).peekable();
        let mut check = |hit: Match| self.check(hit, text, edges, &mut found);
        for &hit in &*matches {
            while let Some(before) = inside.next_if(|before| before.end <= hit.end) {
                check(before);
            }
            while let Some(before) = unspaced.next_if(|before| before.end <= hit.end) {
                check(before);
            }
            check(hit);
        }
        inside.for_each(&mut check);
        unspaced.for_each(check);
    }

    /// Calls `found` for the uses of a literal that may stand where it does.
    pub(crate) fn check(&self, hit: Match, text: &str, edges: &[u8], found: &mut impl FnMut(Hit)) {
        let Match { start, end, literal } = hit;
        let whole = edges[start] & STARTS != 0 && edges[end] & ENDS != 0;
        if !whole && self.literals.at(literal).inside == 0 {
            return;
        }
        // Uses are sorted by language and mode, and nothing else decides.
        let mut last = None;
        let mut holds = |usage: &Use| match last {
            Some((language, mode, holds)) if (language, mode) == (usage.language, usage.mode) => {
                holds
            }
            _ => {
                let holds = self.holds(usage, text, edges, start, end);
                last = Some((usage.language, usage.mode, holds));
                holds
            }
        };
        for usage in self.uses(literal) {
            if whole || holds(usage) {
                let (start, end) = (offset(start), offset(end));
                found(Hit { start, end, usage: *usage, typo: false });
            }
        }
    }

    /// The literals that begin with a word, or behind a prefix in one, in the order of ends.
    fn walk(&self, text: &str, edges: &[u8], matches: &mut Vec<Match>) {
        // Reads no more than the map's head and tail.
        let Ok(words) = Fst::new(self.words.as_ref()) else { return };
        let mut walk_from = |start: usize| {
            let first = self.linked.words[usize::from(text.as_bytes()[start])];
            if let Some((output, at)) = first {
                walk_from(&words, (output, at), text, start, matches);
            }
        };
        for (start, &first) in text.as_bytes().iter().enumerate() {
            if edges[start] & STARTS == 0 {
                continue;
            }
            walk_from(start);
            for prefix in &self.prefixes[self.linked.prefixes[usize::from(first)].clone()] {
                let behind = start + prefix.len();
                // Where another word begins before that, it is walked from there.
                let in_word = || edges[start + 1..=behind].iter().all(|edge| edge & STARTS == 0);
                if text[start..].starts_with(prefix.as_str()) && behind < text.len() && in_word() {
                    walk_from(behind);
                }
            }
        }
    }

    /// Whether a use that is not a whole word may stand where it does.
    fn holds(&self, usage: &Use, text: &str, edges: &[u8], start: usize, end: usize) -> bool {
        let boundary = &self.boundaries[usize::from(usage.language)];
        // Particles attach to letters of a language's own script: "as" of a Korean pack is
        // not in "asdf", and in "as는" the script changes anyway.
        let any = |edge: Edge, at: usize| edge == Edge::Any && !text.as_bytes()[at].is_ascii();
        let attaches = |longest: usize| {
            longest > 0
                && text
                    .get(start..end)
                    .is_some_and(|word| word.chars().count() >= boundary.shortest)
        };
        let starts = edges[start] & STARTS != 0
            || usage.mode == Mode::Part
            || any(boundary.start, start)
            || (attaches(boundary.longest_prefix) && boundary.prefixed(text, edges, start));
        starts
            && (edges[end] & ENDS != 0
                || usage.mode != Mode::Word
                || any(boundary.end, end - 1)
                || (attaches(boundary.longest_suffix) && boundary.suffixed(text, edges, end)))
    }

    /// Calls `found` for the words (of one language, or of any) that are one edit away from this
    /// one.
    pub(crate) fn near<'a>(
        &'a self,
        word: &str,
        language: Option<u8>,
        mut found: impl FnMut(&'a str),
    ) {
        self.each_near(word, language, |literal| found(self.text(literal)));
    }

    /// Calls `found` for the uses (in one language, or in any) of the words that are one edit away
    /// from this one. The caller has made sure that it is not known itself.
    pub(crate) fn find_typo(
        &self,
        word: &str,
        at: usize,
        language: Option<u8>,
        mut found: impl FnMut(Hit),
    ) {
        let (start, end) = (offset(at), offset(at + word.len()));
        self.each_near(word, language, |literal| {
            for usage in self.uses(literal).iter().filter(|usage| counts(usage, language)) {
                found(Hit { start, end, usage: *usage, typo: true });
            }
        });
    }

    fn each_near(&self, word: &str, language: Option<u8>, mut found: impl FnMut(usize)) {
        let mut seen: Option<u32> = None;
        self.deletions.near(word, |literal| {
            if seen == Some(literal) {
                return;
            }
            let at = literal as usize;
            if self.uses(at).iter().any(|usage| counts(usage, language))
                && one_edit(word, self.text(at))
            {
                seen = Some(literal);
                found(at);
            }
        });
    }
}

/// Whether slips are looked for in a use, in one language or in any.
fn counts(usage: &Use, language: Option<u8>) -> bool {
    language.is_none_or(|language| usage.language == language) && repairs_to(usage)
}

fn offset(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

/// Adds the literals that begin at a place, from where its first byte leads on. Places come
/// in order, and literals that end behind later ones are few: each is put where its end
/// belongs.
fn walk_from(
    words: &Fst<&[u8]>,
    (mut output, first): (Output, CompiledAddr),
    text: &str,
    start: usize,
    matches: &mut Vec<Match>,
) {
    let mut node = words.node(first);
    for end in start + 1.. {
        if node.is_final() {
            let literal = output.cat(node.final_output()).value() as usize;
            let hit = Match { start, end, literal };
            let place = matches.iter().rposition(|m| m.end <= hit.end).map_or(0, |p| p + 1);
            matches.insert(place, hit);
        }
        let Some(&byte) = text.as_bytes().get(end) else { return };
        let Some(edge) = node.find_input(byte) else { return };
        let transition = node.transition(edge);
        output = output.cat(transition.out);
        node = words.node(transition.addr);
    }
}
