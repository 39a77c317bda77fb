//! WhatsApp Cloud API.

mod parse;
mod render;
#[cfg(test)]
mod tests;

use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::meta;
use crate::proof::Secret;
use crate::shape::{
    Call, Channel, Delivery, Dispatch, Event, Field, FieldKind, Idempotency, Inlet, Item, Kind,
    Outcome, Outgoing, Outlet, Piece, Refusal, Reply, Request, Response, Sample, SampleRequest,
    Settings, Spec, Unsendable, Verified, Window, WindowRule, segment,
};

/// The platform.
#[derive(Debug)]
pub(crate) struct WhatsApp;

static SPEC: Spec = Spec {
    name: "whatsapp",
    title: "WhatsApp",
    fields: &[
        meta::APP_SECRET,
        meta::VERIFY_TOKEN,
        Field::required(
            "access_token",
            FieldKind::Secret,
            "A permanent token of a system user with whatsapp_business_messaging.",
        ),
        Field::required(
            "phone_number_id",
            FieldKind::Text,
            "WhatsApp, API setup: Phone number ID (not the number itself).",
        ),
        Field::optional(
            "template",
            FieldKind::Text,
            "The name of an approved template without parameters, sent when 24 hours have \
             passed since the customer wrote. Without it the agent is told instead.",
        ),
        Field::preset(
            "template_languages",
            FieldKind::List,
            "en_US",
            "The languages that the template is approved in; the first where none fits.",
        ),
        Field::preset(
            "typing",
            FieldKind::Flag,
            "true",
            "Mark messages as read and show that an answer is being written.",
        ),
        meta::VERSION,
        meta::BASE_URL,
    ],
    any_of: &[],
    tenant: Some("phone_number_id"),
    // Payloads are said to reach 3 MB.
    body_limit: 4 << 20,
    deadline: SignedDuration::from_secs(5),
    window: WindowRule { open: Some(SignedDuration::from_hours(24)), messages: None, people: None },
    rate: None,
    idempotency: Idempotency::Echoed,
    status_tells: false,
    renews: false,
};

const CODES: meta::Codes = meta::Codes {
    retry: &[4, 80007, 130_429, 131_056, 131_016, 131_000, 131_057],
    window: &[(131_047, None)],
    unauthorized: &[0, 190, 3, 10],
};

impl Inlet for WhatsApp {
    fn verify(
        &self,
        settings: &Settings,
        request: &Request<'_>,
        _now: Timestamp,
    ) -> Result<Verified, Refusal> {
        meta::verify(settings, request)
    }

    fn parse(&self, _settings: &Settings, delivery: &Delivery, _received: Timestamp) -> Vec<Item> {
        parse::items(&delivery.body)
    }

    fn sample(&self, settings: &Settings, sample: &Sample<'_>) -> Option<SampleRequest> {
        let body = json!({"object": "whatsapp_business_account", "entry": [{
            "id": "0",
            "changes": [{"field": "messages", "value": {
                "messaging_product": "whatsapp",
                "metadata": {
                    "display_phone_number": "15550000000",
                    "phone_number_id": settings.text("phone_number_id"),
                },
                "contacts": [{"profile": {"name": "Sample"}, "wa_id": sample.sender}],
                "messages": [{
                    "from": sample.sender,
                    "id": format!("wamid.{}", sample.id),
                    "timestamp": sample.now.as_second().to_string(),
                    "type": "text",
                    "text": {"body": sample.text},
                }],
            }}],
        }]});
        meta::sample(settings, &body)
    }
}

impl Channel for WhatsApp {
    fn render(
        &self,
        settings: &Settings,
        reply: &Reply,
        window: Window,
    ) -> Result<Vec<Piece>, Unsendable> {
        render::pieces(settings, reply, window)
    }

    fn courtesy(
        &self,
        settings: &Settings,
        event: &Event,
        _token: Option<&Secret>,
    ) -> Option<Call> {
        let answered = matches!(
            event.kind,
            Kind::Text { .. } | Kind::Pressed { .. } | Kind::Media { .. } | Kind::Location { .. }
        );
        if !answered || !settings.flag("typing") {
            return None;
        }
        let body = json!({
            "messaging_product": "whatsapp",
            "status": "read",
            "message_id": event.message.as_deref()?,
            "typing_indicator": {"type": "text"},
        });
        Some(Call::post(messages_url(settings), &body).bearer(settings.secret("access_token")?))
    }
}

impl Outlet for WhatsApp {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn request(&self, dispatch: &Dispatch<'_>) -> Result<Outgoing, Unsendable> {
        let Dispatch { settings, to, piece, key, .. } = dispatch;
        let mut body = piece.body.as_object().cloned().ok_or(Unsendable::Op)?;
        body.insert("messaging_product".to_owned(), "whatsapp".into());
        body.insert("recipient_type".to_owned(), "individual".into());
        // Customers with a user name may have no number that we know; some templates work with
        // a number only.
        match (to.get("wa_id"), to.get("user_id")) {
            (Some(number), _) => body.insert("to".to_owned(), number.into()),
            (None, Some(user)) => body.insert("recipient".to_owned(), user.into()),
            (None, None) => return Err(Unsendable::Address("wa_id or user_id")),
        };
        // Comes back in the receipts.
        body.insert("biz_opaque_callback_data".to_owned(), (*key).into());
        let token = settings.secret("access_token").ok_or(Unsendable::Setting("access_token"))?;
        Ok(Call::post(messages_url(settings), &body.into()).bearer(token).into())
    }

    fn read(&self, response: &Response<'_>) -> Outcome {
        meta::read(response, "messages.0.id", &CODES)
    }
}

fn messages_url(settings: &Settings) -> String {
    let base = settings.base_url();
    let version = settings.text("graph_version");
    format!("{base}/{version}/{}/messages", segment(settings.text("phone_number_id")))
}
