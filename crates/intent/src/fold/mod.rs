//! Folding: the one transformation that messages and packs both pass through before
//! they are compared, with a map back to the bytes the customer typed.

mod table;

use icu_normalizer::ComposingNormalizerBorrowed;

pub use table::decimal_digit;
use table::{Fold, Table};
pub(crate) use table::{han_is_simplified, han_is_traditional};

/// Folded text and where each of its bytes comes from.
#[derive(Debug, Default)]
pub(crate) struct Folded {
    /// Lower case, without marks (Latin, Greek), single spaces, `\n` for line breaks.
    pub(crate) text: String,
    /// For every byte of `text`, the original offset of the character it was made from.
    origin: Vec<u32>,
    /// The letter runs that were shortened: `sooooo`.
    pub(crate) elongated: u32,
}

impl Folded {
    /// The original span of a folded range. Both ends are on character boundaries of
    /// `original`; marks that follow the last character belong to it.
    pub(crate) fn span(&self, start: usize, end: usize, original: &str) -> crate::Span {
        if start >= end || end > self.origin.len() {
            let at = self.origin.get(start).map_or(original.len(), |&o| o as usize);
            return crate::Span { start: at, end: at };
        }
        let first = self.origin[start] as usize;
        let last = self.origin[end - 1] as usize;
        let mut stop = last;
        for (at, c) in original[last..].char_indices() {
            if at > 0 && !table::is_attached(c) {
                break;
            }
            stop = last + at + c.len_utf8();
        }
        crate::Span { start: first, end: stop }
    }

    fn push(&mut self, c: char, from: usize) {
        let mut bytes = [0; 4];
        self.push_str(c.encode_utf8(&mut bytes), from);
    }

    fn push_str(&mut self, s: &str, from: usize) {
        self.text.push_str(s);
        let from = u32::try_from(from).unwrap_or(u32::MAX);
        self.origin.resize(self.text.len(), from);
    }
}

/// The state that decides on runs: of spaces, and of one letter.
struct Folder<'t> {
    table: &'t Table,
    out: Folded,
    last: char,
    run: u32,
}

impl Folder<'_> {
    fn emit(&mut self, c: char, from: usize) {
        if c == ' ' || c == '\n' {
            self.run = 0;
            match self.last {
                '\n' => return,
                ' ' if c == ' ' => return,
                ' ' => {
                    // A line break wins over the space before it.
                    self.out.text.pop();
                    self.out.origin.pop();
                }
                _ => {}
            }
        } else if c == self.last && c.is_alphabetic() {
            self.run += 1;
            if self.run >= 2 {
                self.out.elongated += u32::from(self.run == 2);
                return;
            }
        } else {
            self.run = 0;
        }
        self.last = c;
        self.out.push(c, from);
    }

    fn emit_all(&mut self, s: &str, from: usize) {
        for c in s.chars() {
            self.emit(c, from);
        }
    }

    fn fold_char(&mut self, c: char, from: usize) {
        match self.table.fold(c) {
            Fold::One(folded) => self.emit(folded, from),
            Fold::Many(folded) => self.emit_all(folded, from),
            Fold::Drop => {}
        }
    }
}

/// Folds a text. Linear; ASCII takes a fast path.
pub(crate) fn fold(text: &str) -> Folded {
    fold_into(text, Folded::default())
}

/// Like [`fold`], into the buffers of an earlier result.
pub(crate) fn fold_into(text: &str, mut out: Folded) -> Folded {
    out.text.clear();
    out.origin.clear();
    out.elongated = 0;
    out.text.reserve(text.len() + 8);
    out.origin.reserve(text.len() + 8);
    let mut folder = Folder { table: table::table(), out, last: '\n', run: 0 };
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        let byte = bytes[at];
        if byte < 0x80 {
            let c = char::from(byte);
            match byte {
                b'A'..=b'Z' => folder.emit(c.to_ascii_lowercase(), at),
                b'\n' => folder.emit('\n', at),
                b'`' => folder.emit('\'', at),
                // A hyphen inside a word joins two words.
                b'-' if folder.last.is_alphanumeric() && next_is_word(bytes, at) => {
                    folder.emit(' ', at)
                }
                0..=b' ' | 0x7f => folder.emit(' ', at),
                _ => folder.emit(c, at),
            }
            at += 1;
            continue;
        }
        at = fold_unicode(&mut folder, text, at);
    }
    while folder.out.text.ends_with([' ', '\n']) {
        folder.out.text.pop();
        folder.out.origin.pop();
    }
    folder.out
}

fn next_is_word(bytes: &[u8], at: usize) -> bool {
    bytes.get(at + 1).is_some_and(|b| b.is_ascii_alphanumeric() || *b >= 0x80)
}

/// Folds one character that is not ASCII, with the marks that compose with it, and
/// returns where the next one begins.
fn fold_unicode(folder: &mut Folder<'_>, text: &str, at: usize) -> usize {
    let rest = &text[at..];
    let mut chars = rest.char_indices();
    let Some((_, c)) = chars.next() else { return text.len() };
    let after = at + c.len_utf8();
    if matches!(folder.table.fold(c), Fold::One('-')) {
        let joins = folder.last.is_alphanumeric() && next_is_word(text.as_bytes(), after - 1);
        folder.emit(if joins { ' ' } else { '-' }, at);
        return after;
    }
    if table::is_latin_mark(c)
        && (folder.last.is_ascii_alphabetic() || table::is_greek(folder.last))
    {
        return after;
    }
    // A base followed by a mark that composes with it (й typed as и and breve, ｶﾞ, decomposed
    // Hangul) goes through the normaliser together; this is rare.
    let composes = chars.next().is_some_and(|(_, next)| table::composes(c, next));
    if !composes {
        folder.fold_char(c, at);
        return after;
    }
    let length = rest
        .char_indices()
        .skip(1)
        .scan(c, |previous, (i, next)| {
            let joined = table::composes(*previous, next);
            *previous = next;
            joined.then_some(i + next.len_utf8())
        })
        .take(32)
        .last()
        .unwrap_or(c.len_utf8());
    let composed = ComposingNormalizerBorrowed::new_nfkc().normalize(&rest[..length]);
    for c in composed.chars() {
        if !(table::is_latin_mark(c)
            && (folder.last.is_ascii_alphabetic() || table::is_greek(folder.last)))
        {
            folder.fold_char(c, at);
        }
    }
    at + length
}

#[cfg(test)]
mod tests;
