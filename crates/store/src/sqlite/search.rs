//! Words, names and order numbers, found again.

#[cfg(test)]
mod tests;

use desk::ConversationId;
use rusqlite::{Connection, OptionalExtension, params};

use crate::columns::{Columns, micros, signed};
use crate::error::StoreError;
use crate::report::{Found, Note};
use crate::rows;
use crate::words::{self, MESSAGES, Phrase, Places};

type Read<T> = Result<T, StoreError>;

/// A query in the words of the index: all terms, each as a phrase. None where nothing is left
/// of it.
fn query(typed: &str) -> Option<String> {
    let term = |phrase: Phrase| {
        let begins = if phrase.begins { "*" } else { "" };
        format!("\"{}\"{begins}", phrase.words)
    };
    let terms: Vec<String> = words::phrases(typed).into_iter().map(term).collect();
    (!terms.is_empty()).then(|| terms.join(" "))
}

/// Notes the words of a message.
pub(super) fn insert(db: &Connection, n: i64, text: &str, name: Option<&str>) -> Read<()> {
    db.prepare_cached("INSERT INTO message_words (rowid, text, name) VALUES (?1, ?2, ?3)")?
        .execute(params![n, words::cut(text), name.map(words::cut)])?;
    Ok(())
}

/// Notes the words of everything that was said before there was an index.
pub(super) fn insert_all(db: &Connection) -> Read<()> {
    let mut said = db.prepare(
        "SELECT m.n, m.text, c.contact FROM messages m \
         JOIN conversations c ON c.n = m.conversation WHERE m.author <> 'bot' ORDER BY m.n",
    )?;
    let mut rows = said.query([])?;
    while let Some(row) = rows.next()? {
        let (n, text, name): (i64, String, Option<String>) =
            (row.get(0)?, row.get(1)?, row.get(2)?);
        insert(db, n, &text, name.as_deref())?;
    }
    Ok(())
}

/// Forgets the words of a message.
pub(super) fn forget(db: &Connection, n: i64) -> Read<()> {
    db.prepare_cached("DELETE FROM message_words WHERE rowid = ?1")?.execute([n])?;
    Ok(())
}

/// A conversation with its latest ticket, by its number.
const FOUND: &str = concat!(rows::select_found!(), "?1");

pub(super) fn search(db: &Connection, typed: &str, limit: usize) -> Read<Vec<Found>> {
    let Some((typed, bare)) = words::typed(typed) else { return Ok(Vec::new()) };
    let mut places = Places::default();
    for sql in [
        "SELECT conversation FROM tickets WHERE id = ?1 AND ?2 = ?2 AND ?3 > 0",
        "SELECT n FROM conversations WHERE id = ?1 AND ?2 = ?2 AND ?3 > 0",
        "SELECT DISTINCT conversation FROM tickets \
         WHERE order_number IN (?1, ?2, '#' || ?2) ORDER BY n DESC LIMIT ?3",
        "SELECT n FROM conversations WHERE contact >= ?1 AND contact < ?1 || char(1114111) \
         AND ?2 = ?2 ORDER BY n DESC LIMIT ?3",
    ] {
        let mut statement = db.prepare_cached(sql)?;
        let mut rows = statement.query(params![typed, bare, signed(limit as u64)])?;
        while let Some(row) = rows.next()? {
            places.add(row.get(0)?, None);
        }
    }
    if let Some(query) = query(typed) {
        let mut statement = db.prepare_cached(
            "SELECT m.conversation, m.seq, m.text FROM \
             (SELECT rowid AS n FROM message_words WHERE message_words MATCH ?1 \
              ORDER BY rowid DESC LIMIT ?2) w JOIN messages m ON m.n = w.n ORDER BY m.n DESC",
        )?;
        let mut rows = statement.query(params![query, MESSAGES])?;
        while let Some(row) = rows.next()? {
            places.add(row.get(0)?, Some((row.number(1)?, row.get(2)?)));
        }
    }
    let mut statement = db.prepare_cached(FOUND)?;
    let mut found = Vec::new();
    for (n, words) in places.first(limit) {
        found.extend(statement.query_row([n], |row| rows::found(row, words)).optional()?);
    }
    Ok(found)
}

pub(super) fn put_note(db: &Connection, note: &Note) -> Read<()> {
    db.prepare_cached(
        "INSERT INTO notes (conversation, ticket, at, by, text) \
         SELECT n, ?2, ?3, ?4, ?5 FROM conversations WHERE id = ?1",
    )?
    .execute(params![
        note.conversation.as_str(),
        note.ticket.as_str(),
        micros(note.at),
        note.by,
        note.text,
    ])?;
    Ok(())
}

pub(super) fn notes(db: &Connection, id: &ConversationId) -> Read<Vec<Note>> {
    let mut statement = db.prepare_cached(
        "SELECT o.ticket, o.at, o.by, o.text FROM notes o \
         JOIN conversations c ON c.n = o.conversation WHERE c.id = ?1 ORDER BY o.n",
    )?;
    Ok(statement.query_map([id.as_str()], |row| rows::note(row, id))?.collect::<Result<_, _>>()?)
}
