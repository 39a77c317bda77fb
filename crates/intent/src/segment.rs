//! Where words, clauses and sentences begin and end in folded text.

use serde::{Deserialize, Serialize};

/// The script of a character, as far as word boundaries depend on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub(crate) enum Script {
    /// Not part of a word: spaces, punctuation, symbols, emoji.
    None,
    Digit,
    Latin,
    Greek,
    Cyrillic,
    Arabic,
    Hebrew,
    Hangul,
    Han,
    Kana,
    Thai,
    Other,
}

impl Script {
    /// How many there are.
    pub(crate) const COUNT: usize = Self::Other as usize + 1;

    /// Whether words stand without spaces between them.
    pub(crate) fn is_unspaced(self) -> bool {
        matches!(self, Self::Han | Self::Kana | Self::Thai)
    }

    pub(crate) fn of(c: char) -> Self {
        match c {
            'a'..='z' | 'A'..='Z' => Self::Latin,
            '0'..='9' => Self::Digit,
            '\0'..='\u{7f}' => Self::None,
            '\u{c0}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}' if c.is_alphabetic() => Self::Latin,
            '\u{370}'..='\u{3ff}' => Self::Greek,
            '\u{400}'..='\u{52f}' => Self::Cyrillic,
            '\u{5d0}'..='\u{5f2}' => Self::Hebrew,
            '\u{620}'..='\u{64a}' | '\u{66e}'..='\u{6d3}' | '\u{750}'..='\u{77f}' => Self::Arabic,
            '\u{e01}'..='\u{e4e}' | '\u{e81}'..='\u{ecd}' | '\u{1780}'..='\u{17d3}' => Self::Thai,
            '\u{1100}'..='\u{11ff}' | '\u{3131}'..='\u{318e}' | '\u{ac00}'..='\u{d7a3}' => {
                Self::Hangul
            }
            '\u{3041}'..='\u{3096}'
            | '\u{3099}'..='\u{309f}'
            | '\u{30a1}'..='\u{30fa}'
            | '\u{30fc}'..='\u{30ff}' => Self::Kana,
            '\u{3005}'
            | '\u{3007}'
            | '\u{3400}'..='\u{4dbf}'
            | '\u{4e00}'..='\u{9fff}'
            | '\u{20000}'..='\u{3ffff}' => Self::Han,
            _ if c.is_alphanumeric() => Self::Other,
            // Marks of scripts that keep them (Devanagari, Bengali …).
            '\u{900}'..='\u{dff}' => Self::Other,
            _ => Self::None,
        }
    }
}

/// A run of letters of one script, or of digits; in unspaced scripts the whole run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Word {
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) script: Script,
}

/// Flags of a position between two bytes.
pub(crate) const STARTS: u8 = 1;
pub(crate) const ENDS: u8 = 2;

/// The segmentation of one folded text. Reused from message to message.
#[derive(Debug, Default)]
pub(crate) struct Segments {
    pub(crate) words: Vec<Word>,
    /// For every position (one more than bytes): whether a keyword may start or end there
    /// as a word.
    pub(crate) edges: Vec<u8>,
    /// Positions after the punctuation that ends a sentence.
    pub(crate) sentence_ends: Vec<usize>,
    /// Positions after commas and their like.
    pub(crate) commas: Vec<usize>,
    /// Quoted stretches.
    pub(crate) quotes: Vec<(usize, usize)>,
}

impl Segments {
    pub(crate) fn fill(&mut self, text: &str) {
        self.words.clear();
        self.sentence_ends.clear();
        self.commas.clear();
        self.quotes.clear();
        self.edges.clear();
        self.edges.resize(text.len() + 1, 0);
        let mut open_quote = None;
        let mut current: Option<Word> = None;
        let mut previous = Script::None;
        for (at, c) in text.char_indices() {
            let mut script = Script::of(c);
            // The long-vowel mark and iteration marks belong to either script of Japanese.
            if script == Script::None && c.is_alphanumeric() {
                script = Script::Other;
            }
            if script != previous || script == Script::None || script.is_unspaced() {
                self.edges[at] |= STARTS | ENDS;
            }
            if script != previous || script == Script::None {
                self.words.extend(current.take());
                if script != Script::None {
                    current = Some(Word { start: at, end: at, script });
                }
            }
            if let Some(word) = &mut current {
                word.end = at + c.len_utf8();
            }
            if script == Script::None {
                self.punctuation(text, at, c, &mut open_quote);
            }
            previous = script;
        }
        self.words.extend(current);
        self.edges[text.len()] |= STARTS | ENDS;
    }

    fn punctuation(&mut self, text: &str, at: usize, c: char, open_quote: &mut Option<usize>) {
        let end = at + c.len_utf8();
        match c {
            '!' | '?' | ';' | '\n' => self.sentence_ends.push(end),
            // A full stop inside a number, an address or an abbreviation ends nothing.
            '.' if !text[end..].starts_with(char::is_alphanumeric) => self.sentence_ends.push(end),
            ',' | ':' | '(' | ')' | '-' => self.commas.push(end),
            '"' | '「' | '」' | '『' | '』' => match open_quote.take() {
                Some(start) => self.quotes.push((start, at)),
                None => *open_quote = Some(end),
            },
            _ => {}
        }
    }
}
