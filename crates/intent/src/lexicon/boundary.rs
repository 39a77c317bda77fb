//! What may touch a word in the boundary policy of a language.

use rustc_hash::FxHashSet;
use serde::{Deserialize, Serialize};

use crate::fold::fold;
use crate::pack::language::{Edge, Language};
use crate::segment::{ENDS, STARTS};

/// The boundary policy of a language, ready for use.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Boundary {
    pub(super) start: Edge,
    pub(super) end: Edge,
    pub(super) prefixes: FxHashSet<String>,
    pub(super) suffixes: FxHashSet<String>,
    pub(super) longest_prefix: usize,
    pub(super) longest_suffix: usize,
    /// Of fewer letters, a word stands alone.
    pub(super) shortest: usize,
}

impl Boundary {
    pub(crate) fn new(language: &Language) -> Self {
        let set = |list: &[crate::pack::document::Text]| {
            let folded = list.iter().map(|t| fold(&t.text).text);
            folded.filter(|text| !text.is_empty()).collect::<FxHashSet<_>>()
        };
        let (prefixes, suffixes) = (set(&language.prefixes), set(&language.suffixes));
        Self {
            start: language.start,
            end: language.end,
            longest_prefix: prefixes.iter().map(String::len).max().unwrap_or(0),
            longest_suffix: suffixes.iter().map(String::len).max().unwrap_or(0),
            shortest: language.shortest,
            prefixes,
            suffixes,
        }
    }

    /// Whether what stands before a place, from where its word begins, is a prefix.
    pub(super) fn prefixed(&self, text: &str, edges: &[u8], start: usize) -> bool {
        let from = start.saturating_sub(self.longest_prefix);
        (from..start).rev().find(|&at| edges[at] & STARTS != 0).is_some_and(|at| {
            text.get(at..start).is_some_and(|prefix| self.prefixes.contains(prefix))
        })
    }

    /// Whether what stands behind a place, up to where its word ends, is a suffix.
    pub(super) fn suffixed(&self, text: &str, edges: &[u8], end: usize) -> bool {
        let to = (end + self.longest_suffix).min(text.len());
        (end + 1..=to).find(|&at| edges[at] & ENDS != 0).is_some_and(|at| {
            text.get(end..at).is_some_and(|suffix| self.suffixes.contains(suffix))
        })
    }
}
