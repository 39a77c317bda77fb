//! Hands conversations over to help desks of others, and brings them what the customer
//! writes afterwards.

use channels::{Address, HandOver, HelpDesk, Line, Piece, Priority};
use desk::{Author, ConversationId, EventKind, Message, Owner, Ticket};
use intent::Severity;
use jiff::Timestamp;
use store::{Batch, Outbound, Store, StoreError};

use super::Channels;
use crate::app::App;

/// A hand-over on its way to a help desk.
pub(super) const HANDOVER: &str = "handover";
/// What the customer writes afterwards.
pub(super) const FOLLOW: &str = "follow";

/// How many messages of before a help desk is shown.
const SHOWN: usize = 50;

impl Channels {
    /// Whether a batch may have anything for those who take over.
    pub(super) fn hands_over(&self, batch: &Batch) -> bool {
        // Somebody may have to be told of a hand-over whatever is connected.
        opened(batch) || (!self.desks.is_empty() && follows(batch))
    }
}

/// People are to take over from here on.
fn opened(batch: &Batch) -> bool {
    let opens = [EventKind::Opened, EventKind::Reopened];
    batch.events.iter().any(|event| opens.contains(&event.kind))
}

/// The customer writes while people have it.
fn follows(batch: &Batch) -> bool {
    batch.conversation.owner != Owner::Bot
        && batch.messages.iter().any(|message| message.author == Author::Customer)
}

/// What help desks, and the platform itself, are sent because of a batch; and the hand-over,
/// where it is one.
/// `address` is where the conversation is answered.
///
/// # Errors
/// As [`Store::messages`].
pub(super) async fn rows(
    app: &App,
    batch: &Batch,
    address: Option<&store::Address>,
) -> Result<(Vec<Outbound>, Option<HandOver>), StoreError> {
    let mut rows = Vec::new();
    let conversation = &batch.conversation;
    let Some(ticket) = batch.ticket.as_ref().or(conversation.ticket.as_ref()) else {
        return Ok((rows, None));
    };
    let opened = opened(batch);
    let mut transcript = Vec::new();
    if opened {
        let new = batch.messages.len() as u64;
        let before = conversation.messages.saturating_sub(new);
        let after = before.saturating_sub(SHOWN as u64);
        let shown = usize::try_from(before - after).unwrap_or(SHOWN);
        transcript = app.store.messages(&conversation.id, after, shown).await?;
        transcript.extend(batch.messages.iter().cloned());
    }
    let told = hand_over(batch, ticket, &transcript);
    for (name, (desk, settings)) in &app.channels.desks {
        if !opened && app.store.thread(name, &conversation.id).await?.is_none() {
            continue;
        }
        // Whom the customer reaches through that very help desk is there already.
        let there = there(app, address, settings);
        let hand_over = HandOver { there, ..told.clone() };
        let lane = Some(format!("{name}/{}", conversation.id));
        let row = |suffix: &str, kind: &str, pieces: &[Piece]| Outbound {
            id: format!("{}.{name}.{suffix}", conversation.id),
            destination: name.clone(),
            lane: lane.clone(),
            kind: kind.to_owned(),
            seq: None,
            body: serde_json::to_string(pieces).unwrap_or_default(),
            not_before: None,
        };
        if opened {
            let pieces = desk.open(settings, &hand_over);
            rows.push(row(&format!("t{}", conversation.messages), HANDOVER, &pieces));
            continue;
        }
        for message in batch.messages.iter().filter(|m| m.author == Author::Customer) {
            let pieces = desk.follow(settings, &hand_over, &message.text);
            if !pieces.is_empty() {
                rows.push(row(&format!("m{}", message.seq), FOLLOW, &pieces));
            }
        }
    }
    if opened
        && let Some(inbox) = address.and_then(|it| app.channels.inboxes.get(&it.inbox))
        && let Some(piece) = inbox.channel.pass(&inbox.settings, &told)
    {
        rows.push(Outbound {
            id: format!("{}.pass.t{}", conversation.id, conversation.messages),
            destination: inbox.name.clone(),
            // Behind what the bot says last.
            lane: Some(conversation.id.to_string()),
            kind: HANDOVER.to_owned(),
            seq: None,
            body: serde_json::to_string(&[piece]).unwrap_or_default(),
            not_before: batch.hold,
        });
    }
    Ok((rows, opened.then_some(told)))
}

/// The conversation's place in a help desk that the customer writes in.
fn there(
    app: &App,
    address: Option<&store::Address>,
    settings: &channels::Settings,
) -> Option<Address> {
    let address = address?;
    let inbox = app.channels.inboxes.get(&address.inbox)?;
    let same = inbox.channel.spec().name == settings.spec().name
        && inbox.settings.optional("base_url") == settings.optional("base_url");
    same.then(|| serde_json::from_str(&address.detail).ok()).flatten()
}

fn hand_over(batch: &Batch, ticket: &Ticket, transcript: &[Message]) -> HandOver {
    let conversation = &batch.conversation;
    let wishes: Vec<&str> = ticket.intents.iter().map(intent::IntentId::as_str).collect();
    let subject = if wishes.is_empty() { ticket.why.clone() } else { wishes.join(", ") };
    let mut fields = vec![
        ("severity".to_owned(), ticket.severity.as_str().to_owned()),
        ("tier".to_owned(), ticket.tier.to_string()),
    ];
    fields.extend(ticket.order.clone().map(|order| ("order".to_owned(), order)));
    fields.extend(conversation.memory.country.clone().map(|it| ("country".to_owned(), it)));
    let due = ticket.due_at().map(|due| format!("An answer is due {due}."));
    let playbook = ticket.playbook.as_ref();
    let dispute = playbook.map(|at| format!("Dispute: {}, {}.", at.playbook, at.stage));
    let lines = [Some(format!("Handed over by rule: {}.", ticket.why)), due, dispute];
    let lines: Vec<String> = lines.into_iter().flatten().collect();
    HandOver {
        conversation: conversation.id.to_string(),
        there: None,
        ticket: ticket.id.to_string(),
        channel: inbox_of(batch, &conversation.id),
        name: None,
        email: None,
        phone: None,
        language: conversation.memory.language.clone().unwrap_or_else(|| "und".to_owned()),
        subject,
        summary: lines.join("\n"),
        priority: match (ticket.severity, ticket.tier) {
            (Severity::Red, _) => Priority::Urgent,
            (Severity::Yellow, _) => Priority::High,
            (Severity::Blue, 2..) => Priority::Normal,
            (Severity::Blue, _) => Priority::Low,
        },
        team: ticket.team.as_ref().map(|team| team.as_str().to_owned()),
        tags: vec!["switchboard".to_owned(), format!("tier_{}", ticket.tier)],
        transcript: transcript.iter().map(line).collect(),
        fields,
        link: None,
    }
}

/// Where the customer writes, for people.
fn inbox_of(batch: &Batch, id: &ConversationId) -> String {
    match &batch.address {
        Some(address) => address.inbox.clone(),
        None => id.as_str().rsplit_once('-').map_or("chat", |(inbox, _)| inbox).to_owned(),
    }
}

fn line(message: &Message) -> Line {
    let who = match &message.author {
        Author::Customer => "Customer".to_owned(),
        Author::Bot => "Bot".to_owned(),
        Author::Agent(agent) => agent.to_string(),
    };
    let at: Timestamp = message.at;
    Line { who, at, text: message.text.clone() }
}

/// The pieces of a row, and the help desk they go to.
pub(super) fn pieces(body: &str) -> Result<Vec<Piece>, String> {
    serde_json::from_str(body).map_err(|error| format!("unreadable: {error}"))
}

/// Keeps what a help desk calls what it made.
pub(super) fn named(desk: &dyn HelpDesk, to: &mut Address, piece: &Piece, id: Option<&str>) {
    let Some(id) = id else { return };
    to.route.insert(piece.op.clone(), id.to_owned());
    if piece.op == desk.anchor() {
        id.clone_into(&mut to.key);
    }
}
