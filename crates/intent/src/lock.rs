//! The files that fitted weights are kept in, `weights.lock`: one for what all languages
//! share, and one a language. Lines of a letter and a value; [`crate::fitted`] reads them.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::features::Kind;
use crate::fitted::FORMAT;
use crate::model::Model;
use crate::pack::Source;

/// A file to write beside the packs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lock {
    /// `weights.lock` or `es/weights.lock`.
    pub path: String,
    /// Its text.
    pub text: String,
}

/// Whether the weights among the sources were fitted to other packs than these, or to none.
/// Costs a hash of all sources. The same packs under another version of the learner may
/// still give other weights; only fitting again tells.
#[must_use]
pub fn weights_are_stale(sources: &[Source<'_>]) -> bool {
    let root = sources.iter().rfind(|source| source.path == ROOT);
    let text = root.and_then(|source| std::str::from_utf8(source.bytes).ok()).unwrap_or_default();
    let made_from = text.lines().take(HEAD).find_map(|line| line.strip_prefix("d "));
    made_from != Some(&digest(sources))
}

const ROOT: &str = "weights.lock";
/// The digest stands among so many first lines.
const HEAD: usize = 8;

/// A hash of everything that fitting reads.
fn digest(sources: &[Source<'_>]) -> String {
    let mut hasher = blake3::Hasher::new();
    for source in sources.iter().filter(|source| source.path.ends_with(".toml")) {
        for part in [source.path.as_bytes(), source.bytes] {
            hasher.update(&(part.len() as u64).to_le_bytes());
            hasher.update(part);
        }
    }
    hasher.finalize().to_hex()[..32].to_owned()
}

/// Writes weights down, in thousandths.
#[derive(Debug)]
pub(crate) struct Writer {
    head: String,
    texts: BTreeMap<String, String>,
}

impl Writer {
    pub(crate) fn new(
        model: &Model,
        sources: &[Source<'_>],
        by_hand: i32,
        temperature: i32,
        bias: &[i32],
    ) -> Self {
        let ids: Vec<&str> = model.specs.iter().map(|spec| spec.id.as_str()).collect();
        let head = format!(
            "{FORMAT}\n# Made by `switchboard compile` from the samples; do not edit.\ni {}\n",
            ids.join(" ")
        );
        let mut root = format!("{head}d {}\nh {by_hand}\nt {temperature}\n", digest(sources));
        let bias: Vec<String> = bias.iter().enumerate().map(|(k, b)| format!("{k}={b}")).collect();
        let _ = writeln!(root, "a bias\t{}", bias.join(" "));
        Self { head, texts: BTreeMap::from([(ROOT.to_owned(), root)]) }
    }

    /// Adds the weights of a feature, by intent; those that are zero are left out.
    pub(crate) fn add(&mut self, kind: Kind, language: &str, name: &str, weights: &[i32]) {
        let weights: Vec<String> = weights
            .iter()
            .enumerate()
            .filter(|(_, weight)| **weight != 0)
            .map(|(k, weight)| format!("{k}={weight}"))
            .collect();
        if weights.is_empty() {
            return;
        }
        let path = if kind.is_lexical() { format!("{language}/{ROOT}") } else { ROOT.to_owned() };
        let text = self.texts.entry(path).or_insert_with(|| self.head.clone());
        let _ = writeln!(text, "{} {name}\t{}", kind.letter(), weights.join(" "));
    }

    /// Adds a word of a language that is not repaired.
    pub(crate) fn add_own_word(&mut self, language: &str, word: &str) {
        let text =
            self.texts.entry(format!("{language}/{ROOT}")).or_insert_with(|| self.head.clone());
        let _ = writeln!(text, "v {word}");
    }

    pub(crate) fn finish(self) -> Vec<Lock> {
        self.texts.into_iter().map(|(path, text)| Lock { path, text }).collect()
    }
}
