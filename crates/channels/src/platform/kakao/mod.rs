//! KakaoTalk channel chatbots: a skill server. Kakao asks, and takes the reply in the answer,
//! or once within a minute at an address it gives.

mod parse;
mod render;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::json;
use crate::proof;
use crate::shape::{
    Answer, Call, Channel, Delivery, Dispatch, Field, FieldKind, Idempotency, Inlet, Item, Outcome,
    Outgoing, Outlet, Piece, Refusal, Reply, Request, Respond, Response, Sample, SampleRequest,
    Settings, Spec, Unsendable, Verified, Window, WindowRule,
};

/// The platform.
#[derive(Debug)]
pub(crate) struct Kakao;

/// No signature is documented, so the skill sends a header of ours.
const KEY: &str = "x-kakao-key";

static SPEC: Spec = Spec {
    name: "kakao",
    title: "KakaoTalk",
    fields: &[
        Field::optional(
            "header_key",
            FieldKind::Secret,
            "A long random text of your own, which the skill sends in the header X-Kakao-Key.",
        ),
        Field::optional(
            "url_key",
            FieldKind::Secret,
            "A long random text of your own, put behind the skill's address as ?key=….",
        ),
        Field::preset(
            "text_limit",
            FieldKind::Number(100, 5000),
            "1000",
            "How many characters a text may have. Not confirmed.",
        ),
        Field::preset(
            "label_limit",
            FieldKind::Number(5, 100),
            "14",
            "How many characters a label of a quick reply may have. Not confirmed.",
        ),
        Field::preset(
            "wait_text",
            FieldKind::Text,
            "잠시만 기다려 주세요.",
            "What the customer sees when an answer takes longer than the skill may.",
        ),
        Field::preset(
            "callback_seconds",
            FieldKind::Number(0, 60),
            "55",
            "How long a callback address is used. Kakao says one minute.",
        ),
        Field::preset(
            "callback_hosts",
            FieldKind::List,
            "kakao.com",
            "Hosts, with all below them, that a callback address may lead to. Kakao's own are \
             not confirmed.",
        ),
    ],
    any_of: &["header_key", "url_key"],
    tenant: None,
    body_limit: 1 << 20,
    deadline: SignedDuration::from_secs(5),
    window: WindowRule::ALWAYS,
    rate: None,
    idempotency: Idempotency::None,
    status_tells: false,
    renews: false,
};

impl Inlet for Kakao {
    fn verify(
        &self,
        settings: &Settings,
        request: &Request<'_>,
        _now: Timestamp,
    ) -> Result<Verified, Refusal> {
        request.post()?;
        let header = settings.secrets("header_key");
        if header.is_empty() && settings.secrets("url_key").is_empty() {
            return Err(Refusal::NotSet("header_key"));
        }
        if !header.is_empty() {
            proof::check_shared(KEY, header, request.proof(KEY)?)?;
        }
        request.key(settings)?;
        let body: Value = serde_json::from_slice(request.body).unwrap_or_default();
        let wait = settings.text("wait_text");
        let otherwise = if json::text(&body, "userRequest.callbackUrl").is_some() {
            json!({"version": "2.0", "useCallback": true, "data": {"text": wait}})
        } else {
            render::response(&[wait.to_owned()], &[])
        };
        Ok(Verified::Delivery {
            delivery: Delivery { id: None, body: request.body.to_vec() },
            respond: Respond::Reply {
                within: SignedDuration::from_millis(4000),
                otherwise: Answer::json(&otherwise),
            },
            replay: None,
        })
    }

    fn parse(&self, settings: &Settings, delivery: &Delivery, received: Timestamp) -> Vec<Item> {
        parse::items(settings, &delivery.body, received)
    }

    fn sample(&self, settings: &Settings, sample: &Sample<'_>) -> Option<SampleRequest> {
        let body = json!({
            "intent": {"id": "0", "name": "Sample"},
            "userRequest": {
                "timezone": "Asia/Seoul",
                "utterance": format!("{}\n", sample.text),
                "lang": "ko",
                "user": {"id": sample.sender, "type": "botUserKey", "properties": {}},
            },
            "bot": {"id": "0", "name": "Sample"},
            // Kakao has no id of its own; two samples with one id are still one message.
            "action": {"id": sample.id, "name": "Sample", "params": {}},
            "contexts": [],
        });
        let key = settings.secret("header_key").map(|key| (KEY, key.expose()));
        let body = body.to_string().into_bytes();
        Some(SampleRequest::post("application/json", key.as_slice(), body).keyed(settings))
    }
}

impl Channel for Kakao {
    fn render(
        &self,
        settings: &Settings,
        reply: &Reply,
        _window: Window,
    ) -> Result<Vec<Piece>, Unsendable> {
        render::piece(settings, reply).map(|piece| vec![piece])
    }

    fn respond(&self, _settings: &Settings, pieces: &[Piece]) -> Option<Answer> {
        Some(Answer::json(&pieces.first()?.body))
    }
}

impl Outlet for Kakao {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    /// At the callback address, once; without one there is no way to a customer but the answer.
    fn request(&self, dispatch: &Dispatch<'_>) -> Result<Outgoing, Unsendable> {
        let Dispatch { settings, to, piece, now, .. } = dispatch;
        let url = to.token_at(*now).ok_or(Unsendable::Window)?;
        if !allowed(settings, url) {
            return Err(Unsendable::Host);
        }
        let shown = url.split(['?', '#']).next().unwrap_or(url).to_owned();
        Ok(Call::post(url, &piece.body).shown_as(shown).into())
    }

    fn read(&self, response: &Response<'_>) -> Outcome {
        let body = response.json();
        let status = json::text(&body, "status").unwrap_or("").to_uppercase();
        let message = json::owned(&body, "message").unwrap_or_default();
        match response.status {
            200..=299 if matches!(status.as_str(), "FAIL" | "ERROR") => {
                Outcome::Final { code: status, message }
            }
            200..=299 if body.is_null() => response.without("JSON", message),
            // The address is good once: what failed will fail again.
            400..=407 | 409..=424 | 426..=428 | 430..=499 => {
                Outcome::WindowClosed { code: response.status.to_string(), message }
            }
            _ => response.by_status(response.status.to_string(), message),
        }
    }
}

/// Whether an address out of a request leads to one of the hosts that are allowed, by https.
fn allowed(settings: &Settings, url: &str) -> bool {
    let Some(rest) = url.strip_prefix("https://") else { return false };
    let authority = rest.split(['/', '?', '#', '\\']).next().unwrap_or("");
    let host = authority.strip_suffix(":443").unwrap_or(authority).to_ascii_lowercase();
    let plain = host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-".contains(&byte));
    plain
        && settings.list("callback_hosts").any(|allowed| {
            host == allowed || host.strip_suffix(allowed).is_some_and(|below| below.ends_with('.'))
        })
}
