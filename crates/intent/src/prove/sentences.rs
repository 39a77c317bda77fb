//! The sentences that a pattern stands for.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use crate::pack::pattern::Node;
use crate::segment::Script;

/// How many words of a concept are said.
const WORDS: usize = 2;

/// The words of the concepts, by name.
pub(super) type Words<'w> = BTreeMap<&'w str, Vec<&'w str>>;

/// At most so many sentences of a pattern, spread evenly over all; and how many there are.
pub(super) fn of(node: &Node, words: &Words<'_>, most: u64) -> (Vec<String>, u64) {
    let all = count(node, words);
    let some = all.min(most);
    let sentences = (0..some)
        .map(|at| {
            // In 128 bits, since products of many choices come near the limit of 64.
            let index = u128::from(at) * u128::from(all) / u128::from(some.max(1));
            let mut pieces = Vec::new();
            say(node, words, u64::try_from(index).unwrap_or(0), &mut pieces);
            join(&pieces)
        })
        .collect();
    (sentences, all)
}

/// The concepts of a pattern that have no words.
pub(super) fn wordless<'n>(node: &'n Node, words: &Words<'_>, found: &mut Vec<&'n str>) {
    match node {
        Node::Concept(name) => {
            if words.get(name.as_str()).is_none_or(Vec::is_empty) {
                found.push(name);
            }
        }
        Node::Word(_) | Node::Gap => {}
        Node::Optional(inner) => wordless(inner, words, found),
        Node::Sequence(nodes) | Node::Choice(nodes) => {
            nodes.iter().for_each(|node| wordless(node, words, found));
        }
    }
}

fn choices<'w>(name: &str, words: &'w Words<'_>) -> &'w [&'w str] {
    let words = words.get(name).map_or(&[][..], Vec::as_slice);
    &words[..words.len().min(WORDS)]
}

fn count(node: &Node, words: &Words<'_>) -> u64 {
    match node {
        Node::Word(_) | Node::Gap => 1,
        Node::Concept(name) => choices(name, words).len() as u64,
        Node::Optional(inner) => count(inner, words).saturating_add(1),
        Node::Choice(nodes) => {
            nodes.iter().fold(0, |sum: u64, node| sum.saturating_add(count(node, words)))
        }
        Node::Sequence(nodes) => {
            nodes.iter().fold(1, |product: u64, node| product.saturating_mul(count(node, words)))
        }
    }
}

/// Says the sentence of a number; numbers count through the choices like the wheels of an
/// odometer.
fn say<'n>(node: &'n Node, words: &Words<'n>, mut index: u64, out: &mut Vec<&'n str>) {
    match node {
        Node::Gap => {}
        Node::Word(word) => out.push(word),
        Node::Concept(name) => {
            let at = usize::try_from(index).unwrap_or(0);
            out.extend(words.get(name.as_str()).and_then(|words| words.get(at)));
        }
        Node::Optional(inner) => {
            if let Some(index) = index.checked_sub(1) {
                say(inner, words, index, out);
            }
        }
        Node::Choice(nodes) => {
            for node in nodes {
                let own = count(node, words);
                if index < own {
                    return say(node, words, index, out);
                }
                index -= own;
            }
        }
        Node::Sequence(nodes) => {
            for node in nodes {
                let own = count(node, words).max(1);
                say(node, words, index % own, out);
                index /= own;
            }
        }
    }
}

/// With spaces, save between letters of scripts that have none.
fn join(pieces: &[&str]) -> String {
    let mut sentence = String::new();
    for piece in pieces {
        let unspaced = |c: Option<char>| c.is_some_and(|c| Script::of(c).is_unspaced());
        let close = unspaced(sentence.chars().next_back()) && unspaced(piece.chars().next());
        if !sentence.is_empty() && !close {
            sentence.push(' ');
        }
        sentence.push_str(piece);
    }
    sentence
}
