//! API tokens: for admins.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use store::{ApiToken, Record, Scope, Scopes, Store, TokenHash};
use utoipa::ToSchema;

use super::Has;
use super::caller::Caller;
use super::extract::{Body, Id, checked_id};
use super::problem::{Answer, Code, Problem};
use crate::access;
use crate::entropy::{self, TokenKind};

/// An API token, without its secret.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Token)]
pub(crate) struct TokenBody {
    /// Its name.
    pub(crate) name: String,
    /// What it may do.
    pub(crate) scopes: Vec<&'static str>,
    /// When it was made.
    pub(crate) created_at: String,
    /// When it was withdrawn.
    pub(crate) revoked_at: Option<String>,
    /// The secret, said once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) token: Option<String>,
}

impl TokenBody {
    fn of(token: &ApiToken, secret: Option<String>) -> Self {
        Self {
            name: token.name.clone(),
            scopes: token.scopes.0.iter().map(|scope| scope.as_str()).collect(),
            created_at: token.created_at.to_string(),
            revoked_at: token.revoked_at.map(|at| at.to_string()),
            token: secret,
        }
    }
}

/// A new API token.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TokenRequest {
    /// Its name; a token of the same name is replaced.
    pub(crate) name: String,
    /// `all`, `messages`, `tickets:read`, `tickets:write`, `packs`, `admin`.
    pub(crate) scopes: Vec<String>,
}

/// Every API token.
#[utoipa::path(get, path = "/v1/tokens", tag = "access", security(("token" = []), ("session" = [])),
    responses(
        (status = 200, description = "By name", body = Vec<TokenBody>),
        (status = "default", description = "A problem", body = super::ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn tokens(State(app): Has, caller: Caller) -> Answer<Json<Vec<TokenBody>>> {
    caller.may(Scope::Admin)?;
    let tokens = app.store.api_tokens().await?;
    Ok(Json(tokens.iter().map(|token| TokenBody::of(token, None)).collect()))
}

/// Makes an API token. Its secret is said once and kept as a hash.
#[utoipa::path(post, path = "/v1/tokens", tag = "access", request_body = TokenRequest,
    security(("token" = []), ("session" = [])),
    responses(
        (status = 200, description = "Made", body = TokenBody),
        (status = "default", description = "A problem", body = super::ProblemBody, content_type = "application/problem+json"),
    ))]
pub(crate) async fn add_token(
    State(app): Has,
    caller: Caller,
    Body(request): Body<TokenRequest>,
) -> Answer<Json<TokenBody>> {
    caller.may(Scope::Admin)?;
    checked_id("name", &request.name)?;
    let scopes = Scopes::parse(&request.scopes.join(" "))
        .ok()
        .filter(|scopes| !scopes.0.is_empty())
        .ok_or_else(|| {
            let names: Vec<_> = Scope::ALL.iter().map(|scope| scope.as_str()).collect();
            Problem::new(Code::InvalidField, format!("scopes: takes some of {}", names.join(", ")))
        })?;
    let secret = entropy::token(TokenKind::Api)?;
    let now = app.clock.now();
    let (name, hash) = (request.name, TokenHash::of(&secret));
    let token = ApiToken { name, hash, created_at: now, revoked_at: None, scopes };
    let detail = token.scopes.to_string();
    let trail = access::audit(now, &caller.actor(), "token.add", &token.name, &detail);
    app.store.put(vec![Record::ApiToken(token.clone()), trail]).await?;
    Ok(Json(TokenBody::of(&token, Some(secret))))
}

/// Withdraws an API token.
#[utoipa::path(delete, path = "/v1/tokens/{id}", tag = "access",
    params(("id" = String, Path, description = "Its name")),
    security(("token" = []), ("session" = [])),
    responses(
        (status = 200, description = "Withdrawn", body = TokenBody),
        (status = "default", description = "A problem", body = super::ProblemBody, content_type = "application/problem+json"),
    ))]
pub(crate) async fn revoke_token(
    State(app): Has,
    caller: Caller,
    Id(name): Id,
) -> Answer<Json<TokenBody>> {
    caller.may(Scope::Admin)?;
    let tokens = app.store.api_tokens().await?;
    let token = tokens.into_iter().find(|token| token.name == name).ok_or(Code::NotFound)?;
    let now = app.clock.now();
    let token = ApiToken { revoked_at: Some(now), ..token };
    let trail = access::audit(now, &caller.actor(), "token.revoke", &name, "");
    app.store.put(vec![Record::ApiToken(token.clone()), trail]).await?;
    Ok(Json(TokenBody::of(&token, None)))
}
