//! What a shop relies on, from outside.

use std::thread;

use harness::{Options, Service};
use serde_json::{Value, json};

use crate::BINARY;

#[test]
fn every_face_of_the_service_is_there() {
    let service = Service::start(BINARY);
    for path in ["/", "/assets/app.js", "/healthz", "/readyz", "/metrics", "/openapi.json"] {
        assert_eq!(service.get(path, None).status, 200, "{path}");
    }
    let described = service.get("/openapi.json", None).ok();
    for path in described["paths"].as_object().unwrap().keys() {
        let asked = path.replace("{id}", "x");
        let got = service.get(&asked, None);
        assert_ne!(got.outcome(), "404 not-found", "{path} is described and not there");
    }
    assert!(service.log().contains("\"message\":\"ready\""), "{}", service.log());
}

#[test]
fn a_persons_answer_reaches_the_customer() {
    let service = Service::start(BINARY);
    let text = "I will sue you, my lawyer is informed";
    let start = service.post("/v1/messages", None, &json!({ "text": text })).ok();
    assert_eq!(start["decision"]["action"], "handoff", "{start}");
    assert_eq!(start["ticket"]["severity"], "red");
    let ticket = start["ticket"]["id"].as_str().unwrap();
    let open = service.get("/v1/tickets?severity=red&state=open", Some(&service.admin)).ok();
    assert_eq!(open["tickets"][0]["id"], ticket);

    let body = json!({ "text": "We call you today.", "agent": "ana" });
    let reply = format!("/v1/tickets/{ticket}/reply");
    let _ = service.post(&reply, Some(&service.admin), &body).ok();
    let conversation = start["conversation_id"].as_str().unwrap();
    let token = start["conversation_token"].as_str().unwrap();
    let path = format!("/v1/conversations/{conversation}/messages?after=2");
    let seen = service.get(&path, Some(token)).ok();
    assert_eq!(seen["messages"][0]["text"], "We call you today.", "{seen}");
}

#[test]
fn turns_of_one_conversation_at_once_are_all_kept_in_order() {
    let service = Service::start(BINARY);
    let (threads, each) = (8, 10);
    thread::scope(|scope| {
        for worker in 0..threads {
            let service = &service;
            scope.spawn(move || {
                for n in 0..each {
                    let _ = service.turn("c", &format!("where is my parcel? {worker}.{n}"));
                }
            });
        }
    });
    let mut messages = Vec::new();
    let mut after = 0;
    loop {
        let path = format!("/v1/conversations/c/messages?after={after}&limit=50");
        let page = service.get(&path, Some(&service.admin)).ok();
        messages.extend(page["messages"].as_array().unwrap().clone());
        after = page["next_after"].as_u64().unwrap();
        if page["more"] == false {
            break;
        }
    }
    let seqs: Vec<u64> = messages.iter().filter_map(|m| m["seq"].as_u64()).collect();
    assert_eq!(seqs, (1..=messages.len() as u64).collect::<Vec<_>>());
    let customers = messages.iter().filter(|message| message["author"] == "customer");
    let texts: Vec<&str> = customers.filter_map(|message| message["text"].as_str()).collect();
    assert_eq!(texts.len(), threads * each);
    // Each sender's own messages stand in the order in which it sent them.
    for worker in 0..threads {
        let own = format!("? {worker}.");
        let own: Vec<&&str> = texts.iter().filter(|text| text.contains(&own)).collect();
        let expect: Vec<String> =
            (0..each).map(|n| format!("where is my parcel? {worker}.{n}")).collect();
        assert_eq!(own.iter().map(|text| **text).collect::<Vec<_>>(), expect);
    }
}

#[test]
fn the_same_message_at_once_from_many_is_taken_once() {
    let service = Service::start(BINARY);
    let body = json!({ "conversation_id": "c", "message_id": "m", "text": "where is my parcel?" });
    let answers: Vec<String> = thread::scope(|scope| {
        let senders: Vec<_> = (0..8)
            .map(|_| scope.spawn(|| service.post("/v1/messages", Some(&service.admin), &body)))
            .collect();
        senders.into_iter().map(|sender| sender.join().unwrap().text).collect()
    });
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
    let messages = service.get("/v1/conversations/c", Some(&service.admin)).ok();
    assert_eq!(messages["messages"], 2);
    let other = json!({ "conversation_id": "c", "message_id": "m", "text": "hello" });
    let got = service.post("/v1/messages", Some(&service.admin), &other);
    assert_eq!(got.outcome(), "409 message-id-reused");
}

#[test]
fn sighup_takes_new_packs_and_keeps_the_old_when_they_are_broken() {
    let folder = tempfile::tempdir().unwrap();
    let shop = folder.path().to_str().unwrap().to_owned();
    let made = harness::run(BINARY, &["init", &shop], b"");
    assert!(made.status.success(), "{made:?}");
    let flags = vec!["--shop".to_owned(), shop];
    let service = Service::with(BINARY, Options { flags, ..Options::default() });
    let answer = || {
        let body = json!({ "text": "do you give workshops?" });
        let got = service.post("/v1/messages", None, &body).ok();
        got["reply"]["text"].as_str().unwrap().to_owned()
    };
    let packs = || {
        let got = service.post("/v1/classify", None, &json!({ "text": "hello" })).ok();
        got["packs"].as_str().unwrap().to_owned()
    };
    assert!(answer().contains("We give no workshops"), "{}", answer());
    let (answers, intents) =
        (folder.path().join("faq/en/events.md"), folder.path().join("intents/en/events.toml"));
    let text = std::fs::read_to_string(&answers).unwrap();

    std::fs::write(&answers, text.replace("{shop.website}", "{shop.no_such_fact}")).unwrap();
    service.signal("HUP");
    let line = service.logged("the old ones stay in force", 1);
    assert!(line.contains("no_such_fact"), "{line}");
    assert!(answer().contains("We give no workshops"));

    std::fs::write(&answers, text.replace("We give no workshops", "Workshops are on Fridays"))
        .unwrap();
    let pack = std::fs::read_to_string(&intents).unwrap();
    std::fs::write(&intents, pack.replace("pottery class", "glazing class")).unwrap();
    let before = packs();
    service.signal("HUP");
    let _ = service.logged("packs and answers are reloaded", 1);
    assert!(answer().contains("Workshops are on Fridays"), "{}", answer());
    assert_ne!(packs(), before);
}

#[test]
fn a_reload_drops_no_request() {
    let service = Service::start(BINARY);
    let (reloads, turns) = (3, 30);
    thread::scope(|scope| {
        let reloading = scope.spawn(|| {
            for _ in 0..reloads {
                let _ = service.post("/v1/packs/reload", Some(&service.admin), &json!({})).ok();
            }
        });
        for n in 0..turns {
            let got = service.turn("c", &format!("where is my parcel? {n}"));
            assert_eq!(got["analysis"]["intent"], "tracking.status");
        }
        reloading.join().unwrap();
    });
}

#[test]
fn the_log_tells_of_requests_and_never_what_was_said() {
    let flags = vec!["--log".to_owned(), "trace".to_owned()];
    let service = Service::with(BINARY, Options { flags, ..Options::default() });
    let secret = "zanzibar parcel";
    let text = format!("{secret} where is my parcel, I will sue you, #98765");
    let got = service.turn("c", &text);
    let reply = format!("/v1/tickets/{}/reply", got["ticket"]["id"].as_str().unwrap());
    let _ = service.post(&reply, Some(&service.admin), &json!({ "text": secret })).ok();
    let wrong = json!({ "text": secret, "x": secret });
    assert_eq!(service.post("/v1/classify", None, &wrong).outcome(), "422 invalid-body");
    let path = format!("/webhooks/rest/webhook?token={}", service.admin);
    let _ = service.post(&path, None, &json!({ "sender": "s", "message": secret })).ok();
    service.signal("TERM");
    assert!(service.end().success());
    let _ = service.logged("\"stopped\"", 1);
    let log = service.log();
    for told in ["\"route\":\"/v1/messages\"", "duration_ms", "\"status\":200", "invalid-body"] {
        assert!(log.contains(told), "no {told} in\n{log}");
    }
    for kept in ["zanzibar", "98765", &service.admin, "sue you"] {
        assert!(!log.contains(kept), "{kept:?} in\n{log}");
    }
}

#[test]
fn rasas_addresses_answer_in_rasas_shapes() {
    let service = Service::start(BINARY);
    let parsed = service.post("/model/parse", None, &json!({ "text": "where is my parcel?" })).ok();
    assert_eq!(parsed["intent"]["name"], "tracking.status", "{parsed}");
    for field in ["text", "entities", "intent_ranking"] {
        assert!(parsed.get(field).is_some(), "{field} is missing in {parsed}");
    }
    let body = json!({ "sender": "user-1", "message": "where is my parcel?" });
    let got = service.post("/webhooks/rest/webhook", Some(&service.admin), &body).ok();
    assert_eq!(got[0]["recipient_id"], "user-1");
    assert!(got[0]["text"].as_str().is_some_and(|text| !text.is_empty()), "{got}");
    assert!(got[0].get("buttons").is_none_or(Value::is_array), "{got}");
}

#[test]
fn what_cannot_be_started_says_why() {
    let occupied = Service::start(BINARY);
    let address = occupied.address.to_string();
    let cases: [(&[&str], &str); 5] = [
        (&["serve", "--listen", &address], "cannot listen on"),
        (&["serve", "--listen", "nowhere"], "expected an address and a port"),
        (&["serve", "--shop", "no-such-folder"], "has neither intents/ nor faq/"),
        (&["serve", "--config", "no-such-file"], "no-such-file"),
        (&["serve", "--no-such-flag"], "unexpected argument"),
    ];
    for (arguments, expect) in cases {
        let output = harness::run(BINARY, arguments, b"");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {said}");
        assert!(said.contains(expect), "{arguments:?}: {said}");
    }
}
