//! The file: how it is opened, and its format through the versions.

use std::fs;
use std::path::Path;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, TransactionBehavior};

use crate::error::StoreError;

/// Marks a file as ours: "SwBd".
const APPLICATION_ID: i32 = 0x5377_4264;
/// How long a connection waits for another one's lock.
const BUSY: Duration = Duration::from_secs(10);
/// The write-ahead log is cut back to this after it was larger, in bytes.
const LOG_LEFT: u32 = 64 << 20;

/// What the writer keeps in memory, in KiB.
const WRITER_CACHE: i32 = 16 << 10;

/// One step for each version of the format, from the one before. A step that was
/// released is never changed.
const MIGRATIONS: [&str; 6] = [
    include_str!("001.sql"),
    include_str!("002.sql"),
    include_str!("003.sql"),
    include_str!("004.sql"),
    include_str!("005.sql"),
    include_str!("006.sql"),
];
/// The format that made an index of words.
const WORDS: usize = 4;

/// The format that this program reads and writes.
pub(super) const FORMAT: i64 = MIGRATIONS.len() as i64;

/// Opens the file for writing and brings it to the present format.
pub(super) fn open_writer(path: &Path) -> Result<Connection, StoreError> {
    make_private(path)?;
    let mut connection = connect(path)?;
    check_ours(&connection, path)?;
    // The order matters: a write-ahead log cannot be asked for inside a transaction.
    pragma(&connection, "journal_mode", "WAL")?;
    // An acknowledged change outlives a power cut.
    pragma(&connection, "synchronous", "FULL")?;
    pragma(&connection, "journal_size_limit", LOG_LEFT)?;
    // Checkpoints run on a connection of their own and never make a commit wait.
    pragma(&connection, "wal_autocheckpoint", 0)?;
    // Room for the pages of a large group: those that do not fit are written twice.
    pragma(&connection, "cache_size", -WRITER_CACHE)?;
    migrate(&mut connection)?;
    Ok(connection)
}

/// Opens the file for reading only.
pub(super) fn open_reader(path: &Path) -> Result<Connection, StoreError> {
    let connection = connect(path)?;
    pragma(&connection, "query_only", true)?;
    Ok(connection)
}

/// Opens the file for moving the log into it.
pub(super) fn open_checkpointer(path: &Path) -> Result<Connection, StoreError> {
    let connection = connect(path)?;
    pragma(&connection, "synchronous", "FULL")?;
    pragma(&connection, "wal_autocheckpoint", 0)?;
    Ok(connection)
}

fn connect(path: &Path) -> Result<Connection, StoreError> {
    let connection = Connection::open(path)?;
    connection.busy_timeout(BUSY)?;
    // Plans do not depend on values. Otherwise SQLite prepares every join anew for every
    // new value, which takes longer than running it.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    connection.set_prepared_statement_cache_capacity(128);
    Ok(connection)
}

fn pragma(
    connection: &Connection,
    name: &str,
    value: impl rusqlite::ToSql,
) -> Result<(), StoreError> {
    // Some pragmas answer with what is in force; that is of no interest.
    Ok(connection.pragma_update_and_check(None, name, value, |_| Ok(())).or_else(|error| {
        match error {
            rusqlite::Error::QueryReturnedNoRows => Ok(()),
            error => Err(error),
        }
    })?)
}

/// Copies a database of ours into a new file, and looks whether the copy is whole.
pub(super) fn copy(path: &Path, file: &Path) -> Result<(), StoreError> {
    let unavailable = |detail: String| StoreError::Unavailable { detail };
    if !path.is_file() {
        return Err(unavailable(format!("{}: there is no such file", path.display())));
    }
    let name = file.to_str().ok_or_else(|| unavailable("the name is not UTF-8".to_owned()))?;
    let connection = open_checkpointer(path)?;
    check_ours(&connection, path)?;
    make(file, fs::OpenOptions::new().create_new(true).append(true))?;
    // A copy takes long; on a connection of its own nobody waits for it.
    connection.execute("VACUUM INTO ?1", [name])?;
    let whole: String =
        connect(file)?.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))?;
    if whole != "ok" {
        let what = file.display().to_string();
        return Err(StoreError::Corrupt { what, detail: whole });
    }
    Ok(())
}

/// Opens a copy of a database of ours, which no service uses.
pub(super) fn open_copy(file: &Path) -> Result<Connection, StoreError> {
    if !file.is_file() {
        let detail = format!("{}: there is no such file", file.display());
        return Err(StoreError::Unavailable { detail });
    }
    let connection = connect(file)?;
    check_ours(&connection, file)?;
    Ok(connection)
}

/// Customers' messages are for the service's own user alone.
fn make_private(path: &Path) -> Result<(), StoreError> {
    make(path, fs::OpenOptions::new().create(true).append(true))
}

#[expect(clippy::disallowed_methods, reason = "the store's database")]
fn make(path: &Path, options: &mut fs::OpenOptions) -> Result<(), StoreError> {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    options
        .open(path)
        .map(drop)
        .map_err(|error| StoreError::Unavailable { detail: format!("{}: {error}", path.display()) })
}

/// Refuses what another program wrote.
fn check_ours(connection: &Connection, path: &Path) -> Result<(), StoreError> {
    let foreign = || StoreError::ForeignFile { path: path.display().to_string() };
    let read = |sql| connection.query_row(sql, [], |row| row.get::<_, i64>(0));
    match read("PRAGMA application_id") {
        Ok(id) if id == i64::from(APPLICATION_ID) => Ok(()),
        Ok(0) if read("SELECT count(*) FROM sqlite_schema")? == 0 => Ok(()),
        Err(rusqlite::Error::SqliteFailure(error, _)) if error.code == ErrorCode::NotADatabase => {
            Err(foreign())
        }
        Ok(_) => Err(foreign()),
        Err(error) => Err(error.into()),
    }
}

fn migrate(connection: &mut Connection) -> Result<(), StoreError> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Exclusive)?;
    let found: i64 = transaction.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    let done = usize::try_from(found)
        .ok()
        .filter(|done| *done <= MIGRATIONS.len())
        .ok_or(StoreError::NewerFormat { found, known: FORMAT })?;
    for step in &MIGRATIONS[done..] {
        transaction.execute_batch(step)?;
    }
    if done < WORDS {
        super::search::insert_all(&transaction)?;
    }
    if done < MIGRATIONS.len() {
        transaction.pragma_update(None, "user_version", FORMAT)?;
        transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
    }
    Ok(transaction.commit()?)
}
