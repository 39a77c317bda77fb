//! Chatwoot as a help desk: a conversation in one of its inboxes of the kind API, or the one
//! that the customer already has there.

mod parse;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::piece;
use crate::platform::chatwoot;
use crate::proof;
use crate::shape::{
    Call, Delivery, Dispatch, Field, FieldKind, HandOver, HelpDesk, Idempotency, Inlet, Item,
    Outcome, Outgoing, Outlet, Piece, Priority, Refusal, Request, Response, Sample, SampleRequest,
    Settings, Spec, TOLERANCE, Unsendable, Verified, WindowRule, segment,
};

/// The help desk.
#[derive(Debug)]
pub(super) struct Desk;

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
        Field::required(
            "access_token",
            FieldKind::Secret,
            "Profile settings, Access token, of a user of its own: a bot's may not set labels.",
        ),
        Field::optional(
            "inbox_identifier",
            FieldKind::Text,
            "Of an inbox of the kind API, for customers who write elsewhere: Settings, Inboxes, \
             Configuration.",
        ),
        Field::optional(
            "inbox_hmac",
            FieldKind::Secret,
            "The same inbox's HMAC token, where identity validation is enforced.",
        ),
        chatwoot::WEBHOOK_SECRET,
        chatwoot::URL_KEY,
        TOLERANCE,
        Field::optional(
            "teams",
            FieldKind::List,
            "Chatwoot's team ids by our teams: tier1=3, tier2=5.",
        ),
    ],
    any_of: &["webhook_secret", "url_key"],
    tenant: None,
    body_limit: 2 << 20,
    deadline: SignedDuration::from_secs(5),
    window: WindowRule::ALWAYS,
    rate: None,
    idempotency: Idempotency::None,
    status_tells: false,
    renews: false,
};

impl Inlet for Desk {
    fn verify(
        &self,
        settings: &Settings,
        request: &Request<'_>,
        now: Timestamp,
    ) -> Result<Verified, Refusal> {
        chatwoot::verify(settings, request, now)
    }

    fn parse(&self, _settings: &Settings, delivery: &Delivery, _received: Timestamp) -> Vec<Item> {
        parse::items(delivery)
    }

    fn sample(&self, settings: &Settings, sample: &Sample<'_>) -> Option<SampleRequest> {
        let body = json!({
            "event": "message_created",
            "id": sample.id,
            "content": sample.text,
            "message_type": "outgoing",
            "private": false,
            "created_at": sample.now.to_string(),
            "sender": {"id": 1, "name": "Sample", "type": "user"},
            "conversation": {"id": sample.sender, "status": "open"},
        });
        chatwoot::sign(settings, sample, &body)
    }
}

impl Outlet for Desk {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn request(&self, dispatch: &Dispatch<'_>) -> Result<Outgoing, Unsendable> {
        let Dispatch { settings, to, piece, key, .. } = dispatch;
        let mut body = piece.body.clone();
        let base = settings.base_url();
        let public = || {
            let inbox = settings.optional("inbox_identifier").map(segment);
            let inbox = inbox.ok_or(Unsendable::Setting("inbox_identifier"))?;
            Ok(format!("{base}/public/api/v1/inboxes/{inbox}/contacts"))
        };
        let contact = || to.get("contact").map(segment).ok_or(Unsendable::Address("contact"));
        let conversation = || {
            Some(segment(&to.key)).filter(|key| !key.is_empty()).ok_or(Unsendable::Address("key"))
        };
        let url = match piece.op.as_str() {
            "contact" => {
                if let (Some(secret), Some(id)) =
                    (settings.secret("inbox_hmac"), body["identifier"].as_str())
                {
                    let code = proof::hmac_sha256(secret.bytes(), &[id.as_bytes()]);
                    body["identifier_hash"] = hex::encode(code).into();
                }
                return Ok(Call::post(public()?, &body).into());
            }
            "conversation" => {
                let url = format!("{}/{}/conversations", public()?, contact()?);
                return Ok(Call::post(url, &body).into());
            }
            "message" => {
                body["echo_id"] = (*key).into();
                let (public, contact) = (public()?, contact()?);
                let url = format!("{public}/{contact}/conversations/{}/messages", conversation()?);
                return Ok(Call::post(url, &body).into());
            }
            "note" => "messages",
            "labels" => "labels",
            "priority" => "toggle_priority",
            "team" => "assignments",
            "status" => "toggle_status",
            _ => return Err(Unsendable::Op),
        };
        let account = segment(settings.text("account_id"));
        let url =
            format!("{base}/api/v1/accounts/{account}/conversations/{}/{url}", conversation()?);
        let token = settings.secret("access_token").ok_or(Unsendable::Setting("access_token"))?;
        Ok(Call::post(url, &body).header("api_access_token", token.expose()).into())
    }

    fn read(&self, response: &Response<'_>) -> Outcome {
        // A contact is addressed by its source id.
        response.named(&["source_id", "id"], &["message", "error", "description"])
    }
}

impl HelpDesk for Desk {
    fn anchor(&self) -> &'static str {
        "conversation"
    }

    fn open(&self, settings: &Settings, hand_over: &HandOver) -> Vec<Piece> {
        let mut pieces = Vec::new();
        if hand_over.there.is_none() {
            pieces.push(piece("contact", contact(hand_over), ""));
            pieces.push(piece("conversation", json!({}), ""));
            pieces.extend(self.follow(settings, hand_over, &hand_over.subject));
        }
        let note = hand_over.note();
        let body = json!({"content": note, "message_type": "outgoing", "private": true});
        pieces.push(piece("note", body, note));
        if !hand_over.tags.is_empty() {
            pieces.push(piece("labels", json!({"labels": hand_over.tags}), ""));
        }
        let priority = json!({"priority": priority(hand_over.priority)});
        pieces.push(piece("priority", priority, ""));
        let team = hand_over.team_in(settings);
        if let Some(team) = team.and_then(|team| team.parse::<u64>().ok()) {
            pieces.push(piece("team", json!({"team_id": team}), ""));
        }
        // Last: from here on people see it. Always with the status, without it Chatwoot toggles.
        pieces.push(piece("status", json!({"status": "open"}), ""));
        pieces
    }

    fn follow(&self, _settings: &Settings, hand_over: &HandOver, text: &str) -> Vec<Piece> {
        if hand_over.there.is_some() {
            return Vec::new();
        }
        vec![piece("message", json!({"content": text}), text)]
    }
}

fn contact(hand_over: &HandOver) -> Value {
    let mut contact = json!({"identifier": hand_over.conversation});
    for (name, value) in
        [("name", &hand_over.name), ("email", &hand_over.email), ("phone_number", &hand_over.phone)]
    {
        if let Some(value) = value {
            contact[name] = value.as_str().into();
        }
    }
    contact
}

fn priority(priority: Priority) -> &'static str {
    match priority {
        Priority::Low => "low",
        Priority::Normal => "medium",
        Priority::High => "high",
        Priority::Urgent => "urgent",
    }
}
