//! Who may see a page: somebody who has signed in, with the token of the form in whatever
//! changes something.

use axum::body::Body;
use axum::extract::{FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use store::{Role, TokenHash, User};

use super::fields::Fields;
use super::shell::{Refusal, framed};
use crate::access;
use crate::app::App;
use crate::http::caller::{Caller, limited};
use crate::http::extract;
use crate::http::{Answer, Code, Has, Problem, Shared};

/// Somebody who has signed in.
#[derive(Clone, Debug)]
pub(super) struct Who {
    /// As the API sees them.
    pub(super) caller: Caller,
    /// Their name, role, languages.
    pub(super) user: User,
    /// The secret of their session.
    pub(super) secret: String,
    /// When they asked.
    pub(super) now: Timestamp,
}

impl Who {
    /// What every form has to send.
    pub(super) fn csrf(&self) -> String {
        access::csrf(&self.secret)
    }

    /// The language they want to read.
    pub(super) fn language(&self) -> &str {
        self.user.profile.languages.first().map_or("en", String::as_str)
    }

    /// Whether they have this role or a higher one.
    pub(super) fn is(&self, role: Role) -> bool {
        self.user.role >= role
    }
}

impl FromRequestParts<Shared> for Who {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &Shared) -> Result<Self, Refusal> {
        let who = parts.extensions.get::<Self>().cloned();
        who.ok_or_else(|| Problem::internal("a page that does not ask who calls").into())
    }
}

/// Lets those through who have signed in; all others are shown where to.
pub(super) async fn gate(State(app): Has, request: Request, next: Next) -> Response {
    match let_in(&app, request).await {
        Ok(Ok(request)) => {
            let who = request.extensions().get::<Who>().cloned();
            let response = next.run(request).await;
            match who {
                Some(who) => framed(&who, response),
                None => response,
            }
        }
        Ok(Err(sign_in)) => sign_in,
        Err(problem) => Refusal::from(problem).into_response(),
    }
}

async fn let_in(app: &App, request: Request) -> Answer<Result<Request, Response>> {
    let changes = !request.method().is_safe();
    if changes && is_foreign(request.headers()) {
        return Err(Code::CsrfRequired.into());
    }
    let cookies = request.headers().get(header::COOKIE).and_then(|value| value.to_str().ok());
    let secret = cookies.and_then(access::session_cookie);
    let found = match &secret {
        Some(secret) => access::session(app, secret).await?,
        None => None,
    };
    let (Some((session, user)), Some(secret)) = (found, secret) else {
        return Ok(Err(to_sign_in(&request, changes)));
    };
    app.limits.api(&format!("user:{}", user.name)).map_err(limited)?;
    let caller =
        Caller::Person { name: user.name.clone(), role: user.role, secret: secret.clone() };
    let who = Who { caller, user, secret, now: app.clock.now() };
    let mut request = if changes {
        let header = request.headers().get("x-csrf-token").and_then(|value| value.to_str().ok());
        let header = header.map(str::to_owned);
        let (fields, parts) = form(request).await?;
        let sent = header.as_deref().or_else(|| fields.get("csrf")).map(TokenHash::of);
        if sent.as_ref() != Some(&session.csrf) {
            return Err(Code::CsrfRequired.into());
        }
        let mut request = Request::from_parts(parts, Body::empty());
        request.extensions_mut().insert(fields);
        request
    } else {
        request
    };
    request.extensions_mut().insert(who);
    Ok(Ok(request))
}

/// Reads a form.
pub(super) async fn form(request: Request) -> Answer<(Fields, Parts)> {
    let (parts, body) = request.into_parts();
    let bytes = extract::whole(Request::new(body)).await?;
    Ok((Fields::parse(&bytes), parts))
}

/// Whether the browser says that another site's page sent it.
pub(super) fn is_foreign(headers: &HeaderMap) -> bool {
    let site = headers.get("sec-fetch-site").and_then(|value| value.to_str().ok());
    site.is_some_and(|site| !matches!(site, "same-origin" | "none"))
}

/// The page to sign in, which leads back to where somebody wanted to go.
fn to_sign_in(request: &Request, changes: bool) -> Response {
    let path = request.uri().path_and_query().map_or("/console", |path| path.as_str());
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair("next", if changes { "/console" } else { path });
    let to = format!("/console/sign-in?{}", query.finish());
    (StatusCode::SEE_OTHER, [(header::LOCATION, to)]).into_response()
}

/// Lets leads and admins through.
pub(super) async fn leads(request: Request, next: Next) -> Response {
    at_least(Role::Lead, request, next).await
}

/// Lets admins through.
pub(super) async fn admins(request: Request, next: Next) -> Response {
    at_least(Role::Admin, request, next).await
}

async fn at_least(role: Role, request: Request, next: Next) -> Response {
    if request.extensions().get::<Who>().is_some_and(|who| who.is(role)) {
        return next.run(request).await;
    }
    let detail = format!("this page is for the role {}", role.as_str());
    Refusal::from(Problem::new(Code::Forbidden, detail)).into_response()
}
