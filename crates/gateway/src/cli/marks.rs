//! Colours and marks on a terminal. `anstream` takes them out where they are not wanted.

#[cfg(test)]
mod tests;

use anstyle::{AnsiColor, Color, Effects, Reset, Style};
use intent::{Severity, Span};

pub(super) const END: Reset = Reset;
pub(super) const GOOD: Style = Style::new().fg_color(Some(Color::Ansi(AnsiColor::Green)));
pub(super) const BAD: Style =
    Style::new().fg_color(Some(Color::Ansi(AnsiColor::Red))).effects(Effects::BOLD);
pub(super) const WARN: Style = Style::new().fg_color(Some(Color::Ansi(AnsiColor::Yellow)));
pub(super) const CALM: Style = Style::new().fg_color(Some(Color::Ansi(AnsiColor::Blue)));
pub(super) const DIM: Style = Style::new().effects(Effects::DIMMED);
pub(super) const STRONG: Style = Style::new().effects(Effects::BOLD);
const MARKED: Style = Style::new().effects(Effects::BOLD.insert(Effects::UNDERLINE));

/// The colour of a severity.
pub(super) fn of(severity: Severity) -> Style {
    match severity {
        Severity::Red => BAD,
        Severity::Yellow => WARN,
        Severity::Blue => CALM,
    }
}

/// The text with these spans marked: by underlining, and without colours by ‹ and ›.
pub(super) fn marked(text: &str, spans: &[Span], colour: bool) -> String {
    let (open, close) = if colour {
        (MARKED.to_string(), END.to_string())
    } else {
        ("‹".to_owned(), "›".to_owned())
    };
    let mut out = String::new();
    let mut at = 0;
    for span in merged(spans) {
        out.push_str(text.get(at..span.start).unwrap_or_default());
        out.push_str(&open);
        out.push_str(span.of(text));
        out.push_str(&close);
        at = span.end;
    }
    out.push_str(text.get(at..).unwrap_or_default());
    out
}

/// Overlapping spans as one, in order.
fn merged(spans: &[Span]) -> Vec<Span> {
    let mut sorted: Vec<Span> = spans.iter().copied().filter(|s| s.start < s.end).collect();
    sorted.sort();
    let mut merged: Vec<Span> = Vec::new();
    for span in sorted {
        match merged.last_mut() {
            Some(last) if span.start <= last.end => last.end = last.end.max(span.end),
            _ => merged.push(span),
        }
    }
    merged
}

/// Text from outside, safe on a terminal: control characters are shown, not obeyed.
pub(super) fn harmless(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '\n' | '\t' => c,
            '\0'..='\u{1f}' => char::from_u32(0x2400 + u32::from(c)).unwrap_or('\u{fffd}'),
            '\u{7f}'..='\u{9f}' => '\u{fffd}',
            _ => c,
        })
        .collect()
}
