//! Chatwoot's agent bot: we answer in an inbox of Chatwoot until people take over there.

mod parse;
mod render;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::proof::{self, Encoding};
use crate::shape::{
    Call, Channel, Delivery, Dispatch, Field, FieldKind, Idempotency, Inlet, Item, Outcome,
    Outgoing, Outlet, Piece, Refusal, Replay, Reply, Request, Response, Sample, SampleRequest,
    Settings, Spec, TOLERANCE, Unsendable, Verified, Window, WindowRule, segment,
};

/// The platform.
#[derive(Debug)]
pub(crate) struct Chatwoot;

const SIGNATURE: &str = "x-chatwoot-signature";
const TIMESTAMP: &str = "x-chatwoot-timestamp";
const DELIVERY: &str = "x-chatwoot-delivery";

/// The secret that Chatwoot signs with.
pub(crate) const WEBHOOK_SECRET: Field = Field::optional(
    "webhook_secret",
    FieldKind::Secret,
    "The agent bot's secret, shown since about Chatwoot 4.13; older ones sign nothing. \
             With it, unsigned requests are refused.",
);
/// What older versions of Chatwoot are known by.
pub(crate) const URL_KEY: Field = Field::optional(
    "url_key",
    FieldKind::Secret,
    "A long random text of your own, put behind the bot's webhook address as ?key=…; \
             the only proof that older versions of Chatwoot can give.",
);

static SPEC: Spec = Spec {
    name: "chatwoot",
    title: "Chatwoot",
    fields: &[
        Field::required(
            "base_url",
            FieldKind::Url,
            "Where your Chatwoot is: https://app.chatwoot.com.",
        ),
        Field::required(
            "account_id",
            FieldKind::Text,
            "The number behind /app/accounts/ in Chatwoot's address bar.",
        ),
        Field::required("bot_token", FieldKind::Secret, "The access token of the agent bot."),
        WEBHOOK_SECRET,
        URL_KEY,
        TOLERANCE,
        Field::preset(
            "options",
            FieldKind::Choice(&["buttons", "numbered"]),
            "buttons",
            "buttons: as Chatwoot's input_select; numbered: as numbered text, for inboxes whose \
             channel shows no options.",
        ),
    ],
    any_of: &["webhook_secret", "url_key"],
    tenant: Some("account_id"),
    body_limit: 2 << 20,
    deadline: SignedDuration::from_secs(5),
    window: WindowRule::ALWAYS,
    rate: None,
    idempotency: Idempotency::None,
    status_tells: true,
    renews: false,
};

impl Inlet for Chatwoot {
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
        let seconds = sample.now.as_second();
        let account = settings.text("account_id");
        let body = json!({
            "event": "message_created",
            "id": sample.id,
            "content": sample.text,
            "content_type": "text",
            "content_attributes": {},
            "message_type": "incoming",
            "private": false,
            "created_at": sample.now.to_string(),
            "account": {"id": account, "name": "Sample"},
            "inbox": {"id": 1, "name": "Sample"},
            "sender": {"id": sample.sender, "name": "Sample"},
            "conversation": {
                "id": sample.sender, "status": "pending", "can_reply": true,
                "created_at": seconds,
            },
        });
        sign(settings, sample, &body)
    }
}

impl Channel for Chatwoot {
    fn render(
        &self,
        settings: &Settings,
        reply: &Reply,
        _window: Window,
    ) -> Result<Vec<Piece>, Unsendable> {
        render::pieces(settings, reply)
    }
}

/// Key in the address, or signature, or both: whatever is set has to be right.
pub(crate) fn verify(
    settings: &Settings,
    request: &Request<'_>,
    now: Timestamp,
) -> Result<Verified, Refusal> {
    request.post()?;
    request.key(settings)?;
    let secrets = settings.secrets("webhook_secret");
    let replay = if secrets.is_empty() {
        if settings.secrets("url_key").is_empty() {
            return Err(Refusal::NotSet("webhook_secret"));
        }
        None
    } else {
        let tolerance = settings.number("tolerance");
        Some(signed(secrets, request, now, tolerance)?)
    };
    let id = request.header(DELIVERY).map(str::to_owned);
    Ok(Verified::once(request.body, id, replay))
}

/// A request signed as the settings say.
pub(crate) fn sign(
    settings: &Settings,
    sample: &Sample<'_>,
    body: &Value,
) -> Option<SampleRequest> {
    let body = body.to_string().into_bytes();
    let signed = settings.secret("webhook_secret").map(|secret| {
        let seconds = sample.now.as_second().to_string();
        let code = proof::hmac_sha256(secret.bytes(), &[seconds.as_bytes(), b".", &body]);
        (seconds, format!("sha256={}", hex::encode(code)))
    });
    let mut headers = vec![(DELIVERY, sample.id)];
    if let Some((seconds, code)) = &signed {
        headers.extend([(TIMESTAMP, seconds.as_str()), (SIGNATURE, code.as_str())]);
    }
    Some(SampleRequest::post("application/json", &headers, body).keyed(settings))
}

/// The signature over time and body, and what a copy of the request is known by.
fn signed(
    secrets: &[crate::Secret],
    request: &Request<'_>,
    now: Timestamp,
    tolerance: u64,
) -> Result<Replay, Refusal> {
    let code = proof::decode(SIGNATURE, request.proof(SIGNATURE)?, "sha256=", Encoding::Hex)?;
    let seconds = request.proof(TIMESTAMP)?;
    let at = proof::seconds(TIMESTAMP, seconds)?;
    let parts = [seconds.as_bytes(), b".", request.body];
    proof::check_hmac(SIGNATURE, secrets, &parts, &code)?;
    proof::check_time(at, now, tolerance)?;
    Ok(Replay::new(&code, at, tolerance))
}

impl Outlet for Chatwoot {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn request(&self, dispatch: &Dispatch<'_>) -> Result<Outgoing, Unsendable> {
        let Dispatch { settings, to, piece, key, .. } = dispatch;
        let mut body = piece.body.as_object().cloned().ok_or(Unsendable::Op)?;
        if to.key.is_empty() {
            return Err(Unsendable::Address("key"));
        }
        // Comes back with the message; Chatwoot does not keep a second one out by it.
        body.insert("echo_id".to_owned(), (*key).into());
        let base = settings.base_url();
        let account = segment(settings.text("account_id"));
        let conversation = segment(&to.key);
        let url = format!("{base}/api/v1/accounts/{account}/conversations/{conversation}/messages");
        let token = settings.secret("bot_token").ok_or(Unsendable::Setting("bot_token"))?;
        Ok(Call::post(url, &body.into()).header("api_access_token", token.expose()).into())
    }

    fn read(&self, response: &Response<'_>) -> Outcome {
        response.named(&["id"], &["message", "error", "errors.0", "description"])
    }
}
