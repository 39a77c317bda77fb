//! What WhatsApp, Messenger and Instagram have in common: the handshake, the signature, and
//! the errors of the Graph API.

use serde_json::Value;

use crate::json;
use crate::proof::{self, Encoding};
use crate::shape::{Answer, Field, FieldKind, Method, Outcome, Refusal, Request, Response};
use crate::shape::{SampleRequest, Settings, Verified};

const SIGNATURE: &str = "x-hub-signature-256";

pub(crate) const APP_SECRET: Field = Field::required(
    "app_secret",
    FieldKind::Secret,
    "App dashboard, App settings, Basic: App secret. Proves that a request is Meta's.",
);
pub(crate) const VERIFY_TOKEN: Field = Field::required(
    "verify_token",
    FieldKind::Secret,
    "Any long random text of your own; paste the same into the webhook's field Verify token.",
);
pub(crate) const BASE_URL: Field = Field::preset(
    "base_url",
    FieldKind::Url,
    "https://graph.facebook.com",
    "The address of the Graph API.",
);
pub(crate) const VERSION: Field =
    Field::preset("graph_version", FieldKind::Text, "v25.0", "The version of the Graph API.");

/// The handshake by `GET`, else the signature over the raw body. Meta signs the bytes on the
/// wire, with `\u` escapes in them.
pub(crate) fn verify(settings: &Settings, request: &Request<'_>) -> Result<Verified, Refusal> {
    if request.method == Method::Get {
        let token = request.parameter("hub.verify_token")?;
        proof::check_shared("hub.verify_token", settings.secrets("verify_token"), &token)?;
        if request.parameter("hub.mode")? != "subscribe" {
            return Err(Refusal::Malformed("hub.mode"));
        }
        let challenge = request.parameter("hub.challenge")?;
        return Ok(Verified::Handshake(Answer::plain(challenge)));
    }
    request.post()?;
    let code = proof::decode(SIGNATURE, request.proof(SIGNATURE)?, "sha256=", Encoding::Hex)?;
    proof::check_hmac(SIGNATURE, settings.secrets("app_secret"), &[request.body], &code)?;
    Ok(Verified::delivery(request.body, None))
}

/// A signed delivery.
pub(crate) fn sample(settings: &Settings, body: &Value) -> Option<SampleRequest> {
    let body = body.to_string().into_bytes();
    let code = proof::hmac_sha256(settings.secret("app_secret")?.bytes(), &[&body]);
    let signature = format!("sha256={}", hex::encode(code));
    Some(SampleRequest::post("application/json", &[(SIGNATURE, &signature)], body))
}

/// Which codes of the Graph API mean what, for one product.
pub(crate) struct Codes {
    /// Later.
    pub(crate) retry: &'static [i64],
    /// Too late for a free answer: code, and subcode where the code says more than one thing.
    pub(crate) window: &'static [(i64, Option<i64>)],
    /// The credentials are refused.
    pub(crate) unauthorized: &'static [i64],
}

/// What came of a request to the Graph API. The id of the message stands at `id`.
pub(crate) fn read(response: &Response<'_>, id: &str, codes: &Codes) -> Outcome {
    let body = response.json();
    let Some(error) = json::at(&body, "error").filter(|error| error.is_object()) else {
        return match response.status {
            // An error may have stood in what cannot be read.
            200..=299 if body.is_null() => response.without("JSON", String::new()),
            200..=299 => Outcome::Sent { id: json::id(&body, id) },
            status => response.by_status(status.to_string(), "no reason given".to_owned()),
        };
    };
    let number = json::whole(error, "code").unwrap_or_default();
    let sub = json::whole(error, "error_subcode");
    let code = match sub {
        Some(sub) => format!("{number}/{sub}"),
        None => number.to_string(),
    };
    let message = json::owned(error, "error_data.details")
        .or_else(|| json::owned(error, "message"))
        .unwrap_or_default();
    let window = |(code, of): &(i64, Option<i64>)| *code == number && (of.is_none() || *of == sub);
    let retry = codes.retry.contains(&number)
        || json::flag(error, "is_transient")
        || response.status == 429
        || response.status >= 500;
    if codes.window.iter().any(window) {
        Outcome::WindowClosed { code, message }
    } else if retry {
        Outcome::Retry { after: response.retry_after(), code, message }
    } else if codes.unauthorized.contains(&number) || (200..300).contains(&number) {
        Outcome::Unauthorized { code, message }
    } else {
        Outcome::Final { code, message }
    }
}
