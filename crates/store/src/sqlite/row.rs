//! A row of SQLite.

use std::borrow::Cow;

use rusqlite::Row;
use rusqlite::types::Type;

use crate::columns::{Broken, Columns};

impl From<Broken> for rusqlite::Error {
    fn from(Broken { column, detail }: Broken) -> Self {
        Self::FromSqlConversionFailure(column, Type::Text, detail.into())
    }
}

impl Columns for Row<'_> {
    type Error = rusqlite::Error;

    fn text_if_any(&self, column: usize) -> Result<Option<Cow<'_, str>>, Self::Error> {
        Ok(self.get_ref(column)?.as_str_or_null()?.map(Cow::Borrowed))
    }

    fn json_if_any(&self, column: usize) -> Result<Option<Cow<'_, str>>, Self::Error> {
        self.text_if_any(column)
    }

    fn int_if_any(&self, column: usize) -> Result<Option<i64>, Self::Error> {
        self.get(column)
    }

    fn flag(&self, column: usize) -> Result<bool, Self::Error> {
        self.get(column)
    }

    fn hash_if_any(&self, column: usize) -> Result<Option<[u8; 32]>, Self::Error> {
        self.get(column)
    }
}
