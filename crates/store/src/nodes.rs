//! Several nodes on one store: what one tells the others, so that they look.

use std::future::Future;

use tokio::sync::broadcast;

use crate::error::StoreError;

/// How many words wait for a node that does not listen; then it is told that some are lost.
const BACKLOG: usize = 4096;

/// What other nodes tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Heard {
    /// A word, as it was told.
    Word(String),
    /// Words may be lost: whatever is shown has to be read again.
    Lost,
}

/// Hears what other nodes tell.
#[derive(Debug)]
pub struct Hearing(broadcast::Receiver<Heard>);

impl Hearing {
    /// A place to tell it to, and who hears it.
    pub(crate) fn new() -> (broadcast::Sender<Heard>, Self) {
        let (told, heard) = broadcast::channel(BACKLOG);
        (told, Self(heard))
    }

    /// Waits for the next; none once the store is closed. Loses nothing when it is dropped
    /// before it ends.
    pub async fn next(&mut self) -> Option<Heard> {
        match self.0.recv().await {
            Ok(heard) => Some(heard),
            Err(broadcast::error::RecvError::Lagged(_)) => Some(Heard::Lost),
            Err(broadcast::error::RecvError::Closed) => None,
        }
    }
}

/// What makes several nodes of one store. Nothing that is told is needed to go on: it says that
/// something is to be read, and is lost where a connection breaks.
pub trait Nodes: Send + Sync + 'static {
    /// Begins to hear the others, and to be known as at work: what a node has taken up that is
    /// not seen any more is given to others. None where nobody else can use this store.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    fn join(&self) -> impl Future<Output = Result<Option<Hearing>, StoreError>> + Send;

    /// Tells the others a word of one line, 1,000 bytes at most, and does not wait for it.
    fn tell(&self, word: String);
}
