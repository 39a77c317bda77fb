//! Help desks of others: what they are handed, what comes back, and how it ends.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use channels::{HelpDesk, Sample, SampleRequest};
use serde_json::{Value, json};
use store::Store;

use super::super::platforms::{KEY, World, hmac, outlet, settings, words};
use super::super::stub::Sent;
use super::super::support::ADMIN;
use crate::channel::{send_due, work_due};

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

/// What a help desk is sent: verb and address, ids of its own left out.
fn calls(sent: &[Sent]) -> Vec<String> {
    let own = |part: &str| match (part.starts_with("out-"), part.split_once('.')) {
        (true, Some((_, kind))) => format!("ID.{kind}"),
        (true, None) => "ID".to_owned(),
        (false, _) => part.to_owned(),
    };
    let path = |path: &str| path.split('/').map(own).collect::<Vec<_>>().join("/");
    sent.iter().map(|sent| format!("{} {}", sent.method, path(&sent.path))).collect()
}

/// A request that says that people have settled it, signed by hand.
fn closing(desk: &dyn HelpDesk, reply: SampleRequest, key: &str) -> SampleRequest {
    let mut body: Value = serde_json::from_slice(&reply.body).unwrap();
    match desk.spec().name {
        "chatwoot" => {
            body = json!({"event": "conversation_status_changed", "id": key, "status": "resolved"});
        }
        "zendesk" => {
            body["type"] = "statusChanged".into();
            body["status"] = "Solved".into();
        }
        "freshdesk" => {
            body["type"] = "status".into();
            body["status"] = "Resolved".into();
        }
        other => panic!("nobody says how {other} closes"),
    }
    let body = body.to_string().into_bytes();
    let of = |name: &str| {
        let found = reply.headers.iter().find(|(header, _)| header.ends_with(name));
        found.map(|(_, value)| value.clone()).unwrap_or_default()
    };
    let time = of("-timestamp");
    let signed = match desk.spec().name {
        "chatwoot" => [time.as_bytes(), b".", &body].concat(),
        _ => [time.as_bytes(), &body].concat(),
    };
    let code = hmac(KEY.as_bytes(), &signed);
    let code = match desk.spec().name {
        "chatwoot" => format!("sha256={code}"),
        _ => STANDARD.encode(hex::decode(code).unwrap()),
    };
    let mut headers = reply.headers.clone();
    for (name, value) in &mut headers {
        match name.as_str() {
            "x-chatwoot-signature" | "x-zendesk-webhook-signature" => value.clone_from(&code),
            "x-chatwoot-delivery" => value.push_str("-closed"),
            _ => {}
        }
    }
    SampleRequest { headers, body, ..reply }
}

/// A help desk and what it is to be sent.
struct Story {
    desk: &'static str,
    /// Settings beside those that are needed.
    more: &'static str,
    opened: &'static [&'static str],
    /// Where something stands in what opens it: number of the request, pointer, value.
    said: &'static [(usize, &'static str, &'static str)],
    followed: &'static str,
}

const STORIES: &[Story] = &[
    Story {
        desk: "chatwoot",
        more: "inbox_identifier = \"box\"\n",
        opened: &[
            "POST /public/api/v1/inboxes/box/contacts",
            "POST /public/api/v1/inboxes/box/contacts/ID/conversations",
            "POST /public/api/v1/inboxes/box/contacts/ID/conversations/ID/messages",
            "POST /api/v1/accounts/4711/conversations/ID/messages",
            "POST /api/v1/accounts/4711/conversations/ID/labels",
            "POST /api/v1/accounts/4711/conversations/ID/toggle_priority",
            "POST /api/v1/accounts/4711/conversations/ID/toggle_status",
        ],
        said: &[
            (3, "/private", "true"),
            (4, "/labels/0", "\"switchboard\""),
            (5, "/priority", "\"urgent\""),
            (6, "/status", "\"open\""),
        ],
        followed: "POST /public/api/v1/inboxes/box/contacts/ID/conversations/ID/messages",
    },
    Story {
        desk: "zendesk",
        more: "",
        opened: &["POST /api/v2/tickets.json"],
        said: &[
            (0, "/ticket/priority", "\"urgent\""),
            (0, "/ticket/comment/public", "false"),
            (0, "/ticket/tags/0", "\"switchboard\""),
        ],
        followed: "PUT /api/v2/tickets/ID.json",
    },
    Story {
        desk: "freshdesk",
        more: "",
        opened: &["POST /api/v2/tickets"],
        said: &[(0, "/priority", "4"), (0, "/status", "2"), (0, "/tags/0", "\"switchboard\"")],
        followed: "POST /api/v2/tickets/ID/notes",
    },
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_help_desk_is_handed_the_case_answers_and_settles_it() {
    for story in STORIES {
        Box::pin(play(story)).await;
    }
}

async fn play(story: &Story) {
    let desk = channels::help_desk(story.desk).unwrap();
    let world = World::with(|url| format!("{}{}", outlet(desk.spec(), url), story.more)).await;
    let (app, desk_name) = (world.app(), format!("{}-desk", story.desk));
    assert_eq!(world.says("telegram", "i will sue you", "1").await.len(), 1);
    send_due(app, &desk_name).await.unwrap();
    let opened = world.stub.take();
    assert_eq!(calls(&opened), story.opened, "{opened:?}");
    assert!(words(&opened).contains("risk.legal_threat"), "{opened:?}");
    assert!(words(&opened).contains("i will sue you"), "the transcript: {opened:?}");
    for (place, pointer, expected) in story.said {
        let found = opened[*place].body.pointer(pointer).map(Value::to_string);
        assert_eq!(found.as_deref(), Some(*expected), "{} {pointer}: {opened:?}", story.desk);
    }
    if story.desk == "zendesk" {
        assert!(opened[0].headers.contains_key("idempotency-key"), "{opened:?}");
    }
    let id = app.store.addressed("telegram", &world.key("telegram")).await.unwrap().unwrap();
    let detail = app.store.thread(&desk_name, &id).await.unwrap().expect("a thread");
    let thread: Value = serde_json::from_str(&detail).unwrap();
    let thread = thread["key"].as_str().unwrap().to_owned();
    // What the customer writes on goes to the same ticket.
    world.says("telegram", "are you still there?", "2").await;
    send_due(app, &desk_name).await.unwrap();
    let followed = world.stub.take();
    assert_eq!(calls(&followed), [story.followed], "{followed:?}");
    assert!(words(&followed).contains("are you still there?"), "{followed:?}");
    assert!(followed[0].path.contains(&thread), "{thread}: {followed:?}");
    // A person answers there; the customer gets it here, once.
    let sample = Sample { text: "Let me see.", sender: &thread, id: "77", now: app.clock.now() };
    let (_, settings) = app.channels.desk(&desk_name).unwrap();
    let reply = desk.sample(settings, &sample).unwrap();
    for _ in 0..2 {
        assert_eq!(world.post(&desk_name, &reply).await.status, 200, "{}", story.desk);
        work_due(app).await.unwrap();
    }
    let sent = world.run("telegram").await;
    assert_eq!(sent.len(), 1, "{sent:?}");
    assert!(words(&sent).contains("Let me see."), "{sent:?}");
    let state = world.conversation("telegram").await;
    assert_eq!(state["owner"], "agent", "{}: {state}", story.desk);
    let ticket = state["ticket"]["id"].clone();
    send_due(app, &desk_name).await.unwrap();
    assert_eq!(world.stub.take().len(), 0, "not told back to where it came from");
    // People settle it there; here it is settled by that, and the bot has the customer again.
    let closed = closing(desk, reply, &thread);
    for _ in 0..2 {
        assert_eq!(world.post(&desk_name, &closed).await.status, 200, "{}", story.desk);
        work_due(app).await.unwrap();
    }
    assert_eq!(world.conversation("telegram").await["owner"], "bot", "{}", story.desk);
    let path = format!("/v1/tickets/{}", ticket.as_str().unwrap());
    let settled = world.service.get(&path, Some(ADMIN)).await.json();
    assert_eq!(settled["state"], "resolved", "{}: {settled}", story.desk);
    let dead = app.store.outbox(&store::OutboxQuery::default()).await.unwrap();
    assert!(dead.is_empty(), "{dead:?}");
}

/// Control of a conversation that is on Zendesk itself is passed, behind the last answer.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sunshine_is_passed_the_control_where_people_are_there() {
    let world = World::with(|url| {
        let spec = channels::channel("sunshine").unwrap().spec();
        let passing = settings("inbox.passing", spec, url).replace("4711", "4712");
        format!("{passing}pass_to = \"next\"\n")
    })
    .await;
    for (inbox, passed) in [("passing", true), ("sunshine", false)] {
        let sent = world.says(inbox, "hello", "m1").await;
        assert_eq!(calls(&sent).len(), 1, "{inbox}: {sent:?}");
        let sent = world.says(inbox, "i will sue you", "m2").await;
        let calls = calls(&sent);
        assert!(calls[0].ends_with("/messages"), "{inbox}: {calls:?}");
        let control: Vec<&Sent> =
            sent.iter().filter(|sent| sent.path.ends_with("/passControl")).collect();
        assert_eq!((control.len(), calls.len()), (usize::from(passed), 1 + usize::from(passed)));
        let Some(control) = control.first() else { continue };
        assert_eq!(
            control.path,
            sent[0].path.replace("/messages", "/passControl"),
            "the same conversation"
        );
        assert_eq!(control.body["switchboardIntegration"], "next");
        assert_eq!(control.body["metadata"]["priority"], "urgent");
        let state = world.conversation(inbox).await;
        assert_eq!(control.body["metadata"]["ticket"], state["ticket"]["id"]);
    }
}

/// The detail of each `message.undelivered`, in order.
async fn undelivered(world: &World) -> Vec<String> {
    let events = world.service.get("/v1/events", Some(ADMIN)).await.json();
    let all = events.as_array().cloned().unwrap_or_default();
    let told = all.iter().filter(|event| event["kind"] == "message.undelivered");
    told.map(|event| event["detail"].as_str().unwrap_or_default().to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hand_over_that_does_not_arrive_is_told_to_those_who_are_here() {
    let world = World::with(|url| {
        let slack = outlet(channels::help_desk("slack").unwrap().spec(), url);
        let spec = channels::channel("sunshine").unwrap().spec();
        let passing = settings("inbox.passing", spec, url).replace("4711", "4712");
        format!("{slack}{passing}pass_to = \"next\"\n")
    })
    .await;
    let app = world.app();
    // To another integration of the platform itself, behind the answer to the customer.
    let sent = json!({"messages": [{"id": "m"}]});
    let refused = json!({"errors": [{"code": "not_found", "title": "no such integration"}]});
    world.stub.answers(&[(201, "", sent), (404, "", refused)]);
    assert_eq!(world.says("passing", "i will sue you", "m1").await.len(), 2);
    assert_eq!(
        undelivered(&world).await,
        ["the hand-over did not reach passing, answer from here: not_found: no such integration"]
    );
    // To a help desk, which was told of the first conversation as well.
    send_due(app, "slack-desk").await.unwrap();
    assert!(!world.stub.take().is_empty());
    assert_eq!(world.says("telegram", "i will sue you", "1").await.len(), 1);
    let refused = json!({"ok": false, "error": "channel_not_found"});
    world.stub.answers(&[(200, "", refused.clone())]);
    // Slack takes about one a second.
    world.service.later(5);
    send_due(app, "slack-desk").await.unwrap();
    assert_eq!(world.stub.take().len(), 1);
    let hand_over = "the hand-over did not reach slack-desk, answer from here: channel_not_found: ";
    assert_eq!(undelivered(&world).await.last().unwrap(), hand_over);
    // And what the customer writes where it was handed over before.
    world.says("passing", "is anybody there?", "m2").await;
    world.stub.answers(&[(200, "", refused)]);
    world.service.later(5);
    send_due(app, "slack-desk").await.unwrap();
    assert_eq!(world.stub.take().len(), 1);
    let told = undelivered(&world).await;
    let follow = "what the customer wrote did not reach slack-desk: channel_not_found: ";
    assert_eq!((told.len(), told[2].as_str()), (3, follow), "{told:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hand_over_of_which_a_part_arrived_is_told_as_such() {
    let world = World::start().await;
    let app = world.app();
    let hand_over = async |id: &str, answers: &[Value]| {
        world.says("telegram", "i will sue you", id).await;
        let answers: Vec<_> = answers.iter().map(|answer| (200, "", answer.clone())).collect();
        world.stub.answers(&answers);
        world.service.later(5);
        send_due(app, "slack-desk").await.unwrap();
        assert_eq!(world.stub.take().len(), answers.len(), "{id}");
        undelivered(&world).await.pop()
    };
    let card = json!({"ok": true, "ts": "1.1"});
    let refused = json!({"ok": false, "error": "msg_too_long"});
    let told = hand_over("1", &[card, refused.clone()]).await;
    let expected = "the hand-over reached slack-desk in part, the rest did not: msg_too_long: ";
    assert_eq!(told.as_deref(), Some(expected));
    // What is handed over anew is not there because something of before is.
    let ticket = world.conversation("telegram").await["ticket"]["id"].clone();
    let path = format!("/v1/tickets/{}/resolve", ticket.as_str().unwrap());
    let got = world.service.post(&path, Some(ADMIN), &json!({ "agent": "ana" })).await;
    assert_eq!(got.outcome(), "200", "{got:?}");
    let told = hand_over("2", &[refused]).await;
    let expected = "the hand-over did not reach slack-desk, answer from here: msg_too_long: ";
    assert_eq!(told.as_deref(), Some(expected));
}
