//! A platform to copy: compiled and tested like the others, and not among them.
//!
//! 1. Copy this folder to `platform/<name>`.
//! 2. In `platform/mod.rs` add `mod <name>;` and its line in `CHANNELS`.
//! 3. Work from the top down. The tests of all platforms run over the new one at once; give
//!    them its deliveries in `platform/tests/inbound/<name>.tsv` and its answers in
//!    `platform/tests/outbound.rs`.
//! 4. Write `docs/channels/<name>.md`: what to click there, what to paste here.
//!
//! What a platform's documentation does not say is a setting with a default, and its help
//! says that it is not confirmed.

mod parse;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::json;
use crate::proof::{self, Encoding};
use crate::shape::{
    Call, Channel, Delivery, Dispatch, Field, FieldKind, Idempotency, Inlet, Item, Limit, Limits,
    Outcome, Outgoing, Outlet, Piece, Refusal, Reply, Request, Response, Sample, SampleRequest,
    Settings, Spec, Unsendable, Verified, Window, WindowRule, segment,
};
use crate::text::{Choices, Unit, layout};

/// The platform. It holds nothing: everything that differs between inboxes is in the settings.
#[derive(Debug)]
pub(crate) struct Template;

const SIGNATURE: &str = "x-template-signature";

/// Configuration, `switchboard channels` and docs/channels are made of this.
static SPEC: Spec = Spec {
    name: "template",
    title: "Template",
    fields: &[
        // The order is the one in which people find the values.
        Field::required("secret", FieldKind::Secret, "Console, Webhooks: the signing secret."),
        Field::required("api_key", FieldKind::Secret, "Console, API: a key that may send."),
        // Every number that is not documented is a setting.
        Field::preset(
            "text_limit",
            FieldKind::Number(100, 10_000),
            "2000",
            "How many characters a text may have. Not confirmed.",
        ),
        // Tests and proxies put theirs here.
        Field::preset("base_url", FieldKind::Url, "https://api.example.com", "The API's address."),
    ],
    any_of: &[],
    // Name a setting here when one webhook carries events of several inboxes.
    tenant: None,
    body_limit: 1 << 20,
    deadline: SignedDuration::from_secs(5),
    window: WindowRule::ALWAYS,
    rate: None,
    idempotency: Idempotency::Key,
    status_tells: true,
    renews: false,
};

impl Inlet for Template {
    /// Over the raw body, before anything of it is read. The helpers of `proof` compare in
    /// constant time and try every secret of a setting, so that one can be replaced.
    fn verify(
        &self,
        settings: &Settings,
        request: &Request<'_>,
        _now: Timestamp,
    ) -> Result<Verified, Refusal> {
        request.post()?;
        let code = proof::decode(SIGNATURE, request.proof(SIGNATURE)?, "", Encoding::Hex)?;
        proof::check_hmac(SIGNATURE, settings.secrets("secret"), &[request.body], &code)?;
        Ok(Verified::delivery(request.body, None))
    }

    fn parse(&self, _settings: &Settings, delivery: &Delivery, _received: Timestamp) -> Vec<Item> {
        parse::items(&delivery.body)
    }

    /// What `switchboard simulate` sends, and the first thing that the tests believe.
    fn sample(&self, settings: &Settings, sample: &Sample<'_>) -> Option<SampleRequest> {
        let body = json!({"events": [{
            "id": sample.id,
            "type": "text",
            "user": sample.sender,
            "text": sample.text,
            "time": sample.now.as_millisecond(),
        }]});
        let body = body.to_string().into_bytes();
        let code = proof::hmac_sha256(settings.secret("secret")?.bytes(), &[&body]);
        Some(SampleRequest::post("application/json", &[(SIGNATURE, &hex::encode(code))], body))
    }
}

impl Channel for Template {
    /// `layout` cuts the text, and chooses between buttons, a list and numbers; what remains
    /// is the platform's JSON.
    fn render(
        &self,
        settings: &Settings,
        reply: &Reply,
        _window: Window,
    ) -> Result<Vec<Piece>, Unsendable> {
        let text = settings.limit("text_limit", Unit::CodePoints);
        let label = Limit { max: 20, unit: Unit::CodePoints };
        let limits = Limits {
            text,
            prompt: text,
            buttons: 3,
            label,
            payload: Limit { max: 256, unit: Unit::Bytes },
            rows: 0,
            row: label,
        };
        let pieces = layout(reply, &limits)?.into_iter().map(|block| {
            let mut body = json!({"text": block.text});
            if let Choices::Buttons(buttons) = &block.choices {
                let buttons: Vec<Value> = (buttons.iter())
                    .map(|button| json!({"label": button.title, "data": button.payload}))
                    .collect();
                body["buttons"] = buttons.into();
            }
            let numbered = block.numbered();
            Piece { op: "message".to_owned(), body, shown: block.text, numbered }
        });
        Ok(pieces.collect())
    }
}

impl Outlet for Template {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    /// Ids from outside go into a path through `segment`; secrets go into headers, and where
    /// they have to be in the address, `shown_as` keeps them out of logs.
    fn request(&self, dispatch: &Dispatch<'_>) -> Result<Outgoing, Unsendable> {
        let Dispatch { settings, to, piece, key, .. } = dispatch;
        if to.key.is_empty() {
            return Err(Unsendable::Address("key"));
        }
        let url = format!("{}/users/{}/messages", settings.base_url(), segment(&to.key));
        let api_key = settings.secret("api_key").ok_or(Unsendable::Setting("api_key"))?;
        Ok(Call::post(url, &piece.body).bearer(api_key).header("idempotency-key", *key).into())
    }

    /// First what the platform's own codes say, also under a 200; HTTP's status decides the rest.
    fn read(&self, response: &Response<'_>) -> Outcome {
        let body = response.json();
        let message = json::owned(&body, "error.message").unwrap_or_default();
        match json::text(&body, "error.code") {
            Some(code @ "user_gone") => Outcome::Final { code: code.to_owned(), message },
            Some(code) => response.by_status(code.to_owned(), message),
            None if response.status < 300 => Outcome::Sent { id: json::id(&body, "id") },
            None => response.by_status(response.status.to_string(), message),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Template;
    use crate::platform::tests::read;
    use crate::shape::Outcome;

    #[test]
    fn codes_come_before_the_status() {
        assert_eq!(read(&Template, 200, r#"{"id":7}"#), Outcome::Sent { id: Some("7".to_owned()) });
        let gone = read(&Template, 503, r#"{"error":{"code":"user_gone"}}"#);
        assert!(matches!(gone, Outcome::Final { .. }));
        assert!(matches!(read(&Template, 503, "<html>"), Outcome::Retry { .. }));
    }
}
