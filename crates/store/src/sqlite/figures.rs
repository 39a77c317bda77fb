//! Counts of a period. They read along indexes of time, and never wait for the writer.

use desk::EventKind;
use rusqlite::{Connection, Row, params};

use super::SqliteStore;
use crate::batch::StoredEvent;
use crate::columns::{Columns, micros, signed};
use crate::error::StoreError;
use crate::figures::{
    AFTER, AGAIN, AnswerFigure, ButtonFigure, Figures, Figuring, HOUR, Period, Said, SaidWhere,
    TicketFigure, VariantFigure, low_mark,
};
use crate::rows;

type Read<T> = Result<T, StoreError>;

impl Figuring for SqliteStore {
    async fn figures(&self, period: Period, complaint: &str) -> Read<Figures> {
        let complaint = complaint.to_owned();
        self.list(move |db| figures(db, period, &complaint)).await
    }

    async fn answer_figures(&self, period: Period) -> Read<Vec<AnswerFigure>> {
        self.list(move |db| answers(db, period)).await
    }

    async fn button_figures(&self, period: Period) -> Read<Vec<ButtonFigure>> {
        self.list(move |db| buttons(db, period)).await
    }

    async fn variant_figures(&self, period: Period) -> Read<Vec<VariantFigure>> {
        self.list(move |db| variants(db, period)).await
    }

    async fn said(&self, period: Period, which: SaidWhere, limit: usize) -> Read<Vec<Said>> {
        self.list(move |db| said(db, period, which, limit)).await
    }

    async fn breaches(&self, period: Period, limit: usize) -> Read<Vec<StoredEvent>> {
        self.list(move |db| breaches(db, period, limit)).await
    }
}

fn all<T>(
    db: &Connection,
    sql: &str,
    values: impl rusqlite::Params,
    read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
) -> Read<Vec<T>> {
    let mut statement = db.prepare_cached(sql)?;
    Ok(statement.query_map(values, read)?.collect::<Result<_, _>>()?)
}

fn figures(db: &Connection, period: Period, complaint: &str) -> Read<Figures> {
    let (from, to) = (micros(period.from), micros(period.to));
    let hours = all(
        db,
        "SELECT started_at / ?3, count(*), count(ticket) FROM conversations \
         WHERE started_at >= ?1 AND started_at < ?2 GROUP BY 1 ORDER BY 1",
        params![from, to, HOUR],
        |row| rows::hour_count(row),
    )?;
    let languages = all(
        db,
        "SELECT json_extract(memory, '$.language'), count(*), count(ticket) FROM conversations \
         WHERE started_at >= ?1 AND started_at < ?2 GROUP BY 1 ORDER BY 2 DESC, 1",
        params![from, to],
        |row| rows::language_count(row),
    )?;
    let count = |sql: &str| -> Read<u64> {
        Ok(db.prepare_cached(sql)?.query_row(params![from, to], |row| row.number(0))?)
    };
    Ok(Figures {
        hours,
        languages,
        settled: count(
            "SELECT count(*) FROM conversations c JOIN messages m \
             ON m.conversation = c.n AND m.seq = c.messages \
             WHERE c.started_at >= ?1 AND c.started_at < ?2 AND c.ticket IS NULL \
             AND m.author = 'bot' AND m.answers IS NOT NULL",
        )?,
        messages: count(
            "SELECT count(*) FROM conversations c JOIN messages m ON m.conversation = c.n \
             WHERE c.started_at >= ?1 AND c.started_at < ?2 AND m.author = 'customer'",
        )?,
        not_understood: count(
            "SELECT count(*) FROM conversations c JOIN messages m ON m.conversation = c.n \
             WHERE c.started_at >= ?1 AND c.started_at < ?2 AND m.author = 'customer' \
             AND json_array_length(m.notes, '$.intents') IS NULL",
        )?,
        complaints: complaints(db, from, to, complaint)?,
        tickets: tickets(db, from, to)?,
    })
}

fn complaints(db: &Connection, from: i64, to: i64, complaint: &str) -> Read<u64> {
    let mut statement = db.prepare_cached(
        "SELECT count(DISTINCT c.n) FROM conversations c \
         JOIN messages m ON m.conversation = c.n, json_each(m.notes, '$.intents') i \
         WHERE c.started_at >= ?1 AND c.started_at < ?2 AND m.author = 'customer' \
         AND json_extract(i.value, '$[0]') = ?3",
    )?;
    Ok(statement.query_row(params![from, to, complaint], |row| row.number(0))?)
}

fn tickets(db: &Connection, from: i64, to: i64) -> Read<Vec<TicketFigure>> {
    all(
        db,
        "SELECT t.id, t.opened_at, t.first_response_at, t.resolved_at, t.assignee, t.rule, t.survey, \
         t.mark, \
         EXISTS (SELECT 1 FROM events e WHERE e.conversation = t.conversation \
           AND e.ticket = t.id AND e.kind = 'ticket.breached' \
           AND (t.first_response_at IS NULL OR e.at <= t.first_response_at)), \
         ifnull(json_extract(t.detail, '$.reopened'), 0) > 0 OR EXISTS (SELECT 1 FROM tickets o \
           WHERE o.conversation = t.conversation AND o.n > t.n \
           AND o.opened_at <= t.resolved_at + ?3) \
         FROM tickets t WHERE t.opened_at >= ?1 AND t.opened_at < ?2 ORDER BY t.opened_at, t.n",
        params![from, to, AGAIN],
        |row| rows::ticket_figure(row),
    )
}

fn answers(db: &Connection, period: Period) -> Read<Vec<AnswerFigure>> {
    all(
        db,
        "SELECT a.value, count(*), sum(EXISTS (SELECT 1 FROM tickets t \
           WHERE t.conversation = m.conversation AND t.opened_at > m.at \
           AND t.opened_at <= m.at + ?3)) \
         FROM conversations c JOIN messages m ON m.conversation = c.n, json_each(m.answers) a \
         WHERE c.started_at >= ?1 AND c.started_at < ?2 AND m.author = 'bot' \
         AND m.answers IS NOT NULL GROUP BY 1 ORDER BY 2 DESC, 1",
        params![micros(period.from), micros(period.to), AFTER],
        |row| rows::answer_figure(row),
    )
}

fn buttons(db: &Connection, period: Period) -> Read<Vec<ButtonFigure>> {
    all(
        db,
        "SELECT json_extract(b.value, '$.payload'), count(*), sum(EXISTS (SELECT 1 FROM messages s \
           WHERE s.conversation = m.conversation AND s.seq = m.seq + 1 AND s.author = 'customer' \
           AND s.text = json_extract(b.value, '$.title'))) \
         FROM conversations c JOIN messages m ON m.conversation = c.n, json_each(m.buttons) b \
         WHERE c.started_at >= ?1 AND c.started_at < ?2 AND m.author = 'bot' \
         AND m.buttons IS NOT NULL GROUP BY 1 ORDER BY 2 DESC, 1",
        params![micros(period.from), micros(period.to)],
        |row| rows::button_figure(row),
    )
}

fn variants(db: &Connection, period: Period) -> Read<Vec<VariantFigure>> {
    all(
        db,
        "SELECT json_extract(c.memory, '$.variant'), count(*), sum(c.ticket IS NULL), \
         sum(EXISTS (SELECT 1 FROM messages m, json_each(m.buttons) b JOIN messages s \
           ON s.conversation = m.conversation AND s.seq = m.seq + 1 AND s.author = 'customer' \
           AND s.text = json_extract(b.value, '$.title') \
           WHERE m.conversation = c.n AND m.buttons IS NOT NULL)), \
         ifnull(sum(t.survey = 'csat' AND t.mark IS NOT NULL), 0), \
         ifnull(sum(t.survey = 'csat' AND t.mark >= 4), 0) \
         FROM conversations c LEFT JOIN tickets t ON t.n = c.ticket \
         WHERE c.started_at >= ?1 AND c.started_at < ?2 \
         AND json_extract(c.memory, '$.variant') IS NOT NULL GROUP BY 1 ORDER BY 1",
        params![micros(period.from), micros(period.to)],
        |row| rows::variant_figure(row),
    )
}

fn said(db: &Connection, period: Period, which: SaidWhere, limit: usize) -> Read<Vec<Said>> {
    let which = match which {
        SaidWhere::Anywhere => "true".to_owned(),
        SaidWhere::NotUnderstood => "json_array_length(m.notes, '$.intents') IS NULL".to_owned(),
        SaidWhere::LowMark => format!(
            "EXISTS (SELECT 1 FROM tickets t WHERE t.conversation = c.n AND ({}))",
            low_mark()
        ),
        SaidWhere::AfterMark => "EXISTS (SELECT 1 FROM events e WHERE e.conversation = c.n \
             AND e.kind = 'ticket.followed_up' AND e.at < m.at)"
            .to_owned(),
    };
    all(
        db,
        &format!(
            "SELECT c.id, m.at, m.language, m.text FROM conversations c \
             JOIN messages m ON m.conversation = c.n \
             WHERE c.started_at >= ?1 AND c.started_at < ?2 AND m.author = 'customer' \
             AND {which} ORDER BY m.n DESC LIMIT ?3"
        ),
        params![micros(period.from), micros(period.to), signed(limit as u64)],
        |row| rows::said(row),
    )
}

fn breaches(db: &Connection, period: Period, limit: usize) -> Read<Vec<StoredEvent>> {
    let [a, b, c] = [EventKind::Breached, EventKind::PromiseBroken, EventKind::Unanswered];
    all(
        db,
        "SELECT e.n, c.id, e.at, e.kind, e.ticket, e.by, e.detail \
         FROM events e JOIN conversations c ON c.n = e.conversation \
         WHERE e.at >= ?1 AND e.at < ?2 AND e.kind IN (?3, ?4, ?5) ORDER BY e.n DESC LIMIT ?6",
        params![
            micros(period.from),
            micros(period.to),
            a.as_str(),
            b.as_str(),
            c.as_str(),
            signed(limit as u64)
        ],
        |row| rows::stored_event(row),
    )
}
