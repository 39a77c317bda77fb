//! The body of a variant: sentences in a small Markdown (bold, lists, links) with facts in
//! braces, kept so that it can be said as Markdown and as plain text.

use super::Fact;
use crate::load::{Diagnostics, Place};

/// A body, in pieces.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Template {
    pub(crate) pieces: Vec<Piece>,
}

/// A piece of a body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Piece {
    /// Words, as Markdown writes them and as they are.
    Words { markdown: String, plain: String },
    /// A fact in the sentence.
    Fact(Fact, Place),
    /// A fact as the target of a link.
    Target(Fact, Place),
}

impl Template {
    /// Parses a body that begins at `place`. What is wrong is noted; the rest stands.
    pub(crate) fn parse(body: &str, place: Place, diagnostics: &mut Diagnostics<'_>) -> Self {
        let mut parser =
            Parser { template: Self::default(), place, bold: None, link: None, diagnostics };
        parser.run(body);
        if let Some(open) = parser.bold {
            parser.complain(open, "this bold is not closed", "close it with **");
        }
        if let Some((open, _)) = parser.link {
            parser.complain(open, "this link is not closed", "write links as [text](address)");
        }
        parser.template
    }

    /// The facts it names, with their places.
    pub(crate) fn facts(&self) -> impl Iterator<Item = (Fact, Place)> {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::Fact(fact, place) | Piece::Target(fact, place) => Some((*fact, *place)),
            Piece::Words { .. } => None,
        })
    }

    /// Its words without the facts, for those who judge style.
    pub(crate) fn words(&self) -> String {
        let plain = |piece: &Piece| match piece {
            Piece::Words { plain, .. } => plain.clone(),
            // Stands for a word, so that sentences and lengths are counted right.
            Piece::Fact(..) | Piece::Target(..) => "…".to_owned(),
        };
        self.pieces.iter().map(plain).collect()
    }
}

/// Every sign that may mean something.
const SIGNS: [char; 16] =
    ['{', '}', '\\', '\n', '\r', '*', '[', ']', ')', '`', '<', '>', '~', '|', '_', '#'];

/// Where in a link the parser is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Link {
    Text,
    Target,
}

struct Parser<'p, 'd> {
    template: Template,
    place: Place,
    /// Where an open bold began.
    bold: Option<usize>,
    /// Where an open link began, and which part of it is being read.
    link: Option<(usize, Link)>,
    diagnostics: &'p mut Diagnostics<'d>,
}

impl Parser<'_, '_> {
    fn run(&mut self, body: &str) {
        let mut at = 0;
        while let Some(next) = body[at..].chars().next() {
            let rest = &body[at..];
            at += match next {
                '{' => self.fact(rest, at),
                '}' => {
                    self.complain(at, "this brace closes nothing", "remove it");
                    1
                }
                '\\' => self.escape(rest, at),
                '\n' | '\r' => self.line_break(body, at),
                '*' if rest.starts_with("**") => {
                    self.bold = if self.bold.is_some() { None } else { Some(at) };
                    self.words("**", "");
                    2
                }
                '[' if self.link.is_none() => {
                    self.link = Some((at, Link::Text));
                    self.words("[", "");
                    1
                }
                ']' if rest.starts_with("](") && matches!(self.link, Some((_, Link::Text))) => {
                    self.link = self.link.map(|(open, _)| (open, Link::Target));
                    self.words("](", " (");
                    2
                }
                ')' if matches!(self.link, Some((_, Link::Target))) => {
                    self.link = None;
                    self.words(")", ")");
                    1
                }
                '*' | '`' | '<' | '>' | '[' | ']' | '~' | '|' => self.refuse(next, at),
                '_' if !joins_words(body, at) && self.link.is_none() => self.refuse(next, at),
                '#' if at == 0 || body[..at].ends_with('\n') => self.refuse(next, at),
                _ => {
                    let run = rest[next.len_utf8()..]
                        .find(SIGNS)
                        .map_or(rest.len(), |run| run + next.len_utf8());
                    let text = &rest[..run];
                    self.words(text, text);
                    run
                }
            };
        }
    }

    fn fact(&mut self, rest: &str, at: usize) -> usize {
        let Some(end) = rest.find('}').filter(|end| !rest[1..*end].contains(['{', '\n'])) else {
            self.complain(
                at,
                "this brace is not closed",
                "name a fact in braces: {returns.window}",
            );
            return 1;
        };
        let name = &rest[1..end];
        let place = self.place.plus(at);
        match Fact::parse(name) {
            Some(fact) if !matches!(self.link, Some((_, Link::Target))) => {
                self.template.pieces.push(Piece::Fact(fact, place));
            }
            Some(fact) if fact.is_address() => {
                self.template.pieces.push(Piece::Target(fact, place))
            }
            Some(_) => {
                self.complain(at, &format!("{{{name}}} is no address"), "link to {shop.website}")
            }
            None => {
                let help = format!(
                    "did you mean {{{}}}? docs/ANSWERS.md lists all facts",
                    Fact::nearest(name)
                );
                self.diagnostics.error(
                    place,
                    "unknown-fact",
                    format!("there is no fact {{{name}}}"),
                    help,
                );
            }
        }
        end + 1
    }

    /// `\` before a sign makes it a letter; before anything else it is one itself.
    fn escape(&mut self, rest: &str, at: usize) -> usize {
        match rest[1..].chars().next() {
            Some('{' | '}') => {
                self.complain(at, "a brace cannot be said", "leave braces to facts");
                2
            }
            Some(sign) if sign.is_ascii_punctuation() => {
                self.words(&rest[..2], &rest[1..2]);
                2
            }
            _ => {
                self.words("\\\\", "\\");
                1
            }
        }
    }

    /// One line break inside a paragraph is a space where words are spaced, two begin a new
    /// paragraph, and an item of a list keeps its line.
    fn line_break(&mut self, body: &str, at: usize) -> usize {
        let rest = &body[at..];
        let after = rest.trim_start_matches(['\n', '\r', ' ', '\t']);
        let length = rest.len() - after.len();
        let (before, gap) = (body[..at].trim_end(), &rest[..length]);
        if after.is_empty() || before.is_empty() {
            return length;
        }
        let text = if gap.matches('\n').count() > 1 {
            "\n\n"
        } else if begins_item(after) {
            "\n"
        } else if before.chars().next_back().is_some_and(unspaced)
            && after.chars().next().is_some_and(unspaced)
        {
            ""
        } else {
            " "
        };
        self.words(text, text);
        length
    }

    fn refuse(&mut self, sign: char, at: usize) -> usize {
        let message = format!("{sign} means something in Markdown that answers do not use");
        self.complain(
            at,
            &message,
            "write **bold**, lists with -, [text](address), or a backslash before the sign",
        );
        sign.len_utf8()
    }

    fn words(&mut self, markdown: &str, plain: &str) {
        if let Some(Piece::Words { markdown: more, plain: same }) = self.template.pieces.last_mut()
        {
            more.push_str(markdown);
            same.push_str(plain);
        } else {
            self.template
                .pieces
                .push(Piece::Words { markdown: markdown.to_owned(), plain: plain.to_owned() });
        }
    }

    fn complain(&mut self, at: usize, message: &str, help: &str) {
        self.diagnostics.error(self.place.plus(at), "markdown", message, help);
    }
}

/// Whether a line is an item of a list: `- …`, `1. …`.
fn begins_item(line: &str) -> bool {
    line.starts_with("- ")
        || line.trim_start_matches(|c: char| c.is_ascii_digit()).starts_with(". ")
}

/// Whether the sign stands between two letters or digits, where Markdown leaves it alone.
fn joins_words(body: &str, at: usize) -> bool {
    let letter = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    letter(body[..at].chars().next_back()) && letter(body[at..].chars().nth(1))
}

/// Letters and signs of scripts that put no space between words.
pub(crate) fn unspaced(c: char) -> bool {
    matches!(c, '\u{0e00}'..='\u{0eff}' | '\u{3000}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{ff00}'..='\u{ffef}' | '\u{20000}'..='\u{3ffff}')
}
