//! Answers of which only the head arrived.

use serde_json::{Value, json};
use store::{OutboxQuery, Receipt, Store};

use super::super::platforms::{World, platforms, words};
use super::super::stub::Sent;
use super::super::support::ADMIN;
use super::whatsapp::whatsapp;

/// Larger than any answer that is read: the head is there, the rest is not.
pub(super) fn endless() -> Value {
    "x".repeat(1 << 20).into()
}

/// One message, of whose answer the head alone arrives; what is sent then, and later.
async fn torn(world: &World, inbox: &str) -> Option<(Vec<Sent>, Vec<Sent>)> {
    let got = world.post(inbox, &world.sample(inbox, "where is my parcel?", "m1")).await;
    assert_eq!(got.status, 200, "{inbox}: {got:?}");
    if got.text.contains("order number") {
        // It went in our own answer.
        return None;
    }
    world.stub.answers(&[(200, "", endless())]);
    let sent = world.run(inbox).await;
    assert!(words(&sent).contains("order number"), "{inbox}: {sent:?}");
    world.service.later(60);
    Some((sent, world.run(inbox).await))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_known_to_be_taken_is_not_sent_again() {
    let world = World::start().await;
    for channel in platforms() {
        let spec = channel.spec();
        let Some((_, again)) = torn(&world, spec.name).await else { continue };
        // Elsewhere an error may have stood in what is missing: rather twice than never.
        let expected = usize::from(!spec.status_tells);
        assert_eq!(again.len(), expected, "{}: {again:?}", spec.name);
        world.service.later(3600);
        assert_eq!(world.run(spec.name).await.len(), 0, "{}", spec.name);
    }
    // What was refused was not taken. Whether for ever stood in what is missing: it is tried
    // again, but for what a status says by itself.
    let refused = world.says("line", "hello", "m2").await;
    assert_eq!(refused.len(), 1);
    for status in [400, 429, 500] {
        world.stub.answers(&[(status, "retry-after: 7", endless())]);
    }
    assert_eq!(world.says("line", "do you accept paypal?", "m3").await.len(), 1);
    for _ in 0..2 {
        world.service.later(6);
        assert_eq!(world.run("line").await.len(), 0, "no sooner than was asked for");
        world.service.later(60);
        assert_eq!(world.run("line").await.len(), 1);
    }
    world.service.later(60);
    assert_eq!(world.run("line").await.len(), 1);
    // LINE took one with the same key before.
    world.stub.answers(&[(409, "", endless())]);
    assert_eq!(world.says("line", "hello", "m4").await.len(), 1);
    world.service.later(60);
    assert_eq!(world.run("line").await.len(), 0);
    // Our key is refused: everything waits for somebody to act.
    world.stub.answers(&[(401, "", endless())]);
    assert_eq!(world.says("line", "hello", "m5").await.len(), 1);
    world.service.later(50);
    assert_eq!(world.run("line").await.len(), 0);
    world.service.later(15);
    assert_eq!(world.run("line").await.len(), 1);
    assert_eq!(world.app().store.outbox(&OutboxQuery::default()).await.unwrap(), []);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_may_arrive_twice_is_counted_and_what_was_put_off_is_not() {
    let world = World::start().await;
    let counted = async || {
        let metrics = world.service.get("/metrics", None).await.text;
        let named = "switchboard_outbox_unsure_total{name=\"viber\",why=\"unanswered\"} ";
        let line = metrics.lines().find_map(|line| line.strip_prefix(named)).map(str::to_owned);
        line.map_or(0, |count| count.parse().unwrap())
    };
    // Put off by the platform; whole and of no meaning; cut off.
    for (n, (answer, unsure)) in
        [(json!({"status": 12}), 0), (json!({}), 1), (endless(), 2)].into_iter().enumerate()
    {
        world.stub.answers(&[(200, "", answer)]);
        assert_eq!(world.says("viber", "hello", &format!("{}", 71 + n)).await.len(), 1, "{n}");
        world.service.later(60);
        assert_eq!(world.run("viber").await.len(), 1, "{n}");
        assert_eq!(counted().await, unsure, "{n}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_receipt_names_what_was_taken_without_a_name() {
    let world = World::start().await;
    let undelivered = async || {
        let events = world.service.get("/v1/events", Some(ADMIN)).await.text;
        events.matches("message.undelivered").count()
    };
    for (n, state, receipt, told) in
        [(1, "read", Receipt::Read, 0), (2, "failed", Receipt::Failed, 1)]
    {
        let id = format!("m{n}");
        let got = world.post("whatsapp", &world.sample("whatsapp", "i will sue you", &id)).await;
        assert_eq!(got.status, 200, "{got:?}");
        world.stub.answers(&[(200, "", endless())]);
        let sent = world.run("whatsapp").await;
        assert_eq!(sent.len(), 1, "{state}");
        // It comes before the message would be sent again.
        let name = format!("wamid.late{n}");
        let status = json!({ "messages": null, "statuses": [{"id": name, "status": state,
            "timestamp": "1", "recipient_id": "4915550001",
            "biz_opaque_callback_data": sent[0].body["biz_opaque_callback_data"]}] });
        assert_eq!(world.post("whatsapp", &whatsapp(&world, &status)).await.status, 200);
        for _ in 0..3 {
            assert_eq!(world.run("whatsapp").await.len(), 0, "{state}");
            world.service.later(60);
        }
        let part = world.app().store.sent_part("whatsapp", &name).await.unwrap();
        assert_eq!(part.map(|part| part.receipt), Some(receipt), "{state}");
        assert_eq!(undelivered().await, told, "{state}");
    }
}

/// The conversation after an echo that does not say who wrote.
async fn hears(world: &World, id: &str, text: &Value) -> Value {
    let mut sample = world.sample("sunshine", "hello", id);
    let mut body: Value = serde_json::from_slice(&sample.body).unwrap();
    let message = &mut body["events"][0]["payload"]["message"];
    message["author"] = json!({"type": "business"});
    message["content"]["text"] = text.clone();
    sample.body = body.to_string().into_bytes();
    assert_eq!(world.post("sunshine", &sample).await.status, 200);
    for _ in 0..5 {
        assert_eq!(world.run("sunshine").await.len(), 0, "{id}");
        world.service.later(30);
    }
    world.conversation("sunshine").await
}

/// Of two tries both may have arrived: the name of the first is nowhere.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_echo_of_what_was_tried_twice_is_no_person() {
    let world = World::start().await;
    world.stub.answers(&[(500, "", json!({}))]);
    let sent = world.says("sunshine", "where is my parcel?", "m1").await;
    world.service.later(60);
    assert_eq!(world.run("sunshine").await.len(), 1);
    let state = hears(&world, "echo-1", &sent[0].body["content"]["text"]).await;
    assert_eq!(state["owner"], "bot", "{state}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_echo_of_it_is_no_person() {
    let world = World::start().await;
    let (sent, _) = torn(&world, "sunshine").await.unwrap();
    let said = &sent[0].body["content"]["text"];
    let ana = "Hi, this is Ana.".into();
    // Each message has one echo; whoever says it once more is a person, as is who says what a
    // person said before.
    for (id, text, owner) in [
        ("echo-1", said, "bot"),
        ("echo-2", said, "agent"),
        ("echo-3", &ana, "agent"),
        ("echo-4", &ana, "agent"),
    ] {
        let state = hears(&world, id, text).await;
        assert_eq!(state["owner"], owner, "{id}: {state}");
        if owner == "agent" {
            assert_eq!(&state["said"].as_array().unwrap().last().unwrap()["text"], text, "{id}");
            let ticket = state["ticket"]["id"].as_str().unwrap();
            let path = format!("/v1/tickets/{ticket}/hand-back");
            let agent = json!({ "agent": "sunshine:app" });
            let got = world.service.post(&path, Some(ADMIN), &agent).await;
            assert_eq!(got.outcome(), "200", "{id}: {got:?}");
            // The customer is told that the bot is back.
            assert_eq!(world.run("sunshine").await.len(), 1, "{id}");
            assert_eq!(world.conversation("sunshine").await["owner"], "bot", "{id}");
        }
    }
    // Its name is known by its echo: receipts find it from here on.
    let part = world.app().store.sent_part("sunshine", "echo-1").await.unwrap();
    assert!(part.is_some());
}
