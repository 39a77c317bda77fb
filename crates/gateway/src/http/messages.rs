//! `POST /v1/messages`: one turn of a conversation.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use desk::{Attachment, ConversationId, Customer, Payload};
use faq::Country;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use store::{Scope, TokenHash, TurnKey};

use super::caller::Caller;
use super::extract::{Body, checked_id, checked_text};
use super::problem::{Answer, Code, Problem};
use super::{Has, Shared, json};
use crate::config::Widget;
use crate::identity;
use crate::packs::Knowledge;
use crate::turn::{self, Incoming, Said, Target};
use crate::wire::{CustomerClaims, IdentityBody, TurnAnswer, TurnRequest};

/// How many files a message may have.
const MAX_ATTACHMENTS: usize = 10;

/// Takes a customer's message and answers it, asks back, or hands it over. Answered only
/// when it is stored.
#[utoipa::path(
    post,
    path = "/v1/messages",
    tag = "messages",
    request_body = TurnRequest,
    security((), ("token" = [])),
    responses(
        (status = 200, description = "What came of it", body = TurnAnswer<'static>),
        (status = "default", description = "A problem", body = super::ProblemBody, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn take(
    State(app): Has,
    caller: Caller,
    Body(request): Body<TurnRequest>,
) -> Answer<Response> {
    let incoming = incoming(&app, &caller, request).await?;
    Box::pin(turn::take(&app, &incoming)).await.map(|taken| json(taken.body))
}

async fn incoming(app: &Shared, caller: &Caller, request: TurnRequest) -> Answer<Incoming> {
    let knowledge = &app.knowledge();
    let body_hash = body_hash(&request)?;
    let TurnRequest {
        text,
        payload,
        conversation_id,
        conversation_token,
        message_id,
        locale,
        time_zone,
        mut customer,
        inbox,
        identity,
        attachments,
    } = request;
    let payload = payload.map(|payload| checked_payload(knowledge, &payload)).transpose()?;
    if let Some(text) = &text {
        checked_text("text", text)?;
    }
    if attachments.len() > MAX_ATTACHMENTS {
        return Err(Code::TooManyAttachments.into());
    }
    let silent = payload.is_none() && attachments.is_empty();
    if silent && text.as_ref().is_none_or(|text| text.trim().is_empty()) {
        return Err(Code::EmptyText.into());
    }
    if let Some(id) = &message_id {
        checked_id("message_id", id)?;
    }
    let conversation = conversation_id
        .map(|id| checked_id("conversation_id", &id).map(ConversationId::new))
        .transpose()?;
    let (target, key) = match caller {
        Caller::Api { .. } | Caller::Person { .. } => {
            caller.may(Scope::Messages)?;
            let target = conversation.map_or(Target::New, Target::Named);
            (target, caller.key(message_id))
        }
        Caller::Visitor(bearer) => {
            if customer.is_some() {
                return Err(Code::ClaimsNotVouched.into());
            }
            let widget = app.widget(inbox.as_deref()).ok_or(Code::InboxNotFound)?;
            let identity = identity.map(|identity| identified(widget, &identity, app.clock.now()));
            customer = identity.transpose()?;
            let token = conversation_token.as_deref().map(TokenHash::of).or(*bearer);
            visitor(conversation, token, message_id)?
        }
    };
    let attachments = match &target {
        _ if attachments.is_empty() => Vec::new(),
        Target::NewVisitor | Target::New => return Err(Code::AttachmentNotFound.into()),
        Target::Named(id) => attached(app, id, attachments).await?,
        Target::Visitor(id, token) => {
            // Nobody learns of a file without the secret of its conversation.
            turn::visitors(app, id, token).await?;
            attached(app, id, attachments).await?
        }
    };
    let said = Said {
        text: text.filter(|text| !text.trim().is_empty()),
        payload,
        locale: locale.map(|locale| locale.as_str().to_owned()),
        // A zone that is not known here, or not to the browser, which says so by `Etc/Unknown`,
        // is no reason to refuse a customer: the shop's own is then named with every time.
        time_zone: time_zone
            .and_then(|name| TimeZone::get(&name).ok())
            .filter(|zone| !zone.is_unknown()),
        customer: checked_customer(customer.unwrap_or_default())?,
        attachments,
    };
    Ok(Incoming { said, target, key, body_hash, arrival: None })
}

/// The files that were sent before, in their order.
async fn attached(
    app: &Shared,
    id: &ConversationId,
    files: Vec<String>,
) -> Answer<Vec<Attachment>> {
    let (app, id) = (Arc::clone(app), id.clone());
    let find = move |file: &String| match app.attachments.find(&id, file) {
        Ok(Some(found)) => Ok(found),
        Ok(None) => Err(Code::AttachmentNotFound.into()),
        Err(error) => Err(Problem::internal(error)),
    };
    let found = tokio::task::spawn_blocking(move || files.iter().map(find).collect());
    found.await.map_err(Problem::internal)?
}

/// Who the customer is, where the shop signed it for this inbox.
fn identified(widget: &Widget, sent: &IdentityBody, now: Timestamp) -> Answer<CustomerClaims> {
    let claims = match (&sent.jwt, &sent.user_id, &sent.hash) {
        (Some(token), None, None) => identity::token(widget, token, now),
        (None, Some(id), Some(hash)) => identity::hash(widget, id, hash),
        _ => Err(identity::Refused::Invalid("send jwt alone, or user_id with hash")),
    };
    claims.map_err(|refused| match refused {
        identity::Refused::Invalid(why) => Problem::new(Code::IdentityInvalid, why),
        identity::Refused::Expired => Code::IdentityExpired.into(),
    })
}

fn visitor(
    conversation: Option<ConversationId>,
    token: Option<TokenHash>,
    message_id: Option<String>,
) -> Answer<(Target, Option<TurnKey>)> {
    match (conversation, token) {
        (Some(id), Some(token)) => {
            let caller = format!("visitor:{id}");
            let key = message_id.map(|message_id| TurnKey { caller, message_id });
            Ok((Target::Visitor(id, token), key))
        }
        (Some(_), None) => Err(Code::TokenRequired.into()),
        (None, Some(_)) => {
            let detail = "conversation_id: needed beside the token of a conversation";
            Err(Problem::new(Code::InvalidField, detail))
        }
        (None, None) if message_id.is_some() => Err(Code::MessageIdNeedsConversation.into()),
        (None, None) => Ok((Target::NewVisitor, None)),
    }
}

fn checked_payload(knowledge: &Knowledge, payload: &str) -> Answer<Payload> {
    let known =
        |payload: &Payload| payload.intent().is_none_or(|id| knowledge.has_intent(id.as_str()));
    let parsed = Payload::parse(payload).filter(known);
    let detail = "payload: not one that a button of a reply has";
    parsed.ok_or_else(|| Problem::new(Code::InvalidField, detail))
}

fn checked_customer(claims: CustomerClaims) -> Answer<Customer> {
    if let Some(id) = &claims.id {
        checked_id("customer.id", id)?;
    }
    let country = claims.country.map(|code| match Country::parse(&code) {
        Some(country) => Ok(country.as_str().to_owned()),
        None => Err(Problem::new(
            Code::InvalidField,
            "customer.country: not a code of two letters (ISO 3166-1)",
        )),
    });
    let cents = claims.order_value.map_or(Ok(0.0), |value| match value {
        value if (0.0..=1e12).contains(&value) => Ok((value * 100.0).round()),
        _ => Err(Problem::new(Code::InvalidField, "customer.order_value: takes an amount from 0")),
    });
    if let Some(prefers) = &claims.prefers {
        checked_id("customer.prefers", prefers)?;
    }
    Ok(Customer {
        id: claims.id,
        country: country.transpose()?,
        vip: claims.vip.unwrap_or_default(),
        // Bounded above, whole and not negative.
        order_value_cents: cents? as u64,
        prefers: claims.prefers,
    })
}

/// Tells whether two requests say the same, whatever their spaces and the order of their
/// fields. The token is none of it: it is who asks, not what is asked.
fn body_hash(request: &TurnRequest) -> Answer<[u8; 32]> {
    let claims = request.customer.as_ref();
    let said = serde_json::to_vec(&(
        &request.text,
        &request.payload,
        &request.conversation_id,
        request.locale.as_ref().map(crate::wire::Locale::as_str),
        &request.time_zone,
        &request.attachments,
        claims.map(|c| (&c.id, &c.country, c.vip, c.order_value, &c.prefers)),
    ));
    Ok(*blake3::hash(&said.map_err(Problem::internal)?).as_bytes())
}
