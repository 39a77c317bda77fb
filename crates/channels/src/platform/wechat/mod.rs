//! WeChat official accounts.

mod crypt;
mod parse;
mod render;
mod xml;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::json;
use crate::proof::{self, Secret};
use crate::shape::{
    Access, Answer, Call, Channel, Delivery, Dispatch, Event, Field, FieldKind, Idempotency, Inlet,
    Item, Kind, Method, Outcome, Outgoing, Outlet, Piece, Refusal, Replay, Reply, Request, Respond,
    Response, Sample, SampleRequest, Settings, Spec, TOLERANCE, Unsendable, Verified, Window,
    WindowRule,
};

/// The platform.
#[derive(Debug)]
pub(crate) struct WeChat;

static SPEC: Spec = Spec {
    name: "wechat",
    title: "WeChat",
    fields: &[
        Field::required("app_id", FieldKind::Text, "Basic configuration: AppID (wx…)."),
        Field::required(
            "app_secret",
            FieldKind::Secret,
            "Basic configuration: AppSecret; gets the access tokens that messages are sent with.",
        ),
        Field::required(
            "token",
            FieldKind::Secret,
            "A text of your own of 3 to 32 letters and digits; paste the same into the server \
             configuration's field Token.",
        ),
        Field::preset(
            "mode",
            FieldKind::Choice(&["encrypted", "plain"]),
            "encrypted",
            "encrypted: the server configuration's safe mode; plain requests are refused. plain: \
             the signature does not cover what a message says.",
        ),
        Field::optional(
            "encoding_aes_key",
            FieldKind::Secret,
            "The server configuration's EncodingAESKey, 43 characters; needed in encrypted mode.",
        ),
        TOLERANCE,
        Field::preset(
            "text_limit",
            FieldKind::Number(200, 20_000),
            "2048",
            "How many bytes a text may have. Not confirmed.",
        ),
        Field::preset(
            "options",
            FieldKind::Choice(&["menu", "numbered"]),
            "menu",
            "menu: options as a menu to tap; numbered: as numbered text. How a tap comes back is \
             not confirmed.",
        ),
        Field::preset("typing", FieldKind::Flag, "true", "Show that an answer is being written."),
        Field::preset(
            "base_url",
            FieldKind::Url,
            "https://api.weixin.qq.com",
            "The address of the API.",
        ),
    ],
    any_of: &[],
    tenant: None,
    body_limit: 1 << 20,
    deadline: SignedDuration::from_secs(5),
    window: WindowRule {
        open: Some(SignedDuration::from_hours(48)),
        messages: Some(5),
        people: None,
    },
    rate: None,
    idempotency: Idempotency::None,
    status_tells: false,
    renews: true,
};

impl Inlet for WeChat {
    fn verify(
        &self,
        settings: &Settings,
        request: &Request<'_>,
        now: Timestamp,
    ) -> Result<Verified, Refusal> {
        let time = request.parameter("timestamp")?;
        let nonce = request.parameter("nonce")?;
        let at = proof::seconds("timestamp", &time)?;
        let tolerance = settings.number("tolerance");
        let check = |name, encrypted: Option<&str>| {
            let given = request.parameter(name)?;
            crypt::check(name, settings.secrets("token"), &time, &nonce, encrypted, &given)?;
            proof::check_time(at, now, tolerance)?;
            Ok(Replay::new(given.as_bytes(), at, tolerance))
        };
        let open = |encrypted: &str| {
            let keys = settings.secrets("encoding_aes_key");
            crypt::open(keys, settings.text("app_id"), encrypted)
        };
        if request.method == Method::Get {
            let echo = request.parameter("echostr")?;
            // Accounts of companies send the text encrypted here too.
            if request.parameter("msg_signature").is_ok() {
                check("msg_signature", Some(&echo))?;
                let text = String::from_utf8(open(&echo)?);
                let text = text.map_err(|_| Refusal::Malformed("echostr"))?;
                return Ok(Verified::Handshake(Answer::plain(text)));
            }
            check("signature", None)?;
            return Ok(Verified::Handshake(Answer::plain(echo)));
        }
        request.post()?;
        let encrypted = settings.text("mode") == "encrypted";
        let (body, replay) = if encrypted {
            let outer = xml::read(request.body).map_err(|_| Refusal::Malformed("body"))?;
            let inner = outer.get("Encrypt").ok_or(Refusal::Missing("Encrypt"))?;
            let replay = check("msg_signature", Some(inner))?;
            (open(inner)?, replay)
        } else {
            (request.body.to_vec(), check("signature", None)?)
        };
        Ok(Verified::Delivery {
            delivery: Delivery { id: None, body },
            respond: Respond::Now(Answer::plain("success")),
            replay: Some(replay),
        })
    }

    fn parse(&self, _settings: &Settings, delivery: &Delivery, _received: Timestamp) -> Vec<Item> {
        vec![parse::item(&delivery.body)]
    }

    fn sample(&self, settings: &Settings, sample: &Sample<'_>) -> Option<SampleRequest> {
        let seconds = sample.now.as_second().to_string();
        let token = settings.secret("token")?;
        let field = |name: &str, text: &str| xml::field(name, text);
        let body = [
            field("ToUserName", settings.text("app_id")),
            field("FromUserName", sample.sender),
            field("CreateTime", &seconds),
            field("MsgType", "text"),
            field("Content", sample.text),
            field("MsgId", sample.id),
        ];
        let body = format!("<xml>{}</xml>", body.concat());
        let plain = settings.text("mode") == "plain";
        let (body, encrypted) = if plain {
            (body, None)
        } else {
            let key = settings.secret("encoding_aes_key")?;
            let sealed = crypt::seal(key, settings.text("app_id"), sample.id, &body)?;
            let body = [field("ToUserName", settings.text("app_id")), field("Encrypt", &sealed)];
            (format!("<xml>{}</xml>", body.concat()), Some(sealed))
        };
        let mut query = form_urlencoded::Serializer::new(String::new());
        query
            .append_pair("signature", &crypt::sign(token, &seconds, sample.id, None))
            .append_pair("timestamp", &seconds)
            .append_pair("nonce", sample.id);
        if let Some(sealed) = encrypted {
            let signature = crypt::sign(token, &seconds, sample.id, Some(&sealed));
            query.append_pair("encrypt_type", "aes").append_pair("msg_signature", &signature);
        }
        let request = SampleRequest::post("text/xml", &[], body.into_bytes());
        Some(SampleRequest { query: query.finish(), ..request })
    }
}

impl Channel for WeChat {
    fn render(
        &self,
        settings: &Settings,
        reply: &Reply,
        window: Window,
    ) -> Result<Vec<Piece>, Unsendable> {
        if window == Window::Open {
            render::pieces(settings, reply)
        } else {
            Err(Unsendable::Window)
        }
    }

    fn courtesy(&self, settings: &Settings, event: &Event, token: Option<&Secret>) -> Option<Call> {
        if !matches!(event.kind, Kind::Text { .. }) || !settings.flag("typing") {
            return None;
        }
        let body = json!({"touser": event.address.key, "command": "Typing"});
        Some(call(settings, "message/custom/typing", token?, &body))
    }
}

impl Outlet for WeChat {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn request(&self, dispatch: &Dispatch<'_>) -> Result<Outgoing, Unsendable> {
        let Dispatch { settings, to, piece, token, .. } = dispatch;
        if to.key.is_empty() {
            return Err(Unsendable::Address("key"));
        }
        let mut body = piece.body.clone();
        body["touser"] = to.key.as_str().into();
        let token = token.ok_or(Unsendable::Setting("app_secret"))?;
        Ok(call(settings, "message/custom/send", token, &body).into())
    }

    /// Errors come with a 200.
    fn read(&self, response: &Response<'_>) -> Outcome {
        let body = response.json();
        let message = json::owned(&body, "errmsg").unwrap_or_default();
        let Some(number) = json::whole(&body, "errcode") else {
            return response.without("errcode", message);
        };
        let code = number.to_string();
        match number {
            0 => Outcome::Sent { id: json::id(&body, "msgid") },
            -1 => Outcome::Retry { after: None, code, message },
            40001 | 40014 | 42001 => Outcome::Renew { code },
            45015 | 45047 => Outcome::WindowClosed { code, message },
            48001 => Outcome::Unauthorized { code, message },
            _ => Outcome::Final { code, message },
        }
    }

    /// A new token ends the old one: one node asks, all use it.
    fn renew(&self, settings: &Settings, _refresh: Option<&Secret>) -> Option<Call> {
        let query = form_urlencoded::Serializer::new(String::new())
            .append_pair("grant_type", "client_credential")
            .append_pair("appid", settings.text("app_id"))
            .append_pair("secret", settings.secret("app_secret")?.expose())
            .finish();
        let shown = format!("{}/cgi-bin/token", settings.base_url());
        Some(Call {
            method: Method::Get,
            url: Secret::new(format!("{shown}?{query}")),
            shown,
            headers: Vec::new(),
            body: Vec::new(),
        })
    }

    fn renewed(&self, response: &Response<'_>) -> Result<Access, Outcome> {
        let body = response.json();
        let Some(token) = json::text(&body, "access_token") else {
            return Err(match self.read(response) {
                // Without the token there is nothing to renew with: the secret is wrong.
                Outcome::Renew { code } => {
                    let message = json::owned(&body, "errmsg").unwrap_or_default();
                    Outcome::Unauthorized { code, message }
                }
                other => other,
            });
        };
        let seconds = json::whole(&body, "expires_in").unwrap_or(7200);
        Ok(Access::new(token, response.now, seconds, None))
    }
}

fn call(settings: &Settings, path: &str, token: &Secret, body: &Value) -> Call {
    let shown = format!("{}/cgi-bin/{path}", settings.base_url());
    let query = form_urlencoded::Serializer::new(String::new())
        .append_pair("access_token", token.expose())
        .finish();
    Call::post(format!("{shown}?{query}"), body).shown_as(shown)
}
