//! The generic inbox: any program that signs by Standard Webhooks. What it sends and gets is
//! described in docs/channels/hook.md.

mod parse;
mod render;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::json;
use crate::shape::{
    Channel, Delivery, Dispatch, Field, FieldKind, Idempotency, Inlet, Item, Outcome, Outgoing,
    Outlet, Piece, Refusal, Replay, Reply, Request, Response, Sample, SampleRequest, Settings,
    Spec, TOLERANCE, Unsendable, Verified, Window, WindowRule,
};
use crate::standard::{self, ID, Key, SIGNATURE, TIMESTAMP};

/// The platform.
#[derive(Debug)]
pub(crate) struct Hook;

static SPEC: Spec = Spec {
    name: "hook",
    title: "Webhook",
    fields: &[
        Field::required(
            "secret",
            FieldKind::Secret,
            "whsec_… as your program signs with it, by Standard Webhooks.",
        ),
        Field::required(
            "reply_url",
            FieldKind::Url,
            "Where replies are posted to, signed the same way.",
        ),
        Field::optional(
            "reply_secret",
            FieldKind::Secret,
            "whsec_… that replies are signed with; the same as secret where it is not given.",
        ),
        TOLERANCE,
        Field::preset(
            "text_limit",
            FieldKind::Number(100, 100_000),
            "4000",
            "How many characters a text may have.",
        ),
        Field::preset(
            "buttons_limit",
            FieldKind::Number(0, 100),
            "10",
            "How many buttons are shown; with more of them, and with 0, options are numbered in \
             the text.",
        ),
    ],
    any_of: &[],
    tenant: None,
    body_limit: 1 << 20,
    deadline: SignedDuration::from_secs(15),
    window: WindowRule::ALWAYS,
    rate: None,
    idempotency: Idempotency::Key,
    status_tells: true,
    renews: false,
};

/// The keys of a setting that are keys.
fn keys(settings: &Settings, name: &str) -> Vec<Key> {
    settings.secrets(name).iter().filter_map(|secret| Key::parse(secret).ok()).collect()
}

/// The three headers over the raw body.
pub(super) fn verify(
    settings: &Settings,
    request: &Request<'_>,
    now: Timestamp,
) -> Result<Verified, Refusal> {
    request.post()?;
    let keys = keys(settings, "secret");
    if keys.is_empty() {
        return Err(Refusal::NotSet("secret"));
    }
    let (id, seconds) = (request.proof(ID)?, request.proof(TIMESTAMP)?);
    let signature = request.proof(SIGNATURE)?;
    let tolerance = settings.number("tolerance");
    standard::verify(&keys, id, seconds, signature, request.body, now, tolerance)?;
    let replay = Replay::new(id.as_bytes(), now, tolerance.saturating_mul(2));
    Ok(Verified::once(request.body, Some(id.to_owned()), Some(replay)))
}

/// A rightly signed request.
pub(super) fn sign(
    settings: &Settings,
    sample: &Sample<'_>,
    body: &Value,
) -> Option<SampleRequest> {
    let body = body.to_string().into_bytes();
    let keys = keys(settings, "secret");
    let signature = standard::sign(keys.get(..1)?, sample.id, sample.now, &body);
    let seconds = sample.now.as_second().to_string();
    let headers = [(ID, sample.id), (TIMESTAMP, &seconds), (SIGNATURE, &signature)];
    Some(SampleRequest::post("application/json", &headers, body))
}

impl Inlet for Hook {
    fn verify(
        &self,
        settings: &Settings,
        request: &Request<'_>,
        now: Timestamp,
    ) -> Result<Verified, Refusal> {
        verify(settings, request, now)
    }

    fn parse(&self, _settings: &Settings, delivery: &Delivery, _received: Timestamp) -> Vec<Item> {
        parse::items(delivery)
    }

    fn sample(&self, settings: &Settings, sample: &Sample<'_>) -> Option<SampleRequest> {
        let body = json!({
            "type": "message.created",
            "timestamp": sample.now.to_string(),
            "data": {
                "id": sample.id,
                "conversation": sample.sender,
                "sender": {"id": sample.sender, "name": "Sample"},
                "text": sample.text,
            },
        });
        sign(settings, sample, &body)
    }
}

impl Channel for Hook {
    fn render(
        &self,
        settings: &Settings,
        reply: &Reply,
        _window: Window,
    ) -> Result<Vec<Piece>, Unsendable> {
        render::pieces(settings, reply)
    }
}

impl Outlet for Hook {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn request(&self, dispatch: &Dispatch<'_>) -> Result<Outgoing, Unsendable> {
        let Dispatch { settings, to, piece, key, now, .. } = dispatch;
        let mut data = piece.body.as_object().cloned().ok_or(Unsendable::Op)?;
        data.insert("id".to_owned(), (*key).into());
        data.insert("conversation".to_owned(), to.key.clone().into());
        let body = json!({"type": "message.created", "timestamp": now.to_string(), "data": data});
        let name =
            if settings.secrets("reply_secret").is_empty() { "secret" } else { "reply_secret" };
        let keys = keys(settings, name);
        if keys.is_empty() {
            return Err(Unsendable::Setting("reply_secret"));
        }
        let url = settings.optional("reply_url").ok_or(Unsendable::Setting("reply_url"))?;
        Ok(standard::call(url, &keys, key, *now, &body).into())
    }

    fn read(&self, response: &Response<'_>) -> Outcome {
        let outcome = standard::read(response);
        if outcome == (Outcome::Sent { id: None }) {
            let body = response.json();
            return Outcome::Sent { id: json::id(&body, "id") };
        }
        outcome
    }
}
