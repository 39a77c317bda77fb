//! Slips of one letter: single words by what is left of them when a letter is left out.

use serde::{Deserialize, Serialize};

use super::{Role, Use};
use crate::pack::concepts::Mode;
use crate::packed::List;
use crate::segment::Script;

/// Words shorter than this are never repaired: too many others are one edit away.
pub(crate) const MIN_TYPO_LETTERS: usize = 5;

/// Single words of five letters or more by the hash of every way to leave one letter out.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
pub(super) struct Deletions {
    /// Hash and literal, sorted by hash.
    words: List<(u32, u32)>,
    /// One bit a hash: most words that are looked up are not here.
    present: List<u64>,
}

impl Deletions {
    /// Of literals with their numbers.
    pub(super) fn of<'l>(literals: impl Iterator<Item = (u32, &'l str)>) -> Self {
        let mut words = Vec::new();
        for (index, text) in literals {
            each_deletion(text, |hash| words.push((hash, index)));
        }
        words.sort_unstable();
        words.dedup();
        let mut present = vec![0u64; ((words.len() * 10).next_power_of_two() / 64).max(1)];
        for &(hash, _) in &words {
            let at = hash as usize & (present.len() * 64 - 1);
            present[at / 64] |= 1 << (at % 64);
        }
        Self { words: words.into_iter().collect(), present: present.into_iter().collect() }
    }

    /// The literals that may be one edit away from a word, with repetitions.
    pub(super) fn near(&self, word: &str, mut found: impl FnMut(u32)) {
        each_deletion(word, |hash| {
            self.each(hash, &mut found);
        });
    }

    fn each(&self, hash: u32, found: &mut impl FnMut(u32)) {
        let bits = self.present.len() * 64;
        let at = hash as usize & bits.wrapping_sub(1);
        if bits == 0 || self.present.at(at / 64) & (1 << (at % 64)) == 0 {
            return;
        }
        let from = self.words.partition_point(|(h, _)| h < hash);
        let words = self.words.range(from..self.words.len());
        words.take_while(|&(h, _)| h == hash).for_each(|(_, literal)| found(literal));
    }
}

/// Whether slips in a literal are looked for: single words of spaced scripts that say
/// something of intents.
pub(super) fn has_typos(text: &str, uses: &[Use]) -> bool {
    let plain = text.chars().all(|c| {
        let script = Script::of(c);
        script != Script::None && script != Script::Digit && !script.is_unspaced()
    });
    plain && uses.iter().any(repairs_to) && (MIN_TYPO_LETTERS..=32).contains(&text.chars().count())
}

pub(super) fn repairs_to(usage: &Use) -> bool {
    usage.mode == Mode::Word && matches!(usage.role, Role::Atom(_) | Role::Keyword(_))
}

/// Calls `each` with the hash of the word and of the word without each of its letters.
fn each_deletion(word: &str, mut each: impl FnMut(u32)) {
    // FNV-1a, folded to 32 bits: the same on every machine.
    let fold = |hash: u64| (hash >> 32) as u32 ^ hash as u32;
    let mut before = 0xcbf2_9ce4_8422_2325;
    each(fold(add(before, word)));
    for (at, c) in word.char_indices() {
        let (letter, rest) = word[at..].split_at(c.len_utf8());
        each(fold(add(before, rest)));
        before = add(before, letter);
    }
}

fn add(hash: u64, text: &str) -> u64 {
    let step = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    text.bytes().fold(hash, step)
}

/// Whether one word may be the other with a slip: they differ by exactly one insertion,
/// deletion, transposition of neighbours, or substitution. Not of the first letter, which is
/// seldom mistyped and makes another word (Polish trawnik, a lawn, and prawnik, a lawyer).
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
            if (common > 0 && x.as_str() == y.as_str())
                || x.as_str() == rest_b.as_str()
                || rest_a.as_str() == y.as_str()
            {
                return true;
            }
            x.next() == Some(q) && y.next() == Some(p) && x.as_str() == y.as_str()
        }
    }
}
