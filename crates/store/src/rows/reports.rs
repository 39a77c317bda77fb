//! What is read for people's pages: what was found, notes, counts.

use desk::{ConversationId, TicketId};
use jiff::Timestamp;

use super::{survey, ticket};
use crate::columns::Columns;
use crate::figures::{
    AnswerFigure, ButtonFigure, HOUR, HourCount, Said, TicketFigure, VariantFigure,
};
use crate::report::{Found, Note};

/// A conversation `c`, up to its latest ticket.
macro_rules! select_found {
    () => {
        concat!(
            "SELECT c.id, c.contact, c.updated_at, ",
            $crate::rows::ticket_columns!(),
            " FROM conversations c LEFT JOIN tickets t ON t.n = c.ticket \
             LEFT JOIN conversations tc ON tc.n = t.conversation WHERE c.n = "
        )
    };
}
pub(crate) use select_found;

/// Reads `select_found`.
pub(crate) fn found<R: Columns>(row: &R, words: Option<(u64, String)>) -> Result<Found, R::Error> {
    Ok(Found {
        conversation: row.conversation_id(0)?,
        contact: row.owned_if_any(1)?,
        updated_at: row.time(2)?,
        ticket: row.text_if_any(3)?.map(|_| ticket(row, 3)).transpose()?,
        words,
    })
}

/// Reads ticket, time, author and text of a note in this conversation.
pub(crate) fn note<R: Columns>(row: &R, id: &ConversationId) -> Result<Note, R::Error> {
    Ok(Note {
        conversation: id.clone(),
        ticket: TicketId::new(&row.text(0)?),
        at: row.time(1)?,
        by: row.owned(2)?,
        text: row.owned(3)?,
    })
}

/// Reads the number of an hour, conversations, hand-overs.
pub(crate) fn hour_count<R: Columns>(row: &R) -> Result<HourCount, R::Error> {
    let hour: i64 = row.number(0)?;
    Ok(HourCount {
        // In range: it is counted from moments that are.
        hour: Timestamp::from_microsecond(hour.saturating_mul(HOUR)).unwrap_or_default(),
        conversations: row.number(1)?,
        handed_over: row.number(2)?,
    })
}

/// Reads a language, conversations, hand-overs.
pub(crate) fn language_count<R: Columns>(row: &R) -> Result<(Option<String>, u64, u64), R::Error> {
    Ok((row.owned_if_any(0)?, row.number(1)?, row.number(2)?))
}

/// Reads a ticket of a period.
pub(crate) fn ticket_figure<R: Columns>(row: &R) -> Result<TicketFigure, R::Error> {
    let (survey, rating) = survey(row, 6)?;
    Ok(TicketFigure {
        id: TicketId::new(&row.text(0)?),
        opened_at: row.time(1)?,
        first_response_at: row.time_if_any(2)?,
        resolved_at: row.time_if_any(3)?,
        assignee: row.owned_if_any(4)?,
        rule: row.owned(5)?,
        survey,
        rating,
        late: row.flag(8)?,
        again: row.flag(9)?,
    })
}

/// Reads how an answer did.
pub(crate) fn answer_figure<R: Columns>(row: &R) -> Result<AnswerFigure, R::Error> {
    Ok(AnswerFigure { answer: row.owned(0)?, given: row.number(1)?, handed_over: row.number(2)? })
}

/// Reads how a button did.
pub(crate) fn button_figure<R: Columns>(row: &R) -> Result<ButtonFigure, R::Error> {
    Ok(ButtonFigure { payload: row.owned(0)?, offered: row.number(1)?, picked: row.number(2)? })
}

/// Reads how a manner of speaking did.
pub(crate) fn variant_figure<R: Columns>(row: &R) -> Result<VariantFigure, R::Error> {
    Ok(VariantFigure {
        variant: row.owned(0)?,
        conversations: row.number(1)?,
        contained: row.number(2)?,
        pressed: row.number(3)?,
        marks: row.number(4)?,
        good: row.number(5)?,
    })
}

/// Reads a message of a customer.
pub(crate) fn said<R: Columns>(row: &R) -> Result<Said, R::Error> {
    Ok(Said {
        conversation: row.conversation_id(0)?,
        at: row.time(1)?,
        language: row.owned_if_any(2)?,
        text: row.owned(3)?,
    })
}
