//! The features of words: whole, in pairs, in pieces.

use super::{Found, Hasher, Key, Kind, What, Within};
use crate::scan::Scan;
use crate::segment::Script;

/// How many words and unspaced characters of a message are looked at.
const MAX_UNITS: usize = 600;

/// Calls `each` for the features of a message's words.
pub(super) fn features(scan: &Scan, language: &str, within: Within, each: &mut impl FnMut(Found)) {
    let text = scan.folded.text.as_str();
    let [word_hash, pair_hash, piece_hash, letters_hash] =
        [Kind::Word, Kind::Pair, Kind::Piece, Kind::Letters]
            .map(|kind| Hasher::new(kind, language));
    let mut previous: Option<(usize, usize)> = None;
    let mut left = MAX_UNITS;
    for word in &scan.segments.words {
        if left == 0 {
            return;
        }
        left -= 1;
        let (start, end) = (word.start, word.end);
        let slice = &text[start..end];
        let mut emit = |what, key, start: usize, end: usize| {
            each(Found { what, key, start: start as u32, end: end as u32 })
        };
        let everywhere = within == Within::Everywhere && !word.script.is_unspaced();
        if everywhere {
            letters(slice, start, letters_hash, &mut emit);
        }
        if word.script == Script::Digit {
            previous = None;
            continue;
        }
        if word.script.is_unspaced() {
            unspaced(slice, start, piece_hash, &mut left, &mut emit);
            previous = None;
            continue;
        }
        emit(What::Word, word_hash.add(slice.as_bytes()).key(), start, end);
        if let Some((from, to)) = previous {
            let key =
                pair_hash.add(&text.as_bytes()[from..to]).add(b" ").add(slice.as_bytes()).key();
            emit(What::Pair(to as u32, start as u32), key, from, end);
        }
        previous = Some((start, end));
        if !everywhere {
            pieces(slice, start, piece_hash, &mut emit);
        }
    }
}

const LONGEST_PIECE: usize = 5;

/// The beginnings of a word, three to five letters long: what stays where endings change.
fn pieces(word: &str, at: usize, hash: Hasher, emit: &mut impl FnMut(What, Key, usize, usize)) {
    let mut bounds = [0usize; LONGEST_PIECE + 2];
    let mut count = 0;
    for (i, _) in word.char_indices().take(LONGEST_PIECE + 1) {
        bounds[count] = i;
        count += 1;
    }
    if count < 4 {
        return;
    }
    // One letter more than the longest piece is looked at, to know whether the word ends.
    bounds[count] = word.len();
    let letters = count;
    let mut piece = hash.add(b"^");
    for to in 1..=letters.min(LONGEST_PIECE) {
        piece = piece.add(&word.as_bytes()[bounds[to - 1]..bounds[to]]);
        if to >= 3 {
            let whole = if to == letters { piece.add(b"$") } else { piece };
            emit(What::Piece(true, to == letters), whole.key(), at, at + bounds[to]);
        }
    }
}

/// So many letters of a word are looked at everywhere: no word is longer that means anything.
const LETTERS_READ: usize = 40;
const FEWEST_LETTERS: usize = 2;

/// All letters in a row, two to five with the edges of the word counted among them.
fn letters(word: &str, at: usize, hash: Hasher, emit: &mut impl FnMut(What, Key, usize, usize)) {
    let end = word.char_indices().nth(LETTERS_READ).map_or(word.len(), |(end, _)| end);
    let word = &word[..end];
    let mut run_from = |from: usize, begins: bool| {
        let mut run = if begins { hash.add(b"^") } else { hash };
        let mut length = usize::from(begins);
        for (i, c) in word[from..].char_indices() {
            let to = from + i + c.len_utf8();
            run = run.add(&word.as_bytes()[from + i..to]);
            length += 1;
            if length >= FEWEST_LETTERS {
                emit(What::Letters(begins, false), run.key(), at + from, at + to);
            }
            if length == LONGEST_PIECE {
                return;
            }
            if to == word.len() {
                emit(What::Letters(begins, true), run.add(b"$").key(), at + from, at + to);
            }
        }
    };
    run_from(0, true);
    word.char_indices().for_each(|(from, _)| run_from(from, false));
}

/// One to three characters in a row.
fn unspaced(
    run: &str,
    at: usize,
    hash: Hasher,
    left: &mut usize,
    emit: &mut impl FnMut(What, Key, usize, usize),
) {
    for (from, _) in run.char_indices() {
        if *left == 0 {
            return;
        }
        *left -= 1;
        let mut piece = hash;
        for (i, c) in run[from..].char_indices().take(3) {
            let to = from + i + c.len_utf8();
            piece = piece.add(&run.as_bytes()[from + i..to]);
            emit(What::Piece(false, false), piece.key(), at + from, at + to);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{LETTERS_READ, letters};
    use crate::features::{Hasher, Kind, What, key};

    /// Names of the letters of a word, as a lock has them, each with its key.
    fn of(word: &str) -> Vec<String> {
        let mut names = Vec::new();
        letters(word, 0, Hasher::new(Kind::Letters, "en"), &mut |what, found, from, to| {
            let What::Letters(begins, ends) = what else { panic!("{what:?}") };
            let (begin, end) = (if begins { "^" } else { "" }, if ends { "$" } else { "" });
            let name = format!("{begin}{}{end}", &word[from..to]);
            assert_eq!(key(Kind::Letters, "en", &name), found, "{name}");
            names.push(name);
        });
        names
    }

    #[test]
    fn letters_in_a_row_are_two_to_five_long_with_the_edges_of_the_word() {
        for (word, names) in [
            ("a", "^a ^a$ a$"),
            ("né", "^n ^né ^né$ né né$ é$"),
            ("1604", "^1 ^16 ^160 ^1604 16 160 1604 1604$ 60 604 604$ 04 04$ 4$"),
        ] {
            assert_eq!(of(word).join(" "), names);
        }
    }

    #[test]
    fn of_what_is_no_word_only_the_beginning_is_looked_at() {
        let most = (LETTERS_READ + 2) * 4;
        let of_long = of(&"x".repeat(10_000)).len();
        assert!(of_long <= most, "{of_long}");
        assert_eq!(of_long, of(&"x".repeat(LETTERS_READ + 1)).len());
    }
}
