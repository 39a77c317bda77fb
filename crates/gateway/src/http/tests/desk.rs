use serde_json::{Value, json};

use super::support::{ADMIN, Service};

async fn threatened(service: &Service, conversation: &str) -> String {
    let turn = service.turn(conversation, "i will sue you").await;
    turn["ticket"]["id"].as_str().unwrap().to_owned()
}

async fn act(service: &Service, ticket: &str, verb: &str, body: Value) -> super::support::Got {
    service.post(&format!("/v1/tickets/{ticket}/{verb}"), Some(ADMIN), &body).await
}

async fn kinds(service: &Service, conversation: &str) -> Vec<String> {
    let path = format!("/v1/events?conversation_id={conversation}");
    let events = service.get(&path, Some(ADMIN)).await.json();
    let events = events.as_array().unwrap().iter();
    events.map(|event| event["kind"].as_str().unwrap().to_owned()).collect()
}

async fn said(service: &Service, conversation: &str) -> Vec<String> {
    let path = format!("/v1/conversations/{conversation}/messages");
    let messages = service.get(&path, Some(ADMIN)).await.json();
    let messages = messages["messages"].as_array().unwrap().clone();
    let line = |message: &Value| {
        format!("{}: {}", message["author"].as_str().unwrap(), message["text"].as_str().unwrap())
    };
    messages.iter().map(line).collect()
}

#[tokio::test]
async fn the_second_of_two_is_shown_what_changed() {
    let service = Service::start().await;
    let ticket = threatened(&service, "c").await;
    let state = service.get("/v1/conversations/c", Some(ADMIN)).await.json();
    let fence = state["fence"].as_u64().unwrap();
    let take = |agent: &str| json!({ "agent": agent, "fence": fence });
    assert_eq!(act(&service, &ticket, "take", take("ana")).await.outcome(), "200");
    let got = act(&service, &ticket, "take", take("ben")).await;
    assert_eq!(got.outcome(), "409 ticket-changed");
    let current = &got.json()["current"];
    assert_eq!(current["ticket"]["assignee"], "ana");
    assert_eq!(current["conversation"]["fence"], fence + 1);
    assert_eq!(current["events"][1]["kind"], "ticket.assigned");
    assert_eq!(current["events"][1]["by"], "ana");
    // Who takes it over knowing that may.
    let got = act(&service, &ticket, "take", json!({ "agent": "ben", "fence": fence + 1 })).await;
    assert_eq!(got.json()["ticket"]["assignee"], "ben");
    let got = act(&service, &ticket, "reply", json!({ "agent": "ana", "text": "Hi" })).await;
    assert_eq!(got.outcome(), "409 ticket-owned");
    assert_eq!(got.json()["current"]["ticket"]["assignee"], "ben");
    assert_eq!(said(&service, "c").await.len(), 2, "nothing was sent");
}

#[tokio::test]
async fn a_person_takes_over_from_the_bot_and_gives_back() {
    let service = Service::start().await;
    service.turn("c", "where is my parcel?").await;
    let over = "/v1/conversations/c/take-over";
    let got = service.post(over, Some(ADMIN), &json!({ "agent": "ana" })).await;
    assert_eq!(got.outcome(), "200", "{got:?}");
    let ticket = got.json()["ticket"]["id"].as_str().unwrap().to_owned();
    let again = service.post(over, Some(ADMIN), &json!({ "agent": "ben" })).await;
    assert_eq!(again.outcome(), "409 ticket-open");
    let turn = service.turn("c", "where is my parcel?").await;
    assert_eq!(turn["reply"], Value::Null, "a person has it");
    let got = act(&service, &ticket, "hand-back", json!({ "agent": "ana" })).await;
    assert_eq!(got.outcome(), "200");
    assert!(service.turn("c", "where is my parcel?").await["reply"].is_object());
    assert_eq!(
        kinds(&service, "c").await,
        ["ticket.opened", "ticket.assigned", "ticket.handed_back"]
    );
}

#[tokio::test]
async fn every_time_told_to_a_customer_is_by_their_clock_and_in_their_notation() {
    for (conversation, locale, zone, first, then) in [
        (
            "a",
            "en-US",
            "America/New_York",
            "5:15\u{202f}AM (your time).",
            "5:30\u{202f}AM (your time).",
        ),
        ("b", "en", "Europe/Vienna", "11:15.", "today by 11:30."),
        ("c", "en", "Etc/Unknown", "11:15 (Berlin time).", "11:30 (Berlin time)."),
    ] {
        let service = Service::start().await;
        let body = json!({
            "conversation_id": conversation, "text": "i will sue you", "locale": locale,
            "time_zone": zone,
        });
        let turn = service.post("/v1/messages", Some(ADMIN), &body).await.json();
        let said_first = turn["reply"]["text"].as_str().unwrap();
        assert!(said_first.contains(first), "{said_first}");
        // No answer in time: what is said of it was caused by no message.
        service.wait(20).await;
        let apology = said(&service, conversation).await.pop().unwrap();
        assert!(apology.starts_with("bot: We said that you would"), "{apology}");
        assert!(apology.ends_with(then), "{apology}");
    }
}

#[tokio::test]
async fn a_broken_promise_is_apologised_for_once() {
    let service = Service::start().await;
    let ticket = threatened(&service, "c").await;
    let promise = json!({ "text": "a callback", "within_minutes": 60 });
    let body = json!({ "agent": "ana", "text": "I call you within the hour.", "promise": promise });
    let got = act(&service, &ticket, "reply", body).await;
    assert_eq!(got.json()["ticket"]["promises"][0]["state"], "open", "{got:?}");
    service.wait(70).await;
    let lines = said(&service, "c").await;
    assert_eq!(lines.len(), 4, "{lines:#?}");
    assert!(
        lines[3].starts_with("bot: We said that you would have an answer by now"),
        "{lines:#?}"
    );
    let got = service.get(&format!("/v1/tickets/{ticket}"), Some(ADMIN)).await.json();
    assert_eq!(got["promises"][0]["state"], "broken");
    assert_eq!((&got["state"], &got["assignee"]), (&json!("open"), &Value::Null));
    let kinds = kinds(&service, "c").await;
    let broken = kinds.iter().filter(|kind| *kind == "promise.broken").count();
    assert_eq!(broken, 1, "{kinds:?}");
    for body in [
        json!({ "text": "x", "promise": { "text": "x" } }),
        json!({ "text": "x", "promise": { "text": "x", "due_at": "yesterday" } }),
        json!({ "text": "x", "promise": { "text": "x", "due_at": "2026-11-23T09:00:00Z" } }),
    ] {
        let got = act(&service, &ticket, "reply", body.clone()).await;
        assert_eq!(got.outcome(), "422 invalid-field", "{body}");
    }
}

#[tokio::test]
async fn a_resolved_ticket_is_followed_up_and_a_low_mark_reopens_it() {
    let service = Service::of_desk("[survey]\ncsat = { share = 1, reopen_at_most = 2 }\n").await;
    for (conversation, mark, action) in [("good", 5, "answer"), ("bad", 1, "handoff")] {
        let ticket = threatened(&service, conversation).await;
        let problem = json!({ "cause": "late", "department": "carrier", "loss_cents": 1990 });
        let body = json!({ "agent": "ana", "problem": problem });
        assert_eq!(act(&service, &ticket, "resolve", body).await.outcome(), "200");
        service.wait(24 * 60).await;
        let asked = said(&service, conversation).await;
        assert!(asked.last().unwrap().contains("rate our help"), "{asked:#?}");
        let body = json!({ "conversation_id": conversation, "payload": format!("csat:{mark}") });
        let got = service.post("/v1/messages", Some(ADMIN), &body).await.json();
        assert_eq!(got["decision"]["rule"], "rated", "{got}");
        assert_eq!(got["decision"]["action"], action);
        let got = service.get(&format!("/v1/tickets/{ticket}"), Some(ADMIN)).await.json();
        assert_eq!((&got["survey"], &got["csat"]), (&json!("csat"), &json!(mark)));
        assert_eq!((&got["ces"], &got["nps"]), (&Value::Null, &Value::Null));
        let (state, tier) = if mark == 1 { ("open", 3) } else { ("resolved", 3) };
        assert_eq!((&got["state"], &got["tier"]), (&json!(state), &json!(tier)), "{got}");
        assert_eq!(got["reopened"], u8::from(mark == 1));
    }
    let path = "/v1/problems?since=2026-11-01T00:00:00Z";
    let log = service.get(path, Some(ADMIN)).await.json();
    // The one that was opened again is not settled.
    assert_eq!(log.as_array().unwrap().len(), 1, "{log}");
    assert_eq!((&log[0]["department"], &log[0]["loss_cents"]), (&json!("carrier"), &json!(1990)));
}

#[tokio::test]
async fn effort_and_recommendation_are_asked_for_and_a_number_is_a_mark() {
    for (desk, survey, question, buttons, said, rule, mark, state) in [
        (
            "[survey]\nces = { share = 1, reopen_at_most = 2 }\n",
            "ces",
            "made it easy for you",
            "1234567",
            "７",
            "rated",
            json!(7),
            "resolved",
        ),
        (
            "[survey]\nnps = { share = 1, reopen_at_most = 3 }\n",
            "nps",
            "recommend our shop",
            "012345678910",
            "0/10",
            "rated",
            json!(0),
            "open",
        ),
        (
            "[survey]\nnps = { share = 1, reopen_at_most = 3 }\n",
            "nps",
            "recommend our shop",
            "012345678910",
            "where is my parcel?",
            "answer",
            Value::Null,
            "resolved",
        ),
    ] {
        let service = Service::of_desk(desk).await;
        let ticket = threatened(&service, "c").await;
        let body = json!({ "agent": "ana" });
        assert_eq!(act(&service, &ticket, "resolve", body).await.outcome(), "200");
        service.wait(24 * 60).await;
        let got = service.get("/v1/conversations/c/messages", Some(ADMIN)).await.json();
        let asked = got["messages"].as_array().unwrap().last().unwrap().clone();
        assert!(asked["text"].as_str().unwrap().contains(question), "{asked}");
        let titles = asked["buttons"].as_array().unwrap().iter().map(|it| it["title"].as_str());
        assert_eq!(titles.map(Option::unwrap).collect::<String>(), buttons);
        let turn = service.turn("c", said).await;
        assert_eq!(turn["decision"]["rule"], rule, "{turn}");
        let got = service.get(&format!("/v1/tickets/{ticket}"), Some(ADMIN)).await.json();
        assert_eq!((&got["survey"], &got[survey]), (&json!(survey), &mark), "{got}");
        assert_eq!((&got["csat"], &got["state"]), (&Value::Null, &json!(state)), "{got}");
    }
}

#[tokio::test]
async fn tickets_go_to_whoever_is_there_and_has_room() {
    let service = Service::start().await;
    for (name, languages) in [("ana", ["es"]), ("ben", ["en"])] {
        let body = json!({
            "name": name, "role": "agent", "password": "correct horse battery",
            "teams": ["lead"], "languages": languages, "capacity": 1,
        });
        assert_eq!(service.post("/v1/users", Some(ADMIN), &body).await.outcome(), "200");
    }
    let nobody = service.turn("c1", "i will sue you").await;
    assert!(nobody["reply"]["text"].as_str().unwrap().contains("Nobody is free"), "{nobody}");
    let mut users = store::Store::users(&service.app.store).await.unwrap();
    for user in &mut users {
        user.available = true;
    }
    let records = users.into_iter().map(|user| store::Record::User(Box::new(user))).collect();
    store::Store::put(&service.app.store, records).await.unwrap();
    service.wait(1).await;
    let owner = async |conversation: &str| {
        let id = desk::ConversationId::new(conversation);
        let stored = store::Store::conversation(&service.app.store, &id).await;
        format!("{:?}", stored.unwrap().unwrap().conversation.owner)
    };
    assert_eq!(owner("c1").await, "Agent(AgentId(\"ben\"))", "what waits goes to who reads it");
    // Ben is busy, and Ana does not read English: it waits for Ben.
    let busy = service.turn("c2", "i will sue you").await;
    let text = busy["reply"]["text"].as_str().unwrap();
    assert!(text.contains("You are number 1 in line; the wait is about 8 minutes."), "{text}");
    let ticket = nobody["ticket"]["id"].as_str().unwrap();
    assert_eq!(act(&service, ticket, "resolve", json!({ "agent": "ben" })).await.outcome(), "200");
    service.wait(1).await;
    assert_eq!(owner("c2").await, "Agent(AgentId(\"ben\"))");
}

#[tokio::test]
async fn another_department_is_asked_and_reminded() {
    let service = Service::start().await;
    let ticket = threatened(&service, "c").await;
    let ask = |hours: u32| {
        json!({
            "department": "warehouse", "what": "count again", "within_hours": hours, "agent": "ana",
        })
    };
    assert_eq!(act(&service, &ticket, "tasks", ask(49)).await.outcome(), "422 invalid-field");
    let task = act(&service, &ticket, "tasks", ask(1)).await;
    assert_eq!(task.outcome(), "200", "{task:?}");
    service.wait(62).await;
    let id = task.json()["id"].as_str().unwrap().to_owned();
    let done = json!({ "result": "one is missing", "agent": "wim" });
    let path = format!("/v1/tasks/{id}/done");
    let got = service.post(&path, Some(ADMIN), &done).await;
    assert_eq!(got.json()["result"], "one is missing", "{got:?}");
    let open = service.get("/v1/tasks?open=true", Some(ADMIN)).await.json();
    assert_eq!(open, json!([]));
    let kinds = kinds(&service, "c").await;
    let tasks: Vec<_> = kinds.iter().filter(|kind| kind.starts_with("task")).collect();
    assert_eq!(tasks, ["task.asked", "task.late", "task.done"]);
}

#[tokio::test]
async fn the_packet_says_everything() {
    let service = Service::start().await;
    let said = json!({
        "conversation_id": "c", "text": "where is my parcel?",
        "customer": { "id": "c-1", "country": "DE", "vip": true, "order_value": 310.5 },
    });
    service.post("/v1/messages", Some(ADMIN), &said).await;
    let ticket = threatened(&service, "c").await;
    let path = format!("/v1/tickets/{ticket}/packet");
    let packet = service.get(&path, Some(ADMIN)).await;
    assert_eq!(packet.outcome(), "200", "{packet:?}");
    let packet = packet.json();
    assert_eq!(packet["summary"][0]["text"], "c-1, VIP, orders worth 310.50, DE, writes en");
    assert_eq!(packet["intents"][0]["words"], json!(["where is my parcel"]));
    assert_eq!(packet["transcript"].as_array().unwrap().len(), 4);
    assert_eq!(packet["ticket"]["priority"], 270, "red, VIP, orders above 300, angry");
    let text = service.get(&format!("{path}?format=text"), Some(ADMIN)).await.text;
    assert!(text.contains("customer: i will sue you"), "{text}");
    assert_eq!(service.get(&path, None).await.outcome(), "401 token-required");
    let odd = service.get(&format!("{path}?format=pdf"), Some(ADMIN)).await;
    assert_eq!(odd.outcome(), "422 invalid-field");
}
