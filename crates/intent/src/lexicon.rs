//! Every literal of every pack in one automaton, and what each is good for.

use aho_corasick::{AhoCorasick, AhoCorasickBuilder, AhoCorasickKind, MatchKind};
use rustc_hash::FxHashSet;
use serde::{Deserialize, Serialize};

use crate::fold::fold;
use crate::model::Moved;
use crate::pack::concepts::Mode;
use crate::pack::language::{Edge, Language, Mood};
use crate::parallel;
use crate::segment::{ENDS, STARTS, Script};

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

/// The boundary policy of a language, ready for use.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Boundary {
    start: Edge,
    end: Edge,
    prefixes: FxHashSet<String>,
    suffixes: FxHashSet<String>,
    longest_prefix: usize,
    longest_suffix: usize,
}

/// The literals of all packs.
#[derive(Debug)]
pub(crate) struct Lexicon {
    /// Literals of ASCII alone, and all others: built side by side they take a third of
    /// the time, and a message in ASCII needs the first alone.
    plain: Option<AhoCorasick>,
    other: Option<AhoCorasick>,
    /// The first literal of `other`.
    first_other: usize,
    literals: Vec<Literal>,
    uses: Vec<Use>,
    boundaries: Vec<Boundary>,
    deletions: Deletions,
}

/// Single words of five letters or more by the hash of every way to leave one letter out.
#[derive(Debug, Default)]
struct Deletions {
    /// Sorted by hash.
    words: Vec<(u32, u32)>,
    /// One bit a hash: most words that are looked up are not here.
    present: Vec<u64>,
}

impl Deletions {
    fn of(literals: &[Literal], uses: &[Use]) -> Self {
        let mut words = Vec::new();
        for (index, literal) in (0u32..).zip(literals) {
            let uses = &uses[literal.uses.start as usize..literal.uses.end as usize];
            if has_typos(&literal.text, uses) {
                each_deletion(&literal.text, |hash| words.push((hash, index)));
            }
        }
        words.sort_unstable();
        words.dedup();
        let mut present = vec![0; ((words.len() * 10).next_power_of_two() / 64).max(1)];
        for &(hash, _) in &words {
            let at = hash as usize & (present.len() * 64 - 1);
            present[at / 64] |= 1 << (at % 64);
        }
        Self { words, present }
    }

    fn get(&self, hash: u32) -> &[(u32, u32)] {
        let at = hash as usize & (self.present.len() * 64).wrapping_sub(1);
        if self.present.get(at / 64).is_none_or(|bits| bits & (1 << (at % 64)) == 0) {
            return &[];
        }
        let from = self.words.partition_point(|&(h, _)| h < hash);
        let to = from + self.words[from..].iter().take_while(|&&(h, _)| h == hash).count();
        &self.words[from..to]
    }
}

#[derive(Debug)]
struct Literal {
    text: Box<str>,
    uses: std::ops::Range<u32>,
    /// Whether any use may stand inside a run of letters.
    inside: bool,
}

/// A use of a literal at a place of the folded text.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Hit {
    pub(crate) start: u32,
    pub(crate) end: u32,
    pub(crate) usage: Use,
    pub(crate) typo: bool,
}

/// Gathers literals before the automaton is built.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct LexiconBuilder {
    literals: Vec<(String, Use)>,
}

/// A keyword that folds to nothing: it consists of what folding takes away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct FoldsToNothing;

impl LexiconBuilder {
    /// Adds a literal in all the spellings that its language has for it.
    pub(crate) fn add(
        &mut self,
        text: &str,
        language: u8,
        pack: &Language,
        mode: Mode,
        role: Role,
    ) -> Result<(), FoldsToNothing> {
        let folded = fold(text).text;
        if folded.trim().is_empty() {
            return Err(FoldsToNothing);
        }
        let accented = !text.is_ascii()
            && folded.is_ascii()
            && folded.bytes().any(|b| b.is_ascii_alphabetic());
        let usage = Use { language, mode, role, accented };
        for spelling in spellings(text, &folded, pack) {
            self.literals.push((spelling, usage));
        }
        Ok(())
    }

    /// Sorts what is there; languages do it side by side, before they are put together.
    pub(crate) fn sort(&mut self) {
        self.literals.sort_unstable();
        self.literals.dedup();
    }

    /// Adds the literals of a language that was compiled by itself.
    pub(crate) fn append(&mut self, other: Self, to: &Moved) {
        self.literals.extend(other.literals.into_iter().map(|(text, usage)| {
            let role = match usage.role {
                Role::Atom(atom) => Role::Atom(to.atom(atom)),
                Role::Keyword(rule) => Role::Keyword(to.rule(rule)),
                role => role,
            };
            (text, Use { role, ..usage })
        }));
    }

    pub(crate) fn build(mut self, boundaries: Vec<Boundary>) -> Lexicon {
        // Stable, since that is fast where sorted runs follow each other.
        self.literals.sort();
        self.literals.dedup();
        let mut lexicon = Lexicon {
            plain: None,
            other: None,
            first_other: 0,
            literals: Vec::new(),
            uses: Vec::with_capacity(self.literals.len()),
            boundaries,
            deletions: Deletions::default(),
        };
        let groups: Vec<&[(String, Use)]> = self.literals.chunk_by(|a, b| a.0 == b.0).collect();
        let (plain, other): (Vec<_>, Vec<_>) =
            groups.into_iter().partition(|group| group[0].0.is_ascii());
        lexicon.first_other = plain.len();
        for group in plain.into_iter().chain(other) {
            let text = &group[0].0;
            let from = offset(lexicon.uses.len());
            lexicon.uses.extend(group.iter().map(|(_, usage)| *usage));
            let uses = &lexicon.uses[from as usize..];
            let inside = uses.iter().any(|usage| lexicon.may_be_inside(usage));
            let uses = from..offset(lexicon.uses.len());
            lexicon.literals.push(Literal { text: text.as_str().into(), uses, inside });
        }
        let (plain, other) = lexicon.literals.split_at(lexicon.first_other);
        (lexicon.plain, lexicon.other, lexicon.deletions) = std::thread::scope(|scope| {
            let plain = scope.spawn(|| automaton(plain));
            let deletions = scope.spawn(|| Deletions::of(&lexicon.literals, &lexicon.uses));
            let other = automaton(other);
            (parallel::join(plain), other, parallel::join(deletions))
        });
        lexicon
    }
}

/// Only absurdly large input can fail here (over 2^31 states); nothing is then found.
fn automaton(literals: &[Literal]) -> Option<AhoCorasick> {
    AhoCorasickBuilder::new()
        .match_kind(MatchKind::Standard)
        .kind(Some(AhoCorasickKind::ContiguousNFA))
        .prefilter(false)
        .build(literals.iter().map(|literal| literal.text.as_bytes()))
        .ok()
}

/// The folded literal, without its apostrophes, joined where it has a hyphen, and in the
/// transcriptions of its language.
fn spellings(text: &str, folded: &str, pack: &Language) -> Vec<String> {
    let mut spellings = vec![folded.to_owned()];
    if folded.contains('\'') && folded.chars().any(char::is_alphanumeric) {
        spellings.push(folded.replace('\'', ""));
    }
    if text.contains('-') && folded.contains(' ') {
        spellings.push(fold(&text.replace('-', "")).text);
    }
    if pack.transcriptions.is_empty() {
        return spellings;
    }
    let lower = text.to_lowercase();
    let mut transcribed = lower.clone();
    for (from, to) in &pack.transcriptions {
        transcribed = transcribed.replace(from.as_str(), to);
    }
    if transcribed != lower {
        spellings.push(fold(&transcribed).text);
    }
    spellings.retain(|s| !s.trim().is_empty());
    spellings
}

impl Boundary {
    pub(crate) fn new(language: &Language) -> Self {
        let set = |list: &[crate::pack::document::Text]| {
            list.iter().map(|t| fold(&t.text).text).collect::<FxHashSet<_>>()
        };
        let (prefixes, suffixes) = (set(&language.prefixes), set(&language.suffixes));
        Self {
            start: language.start,
            end: language.end,
            longest_prefix: prefixes.iter().map(String::len).max().unwrap_or(0),
            longest_suffix: suffixes.iter().map(String::len).max().unwrap_or(0),
            prefixes,
            suffixes,
        }
    }
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

    /// Calls `found` for every use whose boundaries hold, in the order of ends.
    pub(crate) fn find(&self, text: &str, edges: &[u8], mut found: impl FnMut(Hit)) {
        let mut check = |literal: usize, start: usize, end: usize| {
            let whole = edges[start] & STARTS != 0 && edges[end] & ENDS != 0;
            let literal = &self.literals[literal];
            if !whole && !literal.inside {
                return;
            }
            for usage in &self.uses[literal.uses.start as usize..literal.uses.end as usize] {
                if whole || self.holds(usage, text, edges, start, end) {
                    let (start, end) = (offset(start), offset(end));
                    found(Hit { start, end, usage: *usage, typo: false });
                }
            }
        };
        let Some(plain) = &self.plain else { return };
        let plain = plain.find_overlapping_iter(text);
        let (false, Some(other)) = (text.is_ascii(), &self.other) else {
            plain.for_each(|hit| check(hit.pattern().as_usize(), hit.start(), hit.end()));
            return;
        };
        let mut plain = plain.peekable();
        for hit in other.find_overlapping_iter(text) {
            while let Some(before) = plain.next_if(|before| before.end() <= hit.end()) {
                check(before.pattern().as_usize(), before.start(), before.end());
            }
            check(self.first_other + hit.pattern().as_usize(), hit.start(), hit.end());
        }
        plain.for_each(|hit| check(hit.pattern().as_usize(), hit.start(), hit.end()));
    }

    /// Whether a use that is not a whole word may stand where it does.
    fn holds(&self, usage: &Use, text: &str, edges: &[u8], start: usize, end: usize) -> bool {
        let boundary = &self.boundaries[usize::from(usage.language)];
        // Particles attach to letters of a language's own script: "as" of a Korean pack is
        // not in "asdf", and in "as는" the script changes anyway.
        let any = |edge: Edge, at: usize| edge == Edge::Any && !text.as_bytes()[at].is_ascii();
        let starts = edges[start] & STARTS != 0
            || usage.mode == Mode::Part
            || any(boundary.start, start)
            || (boundary.longest_prefix > 0 && prefixed(boundary, text, edges, start));
        starts
            && (edges[end] & ENDS != 0
                || usage.mode != Mode::Word
                || any(boundary.end, end - 1)
                || (boundary.longest_suffix > 0 && suffixed(boundary, text, edges, end)))
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
        let mut seen: Option<u32> = None;
        each_deletion(word, |hash| {
            for &(_, literal) in self.deletions.get(hash) {
                if seen.is_some_and(|s| s == literal) {
                    continue;
                }
                let uses = &self.literals[literal as usize].uses;
                let mut uses = self.uses[uses.start as usize..uses.end as usize]
                    .iter()
                    .filter(|usage| {
                        language.is_none_or(|language| usage.language == language)
                            && repairs_to(usage)
                    })
                    .peekable();
                if uses.peek().is_none() || !one_edit(word, &self.literals[literal as usize].text) {
                    continue;
                }
                seen = Some(literal);
                for usage in uses {
                    found(Hit {
                        start: offset(at),
                        end: offset(at + word.len()),
                        usage: *usage,
                        typo: true,
                    });
                }
            }
        });
    }
}

/// Whether slips in a literal are looked for: single words of spaced scripts that say
/// something of intents.
fn has_typos(text: &str, uses: &[Use]) -> bool {
    let plain = text.chars().all(|c| {
        let script = Script::of(c);
        script != Script::None && script != Script::Digit && !script.is_unspaced()
    });
    plain && uses.iter().any(repairs_to) && (MIN_TYPO_LETTERS..=32).contains(&text.chars().count())
}

fn repairs_to(usage: &Use) -> bool {
    usage.mode == Mode::Word && matches!(usage.role, Role::Atom(_) | Role::Keyword(_))
}

/// Words shorter than this are never repaired: too many others are one edit away.
pub(crate) const MIN_TYPO_LETTERS: usize = 5;

fn offset(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

fn prefixed(boundary: &Boundary, text: &str, edges: &[u8], start: usize) -> bool {
    let from = start.saturating_sub(boundary.longest_prefix);
    (from..start).rev().find(|&at| edges[at] & STARTS != 0).is_some_and(|at| {
        text.get(at..start).is_some_and(|prefix| boundary.prefixes.contains(prefix))
    })
}

fn suffixed(boundary: &Boundary, text: &str, edges: &[u8], end: usize) -> bool {
    let to = (end + boundary.longest_suffix).min(text.len());
    (end + 1..=to).find(|&at| edges[at] & ENDS != 0).is_some_and(|at| {
        text.get(end..at).is_some_and(|suffix| boundary.suffixes.contains(suffix))
    })
}

/// Calls `each` with the hash of the word and of the word without each of its letters.
fn each_deletion(word: &str, mut each: impl FnMut(u32)) {
    each(hash(word.bytes()));
    for (at, c) in word.char_indices() {
        each(hash(word[..at].bytes().chain(word[at + c.len_utf8()..].bytes())));
    }
}

/// FNV-1a, folded to 32 bits: the same on every machine.
fn hash(bytes: impl Iterator<Item = u8>) -> u32 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for byte in bytes {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    (hash >> 32) as u32 ^ hash as u32
}

/// Whether two words differ by exactly one insertion, deletion, substitution or
/// transposition of neighbours.
pub(crate) fn one_edit(a: &str, b: &str) -> bool {
    let common = a
        .char_indices()
        .zip(b.chars())
        .find(|((_, x), y)| x != y)
        .map_or(a.len().min(b.len()), |((at, _), _)| at);
    let (mut x, mut y) = (a[common..].chars(), b[common..].chars());
    let (rest_a, rest_b) = (x.clone(), y.clone());
    let (first_a, first_b) = (x.next(), y.next());
    match (first_a, first_b) {
        (None, None) => false,
        (Some(_), None) => x.next().is_none(),
        (None, Some(_)) => y.next().is_none(),
        (Some(p), Some(q)) => {
            if x.as_str() == y.as_str()
                || x.as_str() == rest_b.as_str()
                || rest_a.as_str() == y.as_str()
            {
                return true;
            }
            x.next() == Some(q) && y.next() == Some(p) && x.as_str() == y.as_str()
        }
    }
}
