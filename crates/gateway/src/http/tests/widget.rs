//! What pages of a shop see: settings, who may call from where, news as they come, files,
//! signed identities.

use axum::body::Body;
use axum::http::{Method, Request};
use serde_json::{Value, json};
use store::Store;

use super::support::{ADMIN, Got, Service, request};
use crate::identity::tests::hash_of;

const INBOXES: &str = "[inbox.shop]\nchannel = \"widget\"\norigins = [\"https://shop.example\"]\n\
    colour = \"#ffd400\"\nimages = [\"cdn.shop.example\"]\nidentity_hash = true\n\
    identity_secret_plain = \"0123456789abcdef0123456789abcdef\"\nattachment_megabytes = 1\n\
    [inbox.shop.greeting]\nen = \"Welcome!\"\n\
    [inbox.other]\nchannel = \"widget\"\norigins = [\"https://other.example\"]\n";

impl Service {
    /// Begins a visitor's conversation: its id and its secret.
    async fn visitor(&self) -> (String, String) {
        let begun = self.post("/v1/conversations", None, &json!({})).await.json();
        let text = |key: &str| begun[key].as_str().unwrap().to_owned();
        (text("conversation_id"), text("conversation_token"))
    }

    async fn with_headers(&self, method: Method, path: &str, headers: &[(&str, &str)]) -> Got {
        let mut made = Request::builder().method(method).uri(path);
        for (name, value) in headers {
            made = made.header(*name, *value);
        }
        self.send(made.body(Body::empty()).unwrap()).await
    }

    async fn upload(&self, path: &str, token: &str, bytes: &[u8]) -> Got {
        let mut made = request(Method::POST, path, Some(token), None);
        *made.body_mut() = Body::from(bytes.to_vec());
        self.send(made).await
    }
}

#[tokio::test]
async fn a_page_gets_the_settings_of_its_inbox() {
    let service = Service::of_file(INBOXES).await;
    let got = service.get("/v1/widget/shop?locale=en-GB", None).await.json();
    assert_eq!(got["greeting"], "Welcome!");
    assert_eq!((&got["colour"], &got["ink"]), (&json!("#ffd400"), &json!("#000000")));
    assert_eq!(got["questions"][0]["payload"], "intent:tracking.status");
    assert_eq!(got["texts"]["human"], "Talk to a person");
    assert!(!got.to_string().contains("0123456789"), "a secret is told");
    let arabic = service.get("/v1/widget/other?locale=ar", None).await;
    assert_eq!((&arabic.json()["dir"], &arabic.json()["locale"]), (&json!("rtl"), &json!("ar")));
    // Times on the page are written as the bot writes them.
    for (asked, locale, formats) in [
        ("en", "en", "en-150"),
        ("en-US", "en", "en-US"),
        ("de", "de", "de"),
        ("xx", "en", "en-150"),
    ] {
        let path = format!("/v1/widget/shop?locale={asked}");
        let got = service.get(&path, None).await.json();
        assert_eq!((&got["locale"], &got["formats"]), (&json!(locale), &json!(formats)), "{asked}");
    }
    let tag = arabic.headers["etag"].to_str().unwrap();
    let again = [("if-none-match", tag)];
    let again = service.with_headers(Method::GET, "/v1/widget/other?locale=ar", &again).await;
    assert_eq!((again.status.as_u16(), again.text.as_str()), (304, ""));
    assert_eq!(service.get("/v1/widget/none", None).await.outcome(), "404 inbox-not-found");
    assert_eq!(service.get("/v1/widget/-", None).await.json()["inbox"], "shop");
}

#[tokio::test]
async fn the_script_is_for_every_page_and_is_not_sent_twice() {
    let service = Service::start().await;
    let plain = service.get("/widget.js", None).await;
    assert_eq!(plain.headers["access-control-allow-origin"], "*");
    assert_eq!(plain.headers["x-content-type-options"], "nosniff");
    assert!(plain.text.contains("attachShadow"));
    let tag = plain.headers["etag"].to_str().unwrap();
    let again = service.with_headers(Method::GET, "/widget.js", &[("if-none-match", tag)]).await;
    assert_eq!((again.status.as_u16(), again.text.len()), (304, 0));
    let page = service.get("/demo", None).await;
    assert!(page.text.contains("src=\"/widget.js\"") && !page.text.contains(" style="));
}

#[tokio::test]
async fn pages_of_other_origins_may_not_read() {
    let service = Service::of_file(INBOXES).await;
    let allowed = async |method: Method, path: &str, origin: &str| {
        let asks = [("origin", origin), ("access-control-request-method", "POST")];
        let got = service.with_headers(method, path, &asks).await;
        assert!(!got.headers.contains_key("access-control-allow-credentials"));
        let allowed = got.headers.get("access-control-allow-origin");
        (got.status.as_u16(), allowed.map(|origin| origin.to_str().unwrap().to_owned()))
    };
    let shop = Some("https://shop.example".to_owned());
    let ask = Method::OPTIONS;
    assert_eq!(
        allowed(ask.clone(), "/v1/messages", "https://shop.example").await,
        (204, shop.clone())
    );
    assert_eq!(allowed(ask.clone(), "/v1/messages", "https://evil.example").await, (204, None));
    assert_eq!(allowed(ask.clone(), "/v1/messages", "null").await, (204, None));
    let events = "/v1/conversations/c/events";
    assert_eq!(allowed(Method::GET, events, "https://shop.example").await, (401, shop.clone()));
    let settings = "/v1/widget/shop";
    assert_eq!(allowed(Method::GET, settings, "https://shop.example").await, (200, shop));
    assert_eq!(allowed(Method::GET, settings, "https://other.example").await, (200, None));
    // What people do is for no page of a shop.
    for path in ["/v1/tickets", "/v1/session", "/v1/conversations/c/take-over", "/metrics"] {
        assert_eq!(allowed(ask.clone(), path, "https://shop.example").await.1, None, "{path}");
    }
}

/// What a stream has told until the service stopped.
async fn told(service: &Service, path: &str, headers: &[(&str, &str)]) -> Vec<(String, Value)> {
    let mut made = Request::builder().uri(path);
    for (name, value) in headers {
        made = made.header(*name, *value);
    }
    let response = service.raw(made.body(Body::empty()).unwrap()).await;
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    service.app.stop();
    let bytes = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
    let text = String::from_utf8(bytes.into()).unwrap();
    let event = |event: &str| {
        let field = |name: &str| {
            event.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default().to_owned()
        };
        let data = serde_json::from_str(&field("data: ")).unwrap_or_default();
        (format!("{}{}", field("event: "), field("id: ")), data)
    };
    text.split("\n\n").filter(|event| event.contains("data: ")).map(event).collect()
}

#[tokio::test]
async fn whoever_follows_is_told_what_was_stored_and_goes_on_where_it_broke() {
    for (seen, expect) in [
        (None, &["message1", "message2", "state"][..]),
        (Some("1"), &["message2", "state"]),
        (Some("2"), &["state"]),
    ] {
        let service = Service::start().await;
        let (id, token) = service.visitor().await;
        let said = json!({ "conversation_id": id, "text": "I will sue you" });
        assert_eq!(service.post("/v1/messages", Some(&token), &said).await.outcome(), "200");
        let bearer = format!("Bearer {token}");
        let mut headers = vec![("authorization", bearer.as_str())];
        headers.extend(seen.map(|seen| ("last-event-id", seen)));
        let events = told(&service, &format!("/v1/conversations/{id}/events"), &headers).await;
        let names: Vec<_> = events.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, expect, "after {seen:?}");
        let (_, state) = events.last().unwrap();
        assert_eq!((&state["owner"], &state["place"]), (&json!("queue"), &json!(1)));
    }
}

#[tokio::test]
async fn a_stream_is_for_those_who_may_read() {
    let service = Service::start().await;
    let (id, token) = service.visitor().await;
    let (other, _) = service.visitor().await;
    let path = |id: &str| format!("/v1/conversations/{id}/events");
    assert_eq!(service.get(&path(&id), None).await.outcome(), "401 token-required");
    let foreign = service.get(&path(&other), Some(&token)).await;
    assert_eq!(foreign.outcome(), "404 conversation-not-found");
    let bearer = format!("Bearer {token}");
    let headers = [("authorization", bearer.as_str()), ("last-event-id", "x")];
    let got = service.with_headers(Method::GET, &path(&id), &headers).await;
    assert_eq!(got.outcome(), "422 invalid-field");
    let typing = format!("/v1/conversations/{id}/typing");
    assert_eq!(service.post(&typing, Some(&token), &json!({})).await.status, 204);
    assert_eq!(service.post(&typing, None, &json!({})).await.outcome(), "401 token-required");
}

#[tokio::test]
async fn a_person_is_known_by_the_name_that_customers_see() {
    let service = Service::start().await;
    let ana =
        json!({ "name": "ana.k", "role": "agent", "password": "correct horse", "known_as": "Ana" });
    assert_eq!(service.post("/v1/users", Some(ADMIN), &ana).await.outcome(), "200");
    let (id, token) = service.visitor().await;
    let said = json!({ "conversation_id": id, "text": "I will sue you", "message_id": "m1" });
    let turn = service.post("/v1/messages", Some(&token), &said).await.json();
    let reply = format!("/v1/tickets/{}/reply", turn["ticket"]["id"].as_str().unwrap());
    let body = json!({ "agent": "ana.k", "text": "Hello" });
    assert_eq!(service.post(&reply, Some(ADMIN), &body).await.outcome(), "200");
    let state = service.get(&format!("/v1/conversations/{id}"), Some(&token)).await.json();
    assert_eq!((&state["owner"], &state["person"]), (&json!("agent"), &json!("Ana")));
    let messages = format!("/v1/conversations/{id}/messages");
    let messages = service.get(&messages, Some(&token)).await.json();
    let last = messages["messages"].as_array().unwrap().last().unwrap();
    assert_eq!(last["person"], "Ana");
    assert!(last.get("agent").is_none(), "the name to sign in with is nobody's affair");
}

#[tokio::test]
async fn files_are_kept_sent_and_read_by_their_own_conversation() {
    let service = Service::of_file(INBOXES).await;
    let ((id, token), (other, foreign)) = (service.visitor().await, service.visitor().await);
    let path = format!("/v1/conversations/{id}/attachments");
    let gif = b"GIF89a<script>";
    let kept = service.upload(&format!("{path}?name=..%2Fa%22.svg"), &token, gif).await.json();
    assert_eq!((&kept["name"], &kept["type"]), (&json!("a.svg.gif"), &json!("image/gif")));
    let file = kept["id"].as_str().unwrap();
    for (token, bytes, expect) in [
        (&token, &b"<svg onload=alert(1)>"[..], "415 attachment-type"),
        (&token, &[0xff; 1_048_577], "413 attachment-too-large"),
        (&foreign, gif, "404 conversation-not-found"),
    ] {
        assert_eq!(service.upload(&path, token, bytes).await.outcome(), expect);
    }
    let said = json!({ "conversation_id": id, "message_id": "m", "attachments": [file] });
    let foreign_said = json!({ "conversation_id": other, "attachments": [file] });
    let got = service.post("/v1/messages", Some(&foreign), &foreign_said).await;
    assert_eq!(got.outcome(), "404 attachment-not-found");
    for file in [file, "none"] {
        let said = json!({ "conversation_id": id, "attachments": [file] });
        let got = service.post("/v1/messages", Some(&foreign), &said).await;
        assert_eq!(
            got.outcome(),
            "404 conversation-not-found",
            "{file}: not told without the secret"
        );
    }
    assert_eq!(service.post("/v1/messages", Some(&token), &said).await.outcome(), "200");
    let messages = service.get(&format!("/v1/conversations/{id}/messages"), Some(&token)).await;
    let message = &messages.json()["messages"][0];
    assert_eq!(
        (&message["text"], &message["attachments"][0]["id"]),
        (&json!("a.svg.gif"), &json!(file))
    );
    let got = service.get(&format!("{path}/{file}"), Some(&token)).await;
    assert_eq!(got.headers["content-disposition"], "attachment; filename*=UTF-8''a.svg.gif");
    assert_eq!(got.headers["content-type"], "image/gif");
    assert_eq!(got.headers["x-content-type-options"], "nosniff");
    assert!(got.headers["content-security-policy"].to_str().unwrap().contains("sandbox"));
    for (path, token) in [
        (format!("{path}/{file}"), &foreign),
        (format!("/v1/conversations/{other}/attachments/{file}"), &foreign),
        (format!("{path}/..%2F..%2Fadmin-token"), &token),
    ] {
        let got = service.get(&path, Some(token)).await;
        assert!(got.outcome().starts_with("404"), "{path}: {got:?}");
    }
}

#[tokio::test]
async fn a_signed_customer_is_believed_and_no_other() {
    let service = Service::of_file(INBOXES).await;
    let signed = |id: &str, hash: &str| json!({ "user_id": id, "hash": hash });
    let good = hash_of("0123456789abcdef0123456789abcdef", "c-1");
    let other = hash_of("0123456789abcdef0123456789abcdef", "c-2");
    let (id, token) = service.visitor().await;
    let say = async |identity: Value, inbox: &str| {
        let body =
            json!({ "conversation_id": id, "text": "hello", "identity": identity, "inbox": inbox });
        service.post("/v1/messages", Some(&token), &body).await.outcome()
    };
    assert_eq!(say(signed("c-1", &"0".repeat(64)), "shop").await, "401 identity-invalid");
    assert_eq!(say(signed("c-1", &good), "other").await, "401 identity-invalid");
    assert_eq!(say(signed("c-1", &good), "none").await, "404 inbox-not-found");
    assert_eq!(say(json!({}), "shop").await, "401 identity-invalid");
    assert_eq!(say(json!({ "jwt": "a.b.c" }), "shop").await, "401 identity-invalid");
    assert_eq!(say(signed("c-1", &good), "shop").await, "200");
    assert_eq!(say(signed("c-2", &other), "shop").await, "409 identity-other");
    let customer = service.app.store.conversation(&desk::ConversationId::new(&id)).await;
    assert_eq!(customer.unwrap().unwrap().conversation.contact.as_deref(), Some("c-1"));
}
