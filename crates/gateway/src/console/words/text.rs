//! Customers' words as text, whatever they hold.

use maud::{Markup, html};

/// Words that are marked: where in the text, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::console) struct Mark {
    pub(in crate::console) from: usize,
    pub(in crate::console) to: usize,
    pub(in crate::console) why: String,
}

/// A text in a paragraph of its own direction. Characters that would turn the text around
/// or are not seen are shown by name.
pub(in crate::console) fn text(text: &str) -> Markup {
    marked(text, &[])
}

/// The same with words marked.
pub(in crate::console) fn marked(text: &str, marks: &[Mark]) -> Markup {
    html! {
        bdi.text dir="auto" {
            @for (piece, why) in pieces(text, marks) {
                @match why {
                    Some(why) => { mark title=(why) { (seen(piece)) } },
                    None => { (seen(piece)) },
                }
            }
        }
    }
}

/// Cuts the text where marks begin and end. Of marks that overlap the earlier one stays.
fn pieces<'a>(text: &'a str, marks: &'a [Mark]) -> Vec<(&'a str, Option<&'a str>)> {
    let mut marks: Vec<&Mark> = marks.iter().filter(|mark| mark.from < mark.to).collect();
    marks.sort_by_key(|mark| (mark.from, std::cmp::Reverse(mark.to)));
    let (mut pieces, mut at) = (Vec::new(), 0);
    for mark in marks {
        // What does not fall on characters was not made from this text.
        let (Some(before), Some(words)) = (text.get(at..mark.from), text.get(mark.from..mark.to))
        else {
            continue;
        };
        pieces.extend((!before.is_empty()).then_some((before, None)));
        pieces.push((words, Some(mark.why.as_str())));
        at = mark.to;
    }
    pieces.extend(text.get(at..).filter(|rest| !rest.is_empty()).map(|rest| (rest, None)));
    pieces
}

pub(super) fn seen(text: &str) -> Markup {
    html! {
        @for part in text.split_inclusive(is_odd) {
            @let odd = part.chars().next_back().filter(|c| is_odd(*c));
            @match odd {
                Some(c) => {
                    (part[..part.len() - c.len_utf8()])
                    span.odd title="a character that is not seen" { (format!("U+{:04X}", u32::from(c))) }
                },
                None => { (part) },
            }
        }
    }
}

/// Overrides and isolates of direction, and control characters but tab and new line.
fn is_odd(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        || (c.is_control() && !matches!(c, '\t' | '\n' | '\r'))
}
