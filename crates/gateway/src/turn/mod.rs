//! The walk of one turn: read the conversation, understand the message, decide, render,
//! store, and only then answer.

mod people;
mod speech;
mod think;

use desk::{Conversation, ConversationId, Reply, TicketId, Utterance};
use store::{
    Batch, Committed, Store, StoreError, StoredConversation, TokenHash, Turn, TurnKey, Version,
};

pub use people::{Act, PersonAct, act};
pub use speech::{Manner, speak};
pub use think::{Said, Thought, think};

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
    if let (Target::Visitor(id, token), Some(_)) = (&incoming.target, &incoming.key) {
        // Nothing stored is told to whoever does not know the secret, no repeated answer
        // either. Without a key nothing is repeated, and the turn itself asks for it.
        visitors(app, id, token).await?;
    }
    let _turn = app.turn_of(id.as_str()).await;
    for _ in 0..MAX_TRIES {
        if let Some(replay) = replay(app, incoming).await? {
            return Ok(replay);
        }
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

/// The stored answer of a turn that was taken before.
async fn replay(app: &App, incoming: &Incoming) -> Answer<Option<Taken>> {
    let Some(key) = &incoming.key else { return Ok(None) };
    let Some(turn) = app.store.turn(key).await? else { return Ok(None) };
    if turn.body_hash != incoming.body_hash {
        return Err(Code::MessageIdReused.into());
    }
    app.metrics.replayed();
    Ok(Some(Taken { body: turn.response, reply: None }))
}

async fn try_once(app: &App, incoming: &Incoming, id: &ConversationId) -> Result<Taken, Attempt> {
    let now = app.clock.now();
    let Found { conversation, version, token } = find(app, incoming, id).await?;
    let knowledge = app.knowledge();
    let thought = think(&knowledge, &conversation, &incoming.said, now);
    app.metrics.analysed(thought.analysis_seconds);
    let Thought { text, analysis, decision, reply, .. } = &thought;

    let said = Utterance { text, language: thought.language() };
    let ticket = TicketId::new(&entropy::id(now)?);
    let change = match desk::turn(&conversation, said, decision, reply.as_ref(), &ticket, now) {
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
    let batch = Batch { turn, visitor_token, ..change.into() };
    match app.store.commit(batch, version).await {
        Ok(Committed::Stored(_)) => {
            app.metrics.decided(decision.action.as_str(), decision.rule.as_str());
            if let Some(log) = &app.message_log {
                let packs = knowledge.analyzer.packs_hash();
                let said = &incoming.said;
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
            Ok(Taken { body, reply: thought.reply })
        }
        Ok(Committed::Replayed(turn)) => {
            app.metrics.replayed();
            Ok(Taken { body: turn.response, reply: None })
        }
        Err(StoreError::Conflict { .. }) => Err(Attempt::Again),
        Err(error) => Err(error.into()),
    }
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
/// the same.
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
