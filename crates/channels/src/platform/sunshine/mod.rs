//! Sunshine Conversations: Zendesk's messaging, with many platforms behind it.

mod parse;
mod render;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::json;
use crate::proof::{self, Secret};
use crate::shape::{
    Call, Channel, Delivery, Dispatch, Event, Field, FieldKind, HandOver, Idempotency, Inlet, Item,
    Kind, Outcome, Outgoing, Outlet, Piece, Refusal, Reply, Request, Response, Sample,
    SampleRequest, Settings, Spec, Unsendable, Verified, Window, WindowRule, segment,
};

/// The platform.
#[derive(Debug)]
pub(crate) struct Sunshine;

/// Gives up control of a conversation.
const PASS: &str = "pass";
/// The webhook's secret itself: nothing is signed.
const KEY: &str = "x-api-key";

const BASE_URL: Field = Field::required(
    "base_url",
    FieldKind::Url,
    "https://yourshop.zendesk.com/sc, or https://api.smooch.io for older accounts.",
);

static SPEC: Spec = Spec {
    name: "sunshine",
    title: "Zendesk messaging",
    fields: &[
        BASE_URL,
        Field::required("app_id", FieldKind::Text, "Conversations API settings: App ID."),
        Field::required("api_id", FieldKind::Text, "An API key's id (app_…)."),
        Field::required("api_secret", FieldKind::Secret, "The same key's secret."),
        Field::required(
            "webhook_secret",
            FieldKind::Secret,
            "The integration's webhook secret, which comes as X-API-Key.",
        ),
        Field::optional(
            "integration",
            FieldKind::Text,
            "Name or id of our switchboard integration: only while it has control we answer.",
        ),
        Field::optional(
            "pass_to",
            FieldKind::Text,
            "Whom control is passed to when people take over: next, or the name or id of another \
             integration. Without it the conversation stays ours, and people answer from here.",
        ),
        Field::preset(
            "ai_disclosure",
            FieldKind::Flag,
            "false",
            "Mark answers as a machine's; Zendesk then adds a sentence of its own.",
        ),
        Field::preset(
            "label_limit",
            FieldKind::Number(10, 128),
            "20",
            "How many characters a label may have: 20 on Messenger, 40 on the web.",
        ),
        Field::preset(
            "buttons_limit",
            FieldKind::Number(0, 100),
            "10",
            "How many options are shown; with more of them they are numbered. Not confirmed.",
        ),
        Field::preset("typing", FieldKind::Flag, "true", "Show that an answer is being written."),
    ],
    any_of: &[],
    tenant: Some("app_id"),
    body_limit: 2 << 20,
    deadline: SignedDuration::from_secs(20),
    window: WindowRule::ALWAYS,
    rate: None,
    idempotency: Idempotency::None,
    status_tells: true,
    renews: false,
};

impl Inlet for Sunshine {
    fn verify(
        &self,
        settings: &Settings,
        request: &Request<'_>,
        _now: Timestamp,
    ) -> Result<Verified, Refusal> {
        request.post()?;
        proof::check_shared(KEY, settings.secrets("webhook_secret"), request.proof(KEY)?)?;
        Ok(Verified::delivery(request.body, None))
    }

    fn parse(&self, settings: &Settings, delivery: &Delivery, _received: Timestamp) -> Vec<Item> {
        parse::items(settings, &delivery.body)
    }

    fn sample(&self, settings: &Settings, sample: &Sample<'_>) -> Option<SampleRequest> {
        let time = sample.now.to_string();
        let body = json!({
            "app": {"id": settings.text("app_id")},
            "webhook": {"id": "0", "version": "v2"},
            "events": [{
                "id": sample.id,
                "type": "conversation:message",
                "createdAt": time,
                "payload": {
                    "conversation": {"id": format!("c{}", sample.sender), "type": "personal"},
                    "message": {
                        "id": sample.id,
                        "received": time,
                        "author": {"type": "user", "userId": sample.sender},
                        "content": {"type": "text", "text": sample.text},
                    },
                },
            }],
        });
        let secret = settings.secret("webhook_secret")?.expose();
        let body = body.to_string().into_bytes();
        Some(SampleRequest::post("application/json", &[(KEY, secret)], body))
    }
}

impl Channel for Sunshine {
    fn render(
        &self,
        settings: &Settings,
        reply: &Reply,
        _window: Window,
    ) -> Result<Vec<Piece>, Unsendable> {
        render::pieces(settings, reply)
    }

    fn pass(&self, settings: &Settings, hand_over: &HandOver) -> Option<Piece> {
        let to = settings.optional("pass_to")?;
        // Flat, and of 4 kB at most: whoever takes over looks the rest up by these.
        let metadata = json!({
            "conversation": hand_over.conversation,
            "ticket": hand_over.ticket,
            "priority": hand_over.priority.as_str(),
            "language": hand_over.language,
        });
        let body = json!({"switchboardIntegration": to, "metadata": metadata});
        let shown = format!("passed to {to}");
        Some(Piece { op: PASS.to_owned(), body, shown, numbered: Vec::new() })
    }

    fn courtesy(
        &self,
        settings: &Settings,
        event: &Event,
        _token: Option<&Secret>,
    ) -> Option<Call> {
        if !matches!(event.kind, Kind::Text { .. } | Kind::Pressed { .. })
            || !settings.flag("typing")
        {
            return None;
        }
        let body = json!({"author": {"type": "business"}, "type": "typing:start"});
        call(settings, &event.address.key, "activity", &body)
    }
}

impl Outlet for Sunshine {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn request(&self, dispatch: &Dispatch<'_>) -> Result<Outgoing, Unsendable> {
        let Dispatch { settings, to, piece, .. } = dispatch;
        if to.key.is_empty() {
            return Err(Unsendable::Address("key"));
        }
        let path = if piece.op == PASS { "passControl" } else { "messages" };
        let call = call(settings, &to.key, path, &piece.body);
        Ok(call.ok_or(Unsendable::Setting("api_secret"))?.into())
    }

    fn read(&self, response: &Response<'_>) -> Outcome {
        let body = response.json();
        let code = json::id(&body, "errors.0.code");
        let code = code.unwrap_or_else(|| response.status.to_string());
        let message = json::owned(&body, "errors.0.title").unwrap_or_default();
        match response.status {
            200..=299 => Outcome::Sent { id: json::id(&body, "messages.0.id") },
            // 423: the conversation is full.
            _ => response.by_status(code, message),
        }
    }
}

/// A `POST` about one conversation.
fn call(settings: &Settings, conversation: &str, path: &str, body: &Value) -> Option<Call> {
    let base = settings.base_url();
    let app = segment(settings.text("app_id"));
    let conversation = segment(conversation);
    let url = format!("{base}/v2/apps/{app}/conversations/{conversation}/{path}");
    let secret = settings.secret("api_secret")?.expose();
    Some(Call::post(url, body).basic(settings.text("api_id"), secret))
}
