//! Words, names and order numbers, found again.

#[cfg(test)]
mod tests;

use std::fmt::Write as _;

use deadpool_postgres::Pool;
use icu_normalizer::properties::{CanonicalDecompositionBorrowed, Decomposed};
use tokio_postgres::Row;

use super::reads::{all, first};
use super::value::values;
use super::work::step;
use crate::columns::{Columns, signed};
use crate::error::StoreError;
use crate::report::Found;
use crate::rows;
use crate::words::{self, MESSAGES, Places, cut, phrases};

/// The longest word that is looked for, in bytes: PostgreSQL takes no longer ones.
const WORD: usize = 1024;
/// The last place of a word that PostgreSQL tells apart.
const PLACES: usize = 16_383;
/// Between a text and a name, so that nothing is found across.
const GAP: usize = 16;

/// The words of a text as they are compared: without case, and Latin letters without their
/// marks, as SQLite's index has them.
fn tokens(text: &str) -> Vec<String> {
    let decomposition = CanonicalDecompositionBorrowed::new();
    let mut tokens = Vec::new();
    let mut token = String::new();
    for c in cut(text).chars() {
        if matches!(c, '\u{300}'..='\u{331}') {
            continue;
        }
        if c.is_alphanumeric() {
            let plain = unmarked(&decomposition, c);
            token.extend(plain.to_lowercase().filter(|c| *c != '\u{307}').map(|c| match c {
                'ς' => 'σ',
                c => c,
            }));
        } else if !token.is_empty() {
            tokens.push(std::mem::take(&mut token));
        }
    }
    tokens.extend((!token.is_empty()).then_some(token));
    for token in &mut tokens {
        let end = (0..=WORD.min(token.len())).rev().find(|at| token.is_char_boundary(*at));
        token.truncate(end.unwrap_or_default());
    }
    tokens
}

/// A Latin letter without its marks; every other character as it is.
fn unmarked(decomposition: &CanonicalDecompositionBorrowed<'_>, c: char) -> char {
    let mut base = c;
    while let Decomposed::Expansion(first, _) | Decomposed::Singleton(first) =
        decomposition.decompose(base)
    {
        base = first;
    }
    if base.is_ascii_alphabetic() { base } else { c }
}

/// The words of a message and the name it is found by, each with its place.
pub(super) fn vector(text: &str, name: Option<&str>) -> String {
    let mut vector = String::new();
    let mut place = 0;
    let mut add = |tokens: Vec<String>, place: &mut usize| {
        for token in tokens {
            *place = place.saturating_add(1).min(PLACES);
            // Letters and numbers alone: nothing in a word has to be quoted.
            let _ = write!(vector, "'{token}':{place} ");
        }
    };
    add(tokens(text), &mut place);
    place = place.saturating_add(GAP);
    add(name.map(tokens).unwrap_or_default(), &mut place);
    vector
}

/// What was typed as a query: all terms, the words of each together. None where nothing is
/// left of it.
fn query(typed: &str) -> Option<String> {
    let mut terms = Vec::new();
    for phrase in phrases(typed) {
        let mut words: Vec<String> =
            tokens(&phrase.words).iter().map(|token| format!("'{token}'")).collect();
        if let Some(last) = words.last_mut().filter(|_| phrase.begins) {
            last.push_str(":*");
        }
        terms.extend((!words.is_empty()).then(|| format!("({})", words.join(" <-> "))));
    }
    (!terms.is_empty()).then(|| terms.join(" & "))
}

/// A conversation with its latest ticket, by its number.
const FOUND: &str = concat!(rows::select_found!(), "$1");

pub(super) async fn search(
    pool: &Pool,
    typed: &str,
    limit: usize,
) -> Result<Vec<Found>, StoreError> {
    let Some((typed, bare)) = words::typed(typed) else { return Ok(Vec::new()) };
    let mut places = Places::default();
    for sql in [
        "SELECT conversation FROM tickets WHERE id = $1 AND $2 = $2 AND $3 > 0",
        "SELECT n FROM conversations WHERE id = $1 AND $2 = $2 AND $3 > 0",
        "SELECT DISTINCT conversation FROM tickets \
         WHERE order_number IN ($1, $2, '#' || $2) ORDER BY conversation DESC LIMIT $3",
        "SELECT n FROM conversations WHERE contact >= $1 AND contact < $1 || U&'\\+10FFFF' \
         AND $2 = $2 ORDER BY n DESC LIMIT $3",
    ] {
        let by = step(sql, values![typed, bare, signed(limit as u64)]);
        for n in all(pool, by, |row: &Row| row.number(0)).await? {
            places.add(n, None);
        }
    }
    if let Some(query) = query(typed) {
        let by = step(
            "SELECT conversation, seq, text FROM messages WHERE words @@ $1::tsquery \
             ORDER BY n DESC LIMIT $2",
            values![query, MESSAGES],
        );
        let read = |row: &Row| Ok((row.number(0)?, (row.number(1)?, row.owned(2)?)));
        for (n, words) in all(pool, by, read).await? {
            places.add(n, Some(words));
        }
    }
    let mut found = Vec::new();
    for (n, words) in places.first(limit) {
        let read = |row: &Row| rows::found(row, words.clone());
        found.extend(first(pool, step(FOUND, values![n]), read).await?);
    }
    Ok(found)
}
