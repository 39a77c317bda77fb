//! How far what was sent is known to have come.

use desk::ConversationId;
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};

use crate::channel::{Receipt, SentPart};
use crate::columns::micros;
use crate::error::StoreError;
use crate::rows;

/// A receipt for a part, by the platform's name for it. A state never goes back.
pub(super) fn receipt(
    db: &Connection,
    destination: &str,
    platform_id: &str,
    receipt: Receipt,
    at: Timestamp,
) -> Result<(), StoreError> {
    db.prepare_cached(
        "UPDATE outbox_parts SET receipt = ?3, receipt_at = ?4 WHERE platform_id = ?2 \
         AND receipt < ?3 \
         AND (SELECT destination FROM outbox WHERE n = row) = ?1",
    )?
    .execute(params![destination, platform_id, rows::rank(receipt), micros(at)])?;
    Ok(())
}

/// A receipt for everything sent to somebody until a moment.
pub(super) fn receipts_until(
    db: &Connection,
    conversation: &ConversationId,
    until: Timestamp,
    receipt: Receipt,
    at: Timestamp,
) -> Result<(), StoreError> {
    db.prepare_cached(
        "UPDATE outbox_parts SET receipt = ?3, receipt_at = ?4 WHERE receipt < ?3 \
         AND sent_at <= ?2 AND row IN (SELECT n FROM outbox WHERE seq IS NOT NULL \
         AND conversation = (SELECT n FROM conversations WHERE id = ?1))",
    )?
    .execute(params![
        conversation.as_str(),
        micros(until),
        rows::rank(receipt),
        micros(at)
    ])?;
    Ok(())
}

/// The part that a platform names so.
pub(super) fn sent_part(
    db: &Connection,
    destination: &str,
    platform_id: &str,
) -> Result<Option<SentPart>, StoreError> {
    let mut statement = db.prepare_cached(
        "SELECT o.n, p.part, c.id, o.seq, p.receipt FROM outbox_parts p \
         JOIN outbox o ON o.n = p.row LEFT JOIN conversations c ON c.n = o.conversation \
         WHERE p.platform_id = ?2 AND o.destination = ?1",
    )?;
    Ok(statement
        .query_row(params![destination, platform_id], |row| rows::sent_part(row))
        .optional()?)
}
