//! A row of a database, whichever it is: what is common to reading columns.

use std::borrow::Cow;

use desk::ConversationId;
use jiff::Timestamp;

/// A value that is not what was written: the number of its column, and what is wrong.
#[derive(Debug)]
pub(crate) struct Broken {
    pub(crate) column: usize,
    pub(crate) detail: String,
}

/// Something that is wrong with a column.
pub(crate) fn broken<E: From<Broken>>(column: usize, detail: impl Into<String>) -> E {
    E::from(Broken { column, detail: detail.into() })
}

/// A row. Columns count from 0.
pub(crate) trait Columns {
    /// What goes wrong where a column is of another kind, or holds what was never written.
    type Error: From<Broken>;

    /// A text; an error where it is null.
    fn text(&self, column: usize) -> Result<Cow<'_, str>, Self::Error> {
        self.text_if_any(column)?.ok_or_else(|| broken(column, "null"))
    }

    /// A text, or null.
    fn text_if_any(&self, column: usize) -> Result<Option<Cow<'_, str>>, Self::Error>;

    /// JSON as text, or null.
    fn json_if_any(&self, column: usize) -> Result<Option<Cow<'_, str>>, Self::Error>;

    /// A number, or null.
    fn int_if_any(&self, column: usize) -> Result<Option<i64>, Self::Error>;

    /// Yes or no.
    fn flag(&self, column: usize) -> Result<bool, Self::Error>;

    /// A hash, or null.
    fn hash_if_any(&self, column: usize) -> Result<Option<[u8; 32]>, Self::Error>;

    /// A text of one's own.
    fn owned(&self, column: usize) -> Result<String, Self::Error> {
        self.text(column).map(Cow::into_owned)
    }

    /// A text of one's own, or null.
    fn owned_if_any(&self, column: usize) -> Result<Option<String>, Self::Error> {
        Ok(self.text_if_any(column)?.map(Cow::into_owned))
    }

    /// The name of a conversation.
    fn conversation_id(&self, column: usize) -> Result<ConversationId, Self::Error> {
        self.text(column).map(|id| ConversationId::new(&id))
    }

    /// The name of a conversation, or null.
    fn conversation_id_if_any(&self, column: usize) -> Result<Option<ConversationId>, Self::Error> {
        Ok(self.text_if_any(column)?.map(|id| ConversationId::new(&id)))
    }

    /// A hash; an error where it is null.
    fn hash(&self, column: usize) -> Result<[u8; 32], Self::Error> {
        self.hash_if_any(column)?.ok_or_else(|| broken(column, "null"))
    }

    /// A number, or null.
    fn number_if_any<N: TryFrom<i64>>(&self, column: usize) -> Result<Option<N>, Self::Error> {
        let read = |number| N::try_from(number).map_err(|_| broken(column, "out of range"));
        self.int_if_any(column)?.map(read).transpose()
    }

    /// A number; an error where it is null.
    fn number<N: TryFrom<i64>>(&self, column: usize) -> Result<N, Self::Error> {
        self.number_if_any(column)?.ok_or_else(|| broken(column, "null"))
    }

    /// A moment, or null.
    fn time_if_any(&self, column: usize) -> Result<Option<Timestamp>, Self::Error> {
        let read = |at| Timestamp::from_microsecond(at).map_err(|e| broken(column, e.to_string()));
        self.int_if_any(column)?.map(read).transpose()
    }

    /// A moment; an error where it is null.
    fn time(&self, column: usize) -> Result<Timestamp, Self::Error> {
        self.time_if_any(column)?.ok_or_else(|| broken(column, "null"))
    }

    /// What a column of JSON holds.
    fn json<T>(
        &self,
        column: usize,
        read: fn(&str) -> Result<T, String>,
    ) -> Result<T, Self::Error> {
        let text = self.json_if_any(column)?.ok_or_else(|| broken(column, "null"))?;
        read(&text).map_err(|detail| broken(column, detail))
    }

    /// A column of JSON that is null where the list is empty.
    fn list<T>(
        &self,
        column: usize,
        read: fn(&str) -> Result<Vec<T>, String>,
    ) -> Result<Vec<T>, Self::Error> {
        match self.json_if_any(column)? {
            Some(text) => read(&text).map_err(|detail| broken(column, detail)),
            None => Ok(Vec::new()),
        }
    }
}

/// A moment as it is written in columns and in JSON: microseconds since 1970.
pub(crate) fn micros(at: Timestamp) -> i64 {
    at.as_microsecond()
}

/// Counters stay far below what a signed column holds.
pub(crate) fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
