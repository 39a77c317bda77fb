//! What WhatsApp brings beside texts.

use channels::SampleRequest;
use serde_json::{Value, json};
use store::{OutboxQuery, Receipt, Store};

use super::super::platforms::{KEY, World, hmac};

/// A WhatsApp delivery with this in it, rightly signed.
pub(super) fn whatsapp(world: &World, value: &Value) -> SampleRequest {
    let plain = world.sample("whatsapp", "hello", "m1");
    let mut body: Value = serde_json::from_slice(&plain.body).unwrap();
    let place = &mut body["entry"][0]["changes"][0];
    for (key, value) in value.as_object().unwrap() {
        if key == "field" {
            place["field"] = value.clone();
        } else {
            place["value"][key] = value.clone();
        }
    }
    let body = body.to_string().into_bytes();
    let key = KEY.as_bytes();
    SampleRequest {
        headers: vec![("x-hub-signature-256".to_owned(), format!("sha256={}", hmac(key, &body)))],
        body,
        ..plain
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_no_question_is_answered_by_nothing() {
    let world = World::start().await;
    assert_eq!(world.says("whatsapp", "hello", "m1").await.len(), 1);
    let message = |kind: &str, id: &str, more: Value| {
        let mut message = json!({"from": "4915550001", "id": id, "timestamp": "1", "type": kind});
        message[kind] = more;
        json!({ "messages": [message] })
    };
    let status = |state: &str| {
        let sent = "wamid-of-nobody";
        json!({ "messages": null, "statuses": [{"id": sent, "status": state, "timestamp": "1", "recipient_id": "4915550001"}] })
    };
    for value in [
        message("sticker", "s1", json!({"id": "9", "mime_type": "image/webp"})),
        message("reaction", "r1", json!({"message_id": "wamid.m1", "emoji": "👍"})),
        message("reaction", "r2", json!({"message_id": "wamid.m1"})),
        message("unsupported", "u1", json!({"type": "poll"})),
        message("location", "l1", json!({"latitude": 1.5, "longitude": 2.5})),
        message("system", "y1", json!({"type": "customer_identity_changed"})),
        message("something_new", "n1", json!({"a": 1})),
        status("delivered"),
        json!({ "field": "account_update", "messages": null }),
        json!({ "messages": [{"id": "broken"}, 7] }),
    ] {
        let got = world.post("whatsapp", &whatsapp(&world, &value)).await;
        assert_eq!(got.status, 200, "{value}: {got:?}");
        for _ in 0..5 {
            let sent = world.run("whatsapp").await;
            assert_eq!(sent.len(), 0, "{value}: {sent:?}");
            world.service.later(30);
        }
    }
    // One bad item fails nothing else.
    let text = json!({"from": "4915550001", "id": "wamid.m2", "timestamp": "1", "type": "text", "text": {"body": "where is my parcel"}});
    let mixed = json!({ "messages": [{"id": "broken2"}, text, 7] });
    assert_eq!(world.post("whatsapp", &whatsapp(&world, &mixed)).await.status, 200);
    assert_eq!(world.run("whatsapp").await.len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_person_in_the_platforms_own_app_takes_over() {
    let world = World::start().await;
    assert_eq!(world.says("whatsapp", "hello", "m1").await.len(), 1);
    let echo = json!({
        "field": "smb_message_echoes",
        "messages": null,
        "message_echoes": [{"from": "15550000000", "to": "4915550001", "id": "wamid.e1",
            "timestamp": "1", "type": "text", "text": {"body": "Hi, this is Ana"}}],
    });
    for _ in 0..2 {
        assert_eq!(world.post("whatsapp", &whatsapp(&world, &echo)).await.status, 200);
        assert_eq!(world.run("whatsapp").await.len(), 0, "the customer has seen it");
    }
    let state = world.conversation("whatsapp").await;
    assert_eq!(state["owner"], "agent", "{state}");
    let said = state["said"].as_array().unwrap();
    assert_eq!(said.last().unwrap()["text"], "Hi, this is Ana");
    assert_eq!(said.len(), 3, "{state}");
    assert_eq!(
        world.says("whatsapp", "where is my parcel?", "m2").await.len(),
        0,
        "the bot is silent"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn receipts_and_what_is_taken_back_reach_the_store() {
    let world = World::start().await;
    let sent = world.says("whatsapp", "hello", "m1").await;
    let key = sent[0].body["biz_opaque_callback_data"].as_str().unwrap().to_owned();
    let app = &world.service.app;
    let id = app.store.addressed("whatsapp", &world.key("whatsapp")).await.unwrap().unwrap();
    let query = OutboxQuery { conversation: Some(id.clone()), ..OutboxQuery::default() };
    let receipt = async || app.store.outbox(&query).await.unwrap()[0].receipt;
    assert_eq!(receipt().await, Some(Receipt::Sent));
    let part = app.store.outbox(&query).await.unwrap()[0].id.clone();
    assert!(key.starts_with(&part), "{key} {part}");
    let name = {
        let mut found = None;
        for n in 1..3 {
            let hash = blake3::hash(sent[0].body.to_string().as_bytes()).to_hex()[..8].to_owned();
            let name = format!("out-{n}-{hash}");
            if app.store.sent_part("whatsapp", &name).await.unwrap().is_some() {
                found = Some(name);
            }
        }
        found.expect("its name was kept")
    };
    for (state, expected) in
        [("read", Receipt::Read), ("delivered", Receipt::Read), ("sent", Receipt::Read)]
    {
        let status = json!({ "messages": null, "statuses": [{"id": name, "status": state,
            "timestamp": "1", "recipient_id": "4915550001"}] });
        assert_eq!(world.post("whatsapp", &whatsapp(&world, &status)).await.status, 200);
        world.run("whatsapp").await;
        assert_eq!(receipt().await, Some(expected), "{state}");
    }
    let revoke = json!({ "messages": [{"from": "4915550001", "id": "wamid.r", "timestamp": "2",
        "type": "revoke", "revoke": {"original_message_id": "wamid.m1"}}] });
    assert_eq!(world.post("whatsapp", &whatsapp(&world, &revoke)).await.status, 200);
    assert_eq!(world.run("whatsapp").await.len(), 0);
    let said = world.conversation("whatsapp").await["said"].clone();
    assert_eq!(said[0]["text"], "", "{said}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_hides_their_number_goes_on_where_they_were() {
    let world = World::start().await;
    // Known by their number, before they had a user name.
    assert_eq!(world.says("whatsapp", "hello", "m1").await.len(), 1);
    let message = |id: &str, from: Value, contact: Value| {
        let text = json!({"body": "where is my parcel?"});
        let mut message = json!({"id": id, "timestamp": "1", "type": "text", "text": text});
        message["from_user_id"] = "DE.1491".into();
        if !from.is_null() {
            message["from"] = from;
        }
        whatsapp(&world, &json!({ "contacts": [contact], "messages": [message] }))
    };
    let both = json!({"wa_id": "4915550001", "user_id": "DE.1491"});
    let alone = json!({"user_id": "DE.1491", "profile": {"username": "ana"}});
    let known = world.app().store.addressed("whatsapp", "4915550001").await.unwrap();
    for (id, from, contact, address) in [
        ("m2", json!("4915550001"), both, ("to", "4915550001")),
        ("m3", Value::Null, alone, ("recipient", "DE.1491")),
    ] {
        let got = world.post("whatsapp", &message(id, from, contact)).await;
        assert_eq!(got.status, 200, "{id}: {got:?}");
        let sent = world.run("whatsapp").await;
        assert_eq!(sent.len(), 1, "{id}: {sent:?}");
        assert_eq!(sent[0].body[address.0], address.1, "{id}: {sent:?}");
        let now = world.app().store.addressed("whatsapp", "DE.1491").await.unwrap();
        assert_eq!(now, known, "{id}");
    }
    let path = format!("/v1/conversations/{}", known.unwrap());
    let state = world.service.get(&path, Some(super::ADMIN)).await.json();
    assert_eq!(state["messages"], 6, "{state}");
    // Somebody else's number leads nowhere but to themselves.
    let other = json!({"wa_id": "4915550002", "user_id": "DE.1492"});
    let now = world.app().clock.now().as_second().to_string();
    let text = json!({"id": "o1", "from": "4915550002", "from_user_id": "DE.1492",
        "timestamp": now, "type": "text", "text": {"body": "hello"}});
    let other = whatsapp(&world, &json!({ "contacts": [other], "messages": [text] }));
    assert_eq!(world.post("whatsapp", &other).await.status, 200);
    assert_eq!(world.run("whatsapp").await.len(), 1);
    assert_eq!(world.service.get(&path, Some(super::ADMIN)).await.json()["messages"], 6);
}
