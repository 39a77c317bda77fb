//! Files that a backup holds beside the database: a table of its own, in the copy alone.

use std::path::Path;

use rusqlite::{Connection, OptionalExtension, params};

use super::schema;
use crate::error::StoreError;

/// In no database that is served: [`BackupFile::forget`] takes it away.
const TABLE: &str = "CREATE TABLE backup_files (name TEXT PRIMARY KEY, bytes BLOB NOT NULL) STRICT";

/// A copy of a database, which may hold files as well. Blocks.
#[derive(Debug)]
pub struct BackupFile {
    connection: Connection,
}

impl BackupFile {
    /// Copies a database into a new file, to which files can be added. They are in it once
    /// [`BackupFile::finish`] returns.
    ///
    /// # Errors
    /// As [`crate::SqliteStore::copy`].
    pub fn make(database: &Path, file: &Path) -> Result<Self, StoreError> {
        schema::copy(database, file)?;
        let connection = schema::open_copy(file)?;
        connection.execute_batch(&format!("BEGIN; {TABLE}"))?;
        Ok(Self { connection })
    }

    /// Opens a copy that was made before.
    ///
    /// # Errors
    /// [`StoreError::ForeignFile`], [`StoreError::Unavailable`].
    pub fn open(file: &Path) -> Result<Self, StoreError> {
        Ok(Self { connection: schema::open_copy(file)? })
    }

    /// Adds a file.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn add(&self, name: &str, bytes: &[u8]) -> Result<(), StoreError> {
        let sql = "INSERT INTO backup_files (name, bytes) VALUES (?1, ?2)";
        self.connection.prepare_cached(sql)?.execute(params![name, bytes])?;
        Ok(())
    }

    /// Everything that was added is on disk when this returns.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn finish(self) -> Result<(), StoreError> {
        Ok(self.connection.execute_batch("COMMIT")?)
    }

    /// The names of its files in order; none of a copy that was made without.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn names(&self) -> Result<Vec<String>, StoreError> {
        if !self.connection.table_exists(None, "backup_files")? {
            return Ok(Vec::new());
        }
        let mut statement =
            self.connection.prepare("SELECT name FROM backup_files ORDER BY name")?;
        Ok(statement.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?)
    }

    /// What one of them holds.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn read(&self, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let sql = "SELECT bytes FROM backup_files WHERE name = ?1";
        Ok(self.connection.prepare_cached(sql)?.query_row([name], |row| row.get(0)).optional()?)
    }

    /// Takes the files out of it and gives their room back.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn forget(self) -> Result<(), StoreError> {
        if self.connection.table_exists(None, "backup_files")? {
            self.connection.execute_batch("DROP TABLE backup_files; VACUUM")?;
        }
        Ok(())
    }
}
