//! Names of countries, in the languages customers write, and of the shop's products.
//! The countries' names are CLDR's, with the short names people use instead.

use aho_corasick::{AhoCorasick, MatchKind};

use super::{Message, add};
use crate::analysis::{Entity, EntityKind};
use crate::fold::fold;
use crate::segment::{ENDS, STARTS, Script};

#[derive(Debug)]
pub(super) struct Names {
    automaton: Option<AhoCorasick>,
    values: Vec<(EntityKind, String)>,
}

/// Names that are common words of a shop too: they count with a capital letter only.
const COMMON: [&str; 12] = [
    "jersey", "turkey", "china", "jordan", "georgia", "chad", "cuba", "polen", "guinea", "mali",
    "us", "peru",
];

impl Names {
    pub(super) fn new(products: &[(String, Vec<String>)]) -> Self {
        let mut patterns: Vec<String> = Vec::new();
        let mut values = Vec::new();
        for line in include_str!("countries.txt").lines() {
            let mut fields = line.split('\t');
            let code = fields.next().unwrap_or_default();
            for name in fields {
                for name in with_particles(fold(name).text) {
                    patterns.push(name);
                    values.push((EntityKind::Country, code.to_owned()));
                }
            }
        }
        for (id, names) in products {
            for name in names {
                let name = fold(name).text;
                if name.chars().count() >= 2 {
                    patterns.push(name);
                    values.push((EntityKind::Product, id.clone()));
                }
            }
        }
        let automaton =
            AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(&patterns).ok();
        Self { automaton, values }
    }

    pub(super) fn find(&self, message: &Message<'_>, found: &mut Vec<Entity>) {
        let Some(automaton) = &self.automaton else { return };
        let folded = &message.scan.folded;
        let edges = &message.scan.segments.edges;
        for hit in automaton.find_iter(&folded.text) {
            if edges[hit.start()] & STARTS == 0 {
                continue;
            }
            let Some(end) = end_of_name(&folded.text, edges, hit.end()) else { continue };
            let span = folded.span(hit.start(), end, message.text);
            let (kind, value) = &self.values[hit.pattern().as_usize()];
            let name = &folded.text[hit.start()..hit.end()];
            if *kind == EntityKind::Country && !is_name(name, span.of(message.text)) {
                continue;
            }
            add(found, *kind, span.start, span.end, value.clone());
        }
    }
}

/// Whether a country's name is meant: short ones (UK, UAE; not `my` for Mỹ) are written in
/// capitals, those that are common words too with one.
fn is_name(folded: &str, typed: &str) -> bool {
    if folded.is_ascii() && folded.len() <= 3 {
        return typed.chars().all(|c| !c.is_lowercase());
    }
    !COMMON.contains(&folded) || typed.starts_with(char::is_uppercase)
}

/// The longest ending of a name, in letters: к Германии, 한국까지는.
const LONGEST_ENDING: usize = 3;

/// Where the word ends that holds a name up to here. What follows may be an ending, in
/// Korean and in languages of Cyrillic letters, which decline names; nothing else may.
fn end_of_name(text: &str, edges: &[u8], at: usize) -> Option<usize> {
    if edges[at] & ENDS != 0 {
        return Some(at);
    }
    let rest = &text[at..];
    let declines = rest.starts_with(|c| matches!(Script::of(c), Script::Hangul | Script::Cyrillic));
    let mut ends = rest.char_indices().take(LONGEST_ENDING).map(|(i, c)| at + i + c.len_utf8());
    declines.then(|| ends.find(|&end| edges[end] & ENDS != 0))?
}

/// The name, and in Arabic the name with the particles for "to" and "in" that are written
/// as part of it; the article becomes one with the first. In Cyrillic letters the name
/// without the vowel that declension changes.
fn with_particles(name: String) -> Vec<String> {
    if let Some(stem) = name.strip_suffix(['а', 'я']).filter(|stem| stem.chars().count() >= 4) {
        return vec![stem.to_owned(), name];
    }
    if !name.starts_with(|c: char| matches!(c, '\u{600}'..='\u{6ff}')) {
        return vec![name];
    }
    let to = match name.strip_prefix("ال") {
        Some(bare) => format!("لل{bare}"),
        None => format!("ل{name}"),
    };
    vec![to, format!("ب{name}"), name]
}
