//! Slack as a help desk: a message in a channel with a button to claim it; what people write
//! in its thread goes to the customer.

mod parse;

use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::piece;
use crate::platform::slack;
use crate::shape::{
    Delivery, Dispatch, Field, FieldKind, HandOver, HelpDesk, Idempotency, Inlet, Item, Limit,
    Outcome, Outgoing, Outlet, Piece, Priority, Refusal, Request, Response, Sample, SampleRequest,
    Settings, Spec, TOLERANCE, Unsendable, Verified, WindowRule,
};
use crate::text::{Unit, shorten, split};

/// The help desk.
#[derive(Debug)]
pub(super) struct Desk;

static SPEC: Spec = Spec {
    name: "slack",
    title: "Slack",
    fields: &[
        slack::SIGNING_SECRET,
        slack::BOT_TOKEN,
        Field::required(
            "channel",
            FieldKind::Text,
            "The id of the channel for hand-overs (C…); invite the app there.",
        ),
        Field::optional("teams", FieldKind::List, "Other channels by our teams: tier2=C0PNCRP9N."),
        TOLERANCE,
        slack::BASE_URL,
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

/// A section's text; a header's.
const SECTION: Limit = Limit { max: 3000, unit: Unit::Utf16 };
const HEADER: Limit = Limit { max: 150, unit: Unit::Utf16 };

impl Inlet for Desk {
    fn verify(
        &self,
        settings: &Settings,
        request: &Request<'_>,
        now: Timestamp,
    ) -> Result<Verified, Refusal> {
        slack::verify(settings, request, now)
    }

    fn parse(&self, _settings: &Settings, delivery: &Delivery, _received: Timestamp) -> Vec<Item> {
        parse::items(&delivery.body)
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
                "user": "U0SAMPLE",
                "text": slack::escape(sample.text),
                "ts": format!("{seconds}.000100"),
                "thread_ts": sample.sender,
                "channel": settings.text("channel"),
                "channel_type": "channel",
            },
        });
        slack::sign(settings, sample.now, &body)
    }
}

impl Outlet for Desk {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn request(&self, dispatch: &Dispatch<'_>) -> Result<Outgoing, Unsendable> {
        let Dispatch { settings, to, piece, .. } = dispatch;
        let mut body = piece.body.clone();
        if body.get("channel").is_none() {
            body["channel"] = settings.text("channel").into();
        }
        match piece.op.as_str() {
            "message" => {}
            "reply" if to.key.is_empty() => return Err(Unsendable::Address("key")),
            "reply" => body["thread_ts"] = to.key.as_str().into(),
            _ => return Err(Unsendable::Op),
        }
        slack::post(settings, &body)
    }

    fn read(&self, response: &Response<'_>) -> Outcome {
        slack::read(response)
    }
}

impl HelpDesk for Desk {
    fn anchor(&self) -> &'static str {
        "message"
    }

    fn open(&self, settings: &Settings, hand_over: &HandOver) -> Vec<Piece> {
        let channel = channel(settings, hand_over);
        let sign = match hand_over.priority {
            Priority::Urgent => "🔴 ",
            Priority::High => "🟡 ",
            Priority::Normal | Priority::Low => "",
        };
        let title = format!("{sign}#{} {}", hand_over.ticket, hand_over.subject);
        let plain = |text: String| json!({"type": "plain_text", "text": text, "emoji": true});
        let head = HandOver { transcript: Vec::new(), ..hand_over.clone() }.note();
        let body = json!({
            "channel": channel,
            "text": slack::escape(&title),
            "unfurl_links": false,
            "unfurl_media": false,
            "blocks": [
                {"type": "header", "text": plain(shorten(&title, HEADER))},
                {"type": "section", "text": plain(shorten(&head, SECTION))},
                {"type": "actions", "elements": [{
                    "type": "button",
                    "action_id": "claim",
                    "style": "primary",
                    "text": {"type": "plain_text", "text": "Take over"},
                    "value": hand_over.conversation,
                }]},
            ],
            "metadata": {
                "event_type": "switchboard_hand_over",
                "event_payload": {"conversation_id": hand_over.conversation},
            },
        });
        let mut pieces = vec![piece("message", body, head)];
        // The transcript goes into the thread: one message may not hold much.
        let lines: Vec<String> = (hand_over.transcript.iter())
            .map(|line| format!("{}: {}", line.who, line.text))
            .collect();
        pieces.extend(replies(&channel, &lines.join("\n\n")));
        pieces
    }

    fn follow(&self, settings: &Settings, hand_over: &HandOver, text: &str) -> Vec<Piece> {
        replies(&channel(settings, hand_over), &hand_over.said(text))
    }
}

fn channel(settings: &Settings, hand_over: &HandOver) -> String {
    hand_over.team_in(settings).unwrap_or_else(|| settings.text("channel")).to_owned()
}

fn replies(channel: &str, text: &str) -> Vec<Piece> {
    split(text, SECTION)
        .into_iter()
        .map(|text| {
            let body = json!({
                "channel": channel,
                "text": slack::escape(&text),
                "unfurl_links": false,
                "unfurl_media": false,
                "blocks": [{
                    "type": "section",
                    "text": {"type": "plain_text", "text": text, "emoji": false},
                }],
            });
            piece("reply", body, text)
        })
        .collect()
}
