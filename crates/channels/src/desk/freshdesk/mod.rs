//! Freshdesk tickets.

mod parse;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value, json};

use super::piece;
use crate::proof;
use crate::shape::{
    Call, Delivery, Dispatch, Field, FieldKind, HandOver, HelpDesk, Idempotency, Inlet, Item,
    Outcome, Outgoing, Outlet, Piece, Priority, Refusal, Request, Response, Sample, SampleRequest,
    Settings, Spec, Unsendable, Verified, WindowRule, segment,
};
use crate::text::escape;

/// The help desk.
#[derive(Debug)]
pub(super) struct Freshdesk;

/// Freshdesk signs nothing; the automation rule sends a header of ours.
const SECRET: &str = "x-webhook-secret";

static SPEC: Spec = Spec {
    name: "freshdesk",
    title: "Freshdesk",
    fields: &[
        Field::required("base_url", FieldKind::Url, "https://yourshop.freshdesk.com."),
        Field::required("api_key", FieldKind::Secret, "Profile settings of an agent: API key."),
        Field::required(
            "webhook_secret",
            FieldKind::Secret,
            "A long random text of your own, sent by the automation rule in the header \
             X-Webhook-Secret.",
        ),
        Field::preset(
            "source",
            FieldKind::Number(1, 99),
            "7",
            "Freshdesk's number for where a ticket comes from; 7 is said to be chat. Not \
             confirmed.",
        ),
        Field::optional(
            "teams",
            FieldKind::List,
            "Freshdesk's group ids by our teams: tier1=123, tier2=124.",
        ),
        Field::optional(
            "fields",
            FieldKind::List,
            "Freshdesk's custom fields by our names: order_number=cf_order_id.",
        ),
    ],
    any_of: &[],
    tenant: None,
    body_limit: 1 << 20,
    deadline: SignedDuration::from_secs(10),
    window: WindowRule::ALWAYS,
    rate: None,
    idempotency: Idempotency::None,
    status_tells: false,
    renews: false,
};

impl Inlet for Freshdesk {
    fn verify(
        &self,
        settings: &Settings,
        request: &Request<'_>,
        _now: Timestamp,
    ) -> Result<Verified, Refusal> {
        request.post()?;
        proof::check_shared(SECRET, settings.secrets("webhook_secret"), request.proof(SECRET)?)?;
        Ok(Verified::delivery(request.body, None))
    }

    fn parse(&self, _settings: &Settings, delivery: &Delivery, _received: Timestamp) -> Vec<Item> {
        parse::items(delivery)
    }

    fn sample(&self, settings: &Settings, sample: &Sample<'_>) -> Option<SampleRequest> {
        let body = json!({
            "type": "reply",
            "ticket_id": sample.sender,
            "agent": "Sample",
            "text": sample.text,
            "status": "Open",
            "updated_at": sample.now.to_string(),
        });
        let secret = settings.secret("webhook_secret")?.expose();
        let body = body.to_string().into_bytes();
        Some(SampleRequest::post("application/json", &[(SECRET, secret)], body))
    }
}

impl Outlet for Freshdesk {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn request(&self, dispatch: &Dispatch<'_>) -> Result<Outgoing, Unsendable> {
        let Dispatch { settings, to, piece, .. } = dispatch;
        let base = settings.base_url();
        let url = match piece.op.as_str() {
            "ticket" => format!("{base}/api/v2/tickets"),
            "note" if to.key.is_empty() => return Err(Unsendable::Address("key")),
            "note" => format!("{base}/api/v2/tickets/{}/notes", segment(&to.key)),
            _ => return Err(Unsendable::Op),
        };
        let key = settings.secret("api_key").ok_or(Unsendable::Setting("api_key"))?;
        Ok(Call::post(url, &piece.body).basic(key.expose(), "X").into())
    }

    fn read(&self, response: &Response<'_>) -> Outcome {
        response.named(&["id"], &["errors.0.message", "description", "message"])
    }
}

impl HelpDesk for Freshdesk {
    fn anchor(&self) -> &'static str {
        "ticket"
    }

    fn open(&self, settings: &Settings, hand_over: &HandOver) -> Vec<Piece> {
        let note = hand_over.note();
        let mut ticket = json!({
            "subject": format!("{} ({})", hand_over.subject, hand_over.channel),
            "description": html(&note),
            "priority": priority(hand_over.priority),
            "status": 2,
            "source": settings.number("source"),
            "tags": hand_over.tags,
        });
        // Somebody has to have asked: by e-mail, else by our own id of the conversation.
        match &hand_over.email {
            Some(email) => ticket["email"] = email.as_str().into(),
            None => ticket["unique_external_id"] = hand_over.conversation.as_str().into(),
        }
        ticket["name"] = hand_over.name.as_deref().unwrap_or("Customer").into();
        let group = hand_over.team_in(settings);
        if let Some(group) = group.and_then(|group| group.parse::<u64>().ok()) {
            ticket["group_id"] = group.into();
        }
        let fields: Map<String, Value> = (hand_over.fields.iter())
            .filter_map(|(name, value)| {
                let field = settings.lookup("fields", name)?;
                Some((field.to_owned(), value.as_str().into()))
            })
            .collect();
        if !fields.is_empty() {
            ticket["custom_fields"] = fields.into();
        }
        vec![piece("ticket", ticket, note)]
    }

    fn follow(&self, _settings: &Settings, hand_over: &HandOver, text: &str) -> Vec<Piece> {
        let said = hand_over.said(text);
        vec![piece("note", json!({"body": html(&said), "private": true}), said)]
    }
}

/// Freshdesk takes HTML.
fn html(text: &str) -> String {
    let paragraphs: Vec<String> = text
        .split("\n\n")
        .map(|paragraph| format!("<p>{}</p>", escape(paragraph).replace('\n', "<br>")))
        .collect();
    paragraphs.concat()
}

fn priority(priority: Priority) -> u8 {
    match priority {
        Priority::Low => 1,
        Priority::Normal => 2,
        Priority::High => 3,
        Priority::Urgent => 4,
    }
}
