//! E-mail: inbound by a signed JSON hook of whatever receives the shop's mail, outbound
//! described for SMTP.

mod compose;
mod parse;
mod words;

use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use crate::platform::hook;
use crate::shape::{
    Channel, Delivery, Dispatch, Field, FieldKind, Idempotency, Inlet, Item, Outcome, Outgoing,
    Outlet, Piece, Refusal, Reply, Request, Response, Sample, SampleRequest, Settings, Spec,
    TOLERANCE, Unsendable, Verified, Window, WindowRule,
};

/// The platform.
#[derive(Debug)]
pub(crate) struct Email;

static SPEC: Spec = Spec {
    name: "email",
    title: "E-mail",
    fields: &[
        Field::required(
            "secret",
            FieldKind::Secret,
            "whsec_… that the program which receives mail signs its hook with, by Standard \
             Webhooks.",
        ),
        Field::required(
            "from",
            FieldKind::Text,
            "The address that answers come from: help@shop.example or Shop <help@shop.example>.",
        ),
        Field::required(
            "footer",
            FieldKind::Text,
            "What the law wants under a mail of the shop: name, address, register. | begins a \
             new line.",
        ),
        Field::required("smtp_host", FieldKind::Text, "The server that mail is handed to."),
        Field::preset("smtp_port", FieldKind::Number(1, 65_535), "587", "Its port."),
        Field::preset(
            "smtp_security",
            FieldKind::Choice(&["starttls", "tls", "none"]),
            "starttls",
            "starttls: on port 587; tls: on port 465; none: only for a server on this machine.",
        ),
        Field::optional("smtp_user", FieldKind::Text, "The user there."),
        Field::optional("smtp_password", FieldKind::Secret, "The user's password."),
        Field::preset(
            "subject",
            FieldKind::Text,
            "Your message",
            "The subject where the customer's mail had none.",
        ),
        TOLERANCE,
    ],
    any_of: &[],
    tenant: None,
    body_limit: 4 << 20,
    deadline: SignedDuration::from_secs(15),
    window: WindowRule::ALWAYS,
    rate: None,
    // The same Message-ID: most servers and all programs show it once.
    idempotency: Idempotency::None,
    status_tells: true,
    renews: false,
};

impl Inlet for Email {
    fn verify(
        &self,
        settings: &Settings,
        request: &Request<'_>,
        now: Timestamp,
    ) -> Result<Verified, Refusal> {
        hook::verify(settings, request, now)
    }

    fn parse(&self, settings: &Settings, delivery: &Delivery, _received: Timestamp) -> Vec<Item> {
        parse::items(settings, delivery)
    }

    fn sample(&self, settings: &Settings, sample: &Sample<'_>) -> Option<SampleRequest> {
        let body = json!({
            "type": "mail.received",
            "timestamp": sample.now.to_string(),
            "data": {
                "message_id": format!("<{}@sample.example>", sample.id),
                "from": {"address": sample.sender, "name": "Sample"},
                "to": compose::address(settings.text("from")),
                "subject": "Sample",
                "text": sample.text,
            },
        });
        hook::sign(settings, sample, &body)
    }
}

impl Channel for Email {
    fn render(
        &self,
        _settings: &Settings,
        reply: &Reply,
        _window: Window,
    ) -> Result<Vec<Piece>, Unsendable> {
        compose::piece(reply).map(|piece| vec![piece])
    }
}

impl Outlet for Email {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn request(&self, dispatch: &Dispatch<'_>) -> Result<Outgoing, Unsendable> {
        compose::mail(dispatch).map(Outgoing::Mail)
    }

    /// The status is the server's reply code, the body its text.
    fn read(&self, response: &Response<'_>) -> Outcome {
        let code = response.status.to_string();
        let message = String::from_utf8_lossy(response.body).trim().to_owned();
        match response.status {
            200..=299 => Outcome::Sent { id: None },
            530 | 534 | 535 | 538 => Outcome::Unauthorized { code, message },
            500..=599 => Outcome::Final { code, message },
            _ => Outcome::Retry { after: None, code, message },
        }
    }
}
