//! Which words of the samples are no slips, though a letter away from a word of a pack.

use rustc_hash::{FxHashMap, FxHashSet};

use crate::lexicon::MIN_TYPO_LETTERS;
use crate::model::Model;
use crate::pack::packs::{LanguagePack, Packs};
use crate::scan::Scan;

/// A word that is seen so often was meant, …
const SEEN: u32 = 3;
/// … if the word that it may stand for is not seen so many times as often: "adress" is
/// typed often, too.
const SELDOM: u32 = 6;

/// By language, the words that the analyzer would take for slips and that are none, sorted.
pub(super) fn own_words(packs: &Packs, model: &Model) -> Vec<Vec<String>> {
    let mut scan = Scan::default();
    let languages = (0u8..).zip(&packs.languages);
    languages.map(|(at, pack)| of_language(pack, at, model, &mut scan)).collect()
}

fn of_language(pack: &LanguagePack, at: u8, model: &Model, scan: &mut Scan) -> Vec<String> {
    let mut seen: FxHashMap<String, u32> = FxHashMap::default();
    let mut repaired: FxHashSet<String> = FxHashSet::default();
    let samples = pack.entries.iter().flat_map(|entry| entry.samples.iter().chain(&entry.not));
    for sample in samples {
        scan.fill_in(model, None, &sample.text, Some(at));
        for (word, slipped) in scan.words() {
            if word.chars().count() >= MIN_TYPO_LETTERS {
                *seen.entry(word.to_owned()).or_default() += 1;
            }
            if slipped {
                repaired.insert(word.to_owned());
            }
        }
    }
    let mut own: Vec<String> = repaired
        .into_iter()
        .filter(|word| {
            let times = seen.get(word).copied().unwrap_or(0);
            let mut rivals = 0;
            model.lexicon.near(word, Some(at), |other| {
                rivals = seen.get(other).copied().unwrap_or(0).max(rivals);
            });
            times >= SEEN && times * SELDOM >= rivals
        })
        .collect();
    own.sort_unstable();
    own
}
