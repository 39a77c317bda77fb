//! Words, names and order numbers, found again.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use desk::{ConversationId, Ticket};
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::rows::{conversation_id, number, signed, ticket, ticket_columns, time};
use crate::batch::Batch;
use crate::error::StoreError;
use crate::report::{Found, Note};

type Read<T> = Result<T, StoreError>;

/// How many messages with the words are looked at, the latest first.
const MESSAGES: i64 = 500;

/// A text as the index reads it: what is written without spaces is cut into characters, so
/// that a part of it is found as a phrase.
pub(super) fn words(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        if is_unspaced(c) {
            out.push(' ');
            out.push(c);
            out.push(' ');
        } else {
            out.push(c);
        }
    }
    out
}

/// Han, kana, Thai, Lao, Burmese and Khmer.
fn is_unspaced(c: char) -> bool {
    matches!(u32::from(c),
        0x0e00..=0x0eff | 0x1000..=0x109f | 0x1780..=0x17ff | 0x3005..=0x30ff | 0x31f0..=0x31ff
        | 0x3400..=0x4dbf | 0x4e00..=0x9fff | 0xf900..=0xfaff | 0xff66..=0xff9f
        | 0x20000..=0x323af)
}

/// A query in the words of the index: all terms, each as a phrase, the last word of each as
/// the beginning of one. None where nothing is left of it.
fn query(typed: &str) -> Option<String> {
    let mut terms = Vec::new();
    for term in typed.split_whitespace() {
        let plain: String =
            term.chars().map(|c| if c.is_alphanumeric() { c } else { ' ' }).collect();
        let cut = words(&plain);
        let phrase = cut.split_whitespace().collect::<Vec<_>>().join(" ");
        if !phrase.is_empty() {
            let begins = if phrase.chars().last().is_some_and(is_unspaced) { "" } else { "*" };
            terms.push(format!("\"{phrase}\"{begins}"));
        }
    }
    (!terms.is_empty()).then(|| terms.join(" "))
}

/// Notes the words of a message.
pub(super) fn insert(db: &Connection, n: i64, text: &str, name: Option<&str>) -> Read<()> {
    db.prepare_cached("INSERT INTO message_words (rowid, text, name) VALUES (?1, ?2, ?3)")?
        .execute(params![n, words(text), name.map(words)])?;
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

/// Whether the words of this author are looked for: what the bot says is the shop's own.
pub(super) fn is_searched(author: &desk::Author) -> bool {
    *author != desk::Author::Bot
}

/// The name that a batch's messages are found by.
pub(super) fn name(batch: &Batch) -> Option<&str> {
    batch.conversation.contact.as_deref()
}

/// A conversation with its latest ticket, by its number.
const FOUND: &str = concat!(
    "SELECT c.id, c.contact, c.updated_at, ",
    ticket_columns!(),
    " FROM conversations c LEFT JOIN tickets t ON t.n = c.ticket \
     LEFT JOIN conversations tc ON tc.n = t.conversation WHERE c.n = ?1"
);

pub(super) fn search(db: &Connection, typed: &str, limit: usize) -> Read<Vec<Found>> {
    let typed = typed.trim();
    if typed.is_empty() {
        return Ok(Vec::new());
    }
    let bare = typed.trim_start_matches('#');
    // By number of the conversation, the words that were found with it.
    let mut places: BTreeMap<i64, Option<(u64, String)>> = BTreeMap::new();
    let mut order: Vec<i64> = Vec::new();
    let mut add = |n: i64, words: Option<(u64, String)>| {
        places.entry(n).or_insert_with(|| {
            order.push(n);
            words
        });
    };
    let limit = signed(limit as u64);
    for sql in [
        "SELECT conversation FROM tickets WHERE id = ?1 AND ?2 = ?2 AND ?3 > 0",
        "SELECT n FROM conversations WHERE id = ?1 AND ?2 = ?2 AND ?3 > 0",
        "SELECT DISTINCT conversation FROM tickets \
         WHERE order_number IN (?1, ?2, '#' || ?2) ORDER BY n DESC LIMIT ?3",
        "SELECT n FROM conversations WHERE contact >= ?1 AND contact < ?1 || char(1114111) \
         AND ?2 = ?2 ORDER BY n DESC LIMIT ?3",
    ] {
        let mut statement = db.prepare_cached(sql)?;
        let mut rows = statement.query(params![typed, bare, limit])?;
        while let Some(row) = rows.next()? {
            add(row.get(0)?, None);
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
            add(row.get(0)?, Some((number(row, 1)?, row.get(2)?)));
        }
    }
    let mut statement = db.prepare_cached(FOUND)?;
    let mut found = Vec::new();
    for n in order.into_iter().take(usize::try_from(limit).unwrap_or(usize::MAX)) {
        let words = places.remove(&n).flatten();
        let read = |row: &Row<'_>| {
            let ticket = match row.get_ref(3)?.as_str_or_null()? {
                Some(_) => Some(ticket_at(row)?),
                None => None,
            };
            Ok(Found {
                conversation: conversation_id(row, 0)?,
                contact: row.get(1)?,
                updated_at: time(row, 2)?,
                ticket,
                words,
            })
        };
        found.extend(statement.query_row([n], read).optional()?);
    }
    Ok(found)
}

fn ticket_at(row: &Row<'_>) -> rusqlite::Result<Ticket> {
    ticket(row, 3)
}

pub(super) fn put_note(db: &Connection, note: &Note) -> Read<()> {
    db.prepare_cached(
        "INSERT INTO notes (conversation, ticket, at, by, text) \
         SELECT n, ?2, ?3, ?4, ?5 FROM conversations WHERE id = ?1",
    )?
    .execute(params![
        note.conversation.as_str(),
        note.ticket.as_str(),
        super::rows::micros(note.at),
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
    let read = |row: &Row<'_>| {
        Ok(Note {
            conversation: id.clone(),
            ticket: desk::TicketId::new(row.get_ref(0)?.as_str()?),
            at: time(row, 1)?,
            by: row.get(2)?,
            text: row.get(3)?,
        })
    };
    Ok(statement.query_map([id.as_str()], read)?.collect::<Result<_, _>>()?)
}
