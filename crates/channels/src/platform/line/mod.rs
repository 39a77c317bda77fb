//! LINE Messaging API.

mod parse;
mod render;

use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use crate::json;
use crate::proof::{self, Encoding, Secret};
use crate::shape::{
    Call, Channel, Delivery, Dispatch, Event, Field, FieldKind, Idempotency, Inlet, Item, Kind,
    Outcome, Outgoing, Outlet, Piece, Refusal, Reply, Request, Response, Sample, SampleRequest,
    Settings, Spec, Unsendable, Verified, Window, WindowRule,
};

/// The platform.
#[derive(Debug)]
pub(crate) struct Line;

const SIGNATURE: &str = "x-line-signature";

static SPEC: Spec = Spec {
    name: "line",
    title: "LINE",
    fields: &[
        Field::required(
            "channel_secret",
            FieldKind::Secret,
            "LINE Developers console, Basic settings: Channel secret. Proves that a request is \
             LINE's.",
        ),
        Field::required(
            "channel_access_token",
            FieldKind::Secret,
            "LINE Developers console, Messaging API: Channel access token (long-lived).",
        ),
        Field::preset(
            "send_by",
            FieldKind::Choice(&["reply", "push"]),
            "reply",
            "reply: free while the reply token is good, then push. push: always by push, which \
             counts against the plan and never arrives twice.",
        ),
        Field::preset(
            "reply_seconds",
            FieldKind::Number(0, 600),
            "50",
            "How long a reply token is used. LINE says one minute.",
        ),
        Field::preset(
            "label_limit",
            FieldKind::Number(5, 300),
            "20",
            "How many characters a label of a quick reply may have. Not confirmed by LINE's \
             reference.",
        ),
        Field::preset("typing", FieldKind::Flag, "true", "Show that an answer is being written."),
        Field::preset("base_url", FieldKind::Url, "https://api.line.me", "The address of the API."),
    ],
    any_of: &[],
    tenant: None,
    body_limit: 1 << 20,
    deadline: SignedDuration::from_secs(2),
    window: WindowRule::ALWAYS,
    rate: Some(2000),
    idempotency: Idempotency::Key,
    status_tells: true,
    renews: false,
};

impl Inlet for Line {
    fn verify(
        &self,
        settings: &Settings,
        request: &Request<'_>,
        _now: Timestamp,
    ) -> Result<Verified, Refusal> {
        request.post()?;
        let code = proof::decode(SIGNATURE, request.proof(SIGNATURE)?, "", Encoding::Base64)?;
        proof::check_hmac(SIGNATURE, settings.secrets("channel_secret"), &[request.body], &code)?;
        Ok(Verified::delivery(request.body, None))
    }

    fn parse(&self, settings: &Settings, delivery: &Delivery, received: Timestamp) -> Vec<Item> {
        parse::items(settings, &delivery.body, received)
    }

    fn sample(&self, settings: &Settings, sample: &Sample<'_>) -> Option<SampleRequest> {
        let body = json!({"destination": "Usample", "events": [{
            "type": "message",
            "mode": "active",
            "timestamp": sample.now.as_millisecond(),
            "source": {"type": "user", "userId": sample.sender},
            "webhookEventId": sample.id,
            "deliveryContext": {"isRedelivery": false},
            "replyToken": format!("reply-{}", sample.id),
            "message": {"id": sample.id, "type": "text", "text": sample.text},
        }]});
        let body = body.to_string().into_bytes();
        let code = proof::hmac_sha256(settings.secret("channel_secret")?.bytes(), &[&body]);
        let signature = proof::base64(&code);
        let content = "application/json; charset=utf-8";
        Some(SampleRequest::post(content, &[(SIGNATURE, &signature)], body))
    }
}

impl Channel for Line {
    fn render(
        &self,
        settings: &Settings,
        reply: &Reply,
        _window: Window,
    ) -> Result<Vec<Piece>, Unsendable> {
        render::pieces(settings, reply)
    }

    fn courtesy(
        &self,
        settings: &Settings,
        event: &Event,
        _token: Option<&Secret>,
    ) -> Option<Call> {
        let answered = matches!(event.kind, Kind::Text { .. } | Kind::Pressed { .. });
        // Works between two people only.
        let user = event.address.get("type") == Some("user");
        if !answered || !user || !settings.flag("typing") {
            return None;
        }
        let body = json!({"chatId": event.address.key, "loadingSeconds": 20});
        let url = format!("{}/v2/bot/chat/loading/start", settings.base_url());
        Some(Call::post(url, &body).bearer(settings.secret("channel_access_token")?))
    }
}

impl Outlet for Line {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    /// By the reply token while it is good, which is free; else by push, under the retry key.
    fn request(&self, dispatch: &Dispatch<'_>) -> Result<Outgoing, Unsendable> {
        let Dispatch { settings, to, piece, key, now, .. } = dispatch;
        let access = settings
            .secret("channel_access_token")
            .ok_or(Unsendable::Setting("channel_access_token"))?;
        let messages = piece.body.get("messages").ok_or(Unsendable::Op)?;
        let base = settings.base_url();
        let reply = to.token_at(*now).filter(|_| settings.text("send_by") == "reply");
        let call = match reply {
            Some(token) => {
                let body = json!({"replyToken": token, "messages": messages});
                Call::post(format!("{base}/v2/bot/message/reply"), &body)
            }
            None if to.key.is_empty() => return Err(Unsendable::Address("key")),
            None => {
                let body = json!({"to": to.key, "messages": messages});
                Call::post(format!("{base}/v2/bot/message/push"), &body)
                    .header("x-line-retry-key", proof::uuid_of(key))
            }
        };
        Ok(call.bearer(access).into())
    }

    fn read(&self, response: &Response<'_>) -> Outcome {
        let body = response.json();
        let message = json::owned(&body, "message").unwrap_or_default();
        let code = response.status.to_string();
        let id = || json::id(&body, "sentMessages.0.id");
        match response.status {
            // 409: a request with this retry key was accepted before.
            200..=299 | 409 => Outcome::Sent { id: id() },
            400 if message.to_lowercase().contains("reply token") => Outcome::TokenSpent,
            // The quota of the month does not come back by waiting a little.
            429 if message.to_lowercase().contains("monthly") => Outcome::Final { code, message },
            403 => Outcome::Final { code, message },
            _ => response.by_status(code, message),
        }
    }
}
