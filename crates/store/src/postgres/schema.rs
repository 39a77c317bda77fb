//! The tables: made by the first node that comes, and their format through the versions.

use deadpool_postgres::Object;

use super::connect::unavailable;
use crate::error::StoreError;

/// One step for each version of the format, from the one before. A step that was released is
/// never changed.
const MIGRATIONS: [&str; 2] = [include_str!("001.sql"), include_str!("002.sql")];

/// The format that this program reads and writes.
const FORMAT: i64 = MIGRATIONS.len() as i64;

/// Held while a node looks at the format and changes it; the others wait. "SwBd".
const LOCK: i64 = 0x5377_4264;

/// Brings the database to the present format.
pub(super) async fn migrate(client: &mut Object, name: &str) -> Result<(), StoreError> {
    let encoding: String = client.query_one("SHOW server_encoding", &[]).await?.try_get(0)?;
    if encoding != "UTF8" {
        let detail =
            format!("{name} is in {encoding}; make one with: createdb -E UTF8 -T template0");
        return Err(StoreError::Unavailable { detail });
    }
    let transaction = client.transaction().await?;
    // Another node's step may take long.
    transaction
        .batch_execute("SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0")
        .await?;
    transaction.execute("SELECT pg_advisory_xact_lock($1)", &[&LOCK]).await?;
    let found = found(&transaction, name).await?;
    let done = usize::try_from(found)
        .ok()
        .filter(|done| *done <= MIGRATIONS.len())
        .ok_or(StoreError::NewerFormat { found, known: FORMAT })?;
    for step in &MIGRATIONS[done..] {
        transaction.batch_execute(step).await?;
    }
    if done < MIGRATIONS.len() {
        transaction.execute("UPDATE switchboard SET format = $1", &[&FORMAT]).await?;
    }
    transaction.commit().await.map_err(unavailable)
}

/// The format of a database, 0 of one that is new.
async fn found(
    transaction: &deadpool_postgres::Transaction<'_>,
    name: &str,
) -> Result<i64, StoreError> {
    let is_there = async |table: &str| -> Result<bool, StoreError> {
        let row = transaction.query_one("SELECT to_regclass($1) IS NOT NULL", &[&table]).await?;
        Ok(row.try_get(0)?)
    };
    if is_there("switchboard").await? {
        let row = transaction.query_one("SELECT format FROM switchboard", &[]).await?;
        return Ok(row.try_get(0)?);
    }
    for table in ["conversations", "messages", "users", "events"] {
        if is_there(table).await? {
            return Err(StoreError::ForeignFile { path: name.to_owned() });
        }
    }
    let marker = "CREATE TABLE switchboard (format BIGINT NOT NULL); \
                  INSERT INTO switchboard VALUES (0)";
    transaction.batch_execute(marker).await?;
    Ok(0)
}
