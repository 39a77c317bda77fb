//! Pages of tickets, and how the next one is asked for.

use desk::{Ticket, TicketState};

use crate::batch::{Page, TicketQuery};
use crate::error::StoreError;

/// Tickets on a page, unless said.
const PAGE: usize = 50;
/// Tickets on a page, whatever was said.
const PAGE_AT_MOST: usize = 200;

/// Where a page of tickets begins: behind this place in the order of the queue.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cursor {
    pub(crate) key: i64,
    pub(crate) n: i64,
}

impl Cursor {
    /// Where the page of a query begins.
    pub(crate) fn of(query: &TicketQuery) -> Result<Self, StoreError> {
        let first = if query.state == Some(TicketState::Resolved) {
            Self { key: 0, n: i64::MAX }
        } else {
            Self { key: i64::MIN, n: 0 }
        };
        query.cursor.as_deref().map_or(Ok(first), Self::parse)
    }

    fn parse(text: &str) -> Result<Self, StoreError> {
        let (key, n) = text.split_once('.').ok_or(StoreError::BadCursor)?;
        let number = |text: &str| text.parse().map_err(|_| StoreError::BadCursor);
        Ok(Self { key: number(key)?, n: number(n)? })
    }
}

/// How many tickets are on the page of a query.
pub(crate) fn limit(query: &TicketQuery) -> usize {
    if query.limit == 0 { PAGE } else { query.limit.min(PAGE_AT_MOST) }
}

/// A page out of what was found, which is one more than the page where there is another.
pub(crate) fn page(mut found: Vec<(Cursor, Ticket)>, limit: usize) -> Page<Ticket> {
    let more = found.len() > limit;
    found.truncate(limit);
    let next = match found.last() {
        Some((last, _)) if more => Some(format!("{}.{}", last.key, last.n)),
        _ => None,
    };
    Page { items: found.into_iter().map(|(_, ticket)| ticket).collect(), next }
}
