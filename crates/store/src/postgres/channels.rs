//! What comes in from channels and what goes out to them: kept once, taken up by one node each.

use std::collections::BTreeMap;

use deadpool_postgres::Pool;
use desk::ConversationId;
use jiff::Timestamp;
use tokio_postgres::Row;

use super::commit::locks;
use super::lanes::lock_lanes;
use super::reads::{all, first};
use super::value::values;
use super::work::{Failure, Step, TRIES, Work, begin, commit, step};
use crate::channel::{
    ChannelFigures, Delivery, InboxRow, LISTED, OutboxQuery, OutboxRow, OutboxState, Received,
};
use crate::columns::{Columns, micros, signed};
use crate::error::StoreError;
use crate::rows;

type Read<T> = Result<T, StoreError>;

/// Keeps what is new of a delivery.
pub(super) async fn receive(pool: &Pool, delivery: &Delivery, node: Option<i64>) -> Read<Received> {
    let mut tries = 0;
    loop {
        tries += 1;
        match receive_once(pool, delivery, node).await {
            Err(failure) if failure.is_clash() && tries < TRIES => {}
            result => return Ok(result?),
        }
    }
}

async fn receive_once(
    pool: &Pool,
    delivery: &Delivery,
    node: Option<i64>,
) -> Result<Received, Failure> {
    let mut work = Work::take(pool).await?;
    let mut first = vec![begin()];
    if let Some((key, until)) = &delivery.once {
        first.push(step(
            "INSERT INTO replays (inbox, key, until) VALUES ($1, $2, $3) \
             ON CONFLICT DO NOTHING RETURNING until",
            values![&delivery.inbox, key, micros(*until)],
        ));
    }
    let is_new = work.run(&first).await?.pop().is_some_and(|rows| !rows.is_empty());
    if delivery.once.is_some() && !is_new {
        let repeated = u32::try_from(delivery.items.len()).unwrap_or(u32::MAX);
        let received = Received { new: Vec::new(), repeated };
        work.run(&[count(delivery, &received), commit()]).await?;
        return Ok(received);
    }
    let at = micros(delivery.received_at);
    let sql = "INSERT INTO deliveries (inbox, body, received_at) VALUES ($1, $2, $3) RETURNING n";
    let mut second = vec![step(sql, values![&delivery.inbox, delivery.body.as_slice(), at])];
    let mut lanes: Vec<&str> = delivery.items.iter().map(|item| item.lane.as_str()).collect();
    lanes.sort_unstable();
    lanes.dedup();
    second.extend(lock_lanes(locks::INBOX, &lanes));
    let before = second.len();
    for item in &delivery.items {
        second.push(step(
            "INSERT INTO inbox (inbox, event, delivery, place, lane, state, next_at, error, \
             received_at, body, node, attempts) VALUES ($1, $2, currval(pg_get_serial_sequence('deliveries', 'n')), $3, $4, \
             CASE WHEN $5 IS NOT NULL THEN 'failed' WHEN $7 IS NOT NULL THEN 'working' \
             ELSE 'waiting' END, \
             CASE WHEN $5 IS NOT NULL THEN NULL WHEN $7 IS NOT NULL THEN $7 \
             WHEN EXISTS (SELECT 1 FROM inbox WHERE lane = $4 \
             AND state IN ('waiting', 'working')) THEN NULL ELSE $6 END, $5, $6, $8, $9, \
             CASE WHEN $7 IS NULL THEN 0 ELSE 1 END) \
             ON CONFLICT (inbox, event) DO NOTHING RETURNING n",
            values![
                &delivery.inbox,
                &item.event,
                item.place,
                &item.lane,
                &item.fault,
                at,
                delivery.held.map(micros),
                &item.body,
                node.filter(|_| delivery.held.is_some()),
            ],
        ));
    }
    let answers = work.run(&second).await?;
    let kept: i64 = match answers.first().and_then(|rows| rows.first()) {
        Some(row) => row.number(0)?,
        None => return Err(StoreError::Unavailable { detail: "no number".to_owned() }.into()),
    };
    let mut received = Received::default();
    for rows in &answers[before..] {
        match rows.first() {
            Some(row) => received.new.push(row.number(0)?),
            None => received.repeated += 1,
        }
    }
    let mut last = Vec::new();
    if received.new.is_empty() {
        last.push(step("DELETE FROM deliveries WHERE n = $1", values![kept]));
    }
    last.extend([count(delivery, &received), commit()]);
    work.run(&last).await?;
    Ok(received)
}

fn count<'a>(delivery: &'a Delivery, received: &Received) -> Step<'a> {
    step(
        "INSERT INTO channels AS c (name, verified_since, last_event_at, events, repeated) \
         VALUES ($1, $2, $2, $3, $4) ON CONFLICT (name) DO UPDATE SET \
         verified_since = coalesce(c.verified_since, $2), last_event_at = $2, \
         events = c.events + $3, repeated = c.repeated + $4",
        values![
            &delivery.inbox,
            micros(delivery.received_at),
            signed(received.new.len() as u64),
            received.repeated,
        ],
    )
}

/// Takes up what may be worked on now; what another node takes up at the same moment is left
/// to it. Whoever does not come back loses it at `lease`.
pub(super) async fn claim_inbox(
    pool: &Pool,
    (now, lease): (Timestamp, Timestamp),
    limit: usize,
    node: Option<i64>,
) -> Read<Vec<InboxRow>> {
    let claim = step(
        "WITH due AS MATERIALIZED (SELECT n FROM inbox WHERE next_at IS NOT NULL \
         AND next_at <= $1 ORDER BY next_at, n LIMIT $3 FOR UPDATE SKIP LOCKED) \
         UPDATE inbox i SET state = 'working', attempts = attempts + 1, next_at = $2, node = $4 \
         FROM due WHERE i.n = due.n \
         RETURNING i.n, i.inbox, i.event, i.body, i.received_at, i.attempts",
        values![micros(now), micros(lease), signed(limit as u64), node],
    );
    let mut rows = all(pool, claim, rows::inbox_row).await?;
    rows.sort_by_key(|row| row.n);
    Ok(rows)
}

/// The same for what may be sent.
const CLAIM: &str = concat!(
    "WITH due AS MATERIALIZED (SELECT n, state AS before FROM outbox WHERE destination = $1 \
     AND next_at IS NOT NULL AND next_at <= $2 ORDER BY next_at, n LIMIT $4 \
     FOR UPDATE SKIP LOCKED), \
     o AS (UPDATE outbox o SET state = 'sending', attempts = attempts + 1, next_at = $3, \
     node = $5 FROM due WHERE o.n = due.n RETURNING o.*, due.before), \
     counted AS (INSERT INTO channels AS c (name, unsure, failed_at) \
     SELECT $1, count(*), $2 FROM due WHERE before = 'sending' HAVING count(*) > 0 \
     ON CONFLICT (name) DO UPDATE SET unsure = c.unsure + excluded.unsure, failed_at = $2) \
     SELECT ",
    rows::message_columns!(),
    ", ",
    rows::claimed_columns!(),
    ", o.before = 'sending' FROM o LEFT JOIN conversations c ON c.n = o.conversation \
     LEFT JOIN messages m ON m.conversation = o.conversation AND m.seq = o.seq \
     LEFT JOIN addresses a ON a.conversation = o.conversation ORDER BY o.n"
);

pub(super) async fn claim_outbox(
    pool: &Pool,
    destination: &str,
    (now, lease): (Timestamp, Timestamp),
    limit: usize,
    node: Option<i64>,
) -> Read<Vec<OutboxRow>> {
    let values = values![destination, micros(now), micros(lease), signed(limit as u64), node];
    all(pool, step(CLAIM, values), rows::claimed).await
}

pub(super) fn sent_part<'a>(destination: &'a str, platform_id: &'a str) -> Step<'a> {
    step(
        "SELECT o.n, p.part, c.id, o.seq, p.receipt FROM outbox_parts p \
         JOIN outbox o ON o.n = p.row LEFT JOIN conversations c ON c.n = o.conversation \
         WHERE p.platform_id = $2 AND o.destination = $1",
        values![destination, platform_id],
    )
}

pub(super) fn outbox(query: &OutboxQuery) -> Step<'_> {
    let state = query.state.unwrap_or(OutboxState::Dead).as_str();
    let conversation = query.conversation.as_ref().map(ConversationId::as_str);
    let limit = if query.limit == 0 { LISTED } else { query.limit.min(LISTED) };
    let which = match (conversation.is_some() && query.state.is_none(), state) {
        (true, _) => "$2 IS NOT NULL",
        // The index of what is dead is used only where the words of the query say so.
        (false, "dead") => "o.state = 'dead' AND $2 IS NOT NULL",
        (false, _) => "o.state = $2",
    };
    let sql = format!(
        "SELECT o.n, o.id, o.destination, o.kind, c.id, o.seq, o.state, o.attempts, o.next_at, \
         o.error, o.made_at, o.ended_at, \
         (SELECT CASE WHEN bool_or(p.receipt = 2) THEN 2 ELSE min(p.receipt) END \
         FROM outbox_parts p WHERE p.row = o.n) \
         FROM outbox o LEFT JOIN conversations c ON c.n = o.conversation \
         WHERE o.n > $1 AND {which} AND ($3 IS NULL OR o.destination = $3) \
         AND ($4 IS NULL OR o.conversation = (SELECT n FROM conversations WHERE id = $4)) \
         ORDER BY o.n LIMIT $5"
    );
    let values = values![
        signed(query.after),
        state,
        &query.destination,
        conversation,
        signed(limit as u64),
    ];
    step(sql, values)
}

/// The figures of everything that ever had an event or a thing to be sent, by name.
pub(super) async fn figures(pool: &Pool) -> Read<Vec<ChannelFigures>> {
    let written = "SELECT name, verified_since, last_event_at, events, repeated, refused, \
                   refused_at, sent, sent_at, failures, failed_at, last_error, unsure, gone_at \
                   FROM channels";
    let written = all(pool, step(written, values![]), rows::channel_figures).await?;
    let mut figures: BTreeMap<String, ChannelFigures> =
        written.into_iter().map(|figures| (figures.name.clone(), figures)).collect();
    for (sql, set) in rows::COUNTS {
        let read = |row: &Row| Ok((row.owned(0)?, row.number(1)?));
        for (name, count) in all(pool, step(sql, values![]), read).await? {
            let known = figures.entry(name.clone());
            set(known.or_insert_with(|| ChannelFigures { name, ..Default::default() }), count);
        }
    }
    for figures in figures.values_mut().filter(|figures| figures.outbound > 0) {
        let oldest = "SELECT made_at FROM outbox WHERE destination = $1 \
                      AND state IN ('waiting', 'sending') ORDER BY n LIMIT 1";
        let oldest = step(oldest, values![&figures.name]);
        figures.oldest_at = first(pool, oldest, |row| row.time_if_any(0)).await?.flatten();
    }
    Ok(figures.into_values().collect())
}

pub(super) fn addressed<'a>(inbox: &'a str, sender: &'a str) -> Step<'a> {
    step(
        "SELECT c.id FROM addresses a JOIN conversations c ON c.n = a.conversation \
         WHERE a.inbox = $1 AND a.sender = $2 ORDER BY a.last_inbound_at DESC LIMIT 1",
        values![inbox, sender],
    )
}

pub(super) fn thread<'a>(destination: &'a str, conversation: &'a ConversationId) -> Step<'a> {
    step(
        "SELECT detail FROM threads WHERE destination = $1 \
         AND conversation = (SELECT n FROM conversations WHERE id = $2)",
        values![destination, conversation.as_str()],
    )
}

pub(super) fn threaded<'a>(destination: &'a str, key: &'a str) -> Step<'a> {
    step(
        "SELECT c.id FROM threads t JOIN conversations c ON c.n = t.conversation \
         WHERE t.destination = $1 AND t.key = $2 ORDER BY t.conversation DESC LIMIT 1",
        values![destination, key],
    )
}

pub(super) fn access(name: &str) -> Step<'_> {
    step("SELECT name, token, until, refresh FROM access WHERE name = $1", values![name])
}

/// Gives back what a node has taken up that is not at work any more.
pub(super) fn give_back(node: i64) -> [Step<'static>; 3] {
    [
        "UPDATE inbox SET next_at = least(next_at, received_at) \
         WHERE state = 'working' AND node = $1",
        "UPDATE outbox SET next_at = least(next_at, made_at) \
         WHERE state = 'sending' AND node = $1",
        "DELETE FROM nodes WHERE n = $1",
    ]
    .map(|sql| step(sql, values![node]))
}
