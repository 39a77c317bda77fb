//! Signing in and out, and saying that one is there.

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::http::header::SET_COOKIE;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};

use super::fields::{Form, Query};
use super::gate::{self, Who};
use super::shell::{Page, bare, go, problem, send};
use crate::access;
use crate::http::caller::{address, limited};
use crate::http::extract::{Body, checked_id};
use crate::http::{Code, Has, Problem, session};

/// Where to sign in.
pub(super) async fn page(Query(query): Query) -> Response {
    send(&form(query.get("next"), None))
}

fn form(next: Option<&str>, wrong: Option<&Problem>) -> Markup {
    bare(
        "Sign in",
        &html! {
            @if let Some(wrong) = wrong { (problem(wrong)) }
            form.card method="post" action="/console/sign-in" {
                input type="hidden" name="next" value=(next.unwrap_or("/console"));
                label for="name" { "Name" }
                input id="name" name="name" autocomplete="username" required autofocus;
                label for="password" { "Password" }
                input id="password" name="password" type="password" required
                    autocomplete="current-password";
                button.main { "Sign in" }
            }
            p.soft { "People are made by " code { "switchboard user add" } " or by an admin." }
        },
    )
}

/// Signs in.
pub(super) async fn sign_in(State(app): Has, request: Request) -> Page {
    if gate::is_foreign(request.headers()) {
        return Err(Code::CsrfRequired.into());
    }
    app.limits.visitor(address(app.trusted_proxies, &request)).map_err(limited)?;
    let (fields, _) = gate::form(request).await?;
    let next = fields.get("next").filter(|next| is_ours(next));
    let (name, password) = (fields.get("name"), fields.get("password"));
    let signed = match (name, password) {
        (Some(name), Some(password)) => {
            checked_id("name", name)?;
            access::sign_in(&app, name, password).await
        }
        _ => Err(Code::SignInFailed.into()),
    };
    match signed {
        Ok(signed) => {
            let mut response = go(next.unwrap_or("/console"));
            let cookie = access::cookie(&app, Some(&signed.secret));
            let cookie = cookie.parse().map_err(Problem::internal)?;
            response.headers_mut().insert(SET_COOKIE, cookie);
            Ok(response)
        }
        Err(wrong) if matches!(wrong.code(), Code::SignInFailed | Code::LockedOut) => {
            let mut response = send(&form(next, Some(&wrong)));
            *response.status_mut() = wrong.code().status();
            Ok(response)
        }
        Err(problem) => Err(problem.into()),
    }
}

/// A page of the console, and nowhere else.
fn is_ours(next: &str) -> bool {
    let console =
        next == "/console" || next.starts_with("/console/") || next.starts_with("/console?");
    console && !next.contains(['\\', '\r', '\n'])
}

/// Signs out.
pub(super) async fn sign_out(state: Has, who: Who) -> Page {
    let ended = session::sign_out(state, who.caller).await?;
    let cookies: Vec<_> = ended.headers().get_all(SET_COOKIE).iter().cloned().collect();
    let mut response = go("/console/sign-in");
    for cookie in cookies {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    Ok(response)
}

/// Says that one takes tickets, or not.
pub(super) async fn presence(state: Has, who: Who, Form(form): Form) -> Page {
    let available = form.get("available") == Some("yes");
    let said = session::Presence { available };
    session::presence(state, who.caller, Body(said)).await.map(drop)?;
    let back = form.get("back").filter(|back| is_ours(back)).unwrap_or("/console");
    Ok((StatusCode::SEE_OTHER, [("location", back)]).into_response())
}
