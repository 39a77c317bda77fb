//! The one thread that writes. It takes what waits in the queue, writes it in one
//! transaction, and answers everybody after the commit: the more callers wait, the more
//! of them share one flush of the disk.

use std::sync::Arc;
use std::sync::atomic::{AtomicI32, Ordering};

use rusqlite::hooks::Wal;
use rusqlite::{CachedStatement, Connection, OptionalExtension, named_params, params};
use tokio::sync::{mpsc, oneshot};

use super::checkpoint::{Checkpointer, checkpoint};
use super::{reads, rows};
use crate::batch::{ApiToken, Batch, Committed, Turn, Version};
use crate::error::StoreError;

pub(super) type Answer<T> = oneshot::Sender<Result<T, StoreError>>;

/// What the thread is asked to do.
#[derive(Debug)]
pub(super) enum Job {
    Commit(Box<Batch>, Option<Version>, Answer<Committed>),
    PutApiToken(ApiToken, Answer<()>),
    /// Answers when it is this one's turn: the thread lives and the file can be locked.
    Check(Answer<()>),
    /// Takes no more, finishes what waits, moves the log into the file.
    Close(Answer<()>),
}

/// An answer that is held back until the commit.
enum Held {
    Committed(Answer<Committed>, Result<Committed, StoreError>),
    Done(Answer<()>, Result<(), StoreError>),
}

impl Held {
    /// Answers; when the transaction failed, with that.
    fn send(self, failure: Option<&StoreError>) {
        let failure = failure.cloned();
        // A caller that has gone away has cancelled its request, not its change.
        match self {
            Self::Committed(answer, result) => {
                let _ = answer.send(failure.map_or(result, Err));
            }
            Self::Done(answer, result) => {
                let _ = answer.send(failure.map_or(result, Err));
            }
        }
    }
}

#[derive(Debug)]
pub(super) struct Writer {
    connection: Connection,
    checkpointer: Checkpointer,
    /// How many pages the log has since the last commit.
    log_pages: Arc<AtomicI32>,
    queue: mpsc::Receiver<Job>,
    group: usize,
}

impl Writer {
    pub(super) fn new(
        mut connection: Connection,
        checkpointer: Checkpointer,
        queue: mpsc::Receiver<Job>,
        group: usize,
    ) -> Result<Self, StoreError> {
        let log_pages = Arc::new(AtomicI32::new(0));
        let counter = Arc::clone(&log_pages);
        connection.wal_hook(Some(move |_: &mut Wal, pages| {
            counter.store(pages, Ordering::Relaxed);
            Ok(())
        }))?;
        Ok(Self { connection, checkpointer, log_pages, queue, group: group.max(1) })
    }

    /// Works until the queue is closed and empty.
    pub(super) fn run(mut self) {
        let mut jobs = Vec::with_capacity(self.group);
        let mut closing = Vec::new();
        while let Some(job) = self.queue.blocking_recv() {
            jobs.push(job);
            while jobs.len() < self.group {
                match self.queue.try_recv() {
                    Ok(job) => jobs.push(job),
                    Err(_) => break,
                }
            }
            if let Some(at) = jobs.iter().position(|job| matches!(job, Job::Close(_))) {
                self.queue.close();
                if let Job::Close(answer) = jobs.swap_remove(at) {
                    closing.push(answer);
                }
            }
            self.write(jobs.drain(..));
            self.checkpointer.log_has(self.log_pages.load(Ordering::Relaxed));
        }
        self.checkpointer.stop();
        // Leaves one file behind rather than a file and a log.
        let closed = checkpoint(&self.connection, "TRUNCATE").map(drop);
        for answer in closing {
            let _ = answer.send(closed.clone());
        }
    }

    /// Writes a group.
    fn write(&self, jobs: impl Iterator<Item = Job>) {
        let mut held = Vec::with_capacity(self.group);
        let result = self.begin().and_then(|()| {
            for job in jobs {
                held.push(self.apply(job));
                if self.connection.is_autocommit() {
                    // Some failures (a full disk) end the whole transaction.
                    return Err(StoreError::Unavailable {
                        detail: "a failed write ended the transaction".to_owned(),
                    });
                }
            }
            self.execute("COMMIT")
        });
        let failure = result.err();
        if failure.is_some() && !self.connection.is_autocommit() {
            // Nothing more can be done should this fail as well: the next BEGIN says so.
            let _ = self.execute("ROLLBACK");
        }
        for held in held {
            held.send(failure.as_ref());
        }
    }

    fn begin(&self) -> Result<(), StoreError> {
        self.execute("BEGIN IMMEDIATE")
    }

    fn execute(&self, sql: &str) -> Result<(), StoreError> {
        self.connection.prepare_cached(sql)?.execute([])?;
        Ok(())
    }

    fn apply(&self, job: Job) -> Held {
        match job {
            Job::Commit(batch, expected, answer) => {
                Held::Committed(answer, self.alone(|| self.store(&batch, expected)))
            }
            Job::PutApiToken(token, answer) => {
                Held::Done(answer, self.alone(|| self.put_api_token(&token)))
            }
            Job::Check(answer) | Job::Close(answer) => Held::Done(answer, Ok(())),
        }
    }

    /// Undoes what fails without touching the others of its group.
    fn alone<T>(&self, write: impl FnOnce() -> Result<T, StoreError>) -> Result<T, StoreError> {
        self.execute("SAVEPOINT one")?;
        let result = write();
        if result.is_err() && !self.connection.is_autocommit() {
            self.execute("ROLLBACK TO one")?;
        }
        if !self.connection.is_autocommit() {
            self.execute("RELEASE one")?;
        }
        result
    }

    fn statement(&self, sql: &str) -> Result<CachedStatement<'_>, StoreError> {
        Ok(self.connection.prepare_cached(sql)?)
    }

    fn store(&self, batch: &Batch, expected: Option<Version>) -> Result<Committed, StoreError> {
        if let Some((turn, key)) =
            batch.turn.as_ref().and_then(|turn| Some((turn, turn.key.as_ref()?)))
            && let Some(before) = reads::turn(&self.connection, key)?
        {
            return if before.body_hash == turn.body_hash {
                Ok(Committed::Replayed(before))
            } else {
                Err(StoreError::MessageIdReused)
            };
        }
        let (n, version) = match expected {
            None => self.insert_conversation(batch)?,
            Some(expected) => self.update_conversation(batch, expected)?,
        };
        self.insert_messages(batch, n)?;
        self.put_ticket(batch, n)?;
        if let Some(turn) = &batch.turn {
            self.insert_turn(turn, n)?;
        }
        Ok(Committed::Stored(version))
    }

    fn insert_conversation(&self, batch: &Batch) -> Result<(i64, Version), StoreError> {
        let conversation = &batch.conversation;
        let (owner, agent) = rows::owner(&conversation.owner);
        let n = self
            .statement(
                "INSERT INTO conversations (id, version, visitor_token, owner, agent, fence, \
                 started_at, updated_at, messages, memory) \
                 VALUES (?1, 1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) \
                 ON CONFLICT (id) DO NOTHING RETURNING n",
            )?
            .query_row(
                params![
                    conversation.id.as_str(),
                    batch.visitor_token.as_ref().map(|token| token.as_bytes()),
                    owner,
                    agent,
                    rows::signed(conversation.fence.0),
                    rows::micros(conversation.started_at),
                    rows::micros(conversation.updated_at),
                    rows::signed(conversation.messages),
                    rows::memory(&conversation.memory),
                ],
                |row| row.get(0),
            )
            .optional()?;
        match n {
            Some(n) => Ok((n, Version(1))),
            None => Err(self.conflict(batch, None)?),
        }
    }

    fn update_conversation(
        &self,
        batch: &Batch,
        expected: Version,
    ) -> Result<(i64, Version), StoreError> {
        let conversation = &batch.conversation;
        let (owner, agent) = rows::owner(&conversation.owner);
        let n = self
            .statement(
                "UPDATE conversations SET version = version + 1, owner = ?3, agent = ?4, \
                 fence = ?5, updated_at = ?6, messages = ?7, memory = ?8 \
                 WHERE id = ?1 AND version = ?2 RETURNING n",
            )?
            .query_row(
                params![
                    conversation.id.as_str(),
                    rows::signed(expected.0),
                    owner,
                    agent,
                    rows::signed(conversation.fence.0),
                    rows::micros(conversation.updated_at),
                    rows::signed(conversation.messages),
                    rows::memory(&conversation.memory),
                ],
                |row| row.get(0),
            )
            .optional()?;
        match n {
            Some(n) => Ok((n, Version(expected.0 + 1))),
            None => Err(self.conflict(batch, Some(expected))?),
        }
    }

    fn conflict(&self, batch: &Batch, expected: Option<Version>) -> Result<StoreError, StoreError> {
        let actual = self
            .statement("SELECT version FROM conversations WHERE id = ?1")?
            .query_row([batch.conversation.id.as_str()], |row| row.get::<_, i64>(0))
            .optional()?
            .and_then(|version| u64::try_from(version).ok())
            .map(Version);
        Ok(StoreError::Conflict { expected, actual })
    }

    fn insert_messages(&self, batch: &Batch, n: i64) -> Result<(), StoreError> {
        if batch.messages.is_empty() {
            return Ok(());
        }
        let mut insert = self.statement(
            "INSERT INTO messages (conversation, seq, at, author, agent, text, markdown, \
             language, buttons, answers) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        )?;
        for message in &batch.messages {
            let (author, agent) = rows::author(&message.author);
            insert.execute(params![
                n,
                rows::signed(message.seq),
                rows::micros(message.at),
                author,
                agent,
                message.text,
                message.markdown,
                message.language,
                rows::buttons(&message.buttons),
                rows::answers(&message.answers),
            ])?;
        }
        Ok(())
    }

    fn put_ticket(&self, batch: &Batch, n: i64) -> Result<(), StoreError> {
        let Some(ticket) = &batch.ticket else { return Ok(()) };
        self.statement(
            "INSERT INTO tickets (id, conversation, state, severity, tier, rule, why, intents, \
             language, order_number, assignee, opened_at, due_at, first_response_at, \
             resolved_at, outcome) \
             VALUES (:id, :conversation, :state, :severity, :tier, :rule, :why, :intents, \
             :language, :order, :assignee, :opened_at, :due_at, :first_response_at, \
             :resolved_at, :outcome) \
             ON CONFLICT (id) DO UPDATE SET state = :state, severity = :severity, tier = :tier, \
             intents = :intents, language = :language, order_number = :order, \
             assignee = :assignee, due_at = :due_at, first_response_at = :first_response_at, \
             resolved_at = :resolved_at, outcome = :outcome",
        )?
        .execute(named_params! {
            ":id": ticket.id.as_str(),
            ":conversation": n,
            ":state": ticket.state.as_str(),
            ":severity": rows::severity(ticket.severity),
            ":tier": ticket.tier,
            ":rule": ticket.rule,
            ":why": ticket.why,
            ":intents": rows::intents(&ticket.intents),
            ":language": ticket.language,
            ":order": ticket.order,
            ":assignee": ticket.assignee.as_ref().map(desk::AgentId::as_str),
            ":opened_at": rows::micros(ticket.opened_at),
            ":due_at": ticket.due_at.map(rows::micros),
            ":first_response_at": ticket.first_response_at.map(rows::micros),
            ":resolved_at": ticket.resolved_at.map(rows::micros),
            ":outcome": ticket.outcome.map(desk::Outcome::as_str),
        })?;
        Ok(())
    }

    fn insert_turn(&self, turn: &Turn, n: i64) -> Result<(), StoreError> {
        let key = turn.key.as_ref();
        self.statement(
            "INSERT INTO turns (conversation, seq, caller, message_id, body_hash, response) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?
        .execute(params![
            n,
            rows::signed(turn.seq),
            key.map(|key| &key.caller),
            key.map(|key| &key.message_id),
            turn.body_hash,
            turn.response,
        ])?;
        Ok(())
    }

    fn put_api_token(&self, token: &ApiToken) -> Result<(), StoreError> {
        self.statement(
            "INSERT INTO api_tokens (name, hash, created_at, revoked_at) VALUES (?1, ?2, ?3, ?4) \
             ON CONFLICT (name) DO UPDATE SET hash = excluded.hash, \
             created_at = excluded.created_at, revoked_at = excluded.revoked_at",
        )?
        .execute(params![
            token.name,
            token.hash.as_bytes(),
            rows::micros(token.created_at),
            token.revoked_at.map(rows::micros),
        ])?;
        Ok(())
    }
}
