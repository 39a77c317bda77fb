//! Reading a conversation: how a person's answer reaches the customer.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use desk::{AgentId, Author, Conversation, ConversationId, Message, Owner, TicketState};
use serde::{Deserialize, Serialize};
use store::{Batch, Scope, Store, StoredConversation, TokenHash};
use utoipa::{IntoParams, ToSchema};

use super::Has;
use super::caller::Caller;
use super::extract::{Id, Params};
use super::problem::{Answer, Code};
use crate::app::App;
use crate::entropy::{self, TokenKind};
use crate::turn;
use crate::wire::{ConversationBody, MessageBody, MessagesBody};

/// How many messages are given at once.
const MAX_MESSAGES: usize = 200;

/// A conversation that a visitor began.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct Begun {
    /// To go on with.
    conversation_id: String,
    /// Its secret; said once.
    conversation_token: String,
}

/// Begins a visitor's conversation without a message, so that the first one can have a
/// `message_id` and files.
#[utoipa::path(
    post,
    path = "/v1/conversations",
    tag = "conversations",
    responses(
        (status = 200, description = "Begun", body = Begun),
        (status = "default", description = "A problem", body = super::ProblemBody, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn begin(State(app): Has) -> Answer<Json<Begun>> {
    let now = app.clock.now();
    let id = entropy::id(now)?;
    let token = entropy::token(TokenKind::Conversation)?;
    let conversation = Conversation::start(ConversationId::new(&id), now);
    let visitor_token = Some(TokenHash::of(&token));
    let batch = Batch { visitor_token, ..Batch::of(conversation, Vec::new()) };
    let _ = app.commit(batch, None).await?;
    Ok(Json(Begun { conversation_id: id, conversation_token: token }))
}

/// The state of a conversation.
#[utoipa::path(
    get,
    path = "/v1/conversations/{id}",
    tag = "conversations",
    params(("id" = String, Path, description = "The conversation")),
    security(("token" = [])),
    responses(
        (status = 200, description = "Its state", body = ConversationBody),
        (status = "default", description = "A problem", body = super::ProblemBody, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn conversation(
    State(app): Has,
    caller: Caller,
    Id(id): Id,
) -> Answer<Json<ConversationBody>> {
    let stored = readable(&app, &caller, &ConversationId::new(&id)).await?;
    Ok(Json(shown(&app, &mut Names::default(), &stored.conversation).await?))
}

/// The names by which customers know people, as they are asked for.
#[derive(Debug, Default)]
pub(super) struct Names(BTreeMap<AgentId, Option<String>>);

impl Names {
    /// The name that customers see. An address of mail is none.
    async fn of(&mut self, app: &App, agent: &AgentId) -> Answer<Option<String>> {
        if let Some(known) = self.0.get(agent) {
            return Ok(known.clone());
        }
        let user = app.store.user(agent.as_str()).await?;
        let own = Some(agent.as_str().to_owned()).filter(|name| !name.contains('@'));
        let name = user.and_then(|user| user.profile.known_as).or(own);
        self.0.insert(agent.clone(), name.clone());
        Ok(name)
    }

    /// A message with the name of the person who wrote it.
    pub(super) async fn message(
        &mut self,
        app: &App,
        message: &Message,
        named: bool,
    ) -> Answer<MessageBody> {
        let person = match &message.author {
            Author::Agent(agent) => self.of(app, agent).await?,
            Author::Customer | Author::Bot => None,
        };
        Ok(MessageBody { person, ..MessageBody::of(message, named) })
    }
}

/// A conversation with who has it and its place in line.
pub(super) async fn shown(
    app: &App,
    names: &mut Names,
    conversation: &Conversation,
) -> Answer<ConversationBody> {
    let person = match &conversation.owner {
        Owner::Agent(agent) => names.of(app, agent).await?,
        Owner::Bot | Owner::Queue => None,
    };
    let waits = conversation.ticket.as_ref().filter(|ticket| ticket.state == TicketState::Open);
    let place = match waits {
        Some(ticket) => app.store.place(&ticket.id).await?,
        None => None,
    };
    Ok(ConversationBody { person, place, ..ConversationBody::of(conversation) })
}

/// From where to read.
#[derive(Clone, Copy, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct After {
    /// The `seq` of the last message known; 0 for all.
    #[serde(default)]
    after: u64,
    /// How many at most: 200 where left out, and no more.
    #[serde(default)]
    limit: Option<usize>,
}

/// The messages of a conversation after one.
#[utoipa::path(
    get,
    path = "/v1/conversations/{id}/messages",
    tag = "conversations",
    params(("id" = String, Path, description = "The conversation"), After),
    security(("token" = [])),
    responses(
        (status = 200, description = "Messages in order", body = MessagesBody),
        (status = "default", description = "A problem", body = super::ProblemBody, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn messages(
    State(app): Has,
    caller: Caller,
    Id(id): Id,
    Params(after): Params<After>,
) -> Answer<Json<MessagesBody>> {
    let id = ConversationId::new(&id);
    readable(&app, &caller, &id).await?;
    let limit = after.limit.unwrap_or(MAX_MESSAGES).clamp(1, MAX_MESSAGES);
    let mut found = app.store.messages(&id, after.after, limit + 1).await?;
    let more = found.len() > limit;
    found.truncate(limit);
    let named = !matches!(caller, Caller::Visitor(_));
    let mut names = Names::default();
    let mut messages = Vec::with_capacity(found.len());
    for message in &found {
        messages.push(names.message(&app, message, named).await?);
    }
    let next_after = found.last().map_or(after.after, |message| message.seq);
    Ok(Json(MessagesBody { next_after, more, messages }))
}

/// The conversation, when the caller may read it.
pub(super) async fn readable(
    app: &App,
    caller: &Caller,
    id: &ConversationId,
) -> Answer<StoredConversation> {
    match caller {
        Caller::Api { scopes, .. } if scopes.allow(Scope::Messages) => {
            app.store.conversation(id).await?.ok_or_else(|| Code::ConversationNotFound.into())
        }
        Caller::Api { .. } | Caller::Person { .. } => {
            caller.may(Scope::TicketsRead)?;
            app.store.conversation(id).await?.ok_or_else(|| Code::ConversationNotFound.into())
        }
        Caller::Visitor(Some(token)) => turn::visitors(app, id, token).await,
        Caller::Visitor(None) => Err(Code::TokenRequired.into()),
    }
}
