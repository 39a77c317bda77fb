//! What can be counted in a sentence.

use std::collections::BTreeSet;

use crate::content::unspaced;

/// Words in capitals that are no shouting are names and abbreviations, and short.
const MAX_CAPITALS: usize = 5;
/// So many function words of English among so many words are no coincidence of another
/// language, which shares a few of them.
const ENGLISH_WORDS: usize = 3;
const ENGLISH_AMONG: usize = 5;

pub(super) fn is_emoji(c: char) -> bool {
    matches!(c, '\u{2600}'..='\u{27bf}' | '\u{1f300}'..='\u{1faff}')
}

/// How many sentences end in a text. A point inside an address, a number or an abbreviation
/// of one letter ends none.
pub(super) fn sentences(words: &str) -> usize {
    let mut count = 0;
    let mut open = false;
    let mut chars = words.chars().peekable();
    while let Some(c) = chars.next() {
        let ends = match c {
            '。' | '！' | '？' | '؟' | '।' => true,
            '.' | '!' | '?' => {
                chars.peek().is_none_or(|next| next.is_whitespace() || "\"”»’)".contains(*next))
            }
            _ => false,
        };
        if ends {
            count += usize::from(open);
            open = false;
        } else if c.is_alphanumeric() || c == '…' {
            open = true;
        }
    }
    count + usize::from(open)
}

/// A long word in capitals.
pub(super) fn shouted(words: &str) -> Option<&str> {
    words.split(|c: char| !c.is_alphabetic()).find(|word| {
        word.chars().count() > MAX_CAPITALS
            && word.chars().all(|c| c.is_uppercase() && c.to_lowercase().ne(Some(c)))
    })
}

/// The first run of words that is English, going by a list of its function words.
pub(super) fn english_run(words: &str, function_words: &BTreeSet<String>) -> Option<String> {
    let mut run: Vec<(&str, bool)> = Vec::new();
    for chunk in words.split_whitespace().filter(|chunk| !chunk.contains("://")) {
        for word in chunk.split(|c: char| !(c.is_alphanumeric() || c == '\'') || unspaced(c)) {
            if word.is_empty() {
                continue;
            }
            run.push((word, function_words.contains(&word.to_lowercase())));
            let recent = &run[run.len().saturating_sub(ENGLISH_AMONG)..];
            if recent.iter().filter(|(_, english)| *english).count() >= ENGLISH_WORDS {
                let said: Vec<&str> = recent.iter().map(|(word, _)| *word).collect();
                return Some(said.join(" "));
            }
        }
    }
    None
}
