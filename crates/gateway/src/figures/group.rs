//! Messages that say nearly the same, put together; words that recur.

use std::collections::{BTreeMap, BTreeSet};

use store::Said;
use unicode_segmentation::UnicodeSegmentation;

/// How much of their words two messages of a group share.
const ALIKE: f64 = 0.5;

/// Messages that say nearly the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Group<'a> {
    /// The language of all of them.
    pub(crate) language: Option<&'a str>,
    /// The latest first.
    pub(crate) said: Vec<&'a Said>,
}

/// The words of a text, each once, small.
pub(crate) fn words(text: &str) -> BTreeSet<String> {
    text.unicode_words().map(str::to_lowercase).collect()
}

/// Puts messages together that share half of their words with the first of a group; the
/// largest group first. The same messages give the same groups.
pub(crate) fn groups(said: &[Said]) -> Vec<Group<'_>> {
    let mut groups: Vec<(BTreeSet<String>, Group<'_>)> = Vec::new();
    for message in said {
        let words = words(&message.text);
        let language = message.language.as_deref();
        let alike = |(first, group): &&mut (BTreeSet<String>, Group<'_>)| {
            group.language == language && likeness(first, &words) >= ALIKE
        };
        match groups.iter_mut().find(alike) {
            Some((_, group)) => group.said.push(message),
            None => groups.push((words, Group { language, said: vec![message] })),
        }
    }
    let mut groups: Vec<Group<'_>> = groups.into_iter().map(|(_, group)| group).collect();
    // Stable: of one size those stay first that came first.
    groups.sort_by_key(|group| std::cmp::Reverse(group.said.len()));
    groups
}

fn likeness(one: &BTreeSet<String>, other: &BTreeSet<String>) -> f64 {
    let both = one.intersection(other).count();
    let all = one.len() + other.len() - both;
    if all == 0 { 1.0 } else { both as f64 / all as f64 }
}

/// A word, the conversations that hold it, and how much more often than elsewhere.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Recurring {
    pub(crate) word: String,
    pub(crate) conversations: usize,
    pub(crate) times: f64,
}

/// Words that are in several of these conversations and more often there than anywhere, those
/// first that stand out most.
pub(crate) fn recurring(here: &[Said], anywhere: &[Said]) -> Vec<Recurring> {
    let (here, here_all) = counted(here);
    let (anywhere, all) = counted(anywhere);
    let mut found: Vec<Recurring> = here
        .into_iter()
        .filter(|(_, count)| *count >= 2)
        .filter_map(|(word, count)| {
            let elsewhere = anywhere.get(&word).copied().unwrap_or(count).max(count);
            let share = count as f64 / here_all.max(1) as f64;
            let usual = elsewhere as f64 / all.max(1) as f64;
            let times = if usual > 0.0 { share / usual } else { 1.0 };
            (times > 1.0).then_some(Recurring { word, conversations: count, times })
        })
        .collect();
    let weight = |it: &Recurring| it.conversations as f64 * it.times.ln();
    found.sort_by(|a, b| weight(b).total_cmp(&weight(a)).then_with(|| a.word.cmp(&b.word)));
    found
}

/// In how many conversations each word is, and how many conversations there are.
fn counted(said: &[Said]) -> (BTreeMap<String, usize>, usize) {
    let mut by_conversation: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for message in said {
        let place = by_conversation.entry(message.conversation.as_str()).or_default();
        place.extend(words(&message.text));
    }
    let mut counts = BTreeMap::new();
    for word in by_conversation.values().flatten() {
        *counts.entry(word.clone()).or_default() += 1;
    }
    (counts, by_conversation.len())
}
