//! From a platform's webhook to what the platform is sent, under a clock that stands.

mod desks;
mod mail;
mod torn;
mod webhooks;
mod whatsapp;

use serde_json::{Value, json};
use store::{OutboxQuery, OutboxState, Store};

use super::platforms::{World, platforms, words};
use super::support::ADMIN;
use crate::channel::work_due;

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

/// Tokens are asked for where something is sent, never where events are worked on.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_asked_of_anybody_while_events_are_worked_on() {
    let world = World::start().await;
    for (asked, name) in ["wechat", "zalo"].into_iter().enumerate() {
        assert_eq!(world.post(name, &world.sample(name, "hello", "m1")).await.status, 200);
        assert_eq!(work_due(world.app()).await.unwrap(), 1, "{name}");
        assert_eq!(world.stub.tokens(), asked, "{name}");
        assert_eq!(world.run(name).await.len(), 1, "{name}");
        assert_eq!(world.stub.tokens(), asked + 1, "{name}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_gives_no_token_kills_no_message() {
    let world = World::start().await;
    for name in ["wechat", "zalo"] {
        // They fail, then refuse what we ask with; neither is the message's fault.
        world.stub.refuses_tokens(&[500, 403]);
        assert_eq!(world.says(name, "hello", "m1").await.len(), 0, "{name}");
        for tries in 1..=2 {
            let query = OutboxQuery {
                state: Some(OutboxState::Waiting),
                destination: Some(name.to_owned()),
                ..OutboxQuery::default()
            };
            let waits = world.app().store.outbox(&query).await.unwrap();
            assert_eq!(waits.len(), 1, "{name}, {tries}");
            assert_eq!(waits[0].attempts, tries, "{name}: {waits:?}");
            world.service.later(61);
            assert_eq!(world.run(name).await.len(), usize::from(tries == 2), "{name}, {tries}");
        }
    }
    // Each failed try counts, so that a dead platform is left alone.
    world.service.later(7200);
    world.stub.refuses_tokens(&[500; 9]);
    for n in 0..5 {
        assert_eq!(world.says("wechat", "hello", &format!("n{n}")).await.len(), 0, "{n}");
        world.service.later(700);
    }
    assert!(
        world
            .service
            .get("/metrics", None)
            .await
            .text
            .contains("breakers_opened_total{name=\"wechat\"} 1")
    );
}

/// On one thread all are on their way before the first hears anything.
#[tokio::test]
async fn one_asks_for_a_token_in_vain_and_the_others_learn_of_it() {
    let world = World::start().await;
    let inbox = world.app().channels.inbox("wechat").unwrap();
    let now = world.app().clock.now();
    for sender in ["o1", "o2", "o3"] {
        let sample = channels::Sample { text: "hello", sender, id: sender, now };
        let sample = inbox.channel.sample(&inbox.settings, &sample).unwrap();
        assert_eq!(world.post("wechat", &sample).await.status, 200);
    }
    world.stub.refuses_tokens(&[500]);
    assert_eq!(world.run("wechat").await.len(), 0);
    assert_eq!(world.stub.tokens(), 1);
    world.service.later(61);
    assert_eq!(world.run("wechat").await.len(), 3);
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
