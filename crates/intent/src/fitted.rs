//! Weights fitted to the packs' samples, as `weights.lock` keeps them.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::features::{self, Found, Key, Kind, Within};
use crate::own_words::OwnWords;
use crate::pack::Source;
use crate::packed::List;

/// The first line of a lock file.
pub(crate) const FORMAT: &str = "# switchboard weights 1";

/// Fitted weights, ready for use.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
pub(crate) struct Fitted {
    /// By language the features of its words; behind them those that all share.
    tables: Vec<Table>,
    /// By intent: what it scores before anything is read.
    pub(crate) bias: Vec<i32>,
    /// What hand-written evidence counts beside the fitted, in thousandths.
    pub(crate) by_hand: i32,
    /// By how much scores are divided before they become probabilities, in thousandths.
    pub(crate) temperature: i32,
    /// Words that are not repaired.
    pub(crate) own_words: OwnWords,
    /// How closely words were looked at in fitting.
    pub(crate) within: Within,
}

/// A hash table from features to rows of weights. It is laid out for few cache misses,
/// which are what looking features up costs: one bit a key says "absent" for most, and
/// what is present takes one slot and one row.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
struct Table {
    present: List<u64>,
    /// A part of the key, and where its row begins, from 1; 0 is a free slot.
    slots: List<(u32, u32)>,
    /// Rows of few weights, each led by its length and its heaviest weight without its sign.
    rows: List<(u16, i16)>,
    /// Rows of many, with a place for every intent: they are added up without a look-up.
    dense: List<i16>,
    #[serde(skip)]
    keys: Vec<(Key, u32)>,
}

/// The weights of one feature.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Row {
    table: u16,
    /// How many weights there are, if it is not a dense one.
    length: u16,
    /// No weight is heavier.
    heaviest: i16,
    at: u32,
}

/// Rows with weights for one intent in this many, or more, are kept dense.
const DENSE: usize = 4;

/// Marks the place of a row among the dense ones.
const IS_DENSE: u32 = 1 << 31;

/// Where the weights of a row are.
enum At {
    /// A weight for every intent.
    Dense(Range<usize>),
    /// Those that are not zero.
    Few(Range<usize>),
}

/// How scores are cut down as messages grow: a sum over n features counts as over √(n·n₀).
pub(crate) fn damping(features: u32) -> i64 {
    const FREE: u32 = 12;
    if features <= FREE {
        return 1024;
    }
    i64::from((u64::from(FREE) * 1024 * 1024 / u64::from(features)).isqrt() as u32)
}

impl Table {
    fn insert(&mut self, key: Key, weights: &[(u16, i16)], intents: usize) {
        if weights.len() * DENSE >= intents {
            let at = self.dense.len();
            let mut all = vec![0i16; intents];
            weights.iter().for_each(|&(intent, weight)| all[usize::from(intent)] = weight);
            all.into_iter().for_each(|weight| self.dense.push(weight));
            self.keys.push((key, (at as u32 + 1) | IS_DENSE));
            return;
        }
        let at = self.rows.len() as u32 + 1;
        debug_assert!(
            weights.is_sorted_by_key(|(intent, _)| *intent),
            "rows are searched by intent"
        );
        let heaviest = weights.iter().map(|(_, weight)| weight.saturating_abs()).max();
        self.rows.push((u16::try_from(weights.len()).unwrap_or(0), heaviest.unwrap_or(0)));
        weights.iter().for_each(|&weight| self.rows.push(weight));
        self.keys.push((key, at));
    }

    /// Lays the table out once all keys are known.
    fn finish(&mut self) {
        let keys = std::mem::take(&mut self.keys);
        let mut slots = vec![(0u32, 0u32); (keys.len() * 3 / 2).next_power_of_two().max(8)];
        let mut present = vec![0u64; ((keys.len() * 12).next_power_of_two() / 64).max(1)];
        for (key, at) in keys {
            let (word, bit) = place(key, present.len());
            present[word] |= bit;
            let mask = slots.len() - 1;
            let mut slot = key.0 as usize & mask;
            while slots[slot].1 != 0 {
                slot = (slot + 1) & mask;
            }
            slots[slot] = (tag(key), at);
        }
        self.slots = slots.into_iter().collect();
        self.present = present.into_iter().collect();
    }

    /// Whether there may be weights of a feature: if not, there surely are none.
    fn may_have(&self, key: Key) -> bool {
        let (word, bit) = place(key, self.present.len());
        self.present.at(word) & bit != 0
    }

    fn find(&self, key: Key) -> Option<u32> {
        let mask = self.slots.len() - 1;
        let mut slot = key.0 as usize & mask;
        loop {
            match self.slots.at(slot) {
                (_, 0) => return None,
                (found, at) if found == tag(key) => return Some(at - 1),
                _ => slot = (slot + 1) & mask,
            }
        }
    }
}

/// The word and bit of a key among so many words of bits.
fn place(key: Key, words: usize) -> (usize, u64) {
    let at = (key.0 >> 20) as usize & (words * 64).wrapping_sub(1);
    (at / 64, 1 << (at % 64))
}

fn tag(key: Key) -> u32 {
    (key.0 >> 32) as u32
}

impl Fitted {
    /// Drops the features that surely have no weights.
    pub(crate) fn keep_present(&self, language: Option<u8>, features: &mut Vec<Found>) {
        let lexical = language.and_then(|at| self.tables.get(usize::from(at)));
        let Some(shared) = self.tables.last() else { return };
        let mut kept = 0;
        for at in 0..features.len() {
            let feature = features[at];
            let table =
                if feature.kind().is_lexical() { lexical.unwrap_or(shared) } else { shared };
            features[kept] = feature;
            kept += usize::from(table.may_have(feature.key));
        }
        features.truncate(kept);
    }

    /// Whether a language has weights of a word.
    pub(crate) fn has_word(&self, language: u8, key: Key) -> bool {
        let table = self.tables.get(usize::from(language));
        table.is_some_and(|table| table.may_have(key) && table.find(key).is_some())
    }

    /// Where the weights of a feature are, if it has any.
    pub(crate) fn find(&self, kind: Kind, language: Option<u8>, key: Key) -> Option<Row> {
        let table = if kind.is_lexical() { usize::from(language?) } else { self.tables.len() - 1 };
        let at = self.tables.get(table)?.find(key)?;
        Some(Row { table: table as u16, length: 0, heaviest: i16::MAX, at })
    }

    /// Reads what leads a row that was found. Rows are far apart in memory: when those of
    /// all features are read one after the other, waiting for them overlaps.
    pub(crate) fn measure(&self, row: &mut Row) {
        if row.at & IS_DENSE == 0 {
            (row.length, row.heaviest) =
                self.tables[usize::from(row.table)].rows.at(row.at as usize);
        }
    }

    /// Adds the weights of a feature to sums by intent.
    pub(crate) fn add(&self, row: Row, sums: &mut [i32]) {
        let (table, at) = self.place(row);
        match at {
            At::Dense(range) => {
                for (sum, weight) in sums.iter_mut().zip(table.dense.range(range)) {
                    *sum += i32::from(weight);
                }
            }
            At::Few(range) => {
                for (intent, weight) in table.rows.range(range) {
                    sums[usize::from(intent)] += i32::from(weight);
                }
            }
        }
    }

    /// Whether a weight of a feature may be so heavy, whichever its sign.
    pub(crate) fn may_weigh(row: Row, least: i16) -> bool {
        row.heaviest >= least
    }

    /// The weight of a feature for one intent; 0 where it has none.
    pub(crate) fn weight(&self, row: Row, intent: usize) -> i16 {
        let (table, at) = self.place(row);
        match at {
            At::Dense(range) if intent < range.len() => table.dense.at(range.start + intent),
            At::Dense(_) => 0,
            At::Few(range) => {
                let mut weights = table.rows.range(range);
                weights.find(|(i, _)| usize::from(*i) == intent).map_or(0, |(_, weight)| weight)
            }
        }
    }

    fn place(&self, row: Row) -> (&Table, At) {
        let table = &self.tables[usize::from(row.table)];
        if row.at & IS_DENSE != 0 {
            let at = (row.at & !IS_DENSE) as usize;
            return (table, At::Dense(at..at + self.bias.len()));
        }
        let from = row.at as usize + 1;
        (table, At::Few(from..from + usize::from(row.length)))
    }

    /// Reads the lock files of a set of packs; intents that are not declared are skipped.
    /// Nothing when the root's lock is missing or was made by another version.
    pub(crate) fn read(
        sources: &[Source<'_>],
        intents: &[&str],
        languages: &[&str],
    ) -> Option<Self> {
        let mut fitted = Self {
            tables: languages.iter().map(|_| Table::default()).chain([Table::default()]).collect(),
            bias: vec![0; intents.len()],
            by_hand: 1000,
            temperature: 1000,
            own_words: OwnWords::default(),
            within: Within::Beginnings,
        };
        // A shop's own weights stand in for those of the embedded packs.
        let lock = |path: &str| {
            let source = sources.iter().rfind(|source| source.path == path)?;
            std::str::from_utf8(source.bytes).ok()
        };
        fitted.read_one(lock("weights.lock")?, None, intents)?;
        for (at, language) in languages.iter().enumerate() {
            if let Some(text) = lock(&format!("{language}/weights.lock")) {
                fitted.read_one(text, Some((at, language)), intents)?;
            }
        }
        let own = languages.iter().map(|language| {
            let text = lock(&format!("{language}/weights.lock")).unwrap_or_default();
            (*language, text.lines().filter_map(|line| line.strip_prefix("v ")))
        });
        fitted.own_words = OwnWords::new(own);
        fitted.tables.iter_mut().for_each(Table::finish);
        Some(fitted)
    }

    fn read_one(
        &mut self,
        text: &str,
        language: Option<(usize, &str)>,
        intents: &[&str],
    ) -> Option<()> {
        let mut lines = text.lines();
        if lines.next()? != FORMAT {
            return None;
        }
        let (table, language) = language.unwrap_or((self.tables.len() - 1, ""));
        // A shop may have added intents since: the lock names its own.
        let mut names: Vec<Option<u16>> = Vec::new();
        let mut row: Vec<(u16, i16)> = Vec::new();
        for line in lines {
            let (kind, rest) = line.split_at_checked(2)?;
            match kind {
                "# " | "d " | "v " => {}
                "i " => {
                    let find = |id: &str| {
                        intents.iter().position(|i| *i == id).and_then(|at| u16::try_from(at).ok())
                    };
                    names = rest.split(' ').map(find).collect();
                }
                "h " => self.by_hand = rest.parse().ok()?,
                "t " => self.temperature = rest.parse().ok()?,
                _ => {
                    let (feature, values) = rest.split_once('\t')?;
                    row.clear();
                    for value in values.split(' ') {
                        let (index, weight) = value.split_once('=')?;
                        if let Some(intent) =
                            names.get(index.parse::<usize>().ok()?).copied().flatten()
                        {
                            row.push((intent, weight.parse().ok()?));
                        }
                    }
                    // The lock's order of intents need not be ours.
                    row.sort_unstable();
                    if kind == "a " {
                        for &(intent, weight) in &row {
                            *self.bias.get_mut(usize::from(intent))? = i32::from(weight);
                        }
                    } else {
                        let kind = Kind::ALL.into_iter().find(|k| kind.starts_with(k.letter()))?;
                        if kind == Kind::Letters {
                            self.within = Within::Everywhere;
                        }
                        let key = features::key(kind, language, feature);
                        self.tables[table].insert(key, &row, intents.len());
                    }
                }
            }
        }
        Some(())
    }
}
