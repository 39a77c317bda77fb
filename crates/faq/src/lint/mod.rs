//! What is allowed in a sentence but reads badly: docs/ANSWERS.md, "Style".

#[cfg(test)]
mod tests;
mod vague;

use crate::Style;
use crate::answers::{Answers, Origin};
use crate::content::{Entry, Variant};
use crate::load::Place;

/// The longest answer that a phone shows without scrolling, in characters; a third of that
/// where a character is a word or a syllable.
const MAX_CHARS: usize = 420;
const MAX_CHARS_DENSE: usize = 200;
const MAX_SENTENCES: usize = 3;
const MAX_RELATED: usize = 3;
/// Words in capitals that are no shouting are names and abbreviations, and short.
const MAX_CAPITALS: usize = 5;

/// Domains in which something went wrong for the customer.
const HURTING: [&str; 5] = ["tracking", "refund", "item", "risk", "text"];

/// Something that is allowed but reads badly.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// A stable code: `too-long`, `vague`.
    pub code: &'static str,
    /// The file.
    pub path: String,
    /// The line, from 1.
    pub line: usize,
    /// The id of the answer, or the name of the table of facts.
    pub id: String,
    /// What reads badly, and what to do.
    pub message: String,
}

pub(crate) fn lint(answers: &Answers) -> Vec<Finding> {
    let mut findings: Vec<(Place, Finding)> = Vec::new();
    for key in &answers.borrowed {
        let message = format!(
            "the shop does not state [{key}], so the example shop's is told; copy the table and correct it"
        );
        let finding = Finding {
            code: "example-fact",
            path: "shop.toml".to_owned(),
            line: 1,
            id: key.clone(),
            message,
        };
        findings.push((Place::default(), finding));
    }
    let english = answers.packs.get("en").map(|pack| &pack.entries);
    for (tag, pack) in &answers.packs {
        let texts =
            english.iter().flat_map(|entries| entries.values()).filter(|e| e.text.is_some());
        let chain = answers.chain(tag);
        let lacking: Vec<&str> = texts
            .map(|entry| entry.id.as_str())
            .filter(|id| {
                chain.iter().all(|(own, pack)| *own == "en" || !pack.entries.contains_key(*id))
            })
            .filter(|_| tag != "en")
            .collect();
        for id in lacking {
            let finding = Finding {
                code: "missing-text",
                path: format!("{tag}/texts.md"),
                line: 1,
                id: id.to_owned(),
                message: format!("{tag} lacks {id}, so it is said in English; add it: ## {id}"),
            };
            findings.push((Place::default(), finding));
        }
        for entry in pack.entries.values() {
            for (place, code, message) in entry_findings(tag, entry) {
                let (path, line) = Origin::line(&answers.origins, place);
                findings.push((place, Finding { code, path, line, id: entry.id.clone(), message }));
            }
        }
    }
    findings.sort_by(|(a, left), (b, right)| (a, left.code).cmp(&(b, right.code)));
    findings.into_iter().map(|(_, finding)| finding).collect()
}

fn entry_findings(tag: &str, entry: &Entry) -> Vec<(Place, &'static str, String)> {
    let mut found = Vec::new();
    if entry.related.len() > MAX_RELATED {
        let message = format!(
            "{} related questions; offer the {MAX_RELATED} most asked",
            entry.related.len()
        );
        found.push((entry.place, "too-many-related", message));
    }
    for variant in &entry.variants {
        let words = variant.template.words();
        let mut note = |code, message: String| found.push((variant.place, code, message));
        let limit = if words.chars().any(is_dense) { MAX_CHARS_DENSE } else { MAX_CHARS };
        let length = words.chars().count();
        if length > limit {
            note("too-long", format!("{length} characters; say the conclusion in {limit}"));
        }
        let sentences = sentences(&words);
        if sentences > MAX_SENTENCES {
            note(
                "too-many-sentences",
                format!("{sentences} sentences; {MAX_SENTENCES} at most, the conclusion first"),
            );
        }
        if let Some(word) = shouted(&words) {
            note("shouting", format!("{word} is in capitals; use **bold** for what matters"));
        }
        if let Some(word) = vague::find(tag, &words) {
            note(
                "vague",
                format!("“{word}” promises nothing; say what the facts hold or leave it out"),
            );
        }
        if hurts(entry) && words.contains(['!', '！']) {
            note(
                "exclamation",
                "an exclamation mark in a matter that hurts; use a full stop".to_owned(),
            );
        }
        emoji(variant, &words, &mut note);
    }
    found
}

fn hurts(entry: &Entry) -> bool {
    let domain = entry.id.split('.').next().unwrap_or_default();
    HURTING.contains(&domain) && entry.id != "text.greeting" && entry.id != "text.disclosure"
}

fn emoji(variant: &Variant, words: &str, note: &mut impl FnMut(&'static str, String)) {
    let count = words.chars().filter(|c| is_emoji(*c)).count();
    if count > 1 {
        note("emoji", format!("{count} emoji; one at most"));
    } else if count == 1 && variant.style != Some(Style::Friendly) {
        note("emoji", "emoji belong into friendly variants only".to_owned());
    }
    if let Some(c) =
        words.chars().find(|c| matches!(c, '👌' | '👍' | '🤘' | '✌' | '🙏' | '🖕' | '🐷' | '🍺'))
    {
        note("emoji", format!("{c} offends or puzzles in some countries; leave it out"));
    }
}

fn is_emoji(c: char) -> bool {
    matches!(c, '\u{2600}'..='\u{27bf}' | '\u{1f300}'..='\u{1faff}')
}

/// Scripts in which a character holds a word or a syllable.
fn is_dense(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}')
}

/// How many sentences end in a text. A point inside an address, a number or an abbreviation
/// of one letter ends none.
fn sentences(words: &str) -> usize {
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
fn shouted(words: &str) -> Option<&str> {
    words.split(|c: char| !c.is_alphabetic()).find(|word| {
        word.chars().count() > MAX_CAPITALS
            && word.chars().all(|c| c.is_uppercase() && c.to_lowercase().ne(Some(c)))
    })
}
