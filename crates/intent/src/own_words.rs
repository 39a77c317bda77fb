//! Words that are no slips: samples have them too often beside the word of a pack that they
//! are one letter away from (салат, a dish, is no misspelt салам, a greeting).

use serde::{Deserialize, Serialize};

use crate::features::{Hasher, Key, Kind};
use crate::packed::List;

/// By language, the keys of its words that are never repaired, sorted.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
pub(crate) struct OwnWords(Vec<List<u64>>);

impl OwnWords {
    /// Of words by language, in the order of the languages.
    pub(crate) fn new<'w>(
        languages: impl Iterator<Item = (&'w str, impl Iterator<Item = &'w str>)>,
    ) -> Self {
        let list = |(language, words): (&str, _)| {
            let key = |word: &str| key(language, word).0;
            let mut keys: Vec<u64> = Iterator::map(words, key).collect();
            keys.sort_unstable();
            keys.into_iter().collect()
        };
        Self(languages.map(list).collect())
    }

    /// Whether a word is one of a language's own.
    pub(crate) fn has(&self, at: u8, language: &str, word: &str) -> bool {
        let Some(keys) = self.0.get(usize::from(at)).filter(|keys| keys.len() > 0) else {
            return false;
        };
        let key = key(language, word).0;
        let place = keys.partition_point(|other| other < key);
        place < keys.len() && keys.at(place) == key
    }
}

fn key(language: &str, word: &str) -> Key {
    Hasher::new(Kind::Word, language).add(word.as_bytes()).key()
}
