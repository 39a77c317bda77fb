//! What can go wrong with stored state.

use crate::batch::Version;

/// Why the store did not do what was asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// Somebody else changed the conversation meanwhile.
    #[error("the conversation is at version {actual:?}, not {expected:?}")]
    Conflict {
        /// What the caller had read.
        expected: Option<Version>,
        /// What is stored.
        actual: Option<Version>,
    },
    /// The caller used one message id for two different messages.
    #[error("the message id was used before with another body")]
    MessageIdReused,
    /// More waits to be written than the queue holds.
    #[error("more changes wait to be written than the store can take")]
    Overloaded,
    /// A cursor that this store did not make.
    #[error("the cursor was not made by this service")]
    BadCursor,
    /// The file was written by a later version of this program.
    #[error("the database has format {found}; this program knows formats up to {known}")]
    NewerFormat {
        /// The file's.
        found: i64,
        /// The latest known here.
        known: i64,
    },
    /// The file is no database of this program.
    #[error("{path} is not a database of this program")]
    ForeignFile {
        /// Which file.
        path: String,
    },
    /// Something stored could not be read back.
    #[error("stored {what} cannot be read: {detail}")]
    Corrupt {
        /// What kind of thing, and its id.
        what: String,
        /// What is wrong with it.
        detail: String,
    },
    /// The disk or the file fails, or the server and the way to it.
    #[error("the database cannot be used: {detail}")]
    Unavailable {
        /// As the database says it.
        detail: String,
    },
    /// The store was closed.
    #[error("the store is closed")]
    Closed,
}

impl StoreError {
    /// A stable code for machines.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Conflict { .. } => "version-conflict",
            Self::MessageIdReused => "message-id-reused",
            Self::Overloaded => "store-overloaded",
            Self::BadCursor => "bad-cursor",
            Self::NewerFormat { .. } => "store-newer-format",
            Self::ForeignFile { .. } => "store-foreign-file",
            Self::Corrupt { .. } => "store-corrupt",
            Self::Unavailable { .. } => "store-unavailable",
            Self::Closed => "store-closed",
        }
    }

    /// What to do about it.
    #[must_use]
    pub fn help(&self) -> &'static str {
        match self {
            Self::Conflict { .. } => "read the conversation again and decide anew",
            Self::MessageIdReused => "give every message an id of its own",
            Self::Overloaded => "try again in a moment",
            Self::BadCursor => "begin without a cursor, or use `next` of the page before",
            Self::NewerFormat { .. } => "run the newer version, or restore a backup of this one",
            Self::ForeignFile { .. } => "name another data directory",
            Self::Corrupt { .. } => "restore the last backup, and keep this file for a look",
            Self::Unavailable { .. } => {
                "look at the disk (space, permissions, health), or at the database server and the way to it"
            }
            Self::Closed => "the service is stopping; try again when it is back",
        }
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        let detail = error.to_string();
        match error {
            rusqlite::Error::FromSqlConversionFailure(..)
            | rusqlite::Error::IntegralValueOutOfRange(..)
            | rusqlite::Error::InvalidColumnType(..) => {
                Self::Corrupt { what: "row".to_owned(), detail }
            }
            _ => Self::Unavailable { detail },
        }
    }
}
