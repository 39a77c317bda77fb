//! Facebook Messenger and Instagram messaging: one platform with two sets of limits.

mod parse;
mod render;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::meta;
use crate::proof::Secret;
use crate::shape::{
    Call, Channel, Delivery, Dispatch, Event, Field, FieldKind, Idempotency, Inlet, Item, Kind,
    Outcome, Outgoing, Outlet, Piece, Refusal, Reply, Request, Response, Sample, SampleRequest,
    Settings, Spec, Unsendable, Verified, Window, WindowRule, segment,
};

/// One of the two.
#[derive(Debug)]
pub(crate) struct Messenger {
    spec: &'static Spec,
    instagram: bool,
}

/// Facebook Messenger.
pub(crate) static MESSENGER: Messenger = Messenger { spec: &MESSENGER_SPEC, instagram: false };
/// Instagram messaging.
pub(crate) static INSTAGRAM: Messenger = Messenger { spec: &INSTAGRAM_SPEC, instagram: true };

/// Marks what we sent, so that its echo is known.
const MARK: &str = "switchboard:";

const TOKEN: Field = Field::required(
    "page_access_token",
    FieldKind::Secret,
    "Messenger API settings: the access token of the page (for Instagram of the page that the \
     account is linked with).",
);
const APP_ID: Field = Field::optional(
    "app_id",
    FieldKind::Text,
    "The app's id: tells whether control of a thread is passed to us.",
);
const GET_STARTED: Field = Field::preset(
    "get_started",
    FieldKind::Text,
    "GET_STARTED",
    "The payload of the page's Get Started button.",
);
const HUMAN_AGENT: Field = Field::preset(
    "human_agent",
    FieldKind::Flag,
    "false",
    "Send what people write up to 7 days after the customer's message, under the tag \
     HUMAN_AGENT. Needs Meta's permission.",
);
const PAYLOAD_LIMIT: Field = Field::preset(
    "payload_limit",
    FieldKind::Number(50, 1000),
    "1000",
    "How many characters may stand behind a button. Not confirmed.",
);
const TYPING: Field =
    Field::preset("typing", FieldKind::Flag, "true", "Show that an answer is being written.");

const WINDOW: WindowRule = WindowRule {
    open: Some(SignedDuration::from_hours(24)),
    messages: None,
    people: Some(SignedDuration::from_hours(7 * 24)),
};

static MESSENGER_SPEC: Spec = Spec {
    name: "messenger",
    title: "Messenger",
    fields: &[
        meta::APP_SECRET,
        meta::VERIFY_TOKEN,
        TOKEN,
        Field::required("page_id", FieldKind::Text, "The page's id."),
        APP_ID,
        GET_STARTED,
        HUMAN_AGENT,
        Field::preset(
            "text_limit",
            FieldKind::Number(100, 2000),
            "2000",
            "How many characters a text may have. Not confirmed.",
        ),
        PAYLOAD_LIMIT,
        TYPING,
        meta::VERSION,
        meta::BASE_URL,
    ],
    any_of: &[],
    tenant: Some("page_id"),
    body_limit: 4 << 20,
    deadline: SignedDuration::from_secs(20),
    window: WINDOW,
    rate: Some(300),
    idempotency: Idempotency::None,
    status_tells: false,
    renews: false,
};

static INSTAGRAM_SPEC: Spec = Spec {
    name: "instagram",
    title: "Instagram",
    fields: &[
        meta::APP_SECRET,
        meta::VERIFY_TOKEN,
        TOKEN,
        Field::required("page_id", FieldKind::Text, "The Instagram account's id."),
        APP_ID,
        GET_STARTED,
        HUMAN_AGENT,
        Field::preset(
            "text_limit",
            FieldKind::Number(100, 1000),
            "1000",
            "How many bytes a text may have. Not confirmed.",
        ),
        PAYLOAD_LIMIT,
        TYPING,
        meta::VERSION,
        meta::BASE_URL,
    ],
    any_of: &[],
    tenant: Some("page_id"),
    body_limit: 4 << 20,
    deadline: SignedDuration::from_secs(20),
    window: WINDOW,
    rate: Some(300),
    idempotency: Idempotency::None,
    status_tells: false,
    renews: false,
};

const CODES: meta::Codes = meta::Codes {
    retry: &[1, 2, 4, 32, 613],
    window: &[(10, Some(2_018_278))],
    unauthorized: &[3, 190],
};

impl Inlet for Messenger {
    fn verify(
        &self,
        settings: &Settings,
        request: &Request<'_>,
        _now: Timestamp,
    ) -> Result<Verified, Refusal> {
        meta::verify(settings, request)
    }

    fn parse(&self, settings: &Settings, delivery: &Delivery, _received: Timestamp) -> Vec<Item> {
        parse::items(settings, &delivery.body)
    }

    fn sample(&self, settings: &Settings, sample: &Sample<'_>) -> Option<SampleRequest> {
        let page = settings.text("page_id");
        let millis = sample.now.as_millisecond();
        let body = json!({
            "object": if self.instagram { "instagram" } else { "page" },
            "entry": [{"id": page, "time": millis, "messaging": [{
                "sender": {"id": sample.sender},
                "recipient": {"id": page},
                "timestamp": millis,
                "message": {"mid": format!("m_{}", sample.id), "text": sample.text},
            }]}],
        });
        meta::sample(settings, &body)
    }
}

impl Channel for Messenger {
    fn render(
        &self,
        settings: &Settings,
        reply: &Reply,
        window: Window,
    ) -> Result<Vec<Piece>, Unsendable> {
        render::pieces(settings, self.instagram, reply, window)
    }

    fn courtesy(
        &self,
        settings: &Settings,
        event: &Event,
        _token: Option<&Secret>,
    ) -> Option<Call> {
        let answered =
            matches!(event.kind, Kind::Text { .. } | Kind::Pressed { .. } | Kind::Media { .. });
        if !answered || !settings.flag("typing") {
            return None;
        }
        let body = json!({"recipient": {"id": event.address.key}, "sender_action": "typing_on"});
        call(settings, &body)
    }
}

impl Outlet for Messenger {
    fn spec(&self) -> &'static Spec {
        self.spec
    }

    fn request(&self, dispatch: &Dispatch<'_>) -> Result<Outgoing, Unsendable> {
        let Dispatch { settings, to, piece, key, .. } = dispatch;
        if to.key.is_empty() {
            return Err(Unsendable::Address("key"));
        }
        let mut body = piece.body.clone();
        body["recipient"] = json!({"id": to.key});
        body["message"]["metadata"] = format!("{MARK}{key}").into();
        Ok(call(settings, &body).ok_or(Unsendable::Setting("page_access_token"))?.into())
    }

    fn read(&self, response: &Response<'_>) -> Outcome {
        meta::read(response, "message_id", &CODES)
    }
}

fn call(settings: &Settings, body: &Value) -> Option<Call> {
    let base = settings.base_url();
    let version = settings.text("graph_version");
    let shown = format!("{base}/{version}/{}/messages", segment(settings.text("page_id")));
    let token = settings.secret("page_access_token")?.expose();
    let query =
        form_urlencoded::Serializer::new(String::new()).append_pair("access_token", token).finish();
    Some(Call::post(format!("{shown}?{query}"), body).shown_as(shown))
}
