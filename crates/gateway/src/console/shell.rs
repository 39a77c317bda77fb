//! What every page has around it.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use store::Role;

use super::assets;
use super::gate::Who;
use super::words::advice::{advice, coded};
use super::words::{icon, key};
use crate::http::Problem;
use crate::wire::seconds;

/// Own files alone, nothing inline, nowhere framed; no script can make HTML of a string.
pub(super) const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
    connect-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; \
    frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

/// What a handler answers.
pub(super) type Page = Result<Response, Refusal>;

/// A problem, told as a page.
#[derive(Debug)]
pub(super) struct Refusal(pub(super) Problem);

impl<E: Into<Problem>> From<E> for Refusal {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

/// What a page was refused for; goes with the response to the gate, which knows whose frame it
/// is to stand in.
#[derive(Clone, Debug)]
struct Told {
    title: &'static str,
    body: Markup,
}

/// The page of a refusal within the frame of whoever asked for it; any other page as it is.
pub(super) fn framed(who: &Who, mut response: Response) -> Response {
    let Some(Told { title, body }) = response.extensions_mut().remove() else { return response };
    let body = html! {
        main.wide id="main" tabindex="-1" {
            h1 { (icon("alert")) " " (title) }
            div role="alert" { (body) }
            (back())
        }
    };
    let (mut parts, _) = response.into_parts();
    let (page, body) = send(&page(who, "", title, &body)).into_parts();
    parts.headers.extend(page.headers);
    Response::from_parts(parts, body)
}

fn back() -> Markup {
    html! { p { a href="/console" { "To the queue" } } }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let (title, words) = (self.0.code().title(), explained(&self.0));
        let told = bare(title, &html! { (problem(&self.0)) (back()) });
        // Status, headers and what is logged are those of the API.
        let (mut parts, _) = self.0.into_response().into_parts();
        for name in [header::CONTENT_TYPE, header::CONTENT_LENGTH, header::WWW_AUTHENTICATE] {
            parts.headers.remove(name);
        }
        let (page, body) = send(&told).into_parts();
        parts.headers.extend(page.headers);
        parts.extensions.insert(Told { title, body: words });
        Response::from_parts(parts, body)
    }
}

/// What is wrong and what to do, for people.
pub(super) fn problem(problem: &Problem) -> Markup {
    html! {
        div.problem role="alert" {
            p { strong { (icon("alert")) " " (problem.code().title()) "." } }
            (explained(problem))
        }
    }
}

fn explained(problem: &Problem) -> Markup {
    html! {
        @if let Some(detail) = problem.detail() { p { (coded(detail)) } }
        p.soft { (advice(problem.code())) }
    }
}

/// Sends a page.
pub(super) fn send(page: &Markup) -> Response {
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY)),
    ];
    (headers, page.0.clone()).into_response()
}

/// Leads to another page after something was done.
pub(super) fn go(to: &str) -> Response {
    (StatusCode::SEE_OTHER, [(header::LOCATION, to)]).into_response()
}

/// A page for somebody who has not signed in.
pub(super) fn bare(title: &str, body: &Markup) -> Markup {
    document(
        title,
        None,
        &html! {
            main.bare id="main" {
                h1 { "Switchboard" }
                (body)
            }
        },
    )
}

/// A page for somebody who has signed in.
pub(super) fn page(who: &Who, here: &str, title: &str, body: &Markup) -> Markup {
    let tabs: &[(&str, &str, &str, Role)] = &[
        ("/console", "Queue", "g q", Role::Agent),
        ("/console/lead", "Figures", "g f", Role::Lead),
        ("/console/practice", "Practice", "g p", Role::Agent),
        ("/console/admin", "Admin", "g a", Role::Admin),
    ];
    document(
        title,
        Some(who.now),
        &html! {
            a.skip href="#main" { "To the content" }
            header.top {
                span.brand { "Switchboard" }
                nav aria-label="Console" {
                    @for (path, label, keys, role) in tabs.iter().filter(|tab| who.is(tab.3)) {
                        @let current = if *path == here { Some("page") } else { None };
                        a href=(path) aria-current=[current] aria-keyshortcuts=(keys)
                            data-role=(role.as_str()) { (label) }
                    }
                }
                form.search role="search" action="/console/search" {
                label.hidden for="search" { "Search by order, name or words" }
                input id="search" name="q" type="search" placeholder="Order, name, words"
                    autocomplete="off" aria-keyshortcuts="/";
                button { "Search" }
            }
            (presence(who))
                details.me {
                    summary { (who.user.name) " " span.soft { (who.user.role.as_str()) } }
                    div.menu {
                        label { input type="checkbox" id="wish-sound"; " Sound when a ticket comes" }
                        label { input type="checkbox" id="wish-alert"; " Desktop alert" }
                        label { input type="checkbox" id="wish-keys"; " Single-key shortcuts" }
                        button type="button" data-open="keys" aria-keyshortcuts="?" { "Keyboard (?)" }
                        form method="post" action="/console/sign-out" {
                            (csrf(who))
                            button { "Sign out" }
                        }
                    }
                }
            }
            (body)
            p.hidden id="said" role="status" aria-live="polite" {}
            (key::overlay())
        },
    )
}

/// A page of several that stand together, with their own tabs; `here` is the one that is
/// shown.
pub(super) fn tabbed(
    who: &Who,
    tabs: &[(&str, &str)],
    name: &str,
    here: &str,
    title: &str,
    body: &Markup,
) -> Response {
    let body = html! {
        main.wide id="main" tabindex="-1" {
            h1 { (title) }
            nav.views aria-label=(name) {
                @for (path, label) in tabs {
                    @let current = if *path == here { Some("page") } else { None };
                    a href=(path) aria-current=[current] { (label) }
                }
            }
            (body)
        }
    };
    // The first of them stands for all in the console's own tabs.
    let all = tabs.first().map_or(here, |(path, _)| path);
    send(&page(who, all, title, &body))
}

fn presence(who: &Who) -> Markup {
    let there = who.user.available;
    html! {
        form.presence method="post" action="/console/presence" data-boost data-stay {
            (csrf(who))
            input type="hidden" name="available" value=(if there { "no" } else { "yes" });
            button.there[there] aria-pressed=(there) {
                @if there { (icon("check")) " Taking tickets" }
                @else { (icon("pause")) " Not taking tickets" }
            }
        }
    }
}

/// The token that every form has to send.
pub(super) fn csrf(who: &Who) -> Markup {
    html! { input type="hidden" name="csrf" value=(who.csrf()); }
}

fn document(title: &str, now: Option<Timestamp>, body: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="robots" content="noindex";
                title { (title) " · Switchboard" }
                link rel="icon" href="/assets/icon.svg";
                link rel="stylesheet" href=(assets::path("console.css"));
                script type="module" src=(assets::path("console.js")) {}
            }
            body data-now=[now.map(seconds)] { (PreEscaped(&body.0)) }
        }
    }
}
