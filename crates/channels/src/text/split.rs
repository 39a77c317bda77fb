//! Cutting text where it hurts least.

use unicode_segmentation::UnicodeSegmentation;

use crate::shape::Limit;

/// Cuts a text into parts that fit, between paragraphs, else lines, else sentences, else
/// words, else what people take for one character; never within one, but where a single one
/// is longer than the limit. White space at the cuts goes. Linear in the text.
#[must_use]
pub fn split(text: &str, limit: Limit) -> Vec<String> {
    let mut parts = Vec::new();
    let mut rest = trim(text);
    while !rest.is_empty() {
        let at = match reach(rest, limit) {
            Some(bounds) => cut(rest, &bounds),
            None => rest.len(),
        };
        let (head, tail) = rest.split_at(at);
        let head = trim(head);
        if !head.is_empty() {
            parts.push(head.to_owned());
        }
        rest = trim(tail);
    }
    parts
}

/// A text that fits: itself, or its beginning with "…".
pub(crate) fn shorten(text: &str, limit: Limit) -> String {
    const MORE: &str = "…";
    if limit.fits(text) {
        return text.to_owned();
    }
    let room = Limit { max: limit.max.saturating_sub(limit.unit.len(MORE)), unit: limit.unit };
    let mut used = 0;
    let mut out = String::new();
    for grapheme in text.graphemes(true) {
        used += room.unit.len(grapheme);
        if used > room.max {
            break;
        }
        out.push_str(grapheme);
    }
    out.truncate(out.trim_end().len());
    out.push_str(MORE);
    out
}

/// The ends of the graphemes that fit, the last one is the furthest; none where all fit.
fn reach(text: &str, limit: Limit) -> Option<Vec<usize>> {
    let mut used = 0;
    let mut ends = Vec::new();
    for (at, grapheme) in text.grapheme_indices(true) {
        used += limit.unit.len(grapheme);
        if used > limit.max {
            if ends.is_empty() {
                ends.push(within(grapheme, limit));
            }
            return Some(ends);
        }
        ends.push(at + grapheme.len());
    }
    None
}

/// How far one goes within a single grapheme that is longer than the limit; one code point
/// at least, so that there is an end to it.
fn within(grapheme: &str, limit: Limit) -> usize {
    let mut end = 0;
    for c in grapheme.chars() {
        let next = end + c.len_utf8();
        if end > 0 && !limit.fits(&grapheme[..next]) {
            break;
        }
        end = next;
    }
    end
}

/// Where to cut: at the best place behind the first quarter of what fits.
fn cut(text: &str, ends: &[usize]) -> usize {
    let furthest = ends.last().copied().unwrap_or(text.len());
    let head = &text[..furthest];
    let good = |at: &usize| *at * 4 >= furthest && ends.binary_search(at).is_ok();
    let lines = || head.match_indices('\n').map(|(at, _)| at + 1);
    let after_blank =
        |at: &usize| head[..at - 1].trim_end_matches([' ', '\t', '\r']).ends_with('\n');
    let word = || {
        (head.grapheme_indices(true))
            .map(|(at, grapheme)| (at + grapheme.len(), grapheme))
            .rfind(|(_, grapheme)| grapheme.trim().is_empty())
            .map(|(end, _)| end)
    };
    // What follows is a gap already.
    let gap = |gap: fn(char) -> bool| text[furthest..].starts_with(gap).then_some(furthest);
    (lines().rfind(|at| after_blank(at) && good(at)))
        .or_else(|| gap(|c| matches!(c, '\n' | '\r')))
        .or_else(|| lines().rfind(good))
        .or_else(|| head.split_sentence_bound_indices().map(|(at, _)| at).filter(good).last())
        .or_else(|| gap(char::is_whitespace))
        .or_else(word)
        .unwrap_or(furthest)
}

/// Without the graphemes at both ends that are nothing but white space. `str::trim` would
/// part a space from a mark that stands on it.
fn trim(text: &str) -> &str {
    let blank = |grapheme: &&str| grapheme.trim().is_empty();
    let front: usize = text.graphemes(true).take_while(blank).map(str::len).sum();
    let rest = &text[front..];
    let back: usize = rest.graphemes(true).rev().take_while(blank).map(str::len).sum();
    &rest[..rest.len() - back]
}
