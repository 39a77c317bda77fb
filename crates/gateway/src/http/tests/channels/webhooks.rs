//! Programs of the shop that are told what happens.

use serde_json::json;
use store::{OutboxQuery, Store};

use super::super::platforms::World;
use super::torn::endless;
use crate::channel::{remember, send_due};
use crate::http::tests::support::ADMIN;

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
async fn who_says_that_nobody_is_there_is_told_nothing_more() {
    let world = World::start().await;
    let app = world.app();
    let letters = async || app.store.outbox(&OutboxQuery::default()).await.unwrap();
    let row = async || {
        let rows = world.service.get("/v1/channels", Some(ADMIN)).await.json();
        rows.as_array().unwrap().iter().find(|row| row["name"] == "erp").unwrap().clone()
    };
    // Two are due; whoever hears of the end first takes the other one along, or hears it too.
    assert_eq!(world.says("line", "i will sue you", "m1").await.len(), 1);
    world.stub.answers(&[(410, "", json!({})), (410, "", endless())]);
    send_due(app, "erp").await.unwrap();
    assert!(!world.stub.take().is_empty());
    assert_eq!(letters().await.len(), 2, "{:?}", letters().await);
    assert!(letters().await.iter().all(|it| it.error.as_deref().unwrap().starts_with("410")));
    assert!(row().await["gone_at"].is_string(), "{}", row().await);
    // Nothing is put in for it, whatever happens, and a restart changes nothing about that.
    remember(app).await.unwrap();
    assert_eq!(world.says("telegram", "i will sue you", "1").await.len(), 1);
    world.service.later(3600);
    assert_eq!(send_due(app, "erp").await.unwrap(), 0);
    assert_eq!((letters().await.len(), &row().await["outbound"]), (2, &json!(0)));
    // It is back: what it missed reaches it, and then what is new.
    let again = format!("/v1/outbox/{}/replay", letters().await[0].n);
    let replayed = world.service.post(&again, Some(ADMIN), &json!({})).await.json();
    assert_eq!(replayed["state"], "waiting");
    assert_eq!(send_due(app, "erp").await.unwrap(), 1);
    assert_eq!(world.stub.take().len(), 1);
    assert!(row().await["gone_at"].is_null(), "{}", row().await);
    assert_eq!(world.says("viber", "i will sue you", "m1").await.len(), 1);
    assert_eq!(send_due(app, "erp").await.unwrap(), 2);
}
