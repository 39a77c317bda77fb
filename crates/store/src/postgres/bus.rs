//! The connection on which nodes tell each other that something is to be read, and by which
//! they know who is at work.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::time::Duration;

use tokio::sync::{broadcast, mpsc};
use tokio::task::AbortHandle;
use tokio_postgres::types::Type;
use tokio_postgres::{Client, Notification};

use super::connect::{Server, lone};
use super::value::{Value, show};
use crate::error::StoreError;
use crate::nodes::{Heard, Hearing};

/// How many words wait to be told before the others are told to read everything.
const WAITING: usize = 4096;
/// The longest that a word may be, in bytes.
const WORD: usize = 1000;
/// How much is told at once, in bytes: PostgreSQL takes less than 8,000.
const TOLD: usize = 7000;
/// How often a node says that it is at work.
const BEAT: Duration = Duration::from_secs(5);
/// After so long without a word, what it has taken up is given to others.
const GONE: &str = "20 seconds";
/// How long it takes until a broken connection is made again.
const PAUSE: Duration = Duration::from_secs(1);
/// The name of what is told.
const CHANNEL: &str = "switchboard";

/// This node's end.
#[derive(Debug)]
pub(super) struct Bus {
    words: mpsc::Sender<String>,
    waiting: std::sync::Mutex<Option<mpsc::Receiver<String>>>,
    state: Arc<State>,
    task: std::sync::Mutex<Option<AbortHandle>>,
}

#[derive(Debug, Default)]
struct State {
    /// The number of this node; 0 where it has none.
    node: AtomicI64,
    /// More was to be told than could wait.
    overrun: AtomicBool,
}

impl Bus {
    pub(super) fn new() -> Self {
        let (words, waiting) = mpsc::channel(WAITING);
        Self {
            words,
            waiting: std::sync::Mutex::new(Some(waiting)),
            state: Arc::default(),
            task: std::sync::Mutex::default(),
        }
    }

    /// The number under which this node takes things up.
    pub(super) fn node(&self) -> Option<i64> {
        Some(self.state.node.load(Ordering::Relaxed)).filter(|node| *node != 0)
    }

    pub(super) fn tell(&self, word: String) {
        if self.node().is_none() || word.len() > WORD || word.contains(['\n', '\0']) {
            return;
        }
        if self.words.try_send(word).is_err() {
            self.state.overrun.store(true, Ordering::Relaxed);
        }
    }

    /// Begins; the second time nothing is heard.
    pub(super) async fn join(&self, server: &Server) -> Result<Option<Hearing>, StoreError> {
        let taken = locked(&self.waiting).take();
        let Some(words) = taken else { return Ok(None) };
        let (told, hearing) = Hearing::new();
        let link = Link::make(server, &self.state, &told).await?;
        let run = run(server.clone(), Arc::clone(&self.state), told, words, link);
        *locked(&self.task) = Some(tokio::spawn(run).abort_handle());
        Ok(Some(hearing))
    }

    /// Ends. Says which node it was.
    pub(super) fn leave(&self) -> Option<i64> {
        if let Some(task) = locked(&self.task).take() {
            task.abort();
        }
        Some(self.state.node.swap(0, Ordering::Relaxed)).filter(|node| *node != 0)
    }
}

impl Drop for Bus {
    fn drop(&mut self) {
        self.leave();
    }
}

fn locked<T>(mutex: &std::sync::Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    // What is in there is put in and taken out whole.
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// A connection that listens.
struct Link {
    client: Client,
    broken: tokio::task::JoinHandle<()>,
}

impl Drop for Link {
    fn drop(&mut self) {
        self.broken.abort();
    }
}

impl Link {
    async fn make(
        server: &Server,
        state: &Arc<State>,
        told: &broadcast::Sender<Heard>,
    ) -> Result<Self, StoreError> {
        let (own, told) = (Arc::clone(state), told.clone());
        let hear = move |notification: Notification| hear(&notification, &own, &told);
        let (client, driver) = lone(server, hear).await?;
        let link = Self { client, broken: tokio::spawn(driver) };
        link.beat(state).await?;
        link.client.batch_execute(&format!("LISTEN {CHANNEL}")).await?;
        Ok(link)
    }

    /// Says that this node is at work, and gives what others have taken up who are not to
    /// those who are.
    async fn beat(&self, state: &State) -> Result<(), StoreError> {
        let node = state.node.load(Ordering::Relaxed);
        let seen = "UPDATE nodes SET seen_at = now() WHERE n = $1";
        if node == 0 || self.client.execute(seen, &[&node]).await? == 0 {
            // New, or taken for gone: what it had is others' by now.
            let sql = "INSERT INTO nodes (seen_at) VALUES (now()) RETURNING n";
            let node: i64 = self.client.query_one(sql, &[]).await?.try_get(0)?;
            state.node.store(node, Ordering::Relaxed);
        }
        let sql = format!(
            "WITH gone AS (DELETE FROM nodes WHERE seen_at < now() - interval '{GONE}' \
             RETURNING n), \
             events AS (UPDATE inbox SET next_at = least(next_at, received_at) \
             WHERE state = 'working' AND node IN (SELECT n FROM gone)) \
             UPDATE outbox SET next_at = least(next_at, made_at) \
             WHERE state = 'sending' AND node IN (SELECT n FROM gone)"
        );
        self.client.execute(&sql, &[]).await?;
        Ok(())
    }

    /// Tells words, several at once.
    async fn tell(&self, node: i64, words: &[String]) -> Result<(), StoreError> {
        let sql = format!("SELECT pg_notify('{CHANNEL}', $1)");
        let statement = self.client.prepare_typed(&sql, &[Type::TEXT]).await?;
        let mut words = words.iter().peekable();
        while words.peek().is_some() {
            let mut payload = node.to_string();
            while let Some(word) = words.next_if(|word| payload.len() + word.len() < TOLD) {
                payload.push('\n');
                payload.push_str(word);
            }
            self.client.execute(&statement, &[&Value::from(&payload)]).await?;
        }
        Ok(())
    }
}

/// A node's number and its words, one a line. An empty one says that others are lost.
fn hear(notification: &Notification, state: &State, told: &broadcast::Sender<Heard>) {
    let mut lines = notification.payload().split('\n');
    let from = lines.next().and_then(|node| node.parse().ok());
    if from == Some(state.node.load(Ordering::Relaxed)) {
        return;
    }
    for word in lines {
        let heard =
            if word.is_empty() { Heard::Lost } else { Heard::Word(show(word).into_owned()) };
        // Nobody may be listening.
        let _ = told.send(heard);
    }
}

async fn run(
    server: Server,
    state: Arc<State>,
    told: broadcast::Sender<Heard>,
    mut words: mpsc::Receiver<String>,
    mut link: Link,
) {
    loop {
        // Until the connection breaks.
        while link.work(&state, &mut words).await.is_ok() {}
        drop(link);
        link = loop {
            tokio::time::sleep(PAUSE).await;
            if let Ok(link) = Link::make(&server, &state, &told).await {
                break link;
            }
        };
        let _ = told.send(Heard::Lost);
        // Neither did the others hear of us.
        state.overrun.store(true, Ordering::Relaxed);
    }
}

impl Link {
    async fn work(
        &mut self,
        state: &State,
        words: &mut mpsc::Receiver<String>,
    ) -> Result<(), StoreError> {
        let mut taken = Vec::new();
        let mut beat = tokio::time::interval(BEAT);
        beat.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        beat.reset();
        loop {
            tokio::select! {
                _ = words.recv_many(&mut taken, 256) => {}
                _ = beat.tick() => self.beat(state).await?,
                _ = &mut self.broken => {
                    return Err(StoreError::Unavailable { detail: "the connection broke".to_owned() });
                }
            }
            if state.overrun.swap(false, Ordering::Relaxed) {
                taken.push(String::new());
            }
            if !taken.is_empty() {
                // The same conversation many times is told once.
                taken.sort_unstable();
                taken.dedup();
                self.tell(state.node.load(Ordering::Relaxed), &taken).await?;
                taken.clear();
            }
        }
    }
}
