//! Values as they go to PostgreSQL and come back.
//!
//! PostgreSQL's texts hold every character but NUL, which customers may type. It goes in as
//! SUB and `0`, a SUB itself as two of them, also in JSON, where both are escaped.

use std::borrow::Cow;
use std::error::Error;
use std::fmt::Write as _;

use tokio_postgres::Row;
use tokio_postgres::types::private::BytesMut;
use tokio_postgres::types::{IsNull, ToSql, Type, to_sql_checked};

use crate::columns::{Broken, Columns, broken};
use crate::error::StoreError;

#[cfg(test)]
mod tests;

/// A value of a statement.
#[derive(Clone, Debug)]
pub(super) enum Value<'a> {
    Int(Option<i64>),
    Text(Option<Cow<'a, str>>),
    Bytes(Option<Cow<'a, [u8]>>),
    Flag(bool),
}

impl<'a> Value<'a> {
    /// JSON that was written here, or null.
    pub(super) fn json(text: impl Into<Option<String>>) -> Self {
        Self::Text(text.into().map(|text| match hide_in_json(&text) {
            Some(hidden) => Cow::Owned(hidden),
            None => Cow::Owned(text),
        }))
    }

    /// A hash, or null.
    pub(super) fn hash(hash: impl Into<Option<&'a [u8; 32]>>) -> Self {
        Self::Bytes(hash.into().map(|hash| Cow::Borrowed(hash.as_slice())))
    }

    /// Its type, which PostgreSQL then need not guess.
    pub(super) fn kind(&self) -> Type {
        match self {
            Self::Int(_) => Type::INT8,
            Self::Text(_) => Type::TEXT,
            Self::Bytes(_) => Type::BYTEA,
            Self::Flag(_) => Type::BOOL,
        }
    }
}

impl ToSql for Value<'_> {
    fn to_sql(
        &self,
        kind: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        match self {
            Self::Int(number) => number.to_sql(kind, out),
            Self::Text(text) => text.as_deref().map(hide).to_sql(kind, out),
            Self::Bytes(bytes) => bytes.as_deref().to_sql(kind, out),
            Self::Flag(flag) => flag.to_sql(kind, out),
        }
    }

    fn accepts(_: &Type) -> bool {
        // Statements are prepared with the types of their values.
        true
    }

    to_sql_checked!();
}

macro_rules! value_of {
    ($($from:ty: $value:ident => $made:expr;)*) => {
        $(impl<'a> From<$from> for Value<'a> {
            fn from($value: $from) -> Self {
                $made
            }
        })*
    };
}

value_of! {
    i64: number => Self::Int(Some(number));
    Option<i64>: number => Self::Int(number);
    u32: number => Self::Int(Some(number.into()));
    u16: number => Self::Int(Some(number.into()));
    u8: number => Self::Int(Some(number.into()));
    Option<u8>: number => Self::Int(number.map(i64::from));
    bool: flag => Self::Flag(flag);
    &'a str: text => Self::Text(Some(Cow::Borrowed(text)));
    &'a String: text => Self::Text(Some(Cow::Borrowed(text)));
    Option<&'a str>: text => Self::Text(text.map(Cow::Borrowed));
    &'a Option<String>: text => Self::Text(text.as_deref().map(Cow::Borrowed));
    String: text => Self::Text(Some(Cow::Owned(text)));
    Option<String>: text => Self::Text(text.map(Cow::Owned));
    &'a [u8]: bytes => Self::Bytes(Some(Cow::Borrowed(bytes)));
}

/// The values of a statement, in the order of its `$1`, `$2`.
macro_rules! values {
    ($($value:expr),* $(,)?) => {
        vec![$($crate::postgres::value::Value::from($value)),*]
    };
}
pub(super) use values;

impl From<Broken> for StoreError {
    fn from(Broken { column, detail }: Broken) -> Self {
        Self::Corrupt { what: "row".to_owned(), detail: format!("column {column}: {detail}") }
    }
}

impl Columns for Row {
    type Error = StoreError;

    fn text_if_any(&self, column: usize) -> Result<Option<Cow<'_, str>>, StoreError> {
        Ok(get::<Option<&str>>(self, column)?.map(show))
    }

    fn json_if_any(&self, column: usize) -> Result<Option<Cow<'_, str>>, StoreError> {
        Ok(get::<Option<&str>>(self, column)?.map(show_in_json))
    }

    fn int_if_any(&self, column: usize) -> Result<Option<i64>, StoreError> {
        get(self, column)
    }

    fn flag(&self, column: usize) -> Result<bool, StoreError> {
        get(self, column)
    }

    fn hash_if_any(&self, column: usize) -> Result<Option<[u8; 32]>, StoreError> {
        let bytes: Option<&[u8]> = get(self, column)?;
        let hash = |bytes: &[u8]| bytes.try_into().map_err(|_| broken(column, "no hash"));
        bytes.map(hash).transpose()
    }
}

fn get<'a, T: tokio_postgres::types::FromSql<'a>>(
    row: &'a Row,
    column: usize,
) -> Result<T, StoreError> {
    row.try_get(column).map_err(|error| broken(column, error.to_string()))
}

/// Stands before `0` for NUL, before itself for itself.
const SUB: char = '\u{1a}';

fn hide(text: &str) -> Cow<'_, str> {
    if !text.contains(['\0', SUB]) {
        return Cow::Borrowed(text);
    }
    let mut hidden = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            '\0' => hidden.extend([SUB, '0']),
            SUB => hidden.extend([SUB, SUB]),
            c => hidden.push(c),
        }
    }
    Cow::Owned(hidden)
}

/// A text as it was before it went in.
pub(super) fn show(hidden: &str) -> Cow<'_, str> {
    if !hidden.contains(SUB) {
        return Cow::Borrowed(hidden);
    }
    let mut text = String::with_capacity(hidden.len());
    let mut chars = hidden.chars();
    while let Some(c) = chars.next() {
        match c {
            SUB => text.push(if chars.next() == Some('0') { '\0' } else { SUB }),
            c => text.push(c),
        }
    }
    Cow::Owned(text)
}

/// An escaped character of JSON, by its code.
const ESCAPE: &str = "\\u00";

/// JSON without NUL, which PostgreSQL reads in no JSON; none where it stays as it is.
fn hide_in_json(text: &str) -> Option<String> {
    if !text.contains("\\u0000") && !text.contains("\\u001a") {
        return None;
    }
    let mut hidden = String::with_capacity(text.len() + 8);
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        hidden.push_str(&rest[..at]);
        rest = &rest[at..];
        // Every escape is two characters, or six of which the last four are its code.
        let (code, length) = match rest.strip_prefix(ESCAPE).and_then(|rest| rest.get(..2)) {
            Some(code) => (code, ESCAPE.len() + 2),
            None => ("", rest.len().min(2)),
        };
        match code {
            "00" => hidden.push_str("\\u001a0"),
            "1a" => hidden.push_str("\\u001a\\u001a"),
            _ => hidden.push_str(&rest[..length]),
        }
        rest = &rest[length..];
    }
    hidden.push_str(rest);
    Some(hidden)
}

fn show_in_json(hidden: &str) -> Cow<'_, str> {
    if !hidden.contains("\\u001a") {
        return Cow::Borrowed(hidden);
    }
    let mut text = String::with_capacity(hidden.len());
    let mut rest = hidden;
    while let Some(at) = rest.find('\\') {
        text.push_str(&rest[..at]);
        rest = &rest[at..];
        if let Some(after) = rest.strip_prefix("\\u001a") {
            match after.strip_prefix("\\u001a") {
                Some(after) => {
                    text.push_str("\\u001a");
                    rest = after;
                }
                None => {
                    text.push_str("\\u0000");
                    rest = after.strip_prefix('0').unwrap_or(after);
                }
            }
        } else {
            let length = rest.len().min(2);
            let _ = text.write_str(&rest[..length]);
            rest = &rest[length..];
        }
    }
    text.push_str(rest);
    Cow::Owned(text)
}
