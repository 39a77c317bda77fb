//! The one thread that writes. It takes what waits in the queue, writes it in one
//! transaction, and answers everybody after the commit: the more callers wait, the more
//! of them share one flush of the disk.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicI32, Ordering};

use jiff::Timestamp;
use rusqlite::Connection;
use rusqlite::hooks::Wal;
use tokio::sync::{mpsc, oneshot};

use super::checkpoint::{Checkpointer, checkpoint};
use super::recent::Recent;
use super::{inbox, outbox, records, writes};
use crate::batch::{ApiToken, Batch, Committed, Version};
use crate::channel::{Delivery, InboxRow, OutboxRow, Received};
use crate::error::StoreError;
use crate::record::Record;

#[cfg(test)]
mod tests;

pub(super) type Answer<T> = oneshot::Sender<Result<T, StoreError>>;

/// What the thread is asked to do.
#[derive(Debug)]
pub(super) enum Job {
    Commit(Box<Batch>, Option<Version>, Answer<Committed>),
    PutApiToken(ApiToken, Answer<()>),
    Put(Vec<Record>, Answer<()>),
    Receive(Delivery, Answer<Received>),
    ClaimInbox {
        now: Timestamp,
        lease: Timestamp,
        limit: usize,
        answer: Answer<Vec<InboxRow>>,
    },
    ClaimOutbox {
        destination: String,
        now: Timestamp,
        lease: Timestamp,
        limit: usize,
        answer: Answer<Vec<OutboxRow>>,
    },
    /// Answers when it is this one's turn: the thread lives and the file can be locked.
    Check(Answer<()>),
    /// Takes no more, finishes what waits, moves the log into the file.
    Close(Answer<()>),
}

/// What came of a job.
#[derive(Clone, Debug)]
enum Done {
    Committed(Committed),
    Received(Received),
    Inbox(Vec<InboxRow>),
    Outbox(Vec<OutboxRow>),
    Nothing,
}

/// How many other jobs share a commit with those that are urgent.
const BESIDE_URGENT: usize = 8;
/// How many are let wait for those that are urgent; beyond it each waits its turn.
const MOST_WAITING: usize = 1024;

impl Job {
    /// A platform waits for its acknowledgement and counts the milliseconds; everybody else can
    /// wait for another commit.
    fn is_urgent(&self) -> bool {
        matches!(self, Self::Receive(..))
    }

    /// Answers, after the commit.
    fn answer(self, result: Result<Done, StoreError>, recent: &Recent) {
        // A caller that has gone away has cancelled its request, not its change.
        match (self, result) {
            (Self::Commit(batch, expected, answer), Ok(Done::Committed(committed))) => {
                if let Committed::Stored(version) = committed {
                    recent.stored(*batch, expected.is_none(), version);
                }
                let _ = answer.send(Ok(committed));
            }
            (Self::Commit(batch, _, answer), Err(error)) => {
                recent.forget(&batch.conversation.id);
                let _ = answer.send(Err(error));
            }
            (
                Self::PutApiToken(_, answer)
                | Self::Put(_, answer)
                | Self::Check(answer)
                | Self::Close(answer),
                result,
            ) => {
                let _ = answer.send(result.map(drop));
            }
            (Self::Receive(_, answer), Ok(Done::Received(received))) => {
                let _ = answer.send(Ok(received));
            }
            (Self::Receive(_, answer), Err(error)) => {
                let _ = answer.send(Err(error));
            }
            (Self::ClaimInbox { answer, .. }, Ok(Done::Inbox(rows))) => {
                let _ = answer.send(Ok(rows));
            }
            (Self::ClaimInbox { answer, .. }, Err(error)) => {
                let _ = answer.send(Err(error));
            }
            (Self::ClaimOutbox { answer, .. }, Ok(Done::Outbox(rows))) => {
                let _ = answer.send(Ok(rows));
            }
            (Self::ClaimOutbox { answer, .. }, Err(error)) => {
                let _ = answer.send(Err(error));
            }
            // Each is done as what it is; not answering says that the store is gone.
            (
                Self::Commit(..)
                | Self::Receive(..)
                | Self::ClaimInbox { .. }
                | Self::ClaimOutbox { .. },
                Ok(_),
            ) => {}
        }
    }
}

/// What came of a job, and whether it is wholly done or wholly undone.
struct Applied {
    result: Result<Done, StoreError>,
    whole: bool,
}

/// Whether an error was found before anything was written.
fn is_clean(error: &StoreError) -> bool {
    matches!(error, StoreError::Conflict { .. } | StoreError::MessageIdReused)
}

#[derive(Debug)]
pub(super) struct Writer {
    connection: Connection,
    checkpointer: Checkpointer,
    /// How many pages the log has since the last commit.
    log_pages: Arc<AtomicI32>,
    queue: mpsc::Receiver<Job>,
    group: usize,
    recent: Arc<Recent>,
}

impl Writer {
    pub(super) fn new(
        mut connection: Connection,
        checkpointer: Checkpointer,
        queue: mpsc::Receiver<Job>,
        group: usize,
        recent: Arc<Recent>,
    ) -> Result<Self, StoreError> {
        let log_pages = Arc::new(AtomicI32::new(0));
        let counter = Arc::clone(&log_pages);
        connection.wal_hook(Some(move |_: &mut Wal, pages| {
            counter.store(pages, Ordering::Relaxed);
            Ok(())
        }))?;
        Ok(Self { connection, checkpointer, log_pages, queue, group: group.max(1), recent })
    }

    /// Works until the queue is closed and empty.
    pub(super) fn run(mut self) {
        let mut jobs = Vec::with_capacity(self.group);
        let mut waiting = VecDeque::new();
        let mut closing = Vec::new();
        while self.next_group(&mut waiting, &mut jobs) {
            closing.extend(jobs.extract_if(.., |job| matches!(job, Job::Close(_))));
            if !closing.is_empty() {
                self.queue.close();
            }
            self.write(&mut jobs);
            self.checkpointer.log_has(self.log_pages.load(Ordering::Relaxed));
        }
        self.checkpointer.stop();
        // Leaves one file behind rather than a file and a log.
        let closed = checkpoint(&self.connection, "TRUNCATE").map(|_| Done::Nothing);
        for job in closing {
            job.answer(closed.clone(), &self.recent);
        }
    }

    /// Takes the jobs of the next commit; waits for one where there is none. Says whether there
    /// will be any.
    fn next_group(&mut self, waiting: &mut VecDeque<Job>, jobs: &mut Vec<Job>) -> bool {
        if waiting.is_empty() {
            self.queue.blocking_recv_many(jobs, self.group);
        } else {
            while jobs.len() < self.group
                && waiting.len() < MOST_WAITING
                && let Ok(job) = self.queue.try_recv()
            {
                jobs.push(job);
            }
        }
        if jobs.iter().any(Job::is_urgent) {
            waiting.extend(jobs.extract_if(.., |job| !job.is_urgent()));
            jobs.extend(waiting.drain(..waiting.len().min(BESIDE_URGENT)));
        } else {
            waiting.extend(jobs.drain(..));
            jobs.extend(waiting.drain(..waiting.len().min(self.group)));
        }
        !jobs.is_empty()
    }

    /// Writes a group and answers it.
    fn write(&self, jobs: &mut Vec<Job>) {
        if jobs.is_empty() {
            return;
        }
        // What can be expected to fail is found before it writes. Only when something
        // else fails is the group written again, each job behind a savepoint: that costs
        // a copy of every page it touches.
        let results = match self.transaction(jobs, Self::apply) {
            Ok(Some(results)) => Ok(results),
            Ok(None) => self.transaction(jobs, Self::apply_alone).and_then(|results| {
                let detail = "a failed change could not be undone".to_owned();
                results.ok_or(StoreError::Unavailable { detail })
            }),
            Err(error) => Err(error),
        };
        match results {
            Ok(results) => {
                for (job, result) in jobs.drain(..).zip(results) {
                    job.answer(result, &self.recent);
                }
            }
            Err(failure) => {
                for job in jobs.drain(..) {
                    job.answer(Err(failure.clone()), &self.recent);
                }
            }
        }
    }

    /// One transaction over all jobs; none when one of them left something half written.
    fn transaction(
        &self,
        jobs: &[Job],
        apply: fn(&Self, &Job) -> Applied,
    ) -> Result<Option<Vec<Result<Done, StoreError>>>, StoreError> {
        self.execute("BEGIN IMMEDIATE")?;
        let mut results = Vec::with_capacity(jobs.len());
        for job in jobs {
            let Applied { result, whole } = apply(self, job);
            if self.connection.is_autocommit() {
                // Some failures (a full disk) end the transaction by themselves.
                return result.map(|_| None);
            }
            if !whole {
                self.execute("ROLLBACK")?;
                return Ok(None);
            }
            results.push(result);
        }
        self.execute("COMMIT").inspect_err(|_| {
            // Nothing more can be done should this fail as well: the next BEGIN says so.
            let _ = self.execute("ROLLBACK");
        })?;
        Ok(Some(results))
    }

    fn execute(&self, sql: &str) -> Result<(), StoreError> {
        self.connection.prepare_cached(sql)?.execute([])?;
        Ok(())
    }

    fn apply(&self, job: &Job) -> Applied {
        let result = match job {
            Job::Commit(batch, expected, _) => {
                writes::store(&self.connection, batch, *expected).map(Done::Committed)
            }
            Job::PutApiToken(token, _) => {
                writes::put_api_token(&self.connection, token).map(|()| Done::Nothing)
            }
            Job::Put(records, _) => records::put(&self.connection, records).map(|()| Done::Nothing),
            Job::Receive(delivery, _) => {
                inbox::receive(&self.connection, delivery).map(Done::Received)
            }
            Job::ClaimInbox { now, lease, limit, .. } => {
                inbox::claim(&self.connection, *now, *lease, *limit).map(Done::Inbox)
            }
            Job::ClaimOutbox { destination, now, lease, limit, .. } => {
                outbox::claim(&self.connection, destination, *now, *lease, *limit).map(Done::Outbox)
            }
            Job::Check(_) | Job::Close(_) => Ok(Done::Nothing),
        };
        let whole = result.as_ref().err().is_none_or(is_clean);
        Applied { result, whole }
    }

    /// Undoes what fails without touching the others of its group.
    fn apply_alone(&self, job: &Job) -> Applied {
        if let Job::Commit(batch, ..) = job
            && let Some(result) = writes::repeated(&self.connection, batch).transpose()
        {
            let result = result.map(|turn| Done::Committed(Committed::Replayed(turn)));
            return Applied { result, whole: true };
        }
        let result = self.execute("SAVEPOINT one").and_then(|()| self.apply(job).result);
        let mut whole = true;
        if !self.connection.is_autocommit() {
            let undone = result.is_ok() || self.execute("ROLLBACK TO one").is_ok();
            whole = undone && self.execute("RELEASE one").is_ok();
        }
        Applied { result, whole }
    }
}
