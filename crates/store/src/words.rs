//! Words to be searched for: how text and what is typed are cut, whatever the index.

use std::collections::BTreeSet;

/// A text as an index reads it: what is written without spaces is cut into characters, so
/// that a part of it is found as a phrase.
pub(crate) fn cut(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        if is_unspaced(c) {
            out.push(' ');
            out.push(c);
            out.push(' ');
        } else {
            out.push(c);
        }
    }
    out
}

/// Han, kana, Thai, Lao, Burmese and Khmer.
fn is_unspaced(c: char) -> bool {
    matches!(u32::from(c),
        0x0e00..=0x0eff | 0x1000..=0x109f | 0x1780..=0x17ff | 0x3005..=0x30ff | 0x31f0..=0x31ff
        | 0x3400..=0x4dbf | 0x4e00..=0x9fff | 0xf900..=0xfaff | 0xff66..=0xff9f
        | 0x20000..=0x323af)
}

/// A term of what was typed: words that stand together, with spaces between.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Phrase {
    pub(crate) words: String,
    /// The last word may be the beginning of one.
    pub(crate) begins: bool,
}

/// The terms of what was typed; all of them are wanted.
pub(crate) fn phrases(typed: &str) -> Vec<Phrase> {
    let phrase = |term: &str| {
        let plain: String =
            term.chars().map(|c| if c.is_alphanumeric() { c } else { ' ' }).collect();
        let words = cut(&plain).split_whitespace().collect::<Vec<_>>().join(" ");
        let begins = !words.chars().last().is_some_and(is_unspaced);
        (!words.is_empty()).then_some(Phrase { words, begins })
    };
    typed.split_whitespace().filter_map(phrase).collect()
}

/// What was typed, and the same without the sign before a number; None where it is nothing.
pub(crate) fn typed(text: &str) -> Option<(&str, &str)> {
    let typed = text.trim();
    (!typed.is_empty()).then(|| (typed, typed.trim_start_matches('#')))
}

/// The words by which a conversation was found: the message, and its text.
type Words = Option<(u64, String)>;

/// Conversations by number in the order in which they were found, each as it was first.
#[derive(Default)]
pub(crate) struct Places {
    seen: BTreeSet<i64>,
    found: Vec<(i64, Words)>,
}

impl Places {
    pub(crate) fn add(&mut self, n: i64, words: Words) {
        if self.seen.insert(n) {
            self.found.push((n, words));
        }
    }

    /// The first of them, so many at most.
    pub(crate) fn first(self, limit: usize) -> impl Iterator<Item = (i64, Words)> {
        self.found.into_iter().take(limit)
    }
}

/// How many messages with the words are looked at, the latest first.
pub(crate) const MESSAGES: i64 = 500;

/// Whether the words of this author are looked for: what the bot says is the shop's own.
pub(crate) fn is_searched(author: &desk::Author) -> bool {
    *author != desk::Author::Bot
}

/// The name that a batch's messages are found by.
pub(crate) fn name(batch: &crate::Batch) -> Option<&str> {
    batch.conversation.contact.as_deref()
}
