//! Signatures that others computed: the platforms' own test suites where they have vectors.

use jiff::Timestamp;
use serde_json::Value;

use super::{channel, settings};
use crate::platform;
use crate::proof;
use crate::shape::{Answer, Channel, Method, Refusal, Request, Settings, Verified};

fn vector(id: &str) -> Value {
    let all: Vec<Value> = serde_json::from_str(include_str!("vectors.json")).unwrap();
    all.into_iter().find(|vector| vector["id"] == id).unwrap()
}

fn verify(
    channel: &dyn Channel,
    settings: &Settings,
    headers: &[(&str, &str)],
    query: &str,
    body: &str,
    now: i64,
) -> Result<Verified, Refusal> {
    let headers: Vec<(&str, &[u8])> =
        headers.iter().map(|(name, value)| (*name, value.as_bytes())).collect();
    let request = Request { method: Method::Post, query, headers: &headers, body: body.as_bytes() };
    channel.verify(settings, &request, Timestamp::from_second(now).unwrap())
}

/// One platform's vector: its secret under one setting, its signature in one header.
struct Case {
    id: &'static str,
    channel: &'static str,
    secret: &'static str,
    header: &'static str,
    time: Option<&'static str>,
}

const CASES: [Case; 13] = [
    case("whatsapp-1", "whatsapp", "app_secret", "X-Hub-Signature-256", None),
    case("meta-escape", "messenger", "app_secret", "X-Hub-Signature-256", None),
    case("line-1", "line", "channel_secret", "x-line-signature", None),
    case("line-2", "line", "channel_secret", "x-line-signature", None),
    case("line-3", "line", "channel_secret", "x-line-signature", None),
    case(
        "slack-1",
        "slack",
        "signing_secret",
        "X-Slack-Signature",
        Some("X-Slack-Request-Timestamp"),
    ),
    case("viber-1", "viber", "auth_token", "X-Viber-Content-Signature", None),
    case("zalo-1", "zalo", "oa_secret", "X-ZEvent-Signature", None),
    case(
        "chatwoot-1",
        "chatwoot",
        "webhook_secret",
        "X-Chatwoot-Signature",
        Some("X-Chatwoot-Timestamp"),
    ),
    case("viber-sdk", "viber", "auth_token", "X-Viber-Content-Signature", None),
    case(
        "slack-sdk",
        "slack",
        "signing_secret",
        "X-Slack-Signature",
        Some("X-Slack-Request-Timestamp"),
    ),
    case("stdwh-sdk", "hook", "secret", "webhook-signature", Some("webhook-timestamp")),
    case("stdwh-1", "hook", "secret", "webhook-signature", Some("webhook-timestamp")),
];

const fn case(
    id: &'static str,
    channel: &'static str,
    secret: &'static str,
    header: &'static str,
    time: Option<&'static str>,
) -> Case {
    Case { id, channel, secret, header, time }
}

#[test]
fn every_vector_is_believed_and_nothing_near_it() {
    for case in CASES {
        let vector = vector(case.id);
        let text = |name: &str| vector[name].as_str().unwrap_or("").to_owned();
        let platform = channel(case.channel);
        let mut given = vec![(case.secret, text("secret"))];
        if vector["app_id"].is_string() {
            given.push(("app_id", text("app_id")));
        }
        if case.channel == "chatwoot" {
            given.push(("url_key", String::new()));
        }
        let given: Vec<(&str, &str)> =
            given.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let inbox = settings(platform, &given);
        let (id, time) = (text("msg_id"), text("ts"));
        let now = time.parse().ok().filter(|_| case.time.is_some()).unwrap_or(0);
        let check = |signature: &str, time: &str, body: &str, now: i64| {
            let mut headers = vec![(case.header, signature)];
            headers.extend(case.time.map(|name| (name, time)));
            if !id.is_empty() {
                headers.push(("webhook-id", &id));
            }
            verify(platform, &inbox, &headers, "", body, now)
        };
        let (good, body) = (text("expect"), text("body"));
        let accepted = check(&good, &time, &body, now);
        assert!(accepted.is_ok(), "{}: {accepted:?}", case.id);
        let refused = |what: &str, result: Result<Verified, Refusal>| {
            assert!(result.is_err(), "{} believes {what}: {result:?}", case.id);
        };
        refused("one byte more", check(&good, &time, &format!("{body} "), now));
        refused("a cut code", check(&good[..good.len() - 2], &time, &body, now));
        refused("a code and more", check(&format!("{good}00"), &time, &body, now));
        if let Some(wrong) = vector["must_not_equal"].as_str() {
            refused("what the vector says is wrong", check(wrong, &time, &body, now));
        }
        if case.time.is_some() {
            for late in [-301, 301] {
                let result = check(&good, &time, &body, now + late);
                assert!(matches!(result, Err(Refusal::Stale { .. })), "{}: {result:?}", case.id);
            }
            assert!(check(&good, &time, &body, now + 300).is_ok(), "{}", case.id);
            refused("another time", check(&good, &(now + 1).to_string(), &body, now));
            refused("no time", check(&good, "yesterday", &body, now));
        }
    }
}

/// Meta's older header is not enough, right as it may be.
#[test]
fn sha_1_of_meta_is_not_believed() {
    for id in ["meta-sha1-a", "meta-sha1-b"] {
        let vector = vector(id);
        let text = |name: &str| vector[name].as_str().unwrap();
        let platform = channel("messenger");
        let inbox = settings(platform, &[("app_secret", text("secret"))]);
        for header in ["X-Hub-Signature", "X-Hub-Signature-256"] {
            let headers = [(header, text("expect"))];
            assert!(verify(platform, &inbox, &headers, "", text("body"), 0).is_err(), "{id}");
        }
    }
}

fn wechat(vector: &Value, given: &[(&str, &str)]) -> (&'static dyn Channel, Settings) {
    let platform = channel("wechat");
    let mut all = vec![("token", vector["secret"].as_str().unwrap())];
    for name in ["encoding_aes_key", "app_id"] {
        all.extend(vector[name].as_str().map(|value| (name, value)));
    }
    all.extend(given);
    (platform, settings(platform, &all))
}

fn query(pairs: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}

#[test]
fn wechat_in_plain_and_in_secret() {
    let plain = vector("wechat-plain");
    let text = |vector: &Value, name: &str| vector[name].as_str().unwrap().to_owned();
    let time = text(&plain, "ts");
    let at = Timestamp::from_second(time.parse().unwrap()).unwrap();
    let (platform, inbox) = wechat(&plain, &[("mode", "plain")]);
    let get = |inbox: &Settings, query: &str, now: Timestamp| {
        let request = Request { method: Method::Get, query, headers: &[], body: b"" };
        platform.verify(inbox, &request, now)
    };
    let pairs = |signature: &str| {
        query(&[
            ("signature", signature),
            ("timestamp", &time),
            ("nonce", &text(&plain, "nonce")),
            ("echostr", "5927782489442352469"),
        ])
    };
    let good = text(&plain, "expect");
    let answer = Answer::plain("5927782489442352469");
    assert_eq!(get(&inbox, &pairs(&good), at), Ok(Verified::Handshake(answer.clone())));
    let wrong = format!("{}fe", &good[..38]);
    assert!(matches!(get(&inbox, &pairs(&wrong), at), Err(Refusal::Mismatch(_))));
    let hour = jiff::SignedDuration::from_hours(1);
    assert!(matches!(get(&inbox, &pairs(&good), at + hour), Err(Refusal::Stale { .. })));

    // A company's account sends the text of the handshake encrypted.
    let echo = vector("wechat-enc-echo");
    let (_, inbox) = wechat(&echo, &[]);
    let time = text(&echo, "ts");
    let at = Timestamp::from_second(time.parse().unwrap()).unwrap();
    let pairs = query(&[
        ("msg_signature", &text(&echo, "expect")),
        ("timestamp", &time),
        ("nonce", &text(&echo, "nonce")),
        ("echostr", &text(&echo, "encrypt")),
    ]);
    assert_eq!(get(&inbox, &pairs, at), Ok(Verified::Handshake(answer)));
    let (_, other) = wechat(&echo, &[("app_id", "wx0000000000000000")]);
    assert!(matches!(get(&other, &pairs, at), Err(Refusal::Mismatch(_))));
}

#[test]
fn a_secret_message_of_wechat_is_opened() {
    opened("wechat-enc-msg", "messense", "message:4363689963896700987");
    opened("wechat-sdk", "o1", "message:1");
}

fn opened(id: &str, sender: &str, dedupe: &str) {
    let vector = vector(id);
    let text = |name: &str| vector[name].as_str().unwrap();
    let (platform, inbox) = wechat(&vector, &[]);
    let now: i64 = text("ts").parse().unwrap();
    let pairs = |signature: &str| {
        query(&[
            ("msg_signature", signature),
            ("timestamp", text("ts")),
            ("nonce", text("nonce")),
            ("encrypt_type", "aes"),
        ])
    };
    let body = format!("<xml><Encrypt><![CDATA[{}]]></Encrypt></xml>", text("encrypt"));
    let verified = verify(platform, &inbox, &[], &pairs(text("expect")), &body, now);
    let Ok(Verified::Delivery { delivery, .. }) = verified else { panic!("{verified:?}") };
    assert_eq!(String::from_utf8_lossy(&delivery.body), text("plaintext"));
    let items = platform.parse(&inbox, &delivery, super::now());
    let [Ok(event)] = items.as_slice() else { panic!("{items:?}") };
    assert_eq!(event.sender.key, sender);
    assert_eq!(event.dedupe, dedupe);

    let cut = body.replacen("[CDATA[", "[CDATA[A", 1);
    let verified = verify(platform, &inbox, &[], &pairs(text("expect")), &cut, now);
    assert!(matches!(verified, Err(Refusal::Mismatch(_))), "{verified:?}");
    // In plain it is not taken, rightly signed as it may be.
    let open = "<xml><FromUserName>a</FromUserName></xml>";
    let verified = verify(platform, &inbox, &[], &pairs(text("expect")), open, now);
    assert_eq!(verified, Err(Refusal::Missing("Encrypt")));
}

#[test]
fn zendesk_signs_time_and_body() {
    let vector = vector("zendesk-1");
    let text = |name: &str| vector[name].as_str().unwrap();
    let desk = crate::help_desk("zendesk").unwrap();
    let mut given = super::filled(desk.spec());
    given.insert("webhook_secret".to_owned(), text("secret").to_owned());
    let inbox = Settings::new(desk.spec(), &given).unwrap();
    let check = |body: &[u8], now: &str| {
        let headers = [
            ("X-Zendesk-Webhook-Signature", text("expect").as_bytes()),
            ("X-Zendesk-Webhook-Signature-Timestamp", text("ts").as_bytes()),
        ];
        let request = Request { method: Method::Post, query: "", headers: &headers, body };
        desk.verify(&inbox, &request, now.parse().unwrap())
    };
    let body = text("body").as_bytes();
    assert!(check(body, "2021-03-25T05:12:00Z").is_ok());
    assert!(matches!(check(body, "2021-03-25T06:00:00Z"), Err(Refusal::Stale { .. })));
    assert!(matches!(check(b"", "2021-03-25T05:12:00Z"), Err(Refusal::Mismatch(_))));
}

/// The vectors of schemes that are not platforms of ours still check the codes themselves.
#[test]
fn codes_are_as_others_compute_them() {
    let code = |id: &str| {
        let vector = vector(id);
        let text = |name: &str| vector[name].as_str().unwrap().to_owned();
        let code = proof::hmac_sha256(text("secret").as_bytes(), &[text("body").as_bytes()]);
        (code, text("expect"))
    };
    let (shopify, expected) = code("shopify-1");
    assert_eq!(proof::base64(&shopify), expected);
    for id in ["userhash-1", "userhash-2"] {
        let (hash, expected) = code(id);
        assert_eq!(hex::encode(hash), expected);
    }
}

#[test]
fn the_handshake_of_meta_wants_the_token() {
    for name in ["whatsapp", "messenger", "instagram"] {
        let platform = platform::channel(name).unwrap();
        let inbox = settings(platform, &[("verify_token", "tok")]);
        let get = |pairs: &[(&str, &str)]| {
            let query = query(pairs);
            let request = Request { method: Method::Get, query: &query, headers: &[], body: b"" };
            platform.verify(&inbox, &request, super::now())
        };
        let (mode, token, challenge) = ("hub.mode", "hub.verify_token", "hub.challenge");
        let good = get(&[(mode, "subscribe"), (token, "tok"), (challenge, "115 8&1")]);
        assert_eq!(good, Ok(Verified::Handshake(Answer::plain("115 8&1"))));
        for bad in [
            vec![(mode, "subscribe"), (token, "nope"), (challenge, "1")],
            vec![(mode, "subscribe"), (challenge, "1")],
            vec![(mode, "subscribe"), (token, "tok"), (token, "tok"), (challenge, "1")],
            vec![(mode, "unsubscribe"), (token, "tok"), (challenge, "1")],
            vec![(mode, "subscribe"), (token, "tok")],
        ] {
            assert!(get(&bad).is_err(), "{name}: {bad:?}");
        }
    }
}

/// While the form of Zalo's signature is looked at, the key in the address decides, and what
/// is wrong with the signature is listed.
#[test]
fn zalo_observes_before_it_enforces() {
    let platform = channel("zalo");
    let body = r#"{"event_name":"follow","follower":{"id":"6"},"timestamp":"1"}"#;
    let headers = [("X-ZEvent-Signature", "mac=00")];
    let check = |given: &[(&str, &str)], query: &str| {
        let inbox = settings(platform, given);
        let verified = verify(platform, &inbox, &headers, query, body, 0)?;
        let Verified::Delivery { delivery, .. } = verified else { panic!("{verified:?}") };
        let items = platform.parse(&inbox, &delivery, super::now());
        Ok::<_, Refusal>((
            items.iter().flatten().count(),
            items.iter().filter(|i| i.is_err()).count(),
        ))
    };
    assert_eq!(check(&[], ""), Err(Refusal::Mismatch("x-zevent-signature")));
    let observe = [("signature", "observe"), ("url_key", "k")];
    assert_eq!(check(&observe, "key=k"), Ok((1, 1)));
    assert_eq!(check(&observe, "key=x"), Err(Refusal::Mismatch("key")));
    assert_eq!(check(&observe, ""), Err(Refusal::Missing("key")));
    assert_eq!(check(&observe[..1], "key=k"), Err(Refusal::NotSet("url_key")));
}
