use serde_json::{Value, json};

use super::support::{ADMIN, Service};

async fn threatened(service: &Service, conversation: &str) -> String {
    let turn = service.turn(conversation, "i will sue you").await;
    assert_eq!(turn["decision"]["action"], "handoff", "{turn}");
    // Fifteen minutes from Monday 11:00 in Berlin, within the hours.
    assert_eq!(turn["ticket"]["due_at"], "2026-11-23T10:15:00Z");
    assert_eq!((&turn["ticket"]["severity"], &turn["ticket"]["tier"]), (&json!("red"), &json!(3)));
    turn["ticket"]["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_persons_answer_reaches_the_customer() {
    let service = Service::start().await;
    let start =
        service.post("/v1/messages", None, &json!({ "text": "i will sue you" })).await.json();
    let (id, token) = (start["conversation_id"].as_str().unwrap(), &start["conversation_token"]);
    let token = token.as_str().unwrap();
    let ticket = start["ticket"]["id"].as_str().unwrap();
    let act = async |verb: &str, body: Value| {
        service.post(&format!("/v1/tickets/{ticket}/{verb}"), Some(ADMIN), &body).await
    };
    let body = json!({ "text": "I am looking into it.", "agent": "ana", "message_id": "r1" });
    let got = act("reply", body.clone()).await;
    assert_eq!(got.outcome(), "200", "{got:?}");
    assert_eq!(got.json()["ticket"]["assignee"], "ana");
    assert_eq!(act("reply", body).await.text, got.text, "a repeated answer is sent once");
    let other = json!({ "text": "Something else", "agent": "ana", "message_id": "r1" });
    assert_eq!(act("reply", other).await.outcome(), "409 message-id-reused");

    let path = format!("/v1/conversations/{id}/messages?after=2");
    let got = service.get(&path, Some(token)).await.json();
    let messages = got["messages"].as_array().unwrap();
    assert_eq!(messages.len(), 1, "{got}");
    assert_eq!(messages[0]["author"], "agent");
    assert_eq!(messages[0]["text"], "I am looking into it.");
    assert_eq!(messages[0].get("agent"), None, "a visitor is not told who");

    let next = json!({ "text": "thanks", "conversation_id": id, "conversation_token": token });
    let got = service.post("/v1/messages", None, &next).await.json();
    assert_eq!(got["reply"], Value::Null, "the bot is silent while a person answers");
    assert_eq!(got["decision"]["action"], "silent");

    let refused = act("hand-back", json!({})).await;
    assert_eq!(refused.outcome(), "409 ticket-owned", "the token is not who has it");
    assert_eq!(refused.json()["current"]["ticket"]["assignee"], "ana", "{refused:?}");
    let got = act("hand-back", json!({ "agent": "ana" })).await.json();
    assert_eq!(got["ticket"]["outcome"], "handed_back");
    assert_eq!(got["message"]["author"], "bot");
    assert_eq!(act("resolve", json!({})).await.outcome(), "409 ticket-resolved");
    let state = service.get(&format!("/v1/conversations/{id}"), Some(token)).await.json();
    assert_eq!((&state["owner"], &state["ticket"]), (&json!("bot"), &Value::Null));
}

#[tokio::test]
async fn an_action_needs_no_body() {
    let service = Service::start().await;
    let ticket = threatened(&service, "c").await;
    let path = format!("/v1/tickets/{ticket}/resolve");
    let request = super::support::request(axum::http::Method::POST, &path, Some(ADMIN), None);
    let got = service.send(request).await;
    assert_eq!(got.outcome(), "200", "{got:?}");
    assert_eq!(got.json()["ticket"]["state"], "resolved");
}

#[tokio::test]
async fn tickets_are_listed_by_what_is_asked() {
    let service = Service::start().await;
    let first = threatened(&service, "c1").await;
    threatened(&service, "c2").await;
    service.turn("c3", "where is my parcel?").await;
    let body = json!({ "conversation_id": "c3", "payload": "human" });
    service.post("/v1/messages", Some(ADMIN), &body).await;
    let list = async |query: &str| {
        let got = service.get(&format!("/v1/tickets{query}"), Some(ADMIN)).await;
        assert_eq!(got.outcome(), "200", "{query}: {got:?}");
        got.json()
    };
    let count = async |query: &str| list(query).await["tickets"].as_array().unwrap().len();
    assert_eq!(count("").await, 3);
    assert_eq!(count("?tier=3").await, 2);
    assert_eq!(count("?severity=red&state=open").await, 2);
    assert_eq!(count("?state=resolved").await, 0);
    let page = list("?limit=2").await;
    let cursor = page["next"].as_str().unwrap();
    let rest = list(&format!("?limit=2&cursor={cursor}")).await;
    assert_eq!(rest["tickets"].as_array().unwrap().len(), 1);
    assert_eq!(rest["next"], Value::Null);
    for query in ["?severity=pink", "?state=lost", "?cursor=xyz"] {
        let got = service.get(&format!("/v1/tickets{query}"), Some(ADMIN)).await;
        assert_eq!(got.outcome(), "422 invalid-field", "{query}");
    }
    let got = service.get(&format!("/v1/tickets/{first}"), Some(ADMIN)).await.json();
    assert_eq!(got["conversation_id"], "c1");
    assert_eq!(got["intents"], json!(["risk.legal_threat"]));
}

#[tokio::test]
async fn what_cannot_be_done_to_a_ticket_is_told() {
    let service = Service::start().await;
    let ticket = threatened(&service, "c").await;
    let reply = format!("/v1/tickets/{ticket}/reply");
    for (path, token, body, expect) in [
        ("/v1/tickets/no-such/reply", Some(ADMIN), json!({ "text": "a" }), "404 ticket-not-found"),
        (&*reply, None, json!({ "text": "a" }), "401 token-required"),
        (&*reply, Some(ADMIN), json!({ "text": " " }), "422 empty-text"),
        (&*reply, Some(ADMIN), json!({}), "422 invalid-body"),
        (&*reply, Some(ADMIN), json!({ "text": "a", "agent": "" }), "422 invalid-field"),
        ("/v1/packs/reload", None, json!({}), "401 token-required"),
    ] {
        assert_eq!(service.post(path, token, &body).await.outcome(), expect, "{path}");
    }
}
