use serde_json::{Value, json};

use super::support::{ADMIN, Service};

#[tokio::test]
async fn a_visitor_begins_and_goes_on_with_its_token() {
    let service = Service::start().await;
    let send = async |body: Value| service.post("/v1/messages", None, &body).await;
    let first = send(json!({ "text": "where is my parcel?" })).await.json();
    let (id, token) = (&first["conversation_id"], &first["conversation_token"]);
    assert!(token.as_str().unwrap().starts_with("swb_conv_"));
    assert_eq!(first["analysis"]["intent"], "tracking.status");
    assert!(first["reply"]["text"].as_str().unwrap().contains("automated assistant"));

    let next = json!({ "text": "hello", "conversation_id": id, "conversation_token": token });
    let second = send(next).await.json();
    assert_eq!(second["conversation_id"], *id);
    assert_eq!(second.get("conversation_token"), None);
    assert!(!second["reply"]["text"].as_str().unwrap().contains("automated assistant"));

    let other = send(json!({ "text": "hello" })).await.json()["conversation_token"].clone();
    for (name, body, expect) in [
        ("no token", json!({ "text": "a", "conversation_id": id }), "401 token-required"),
        (
            "another's token",
            json!({ "text": "a", "conversation_id": id, "conversation_token": other }),
            "404 conversation-not-found",
        ),
        (
            "no such conversation",
            json!({ "text": "a", "conversation_id": "x", "conversation_token": token }),
            "404 conversation-not-found",
        ),
        ("a token alone", json!({ "text": "a", "conversation_token": token }), "422 invalid-field"),
        (
            "an id for a first message",
            json!({ "text": "a", "message_id": "1" }),
            "422 message-id-needs-conversation",
        ),
        ("claims", json!({ "text": "a", "customer": { "id": "c-1" } }), "403 claims-not-vouched"),
        ("nothing", json!({ "text": "  " }), "422 empty-text"),
        ("no button", json!({ "payload": "intent:no.such" }), "422 invalid-field"),
        ("no id", json!({ "text": "a", "conversation_id": " " }), "422 invalid-field"),
    ] {
        assert_eq!(send(body).await.outcome(), expect, "{name}");
    }
}

#[tokio::test]
async fn a_repeated_message_is_answered_once() {
    let service = Service::start().await;
    let body = |text: &str| json!({ "text": text, "conversation_id": "c", "message_id": "m1" });
    let send = async |body: Value| service.post("/v1/messages", Some(ADMIN), &body).await;
    let first = send(body("where is my parcel?")).await;
    assert_eq!(first.outcome(), "200");
    assert_eq!(send(body("where is my parcel?")).await.text, first.text);
    assert_eq!(send(body("i will sue you")).await.outcome(), "409 message-id-reused");
    let messages = service.get("/v1/conversations/c/messages", Some(ADMIN)).await.json();
    assert_eq!(messages["messages"].as_array().unwrap().len(), 2, "{messages}");
    let figures = service.get("/metrics", None).await.text;
    assert!(figures.contains("switchboard_replayed_turns_total 1"), "{figures}");
}

#[tokio::test]
async fn a_visitors_repeated_message_needs_the_token_too() {
    let service = Service::start().await;
    let send = async |body: Value| service.post("/v1/messages", None, &body).await;
    let first = send(json!({ "text": "hello" })).await.json();
    let (id, token) = (&first["conversation_id"], &first["conversation_token"]);
    let body = |token: &Value| {
        json!({ "text": "where is my parcel?", "conversation_id": id,
                "conversation_token": token, "message_id": "m1" })
    };
    let second = send(body(token)).await;
    assert_eq!(send(body(token)).await.text, second.text);
    assert_eq!(send(body(&json!("swb_conv_guess"))).await.outcome(), "404 conversation-not-found");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn turns_of_one_conversation_at_once_are_all_kept_in_order() {
    let service = Service::start().await;
    let turns = (0..20).map(|n| {
        let body = json!({ "conversation_id": "c", "text": format!("where is my parcel {n}") });
        let service = &service;
        async move { service.post("/v1/messages", Some(ADMIN), &body).await.outcome() }
    });
    let mut outcomes = Vec::new();
    let mut running = tokio_all(turns).await;
    outcomes.append(&mut running);
    assert_eq!(outcomes, vec!["200"; 20]);
    let got = service.get("/v1/conversations/c/messages", Some(ADMIN)).await.json();
    let messages = got["messages"].as_array().unwrap();
    let seqs: Vec<u64> = messages.iter().filter_map(|m| m["seq"].as_u64()).collect();
    assert_eq!(seqs, (1..=seqs.len() as u64).collect::<Vec<_>>());
    let mut customers: Vec<&str> = messages
        .iter()
        .filter(|message| message["author"] == "customer")
        .filter_map(|message| message["text"].as_str())
        .collect();
    customers.sort_unstable();
    customers.dedup();
    assert_eq!(customers.len(), 20);
}

/// Polls all of them together on this task.
async fn tokio_all<T>(futures: impl Iterator<Item = impl Future<Output = T>>) -> Vec<T> {
    let mut pending: Vec<_> = futures.map(|future| Some(Box::pin(future))).collect();
    let mut done: Vec<Option<T>> = pending.iter().map(|_| None).collect();
    std::future::poll_fn(|context| {
        for (slot, result) in pending.iter_mut().zip(&mut done) {
            if let Some(future) = slot
                && let std::task::Poll::Ready(value) = future.as_mut().poll(context)
            {
                *result = Some(value);
                *slot = None;
            }
        }
        if pending.iter().all(Option::is_none) {
            std::task::Poll::Ready(())
        } else {
            std::task::Poll::Pending
        }
    })
    .await;
    done.into_iter().flatten().collect()
}

#[tokio::test]
async fn an_api_caller_names_conversations_and_vouches_for_customers() {
    let service = Service::start().await;
    let body = json!({ "conversation_id": "order-7 / é", "text": "where is my parcel?",
                       "customer": { "id": "c-1", "country": "mx" } });
    let got = service.post("/v1/messages", Some(ADMIN), &body).await;
    assert_eq!(got.outcome(), "200", "{got:?}");
    let got = got.json();
    assert_eq!(got["conversation_id"], "order-7 / é");
    assert_eq!(got.get("conversation_token"), None);
    let path = "/v1/conversations/order-7%20%2F%20%C3%A9";
    assert_eq!(service.get(path, Some(ADMIN)).await.json()["messages"], 2);
    let body = json!({ "text": "a", "customer": { "country": "Mexico" } });
    let got = service.post("/v1/messages", Some(ADMIN), &body).await;
    assert_eq!(got.outcome(), "422 invalid-field");
}

#[tokio::test]
async fn a_button_is_a_message() {
    let service = Service::start().await;
    let body = json!({ "conversation_id": "c", "payload": "intent:tracking.status" });
    let got = service.post("/v1/messages", Some(ADMIN), &body).await.json();
    assert_eq!(got["reply"]["answers"], json!(["tracking.status"]), "{got}");
    let body = json!({ "conversation_id": "c", "payload": "human" });
    let got = service.post("/v1/messages", Some(ADMIN), &body).await.json();
    assert_eq!(got["decision"]["rule"], "person_asked");
    assert!(got["ticket"]["id"].is_string());
}

#[tokio::test]
async fn rasas_webhook_takes_turns() {
    let service = Service::start().await;
    let webhook = async |token: Option<&str>, path: &str, message: &str| {
        let body = json!({ "sender": "s1", "message": message, "metadata": {} });
        service.post(path, token, &body).await
    };
    let path = "/webhooks/rest/webhook";
    assert_eq!(webhook(None, path, "hello").await.outcome(), "401 token-required");
    let by_query = format!("{path}?stream=false&token={ADMIN}");
    assert_eq!(webhook(None, &by_query, "hello").await.outcome(), "200");
    let got = webhook(Some(ADMIN), path, "zzzz").await.json();
    assert_eq!(got[0]["recipient_id"], "s1");
    let payloads: Vec<&str> = got[0]["buttons"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|button| button["payload"].as_str())
        .collect();
    assert!(payloads.contains(&"/human"), "{got}");
    // The button's payload comes back as a message, and people take over; then the bot
    // says once more that they do, and is silent.
    assert_eq!(webhook(Some(ADMIN), path, "/human").await.json().as_array().unwrap().len(), 1);
    assert_eq!(webhook(Some(ADMIN), path, "hello?").await.json().as_array().unwrap().len(), 1);
    assert_eq!(webhook(Some(ADMIN), path, "hello??").await.json(), json!([]));
    let conversation = service.get("/v1/conversations/s1", Some(ADMIN)).await.json();
    assert_eq!(conversation["owner"], "queue");
    assert_eq!(webhook(Some(ADMIN), path, " ").await.outcome(), "422 empty-text");
}

#[tokio::test]
async fn an_open_rasa_webhook_leads_into_no_other_conversation() {
    let service = Service::with(&[("rasa", "open")]).await;
    service.turn("s1", "where is my parcel?").await;
    let body = json!({ "sender": "s1", "message": "hello" });
    let got = service.post("/webhooks/rest/webhook", None, &body).await;
    assert_eq!(got.outcome(), "200");
    let conversation = service.get("/v1/conversations/s1", Some(ADMIN)).await.json();
    assert_eq!(conversation["messages"], 2);
    let closed = Service::with(&[("rasa", "off")]).await;
    let got = closed.post("/webhooks/rest/webhook", Some(ADMIN), &body).await;
    assert_eq!(got.outcome(), "403 rasa-off");
}
