//! Counts of a period. They read along indexes of time.

use deadpool_postgres::Pool;
use desk::EventKind;

use super::PostgresStore;
use super::reads::{EVENT, all};
use super::value::{Value, values};
use super::work::{Step, step};
use crate::batch::StoredEvent;
use crate::columns::{Columns, micros, signed};
use crate::error::StoreError;
use crate::figures::{
    AFTER, AGAIN, AnswerFigure, ButtonFigure, Figures, Figuring, HOUR, Period, Said, SaidWhere,
    VariantFigure, low_mark,
};
use crate::rows;

type Read<T> = Result<T, StoreError>;

/// The first two values of every statement, and those that follow.
fn of<'a>(period: Period, more: Vec<Value<'a>>) -> Vec<Value<'a>> {
    let mut values = values![micros(period.from), micros(period.to)];
    values.extend(more);
    values
}

impl Figuring for PostgresStore {
    async fn figures(&self, period: Period, complaint: &str) -> Read<Figures> {
        let pool = &self.pool;
        let hours = step(
            "SELECT started_at / $3, count(*), count(ticket) FROM conversations \
             WHERE started_at >= $1 AND started_at < $2 GROUP BY 1 ORDER BY 1",
            of(period, values![HOUR]),
        );
        let languages = step(
            "SELECT (memory::json ->> 'language') COLLATE \"C\", count(*), count(ticket) \
             FROM conversations WHERE started_at >= $1 AND started_at < $2 \
             GROUP BY 1 ORDER BY 2 DESC, 1 NULLS FIRST",
            of(period, values![]),
        );
        Ok(Figures {
            hours: all(pool, hours, rows::hour_count).await?,
            languages: all(pool, languages, rows::language_count).await?,
            settled: count(pool, period, SETTLED).await?,
            messages: count(pool, period, MESSAGES).await?,
            not_understood: count(pool, period, NOT_UNDERSTOOD).await?,
            complaints: number(pool, step(COMPLAINTS, of(period, values![complaint]))).await?,
            tickets: all(pool, step(TICKETS, of(period, values![AGAIN])), rows::ticket_figure)
                .await?,
        })
    }

    async fn answer_figures(&self, period: Period) -> Read<Vec<AnswerFigure>> {
        let answers = step(
            "SELECT a.value COLLATE \"C\", count(*), count(*) FILTER (WHERE EXISTS \
             (SELECT 1 FROM tickets t WHERE t.conversation = m.conversation \
             AND t.opened_at > m.at AND t.opened_at <= m.at + $3)) \
             FROM conversations c JOIN messages m ON m.conversation = c.n \
             CROSS JOIN json_array_elements_text(m.answers::json) a (value) \
             WHERE c.started_at >= $1 AND c.started_at < $2 AND m.author = 'bot' \
             AND m.answers IS NOT NULL GROUP BY 1 ORDER BY 2 DESC, 1",
            of(period, values![AFTER]),
        );
        all(&self.pool, answers, rows::answer_figure).await
    }

    async fn button_figures(&self, period: Period) -> Read<Vec<ButtonFigure>> {
        let buttons = step(
            "SELECT (b.value ->> 'payload') COLLATE \"C\", count(*), \
             count(*) FILTER (WHERE EXISTS (SELECT 1 FROM messages s \
             WHERE s.conversation = m.conversation AND s.seq = m.seq + 1 \
             AND s.author = 'customer' AND s.text = b.value ->> 'title')) \
             FROM conversations c JOIN messages m ON m.conversation = c.n \
             CROSS JOIN json_array_elements(m.buttons::json) b (value) \
             WHERE c.started_at >= $1 AND c.started_at < $2 AND m.author = 'bot' \
             AND m.buttons IS NOT NULL GROUP BY 1 ORDER BY 2 DESC, 1",
            of(period, values![]),
        );
        all(&self.pool, buttons, rows::button_figure).await
    }

    async fn variant_figures(&self, period: Period) -> Read<Vec<VariantFigure>> {
        let variants = step(
            "SELECT (c.memory::json ->> 'variant') COLLATE \"C\", count(*), \
             count(*) FILTER (WHERE c.ticket IS NULL), \
             count(*) FILTER (WHERE EXISTS (SELECT 1 FROM messages m \
             CROSS JOIN json_array_elements(m.buttons::json) b (value) JOIN messages s \
             ON s.conversation = m.conversation AND s.seq = m.seq + 1 \
             AND s.author = 'customer' AND s.text = b.value ->> 'title' \
             WHERE m.conversation = c.n AND m.buttons IS NOT NULL)), \
             count(*) FILTER (WHERE t.survey = 'csat' AND t.mark IS NOT NULL), \
             count(*) FILTER (WHERE t.survey = 'csat' AND t.mark >= 4) \
             FROM conversations c LEFT JOIN tickets t ON t.n = c.ticket \
             WHERE c.started_at >= $1 AND c.started_at < $2 \
             AND c.memory::json ->> 'variant' IS NOT NULL GROUP BY 1 ORDER BY 1",
            of(period, values![]),
        );
        all(&self.pool, variants, rows::variant_figure).await
    }

    async fn said(&self, period: Period, which: SaidWhere, limit: usize) -> Read<Vec<Said>> {
        let which = match which {
            SaidWhere::Anywhere => "true".to_owned(),
            SaidWhere::NotUnderstood => "m.notes::json -> 'intents' IS NULL".to_owned(),
            SaidWhere::LowMark => format!(
                "EXISTS (SELECT 1 FROM tickets t WHERE t.conversation = c.n AND ({}))",
                low_mark()
            ),
            SaidWhere::AfterMark => "EXISTS (SELECT 1 FROM events e WHERE e.conversation = c.n \
                 AND e.kind = 'ticket.followed_up' AND e.at < m.at)"
                .to_owned(),
        };
        let said = step(
            format!(
                "SELECT c.id, m.at, m.language, m.text FROM conversations c \
                 JOIN messages m ON m.conversation = c.n \
                 WHERE c.started_at >= $1 AND c.started_at < $2 AND m.author = 'customer' \
                 AND {which} ORDER BY m.n DESC LIMIT $3"
            ),
            of(period, values![signed(limit as u64)]),
        );
        all(&self.pool, said, rows::said).await
    }

    async fn breaches(&self, period: Period, limit: usize) -> Read<Vec<StoredEvent>> {
        let [a, b, c] = [EventKind::Breached, EventKind::PromiseBroken, EventKind::Unanswered];
        let breaches = step(
            format!(
                "{EVENT} WHERE e.at >= $1 AND e.at < $2 AND e.kind IN ($3, $4, $5) \
                 ORDER BY e.n DESC LIMIT $6"
            ),
            of(period, values![a.as_str(), b.as_str(), c.as_str(), signed(limit as u64)]),
        );
        all(&self.pool, breaches, rows::stored_event).await
    }
}

const SETTLED: &str = "SELECT count(*) FROM conversations c JOIN messages m \
     ON m.conversation = c.n AND m.seq = c.messages \
     WHERE c.started_at >= $1 AND c.started_at < $2 AND c.ticket IS NULL \
     AND m.author = 'bot' AND m.answers IS NOT NULL";

const MESSAGES: &str = "SELECT count(*) FROM conversations c JOIN messages m \
     ON m.conversation = c.n \
     WHERE c.started_at >= $1 AND c.started_at < $2 AND m.author = 'customer'";

const NOT_UNDERSTOOD: &str = "SELECT count(*) FROM conversations c JOIN messages m \
     ON m.conversation = c.n \
     WHERE c.started_at >= $1 AND c.started_at < $2 AND m.author = 'customer' \
     AND m.notes::json -> 'intents' IS NULL";

const COMPLAINTS: &str = "SELECT count(DISTINCT c.n) FROM conversations c \
     JOIN messages m ON m.conversation = c.n \
     CROSS JOIN json_array_elements(m.notes::json -> 'intents') i (value) \
     WHERE c.started_at >= $1 AND c.started_at < $2 AND m.author = 'customer' \
     AND i.value ->> 0 = $3";

const TICKETS: &str = "SELECT t.id, t.opened_at, t.first_response_at, t.resolved_at, t.assignee, \
     t.rule, t.survey, t.mark, \
     EXISTS (SELECT 1 FROM events e WHERE e.conversation = t.conversation \
     AND e.ticket = t.id AND e.kind = 'ticket.breached' \
     AND (t.first_response_at IS NULL OR e.at <= t.first_response_at)), \
     coalesce((t.detail::json ->> 'reopened')::bigint, 0) > 0 OR EXISTS (SELECT 1 \
     FROM tickets o WHERE o.conversation = t.conversation AND o.n > t.n \
     AND o.opened_at <= t.resolved_at + $3) \
     FROM tickets t WHERE t.opened_at >= $1 AND t.opened_at < $2 ORDER BY t.opened_at, t.n";

async fn count(pool: &Pool, period: Period, sql: &'static str) -> Read<u64> {
    number(pool, step(sql, of(period, values![]))).await
}

async fn number(pool: &Pool, one: Step<'_>) -> Read<u64> {
    Ok(all(pool, one, |row| row.number(0)).await?.first().copied().unwrap_or_default())
}
