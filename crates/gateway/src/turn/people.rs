//! What people do with a ticket or a conversation.

use desk::{
    AgentId, Change, Conversation, ConversationId, Fence, Message, Person, Problem as Cause,
};
use desk::{Ticket, TicketId};
use jiff::Timestamp;
use store::TurnKey;
use store::{Batch, Committed, EventQuery, Record, Store, StoreError, StoredConversation, Turn};

use super::speech::say_text;
use super::{Attempt, MAX_TRIES};
use crate::app::App;
use crate::entropy;
use crate::http::{Answer, Code, Problem};
use crate::packs::Knowledge;
use crate::wire::{
    ConflictBody, ConversationBody, EventBody, MessageBody, TicketAnswer, TicketBody,
};

/// How many of the last events a conflict shows.
const SHOWN: usize = 5;

/// What an action is on.
#[derive(Clone, Debug)]
pub enum ActOn {
    /// A ticket.
    Ticket(TicketId),
    /// A conversation that the bot has.
    Conversation(ConversationId),
}

/// A person's action.
#[derive(Clone, Debug)]
pub struct PersonAct {
    /// On what.
    pub on: ActOn,
    /// Who acts.
    pub agent: AgentId,
    /// The fence that the person has seen, where it matters.
    pub fence: Option<Fence>,
    /// The highest tier whose tickets are theirs to act on; none where any is.
    pub reach: Option<u8>,
    /// The ticket's tier as they named it: whoever names it rightly takes it knowingly.
    pub named: Option<u8>,
    /// What is done.
    pub act: Act,
    /// The caller's own id of it.
    pub key: Option<TurnKey>,
    /// Tells a repetition from a reuse of the id.
    pub body_hash: [u8; 32],
    /// What is stored with it.
    pub records: Vec<Record>,
}

impl PersonAct {
    /// An act on any tier without a fence, an id of its own, or anything that is stored with it.
    #[must_use]
    pub fn new(on: ActOn, agent: AgentId, act: Act) -> Self {
        Self {
            on,
            agent,
            fence: None,
            reach: None,
            named: None,
            act,
            key: None,
            body_hash: [0; 32],
            records: Vec::new(),
        }
    }
}

/// What a person does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Act {
    /// Takes the ticket, or the conversation from the bot.
    Take,
    /// Gives it up.
    Release,
    /// Gives it to somebody else.
    Transfer(AgentId),
    /// Answers the customer, with a promise where one is made.
    Reply(String, Option<(String, Timestamp)>),
    /// Gives it to the tier above, for a reason.
    Escalate(String),
    /// Moves the dispute on: playbook and stage.
    Stage(String, String),
    /// Puts it aside until then.
    Snooze(Timestamp),
    /// Has settled the matter.
    Resolve(Option<Cause>),
    /// Gives the conversation back to the bot.
    HandBack,
    /// Asks another department, or hears from it: a line in the trail.
    Note(desk::EventKind, String),
}

/// Does what a person does. Durable when this returns; answers with the JSON to be sent.
///
/// # Errors
/// The problem to be told to the caller; nothing was stored then.
pub async fn act(app: &App, act: &PersonAct) -> Answer<String> {
    let conversation = match &act.on {
        ActOn::Ticket(ticket) => {
            app.store.ticket(ticket).await?.ok_or(Code::TicketNotFound)?.conversation
        }
        ActOn::Conversation(id) => id.clone(),
    };
    let _turn = app.turn_of(conversation.as_str()).await;
    for _ in 0..MAX_TRIES {
        match try_once(app, act, &conversation).await {
            Err(Attempt::Again) => app.metrics.retried(),
            Err(Attempt::Failed(problem)) => return Err(problem),
            Ok(body) => return Ok(body),
        }
    }
    Err(Problem::from(Code::ConversationBusy).retry_after(1))
}

async fn try_once(app: &App, act: &PersonAct, id: &ConversationId) -> Result<String, Attempt> {
    let now = app.clock.now();
    // A repeated answer must be told as before, even where the ticket is closed by now.
    if let Some(key) = &act.key
        && let Some(turn) = app.store.turn(key).await?
    {
        if turn.body_hash != act.body_hash {
            return Err(Problem::from(Code::MessageIdReused).into());
        }
        app.metrics.replayed();
        return Ok(turn.response);
    }
    let stored = app.store.conversation(id).await?.ok_or(Code::ConversationNotFound)?;
    let StoredConversation { conversation, version, .. } = stored;
    let knowledge = app.knowledge();
    let change = match change(&knowledge, act, &conversation, now) {
        Ok(change) => change,
        Err(Refused::Desk(error)) => return Err(conflict(app, &conversation, error).await?.into()),
        Err(Refused::Problem(problem)) => return Err(problem.into()),
    };
    let message = change.messages.last().cloned();
    let ticket = match (&change.ticket, &act.on) {
        (Some(ticket), _) => ticket.clone(),
        (None, ActOn::Ticket(id)) => app.store.ticket(id).await?.ok_or(Code::TicketNotFound)?,
        (None, ActOn::Conversation(_)) => return Err(Problem::from(Code::TicketNotFound).into()),
    };
    let body = body(&ticket, &change.conversation, message.as_ref())?;
    let turn = act.key.clone().map(|key| Turn {
        conversation: id.clone(),
        seq: message.as_ref().map_or(conversation.messages, |message| message.seq),
        key: Some(key),
        body_hash: act.body_hash,
        response: body.clone(),
    });
    let batch = Batch { turn, records: act.records.clone(), ..change.into() };
    match app.commit(batch, Some(version)).await {
        Ok(Committed::Stored(_)) => Ok(body),
        Ok(Committed::Replayed(turn)) => {
            app.metrics.replayed();
            Ok(turn.response)
        }
        Err(StoreError::Conflict { .. }) => Err(Attempt::Again),
        Err(error) => Err(error.into()),
    }
}

/// Why an act was refused.
enum Refused {
    Desk(desk::DeskError),
    Problem(Problem),
}

impl From<desk::DeskError> for Refused {
    fn from(error: desk::DeskError) -> Self {
        Self::Desk(error)
    }
}

impl From<entropy::NoEntropy> for Refused {
    fn from(error: entropy::NoEntropy) -> Self {
        Self::Problem(error.into())
    }
}

fn change(
    knowledge: &Knowledge,
    act: &PersonAct,
    conversation: &Conversation,
    now: Timestamp,
) -> Result<Change, Refused> {
    let tier = conversation.ticket.as_ref().map(|ticket| ticket.tier);
    let reach = act.reach.filter(|_| act.named.is_none() || act.named != tier);
    let person = Person { agent: &act.agent, fence: act.fence, reach };
    let policy = &knowledge.policy;
    let ticket = match &act.on {
        ActOn::Ticket(ticket) => ticket,
        ActOn::Conversation(_) => {
            let id = TicketId::new(&entropy::id(now)?);
            return Ok(desk::take_over(conversation, &id, &person, policy, now)?);
        }
    };
    let does = match &act.act {
        Act::Take => desk::Act::Take,
        Act::Release => desk::Act::Release,
        Act::Transfer(to) => desk::Act::Transfer(to.clone()),
        Act::Reply(text, promise) => {
            desk::Act::Reply { text: text.clone(), promise: promise.clone() }
        }
        Act::Escalate(why) => desk::Act::Escalate(why.clone()),
        Act::Stage(playbook, stage) => {
            desk::Act::Stage { playbook: playbook.clone(), stage: stage.clone() }
        }
        Act::Snooze(until) => desk::Act::Snooze(*until),
        Act::Resolve(problem) => desk::Act::Resolve(problem.clone()),
        Act::HandBack => {
            let memory = &conversation.memory;
            desk::Act::HandBack(say_text(knowledge, desk::Text::Handback, memory, now))
        }
        Act::Note(kind, detail) => {
            let event = desk::Event {
                kind: *kind,
                ticket: ticket.clone(),
                by: Some(act.agent.clone()),
                detail: detail.clone(),
            };
            return Ok(Change {
                conversation: conversation.clone(),
                messages: Vec::new(),
                ticket: None,
                events: vec![event],
            });
        }
    };
    Ok(desk::act(conversation, ticket, &person, &does, policy, now)?)
}

/// A refusal; a conflict shows what changed: who has it now, and what happened last.
async fn conflict(
    app: &App,
    conversation: &Conversation,
    error: desk::DeskError,
) -> Answer<Problem> {
    let problem = Problem::from(error);
    if problem.code().status() != axum::http::StatusCode::CONFLICT {
        return Ok(problem);
    }
    let id = conversation.id.clone();
    let query = EventQuery { conversation: Some(id), after: 0, limit: SHOWN, latest: true };
    let events = app.store.events(&query).await?;
    let shown = ConflictBody {
        conversation: ConversationBody::of(conversation),
        ticket: conversation.ticket.as_ref().map(TicketBody::of),
        events: events.iter().map(EventBody::of).collect(),
    };
    Ok(problem.with_current(&shown))
}

fn body(ticket: &Ticket, conversation: &Conversation, message: Option<&Message>) -> Answer<String> {
    let answer = TicketAnswer {
        ticket: TicketBody::of(ticket),
        fence: conversation.fence.0,
        message: message.map(|message| MessageBody::of(message, true)),
    };
    serde_json::to_string(&answer).map_err(Problem::internal)
}
