//! Zalo Official Accounts.

mod parse;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::json;
use crate::proof::{self, Encoding, Secret};
use crate::shape::{
    Access, Call, Channel, Delivery, Dispatch, Field, FieldKind, Idempotency, Inlet, Item, Limit,
    Limits, Method, Outcome, Outgoing, Outlet, Piece, Refusal, Reply, Request, Response, Sample,
    SampleRequest, Settings, Spec, Unsendable, Verified, Window, WindowRule,
};
use crate::text::{Unit, layout};

/// The platform.
#[derive(Debug)]
pub(crate) struct Zalo;

const SIGNATURE: &str = "x-zevent-signature";
/// Marks a delivery that only the key in the address spoke for.
const UNPROVEN: &str = "unproven:";

static SPEC: Spec = Spec {
    name: "zalo",
    title: "Zalo",
    fields: &[
        Field::required("app_id", FieldKind::Text, "developers.zalo.me, your app: ID."),
        Field::required(
            "app_secret",
            FieldKind::Secret,
            "The app's secret key; gets the access tokens that messages are sent with.",
        ),
        Field::required(
            "oa_secret",
            FieldKind::Secret,
            "The webhook's OA secret key, which is another one. Signs what comes in.",
        ),
        Field::required(
            "refresh_token",
            FieldKind::Secret,
            "The first refresh token, from the OAuth page; each is good once, the following \
             ones are kept in the database.",
        ),
        Field::preset(
            "signature",
            FieldKind::Choice(&["enforce", "observe"]),
            "enforce",
            "enforce: what is not rightly signed is refused. observe: the key in the address \
             (url_key) decides, for the first days, since the form of Zalo's signature is not \
             confirmed.",
        ),
        Field::optional(
            "url_key",
            FieldKind::Secret,
            "A long random text of your own, put behind the webhook's address as ?key=….",
        ),
        Field::preset(
            "text_limit",
            FieldKind::Number(100, 10_000),
            "2000",
            "How many characters a text may have. Not confirmed.",
        ),
        Field::preset(
            "base_url",
            FieldKind::Url,
            "https://openapi.zalo.me",
            "The address of the API.",
        ),
        Field::preset(
            "oauth_url",
            FieldKind::Url,
            "https://oauth.zaloapp.com",
            "The address that gives out access tokens.",
        ),
    ],
    any_of: &[],
    tenant: None,
    body_limit: 1 << 20,
    deadline: SignedDuration::from_secs(2),
    window: WindowRule {
        open: Some(SignedDuration::from_hours(48)),
        messages: Some(8),
        people: None,
    },
    rate: None,
    idempotency: Idempotency::None,
    status_tells: false,
    renews: true,
};

/// A plain hash over four texts, one of them secret.
fn mac(settings: &Settings, body: &[u8], time: &str, secret: &Secret) -> [u8; 32] {
    let app = settings.text("app_id").as_bytes();
    proof::sha256(&[app, body, time.as_bytes(), secret.bytes()])
}

fn signed(settings: &Settings, request: &Request<'_>) -> Result<(), Refusal> {
    let given = request.proof(SIGNATURE)?;
    let prefix = if given.starts_with("mac=") { "mac=" } else { "" };
    let code = proof::decode(SIGNATURE, given, prefix, Encoding::Hex)?;
    // The time that is signed stands in the body.
    let body: Value = serde_json::from_slice(request.body).unwrap_or_default();
    let time = json::id(&body, "timestamp").ok_or(Refusal::Missing("timestamp"))?;
    let secrets = settings.secrets("oa_secret");
    let good = secrets.iter().fold(false, |good, secret| {
        good | proof::same(&mac(settings, request.body, &time, secret), &code)
    });
    if good { Ok(()) } else { Err(Refusal::Mismatch(SIGNATURE)) }
}

impl Inlet for Zalo {
    fn verify(
        &self,
        settings: &Settings,
        request: &Request<'_>,
        _now: Timestamp,
    ) -> Result<Verified, Refusal> {
        request.post()?;
        let observe = settings.text("signature") == "observe";
        if observe && settings.secrets("url_key").is_empty() {
            return Err(Refusal::NotSet("url_key"));
        }
        request.key(settings)?;
        let unproven = match signed(settings, request) {
            Ok(()) => None,
            Err(refusal) if observe => Some(format!("{UNPROVEN}{}", refusal.code())),
            Err(refusal) => return Err(refusal),
        };
        Ok(Verified::delivery(request.body, unproven))
    }

    fn parse(&self, _settings: &Settings, delivery: &Delivery, _received: Timestamp) -> Vec<Item> {
        let mut items = parse::items(&delivery.body);
        // Listed with what cannot be read, so that one sees whether to enforce.
        if let Some(code) = delivery.id.as_deref().and_then(|id| id.strip_prefix(UNPROVEN)) {
            items.push(json::bad("signature", format!("{code}: enforce would refuse this")));
        }
        items
    }

    fn sample(&self, settings: &Settings, sample: &Sample<'_>) -> Option<SampleRequest> {
        let time = sample.now.as_millisecond().to_string();
        let body = json!({
            "event_name": "user_send_text",
            "app_id": settings.text("app_id"),
            "sender": {"id": sample.sender},
            "recipient": {"id": "1"},
            "message": {"text": sample.text, "msg_id": sample.id},
            "timestamp": time,
        });
        let body = body.to_string().into_bytes();
        let mac = mac(settings, &body, &time, settings.secret("oa_secret")?);
        let mac = format!("mac={}", hex::encode(mac));
        let request = SampleRequest::post("application/json", &[(SIGNATURE, &mac)], body);
        Some(request.keyed(settings))
    }
}

impl Channel for Zalo {
    /// Text alone; options are numbered.
    fn render(
        &self,
        settings: &Settings,
        reply: &Reply,
        window: Window,
    ) -> Result<Vec<Piece>, Unsendable> {
        let text = settings.limit("text_limit", Unit::CodePoints);
        let none = Limit { max: 0, unit: Unit::CodePoints };
        let limits = Limits {
            text,
            prompt: text,
            buttons: 0,
            label: none,
            payload: none,
            rows: 0,
            row: none,
        };
        let blocks = layout(reply, &limits)?;
        if window != Window::Open {
            return Err(Unsendable::Window);
        }
        let pieces = blocks.into_iter().map(|block| {
            let numbered = block.numbered();
            let body = json!({"message": {"text": block.text}});
            Piece { op: "message".to_owned(), body, shown: block.text, numbered }
        });
        Ok(pieces.collect())
    }
}

impl Outlet for Zalo {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn request(&self, dispatch: &Dispatch<'_>) -> Result<Outgoing, Unsendable> {
        let Dispatch { settings, to, piece, token, .. } = dispatch;
        let base = settings.base_url();
        let mut body = piece.body.clone();
        // A visitor of the account's page who is not signed in has no id.
        let path = match (to.get("anonymous_id"), to.get("conversation_id")) {
            (Some(anonymous), Some(conversation)) => {
                body["recipient"] =
                    json!({"anonymous_id": anonymous, "conversation_id": conversation});
                "v2.0/oa/message"
            }
            _ if to.key.is_empty() => return Err(Unsendable::Address("key")),
            _ => {
                body["recipient"] = json!({"user_id": to.key});
                "v3.0/oa/message/cs"
            }
        };
        let token = token.ok_or(Unsendable::Setting("refresh_token"))?;
        let call = Call::post(format!("{base}/{path}"), &body);
        Ok(call.header("access_token", token.expose()).into())
    }

    /// Errors come with a 200. The sources disagree about their numbers; what looks like the
    /// token's is tried once more with a new one.
    fn read(&self, response: &Response<'_>) -> Outcome {
        let body = response.json();
        let message = json::owned(&body, "message").unwrap_or_default();
        let Some(number) = json::whole(&body, "error") else {
            return response.without("error", message);
        };
        let code = number.to_string();
        match number {
            0 => Outcome::Sent { id: json::id(&body, "data.message_id") },
            -216 | -124 | -201 => Outcome::Renew { code },
            -230 => Outcome::WindowClosed { code, message },
            -32 => Outcome::Retry { after: response.retry_after(), code, message },
            -202 => Outcome::Unauthorized { code, message },
            _ => Outcome::Final { code, message },
        }
    }

    fn renew(&self, settings: &Settings, refresh: Option<&Secret>) -> Option<Call> {
        let refresh = refresh.or_else(|| settings.secret("refresh_token"))?;
        let form = form_urlencoded::Serializer::new(String::new())
            .append_pair("refresh_token", refresh.expose())
            .append_pair("app_id", settings.text("app_id"))
            .append_pair("grant_type", "refresh_token")
            .finish();
        let base = settings.text("oauth_url").trim_end_matches('/');
        let url = format!("{base}/v4/oa/access_token");
        let content = Secret::new("application/x-www-form-urlencoded");
        Some(Call {
            method: Method::Post,
            shown: url.clone(),
            url: Secret::new(url),
            headers: vec![
                ("content-type", content),
                ("secret_key", settings.secret("app_secret")?.clone()),
            ],
            body: form.into_bytes(),
        })
    }

    fn renewed(&self, response: &Response<'_>) -> Result<Access, Outcome> {
        let body = response.json();
        let Some(token) = json::text(&body, "access_token") else {
            let code = json::id(&body, "error").unwrap_or_else(|| response.status.to_string());
            let message = ["error_description", "error_name", "message"]
                .into_iter()
                .find_map(|path| json::owned(&body, path))
                .unwrap_or_default();
            return Err(match response.status {
                200..=299 => Outcome::Unauthorized { code, message },
                _ => response.by_status(code, message),
            });
        };
        let seconds = json::whole(&body, "expires_in").unwrap_or(3600);
        let refresh = json::text(&body, "refresh_token").map(Secret::new);
        Ok(Access::new(token, response.now, seconds, refresh))
    }
}
