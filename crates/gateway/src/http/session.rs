//! Signing in and out.

use axum::Json;
use axum::extract::State;
use axum::http::header::SET_COOKIE;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use store::{Record, Store, TokenHash, User};
use utoipa::ToSchema;

use super::Has;
use super::caller::Caller;
use super::extract::{Body, checked_id};
use super::problem::{Answer, Code};
use crate::access;

/// Who signs in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SignIn {
    /// Their name.
    name: String,
    /// Their password.
    password: String,
}

/// Somebody who has signed in.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Session)]
pub(crate) struct SessionBody {
    /// Their name.
    name: String,
    /// `agent`, `lead` or `admin`.
    role: &'static str,
    /// They say that they are there.
    available: bool,
    /// The languages they read, the first before all.
    languages: Vec<String>,
    /// To be sent as `x-csrf-token` with everything that changes something.
    csrf_token: String,
}

impl SessionBody {
    fn of(user: &User, secret: &str) -> Self {
        Self {
            name: user.name.clone(),
            role: user.role.as_str(),
            available: user.available,
            languages: user.profile.languages.clone(),
            csrf_token: access::csrf(secret),
        }
    }
}

/// Signs in: the session stands in a cookie that pages cannot read.
#[utoipa::path(
    post,
    path = "/v1/session",
    tag = "access",
    request_body = SignIn,
    responses(
        (status = 200, description = "Signed in", body = SessionBody),
        (status = "default", description = "A problem", body = super::ProblemBody, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn sign_in(State(app): Has, Body(who): Body<SignIn>) -> Answer<Response> {
    checked_id("name", &who.name)?;
    let signed = access::sign_in(&app, &who.name, &who.password).await?;
    let cookie = access::cookie(&app, Some(&signed.secret));
    let body = Json(SessionBody::of(&signed.user, &signed.secret));
    Ok(([(SET_COOKIE, cookie)], body).into_response())
}

/// Who has signed in.
#[utoipa::path(
    get,
    path = "/v1/session",
    tag = "access",
    security(("session" = [])),
    responses(
        (status = 200, description = "Somebody", body = SessionBody),
        (status = "default", description = "A problem", body = super::ProblemBody, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn session(State(app): Has, caller: Caller) -> Answer<Json<SessionBody>> {
    let Caller::Person { name, secret, .. } = &caller else {
        return Err(Code::TokenRequired.into());
    };
    let user = app.store.user(name).await?.ok_or(Code::UserNotFound)?;
    Ok(Json(SessionBody::of(&user, secret)))
}

/// Signs out.
#[utoipa::path(
    delete,
    path = "/v1/session",
    tag = "access",
    security(("session" = [])),
    responses(
        (status = 204, description = "Signed out"),
        (status = "default", description = "A problem", body = super::ProblemBody, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn sign_out(State(app): Has, caller: Caller) -> Answer<Response> {
    let Caller::Person { name, secret, .. } = &caller else {
        return Err(Code::TokenRequired.into());
    };
    let records = vec![
        Record::EndSession(TokenHash::of(secret)),
        access::audit(app.clock.now(), &caller.actor(), "session.end", name, ""),
    ];
    app.store.put(records).await?;
    let cookie = access::cookie(&app, None);
    Ok((axum::http::StatusCode::NO_CONTENT, [(SET_COOKIE, cookie)]).into_response())
}

/// Whether somebody is there.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Presence {
    /// They take tickets.
    pub(crate) available: bool,
}

/// Says that one is there and takes tickets, or not.
#[utoipa::path(
    put,
    path = "/v1/session/presence",
    tag = "access",
    request_body = Presence,
    security(("session" = [])),
    responses(
        (status = 200, description = "Noted", body = SessionBody),
        (status = "default", description = "A problem", body = super::ProblemBody, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn presence(
    State(app): Has,
    caller: Caller,
    Body(presence): Body<Presence>,
) -> Answer<Json<SessionBody>> {
    let Caller::Person { name, secret, .. } = &caller else {
        return Err(Code::TokenRequired.into());
    };
    let _turn = app.turn_of(&format!("user {name}")).await;
    let user = app.store.user(name).await?.ok_or(Code::UserNotFound)?;
    let user = User { available: presence.available, ..user };
    app.store.put(vec![Record::User(Box::new(user.clone()))]).await?;
    Ok(Json(SessionBody::of(&user, secret)))
}
