//! From a platform's webhook to what the platform is sent, under a clock that stands.

use channels::Sample;
use serde_json::{Value, json};
use store::{OutboxQuery, Receipt, Store};

use super::platforms::{World, platforms, whatsapp, words};
use super::support::ADMIN;
use crate::channel::{send_due, work_due};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_question_on_each_platform_is_answered_there() {
    let world = World::start().await;
    for channel in platforms() {
        let name = channel.spec().name;
        let got = world.post(name, &world.sample(name, "where is my parcel?", "m1")).await;
        assert_eq!(got.status, 200, "{name}: {got:?}");
        if got.text.contains("order number") {
            // Taken in the answer, and not sent once more.
            world.service.later(60);
            assert_eq!(world.run(name).await.len(), 0, "{name}");
            continue;
        }
        let sent = world.run(name).await;
        assert!(!sent.is_empty(), "{name}: nothing was sent");
        // What is asked for before it is known where the parcel is.
        assert!(words(&sent).contains("order number"), "{name}: {sent:?}");
        // The same again, as every platform does where it saw no answer.
        let again = world.says(name, "where is my parcel?", "m1").await;
        assert_eq!(again.len(), 0, "{name} was answered twice: {again:?}");
        let state = world.conversation(name).await;
        assert_eq!(state["messages"], 2, "{name}: {state}");
        let figures = world.service.app.store.channel_figures().await.unwrap();
        let figures = figures.iter().find(|figures| figures.name == name).unwrap();
        assert_eq!((figures.events, figures.repeated, figures.sent), (1, 1, 1), "{figures:?}");
        assert_eq!((figures.inbound, figures.outbound, figures.dead), (0, 0, 0), "{figures:?}");
        assert!(figures.verified_since.is_some());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_no_platform_signed_is_refused_and_not_kept() {
    let world = World::start().await;
    for channel in channels::CHANNELS {
        let name = channel.spec().name;
        let mut forged = world.sample(name, "where is my parcel?", "m1");
        // One byte more than was signed; and another secret where nothing is signed.
        forged.body.push(b' ');
        forged.query = forged.query.replace("signature=", "signature=0");
        for (name, value) in &mut forged.headers {
            if name.contains("secret") || name.contains("key") {
                value.push('x');
            }
        }
        let got = world.post(name, &forged).await;
        assert_eq!(got.outcome(), "401 signature-refused", "{name}: {got:?}");
    }
    assert_eq!(work_due(&world.service.app).await.unwrap(), 0);
    let nowhere = world.sample("line", "hello", "m1");
    assert_eq!(world.post("elsewhere", &nowhere).await.outcome(), "404 inbox-not-found");
    let mut large = world.sample("line", "hello", "m1");
    large.body = vec![b' '; (1 << 20) + 1];
    assert_eq!(world.post("line", &large).await.outcome(), "413 body-too-large");
    let metrics = world.service.get("/metrics", None).await.text;
    assert!(metrics.contains("webhook_events_total{name=\"line\",what=\"signature-"), "{metrics}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_platform_puts_off_is_sent_later_and_in_order() {
    let world = World::start().await;
    let error =
        json!({"error": {"message": "too fast", "code": 130_429, "type": "OAuthException"}});
    world.stub.answers(&[(429, "retry-after: 30", error)]);
    let sent = world.says("whatsapp", "hello", "m1").await;
    assert_eq!(sent.len(), 1);
    // The second waits behind the first, and both until the platform said.
    assert_eq!(world.says("whatsapp", "where is my parcel?", "m2").await.len(), 0);
    world.service.later(29);
    assert_eq!(world.run("whatsapp").await.len(), 0);
    world.service.later(2);
    let sent = world.run("whatsapp").await;
    assert_eq!(sent.len(), 2);
    assert!(words(&sent[1..]).contains("order number"), "{sent:?}");
    let keys: Vec<&Value> = sent.iter().map(|s| &s.body["biz_opaque_callback_data"]).collect();
    assert_ne!(keys[0], keys[1]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_keeps_failing_is_left_alone_and_slows_nobody() {
    let world = World::start().await;
    for n in 0..5 {
        world.stub.answers(&[(500, "", json!({}))]);
        assert_eq!(world.says("telegram", "hello", &format!("{n}")).await.len(), 1, "{n}");
        world.service.later(700);
    }
    // One at a time, while everybody else goes on.
    world.stub.answers(&[(500, "", json!({}))]);
    assert_eq!(world.run("telegram").await.len(), 1);
    assert_eq!(world.run("telegram").await.len(), 0);
    assert_eq!(world.says("line", "hello", "l1").await.len(), 1);
    assert!(
        world
            .service
            .get("/metrics", None)
            .await
            .text
            .contains("breakers_opened_total{name=\"telegram\"} 1")
    );
    world.service.later(700);
    assert_eq!(world.run("telegram").await.len(), 5, "what waited leaves when it is well again");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_final_is_known_as_final_and_told() {
    let world = World::start().await;
    assert_eq!(world.says("telegram", "i will sue you", "1").await.len(), 1);
    let ticket = world.conversation("telegram").await["ticket"]["id"].as_str().unwrap().to_owned();
    let blocked =
        json!({"ok": false, "error_code": 403, "description": "bot was blocked by the user"});
    world.stub.answers(&[(403, "", blocked)]);
    let reply = json!({ "agent": "ana", "text": "Let me look into it." });
    let path = format!("/v1/tickets/{ticket}/reply");
    assert_eq!(world.service.post(&path, Some(ADMIN), &reply).await.outcome(), "200");
    let sent = world.run("telegram").await;
    assert_eq!(sent.len(), 1);
    assert!(sent[0].path.ends_with("/sendMessage"), "{sent:?}");
    assert!(words(&sent).contains("Let me look into it."), "{sent:?}");
    world.service.later(3600);
    assert_eq!(world.run("telegram").await.len(), 0, "never again");
    let letters = world.service.app.store.outbox(&OutboxQuery::default()).await.unwrap();
    assert_eq!(letters.len(), 1);
    assert!(letters[0].error.as_deref().unwrap().contains("blocked"), "{letters:?}");
    let events = world.service.get("/v1/events", Some(ADMIN)).await.text;
    assert!(events.contains("message.undelivered"), "{events}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_the_window_a_template_goes_or_the_agent_is_told() {
    let world = World::start().await;
    assert_eq!(world.says("whatsapp", "i will sue you", "m1").await.len(), 1);
    let ticket = world.conversation("whatsapp").await["ticket"]["id"].as_str().unwrap().to_owned();
    world.service.later(25 * 3600);
    let reply = json!({ "agent": "ana", "text": "It is settled." });
    let path = format!("/v1/tickets/{ticket}/reply");
    assert_eq!(world.service.post(&path, Some(ADMIN), &reply).await.outcome(), "200");
    assert_eq!(world.run("whatsapp").await.len(), 0);
    let letters = world.service.app.store.outbox(&OutboxQuery::default()).await.unwrap();
    assert!(letters[0].error.as_deref().unwrap().starts_with("window-closed"), "{letters:?}");
    let events = world.service.get("/v1/events", Some(ADMIN)).await.text;
    assert!(events.contains("message.undelivered"), "{events}");
    // The customer writes again: the window is open.
    let sent = world.says("whatsapp", "hello?", "m2").await;
    assert_eq!(sent.len(), 0, "a person has it");
    assert_eq!(world.service.post(&path, Some(ADMIN), &reply).await.outcome(), "200");
    assert_eq!(world.run("whatsapp").await.len(), 1);
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
async fn a_help_desk_of_others_is_handed_the_case_and_answers_it() {
    let world = World::start().await;
    let app = &world.service.app;
    assert_eq!(world.says("telegram", "i will sue you", "1").await.len(), 1);
    send_due(app, "slack-desk").await.unwrap();
    let opened = world.stub.take();
    assert!(!opened.is_empty(), "slack was not told");
    assert!(words(&opened).contains("risk.legal_threat"), "{opened:?}");
    assert!(words(&opened).contains("i will sue you"), "the transcript: {opened:?}");
    // What people see of it is named by the answer to the first request.
    let id = app.store.addressed("telegram", &world.key("telegram")).await.unwrap().unwrap();
    let detail = app.store.thread("slack-desk", &id).await.unwrap().expect("a thread");
    let thread: Value = serde_json::from_str(&detail).unwrap();
    let thread = thread["key"].as_str().unwrap().to_owned();
    assert!(opened[1..].iter().all(|sent| sent.body["thread_ts"] == thread), "{opened:?}");
    // What the customer writes on goes into the thread.
    world.says("telegram", "are you still there?", "2").await;
    world.service.later(5);
    send_due(app, "slack-desk").await.unwrap();
    let followed = world.stub.take();
    assert!(words(&followed).contains("are you still there?"), "{followed:?}");
    assert_eq!(followed[0].body["thread_ts"], thread);
    // A person answers there; the customer gets it here, once.
    let now = app.clock.now();
    let source = channels::help_desk("slack").unwrap();
    let sample = Sample { text: "Let me see.", sender: &thread, id: "Ev1", now };
    let (_, settings) = app.channels.desk("slack-desk").unwrap();
    let reply = source.sample(settings, &sample).unwrap();
    for _ in 0..2 {
        assert_eq!(world.post("slack-desk", &reply).await.status, 200);
        work_due(app).await.unwrap();
    }
    let sent = world.run("telegram").await;
    assert_eq!(sent.len(), 1, "{sent:?}");
    assert!(words(&sent).contains("Let me see."), "{sent:?}");
    let state = world.conversation("telegram").await;
    assert_eq!(state["owner"], "agent", "{state}");
    // And it is not told back to where it came from.
    world.service.later(5);
    send_due(app, "slack-desk").await.unwrap();
    assert_eq!(world.stub.take().len(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn programs_are_told_what_they_want_to_hear() {
    let world = World::start().await;
    let app = &world.service.app;
    assert_eq!(world.says("telegram", "hello", "1").await.len(), 1);
    send_due(app, "erp").await.unwrap();
    assert_eq!(world.stub.take().len(), 0, "messages are not wanted");
    assert_eq!(world.says("line", "i will sue you", "m1").await.len(), 1);
    world.stub.answers(&[(503, "", json!({}))]);
    send_due(app, "erp").await.unwrap();
    let told = world.stub.take();
    let kinds: Vec<&str> = told.iter().filter_map(|sent| sent.body["type"].as_str()).collect();
    let mut sorted = kinds.clone();
    sorted.sort_unstable();
    assert_eq!(sorted, ["conversation.handoff", "ticket.opened"], "{told:?}");
    assert_eq!(told[0].path, "/erp");
    let of = |kind: &str| told.iter().find(|sent| sent.body["type"] == kind).unwrap();
    let data = &of("ticket.opened").body["data"];
    assert_eq!((&data["inbox"], &data["event"]["kind"]), (&json!("line"), &json!("ticket.opened")));
    assert!(data["ticket"]["id"].is_string(), "{data}");
    let handed = &of("conversation.handoff").body["data"];
    assert_eq!(handed["transcript"][0]["text"], "i will sue you", "{handed}");
    assert_eq!(handed["priority"], "urgent", "{handed}");
    // The one that was not taken comes again, under the same name, in five seconds.
    world.service.later(4);
    assert_eq!(send_due(app, "erp").await.unwrap(), 0);
    world.service.later(2);
    assert_eq!(send_due(app, "erp").await.unwrap(), 1);
    let again = world.stub.take();
    assert!(told.iter().any(|sent| sent.body == again[0].body), "{again:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_could_not_be_sent_is_listed_and_sent_after_all() {
    let world = World::start().await;
    let gone =
        json!({"ok": false, "error_code": 403, "description": "bot was blocked by the user"});
    world.stub.answers(&[(403, "", gone)]);
    assert_eq!(world.says("telegram", "hello", "1").await.len(), 1);
    let service = &world.service;
    assert_eq!(service.get("/v1/outbox", None).await.outcome(), "401 token-required");
    let listed = service.get("/v1/outbox", Some(ADMIN)).await.json();
    let n = listed[0]["n"].as_u64().unwrap();
    assert_eq!(listed[0]["destination"], "telegram", "{listed}");
    let channels = service.get("/v1/channels", Some(ADMIN)).await.json();
    let row = channels.as_array().unwrap().iter().find(|row| row["name"] == "telegram").unwrap();
    assert_eq!((&row["dead"], &row["platform"]), (&json!(1), &json!("telegram")), "{row}");
    let again = format!("/v1/outbox/{n}/replay");
    let nothing = json!({});
    let missing = service.post("/v1/outbox/4711/replay", Some(ADMIN), &nothing).await;
    assert_eq!(missing.outcome(), "404 outbound-not-found");
    assert_eq!(service.post(&again, Some(ADMIN), &nothing).await.json()["state"], "waiting");
    assert_eq!(world.run("telegram").await.len(), 1);
    assert_eq!(service.get("/v1/outbox", Some(ADMIN)).await.json(), json!([]));
    assert_eq!(
        service.post(&again, Some(ADMIN), &nothing).await.outcome(),
        "404 outbound-not-found"
    );
}
