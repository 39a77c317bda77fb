//! Markdown of the bot and of people, as the widget shows it to the customer
//! (`assets/widget/markdown.js`): the same subset, and everything else as text. Images are
//! named and not loaded: the console's pages load nothing from elsewhere.

use std::sync::LazyLock;

use maud::{Markup, html};
use regex::Regex;

use super::text::seen;

/// What stands inside a line: an escaped sign, an image or a link, bold, code, emphasis, a
/// bare address. Those of the widget without their bounds on length, since what is shown
/// here is bounded already.
pub(super) const INLINE: [&str; 6] = [
    r"\\([\\\x60*_\[\]()#+\-.!<>{}|~&=])",
    r"(!?)\[([^\[\]]*)\]\(([^()\s]+)\)",
    r"\*\*([^*]+)\*\*",
    r"\x60([^\x60]+)\x60",
    r"\*([^*\s][^*]*)\*",
    r#"(https?:\/\/[^\s<>"'()\[\]]+)"#,
];

static PARTS: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(&INLINE.join("|")).ok());

/// Where a link may lead: to the web, to mail and to telephones.
const SCHEMES: [&str; 4] = ["https://", "http://", "mailto:", "tel:"];

/// Blocks of lines that belong together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Paragraph,
    Quotation,
    Points,
    Numbers,
}

/// A message as elements, in a direction of its own.
pub(in crate::console) fn markdown(text: &str) -> Markup {
    html! { div.rich dir="auto" { (blocks(text, true)) } }
}

/// `quoting`: a quotation holds none itself.
fn blocks(text: &str, quoting: bool) -> Markup {
    let mut blocks: Vec<(Kind, Vec<&str>)> = Vec::new();
    let mut open = false;
    for line in text.lines() {
        let Some((kind, line)) = kind(line, quoting) else {
            open = false;
            continue;
        };
        match blocks.last_mut() {
            Some((last, lines)) if open && *last == kind => lines.push(line),
            _ => blocks.push((kind, vec![line])),
        }
        open = true;
    }
    html! {
        @for (kind, lines) in &blocks {
            @match kind {
                Kind::Paragraph => { p dir="auto" { @for (n, line) in lines.iter().enumerate() {
                    @if n > 0 { br; } (inline(line))
                } } },
                Kind::Quotation => { blockquote dir="auto" { (self::blocks(&lines.join("\n"), false)) } },
                Kind::Points => { ul dir="auto" { @for line in lines { li { (inline(line)) } } } },
                Kind::Numbers => { ol dir="auto" { @for line in lines { li { (inline(line)) } } } },
            }
        }
    }
}

/// What a line belongs to, and what it says; none where it is empty.
fn kind(line: &str, quoting: bool) -> Option<(Kind, &str)> {
    if let Some(rest) = line.strip_prefix('>').filter(|_| quoting) {
        return Some((Kind::Quotation, rest.strip_prefix(' ').unwrap_or(rest)));
    }
    let inner = line.trim_start();
    if inner.is_empty() {
        return None;
    }
    let after = |rest: &'static [char]| inner.strip_prefix(rest);
    let spaced = |rest: &str| rest.starts_with(' ');
    let near = line.len() - inner.len() <= 3;
    if let Some(rest) = after(&['-', '*']).filter(|rest| near && spaced(rest)) {
        return Some((Kind::Points, rest.trim_start_matches(' ')));
    }
    let rest = inner.trim_start_matches(|c: char| c.is_ascii_digit());
    let digits = inner.len() - rest.len();
    if let Some(rest) = rest.strip_prefix(['.', ')']).filter(|rest| near && spaced(rest))
        && (1..=3).contains(&digits)
    {
        return Some((Kind::Numbers, rest.trim_start_matches(' ')));
    }
    Some((Kind::Paragraph, line))
}

fn inline(text: &str) -> Markup {
    let Some(parts) = &*PARTS else { return seen(text) };
    let mut pieces = Vec::new();
    let mut at = 0;
    for captures in parts.captures_iter(text) {
        let Some(whole) = captures.get(0) else { continue };
        let said = |n: usize| captures.get(n).map(|found| found.as_str());
        pieces.push(seen(&text[at..whole.start()]));
        at = whole.end();
        pieces.push(match (said(1), said(4), said(5), said(6), said(7)) {
            (Some(escaped), ..) => seen(escaped),
            (_, Some(target), ..) => {
                let label = said(3).filter(|label| !label.is_empty());
                link(label.unwrap_or(target), target, whole.as_str())
            }
            (.., Some(bold), _, _) => html! { strong { (inline(bold)) } },
            (.., Some(code), _) => html! { code { (seen(code)) } },
            (.., Some(emphasis)) => html! { em { (seen(emphasis)) } },
            _ => bare(whole.as_str()),
        });
    }
    html! { @for piece in &pieces { (piece) } (seen(&text[at..])) }
}

/// An address that stands for itself, without the stop of the sentence after it.
fn bare(address: &str) -> Markup {
    let clean = address.trim_end_matches(['.', ',', ';', ':', '!', '?', '。', '、']);
    html! { (link(clean, clean, clean)) (seen(&address[clean.len()..])) }
}

fn link(label: &str, target: &str, plain: &str) -> Markup {
    let leads = |scheme: &str| {
        let head = target.get(..scheme.len());
        head.is_some_and(|head| head.eq_ignore_ascii_case(scheme)) && target.len() > scheme.len()
    };
    if !SCHEMES.iter().any(|scheme| leads(scheme)) {
        return seen(plain);
    }
    html! {
        a href=(target) target="_blank" rel="noopener noreferrer nofollow" dir="auto" { (seen(label)) }
    }
}
