//! Personal data out of a message, in a form that is understood as before: an order number
//! stays an order number, an address of e-mail stays one. Names and postal addresses are
//! ordinary words and stay.

use intent::{Entity, EntityKind, Span};

/// From so many digits on a number may name somebody: an order, a telephone, a card.
const LONG: usize = 5;
/// An amount or a date of more digits than this is none.
const LONGEST_AMOUNT: usize = 8;

/// The message with addresses, links and long numbers replaced.
#[must_use]
pub fn mask(text: &str, entities: &[Entity]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while at < text.len() {
        let rest = &text[at..];
        if let Some((end, instead)) = address(entities, at) {
            out.push_str(instead);
            at = end;
        } else if let Some(length) = handle(text, at) {
            out.push_str("@name");
            at += length;
        } else if let Some((length, digits)) = number(rest) {
            let span = Span { start: at, end: at + length };
            let kept = digits < LONG || (digits <= LONGEST_AMOUNT && is_amount(entities, span));
            push_number(&mut out, &rest[..length], kept);
            at += length;
        } else {
            let c = rest.chars().next().unwrap_or_default();
            out.push(c);
            at += c.len_utf8().max(1);
        }
    }
    out
}

/// Where an e-mail address or a link ends that begins here, and what stands for it.
fn address(entities: &[Entity], at: usize) -> Option<(usize, &'static str)> {
    entities.iter().filter(|e| e.span.start == at && e.span.end > at).find_map(|e| match e.kind {
        EntityKind::Email => Some((e.span.end, "name@example.com")),
        EntityKind::Url => Some((e.span.end, "https://example.com/")),
        _ => None,
    })
}

/// The length of `@somebody`, where it stands by itself.
fn handle(text: &str, at: usize) -> Option<usize> {
    let rest = text[at..].strip_prefix('@')?;
    if text[..at].chars().next_back().is_some_and(char::is_alphanumeric) {
        return None;
    }
    let name = rest.find(|c: char| !c.is_alphanumeric() && !"_.-".contains(c));
    let length = name.unwrap_or(rest.len());
    (length > 0).then_some(1 + length)
}

/// The length of the number at the beginning, and how many digits it has. Groups of digits
/// with one sign or space between them are one number.
fn number(text: &str) -> Option<(usize, usize)> {
    let (mut digits, mut end, mut gap) = (0, 0, 0);
    for (at, c) in text.char_indices() {
        if c.is_numeric() {
            digits += 1;
            end = at + c.len_utf8();
            gap = 0;
        } else {
            gap += 1;
            let joins = matches!(c, ' ' | '-' | '.' | '/' | '(' | ')' | '\u{a0}');
            if digits == 0 || !joins || gap > 2 {
                break;
            }
        }
    }
    (digits > 0).then_some((end, digits))
}

fn is_amount(entities: &[Entity], span: Span) -> bool {
    entities.iter().any(|entity| {
        matches!(entity.kind, EntityKind::Money | EntityKind::Date)
            && entity.span.start <= span.start
            && span.end <= entity.span.end
    })
}

/// Ones for digits: no number begins with a nought that did not before, so that it is read
/// as the same kind of number.
fn push_number(out: &mut String, number: &str, kept: bool) {
    let mut first = true;
    for c in number.chars() {
        match c {
            c if kept || !c.is_numeric() => out.push(c),
            '0' if first => out.push('0'),
            _ => out.push('1'),
        }
        first &= !c.is_numeric();
    }
}
