//! What has an order: how a lane is held, and what ends in it.

use desk::ConversationId;
use jiff::Timestamp;

use super::commit::locks;
use super::value::values;
use super::work::{Step, step};
use crate::channel::{Sending, Worked};
use crate::columns::micros;

/// The part of the lanes that one is in: a number that every node finds.
const SHARD: &str = "(hashtextextended(lane, 0) & 255)::int";

/// Holds lanes until the transaction ends: what is put into them then knows what is in them,
/// and nothing ends in them meanwhile. In order, so that two never wait for each other.
pub(super) fn lock_lanes(kind: &str, lanes: &[&str]) -> Option<Step<'static>> {
    if lanes.is_empty() {
        return None;
    }
    // The names go in as one text: they hold no line end, or share a lock with another.
    let sql = format!(
        "SELECT pg_advisory_xact_lock({kind}, shard) FROM (SELECT DISTINCT {SHARD} AS shard \
         FROM unnest(string_to_array($1, E'\\n')) AS lane ORDER BY 1) AS shards"
    );
    Some(step(sql, values![lanes.join("\n")]))
}

/// Holds the lane of a row of the outbox.
pub(super) fn lock_lane_of(n: i64) -> Step<'static> {
    let sql = format!(
        "SELECT pg_advisory_xact_lock({}, {SHARD}) FROM outbox WHERE n = $1 AND lane IS NOT NULL",
        locks::OUTBOX
    );
    step(sql, values![n])
}

/// Holds every lane.
fn lock_all_lanes() -> Step<'static> {
    let sql = format!(
        "SELECT pg_advisory_xact_lock({}, shard) FROM generate_series(0, 255) AS shard",
        locks::OUTBOX
    );
    step(sql, values![])
}

/// Writes down what came of working on an event, and lets the next of its lane go.
pub(super) fn add_worked(steps: &mut Vec<Step<'_>>, n: i64, worked: &Worked) {
    let (state, next_at, error) = match worked {
        Worked::Done => ("done", None, None),
        Worked::Later { at, error } => ("waiting", Some(micros(*at)), Some(error.clone())),
        Worked::Failed(error) => ("failed", None, Some(error.clone())),
    };
    steps.push(step(
        format!("SELECT pg_advisory_xact_lock({}, {SHARD}) FROM inbox WHERE n = $1", locks::INBOX),
        values![n],
    ));
    steps.push(step(
        "UPDATE inbox SET state = $2, next_at = $3, error = $4, node = NULL, \
         body = CASE $2 WHEN 'done' THEN '' ELSE body END \
         WHERE n = $1 AND state IN ('waiting', 'working')",
        values![n, state, next_at, error],
    ));
    if next_at.is_none() {
        steps.push(step(
            "UPDATE inbox SET next_at = received_at WHERE n = (SELECT min(n) FROM inbox \
             WHERE lane = (SELECT lane FROM inbox WHERE n = $1) \
             AND state IN ('waiting', 'working')) AND next_at IS NULL",
            values![n],
        ));
    }
}

/// A part that was sent; where it is new, one more was since the customer wrote.
pub(super) const PART: (&str, &str) = (
    "WITH new AS (INSERT INTO outbox_parts (row, part, platform_id, sent_at, receipt_at)",
    "ON CONFLICT DO NOTHING RETURNING row) \
     UPDATE addresses a SET sent_since = a.sent_since + 1 FROM new JOIN outbox o ON o.n = new.row \
     WHERE a.conversation = o.conversation AND o.seq IS NOT NULL",
);

/// Counts a try that failed of each row of `ended`, which has destination; $1 is the time,
/// $2 why.
const FAILED: &str = "INSERT INTO channels AS c (name, failures, failed_at, last_error) \
     SELECT destination, count(*), $1, $2 FROM ended GROUP BY destination ORDER BY destination \
     ON CONFLICT (name) DO UPDATE SET failures = c.failures + excluded.failures, \
     failed_at = $1, last_error = $2";

/// Writes down what came of sending a row.
pub(super) fn add_sending<'a>(steps: &mut Vec<Step<'a>>, n: i64, sending: &'a Sending) {
    match sending {
        Sending::Part { part, platform_id, at } => steps.push(step(
            format!("{} VALUES ($1, $2, $3, $4, $4) {}", PART.0, PART.1),
            values![n, *part, platform_id, micros(*at)],
        )),
        Sending::Sent { at } => {
            steps.push(lock_lane_of(n));
            steps.push(step(
                "WITH ended AS (UPDATE outbox SET state = 'sent', next_at = NULL, error = NULL, \
                 ended_at = $1, node = NULL WHERE n = $2 AND state IN ('waiting', 'sending') \
                 RETURNING destination) \
                 INSERT INTO channels AS c (name, sent, sent_at) \
                 SELECT destination, 1, $1 FROM ended \
                 ON CONFLICT (name) DO UPDATE SET sent = c.sent + 1, sent_at = $1, gone_at = NULL",
                values![micros(*at), n],
            ));
            steps.push(next_of_lane(n, *at));
        }
        Sending::Dead { at, error } => {
            steps.push(lock_lane_of(n));
            steps.push(step(
                format!(
                    "WITH ended AS (UPDATE outbox SET state = 'dead', next_at = NULL, error = $2, \
                     ended_at = $1, node = NULL WHERE n = $3 AND state IN ('waiting', 'sending') \
                     RETURNING destination) {FAILED}"
                ),
                values![micros(*at), error, n],
            ));
            steps.push(next_of_lane(n, *at));
        }
        Sending::Later { at, next_at, error } => steps.push(step(
            format!(
                "WITH ended AS (UPDATE outbox SET state = 'waiting', next_at = $4, error = $2, \
                 node = NULL WHERE n = $3 AND state = 'sending' RETURNING destination) {FAILED}"
            ),
            values![micros(*at), error, n, micros(*next_at)],
        )),
    }
}

/// Lets the next of a row's lane go.
fn next_of_lane(n: i64, at: Timestamp) -> Step<'static> {
    step(
        "UPDATE outbox SET next_at = $2 WHERE n = (SELECT min(n) FROM outbox \
         WHERE lane = (SELECT lane FROM outbox WHERE n = $1) \
         AND state IN ('waiting', 'sending')) AND next_at IS NULL",
        values![n, micros(at)],
    )
}

/// Lets the next of every lane go in which something was given up at this moment.
fn next_of_lanes<'a>(which: &str, of: &'a str, at: Timestamp) -> Step<'a> {
    step(
        format!(
            "UPDATE outbox o SET next_at = $2 WHERE next_at IS NULL \
             AND state IN ('waiting', 'sending') AND lane IN (SELECT lane FROM outbox \
             WHERE {which} AND state = 'dead' AND ended_at = $2) \
             AND n = (SELECT min(b.n) FROM outbox b WHERE b.lane = o.lane \
             AND b.state IN ('waiting', 'sending'))"
        ),
        values![of, micros(at)],
    )
}

/// Ends everything that waits for a conversation's customer.
pub(super) fn add_drop<'a>(
    steps: &mut Vec<Step<'a>>,
    conversation: &'a ConversationId,
    at: Timestamp,
    error: &'a str,
) {
    let of = "(SELECT n FROM conversations WHERE id = $1)";
    steps.push(lock_all_lanes());
    steps.push(step(
        format!(
            "WITH ended AS (UPDATE outbox SET state = 'dead', next_at = NULL, error = $2, \
             ended_at = $1 WHERE state = 'waiting' AND seq IS NOT NULL AND kind = 'message' \
             AND conversation = (SELECT n FROM conversations WHERE id = $3) \
             RETURNING destination) {FAILED}"
        ),
        values![micros(at), error, conversation.as_str()],
    ));
    steps.push(next_of_lanes(&format!("conversation = {of}"), conversation.as_str(), at));
}

/// Nobody wants anything there any more: ends everything that waits for a destination.
pub(super) fn add_gone<'a>(
    steps: &mut Vec<Step<'a>>,
    destination: &'a str,
    at: Timestamp,
    error: &'a str,
) {
    steps.push(lock_all_lanes());
    steps.push(step(
        format!(
            "WITH ended AS (UPDATE outbox SET state = 'dead', next_at = NULL, error = $2, \
             ended_at = $1 WHERE destination = $3 AND state = 'waiting' \
             RETURNING destination) {FAILED}"
        ),
        values![micros(at), error, destination],
    ));
    steps.push(next_of_lanes("destination = $1", destination, at));
    steps.push(step(
        "INSERT INTO channels AS c (name, gone_at) VALUES ($1, $2) \
         ON CONFLICT (name) DO UPDATE SET gone_at = coalesce(c.gone_at, $2)",
        values![destination, micros(at)],
    ));
}
