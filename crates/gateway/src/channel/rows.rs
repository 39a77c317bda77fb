//! What a commit sends: made of the batch itself, so that it is stored with its cause or
//! not at all.

use channels::HandOver;
use desk::Author;
use store::{Address, Batch, Outbound, Store, StoreError, Version};

use super::{Channels, handover, hooks};
use crate::app::App;

/// A message of the conversation.
pub(super) const MESSAGE: &str = "message";

impl Channels {
    /// Adds to a batch what webhooks are told of it.
    fn add_events(&self, batch: &mut Batch, hand_over: Option<&HandOver>) {
        let mut wanted = self.webhooks.iter().filter(|(name, _)| !self.gone(name)).peekable();
        if wanted.peek().is_none() {
            return;
        }
        let told = hooks::told(batch, hand_over);
        for (name, settings) in wanted {
            match hooks::rows(name, settings, batch.conversation.updated_at, &told) {
                Ok(rows) => batch.outbound.extend(rows),
                Err(error) => tracing::error!(%error, "a webhook is not told"),
            }
        }
    }

    /// Whether a batch may have a message to be sent.
    fn speaks(&self, batch: &Batch) -> bool {
        !self.inboxes.is_empty()
            && batch.messages.iter().any(|message| message.author != Author::Customer)
    }

    /// Adds to a batch the messages that are sent where its conversation is answered.
    fn add_messages(&self, batch: &mut Batch, address: &Address) {
        if !self.inboxes.contains_key(&address.inbox) {
            return;
        }
        let conversation = batch.conversation.id.as_str();
        let said = batch.messages.iter().filter(|message| message.author != Author::Customer);
        let rows = said.map(|message| Outbound {
            id: message_id(conversation, message.seq),
            destination: address.inbox.clone(),
            lane: Some(conversation.to_owned()),
            kind: MESSAGE.to_owned(),
            seq: Some(message.seq),
            body: String::new(),
            not_before: batch.hold,
        });
        let rows: Vec<Outbound> = rows.collect();
        batch.outbound.extend(rows);
    }
}

/// Adds to a batch everything that is sent because of it. `seen` says that its customer has
/// its messages already.
pub(crate) async fn add(
    app: &App,
    batch: &mut Batch,
    expected: Option<Version>,
    seen: bool,
) -> Result<(), StoreError> {
    let channels = &app.channels;
    if channels.destinations.is_empty() {
        return Ok(());
    }
    let speaks = !seen && channels.speaks(batch);
    let hands_over = channels.hands_over(batch);
    let address = match (&batch.address, expected) {
        (Some(address), _) => Some(address.clone()),
        (None, Some(_)) if speaks || hands_over => {
            let stored = app.store.conversation(&batch.conversation.id).await?;
            stored.and_then(|stored| stored.address)
        }
        (None, _) => None,
    };
    if speaks && let Some(address) = &address {
        channels.add_messages(batch, address);
    }
    let mut hand_over = None;
    if hands_over {
        let (rows, told) = handover::rows(app, batch, address.as_ref()).await?;
        batch.outbound.extend(rows);
        hand_over = told;
    }
    channels.add_events(batch, hand_over.as_ref());
    Ok(())
}

/// The name of a message for ever: a platform knows a repetition by it.
pub(super) fn message_id(conversation: &str, seq: u64) -> String {
    format!("{conversation}.{seq}")
}

/// The key of a part of what has this name.
pub(super) fn part_key(id: &str, part: u32) -> String {
    format!("{id}.{part}")
}

/// Name and part out of a key that a platform sent back.
pub(super) fn read_part_key(key: &str) -> Option<(&str, u32)> {
    let (id, part) = key.rsplit_once('.')?;
    Some((id, part.parse().ok()?))
}
