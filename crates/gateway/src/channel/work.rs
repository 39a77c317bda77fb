//! Works off what came in: each event once, those of one conversation in order.

use std::sync::Arc;
use std::time::Duration;

use channels::Event;
use jiff::{SignedDuration, Timestamp};
use store::{InboxRow, Record, Store, StoreError, Worked};
use tokio::task::JoinSet;

use super::{LEASE, hear, pace};
use crate::app::App;
use crate::entropy;
use crate::http::{Answer, Problem};

#[cfg(test)]
mod tests;

/// How often it is looked whether something is due that nobody told of.
const TICK: Duration = Duration::from_millis(500);
/// How many events are worked on at once: enough to share commits, few enough that a request
/// which waits to be acknowledged finds no long row of them before it.
const AT_ONCE: usize = 16;
/// After so many tries an event is given up.
const MAX_TRIES: u32 = 8;
/// How often it is written down how many requests were refused.
const REFUSED_EVERY: SignedDuration = SignedDuration::from_secs(10);
/// How often what is no longer needed is forgotten.
const FORGET_EVERY: SignedDuration = SignedDuration::from_hours(1);
/// How long deliveries are kept as they came, for a look.
const KEEP_BODIES: SignedDuration = SignedDuration::from_hours(24);
/// How long names of events are kept: longer than any platform repeats them.
const KEEP_NAMES: SignedDuration = SignedDuration::from_hours(30 * 24);

/// Works off what comes in, until the task is dropped.
pub async fn work(app: Arc<App>) {
    let mut tick = tokio::time::interval(TICK);
    tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let (mut told, mut forgot) = (Timestamp::MIN, Timestamp::MIN);
    loop {
        tokio::select! {
            _ = tick.tick() => {}
            () = app.channels.arrived.notified() => {}
        }
        if let Err(problem) = work_due(&app).await {
            // What is due stays due.
            tracing::error!(code = problem.code().as_str(), "events could not be worked on");
        }
        let now = app.clock.now();
        if now.duration_since(told) >= REFUSED_EVERY {
            told = now;
            keep(&app, app.channels.take_refused(now)).await;
        }
        if now.duration_since(forgot) >= FORGET_EVERY {
            forgot = now;
            let before = |age| now.checked_sub(age).unwrap_or(Timestamp::MIN);
            let forget = Record::Forget { bodies: before(KEEP_BODIES), names: before(KEEP_NAMES) };
            keep(&app, vec![forget]).await;
        }
    }
}

async fn keep(app: &App, records: Vec<Record>) {
    if records.is_empty() {
        return;
    }
    if let Err(error) = app.store.put(records).await {
        tracing::error!(%error, "the figures of channels could not be kept");
    }
}

/// Works off everything that may be worked on now. Says how much that was.
///
/// # Errors
/// The store fails; what was not done is still due.
pub async fn work_due(app: &Arc<App>) -> Answer<usize> {
    let mut under_way = JoinSet::new();
    let mut done = 0;
    loop {
        let now = app.clock.now();
        let lease = now.checked_add(LEASE).unwrap_or(Timestamp::MAX);
        let free = AT_ONCE - under_way.len();
        // Half of the places are waited for, so that looking costs less than working.
        let rows = if free * 2 < AT_ONCE {
            Vec::new()
        } else {
            let claimed = app.store.claim_inbox(now, lease, free).await;
            or_drained(claimed, &mut under_way).await?
        };
        for row in rows {
            let app = Arc::clone(app);
            under_way.spawn(async move { work_on(&app, row, None).await });
        }
        match under_way.join_next().await {
            None => return Ok(done),
            // One that panics is taken up again when its lease ends, and given up in the end.
            Some(worked) => done += usize::from(worked.is_ok()),
        }
    }
}

/// What was claimed; or the error, as soon as everything under way has come to its end: to drop
/// a request that was sent is not to know whether it arrived.
pub(super) async fn or_drained<T>(
    claimed: Result<T, StoreError>,
    under_way: &mut JoinSet<()>,
) -> Result<T, StoreError> {
    if claimed.is_err() {
        while under_way.join_next().await.is_some() {}
    }
    claimed
}

/// Works on one event and writes down what came of it. What is said because of it is not sent
/// before `hold`.
pub(super) async fn work_on(app: &App, row: InboxRow, hold: Option<Timestamp>) {
    let now = app.clock.now();
    let event: Result<Event, _> = serde_json::from_str(&row.body);
    let worked = match (&event, row.attempts > MAX_TRIES) {
        (Err(error), _) => Some(Worked::Failed(format!("cannot be read: {error}"))),
        (Ok(_), true) => Some(Worked::Failed("given up after many tries".to_owned())),
        (Ok(event), false) => match hear::hear(app, &row, event, hold).await {
            Ok(hear::Heard::Settled) => None,
            Ok(hear::Heard::Done) => Some(Worked::Done),
            Ok(hear::Heard::Later(wait, error)) => Some(later(now, wait, error)),
            Err(problem) => Some(failed(&row, &problem, now)),
        },
    };
    let Some(worked) = worked else { return };
    let record = Record::Worked { n: row.n, worked };
    if let Err(error) = app.store.put(vec![record]).await {
        // It is taken up again when its lease ends.
        tracing::error!(%error, inbox = row.inbox, n = row.n, "what came of an event is not kept");
    }
}

fn later(now: Timestamp, wait: SignedDuration, error: String) -> Worked {
    Worked::Later { at: now.checked_add(wait).unwrap_or(Timestamp::MAX), error }
}

fn failed(row: &InboxRow, problem: &Problem, now: Timestamp) -> Worked {
    let error = problem.to_string();
    tracing::error!(
        inbox = row.inbox,
        n = row.n,
        attempts = row.attempts,
        code = problem.code().as_str(),
        "an event could not be worked on"
    );
    if row.attempts >= MAX_TRIES {
        return Worked::Failed(error);
    }
    later(now, pace::backoff(row.attempts, entropy::number()), error)
}
