//! Rasa's own addresses, so that what was made for Rasa can point here.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use desk::{ConversationId, Payload};

use super::caller::Caller;
use super::classify::analyse;
use super::extract::{Body, checked_id, checked_text};
use super::problem::{Answer, Code, Problem};
use super::{Has, json};
use crate::config::RasaAccess;
use crate::turn::{self, Incoming, Said, Target};
use crate::wire::{RasaMessage, RasaParse, RasaParseRequest, RasaSend};

/// What is understood of one message, in the shape of Rasa's NLU server.
#[utoipa::path(
    post,
    path = "/model/parse",
    tag = "rasa",
    request_body = RasaParseRequest,
    responses(
        (status = 200, description = "The analysis", body = RasaParse<'static>),
        (status = "default", description = "A problem", body = super::ProblemBody, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn parse(
    State(app): Has,
    _: Caller,
    Body(request): Body<RasaParseRequest>,
) -> Answer<Response> {
    let text = checked_text("text", &request.text)?;
    let analysis = analyse(&app, &app.knowledge(), text, None);
    serde_json::to_string(&RasaParse::of(text, &analysis)).map(json).map_err(Problem::internal)
}

/// One turn, in the shape of Rasa's REST channel: `sender` names the conversation.
#[utoipa::path(
    post,
    path = "/webhooks/rest/webhook",
    tag = "rasa",
    request_body = RasaMessage,
    security(("token" = []), ("rasa_token" = [])),
    responses(
        (status = 200, description = "What is said; empty where nothing is", body = Vec<RasaSend>),
        (status = "default", description = "A problem", body = super::ProblemBody, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn webhook(
    State(app): Has,
    caller: Caller,
    Body(request): Body<RasaMessage>,
) -> Answer<Json<Vec<RasaSend>>> {
    let sender = checked_id("sender", &request.sender)?;
    let conversation = match (app.rasa, &caller) {
        (RasaAccess::Off, _) => return Err(Code::RasaOff.into()),
        (_, Caller::Api { .. } | Caller::Person { .. }) => {
            caller.may(store::Scope::Messages)?;
            ConversationId::new(sender)
        }
        (RasaAccess::Open, Caller::Visitor(_)) => strangers(sender),
        (RasaAccess::Token, Caller::Visitor(_)) => {
            return Err(Problem::new(
                Code::TokenRequired,
                "send an API token as Bearer or ?token=, or let anyone in with rasa = \"open\"",
            ));
        }
    };
    let message = checked_text("message", &request.message)?;
    if message.trim().is_empty() {
        return Err(Code::EmptyText.into());
    }
    let payload = message.strip_prefix('/').and_then(Payload::parse);
    let text = payload.is_none().then(|| message.to_owned());
    let incoming = Incoming {
        said: Said { text, payload, ..Said::default() },
        target: Target::Named(conversation),
        key: None,
        body_hash: [0; 32],
        arrival: None,
    };
    let taken = Box::pin(turn::take(&app, &incoming)).await?;
    Ok(Json(taken.reply.iter().map(|reply| RasaSend::of(sender, reply)).collect()))
}

/// The conversation of a sender for whom nobody vouches. Its name gives it no way into any
/// other conversation, and the conversation's id does not tell the name.
fn strangers(sender: &str) -> ConversationId {
    let hash =
        blake3::derive_key("switchboard 2026 conversation of a rasa sender", sender.as_bytes());
    ConversationId::new(&format!("rasa-{}", blake3::Hash::from_bytes(hash).to_hex()))
}
