//! Literals that begin anywhere: in scripts without spaces, and inside words.

use std::ops::Range;

use aho_corasick::{AhoCorasick, AhoCorasickBuilder, AhoCorasickKind, Input, MatchKind};

use super::Match;

/// For [`automaton`], where memory counts more than time.
pub(crate) const DENSE: usize = 2;

/// An automaton of literals. Only absurdly large input can fail here (over 2^31 states);
/// nothing is then found. States of fewer bytes than `dense` have a place for every byte
/// that may follow.
pub(crate) fn automaton<'t>(
    literals: impl Iterator<Item = &'t str>,
    dense: usize,
) -> Option<AhoCorasick> {
    AhoCorasickBuilder::new()
        .match_kind(MatchKind::Standard)
        .kind(Some(AhoCorasickKind::ContiguousNFA))
        .prefilter(false)
        .dense_depth(dense)
        .build(literals)
        .ok()
}

/// Literals, and which two bytes they begin with, one bit each.
#[derive(Debug, Default)]
pub(super) struct Anywhere {
    automaton: Option<AhoCorasick>,
    begins: Vec<u64>,
    /// The longest, in bytes.
    longest: usize,
    /// The number of the first literal.
    first: usize,
}

/// Where two bytes have their bit.
fn place(first: u8, second: u8) -> (usize, u64) {
    let at = usize::from(first) << 8 | usize::from(second);
    (at / 64, 1 << (at % 64))
}

impl Anywhere {
    /// Of literals that are numbered from `first` on; `dense` as in [`automaton`].
    pub(super) fn new<'t>(
        literals: impl Iterator<Item = &'t str> + Clone,
        first: usize,
        dense: usize,
    ) -> Self {
        let (mut begins, mut longest) = (vec![0u64; (1 << 16) / 64], 0);
        for text in literals.clone().map(str::as_bytes) {
            longest = text.len().max(longest);
            let Some(&first) = text.first() else { continue };
            // Anything may follow one byte alone.
            for second in text.get(1).map_or(0..=u8::MAX, |&second| second..=second) {
                let (word, bit) = place(first, second);
                begins[word] |= bit;
            }
        }
        Self { automaton: automaton(literals, dense), begins, longest, first }
    }

    /// The literals that stand in a text, in the order of ends.
    pub(super) fn find<'a>(&'a self, text: &'a str) -> impl Iterator<Item = Match> + use<'a> {
        let hits = self.automaton.iter().flat_map(move |automaton| {
            let input = move |range| Input::new(text).range(range);
            let stretches = self.stretches(text.as_bytes());
            stretches.flat_map(move |range| automaton.find_overlapping_iter(input(range)))
        });
        hits.map(|hit| Match {
            start: hit.start(),
            end: hit.end(),
            literal: self.first + hit.pattern().as_usize(),
        })
    }

    /// The stretches of a text that literals may stand in, which do not touch each other's:
    /// most scripts have none that begin with their letters.
    fn stretches<'a>(&'a self, text: &'a [u8]) -> impl Iterator<Item = Range<usize>> + use<'a> {
        let begins = |at: usize| {
            let (word, bit) = place(text[at], text.get(at + 1).copied().unwrap_or(0));
            self.begins[word] & bit != 0
        };
        let mut from = 0;
        std::iter::from_fn(move || {
            let start = (from..text.len()).find(|&at| begins(at))?;
            let mut end = start + self.longest;
            let mut at = start + 1;
            while at < end.min(text.len()) {
                if begins(at) {
                    end = at + self.longest;
                }
                at += 1;
            }
            from = at;
            Some(start..at)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{Anywhere, DENSE};

    #[test]
    fn what_stands_in_a_text_is_found_wherever_it_begins() {
        let literals = ["ab", "abcde", "é", "eé", "x", "包裹"];
        let all = Anywhere::new(literals.into_iter(), 7, DENSE);
        for text in [
            "",
            "a",
            "x",
            "ab",
            "nothing of it",
            "abcdeé",
            "zabcdab.....abcde",
            "xx 我的包裹xab包裹",
            "é....é.....éx",
            "包",
        ] {
            let mut expected: Vec<(usize, usize, usize)> = Vec::new();
            for (literal, word) in literals.iter().enumerate() {
                let hits = text.match_indices(word);
                expected.extend(hits.map(|(at, _)| (at + word.len(), at, literal + 7)));
            }
            expected.sort_unstable();
            let found: Vec<_> = all.find(text).map(|m| (m.end, m.start, m.literal)).collect();
            assert_eq!(found, expected, "{text}");
        }
    }
}
