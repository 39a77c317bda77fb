//! Fixtures of the shapes that community libraries captured.

use serde_json::{Value, json};

use super::WhatsApp;
use crate::platform::tests::{parse, read, settings};
use crate::shape::{By, Kind, Outcome, State};

fn delivery(value: &Value) -> String {
    let mut value = value.clone();
    value["metadata"] = json!({"phone_number_id": "1122334455667"});
    json!({"entry": [{"changes": [{"field": "messages", "value": value}]}]}).to_string()
}

/// What one message says.
fn kind(message: &Value) -> Kind {
    let mut message = message.clone();
    message["id"] = "wamid.1".into();
    message["from"] = "972987654321".into();
    let body = delivery(&json!({"messages": [message]}));
    let items = parse(&WhatsApp, &settings(&WhatsApp, &[]), &body);
    let [Ok(event)] = items.as_slice() else { panic!("{items:?}") };
    event.kind.clone()
}

#[test]
fn every_type_of_message_is_what_it_is() {
    let text = |text: &str| Kind::Text { text: text.to_owned(), quotes: None };
    let unknown = |name: &str| Kind::Unknown { name: name.to_owned() };
    let pressed = |payload: &str, title: &str| Kind::Pressed {
        payload: payload.to_owned(),
        title: Some(title.to_owned()),
        ack: None,
    };
    let cases = [
        (json!({"type": "text", "text": {"body": "Hi"}}), text("Hi")),
        (
            json!({"type": "interactive", "interactive": {
                "type": "button_reply", "button_reply": {"id": "intent:a", "title": "A"},
            }}),
            pressed("intent:a", "A"),
        ),
        (
            json!({"type": "interactive", "interactive": {
                "type": "list_reply", "list_reply": {"id": "intent:b", "title": "B"},
            }}),
            pressed("intent:b", "B"),
        ),
        // A fixture without what its type promises.
        (json!({"type": "interactive", "errors": [{"code": 131_051}]}), unknown("interactive")),
        (json!({"type": "button", "button": {"payload": "p", "text": "P"}}), pressed("p", "P")),
        (
            json!({"type": "reaction", "reaction": {"message_id": "wamid.0", "emoji": "👍"}}),
            Kind::Reaction { to: "wamid.0".to_owned(), emoji: Some("👍".to_owned()) },
        ),
        (
            json!({"type": "reaction", "reaction": {"message_id": "wamid.0", "emoji": ""}}),
            Kind::Reaction { to: "wamid.0".to_owned(), emoji: None },
        ),
        (
            json!({"type": "reaction", "reaction": {"message_id": "wamid.0"}}),
            Kind::Reaction { to: "wamid.0".to_owned(), emoji: None },
        ),
        (json!({"type": "unsupported", "errors": [{"code": 131_051}]}), unknown("unsupported")),
        (
            json!({"type": "revoke", "revoke": {"original_message_id": "wamid.0"}}),
            Kind::Deleted { of: "wamid.0".to_owned() },
        ),
        (
            json!({"type": "edit", "edit": {
                "original_message_id": "wamid.0", "message": {"text": {"body": "Hello"}},
            }}),
            Kind::Edited { of: "wamid.0".to_owned(), text: Some("Hello".to_owned()) },
        ),
        (
            json!({"type": "system", "system": {"type": "user_changed_number", "wa_id": "1"}}),
            Kind::Renamed { from: "972987654321".to_owned(), to: "1".to_owned() },
        ),
        (
            json!({"type": "system", "system": {"type": "customer_identity_changed"}}),
            Kind::System { name: "customer_identity_changed".to_owned() },
        ),
        (json!({"type": "undefined"}), unknown("undefined")),
        (json!({}), unknown("")),
    ];
    for (message, expected) in cases {
        assert_eq!(kind(&message), expected, "{message}");
    }
}

#[test]
fn a_customer_without_a_number_is_known_by_the_user_id() {
    let body = delivery(&json!({
        "contacts": [{"profile": {"username": "ana"}, "user_id": "BR.15"}],
        "messages": [{"from_user_id": "BR.15", "id": "wamid.1", "type": "text", "text": {"body": "oi"}}],
    }));
    let items = parse(&WhatsApp, &settings(&WhatsApp, &[]), &body);
    let [Ok(event)] = items.as_slice() else { panic!("{items:?}") };
    assert_eq!(event.sender.key, "BR.15");
    assert_eq!(event.sender.name.as_deref(), Some("ana"));
    assert_eq!(event.address.get("user_id"), Some("BR.15"));
    assert_eq!(event.address.get("wa_id"), None);
}

#[test]
fn one_bad_item_leaves_the_others() {
    let body = delivery(&json!({
        "messages": [
            {"id": "wamid.1", "from": "1", "type": "text", "text": {"body": "first"}},
            {"from": "1", "type": "text", "text": {"body": "no id"}},
            17,
            {"id": "wamid.3", "from": "2", "type": "text", "text": {"body": "last"}},
        ],
        "statuses": [
            {"id": "wamid.0", "status": "read", "recipient_id": "1", "biz_opaque_callback_data": "k"},
            {"id": "wamid.0", "status": "failed", "errors": [{"code": 131_047}]},
        ],
    }));
    let items = parse(&WhatsApp, &settings(&WhatsApp, &[]), &body);
    let good: Vec<_> = items.iter().flatten().map(|event| event.dedupe.as_str()).collect();
    let expected =
        ["message:wamid.1", "message:wamid.3", "status:wamid.0:read", "status:wamid.0:failed"];
    assert_eq!(good, expected);
    let states: Vec<_> = (items.iter().flatten())
        .filter_map(|event| match &event.kind {
            Kind::Receipt { state, code, key, .. } => Some((*state, code.clone(), key.clone())),
            _ => None,
        })
        .collect();
    let failed = (State::Failed, Some("131047".to_owned()), None);
    assert_eq!(states, [(State::Read, None, Some("k".to_owned())), failed]);
    assert_eq!(items.iter().filter(|item| item.is_err()).count(), 2);
}

#[test]
fn a_person_on_the_phone_takes_over() {
    let body = delivery(&json!({"message_echoes": [
        {"id": "wamid.9", "from": "15550", "to": "972", "type": "text", "text": {"body": "I'm on it"}},
    ]}));
    let items = parse(&WhatsApp, &settings(&WhatsApp, &[]), &body);
    let [Ok(event)] = items.as_slice() else { panic!("{items:?}") };
    assert_eq!(event.address.key, "972");
    assert!(matches!(event.kind, Kind::Echo { by: By::Human, .. }));
}

#[test]
fn codes_decide_what_came_of_a_message() {
    let error = |code: i64| json!({"error": {"code": code, "message": "m"}}).to_string();
    let name = |status, body: &str| match read(&WhatsApp, status, body) {
        Outcome::Sent { .. } => "sent",
        Outcome::Retry { .. } => "retry",
        Outcome::Final { .. } => "final",
        Outcome::WindowClosed { .. } => "window",
        Outcome::Unauthorized { .. } => "unauthorized",
        other => panic!("{other:?}"),
    };
    assert_eq!(
        read(&WhatsApp, 200, r#"{"messages":[{"id":"wamid.1"}]}"#),
        Outcome::Sent { id: Some("wamid.1".to_owned()) }
    );
    for code in [4, 80007, 130_429, 131_056, 131_016, 131_000, 131_057] {
        assert_eq!(name(400, &error(code)), "retry", "{code}");
    }
    for code in [368, 131_031, 130_497, 131_026, 131_051, 131_008, 131_009, 131_021, 131_048] {
        assert_eq!(name(400, &error(code)), "final", "{code}");
    }
    for code in [0, 190, 3, 10, 200, 299] {
        assert_eq!(name(401, &error(code)), "unauthorized", "{code}");
    }
    assert_eq!(name(400, &error(131_047)), "window");
    assert_eq!(name(503, "<html>"), "retry");
    assert_eq!(name(200, &error(131_026)), "final");
    let transient = json!({"error": {"code": 1, "is_transient": true}}).to_string();
    assert_eq!(name(400, &transient), "retry");
}
