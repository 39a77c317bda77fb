//! Slack: customers who write in a channel or to the app, and what the help desk of the same
//! name shares with that.

mod parse;
mod render;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::json;
use crate::proof::{self, Encoding};
use crate::shape::{
    Answer, Call, Channel, Delivery, Dispatch, Field, FieldKind, Idempotency, Inlet, Item, Outcome,
    Outgoing, Outlet, Piece, Refusal, Replay, Reply, Request, Response, Sample, SampleRequest,
    Settings, Spec, TOLERANCE, Unsendable, Verified, Window, WindowRule,
};

pub(crate) use parse::{body, clean};
pub(crate) use render::escape;

/// The platform.
#[derive(Debug)]
pub(crate) struct Slack;

const SIGNATURE: &str = "x-slack-signature";
const TIMESTAMP: &str = "x-slack-request-timestamp";

/// What Slack signs with.
pub(crate) const SIGNING_SECRET: Field = Field::required(
    "signing_secret",
    FieldKind::Secret,
    "Your app's Basic Information: Signing Secret. Proves that a request is Slack's.",
);
/// What we send with.
pub(crate) const BOT_TOKEN: Field = Field::required(
    "bot_token",
    FieldKind::Secret,
    "OAuth & Permissions: Bot User OAuth Token, with the scope chat:write.",
);
/// Where the API is.
pub(crate) const BASE_URL: Field =
    Field::preset("base_url", FieldKind::Url, "https://slack.com", "The address of the Web API.");

static SPEC: Spec = Spec {
    name: "slack",
    title: "Slack",
    fields: &[
        SIGNING_SECRET,
        BOT_TOKEN,
        Field::optional(
            "bot_user_id",
            FieldKind::Text,
            "The app's own user id (U…): in channels only messages that mention it are answered; \
             without it all are.",
        ),
        TOLERANCE,
        BASE_URL,
    ],
    any_of: &[],
    tenant: None,
    body_limit: 1 << 20,
    deadline: SignedDuration::from_secs(3),
    window: WindowRule::ALWAYS,
    rate: Some(1),
    idempotency: Idempotency::None,
    status_tells: false,
    renews: false,
};

/// The signature over time and raw body, then the two kinds of question about the address.
pub(crate) fn verify(
    settings: &Settings,
    request: &Request<'_>,
    now: Timestamp,
) -> Result<Verified, Refusal> {
    request.post()?;
    let code = proof::decode(SIGNATURE, request.proof(SIGNATURE)?, "v0=", Encoding::Hex)?;
    let seconds = request.proof(TIMESTAMP)?;
    let at = proof::seconds(TIMESTAMP, seconds)?;
    let parts = [b"v0:", seconds.as_bytes(), b":", request.body];
    proof::check_hmac(SIGNATURE, settings.secrets("signing_secret"), &parts, &code)?;
    let tolerance = settings.number("tolerance");
    proof::check_time(at, now, tolerance)?;
    if let Ok(body) = serde_json::from_slice::<Value>(request.body)
        && json::text(&body, "type") == Some("url_verification")
    {
        let challenge = json::text(&body, "challenge").unwrap_or("");
        return Ok(Verified::Handshake(Answer::json(&json!({"challenge": challenge}))));
    }
    if form_urlencoded::parse(request.body).any(|(name, value)| name == "ssl_check" && value == "1")
    {
        return Ok(Verified::Handshake(Answer::empty()));
    }
    Ok(Verified::once(request.body, None, Some(Replay::new(&code, at, tolerance))))
}

/// A rightly signed request.
pub(crate) fn sign(settings: &Settings, now: Timestamp, body: &Value) -> Option<SampleRequest> {
    let body = body.to_string().into_bytes();
    let seconds = now.as_second().to_string();
    let secret = settings.secret("signing_secret")?;
    let code = proof::hmac_sha256(secret.bytes(), &[b"v0:", seconds.as_bytes(), b":", &body]);
    let signature = format!("v0={}", hex::encode(code));
    let headers = [(TIMESTAMP, seconds.as_str()), (SIGNATURE, &signature)];
    Some(SampleRequest::post("application/json", &headers, body))
}

/// Describes `chat.postMessage`.
pub(crate) fn post(settings: &Settings, body: &Value) -> Result<Outgoing, Unsendable> {
    let token = settings.secret("bot_token").ok_or(Unsendable::Setting("bot_token"))?;
    let url = format!("{}/api/chat.postMessage", settings.base_url());
    Ok(Call::post(url, body).bearer(token).into())
}

/// What came of it: errors come with a 200.
pub(crate) fn read(response: &Response<'_>) -> Outcome {
    let body = response.json();
    if json::flag(&body, "ok") {
        return Outcome::Sent { id: json::id(&body, "ts") };
    }
    let Some(code) = json::owned(&body, "error") else {
        let message = "no reason given".to_owned();
        return response.without("ok or error", message);
    };
    let message = json::owned(&body, "response_metadata.messages.0").unwrap_or_default();
    match code.as_str() {
        "ratelimited"
        | "rate_limited"
        | "request_timeout"
        | "fatal_error"
        | "internal_error"
        | "service_unavailable" => Outcome::Retry { after: response.retry_after(), code, message },
        "invalid_auth" | "not_authed" | "account_inactive" | "token_revoked" | "token_expired"
        | "missing_scope" | "no_permission" => Outcome::Unauthorized { code, message },
        _ if response.status == 429 || response.status >= 500 => {
            Outcome::Retry { after: response.retry_after(), code, message }
        }
        _ => Outcome::Final { code, message },
    }
}

impl Inlet for Slack {
    fn verify(
        &self,
        settings: &Settings,
        request: &Request<'_>,
        now: Timestamp,
    ) -> Result<Verified, Refusal> {
        verify(settings, request, now)
    }

    fn parse(&self, settings: &Settings, delivery: &Delivery, _received: Timestamp) -> Vec<Item> {
        parse::items(settings, &delivery.body)
    }

    fn sample(&self, settings: &Settings, sample: &Sample<'_>) -> Option<SampleRequest> {
        let seconds = sample.now.as_second();
        let body = json!({
            "type": "event_callback",
            "team_id": "T0SAMPLE",
            "event_id": sample.id,
            "event_time": seconds,
            "event": {
                "type": "message",
                "user": sample.sender,
                "text": escape(sample.text),
                "ts": format!("{seconds}.000100"),
                "channel": format!("D{}", sample.sender),
                "channel_type": "im",
            },
        });
        sign(settings, sample.now, &body)
    }
}

impl Outlet for Slack {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn request(&self, dispatch: &Dispatch<'_>) -> Result<Outgoing, Unsendable> {
        let Dispatch { settings, to, piece, .. } = dispatch;
        let mut body = piece.body.clone();
        body["channel"] = to.get("channel").ok_or(Unsendable::Address("channel"))?.into();
        if let Some(thread) = to.get("thread") {
            body["thread_ts"] = thread.into();
        }
        post(settings, &body)
    }

    fn read(&self, response: &Response<'_>) -> Outcome {
        read(response)
    }
}

impl Channel for Slack {
    fn render(
        &self,
        _settings: &Settings,
        reply: &Reply,
        _window: Window,
    ) -> Result<Vec<Piece>, Unsendable> {
        render::pieces(reply)
    }
}
