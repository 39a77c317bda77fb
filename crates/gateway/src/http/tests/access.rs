use axum::http::{Method, Request, header};
use serde_json::{Value, json};

use super::support::{ADMIN, Got, Service};

/// A browser: its cookie, and the token of the page.
struct Browser<'a> {
    service: &'a Service,
    cookie: String,
    csrf: String,
}

impl<'a> Browser<'a> {
    async fn sign_in(service: &'a Service, name: &str, password: &str) -> Result<Self, Got> {
        let body = json!({ "name": name, "password": password });
        let got = service.post("/v1/session", None, &body).await;
        if got.outcome() != "200" {
            return Err(got);
        }
        let cookie = got.headers[header::SET_COOKIE].to_str().unwrap().to_owned();
        for part in ["HttpOnly", "SameSite=Strict", "Path=/"] {
            assert!(cookie.contains(part), "{cookie}");
        }
        let csrf = got.json()["csrf_token"].as_str().unwrap().to_owned();
        let cookie = cookie.split(';').next().unwrap().to_owned();
        Ok(Self { service, cookie, csrf })
    }

    async fn send(&self, method: Method, path: &str, csrf: Option<&str>, body: &Value) -> Got {
        let mut request =
            Request::builder().method(method).uri(path).header(header::COOKIE, &self.cookie);
        if let Some(csrf) = csrf {
            request = request.header("x-csrf-token", csrf);
        }
        let request = request
            .header(header::CONTENT_TYPE, "application/json")
            .body(body.to_string().into())
            .unwrap();
        self.service.send(request).await
    }

    async fn does(&self, method: Method, path: &str, body: Value) -> Got {
        self.send(method, path, Some(&self.csrf), &body).await
    }
}

async fn add(service: &Service, name: &str, role: &str) {
    let body = json!({
        "name": name, "role": role, "password": "correct horse battery", "teams": ["care"],
        "languages": ["en"],
    });
    let got = service.post("/v1/users", Some(ADMIN), &body).await;
    assert_eq!(got.outcome(), "200", "{got:?}");
}

#[tokio::test]
async fn a_person_signs_in_acts_in_their_own_name_and_signs_out() {
    let service = Service::start().await;
    add(&service, "ana", "agent").await;
    let ana = Browser::sign_in(&service, "ana", "correct horse battery").await.ok().unwrap();
    let turn = service.turn("c", "i will sue you").await;
    let ticket = turn["ticket"]["id"].as_str().unwrap();
    let take = format!("/v1/tickets/{ticket}/take");

    let got = ana.send(Method::POST, &take, None, &json!({})).await;
    assert_eq!(got.outcome(), "403 csrf-required", "a page of another site has no token");
    let got = ana.send(Method::POST, &take, Some("guess"), &json!({})).await;
    assert_eq!(got.outcome(), "403 csrf-required");
    let got = ana.does(Method::POST, &take, json!({ "agent": "ben" })).await;
    assert_eq!(got.outcome(), "403 forbidden", "people act in their own name");
    // Of a tier above those of the person's teams it is taken knowingly, or not at all.
    for body in [json!({}), json!({ "tier": 2 }), json!({ "tier": 4 })] {
        let got = ana.does(Method::POST, &take, body).await;
        assert_eq!(got.outcome(), "409 tier-above");
        assert_eq!(got.json()["current"]["ticket"]["tier"], 3);
    }
    let reply = format!("/v1/tickets/{ticket}/reply");
    let got = ana.does(Method::POST, &reply, json!({ "text": "Hello." })).await;
    assert_eq!(got.outcome(), "409 tier-above", "an answer takes it as well");
    let got = ana.does(Method::POST, &take, json!({ "tier": 3 })).await;
    assert_eq!(got.outcome(), "200", "{got:?}");
    let got = ana.does(Method::POST, &reply, json!({ "text": "Hello." })).await;
    assert_eq!(got.outcome(), "200", "{got:?}");
    assert_eq!(got.json()["ticket"]["assignee"], "ana");
    let got = ana.send(Method::GET, "/v1/tickets", None, &json!({})).await;
    assert_eq!(got.outcome(), "200", "reading needs no token");

    for (method, path) in [
        (Method::POST, "/v1/users"),
        (Method::GET, "/v1/tokens"),
        (Method::GET, "/v1/audit"),
        (Method::POST, "/v1/packs/reload"),
    ] {
        let body = json!({ "name": "eve", "role": "admin", "password": "correct horse battery" });
        let got = ana.does(method, path, body).await;
        assert_eq!(got.outcome(), "403 forbidden", "{path}");
    }
    // A customer's page in the same browser is nobody's.
    let got = ana.send(Method::POST, "/v1/messages", None, &json!({ "text": "hello" })).await;
    assert_eq!(got.outcome(), "200", "{got:?}");
    assert!(got.json()["conversation_token"].is_string());

    assert_eq!(ana.does(Method::DELETE, "/v1/session", json!({})).await.status, 204);
    let got = ana.send(Method::GET, "/v1/tickets", None, &json!({})).await;
    assert_eq!(got.outcome(), "401 token-required");
}

#[tokio::test]
async fn guessing_locks_the_name_and_is_in_the_trail() {
    let service = Service::start().await;
    add(&service, "ana", "lead").await;
    let try_it =
        async |name: &str, password: &str| match Browser::sign_in(&service, name, password).await {
            Ok(_) => "200".to_owned(),
            Err(got) => got.outcome(),
        };
    assert_eq!(try_it("nobody", "correct horse battery").await, "401 sign-in-failed");
    for _ in 0..5 {
        assert_eq!(try_it("ana", "wrong horse battery").await, "401 sign-in-failed");
    }
    assert_eq!(try_it("ana", "correct horse battery").await, "429 locked-out");
    service.wait(2).await;
    assert_eq!(try_it("ana", "correct horse battery").await, "200");
    let trail = service.get("/v1/audit", Some(ADMIN)).await;
    let actions: Vec<String> = trail
        .json()
        .as_array()
        .unwrap()
        .iter()
        .rev()
        .map(|line| {
            format!("{} {}", line["actor"].as_str().unwrap(), line["action"].as_str().unwrap())
        })
        .collect();
    assert_eq!(actions[0], "token:admin user.add");
    assert_eq!(actions[1..6], ["user:ana session.refused"; 5].map(str::to_owned));
    assert_eq!(actions[6], "user:ana session.start");
    assert!(!trail.text.contains("horse"), "no password is in the trail");
}

#[tokio::test]
async fn a_session_ends_by_itself_and_with_a_new_password() {
    let service = Service::start().await;
    add(&service, "ana", "lead").await;
    let ana = Browser::sign_in(&service, "ana", "correct horse battery").await.ok().unwrap();
    let there = async |who: &Browser<'_>| {
        who.send(Method::GET, "/v1/session", None, &json!({})).await.outcome()
    };
    service.wait(11 * 60).await;
    assert_eq!(there(&ana).await, "200");
    service.wait(12 * 60).await;
    assert_eq!(there(&ana).await, "401 token-required", "twelve hours of silence");

    let ana = Browser::sign_in(&service, "ana", "correct horse battery").await.ok().unwrap();
    let body = json!({ "password": "another horse battery" });
    let request = super::support::request(
        Method::PATCH,
        "/v1/users/ana",
        Some(ADMIN),
        Some(body.to_string().into_bytes()),
    );
    assert_eq!(service.send(request).await.outcome(), "200");
    assert_eq!(there(&ana).await, "401 token-required");
    let refused = Browser::sign_in(&service, "ana", "correct horse battery").await.err().unwrap();
    assert_eq!(refused.outcome(), "401 sign-in-failed");
}

#[tokio::test]
async fn a_token_does_what_its_scopes_say() {
    let service = Service::start().await;
    let made = service
        .post("/v1/tokens", Some(ADMIN), &json!({ "name": "widget", "scopes": ["messages"] }))
        .await;
    assert_eq!(made.outcome(), "200", "{made:?}");
    let token = made.json()["token"].as_str().unwrap().to_owned();
    let said = json!({ "conversation_id": "c", "text": "i will sue you" });
    let got = service.post("/v1/messages", Some(&token), &said).await;
    assert_eq!(got.outcome(), "200", "{got:?}");
    assert_eq!(service.get("/v1/tickets", Some(&token)).await.outcome(), "403 forbidden");
    assert_eq!(service.get("/v1/conversations/c", Some(&token)).await.outcome(), "200");
    let listed = service.get("/v1/tokens", Some(ADMIN)).await;
    assert!(!listed.text.contains(&token), "a secret is said once");

    let request = super::support::request(Method::DELETE, "/v1/tokens/widget", Some(ADMIN), None);
    assert_eq!(service.send(request).await.outcome(), "200");
    let got = service.post("/v1/messages", Some(&token), &said).await;
    assert_eq!(got.outcome(), "401 token-invalid");
    for body in [json!({ "name": "x", "scopes": [] }), json!({ "name": "x", "scopes": ["root"] })] {
        let got = service.post("/v1/tokens", Some(ADMIN), &body).await;
        assert_eq!(got.outcome(), "422 invalid-field", "{body}");
    }
}

#[tokio::test]
async fn a_person_who_cannot_be_is_refused() {
    let service = Service::start().await;
    add(&service, "ana", "agent").await;
    let with = |more: Value| {
        let mut body = json!({
            "name": "ben", "role": "agent", "password": "correct horse battery",
        });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        body
    };
    for (body, expected, says) in [
        (with(json!({ "name": "ana" })), "409 name-taken", ""),
        (with(json!({ "role": "king" })), "422 invalid-field", "role"),
        (with(json!({ "password": "short" })), "422 invalid-field", "password"),
        (with(json!({ "teams": ["nobody"] })), "422 invalid-field", "nobody"),
        (
            with(json!({ "shifts": { "time_zone": "Mars/Olympus", "monday": ["09:00-18:00"] } })),
            "422 invalid-field",
            "time zone",
        ),
        (
            with(json!({ "shifts": { "time_zone": "Asia/Tokyo",
                "monday": ["09:00-13:00", "12:00-18:00"] } })),
            "422 invalid-field",
            "overlap",
        ),
        (
            with(json!({ "shifts": { "time_zone": "Asia/Tokyo" } })),
            "422 invalid-field",
            "no day has opening hours",
        ),
    ] {
        let got = service.post("/v1/users", Some(ADMIN), &body).await;
        assert_eq!(got.outcome(), expected, "{body}");
        assert!(got.text.contains(says), "{got:?}");
    }
    assert_eq!(service.get("/v1/users", Some(ADMIN)).await.json().as_array().unwrap().len(), 1);
}
