//! Webhooks out: events for any program that wants them.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::Key;
use crate::shape::{
    Dispatch, Field, FieldKind, HandOver, Idempotency, Outcome, Outgoing, Outlet, Piece, Response,
    Settings, Spec, Unsendable, WindowRule,
};

/// A receiver of events.
#[derive(Debug)]
pub struct Webhook;

static SPEC: Spec = Spec {
    name: "webhook",
    title: "Webhook",
    fields: &[
        Field::required("url", FieldKind::Url, "Where events are posted to."),
        Field::required(
            "secret",
            FieldKind::Secret,
            "whsec_… that they are signed with, by Standard Webhooks. With two of them each \
             event carries two signatures, until the receiver knows the new one.",
        ),
        Field::preset(
            "events",
            FieldKind::List,
            "*",
            "Which: conversation.handoff, ticket.*, message.*, sla.* or all of them (*).",
        ),
    ],
    any_of: &[],
    tenant: None,
    body_limit: 0,
    deadline: SignedDuration::from_secs(30),
    window: WindowRule::ALWAYS,
    rate: None,
    idempotency: Idempotency::Key,
    status_tells: true,
    renews: false,
};

impl Outlet for Webhook {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn request(&self, dispatch: &Dispatch<'_>) -> Result<Outgoing, Unsendable> {
        let Dispatch { settings, piece, key, now, .. } = dispatch;
        let keys: Vec<Key> = settings
            .secrets("secret")
            .iter()
            .filter_map(|secret| Key::parse(secret).ok())
            .collect();
        if keys.is_empty() {
            return Err(Unsendable::Setting("secret"));
        }
        let url = settings.optional("url").ok_or(Unsendable::Setting("url"))?;
        Ok(super::call(url, &keys, key, *now, &piece.body).into())
    }

    fn read(&self, response: &Response<'_>) -> Outcome {
        super::read(response)
    }
}

/// Whether a receiver wants events of this type.
#[must_use]
pub fn wants(settings: &Settings, kind: &str) -> bool {
    settings.list("events").any(|wanted| match wanted.strip_suffix('*') {
        Some(prefix) => kind.starts_with(prefix),
        None => wanted == kind,
    })
}

/// An event as it is posted: `at` is when it happened, not when it is sent.
#[must_use]
pub fn event(kind: &str, at: Timestamp, data: &Value) -> Piece {
    let body = json!({"type": kind, "timestamp": at.to_string(), "data": data});
    Piece { op: "event".to_owned(), body, shown: String::new(), numbered: Vec::new() }
}

/// The data of `conversation.handoff`, as docs/schemas/conversation.handoff.json has it.
#[must_use]
pub fn hand_over(hand_over: &HandOver) -> Value {
    let transcript: Vec<Value> = (hand_over.transcript.iter())
        .map(|line| json!({"who": line.who, "at": line.at.to_string(), "text": line.text}))
        .collect();
    let fields: serde_json::Map<String, Value> = (hand_over.fields.iter())
        .map(|(name, value)| (name.clone(), value.as_str().into()))
        .collect();
    json!({
        "conversation": hand_over.conversation,
        "ticket": hand_over.ticket,
        "channel": hand_over.channel,
        "customer": {
            "name": hand_over.name,
            "email": hand_over.email,
            "phone": hand_over.phone,
            "language": hand_over.language,
        },
        "subject": hand_over.subject,
        "summary": hand_over.summary,
        "priority": hand_over.priority.as_str(),
        "team": hand_over.team,
        "tags": hand_over.tags,
        "fields": fields,
        "transcript": transcript,
        "link": hand_over.link,
    })
}
