//! Which database keeps the state: a file in the folder of state, or a server that several
//! nodes share.

use std::path::PathBuf;

use store::{AnyStore, Options, PostgresOptions, PostgresStore, SqliteStore, StoreError};

use crate::config::Settings;

/// The name of the database in the folder of state.
pub const FILE: &str = "switchboard.db";

/// Opens the database of these settings; a file is made where there is none.
///
/// # Errors
/// As [`SqliteStore::open`] and [`PostgresStore::open`].
pub async fn open(settings: &Settings) -> Result<AnyStore, StoreError> {
    match &settings.database {
        None => SqliteStore::open(&file(settings), Options::default()).map(AnyStore::Sqlite),
        Some(server) => PostgresStore::open(server, PostgresOptions::default())
            .await
            .map(|store| AnyStore::Postgres(Box::new(store))),
    }
}

/// The file that holds the state where no server does.
#[must_use]
pub fn file(settings: &Settings) -> PathBuf {
    settings.data.join(FILE)
}
