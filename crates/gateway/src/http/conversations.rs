//! Reading a conversation: how a person's answer reaches the customer.

use axum::Json;
use axum::extract::State;
use desk::ConversationId;
use serde::Deserialize;
use store::{Scope, Store, StoredConversation};
use utoipa::IntoParams;

use super::Has;
use super::caller::Caller;
use super::extract::{Id, Params};
use super::problem::{Answer, Code};
use crate::app::App;
use crate::turn;
use crate::wire::{ConversationBody, MessageBody, MessagesBody};

/// How many messages are given at once.
const MAX_MESSAGES: usize = 200;

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
    Ok(Json(ConversationBody::of(&stored.conversation)))
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
    Ok(Json(MessagesBody {
        next_after: found.last().map_or(after.after, |message| message.seq),
        more,
        messages: found.iter().map(|message| MessageBody::of(message, named)).collect(),
    }))
}

/// The conversation, when the caller may read it.
async fn readable(app: &App, caller: &Caller, id: &ConversationId) -> Answer<StoredConversation> {
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
