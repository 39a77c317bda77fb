//! Moves the write-ahead log into the file, on a thread and a connection of its own, so
//! that commits wait for it only when the log has grown far.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::{self, JoinHandle};

use rusqlite::Connection;

use crate::error::StoreError;

/// Whenever the log has grown by this many pages (of 4 KiB) it is moved while writing goes on:
/// most of them are the same few pages again, which are moved once.
const MOVE: i32 = 2_000;
/// A log of this many pages, although it was moved, is begun anew, for which writing
/// stops for a moment: under a load without a pause the writer is always a few pages
/// ahead, and only a log that was moved to its end begins anew by itself.
const BEGIN_ANEW: i32 = 8_000;
/// How often such a log is moved once more beforehand, so that little is left for that moment.
const ONCE_MORE: usize = 4;
/// So many pages are little.
const LITTLE: i64 = 100;
/// At this many pages writing waits in any case: the disk is slower than the load, and a log
/// without a bound would fill it.
const WAIT: i32 = 16_000;

enum Request {
    Move,
    /// Answers when it is moved: nothing is written meanwhile.
    MoveAll(SyncSender<()>),
}

/// The thread. No two checkpoints may run at once, so it does them all.
#[derive(Debug)]
pub(super) struct Checkpointer {
    requests: SyncSender<Request>,
    thread: JoinHandle<()>,
    /// How long the log was when it was last asked to be moved.
    asked: i32,
    /// Little is left of a long log: now is the moment to stop for it.
    nearly: Arc<AtomicBool>,
}

impl Checkpointer {
    pub(super) fn start(connection: Connection) -> Result<Self, StoreError> {
        // One request may wait; more say nothing new.
        let (requests, received) = sync_channel(1);
        let nearly = Arc::new(AtomicBool::new(false));
        let tell = Arc::clone(&nearly);
        let thread = thread::Builder::new()
            .name("store-checkpoint".to_owned())
            .spawn(move || run(&connection, &received, &tell))
            .map_err(|error| StoreError::Unavailable { detail: error.to_string() })?;
        Ok(Self { requests, thread, asked: 0, nearly })
    }

    /// Tells it how long the log is, outside a transaction.
    pub(super) fn log_has(&mut self, pages: i32) {
        if pages < self.asked {
            // It was begun anew.
            self.asked = 0;
        }
        // The writer waits here and not for SQLite's lock, which it would ask for again only
        // after a sleep, and a longer one each time.
        let nearly = self.nearly.swap(false, Ordering::Relaxed);
        if pages >= WAIT || (nearly && pages > BEGIN_ANEW) {
            let (done, wait) = sync_channel(1);
            if self.requests.send(Request::MoveAll(done)).is_ok() {
                let _ = wait.recv();
            }
        } else if pages - self.asked >= MOVE {
            self.asked = pages;
            // A full channel means that it is on its way.
            let _ = self.requests.try_send(Request::Move);
        }
    }

    /// Ends the thread once it has finished.
    pub(super) fn stop(self) {
        drop(self.requests);
        let _ = self.thread.join();
    }
}

fn run(connection: &Connection, requests: &Receiver<Request>, nearly: &AtomicBool) {
    for request in requests {
        // What fails now is tried again at the next request; the log holds everything
        // until then. A disk that fails for good fails the commits, which report it.
        match request {
            Request::Move => {
                if checkpoint(connection, "PASSIVE")
                    .is_ok_and(|pages| pages > i64::from(BEGIN_ANEW))
                {
                    catch_up(connection);
                    nearly.store(true, Ordering::Relaxed);
                }
            }
            Request::MoveAll(done) => {
                let _ = checkpoint(connection, "PASSIVE");
                let _ = done.send(());
            }
        }
    }
}

/// Moves what was written while the log was moved, until that is little.
fn catch_up(connection: &Connection) {
    let mut before = None;
    for _ in 0..ONCE_MORE {
        let Ok(pages) = checkpoint(connection, "PASSIVE") else { return };
        if before.is_some_and(|before| pages - before < LITTLE) {
            return;
        }
        before = Some(pages);
    }
}

/// Moves the log; says how many pages it has. The mode `TRUNCATE` leaves no log behind.
pub(super) fn checkpoint(connection: &Connection, mode: &str) -> Result<i64, StoreError> {
    let sql = format!("PRAGMA wal_checkpoint({mode})");
    Ok(connection.query_row(&sql, [], |row| row.get(1))?)
}
