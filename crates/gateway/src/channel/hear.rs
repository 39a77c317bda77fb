//! What an event of a platform comes to: a turn, a note, a take-over, a receipt, nothing.

mod back;

use back::Told;
use channels::{By, Event, Kind, MediaKind};
use desk::{AgentId, ConversationId, Payload};
use jiff::{SignedDuration, Timestamp};
use store::{Address, InboxRow, Record, Store, StoreError, TurnKey};

use super::{agent, conversation_of, message, token};
use crate::app::App;
use crate::config::Platform;
use crate::http::{Answer, Problem};
use crate::turn::{self, Arrival, Incoming, Overheard, Said, Target, Undelivered};

/// How often an event waits for what it speaks of: it may be faster than what we know.
const PATIENCE: u32 = 4;

/// What came of an event.
pub(super) enum Heard {
    /// It was written down with what it caused.
    Settled,
    /// Nothing else was to be done.
    Done,
    /// It is looked at again after a while.
    Later(SignedDuration, String),
}

impl Heard {
    /// Waits for what an event speaks of, as long as it may be that nobody has told us yet.
    pub(super) fn wait(row: &InboxRow, why: &str) -> Option<Self> {
        let wait = SignedDuration::from_secs(i64::from(row.attempts) * 2);
        (row.attempts < PATIENCE).then(|| Self::Later(wait, why.to_owned()))
    }
}

/// An event and where it belongs.
struct Place<'a> {
    app: &'a App,
    inbox: &'a Platform,
    row: &'a InboxRow,
    event: &'a Event,
    id: ConversationId,
    /// What is said because of it is not sent before.
    hold: Option<Timestamp>,
}

/// The conversation of an event: that of its address; where nothing is known of it and it is
/// a person's own, that of another id of theirs; else a new one.
pub(super) async fn located(
    app: &App,
    inbox: &str,
    event: &Event,
) -> Result<ConversationId, StoreError> {
    let Event { address, sender, .. } = event;
    // A group is nobody's own.
    let own = address.key == sender.key;
    let aliases = sender.aliases.iter().filter(|_| own);
    for key in std::iter::once(&address.key).chain(aliases) {
        if let Some(known) = app.store.addressed(inbox, key).await? {
            return Ok(known);
        }
    }
    Ok(conversation_of(inbox, &address.key))
}

pub(super) async fn hear(
    app: &App,
    row: &InboxRow,
    event: &Event,
    hold: Option<Timestamp>,
) -> Answer<Heard> {
    if app.channels.desks.contains_key(&row.inbox) {
        return agent::hear(app, row, event).await;
    }
    let Some(inbox) = app.channels.inbox(&row.inbox) else {
        return Ok(Heard::Later(SignedDuration::from_mins(5), "not in the settings".to_owned()));
    };
    let id = located(app, &inbox.name, event).await?;
    let place = Place { app, inbox, row, event, id, hold };
    app.metrics.heard(&inbox.name, name(&event.kind));
    match &event.kind {
        Kind::Text { text, .. } => place.said(text).await,
        Kind::Pressed { payload, title, .. } => place.pressed(payload, title.as_deref()).await,
        Kind::Media { files, caption } => match caption.as_deref().filter(|c| !c.trim().is_empty())
        {
            Some(caption) => place.said(caption).await,
            None => {
                let kinds: Vec<&str> = files.iter().map(|file| kind(file.kind)).collect();
                place.turn(Some(format!("[{}]", kinds.join(", "))), None).await
            }
        },
        Kind::Started { .. } => place.started().await,
        Kind::Sticker { emoji, .. } => {
            let emoji = emoji.as_deref().unwrap_or("sticker");
            place.note(format!("[{emoji}]"), "sticker", "a sticker is no question").await
        }
        Kind::Location { latitude, longitude, name } => {
            let name = name.as_deref().map(|name| format!(" {name}")).unwrap_or_default();
            let text = format!("[{latitude}, {longitude}{name}]");
            place.note(text, "location", "a place is no question").await
        }
        Kind::Edited { text: Some(text), .. } => {
            place.note(text.clone(), "edited", "the customer changed an earlier message").await
        }
        Kind::Deleted { of } => {
            let redact = Record::Redact {
                conversation: place.id.clone(),
                name: of.clone(),
                rule: turn::TAKEN_BACK,
                why: "the customer took the message back".to_owned(),
            };
            place.keep(vec![redact]).await
        }
        Kind::Receipt { messages, until, state, code, key } => {
            let told = Told { messages, until: *until, state: *state, code: code.as_deref() };
            place.receipt(&told, key.as_deref()).await
        }
        Kind::Echo { by: By::Us, .. } => Ok(Heard::Done),
        Kind::Echo { by, text } => place.echo(*by, text.as_deref()).await,
        Kind::AgentReply { agent, text } => {
            let agent = AgentId::new(&format!("{}:{agent}", inbox.name));
            place.overhear(Overheard::Person { agent, text: Some(text.clone()), seen: false }).await
        }
        Kind::Claimed { agent, .. } => {
            let agent = AgentId::new(&format!("{}:{agent}", inbox.name));
            place.overhear(Overheard::Person { agent, text: None, seen: true }).await
        }
        Kind::Handover { to_us: true } => place.overhear(Overheard::HandedBack).await,
        Kind::Handover { to_us: false } => {
            let agent = place.app_user();
            place.overhear(Overheard::Person { agent, text: None, seen: true }).await
        }
        Kind::Closed => place.overhear(Overheard::Closed { agent: place.app_user() }).await,
        Kind::Left => place.left().await,
        Kind::Renamed { from, to } => place.renamed(from, to).await,
        Kind::Reaction { .. }
        | Kind::Edited { text: None, .. }
        | Kind::Joined
        | Kind::System { .. }
        | Kind::Unknown { .. } => {
            tracing::debug!(inbox = inbox.name, kind = name(&event.kind), "nothing is to be done");
            Ok(Heard::Done)
        }
    }
}

impl Place<'_> {
    /// Whoever uses the platform's own app in the shop's name.
    fn app_user(&self) -> AgentId {
        AgentId::new(&format!("{}:app", self.inbox.name))
    }

    fn arrival(&self) -> Answer<Arrival> {
        let event = self.event;
        let detail = serde_json::to_string(&event.address).map_err(Problem::internal)?;
        Ok(Arrival {
            address: Some(Address {
                inbox: self.inbox.name.clone(),
                sender: event.address.key.clone(),
                detail,
                last_inbound_at: event.at.unwrap_or(self.row.received_at).min(self.row.received_at),
            }),
            name: event.message.clone(),
            settles: self.row.n,
            hold: self.hold,
        })
    }

    /// Free text, or the number of an option that was shown as text.
    async fn said(&self, text: &str) -> Answer<Heard> {
        if text.trim().is_empty() {
            return Ok(Heard::Done);
        }
        let stored = self.app.store.conversation(&self.id).await?;
        let offered = stored.map(|stored| stored.conversation.memory.offered).unwrap_or_default();
        let options = message::numbered(self.inbox, &offered);
        let picked = channels::pick(text, &options).and_then(|index| options.get(index));
        match picked {
            Some(option) => self.turn(Some(text.to_owned()), self.payload(&option.payload)).await,
            None => self.turn(Some(text.to_owned()), None).await,
        }
    }

    async fn pressed(&self, payload: &str, title: Option<&str>) -> Answer<Heard> {
        match (self.payload(payload), title) {
            (Some(payload), title) => self.turn(title.map(str::to_owned), Some(payload)).await,
            // Not one of ours, or of packs that are gone: it is what it says.
            (None, Some(title)) => self.said(title).await,
            (None, None) => self.said(payload).await,
        }
    }

    fn payload(&self, payload: &str) -> Option<Payload> {
        let known = |id: &intent::IntentId| self.app.knowledge().has_intent(id.as_str());
        Payload::parse(payload).filter(|payload| payload.intent().is_none_or(known))
    }

    /// Greets who is new.
    async fn started(&self) -> Answer<Heard> {
        let known = self.app.store.conversation(&self.id).await?.is_some();
        match self.payload("intent:chat.greeting") {
            Some(payload) if !known => self.turn(None, Some(payload)).await,
            _ => Ok(Heard::Done),
        }
    }

    async fn turn(&self, text: Option<String>, payload: Option<Payload>) -> Answer<Heard> {
        let said = Said { text, payload, locale: self.event.locale.clone(), ..Said::default() };
        let incoming = Incoming {
            said,
            target: Target::Named(self.id.clone()),
            key: Some(TurnKey {
                caller: format!("inbox:{}", self.inbox.name),
                message_id: self.event.dedupe.clone(),
            }),
            body_hash: *blake3::hash(self.row.body.as_bytes()).as_bytes(),
            arrival: Some(self.arrival()?),
        };
        if self.row.attempts == 1 {
            self.be_courteous().await?;
        }
        let taken = Box::pin(turn::take(self.app, &incoming)).await?;
        Ok(if taken.replayed { Heard::Done } else { Heard::Settled })
    }

    /// Sends what the platform expects at once and nothing depends on.
    async fn be_courteous(&self) -> Answer<()> {
        let channel = self.inbox.channel;
        // Without a token it is left out: whoever gives them may be dead, and holds up nobody.
        let token = match channel.spec().renews {
            true => token::held(self.app, &self.inbox.name).await?,
            false => None,
        };
        let courtesy = channel.courtesy(&self.inbox.settings, self.event, token.as_ref());
        if let Some(call) = courtesy {
            self.app.channels.courtesy(&self.inbox.name, call, self.app.clock.now());
        }
        Ok(())
    }

    async fn note(&self, text: String, rule: &'static str, why: &'static str) -> Answer<Heard> {
        self.overhear(Overheard::Note { text, rule, why }).await
    }

    async fn overhear(&self, what: Overheard) -> Answer<Heard> {
        Box::pin(turn::overhear(self.app, &self.id, &what, &self.arrival()?)).await?;
        Ok(Heard::Settled)
    }

    async fn left(&self) -> Answer<Heard> {
        let error = "customer-left: the customer has left or blocked us".to_owned();
        turn::tell(self.app, &self.id, Undelivered::Customer, &error).await;
        let at = self.app.clock.now();
        self.keep(vec![Record::Drop { conversation: self.id.clone(), at, error }]).await
    }

    /// The same customer under another name: their conversation goes on.
    async fn renamed(&self, from: &str, to: &str) -> Answer<Heard> {
        let Some(conversation) = self.app.store.addressed(&self.inbox.name, from).await? else {
            return Ok(Heard::Done);
        };
        let address = channels::Address { key: to.to_owned(), ..self.event.address.clone() };
        let detail = serde_json::to_string(&address).map_err(Problem::internal)?;
        self.keep(vec![Record::Detail { conversation, sender: to.to_owned(), detail }]).await
    }

    /// Writes records down together with the end of the event.
    async fn keep(&self, mut records: Vec<Record>) -> Answer<Heard> {
        records.push(Record::Worked { n: self.row.n, worked: store::Worked::Done });
        self.app.store.put(records).await?;
        Ok(Heard::Settled)
    }
}

fn kind(kind: MediaKind) -> &'static str {
    match kind {
        MediaKind::Image => "image",
        MediaKind::Video => "video",
        MediaKind::Audio => "audio",
        MediaKind::File => "file",
        MediaKind::Other => "attachment",
    }
}

/// The name of a kind of event, for figures.
pub(super) fn name(kind: &Kind) -> &'static str {
    match kind {
        Kind::Text { .. } => "text",
        Kind::Pressed { .. } => "pressed",
        Kind::Media { .. } => "media",
        Kind::Sticker { .. } => "sticker",
        Kind::Location { .. } => "location",
        Kind::Reaction { .. } => "reaction",
        Kind::Edited { .. } => "edited",
        Kind::Deleted { .. } => "deleted",
        Kind::Receipt { .. } => "receipt",
        Kind::Echo { .. } => "echo",
        Kind::AgentReply { .. } => "agent_reply",
        Kind::Claimed { .. } => "claimed",
        Kind::Started { .. } => "started",
        Kind::Joined => "joined",
        Kind::Left => "left",
        Kind::Handover { .. } => "handover",
        Kind::Closed => "closed",
        Kind::Renamed { .. } => "renamed",
        Kind::System { .. } => "system",
        Kind::Unknown { .. } => "unknown",
    }
}
