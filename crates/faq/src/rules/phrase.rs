//! Looking for words in a sentence.

use crate::content::unspaced;

/// Words that a rule looks for. A small letter stands for its capital too, a capital and an
/// accent for itself alone. They stand as whole words where words are spaced; `*` at the
/// beginning or end lets the word go on there. In scripts without spaces, and for signs,
/// they stand anywhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Phrase {
    written: String,
    letters: Vec<char>,
    /// Whether letters may go before and after.
    open: (bool, bool),
}

/// A text made ready to be searched.
#[derive(Debug)]
pub(crate) struct Prepared {
    letters: Vec<char>,
}

impl Prepared {
    pub(crate) fn new(text: &str) -> Self {
        Self { letters: letters(text) }
    }

    /// Every place of the text with the key of the letter there.
    pub(crate) fn keys(&self) -> impl Iterator<Item = (usize, char)> {
        self.letters.iter().map(|c| key(*c)).enumerate()
    }
}

impl Phrase {
    /// Reads one; `None` when there are no letters, or a star between them.
    pub(crate) fn parse(written: &str) -> Option<Self> {
        let bare = written.trim().trim_matches('*');
        let letters = letters(bare.trim());
        let open = (written.trim().starts_with('*'), written.trim().ends_with('*'));
        (!letters.is_empty() && !letters.contains(&'*')).then(|| Self {
            written: bare.trim().to_owned(),
            letters,
            open,
        })
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.written
    }

    /// What the first letter is found by.
    pub(crate) fn key(&self) -> char {
        key(self.letters[0])
    }

    /// Where it ends, if it stands at a place of a text.
    pub(crate) fn at(&self, text: &Prepared, start: usize) -> Option<usize> {
        let end = start + self.letters.len();
        let said = text.letters.get(start..end)?;
        if !self.letters.iter().zip(said).all(|(mine, said)| same(*mine, *said)) {
            return None;
        }
        let before = start.checked_sub(1).and_then(|before| text.letters.get(before));
        let (first, last) = (self.letters[0], self.letters[self.letters.len() - 1]);
        let whole = (self.open.0 || !joined(before, first))
            && (self.open.1 || !joined(text.letters.get(end), last));
        whole.then_some(end)
    }

    /// Whether it stands somewhere in a text so that it holds all of `start..end`.
    pub(crate) fn covers(&self, text: &Prepared, start: usize, end: usize) -> bool {
        let from = end.saturating_sub(self.letters.len());
        (from..=start).any(|at| self.at(text, at).is_some_and(|last| last >= end))
    }
}

/// Whether a letter of a phrase goes on in its neighbour, as letters of a word do.
fn joined(neighbour: Option<&char>, edge: char) -> bool {
    let letter = |c: char| c.is_alphanumeric() && !unspaced(c);
    letter(edge) && neighbour.is_some_and(|c| letter(*c))
}

/// The characters of a text: any run of white space is one space, any apostrophe is `'`.
fn letters(text: &str) -> Vec<char> {
    let mut letters: Vec<char> = Vec::with_capacity(text.len());
    for c in text.chars() {
        match c {
            c if c.is_whitespace() => {
                if letters.last() != Some(&' ') {
                    letters.push(' ');
                }
            }
            '’' | 'ʼ' => letters.push('\''),
            // How an emoji is drawn, not which one it is.
            '\u{fe0f}' | '\u{fe0e}' => {}
            c => letters.push(c),
        }
    }
    letters
}

/// A letter without regard to case; the Turkish ones with and without a dot are one key.
fn key(c: char) -> char {
    match c {
        'İ' | 'I' | 'ı' => 'i',
        c => c.to_lowercase().next().unwrap_or(c),
    }
}

fn same(mine: char, said: char) -> bool {
    mine == said
        || match mine {
            // Turkish has a capital for each.
            'i' => said == 'I' || said == 'İ',
            'ı' => said == 'I',
            _ => mine.is_lowercase() && said.is_uppercase() && key(said) == mine,
        }
}
