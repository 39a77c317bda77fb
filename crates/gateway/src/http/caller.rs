//! Who calls: a visitor, or a program with an API token.

#[cfg(test)]
mod tests;

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use axum::extract::{FromRequestParts, Query, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use desk::AgentId;
use serde::Deserialize;
use store::{Role, Scope, Scopes, Store, TokenHash, TurnKey};

use super::extract::checked_id;
use super::problem::{Answer, Code, Problem};
use super::{Has, Shared};
use crate::access;
use crate::app::App;
use crate::entropy::TokenKind;
use crate::limits::Wait;

/// The address at the other end of the connection, put beside every request.
#[derive(Clone, Copy, Debug)]
pub struct Peer(pub SocketAddr);

/// Who calls.
#[derive(Clone, Debug)]
pub(crate) enum Caller {
    /// Anybody, with the secret of a conversation where one was sent.
    Visitor(Option<TokenHash>),
    /// A program that was given an API token.
    Api {
        /// The token's name.
        name: String,
        /// What it may do.
        scopes: Scopes,
    },
    /// A person who has signed in.
    Person {
        /// Their name.
        name: String,
        /// What they may do.
        role: Role,
        /// The secret of their session.
        secret: String,
    },
}

impl Caller {
    /// The name of whoever calls, where they may do this.
    pub(crate) fn may(&self, scope: Scope) -> Answer<&str> {
        let (name, may) = match self {
            Self::Visitor(_) => {
                return Err(Problem::new(
                    Code::TokenRequired,
                    "an API token or a session is needed",
                ));
            }
            Self::Api { name, scopes } => (name, scopes.allow(scope)),
            Self::Person { name, role, .. } => (
                name,
                match scope {
                    Scope::TicketsRead | Scope::TicketsWrite => true,
                    Scope::Packs => *role >= Role::Lead,
                    Scope::All | Scope::Messages | Scope::Admin => *role == Role::Admin,
                },
            ),
        };
        if may {
            return Ok(name);
        }
        Err(Problem::new(Code::Forbidden, format!("needs the scope {}", scope.as_str())))
    }

    /// The person who acts: whoever has signed in, or whom a program names.
    pub(crate) fn agent(&self, named: Option<&str>) -> Answer<AgentId> {
        let name = self.may(Scope::TicketsWrite)?;
        match (self, named) {
            (Self::Person { .. }, Some(named)) if named != name => {
                Err(Problem::new(Code::Forbidden, "agent: people act in their own name"))
            }
            (_, Some(named)) => checked_id("agent", named).map(AgentId::new),
            (_, None) => Ok(AgentId::new(name)),
        }
    }

    /// Who calls, for the trail: `user:ana`, `token:shop`.
    pub(crate) fn actor(&self) -> String {
        match self {
            Self::Visitor(_) => "visitor".to_owned(),
            Self::Api { name, .. } => format!("token:{name}"),
            Self::Person { name, .. } => format!("user:{name}"),
        }
    }

    /// The key of a message that the caller gave an id: a person and a token of one name are
    /// two. A visitor's is its conversation's.
    pub(super) fn key(&self, message_id: Option<String>) -> Option<TurnKey> {
        let caller = match self {
            Self::Visitor(_) => return None,
            Self::Api { name, .. } => format!("api:{name}"),
            Self::Person { name, .. } => format!("user:{name}"),
        };
        message_id.map(|message_id| TurnKey { caller, message_id })
    }
}

impl FromRequestParts<Shared> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &Shared) -> Answer<Self> {
        let caller = parts.extensions.get::<Self>().cloned();
        caller.ok_or_else(|| Problem::internal("an address that does not ask who calls"))
    }
}

/// Finds out who calls, and counts it.
pub(super) async fn admit(State(app): Has, mut request: Request, next: Next) -> Response {
    let address = address(app.trusted_proxies, &request);
    let caller = match token(&request) {
        Ok(token) => identify(&app, address, token, &Page::of(&request)).await,
        Err(problem) => Err(problem),
    };
    match caller {
        Ok(caller) => {
            request.extensions_mut().insert(caller);
            next.run(request).await
        }
        Err(problem) => problem.into_response(),
    }
}

async fn identify(
    app: &App,
    address: IpAddr,
    token: Option<String>,
    request: &Page,
) -> Answer<Caller> {
    let Some(token) = token else {
        if let Some(secret) = &request.cookie
            && let Some(caller) = person(app, secret, request).await?
        {
            app.limits.api(&caller.actor()).map_err(limited)?;
            return Ok(caller);
        }
        app.limits.visitor(address).map_err(limited)?;
        return Ok(Caller::Visitor(None));
    };
    let hash = TokenHash::of(&token);
    if token.starts_with(TokenKind::Conversation.prefix()) {
        app.limits.visitor(address).map_err(limited)?;
        return Ok(Caller::Visitor(Some(hash)));
    }
    let found = if app.is_extra_token(&hash) {
        Some(("configured".to_owned(), Scopes::all()))
    } else {
        app.store.api_token(&hash).await?.map(|token| (token.name, token.scopes))
    };
    match found {
        Some((name, scopes)) => {
            app.limits.api(&name).map_err(limited)?;
            Ok(Caller::Api { name, scopes })
        }
        None => {
            // Guessing counts as asking.
            app.limits.visitor(address).map_err(limited)?;
            Err(Code::TokenInvalid.into())
        }
    }
}

/// What a request of a page says of who sent it.
struct Page {
    cookie: Option<String>,
    csrf: Option<String>,
    changes: bool,
}

impl Page {
    fn of(request: &Request) -> Self {
        let header = |name: &str| request.headers().get(name).and_then(|v| v.to_str().ok());
        // A customer's page may stand open beside the console: there a cookie says nothing.
        let customers = matches!(request.uri().path(), "/v1/messages" | "/v1/classify");
        Self {
            cookie: header("cookie").filter(|_| !customers).and_then(access::session_cookie),
            csrf: header("x-csrf-token").map(str::to_owned),
            changes: !request.method().is_safe(),
        }
    }
}

/// The person behind a session. A session that has ended is nobody's.
async fn person(app: &App, secret: &str, page: &Page) -> Answer<Option<Caller>> {
    let Some((session, user)) = access::session(app, secret).await? else { return Ok(None) };
    if page.changes {
        let sent = page.csrf.as_deref().map(TokenHash::of);
        if sent.as_ref() != Some(&session.csrf) {
            return Err(Code::CsrfRequired.into());
        }
    }
    Ok(Some(Caller::Person { name: user.name, role: user.role, secret: secret.to_owned() }))
}

pub(crate) fn limited(Wait(seconds): Wait) -> Problem {
    Problem::new(Code::RateLimited, format!("try again in {seconds} s")).retry_after(seconds)
}

/// The query of Rasa's clients; they send more than the token.
#[derive(Deserialize)]
struct RasaToken {
    #[serde(default)]
    token: Option<String>,
}

/// The token that was sent: as a bearer, or as Rasa's clients do.
fn token(request: &Request) -> Answer<Option<String>> {
    if let Some(header) = request.headers().get(header::AUTHORIZATION) {
        let bearer = header.to_str().ok().and_then(|value| {
            let (scheme, token) = value.split_once(' ')?;
            scheme.eq_ignore_ascii_case("bearer").then(|| token.trim().to_owned())
        });
        let Some(bearer) = bearer.filter(|token| !token.is_empty()) else {
            let detail = "the Authorization header is not `Bearer <token>`";
            return Err(Problem::new(Code::TokenInvalid, detail));
        };
        return Ok(Some(bearer));
    }
    let path = request.uri().path();
    if path == "/model/parse" || path == "/webhooks/rest/webhook" {
        let query = Query::<RasaToken>::try_from_uri(request.uri());
        let Query(RasaToken { token }) =
            query.map_err(|rejection| Problem::new(Code::InvalidQuery, rejection.body_text()))?;
        return Ok(token.filter(|token| !token.is_empty()));
    }
    Ok(None)
}

/// The caller's address: the other end, or what the last proxy of ours says of it.
pub(crate) fn address(trusted_proxies: usize, request: &Request) -> IpAddr {
    let peer = request
        .extensions()
        .get::<Peer>()
        .map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.0.ip());
    forwarded(trusted_proxies, request.headers()).unwrap_or(peer)
}

/// Each proxy adds the address it was called from at the end, so that of `n` trusted ones
/// the n-th from the end is the client. What stands before it anybody can have written.
fn forwarded(trusted_proxies: usize, headers: &HeaderMap) -> Option<IpAddr> {
    let back = trusted_proxies.checked_sub(1)?;
    let entries: Vec<&str> = headers
        .get_all("x-forwarded-for")
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .collect();
    entries.iter().rev().nth(back)?.trim().parse().ok()
}
