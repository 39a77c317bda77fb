//! API tokens: what programs may do.

use axum::extract::State;
use axum::response::IntoResponse;
use maud::html;
use store::{Scope, Store};

use crate::app::App;
use crate::console::fields::{Form, encoded};
use crate::console::gate::Who;
use crate::console::shell::{self, Page, csrf, go};
use crate::console::words::moment;
use crate::http::extract::{Body, Id};
use crate::http::tokens::{self, TokenRequest};
use crate::http::{Has, Problem};

const HERE: &str = "/console/admin/tokens";

/// The page.
pub(super) async fn page(State(app): Has, who: Who) -> Page {
    shown(&app, &who, None, None).await
}

async fn shown(app: &App, who: &Who, wrong: Option<&Problem>, secret: Option<&str>) -> Page {
    let tokens = app.store.api_tokens().await?;
    let body = html! {
        @if let Some(wrong) = wrong { (shell::problem(wrong)) }
        @if let Some(secret) = secret {
            section.card role="status" {
                p { strong { "The new token, shown this once:" } }
                p { code { (secret) } }
            }
        }
        table {
            thead { tr { th scope="col" { "Name" } th scope="col" { "May" } th scope="col" { "Made" }
                th scope="col" { "State" } th scope="col" { span.hidden { "Remarks" } } } }
            tbody { @for token in &tokens { tr {
                th scope="row" { (token.name) }
                td { (token.scopes) }
                td { (moment(token.created_at)) }
                td { @match token.revoked_at { Some(at) => { "withdrawn " (moment(at)) }, None => { "in force" } } }
                td { @if token.revoked_at.is_none() {
                    form.inline method="post" action={ (HERE) "/" (encoded(&token.name)) "/revoke" } {
                        (csrf(who)) button { "Withdraw" span.hidden { " " (token.name) } }
                    }
                } }
            } } }
        }
        h2 { "A new token" }
        form.filters method="post" action=(HERE) {
            (csrf(who))
            label { "Name " input name="name" required maxlength="200"; }
            fieldset { legend { "May" }
                @for scope in Scope::ALL { label { input type="checkbox" name={ "scope." (scope.as_str()) } value="yes"; " " (scope.as_str()) } " " } }
            button.main { "Make" }
        }
    };
    let status = wrong.map_or(axum::http::StatusCode::OK, |wrong| wrong.code().status());
    Ok((status, super::page(who, HERE, "Tokens", &body)).into_response())
}

/// Makes a token, and shows its secret once.
pub(super) async fn add(State(app): Has, who: Who, Form(form): Form) -> Page {
    let chosen = |scope: &Scope| form.get(&format!("scope.{}", scope.as_str())).is_some();
    let scopes = Scope::ALL.into_iter().filter(chosen).map(|scope| scope.as_str().to_owned());
    let request = TokenRequest {
        name: form.get("name").unwrap_or_default().to_owned(),
        scopes: scopes.collect(),
    };
    match tokens::add_token(State(app.clone()), who.caller.clone(), Body(request)).await {
        Ok(made) => shown(&app, &who, None, made.0.token.as_deref()).await,
        Err(wrong) => shown(&app, &who, Some(&wrong), None).await,
    }
}

/// Withdraws a token.
pub(super) async fn revoke(state: Has, who: Who, id: Result<Id, Problem>) -> Page {
    tokens::revoke_token(state, who.caller, id?).await.map(drop)?;
    Ok(go(HERE))
}
