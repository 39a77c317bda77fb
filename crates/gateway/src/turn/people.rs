//! What people do with a ticket: answer, resolve, give it back to the bot.

use desk::{AgentId, Change, Conversation, ConversationId, Message, Ticket, TicketId};
use store::{Batch, Committed, Store, StoreError, StoredConversation, Turn, TurnKey};

use super::speech::say_text;
use super::{Attempt, MAX_TRIES};
use crate::app::App;
use crate::http::{Answer, Code, Problem};
use crate::wire::{MessageBody, TicketAnswer, TicketBody};

/// A person's action on a ticket.
#[derive(Clone, Debug)]
pub struct PersonAct {
    /// On which.
    pub ticket: TicketId,
    /// Who acts.
    pub agent: AgentId,
    /// What is done.
    pub act: Act,
    /// The caller's own id of it.
    pub key: Option<TurnKey>,
    /// Tells a repetition from a reuse of the id.
    pub body_hash: [u8; 32],
}

/// What a person does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Act {
    /// Answers the customer.
    Reply(String),
    /// Has settled the matter.
    Resolve,
    /// Gives the conversation back to the bot.
    HandBack,
}

/// Does what a person does. Durable when this returns; answers with the JSON to be sent.
///
/// # Errors
/// The problem to be told to the caller; nothing was stored then.
pub async fn act(app: &App, act: &PersonAct) -> Answer<String> {
    let conversation =
        app.store.ticket(&act.ticket).await?.ok_or(Code::TicketNotFound)?.conversation;
    let _turn = app.turn_of(conversation.as_str()).await;
    for _ in 0..MAX_TRIES {
        if let Some(key) = &act.key
            && let Some(turn) = app.store.turn(key).await?
        {
            if turn.body_hash != act.body_hash {
                return Err(Code::MessageIdReused.into());
            }
            app.metrics.replayed();
            return Ok(turn.response);
        }
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
    let stored = app.store.conversation(id).await?;
    let StoredConversation { conversation, version, .. } =
        stored.ok_or_else(|| Problem::internal("a ticket's conversation is not there"))?;
    let change = change(app, act, &conversation, now)?;
    let message = change.messages.last().cloned();
    let ticket = match &change.ticket {
        Some(ticket) => ticket.clone(),
        None => app.store.ticket(&act.ticket).await?.ok_or(Code::TicketNotFound)?,
    };
    let body = body(&ticket, message.as_ref())?;
    let turn = act.key.clone().map(|key| Turn {
        conversation: id.clone(),
        seq: message.as_ref().map_or(conversation.messages, |message| message.seq),
        key: Some(key),
        body_hash: act.body_hash,
        response: body.clone(),
    });
    match app.store.commit(Batch { turn, ..change.into() }, Some(version)).await {
        Ok(Committed::Stored(_)) => Ok(body),
        Ok(Committed::Replayed(turn)) => {
            app.metrics.replayed();
            Ok(turn.response)
        }
        Err(StoreError::Conflict { .. }) => Err(Attempt::Again),
        Err(error) => Err(error.into()),
    }
}

fn change(
    app: &App,
    act: &PersonAct,
    conversation: &Conversation,
    now: jiff::Timestamp,
) -> Answer<Change> {
    let PersonAct { ticket, agent, .. } = act;
    Ok(match &act.act {
        Act::Reply(text) => desk::reply(conversation, ticket, agent, text, now)?,
        Act::Resolve => desk::resolve(conversation, ticket, agent, now)?,
        Act::HandBack => {
            let knowledge = app.knowledge();
            let language = conversation.memory.language.as_deref();
            let notice = say_text(&knowledge, desk::Text::Handback, language, now);
            desk::hand_back(conversation, ticket, agent, &notice, now)?
        }
    })
}

fn body(ticket: &Ticket, message: Option<&Message>) -> Answer<String> {
    let answer = TicketAnswer {
        ticket: TicketBody::of(ticket),
        message: message.map(|message| MessageBody::of(message, true)),
    };
    serde_json::to_string(&answer).map_err(Problem::internal)
}
