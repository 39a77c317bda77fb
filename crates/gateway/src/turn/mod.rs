//! The walk of one turn: read the conversation, understand the message, decide, render,
//! store, and only then answer.

mod evidence;
mod floor;
mod overhear;
mod packet;
mod people;
mod rotate;
mod speech;
mod think;
mod wake;

use desk::{
    Conversation, ConversationId, Customer, Fence, Floor, Owner, Reply, TicketId, Utterance,
};
use store::{
    Batch, Committed, Contact, Record, Store, StoreError, StoredConversation, TokenHash, Turn,
    TurnKey, Version,
};

pub(crate) use evidence::TAKEN_BACK;
pub use evidence::{Case, evidence};
pub(crate) use floor::calendar;
pub use overhear::{Arrival, Overheard, overhear};
pub(crate) use overhear::{Undelivered, tell};
pub use packet::packet;
pub(crate) use packet::{Whole, answer, messages, name, whole_packet};
pub use people::{Act, ActOn, PersonAct, act};
pub(crate) use rotate::Favoured;
pub use speech::{Manner, speak};
use think::Heard;
pub use think::{Said, Thought, think};
pub use wake::{keep_time, pass_time};

use crate::app::App;
use crate::entropy::{self, TokenKind};
use crate::http::{Answer, Code, Problem};
use crate::message_log::TakenTurn;
use crate::wire::{AnalysisBody, ReplyBody, TicketBrief, TurnAnswer};

/// How often a turn is decided anew because another node was faster, before it is given up.
pub const MAX_TRIES: u32 = 16;

/// A customer's message, ready to be taken.
#[derive(Clone, Debug)]
pub struct Incoming {
    /// What was said.
    pub said: Said,
    /// Of which conversation.
    pub target: Target,
    /// The caller's own id of the message.
    pub key: Option<TurnKey>,
    /// Tells a repetition from a reuse of the id.
    pub body_hash: [u8; 32],
    /// Through which channel it came, where it did.
    pub arrival: Option<Arrival>,
}

/// The conversation that a message belongs to.
#[derive(Clone, Debug)]
pub enum Target {
    /// A visitor begins one.
    NewVisitor,
    /// A visitor goes on with one and shows its secret.
    Visitor(ConversationId, TokenHash),
    /// An API caller goes on with one, or begins it.
    Named(ConversationId),
    /// An API caller begins one without a name for it.
    New,
}

/// What came of a turn.
#[derive(Clone, Debug)]
pub struct Taken {
    /// The answer on the wire.
    pub body: String,
    /// What was said; none where nothing was, and none where the turn was a repetition.
    pub reply: Option<Reply>,
    /// It was taken before; nothing was done.
    pub replayed: bool,
}

/// A conversation as a turn finds it.
struct Found {
    conversation: Conversation,
    version: Option<Version>,
    /// The secret of a visitor's conversation that begins here.
    token: Option<String>,
}

/// Takes one turn. The answer is durable when this returns.
///
/// # Errors
/// The problem to be told to the caller; nothing was stored then.
pub async fn take(app: &App, incoming: &Incoming) -> Answer<Taken> {
    let id = match &incoming.target {
        Target::NewVisitor | Target::New => ConversationId::new(&entropy::id(app.clock.now())?),
        Target::Visitor(id, _) | Target::Named(id) => id.clone(),
    };
    let _turn = app.turn_of(id.as_str()).await;
    for _ in 0..MAX_TRIES {
        match try_once(app, incoming, &id).await {
            Err(Attempt::Again) => app.metrics.retried(),
            Err(Attempt::Failed(problem)) => return Err(problem),
            Ok(taken) => return Ok(taken),
        }
    }
    Err(Problem::from(Code::ConversationBusy).retry_after(1))
}

/// Why an attempt came to nothing.
enum Attempt {
    /// Somebody else changed the conversation meanwhile.
    Again,
    /// There is nothing to be done.
    Failed(Problem),
}

impl<E: Into<Problem>> From<E> for Attempt {
    fn from(error: E) -> Self {
        Self::Failed(error.into())
    }
}

async fn try_once(app: &App, incoming: &Incoming, id: &ConversationId) -> Result<Taken, Attempt> {
    let now = app.clock.now();
    let Found { mut conversation, version, token } = find(app, incoming, id).await?;
    if let (Target::Visitor(..), Some(claimed)) = (&incoming.target, &incoming.said.customer.id)
        && conversation.contact.as_ref().is_some_and(|known| known != claimed)
    {
        // Two customers at one device: the second must not read what the first wrote.
        return Err(Problem::from(Code::IdentityOther).into());
    }
    let knowledge = app.knowledge();
    let said = &incoming.said;
    let (customer, contact) = customer(app, &said.customer, &mut conversation).await?;
    let heard = Heard::of(&knowledge, &conversation, said);
    app.metrics.analysed(heard.analysis_seconds);
    let who = (said.payload.as_ref(), &customer);
    let mut floor = Floor::default();
    let favoured = app.favoured.name();
    let favoured = favoured.as_deref();
    let mut decision = heard.decide(&knowledge, &conversation, who, &floor, favoured, now);
    if decision.handoff.is_some() && conversation.owner == Owner::Bot {
        // Only a hand-over needs to know who is there.
        floor = floor::floor(app, &knowledge).await?;
        decision = heard.decide(&knowledge, &conversation, who, &floor, favoured, now);
    }
    let thought = heard.answer(&knowledge, decision, said, now);
    let Thought { text, analysis, decision, reply } = &thought;

    let utterance =
        Utterance { text, language: thought.language(), attachments: &said.attachments };
    let ticket = TicketId::new(&entropy::id(now)?);
    let change = match desk::turn(&conversation, utterance, decision, reply.as_ref(), &ticket, now)
    {
        Err(desk::DeskError::StaleFence { .. }) => return Err(Attempt::Again),
        other => other?,
    };

    let answer = |token: Option<&str>| {
        let packs = knowledge.analyzer.packs_hash();
        serde_json::to_string(&TurnAnswer {
            conversation_id: id.as_str(),
            conversation_token: token,
            reply: reply.as_ref().map(ReplyBody::from),
            analysis: AnalysisBody::of(text, analysis, packs),
            decision: decision.into(),
            ticket: change.conversation.ticket.as_ref().map(TicketBrief::of),
        })
        .map_err(Problem::internal)
    };
    // What is stored to be answered again must hold no secret.
    let body = answer(token.as_deref())?;
    let turn = match &incoming.key {
        None => None,
        Some(key) => Some(Turn {
            conversation: id.clone(),
            seq: conversation.messages + 1,
            key: Some(key.clone()),
            body_hash: incoming.body_hash,
            response: if token.is_none() { body.clone() } else { answer(None)? },
        }),
    };
    let visitor_token = token.as_deref().map(TokenHash::of);
    let room = floor::room(&floor, &change);
    let mut records = learnt(contact.as_ref(), &customer, decision.chosen.as_deref(), now);
    let arrival = incoming.arrival.as_ref();
    records.extend(arrival.map(Arrival::settled));
    let named =
        arrival.and_then(|arrival| Some((conversation.messages + 1, arrival.name.clone()?)));
    let address = arrival.and_then(|arrival| arrival.address.clone());
    let hold = arrival.and_then(|arrival| arrival.hold);
    let batch = Batch { turn, visitor_token, room, records, address, named, hold, ..change.into() };
    match app.commit(batch, version).await {
        Ok(Committed::Stored(_)) => {
            app.metrics.decided(decision.action.as_str(), decision.rule.as_str());
            if let Some(log) = &app.message_log {
                let packs = knowledge.analyzer.packs_hash();
                let turn =
                    TakenTurn { at: now, conversation: id, said, text, analysis, decision, packs };
                app.metrics.logged(log.note(&turn));
            }
            tracing::debug!(
                conversation.id = id.as_str(),
                action = decision.action.as_str(),
                rule = decision.rule.as_str(),
                intent = analysis.intent.as_str(),
                "turn is taken"
            );
            Ok(Taken { body, reply: thought.reply, replayed: false })
        }
        Ok(Committed::Replayed(turn)) => {
            app.metrics.replayed();
            Ok(Taken { body: turn.response, reply: None, replayed: true })
        }
        Err(StoreError::Conflict { .. }) => {
            late(app, id, decision.fence, reply.is_some()).await?;
            Err(Attempt::Again)
        }
        Err(error) => Err(error.into()),
    }
}

/// Says in the log that a reply of the bot is dropped because somebody else owns the
/// conversation by now.
async fn late(app: &App, id: &ConversationId, fence: Fence, spoke: bool) -> Answer<()> {
    let now = app.store.conversation(id).await?.map(|stored| stored.conversation.fence);
    if spoke && now.is_some_and(|now| now != fence) {
        app.metrics.came_late();
        tracing::info!(
            conversation.id = id.as_str(),
            fence.computed = fence.0,
            fence.now = now.map(|fence| fence.0),
            "a late reply of the bot is dropped"
        );
    }
    Ok(())
}

/// What is known of the customer: what the caller vouches for now, and what was learnt.
async fn customer(
    app: &App,
    vouched: &Customer,
    conversation: &mut Conversation,
) -> Answer<(Customer, Option<Contact>)> {
    let mut customer = vouched.clone();
    if customer.id.is_some() {
        conversation.contact.clone_from(&customer.id);
    }
    let Some(id) = &conversation.contact else { return Ok((customer, None)) };
    let known = app.store.contact(id).await?;
    if let Some(known) = &known {
        customer.vip |= known.vip;
        customer.order_value_cents = customer.order_value_cents.max(known.order_value_cents);
        if customer.prefers.is_none() {
            customer.prefers.clone_from(&known.prefers);
        }
    }
    Ok((customer, known))
}

/// What is to be remembered of the customer beyond this conversation, where it is new.
fn learnt(
    known: Option<&Contact>,
    customer: &Customer,
    chosen: Option<&str>,
    now: jiff::Timestamp,
) -> Vec<Record> {
    let Some(id) = customer.id.clone().or(known.map(|known| known.id.clone())) else {
        return Vec::new();
    };
    let contact = Contact {
        id,
        vip: customer.vip,
        order_value_cents: customer.order_value_cents,
        prefers: chosen.map(str::to_owned).or_else(|| customer.prefers.clone()),
        updated_at: known.map_or(now, |known| known.updated_at),
    };
    if known == Some(&contact) {
        return Vec::new();
    }
    vec![Record::Contact(Contact { updated_at: now, ..contact })]
}

/// Reads the conversation, or begins it, and checks that the caller may.
async fn find(app: &App, incoming: &Incoming, id: &ConversationId) -> Answer<Found> {
    let begin = |token| Found {
        conversation: Conversation::start(id.clone(), app.clock.now()),
        version: None,
        token,
    };
    match &incoming.target {
        Target::NewVisitor => Ok(begin(Some(entropy::token(TokenKind::Conversation)?))),
        Target::New => Ok(begin(None)),
        Target::Named(_) => Ok(match app.store.conversation(id).await? {
            Some(stored) => stored.into(),
            None => begin(None),
        }),
        Target::Visitor(_, token) => Ok(visitors(app, id, token).await?.into()),
    }
}

/// A visitor's conversation. One that is not there and one whose secret is another look
/// the same: nothing stored is told to whoever does not know the secret, no repeated answer
/// either.
///
/// # Errors
/// [`Code::ConversationNotFound`].
pub async fn visitors(
    app: &App,
    id: &ConversationId,
    token: &TokenHash,
) -> Answer<StoredConversation> {
    match app.store.conversation(id).await? {
        Some(stored) if stored.visitor_token.as_ref() == Some(token) => Ok(stored),
        _ => Err(Code::ConversationNotFound.into()),
    }
}

impl From<StoredConversation> for Found {
    fn from(stored: StoredConversation) -> Self {
        Self { conversation: stored.conversation, version: Some(stored.version), token: None }
    }
}
