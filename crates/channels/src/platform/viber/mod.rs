//! Viber bots.

mod parse;
mod render;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::json;
use crate::proof::{self, Encoding};
use crate::shape::{
    Answer, Call, Channel, Delivery, Dispatch, Field, FieldKind, Idempotency, Inlet, Item, Outcome,
    Outgoing, Outlet, Piece, Refusal, Reply, Request, Respond, Response, Sample, SampleRequest,
    Settings, Spec, Unsendable, Verified, Window, WindowRule,
};

/// The platform.
#[derive(Debug)]
pub(crate) struct Viber;

const SIGNATURE: &str = "x-viber-content-signature";

static SPEC: Spec = Spec {
    name: "viber",
    title: "Viber",
    fields: &[
        Field::required(
            "auth_token",
            FieldKind::Secret,
            "The bot's token, from partners.viber.com. Signs what comes in, and lets us send.",
        ),
        Field::required(
            "sender_name",
            FieldKind::Text,
            "The name above the bot's messages, 28 characters at most.",
        ),
        Field::optional("sender_avatar", FieldKind::Url, "The picture beside them."),
        Field::preset(
            "text_limit",
            FieldKind::Number(100, 7000),
            "7000",
            "How many characters a text may have. Not confirmed.",
        ),
        Field::preset(
            "base_url",
            FieldKind::Url,
            "https://chatapi.viber.com",
            "The address of the API.",
        ),
    ],
    any_of: &[],
    tenant: None,
    body_limit: 1 << 20,
    // Not documented.
    deadline: SignedDuration::from_secs(5),
    window: WindowRule::ALWAYS,
    rate: None,
    idempotency: Idempotency::None,
    status_tells: false,
    renews: false,
};

impl Inlet for Viber {
    fn verify(
        &self,
        settings: &Settings,
        request: &Request<'_>,
        _now: Timestamp,
    ) -> Result<Verified, Refusal> {
        request.post()?;
        // Viber's own library takes the signature from the query as well.
        let code = match request.proof(SIGNATURE) {
            Err(Refusal::Missing(_)) => {
                request.parameter("sig").map_err(|refusal| match refusal {
                    Refusal::Missing(_) => Refusal::Missing(SIGNATURE),
                    other => other,
                })?
            }
            given => given?.into(),
        };
        let code = proof::decode(SIGNATURE, &code, "", Encoding::Hex)?;
        proof::check_hmac(SIGNATURE, settings.secrets("auth_token"), &[request.body], &code)?;
        let body: Value = serde_json::from_slice(request.body).unwrap_or_default();
        let respond = match json::text(&body, "event") {
            Some("webhook") => return Ok(Verified::Handshake(Answer::empty())),
            // Who only opened the conversation can be greeted in the answer and nowhere else.
            Some("conversation_started") => {
                Respond::Reply { within: SignedDuration::from_secs(4), otherwise: Answer::empty() }
            }
            _ => Respond::Now(Answer::empty()),
        };
        let delivery = Delivery { id: None, body: request.body.to_vec() };
        Ok(Verified::Delivery { delivery, respond, replay: None })
    }

    fn parse(&self, _settings: &Settings, delivery: &Delivery, _received: Timestamp) -> Vec<Item> {
        parse::items(&delivery.body)
    }

    fn sample(&self, settings: &Settings, sample: &Sample<'_>) -> Option<SampleRequest> {
        let body = json!({
            "event": "message",
            "timestamp": sample.now.as_millisecond(),
            "message_token": sample.id,
            "sender": {"id": sample.sender, "name": "Sample"},
            "message": {"type": "text", "text": sample.text},
            "silent": false,
        });
        let body = body.to_string().into_bytes();
        let code = proof::hmac_sha256(settings.secret("auth_token")?.bytes(), &[&body]);
        Some(SampleRequest::post("application/json", &[(SIGNATURE, &hex::encode(code))], body))
    }
}

impl Channel for Viber {
    fn render(
        &self,
        settings: &Settings,
        reply: &Reply,
        _window: Window,
    ) -> Result<Vec<Piece>, Unsendable> {
        render::pieces(settings, reply)
    }

    /// One message, without a receiver.
    fn respond(&self, settings: &Settings, pieces: &[Piece]) -> Option<Answer> {
        Some(Answer::json(&message(settings, pieces.first()?)))
    }
}

impl Outlet for Viber {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn request(&self, dispatch: &Dispatch<'_>) -> Result<Outgoing, Unsendable> {
        let Dispatch { settings, to, piece, .. } = dispatch;
        if to.key.is_empty() {
            return Err(Unsendable::Address("key"));
        }
        let mut body = message(settings, piece);
        body["receiver"] = to.key.as_str().into();
        let token = settings.secret("auth_token").ok_or(Unsendable::Setting("auth_token"))?;
        let url = format!("{}/pa/send_message", settings.base_url());
        Ok(Call::post(url, &body).header("x-viber-auth-token", token.expose()).into())
    }

    /// Errors come with a 200.
    fn read(&self, response: &Response<'_>) -> Outcome {
        let body = response.json();
        let message = json::owned(&body, "status_message").unwrap_or_default();
        let Some(status) = json::whole(&body, "status") else {
            return response.without("status", message);
        };
        let code = status.to_string();
        match status {
            0 => Outcome::Sent { id: json::id(&body, "message_token") },
            2 => Outcome::Unauthorized { code, message },
            // A hundred messages an hour to somebody who does not answer.
            12 => Outcome::Retry { after: response.retry_after(), code, message },
            _ => Outcome::Final { code, message },
        }
    }
}

fn message(settings: &Settings, piece: &Piece) -> Value {
    let mut body = piece.body.clone();
    body["min_api_version"] = 1.into();
    body["sender"] = json!({"name": settings.text("sender_name")});
    if let Some(avatar) = settings.optional("sender_avatar") {
        body["sender"]["avatar"] = avatar.into();
    }
    body
}
