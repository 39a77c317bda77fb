//! What comes in from channels and what goes out to them.

use super::{MESSAGE_COLUMNS, message};
use crate::channel::{
    Access, Address, ChannelFigures, InboxRow, Outbound, OutboxEntry, OutboxRow, OutboxState,
    Receipt, SentPart,
};
use crate::columns::{Columns, broken};

/// Reads inbox, sender, detail and the time of the last message from column `at` on.
pub(crate) fn address<R: Columns>(row: &R, at: usize) -> Result<Address, R::Error> {
    Ok(Address {
        inbox: row.owned(at)?,
        sender: row.owned(at + 1)?,
        detail: row.owned(at + 2)?,
        last_inbound_at: row.time(at + 3)?,
    })
}

/// Reads number, inbox, event, body, time and how often it was taken up.
pub(crate) fn inbox_row<R: Columns>(row: &R) -> Result<InboxRow, R::Error> {
    Ok(InboxRow {
        n: row.number(0)?,
        inbox: row.owned(1)?,
        event: row.owned(2)?,
        body: row.owned(3)?,
        received_at: row.time(4)?,
        attempts: row.number(5)?,
    })
}

/// What follows the message of a row `o` of the outbox, up to its address `a`.
macro_rules! claimed_columns {
    () => {
        "o.n, o.id, o.destination, o.lane, o.kind, o.seq, o.body, o.attempts, o.made_at, c.id, \
         (SELECT count(*) FROM outbox_parts p WHERE p.row = o.n), \
         a.inbox, a.sender, a.detail, a.last_inbound_at, a.sent_since"
    };
}
pub(crate) use claimed_columns;

/// Reads `message_columns`, `claimed_columns`, and whether it was under way before.
pub(crate) fn claimed<R: Columns>(row: &R) -> Result<OutboxRow, R::Error> {
    let message = row.int_if_any(0)?.map(|_| message(row)).transpose()?;
    let at = MESSAGE_COLUMNS;
    let address = row.text_if_any(at + 11)?.map(|_| address(row, at + 11)).transpose()?;
    Ok(OutboxRow {
        n: row.number(at)?,
        outbound: Outbound {
            id: row.owned(at + 1)?,
            destination: row.owned(at + 2)?,
            lane: row.owned_if_any(at + 3)?,
            kind: row.owned(at + 4)?,
            seq: row.number_if_any(at + 5)?,
            body: row.owned(at + 6)?,
            not_before: None,
        },
        conversation: row.conversation_id_if_any(at + 9)?,
        message,
        address,
        sent_since: row.number_if_any(at + 15)?.unwrap_or_default(),
        parts: row.number(at + 10)?,
        attempts: row.number(at + 7)?,
        unsure: row.flag(at + 16)?,
        made_at: row.time(at + 8)?,
    })
}

/// How far a message has come, as a number that is compared: it never goes down.
pub(crate) fn rank(receipt: Receipt) -> i64 {
    match receipt {
        Receipt::Sent => 1,
        Receipt::Failed => 2,
        Receipt::Delivered => 3,
        Receipt::Read => 4,
    }
}

fn receipt<R: Columns>(row: &R, column: usize) -> Result<Option<Receipt>, R::Error> {
    let Some(rank) = row.int_if_any(column)? else { return Ok(None) };
    match rank {
        1 => Ok(Some(Receipt::Sent)),
        2 => Ok(Some(Receipt::Failed)),
        3 => Ok(Some(Receipt::Delivered)),
        4 => Ok(Some(Receipt::Read)),
        other => Err(broken(column, format!("no such receipt: {other}"))),
    }
}

/// Reads the number of the row, the part, conversation, message, receipt.
pub(crate) fn sent_part<R: Columns>(row: &R) -> Result<SentPart, R::Error> {
    Ok(SentPart {
        n: row.number(0)?,
        part: row.number(1)?,
        conversation: row.conversation_id_if_any(2)?,
        seq: row.number_if_any(3)?,
        receipt: receipt(row, 4)?.ok_or_else(|| broken(4, "null"))?,
    })
}

/// Reads a row of the outbox as it is listed.
pub(crate) fn entry<R: Columns>(row: &R) -> Result<OutboxEntry, R::Error> {
    let state = row.text(6)?;
    Ok(OutboxEntry {
        n: row.number(0)?,
        id: row.owned(1)?,
        destination: row.owned(2)?,
        kind: row.owned(3)?,
        conversation: row.conversation_id_if_any(4)?,
        seq: row.number_if_any(5)?,
        state: OutboxState::parse(&state)
            .ok_or_else(|| broken(6, format!("no such state: {state}")))?,
        attempts: row.number(7)?,
        next_at: row.time_if_any(8)?,
        error: row.owned_if_any(9)?,
        made_at: row.time(10)?,
        ended_at: row.time_if_any(11)?,
        receipt: receipt(row, 12)?,
    })
}

/// Reads what is written down of an inbox or destination.
pub(crate) fn channel_figures<R: Columns>(row: &R) -> Result<ChannelFigures, R::Error> {
    Ok(ChannelFigures {
        name: row.owned(0)?,
        verified_since: row.time_if_any(1)?,
        last_event_at: row.time_if_any(2)?,
        events: row.number(3)?,
        repeated: row.number(4)?,
        refused: row.number(5)?,
        refused_at: row.time_if_any(6)?,
        sent: row.number(7)?,
        sent_at: row.time_if_any(8)?,
        failures: row.number(9)?,
        failed_at: row.time_if_any(10)?,
        last_error: row.owned_if_any(11)?,
        unsure: row.number(12)?,
        gone_at: row.time_if_any(13)?,
        ..ChannelFigures::default()
    })
}

/// Reads name, token, its end, and what the next is asked for with.
pub(crate) fn access<R: Columns>(row: &R) -> Result<Access, R::Error> {
    Ok(Access {
        name: row.owned(0)?,
        token: row.owned(1)?,
        until: row.time(2)?,
        refresh: row.owned_if_any(3)?,
    })
}

/// Puts a count where it belongs.
type Set = fn(&mut ChannelFigures, u64);

/// What is counted by the name of an inbox or destination.
pub(crate) const COUNTS: [(&str, Set); 4] = [
    (
        "SELECT inbox, count(*) FROM inbox WHERE state IN ('waiting', 'working') GROUP BY inbox",
        |figures, count| figures.inbound = count,
    ),
    (
        "SELECT inbox, count(*) FROM inbox WHERE state = 'failed' GROUP BY inbox",
        |figures, count| figures.unreadable = count,
    ),
    (
        "SELECT destination, count(*) FROM outbox WHERE state IN ('waiting', 'sending') \
         GROUP BY destination",
        |figures, count| figures.outbound = count,
    ),
    (
        "SELECT destination, count(*) FROM outbox WHERE state = 'dead' GROUP BY destination",
        |figures, count| figures.dead = count,
    ),
];
