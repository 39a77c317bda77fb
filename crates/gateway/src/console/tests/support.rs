//! Somebody before the console: a cookie, and forms as a browser sends them.

use axum::body::Body;
use axum::http::{Method, Request, header};
use serde_json::json;

use crate::http::tests::support::{ADMIN, Got, Service};

pub(super) const PASSWORD: &str = "correct horse battery";

/// Somebody who has signed in.
pub(super) struct Desk<'a> {
    pub(super) service: &'a Service,
    cookie: String,
    pub(super) csrf: String,
}

/// Makes a person whom tickets of every tier are for.
pub(super) async fn person(service: &Service, name: &str, role: &str, languages: &[&str]) {
    person_of(service, name, role, languages, &["care", "lead"]).await;
}

/// Makes a person of these teams.
pub(super) async fn person_of(
    service: &Service,
    name: &str,
    role: &str,
    languages: &[&str],
    teams: &[&str],
) {
    let body = json!({
        "name": name, "role": role, "password": PASSWORD, "teams": teams, "languages": languages,
    });
    let got = service.post("/v1/users", Some(ADMIN), &body).await;
    assert_eq!(got.outcome(), "200", "{got:?}");
}

/// A form of somebody whose cookie this is.
pub(super) fn form(path: &str, cookie: &str, fields: &[(&str, &str)]) -> Request<Body> {
    let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    Request::builder()
        .method(Method::POST)
        .uri(path)
        .header(header::COOKIE, cookie)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(body.into())
        .unwrap()
}

/// The value of a hidden field of a page.
pub(super) fn hidden(page: &str, name: &str) -> String {
    let (_, rest) = page.split_once(&format!("name=\"{name}\" value=\"")).unwrap();
    rest.split('"').next().unwrap().to_owned()
}

impl<'a> Desk<'a> {
    /// Makes a person, who signs in by the form.
    pub(super) async fn of(service: &'a Service, name: &str, role: &str) -> Self {
        person(service, name, role, &["en"]).await;
        Self::sign_in(service, name).await
    }

    pub(super) async fn sign_in(service: &'a Service, name: &str) -> Self {
        let fields = [("name", name), ("password", PASSWORD)];
        let got = service.send(form("/console/sign-in", "", &fields)).await;
        assert_eq!(got.status, 303, "{got:?}");
        assert_eq!(got.headers[header::LOCATION], "/console");
        let cookie = got.headers[header::SET_COOKIE].to_str().unwrap();
        let cookie = cookie.split(';').next().unwrap().to_owned();
        let mut desk = Self { service, cookie, csrf: String::new() };
        let page = desk.get("/console").await;
        desk.csrf = hidden(&page.text, "csrf");
        desk
    }

    pub(super) async fn get(&self, path: &str) -> Got {
        let request = Request::builder().uri(path).header(header::COOKIE, &self.cookie);
        self.service.send(request.body(Body::empty()).unwrap()).await
    }

    /// What goes on being sent.
    pub(super) async fn open(&self, path: &str) -> Body {
        let request = Request::builder().uri(path).header(header::COOKIE, &self.cookie);
        let response = self.service.raw(request.body(Body::empty()).unwrap()).await;
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()[header::CONTENT_TYPE], "text/event-stream");
        response.into_body()
    }

    /// Sends a form with its token.
    pub(super) async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Got {
        let mut fields = fields.to_vec();
        fields.push(("csrf", &self.csrf));
        self.service.send(form(path, &self.cookie, &fields)).await
    }

    /// Sends a form as it is.
    pub(super) async fn post_bare(&self, path: &str, fields: &[(&str, &str)]) -> Got {
        self.service.send(form(path, &self.cookie, fields)).await
    }

    /// Does something with a ticket, having seen its page as it is.
    pub(super) async fn does(&self, ticket: &str, verb: &str, fields: &[(&str, &str)]) -> Got {
        let page = self.get(&format!("/console/tickets/{ticket}")).await;
        let fence = hidden(&page.text, "fence");
        let mut fields = fields.to_vec();
        fields.push(("fence", &fence));
        self.post(&format!("/console/tickets/{ticket}/{verb}"), &fields).await
    }
}

/// A ticket of a customer who threatens.
pub(super) async fn ticket(service: &Service, conversation: &str) -> String {
    let turn = service.turn(conversation, "i will sue you").await;
    turn["ticket"]["id"].as_str().unwrap().to_owned()
}
