//! Telegram Bot API.

mod parse;
mod render;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::json;
use crate::proof::{self, Secret};
use crate::shape::{
    Call, Channel, Delivery, Dispatch, Event, Field, FieldKind, Idempotency, Inlet, Item, Kind,
    Outcome, Outgoing, Outlet, Piece, Refusal, Reply, Request, Response, Sample, SampleRequest,
    Settings, Spec, Unsendable, Verified, Window, WindowRule,
};

/// The platform.
#[derive(Debug)]
pub(crate) struct Telegram;

const TOKEN: &str = "x-telegram-bot-api-secret-token";

static SPEC: Spec = Spec {
    name: "telegram",
    title: "Telegram",
    fields: &[
        Field::required(
            "bot_token",
            FieldKind::Secret,
            "From @BotFather: a number, a colon and 35 characters.",
        ),
        Field::required(
            "webhook_secret",
            FieldKind::Secret,
            "A long random text of your own, of A-Z a-z 0-9 _ - only; given to setWebhook as \
             secret_token. Proves that a request is Telegram's.",
        ),
        Field::optional(
            "bot_username",
            FieldKind::Text,
            "The bot's name without @: in groups only messages that name it are answered.",
        ),
        Field::preset("typing", FieldKind::Flag, "true", "Show that an answer is being written."),
        Field::preset(
            "base_url",
            FieldKind::Url,
            "https://api.telegram.org",
            "The address of the Bot API, your own server's if you run one.",
        ),
    ],
    any_of: &[],
    tenant: None,
    body_limit: 1 << 20,
    // Telegram does not say when it gives up.
    deadline: SignedDuration::from_secs(10),
    window: WindowRule::ALWAYS,
    rate: Some(30),
    idempotency: Idempotency::None,
    // The Bot API answers 200 to what it took and the error's own code to everything else
    // (tdlib/telegram-bot-api, Query.cpp).
    status_tells: true,
    renews: false,
};

impl Inlet for Telegram {
    fn verify(
        &self,
        settings: &Settings,
        request: &Request<'_>,
        _now: Timestamp,
    ) -> Result<Verified, Refusal> {
        request.post()?;
        proof::check_shared(TOKEN, settings.secrets("webhook_secret"), request.proof(TOKEN)?)?;
        Ok(Verified::delivery(request.body, None))
    }

    fn parse(&self, settings: &Settings, delivery: &Delivery, _received: Timestamp) -> Vec<Item> {
        parse::items(settings, &delivery.body)
    }

    fn sample(&self, settings: &Settings, sample: &Sample<'_>) -> Option<SampleRequest> {
        // Telegram's ids are numbers; texts of any form are turned into one.
        let sender = number(sample.sender);
        let id = number(sample.id);
        let body = json!({"update_id": id, "message": {
            "message_id": id,
            "date": sample.now.as_second(),
            "chat": {"id": sender, "type": "private", "first_name": "Sample"},
            "from": {"id": sender, "is_bot": false, "first_name": "Sample"},
            "text": sample.text,
        }});
        let token = settings.secret("webhook_secret")?.expose();
        let body = body.to_string().into_bytes();
        Some(SampleRequest::post("application/json", &[(TOKEN, token)], body))
    }
}

impl Channel for Telegram {
    fn render(
        &self,
        _settings: &Settings,
        reply: &Reply,
        _window: Window,
    ) -> Result<Vec<Piece>, Unsendable> {
        render::pieces(reply)
    }

    /// A pressed button turns its clock until it is acknowledged.
    fn courtesy(
        &self,
        settings: &Settings,
        event: &Event,
        _token: Option<&Secret>,
    ) -> Option<Call> {
        match &event.kind {
            Kind::Pressed { ack: Some(ack), .. } => {
                call(settings, "answerCallbackQuery", &json!({"callback_query_id": ack}))
            }
            Kind::Text { .. } | Kind::Media { .. } if settings.flag("typing") => {
                let body = json!({"chat_id": event.address.key, "action": "typing"});
                call(settings, "sendChatAction", &body)
            }
            _ => None,
        }
    }
}

impl Outlet for Telegram {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn request(&self, dispatch: &Dispatch<'_>) -> Result<Outgoing, Unsendable> {
        let Dispatch { settings, to, piece, .. } = dispatch;
        let mut body = piece.body.as_object().cloned().ok_or(Unsendable::Op)?;
        if to.key.is_empty() {
            return Err(Unsendable::Address("key"));
        }
        body.insert("chat_id".to_owned(), to.key.clone().into());
        let call = call(settings, "sendMessage", &body.into());
        Ok(call.ok_or(Unsendable::Setting("bot_token"))?.into())
    }

    fn read(&self, response: &Response<'_>) -> Outcome {
        let body = response.json();
        // Its server answers 200 where `ok` is true and nowhere else (Query.cpp, set_ok and
        // set_error, of github.com/tdlib/telegram-bot-api).
        if (200..300).contains(&response.status) {
            return Outcome::Sent { id: json::id(&body, "result.message_id") };
        }
        let number = json::whole(&body, "error_code").unwrap_or(response.status.into());
        let code = number.to_string();
        let message = json::owned(&body, "description").unwrap_or_default();
        if let Some(to) = json::id(&body, "parameters.migrate_to_chat_id") {
            return Outcome::Moved { to };
        }
        match number {
            429 => {
                let after = json::whole(&body, "parameters.retry_after")
                    .map(SignedDuration::from_secs)
                    .or_else(|| response.retry_after());
                Outcome::Retry { after, code, message }
            }
            // The token is part of the address.
            401 | 404 => Outcome::Unauthorized { code, message },
            // 403: the customer blocked the bot.
            400..=499 => Outcome::Final { code, message },
            _ => Outcome::Retry { after: response.retry_after(), code, message },
        }
    }
}

fn call(settings: &Settings, method: &str, body: &Value) -> Option<Call> {
    let base = settings.base_url();
    let token = settings.secret("bot_token")?.expose();
    let shown = format!("{base}/bot…/{method}");
    Some(Call::post(format!("{base}/bot{token}/{method}"), body).shown_as(shown))
}

/// A number of at most 52 bits: the text itself, or one made of it.
fn number(text: &str) -> i64 {
    const BITS: u64 = (1 << 51) - 1;
    text.parse::<i64>().ok().filter(|number| number.unsigned_abs() <= BITS).unwrap_or_else(|| {
        let hash = proof::sha256(&[text.as_bytes()]);
        let bytes = [hash[0], hash[1], hash[2], hash[3], hash[4], hash[5], hash[6], hash[7]];
        i64::try_from(u64::from_be_bytes(bytes) & BITS).unwrap_or(0)
    })
}
