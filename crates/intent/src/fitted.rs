//! Weights fitted to the packs' samples, as `weights.lock` keeps them.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use crate::features::{self, Key, Kind};

/// A stretch of the table of weights.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Weights {
    from: u32,
    to: u32,
}

/// Fitted weights, ready for use.
#[derive(Debug, Default)]
pub(crate) struct Fitted {
    table: FxHashMap<Key, Weights>,
    /// One bit for each key that is present, folded: most features of a message are not,
    /// and this fits into a nearer cache than the table.
    present: Vec<u64>,
    weights: Vec<(u16, i16)>,
    /// By intent: what it scores before anything is read.
    pub(crate) bias: Vec<i32>,
    /// What hand-written evidence counts beside the fitted, in thousandths.
    pub(crate) by_hand: i32,
    /// By how much scores are divided before they become probabilities, in thousandths.
    pub(crate) temperature: i32,
}

/// How scores are cut down as messages grow: a sum over n features counts as over √(n·n₀).
pub(crate) fn damping(features: u32) -> i64 {
    const FREE: u32 = 12;
    if features <= FREE {
        return 1024;
    }
    i64::from((u64::from(FREE) * 1024 * 1024 / u64::from(features)).isqrt() as u32)
}

impl Fitted {
    /// Where the weights of a feature are, if it has any.
    pub(crate) fn find(&self, key: Key) -> Option<Weights> {
        let (word, bit) = self.place(key);
        if self.present.get(word).is_none_or(|bits| bits & bit == 0) {
            return None;
        }
        self.table.get(&key).copied()
    }

    /// The weights of a feature, by intent.
    pub(crate) fn weights(&self, at: Weights) -> &[(u16, i16)] {
        &self.weights[at.from as usize..at.to as usize]
    }

    fn place(&self, key: Key) -> (usize, u64) {
        let at = (key.0 >> 8) as usize & (self.present.len() * 64).wrapping_sub(1);
        (at / 64, 1 << (at % 64))
    }

    fn mark_present(&mut self) {
        let words = (self.table.len() * 12).next_power_of_two().max(64) / 64;
        self.present = vec![0; words.max(1)];
        for key in self.table.keys() {
            let (word, bit) = self.place(*key);
            self.present[word] |= bit;
        }
    }

    pub(crate) fn insert(&mut self, key: Key, weights: &[(u16, i16)]) {
        let from = self.weights.len() as u32;
        self.weights.extend_from_slice(weights);
        self.table.insert(key, Weights { from, to: self.weights.len() as u32 });
    }

    /// Reads the lock files of a set of packs; intents that are not declared are skipped.
    /// Nothing when the root's lock is missing or was made by another version.
    pub(crate) fn read(locks: &BTreeMap<String, Vec<u8>>, intents: &[&str]) -> Option<Self> {
        let root = std::str::from_utf8(locks.get("weights.lock")?).ok()?;
        let mut fitted = Self {
            bias: vec![0; intents.len()],
            by_hand: 1000,
            temperature: 1000,
            ..Self::default()
        };
        fitted.read_one(root, "", intents)?;
        for (path, bytes) in locks {
            if let Some((language, _)) = path.split_once('/') {
                fitted.read_one(std::str::from_utf8(bytes).ok()?, language, intents)?;
            }
        }
        fitted.mark_present();
        Some(fitted)
    }

    fn read_one(&mut self, text: &str, language: &str, intents: &[&str]) -> Option<()> {
        let mut lines = text.lines();
        if lines.next()? != FORMAT {
            return None;
        }
        // A shop may have added intents since: the lock names its own.
        let mut names: Vec<Option<u16>> = Vec::new();
        let mut scratch: Vec<(u16, i16)> = Vec::new();
        for line in lines {
            let (kind, rest) = line.split_at_checked(2)?;
            match kind {
                "# " => {}
                "i " => {
                    names = rest
                        .split(' ')
                        .map(|id| {
                            intents
                                .iter()
                                .position(|i| *i == id)
                                .and_then(|at| u16::try_from(at).ok())
                        })
                        .collect();
                }
                "h " => self.by_hand = rest.parse().ok()?,
                "t " => self.temperature = rest.parse().ok()?,
                _ => {
                    let (feature, values) = rest.split_once('\t')?;
                    scratch.clear();
                    for value in values.split(' ') {
                        let (index, weight) = value.split_once('=')?;
                        if let Some(intent) =
                            names.get(index.parse::<usize>().ok()?).copied().flatten()
                        {
                            scratch.push((intent, weight.parse().ok()?));
                        }
                    }
                    if kind == "a " {
                        for &(intent, weight) in &scratch {
                            *self.bias.get_mut(usize::from(intent))? = i32::from(weight);
                        }
                    } else {
                        let kind = Kind::ALL.into_iter().find(|k| kind.starts_with(k.letter()))?;
                        self.insert(features::key(kind, language, feature), &scratch);
                    }
                }
            }
        }
        Some(())
    }
}

/// The first line of a lock file.
pub(crate) const FORMAT: &str = "# switchboard weights 1";
