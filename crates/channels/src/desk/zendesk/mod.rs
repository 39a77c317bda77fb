//! Zendesk tickets.

mod parse;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::piece;
use crate::proof::{self, Encoding};
use crate::shape::{
    Call, Delivery, Dispatch, Field, FieldKind, HandOver, HelpDesk, Idempotency, Inlet, Item,
    Method, Outcome, Outgoing, Outlet, Piece, Refusal, Replay, Request, Response, Sample,
    SampleRequest, Settings, Spec, TOLERANCE, Unsendable, Verified, WindowRule, segment,
};

/// The help desk.
#[derive(Debug)]
pub(super) struct Zendesk;

const SIGNATURE: &str = "x-zendesk-webhook-signature";
const TIMESTAMP: &str = "x-zendesk-webhook-signature-timestamp";
/// Not confirmed; without it a delivery is known by the comment it is about.
const INVOCATION: &str = "x-zendesk-webhook-invocation-id";

static SPEC: Spec = Spec {
    name: "zendesk",
    title: "Zendesk",
    fields: &[
        Field::required("base_url", FieldKind::Url, "https://yourshop.zendesk.com."),
        Field::required("email", FieldKind::Text, "The address of the agent that owns the token."),
        Field::required(
            "api_token",
            FieldKind::Secret,
            "Admin Center, Apps and integrations, APIs, Zendesk API: an API token.",
        ),
        Field::required(
            "webhook_secret",
            FieldKind::Secret,
            "Admin Center, Webhooks, your webhook: Reveal secret. Proves that a request is \
             Zendesk's.",
        ),
        TOLERANCE,
        Field::optional(
            "teams",
            FieldKind::List,
            "Zendesk's group ids by our teams: tier1=360001, tier2=360002.",
        ),
        Field::optional(
            "fields",
            FieldKind::List,
            "Zendesk's ticket field ids by our names: order_number=25356371.",
        ),
        Field::optional("ticket_form_id", FieldKind::Text, "The form of new tickets."),
    ],
    any_of: &[],
    tenant: None,
    body_limit: 1 << 20,
    deadline: SignedDuration::from_secs(10),
    window: WindowRule::ALWAYS,
    rate: None,
    idempotency: Idempotency::Key,
    status_tells: false,
    renews: false,
};

impl Inlet for Zendesk {
    fn verify(
        &self,
        settings: &Settings,
        request: &Request<'_>,
        now: Timestamp,
    ) -> Result<Verified, Refusal> {
        request.post()?;
        let code = proof::decode(SIGNATURE, request.proof(SIGNATURE)?, "", Encoding::Base64)?;
        let time = request.proof(TIMESTAMP)?;
        let at: Timestamp = time.parse().map_err(|_| Refusal::Malformed(TIMESTAMP))?;
        let secrets = settings.secrets("webhook_secret");
        proof::check_hmac(SIGNATURE, secrets, &[time.as_bytes(), request.body], &code)?;
        let tolerance = settings.number("tolerance");
        proof::check_time(at, now, tolerance)?;
        let id = request.header(INVOCATION).map(str::to_owned);
        Ok(Verified::once(request.body, id, Some(Replay::new(&code, at, tolerance))))
    }

    fn parse(&self, _settings: &Settings, delivery: &Delivery, _received: Timestamp) -> Vec<Item> {
        parse::items(delivery)
    }

    fn sample(&self, settings: &Settings, sample: &Sample<'_>) -> Option<SampleRequest> {
        let body = json!({
            "type": "newMessage",
            "ticketId": sample.sender,
            "comment": sample.text,
            "commentId": sample.id,
            "currentUser": {"id": "1", "role": "agent"},
            "status": "open",
        });
        let body = body.to_string().into_bytes();
        let time = sample.now.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
        let secret = settings.secret("webhook_secret")?;
        let code = proof::hmac_sha256(secret.bytes(), &[time.as_bytes(), &body]);
        let signature = proof::base64(&code);
        let headers = [(TIMESTAMP, time.as_str()), (SIGNATURE, &signature)];
        Some(SampleRequest::post("application/json", &headers, body))
    }
}

impl Outlet for Zendesk {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn request(&self, dispatch: &Dispatch<'_>) -> Result<Outgoing, Unsendable> {
        let Dispatch { settings, to, piece, key, .. } = dispatch;
        let base = settings.base_url();
        let call = match piece.op.as_str() {
            "ticket" => Call::post(format!("{base}/api/v2/tickets.json"), &piece.body)
                .header("idempotency-key", *key),
            "comment" if to.key.is_empty() => return Err(Unsendable::Address("key")),
            "comment" => {
                let url = format!("{base}/api/v2/tickets/{}.json", segment(&to.key));
                Call { method: Method::Put, ..Call::post(url, &piece.body) }
            }
            _ => return Err(Unsendable::Op),
        };
        let token = settings.secret("api_token").ok_or(Unsendable::Setting("api_token"))?;
        let user = format!("{}/token", settings.text("email"));
        Ok(call.basic(&user, token.expose()).header("accept", "application/json").into())
    }

    fn read(&self, response: &Response<'_>) -> Outcome {
        let messages = ["error.message", "description", "error.title", "error"];
        if response.status == 409 {
            let message = "another change of the ticket came between".to_owned();
            return Outcome::Retry { after: None, code: "409".to_owned(), message };
        }
        response.named(&["ticket.id"], &messages)
    }
}

impl HelpDesk for Zendesk {
    fn anchor(&self) -> &'static str {
        "ticket"
    }

    fn open(&self, settings: &Settings, hand_over: &HandOver) -> Vec<Piece> {
        let note = hand_over.note();
        let mut ticket = json!({
            "subject": format!("{} ({})", hand_over.subject, hand_over.channel),
            // Internal: the customer writes elsewhere and has seen it all.
            "comment": {"body": note, "public": false},
            "priority": hand_over.priority.as_str(),
            "type": "problem",
            "status": "new",
            "tags": hand_over.tags,
            "external_id": hand_over.conversation,
        });
        if let Some(email) = &hand_over.email {
            let name = hand_over.name.as_deref().unwrap_or(email);
            ticket["requester"] = json!({"name": name, "email": email});
        }
        let group = hand_over.team_in(settings);
        for (name, id) in
            [("group_id", group), ("ticket_form_id", settings.optional("ticket_form_id"))]
        {
            if let Some(id) = id.and_then(|id| id.parse::<u64>().ok()) {
                ticket[name] = id.into();
            }
        }
        let fields: Vec<Value> = (hand_over.fields.iter())
            .filter_map(|(name, value)| {
                let id: u64 = settings.lookup("fields", name)?.parse().ok()?;
                Some(json!({"id": id, "value": value}))
            })
            .collect();
        if !fields.is_empty() {
            ticket["custom_fields"] = fields.into();
        }
        vec![piece("ticket", json!({"ticket": ticket}), note)]
    }

    /// An internal note: a public comment would be mailed to the customer, who wrote it.
    fn follow(&self, _settings: &Settings, hand_over: &HandOver, text: &str) -> Vec<Piece> {
        let body = hand_over.said(text);
        let comment = json!({"ticket": {"comment": {"body": body, "public": false}}});
        vec![piece("comment", comment, body)]
    }
}
