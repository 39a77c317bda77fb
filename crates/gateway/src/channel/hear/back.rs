//! What a platform tells of what was sent in the shop's name: by us, or by a person elsewhere.

use channels::{By, State};
use desk::Author;
use jiff::Timestamp;
use store::{OutboxEntry, OutboxQuery, OutboxState, Receipt, Record, Store};

use super::{Heard, Place};
use crate::channel::{message, rows};
use crate::http::Answer;
use crate::turn::{self, Overheard, Undelivered};

/// Among how many messages an echo is looked for by its words.
const ECHOED: usize = 20;

/// What a receipt says.
pub(super) struct Told<'a> {
    pub(super) messages: &'a [String],
    pub(super) until: Option<Timestamp>,
    pub(super) state: State,
    pub(super) code: Option<&'a str>,
}

impl Place<'_> {
    /// Somebody writes in the shop's name elsewhere: a person takes over.
    pub(super) async fn echo(&self, by: By, text: Option<&str>) -> Answer<Heard> {
        if let Some(name) = &self.event.message {
            let ours = self.app.store.sent_part(&self.inbox.name, name).await?;
            if ours.is_some() || (by == By::Unclear && self.said_by_us(text, name).await?) {
                return Ok(Heard::Done);
            }
            // Our own may come back before the answer to the request that sent it.
            let why = "an echo of something that is not known to be sent";
            if by == By::Unclear
                && let Some(wait) = Heard::wait(self.row, why)
            {
                return Ok(wait);
            }
        }
        let agent = self.app_user();
        self.overhear(Overheard::Person { agent, text: text.map(str::to_owned), seen: true }).await
    }

    /// Whether this is a part that went out while its answer was cut off, so that the
    /// platform's name for it was not known; from here on it is. Each part is one echo's: who
    /// says the same once more is a person, and what people said elsewhere was never sent. Of
    /// what was tried more than once, nobody knows how often it arrived.
    async fn said_by_us(&self, text: Option<&str>, name: &str) -> Answer<bool> {
        let store = &self.app.store;
        let (Some(text), Some(stored)) = (text, store.conversation(&self.id).await?) else {
            return Ok(false);
        };
        let after = stored.conversation.messages.saturating_sub(ECHOED as u64);
        let mut said = Vec::new();
        for message in store.messages(&self.id, after, ECHOED).await? {
            if message.author == Author::Customer {
                continue;
            }
            let id = rows::message_id(self.id.as_str(), message.seq);
            let parts = message::parts_saying(self.inbox, &message, text);
            said.extend(parts.into_iter().map(|part| (id.clone(), part)));
        }
        for (id, part) in &said {
            let (id, platform_id) = (id.clone(), name.to_owned());
            store.put(vec![Record::Name { id, part: *part, platform_id }]).await?;
            if store.sent_part(&self.inbox.name, name).await?.is_some() {
                return Ok(true);
            }
        }
        let conversation = Some(self.id.clone());
        let mut query = OutboxQuery { conversation, ..OutboxQuery::default() };
        while !said.is_empty() {
            let rows = store.outbox(&query).await?;
            let Some(last) = rows.last() else { break };
            query.after = last.n;
            let is_said = |row: &OutboxEntry| said.iter().any(|(id, _)| *id == row.id);
            if rows.iter().any(|row| is_said(row) && may_come_twice(row)) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    pub(super) async fn receipt(&self, told: &Told<'_>, key: Option<&str>) -> Answer<Heard> {
        let at = self.event.at.unwrap_or(self.row.received_at);
        let receipt = match told.state {
            State::Sent => Receipt::Sent,
            State::Failed => Receipt::Failed,
            State::Delivered => Receipt::Delivered,
            State::Read => Receipt::Read,
        };
        let inbox = &self.inbox.name;
        let mut records = Vec::new();
        let mut keyed = key.and_then(rows::read_part_key);
        for name in told.messages {
            let mut sent = self.app.store.sent_part(inbox, name).await?;
            if sent.is_none()
                && let Some((id, part)) = keyed.take()
            {
                // The part is not known by this name yet, nor perhaps that it was sent: before
                // anything is said of it, it is.
                let (id, platform_id) = (id.to_owned(), Some(name.clone()));
                let settle = Record::Settle { id, part, platform_id, at };
                self.app.store.put(vec![settle]).await?;
                sent = self.app.store.sent_part(inbox, name).await?;
            } else if sent.is_none()
                && records.is_empty()
                && let Some(wait) =
                    Heard::wait(self.row, "a receipt for something that is not known to be sent")
            {
                return Ok(wait);
            }
            if let Some(sent) =
                sent.filter(|sent| receipt == Receipt::Failed && sent.receipt < receipt)
                && let (Some(id), Some(seq)) = (&sent.conversation, sent.seq)
            {
                let code = told.code.unwrap_or("failed");
                let what = Undelivered::Message { seq };
                turn::tell(self.app, id, what, &format!("{code}: told by a receipt")).await;
            }
            let (destination, platform_id) = (inbox.clone(), name.clone());
            records.push(Record::Receipt { destination, platform_id, receipt, at });
        }
        if let Some(until) = told.until {
            let conversation = self.id.clone();
            records.push(Record::ReceiptsUntil { conversation, until, receipt, at });
        }
        self.keep(records).await
    }
}

/// Whether something was tried whose end was not known, or is not yet.
fn may_come_twice(row: &OutboxEntry) -> bool {
    let open = matches!(row.state, OutboxState::Waiting | OutboxState::Sending);
    row.attempts > 1 || (open && row.attempts > 0)
}
