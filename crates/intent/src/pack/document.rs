//! Reading TOML with the place of every value, and complaining about shapes.

use std::borrow::Cow;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::diagnostics::{Diagnostics, Place};

/// A string and where it stands.
#[derive(Clone, Debug)]
pub(crate) struct Text {
    pub(crate) text: String,
    pub(crate) place: Place,
}

/// A value with its place, as the parser gives it.
pub(crate) type Value<'i> = Spanned<DeValue<'i>>;

/// One source under reading.
pub(crate) struct Document<'d, 's> {
    pub(crate) diagnostics: &'d mut Diagnostics<'s>,
    pub(crate) source: usize,
}

/// The largest file that is read; what is larger is no pack.
const MAX_BYTES: usize = 16 << 20;

/// The text of a source, or a complaint.
pub(crate) fn text<'i>(
    diagnostics: &mut Diagnostics<'_>,
    source: usize,
    bytes: &'i [u8],
) -> Option<&'i str> {
    if bytes.len() > MAX_BYTES {
        let message = format!("the file has {} bytes; at most {MAX_BYTES} are read", bytes.len());
        let help = "split it into several files of one domain each";
        diagnostics.error(Place { source, at: 0 }, "too-large", message, help);
        return None;
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Some(text),
        Err(error) => {
            let place = Place { source, at: error.valid_up_to() };
            let message = format!("byte {} is not UTF-8", error.valid_up_to());
            diagnostics.error(place, "not-utf8", message, "save the file as UTF-8");
            None
        }
    }
}

/// Parses a source; what cannot be parsed is reported and the rest still returned.
pub(crate) fn parse<'i>(
    diagnostics: &mut Diagnostics<'_>,
    source: usize,
    text: &'i str,
) -> DeTable<'i> {
    let (table, errors) = DeTable::parse_recoverable(text);
    for error in errors.iter().take(20) {
        let place = Place { source, at: error.span().map_or(0, |span| span.start) };
        let message = format!("this is not TOML: {}", error.message().trim());
        diagnostics.error(
            place,
            "syntax",
            message,
            "see https://toml.io; strings need quotes, lists need brackets and commas",
        );
    }
    table.into_inner()
}

impl Document<'_, '_> {
    pub(crate) fn place(&self, value: &Value<'_>) -> Place {
        Place { source: self.source, at: value.span().start }
    }

    pub(crate) fn wrong(&mut self, value: &Value<'_>, what: &str, expected: &str) {
        let message =
            format!("{what} is {} where {expected} is expected", value.get_ref().type_str());
        let place = self.place(value);
        self.diagnostics.error(
            place,
            "wrong-type",
            message,
            "see docs/PACKS.md for the shape of this file",
        );
    }

    pub(crate) fn string(&mut self, value: &Value<'_>, what: &str) -> Option<Text> {
        if let DeValue::String(text) = value.get_ref() {
            return Some(Text { text: text.clone().into_owned(), place: self.place(value) });
        }
        self.wrong(value, what, "a string");
        None
    }

    /// A list of strings; a single string is a list of one.
    pub(crate) fn strings(&mut self, value: &Value<'_>, what: &str) -> Vec<Text> {
        match value.get_ref() {
            DeValue::Array(items) => {
                items.iter().filter_map(|item| self.string(item, what)).collect()
            }
            DeValue::String(_) => self.string(value, what).into_iter().collect(),
            _ => {
                self.wrong(value, what, "a list of strings");
                Vec::new()
            }
        }
    }

    pub(crate) fn integer(&mut self, value: &Value<'_>, what: &str) -> Option<i32> {
        let number = value.get_ref().as_integer().and_then(|number| number.as_str().parse().ok());
        if number.is_none() {
            self.wrong(value, what, "a whole number");
        }
        number
    }

    pub(crate) fn table<'v, 'i>(
        &mut self,
        value: &'v Value<'i>,
        what: &str,
    ) -> Option<&'v DeTable<'i>> {
        let table = value.get_ref().as_table();
        if table.is_none() {
            self.wrong(value, what, "a table");
        }
        table
    }

    pub(crate) fn unknown_key(&mut self, key: &Spanned<Cow<'_, str>>, known: &[&str]) {
        let message = format!("`{}` is not known here", key.get_ref());
        let help = match nearest(key.get_ref(), known.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("known are: {}", known.join(", ")),
        };
        let place = Place { source: self.source, at: key.span().start };
        self.diagnostics.error(place, "unknown-key", message, help);
    }
}

/// The known name nearest to a mistaken one, within a third of its length.
pub(crate) fn nearest<'n>(name: &str, known: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    let (near, distance) = known.map(|k| (k, distance(name, k))).min_by_key(|&(k, d)| (d, k))?;
    (distance <= 1 + name.chars().count() / 3).then_some(near)
}

fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, &y) in b.iter().enumerate() {
            let cost = (diagonal + usize::from(x != y)).min(row[j] + 1).min(row[j + 1] + 1);
            diagonal = std::mem::replace(&mut row[j + 1], cost);
        }
    }
    row[b.len()]
}
