//! What holds for every help desk, and what each is sent.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{HELP_DESKS, help_desk};
use crate::platform::tests::{now, settings, verify};
use crate::shape::{
    Address, Delivery, Dispatch, HandOver, HelpDesk, Item, Kind, Line, Outcome, Outgoing, Priority,
    Response, Sample, Settings, Verified,
};

pub(super) fn hand_over() -> HandOver {
    HandOver {
        conversation: "conv-42".to_owned(),
        there: None,
        ticket: "4711".to_owned(),
        channel: "WhatsApp".to_owned(),
        name: Some("Ana <b>P.</b>".to_owned()),
        email: Some("ana@example.com".to_owned()),
        phone: None,
        language: "pt-BR".to_owned(),
        subject: "Refund dispute <!channel>".to_owned(),
        summary: "Wants her money back & is <angry>.".to_owned(),
        priority: Priority::Urgent,
        team: Some("tier2".to_owned()),
        tags: vec!["bot_handoff".to_owned(), "lang_pt".to_owned()],
        transcript: vec![Line {
            who: "Ana P.".to_owned(),
            at: now(),
            text: "Cadê meu dinheiro? <!channel>".to_owned(),
        }],
        fields: vec![("order_number".to_owned(), "ORD-1001".to_owned())],
        link: Some("https://example.com/console/conv-42".to_owned()),
    }
}

/// The requests of a hand-over, ids filled in as answers would.
fn requests(desk: &dyn HelpDesk, settings: &Settings, hand_over: &HandOver) -> Vec<Value> {
    let mut to = hand_over.there.clone().unwrap_or_default();
    let mut calls = Vec::new();
    let mut pieces = desk.open(settings, hand_over);
    pieces.extend(desk.follow(settings, hand_over, "Hello? <!channel>"));
    for (index, piece) in pieces.iter().enumerate() {
        let key = format!("key-{index}");
        let dispatch = Dispatch { settings, to: &to, piece, key: &key, now: now(), token: None };
        let Outgoing::Http(call) = desk.request(&dispatch).unwrap() else { panic!("no mail") };
        let body: Value = serde_json::from_slice(&call.body).unwrap();
        let headers: Vec<&str> = call.headers.iter().map(|(name, _)| *name).collect();
        calls.push(json!({
            "request": format!("{} {}", call.method.as_str(), call.url.expose()),
            "headers": headers,
            "body": body,
        }));
        to.route.insert(piece.op.clone(), format!("id-{index}"));
        if piece.op == desk.anchor() {
            to.key = format!("id-{index}");
        }
    }
    calls
}

const TEAMS: (&str, &str) = ("teams", "tier1=3, tier2=5");

#[test]
fn hand_overs_are_sent_so() {
    for (name, given) in [
        ("chatwoot", vec![TEAMS, ("inbox_identifier", "box")]),
        ("zendesk", vec![TEAMS, ("fields", "order_number=25356371")]),
        ("freshdesk", vec![TEAMS, ("fields", "order_number=cf_order")]),
        ("slack", vec![("teams", "tier2=C2")]),
    ] {
        let desk = help_desk(name).unwrap();
        let calls = requests(desk, &settings(desk, &given), &hand_over());
        insta::assert_json_snapshot!(format!("hand_over_{name}"), calls);
    }
}

#[test]
fn a_conversation_that_is_in_chatwoot_is_opened_there() {
    let desk = help_desk("chatwoot").unwrap();
    let there = HandOver { there: Some(Address::new("555")), ..hand_over() };
    let calls = requests(desk, &settings(desk, &[TEAMS]), &there);
    let last: Vec<&str> =
        calls.iter().filter_map(|call| call["request"].as_str()?.rsplit('/').next()).collect();
    assert_eq!(last, ["messages", "labels", "toggle_priority", "assignments", "toggle_status"]);
    assert_eq!(calls.last().unwrap()["body"], json!({"status": "open"}));
}

#[test]
fn nothing_that_a_customer_wrote_is_markup() {
    let calls = |name| {
        let desk = help_desk(name).unwrap();
        let given =
            settings(desk, if name == "chatwoot" { &[("inbox_identifier", "b")] } else { &[] });
        serde_json::to_string(&requests(desk, &given, &hand_over())).unwrap()
    };
    assert!(!calls("freshdesk").contains("<angry>"));
    // In Slack it may stand where text is plain.
    let desk = help_desk("slack").unwrap();
    for call in requests(desk, &settings(desk, &[]), &hand_over()) {
        assert!(!call["body"]["text"].as_str().unwrap().contains("<!channel>"), "{call}");
    }
    assert!(!calls("slack").contains("mrkdwn"));
}

#[test]
fn what_a_person_answers_comes_back() {
    for desk in HELP_DESKS {
        let name = desk.spec().name;
        let settings = settings(*desk, &[]);
        let sample = Sample { text: "It is on its way & safe", sender: "77", id: "5", now: now() };
        let mut request = desk.sample(&settings, &sample).unwrap();
        let Ok(Verified::Delivery { delivery, .. }) = verify(*desk, &settings, &request) else {
            panic!("{name} does not believe its own sample")
        };
        let items = desk.parse(&settings, &delivery, now());
        let [Ok(event)] = items.as_slice() else { panic!("{name}: {items:?}") };
        let Kind::AgentReply { text, .. } = &event.kind else { panic!("{name}: {event:?}") };
        assert_eq!(text, "It is on its way & safe", "{name}");
        assert_eq!(event.address.key, "77", "{name}");
        for index in 0..request.headers.len() {
            let (header, value) = request.headers[index].clone();
            if header.contains("signature") || header.contains("secret") {
                request.headers[index].1 = format!("{value}00");
                assert!(verify(*desk, &settings, &request).is_err(), "{name}: {header}");
                request.headers[index].1 = value;
            }
        }
    }
}

fn parse(desk: &str, body: &str) -> Vec<Item> {
    let desk = help_desk(desk).unwrap();
    let delivery = Delivery { id: Some("d".to_owned()), body: body.as_bytes().to_vec() };
    desk.parse(&settings(desk, &[]), &delivery, now())
}

#[test]
fn presses_closings_and_our_own_words_are_what_they_are() {
    let claim = r#"payload=%7B%22type%22%3A%22block_actions%22%2C%22user%22%3A%7B%22id%22%3A%22U1%22%7D%2C%22channel%22%3A%7B%22id%22%3A%22C1%22%7D%2C%22message%22%3A%7B%22ts%22%3A%221.1%22%7D%2C%22actions%22%3A%5B%7B%22action_id%22%3A%22claim%22%2C%22value%22%3A%22conv-42%22%2C%22action_ts%22%3A%229.9%22%7D%5D%7D"#;
    let cases = [
        ("slack", claim, "[Claimed { agent: \"U1\", payload: \"conv-42\" }]"),
        (
            "slack",
            r#"{"type":"event_callback","event":{"type":"message","bot_id":"B1","thread_ts":"1.1","text":"x"}}"#,
            "[Echo { by: Us, text: None }]",
        ),
        (
            "slack",
            r#"{"type":"event_callback","event":{"type":"message","user":"U1","ts":"2","text":"lunch?"}}"#,
            "[System { name: \"message outside a thread\" }]",
        ),
        (
            "zendesk",
            "{\"type\":\"newMessage\",\"ticketId\":\"7\",\"comment\":\"<p>One</p>\n<p>Two &amp; three</p>\",\"commentId\":\"9\",\"currentUser\":{\"id\":\"3\",\"role\":\"agent\"},\"status\":\"Solved\"}",
            "[AgentReply { agent: \"3\", text: \"One\\n\\nTwo & three\" }, Closed]",
        ),
        (
            "zendesk",
            r#"{"type":"newMessage","ticketId":7,"comment":"x","currentUser":{"id":"-1","role":"agent"}}"#,
            "[System { name: \"newMessage\" }]",
        ),
        (
            "chatwoot",
            r#"{"event":"message_created","id":1,"content":"psst","private":true,"message_type":"outgoing","sender":{"id":1,"type":"user"},"conversation":{"id":5}}"#,
            "[System { name: \"message\" }]",
        ),
        (
            "chatwoot",
            r#"{"event":"conversation_status_changed","id":5,"status":"resolved"}"#,
            "[Closed]",
        ),
        ("freshdesk", r#"{"type":"status","ticket_id":"5","status":"Resolved"}"#, "[Closed]"),
    ];
    for (desk, body, expected) in cases {
        let items = parse(desk, body);
        let kinds: Vec<&Kind> = items.iter().flatten().map(|event| &event.kind).collect();
        assert_eq!(format!("{kinds:?}"), expected, "{desk}: {items:?}");
    }
}

#[test]
fn answers_of_help_desks_are_read() {
    let read = |name: &str, status, body: &str| {
        let desk = help_desk(name).unwrap();
        desk.read(&Response {
            status,
            headers: &[("Retry-After", b"7")],
            body: body.as_bytes(),
            now: now(),
        })
    };
    let sent = |id: &str| Outcome::Sent { id: Some(id.to_owned()) };
    assert_eq!(read("zendesk", 201, r#"{"ticket":{"id":35436}}"#), sent("35436"));
    assert_eq!(read("freshdesk", 201, r#"{"id":5}"#), sent("5"));
    assert_eq!(read("slack", 200, r#"{"ok":true,"ts":"1.2"}"#), sent("1.2"));
    assert_eq!(read("chatwoot", 200, r#"{"id":1,"source_id":"abc"}"#), sent("abc"));
    for (name, status, body, expected) in [
        ("zendesk", 409, "", "retry"),
        ("zendesk", 422, r#"{"error":"RecordInvalid"}"#, "final"),
        ("zendesk", 429, "Number of allowed API requests per minute exceeded", "retry"),
        ("freshdesk", 400, r#"{"description":"Validation failed"}"#, "final"),
        ("freshdesk", 401, "", "unauthorized"),
        ("slack", 200, r#"{"ok":false,"error":"channel_not_found"}"#, "final"),
        ("slack", 200, r#"{"ok":false,"error":"ratelimited"}"#, "retry"),
        ("slack", 200, r#"{"ok":false,"error":"invalid_auth"}"#, "unauthorized"),
        ("slack", 200, r#"{"ok":tr"#, "unknown"),
        ("chatwoot", 500, "", "retry"),
    ] {
        let outcome = read(name, status, body);
        let kind = match outcome {
            Outcome::Retry { .. } => "retry",
            Outcome::Unknown { .. } => "unknown",
            Outcome::Final { .. } => "final",
            Outcome::Unauthorized { .. } => "unauthorized",
            _ => "other",
        };
        assert_eq!(kind, expected, "{name} {status} {body}: {outcome:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn garbage_is_refused_and_read_without_a_panic(
        body in proptest::collection::vec(any::<u8>(), 0..200),
        value in "\\PC{0,40}",
    ) {
        for desk in HELP_DESKS {
            let settings = settings(*desk, &[]);
            let sample = Sample { text: "x", sender: "1", id: "2", now: now() };
            let mut request = desk.sample(&settings, &sample).unwrap();
            for (_, old) in &mut request.headers {
                old.clone_from(&value);
            }
            request.body.clone_from(&body);
            prop_assert!(verify(*desk, &settings, &request).is_err());
            let delivery = Delivery { id: None, body: body.clone() };
            desk.parse(&settings, &delivery, now());
            let response = Response { status: 200, headers: &[], body: &body, now: now() };
            desk.read(&response);
        }
    }
}
