use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::{Key, TOLERANCE, call, event, hand_over, sign, verify, wants};
use crate::proof::Secret;
use crate::shape::{HandOver, Outlet, Priority, Refusal, Settings};

const SECRET: &str = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
const OTHER: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const ID: &str = "msg_27UH4WbU6Z5A5EzD8u03UvzRbpk";
const GOOD: &str = "v1,tZ1I4/hDygAJgO5TYxiSd6Sd0kDW6hPenDe+bTa3Kkw=";
const BODY: &[u8] = br#"{"email":"test@example.com","username":"test_user"}"#;

fn key(text: &str) -> Key {
    Key::parse(&Secret::new(text)).unwrap()
}

fn at() -> Timestamp {
    Timestamp::from_second(1_649_367_553).unwrap()
}

fn check(signatures: &str, now: Timestamp) -> Result<(), Refusal> {
    verify(&[key(SECRET)], ID, "1649367553", signatures, BODY, now, TOLERANCE)
}

#[test]
fn the_specifications_vector_and_its_negatives() {
    assert_eq!(sign(&[key(SECRET)], ID, at(), BODY), GOOD);
    assert_eq!(check(GOOD, at()), Ok(()));
    let wrong = "v1,R3PTzyfHASBKHH98a7yexTwaJ4yNIcGhFQc1yuN+BPU=";
    // The right one is the third of four.
    let many = format!(
        "{wrong} v1a,hnO3f9T8Ytu9HwrXslvumlUpqtNVqkhqw/enGzPCXe5BdqzCInXqYXFymVJaA7AZdpXwVLPo3mNl8EM+m7TBAg== {GOOD} {wrong}"
    );
    assert_eq!(check(&many, at()), Ok(()));
    for bad in [wrong, "v1,", &GOOD[..8], "", &GOOD[3..], &GOOD.replacen("v1", "v2", 1)] {
        assert!(check(bad, at()).is_err(), "{bad}");
    }
    assert!(check(&format!("{wrong} {wrong}"), at()).is_err());
    for seconds in [-301, 301] {
        let result = check(GOOD, at() + SignedDuration::from_secs(seconds));
        assert!(matches!(result, Err(Refusal::Stale { .. })), "{seconds}: {result:?}");
    }
    for seconds in [-300, 300] {
        assert_eq!(check(GOOD, at() + SignedDuration::from_secs(seconds)), Ok(()));
    }
    let with =
        |id: &str, seconds: &str| verify(&[key(SECRET)], id, seconds, GOOD, BODY, at(), TOLERANCE);
    assert!(with("msg.1", "1649367553").is_err());
    assert!(with("", "1649367553").is_err());
    assert!(with(ID, "now").is_err());
    assert!(with(ID, "99999999999999999999").is_err());
}

#[test]
fn while_a_key_is_replaced_both_sign() {
    let both = sign(&[key(OTHER), key(SECRET)], ID, at(), BODY);
    assert_eq!(both.split(' ').count(), 2);
    for known in [SECRET, OTHER] {
        let result = verify(&[key(known)], ID, "1649367553", &both, BODY, at(), TOLERANCE);
        assert_eq!(result, Ok(()));
    }
}

#[test]
fn only_what_is_a_key_is_one() {
    for bad in ["", "whsec_", "whsec_short", "whsec_!!!!", "whsec_AAAA"] {
        assert!(Key::parse(&Secret::new(bad)).is_err(), "{bad}");
    }
    assert!(Key::parse(&Secret::new(&SECRET[6..])).is_ok());
    assert_eq!(format!("{:?}", key(SECRET)), "Key(…)");
}

/// The specification's own library on the other side, both ways.
#[test]
#[expect(clippy::disallowed_methods, reason = "the library checks against the clock itself")]
fn the_official_library_agrees() {
    let theirs = standardwebhooks::Webhook::new(SECRET).unwrap();
    let signed = theirs.sign(ID, 1_649_367_553, BODY).unwrap();
    assert_eq!(check(&signed, at()), Ok(()));
    let call = call(
        "https://example.com",
        &[key(OTHER), key(SECRET)],
        "m.1",
        Timestamp::now(),
        &json!({"a": "ü"}),
    );
    let mut headers = http::HeaderMap::new();
    for (name, value) in &call.headers {
        headers.insert(*name, value.expose().parse().unwrap());
    }
    theirs.verify(&call.body, &headers).unwrap();
    assert!(theirs.verify(b"{}", &headers).is_err());
}

#[test]
fn a_receiver_gets_what_it_asked_for() {
    let given = |events: &str| {
        let given = [("url", "https://example.com"), ("secret", SECRET), ("events", events)];
        let given = given.map(|(name, value)| (name.to_owned(), value.to_owned()));
        Settings::new(super::Webhook.spec(), &given.into()).unwrap()
    };
    for (events, kind, expected) in [
        ("*", "sla.breached", true),
        ("ticket.*, conversation.handoff", "ticket.opened", true),
        ("ticket.*, conversation.handoff", "conversation.handoff", true),
        ("ticket.*, conversation.handoff", "message.created", false),
        ("ticket", "ticket.opened", false),
        ("", "ticket.opened", true),
    ] {
        assert_eq!(wants(&given(events), kind), expected, "{events} {kind}");
    }
}

/// What is posted has the fields that the published schema requires, and no others.
#[test]
fn a_hand_over_is_as_its_schema_says() {
    let schema: Value =
        serde_json::from_str(include_str!("../../../../docs/schemas/conversation.handoff.json"))
            .unwrap();
    let said = HandOver {
        conversation: "c".to_owned(),
        there: None,
        ticket: "1".to_owned(),
        channel: "LINE".to_owned(),
        name: None,
        email: None,
        phone: None,
        language: "ja".to_owned(),
        subject: "s".to_owned(),
        summary: "s".to_owned(),
        priority: Priority::High,
        team: None,
        tags: Vec::new(),
        transcript: Vec::new(),
        fields: vec![("order_number".to_owned(), "1001".to_owned())],
        link: None,
    };
    let piece = event("conversation.handoff", at(), &hand_over(&said));
    fields("event", &piece.body, &schema);
    let (data, of_data) = (&piece.body["data"], &schema["properties"]["data"]);
    fields("data", data, of_data);
    fields("customer", &data["customer"], &of_data["properties"]["customer"]);
}

fn fields(what: &str, value: &Value, schema: &Value) {
    let mut given: Vec<&str> = value.as_object().unwrap().keys().map(String::as_str).collect();
    let mut known: Vec<&str> =
        schema["properties"].as_object().unwrap().keys().map(String::as_str).collect();
    given.sort_unstable();
    known.sort_unstable();
    assert_eq!(given, known, "{what}");
    for name in schema["required"].as_array().unwrap() {
        assert!(value.get(name.as_str().unwrap()).is_some(), "{what} lacks {name}");
    }
}
