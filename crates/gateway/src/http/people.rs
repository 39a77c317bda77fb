//! People, API tokens and the trail: for admins.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use store::{ApiToken, Profile, Record, Role, Scope, Scopes, Shifts, Store, TokenHash, User};
use utoipa::{IntoParams, ToSchema};

use super::Has;
use super::caller::Caller;
use super::extract::{Body, Id, Params, checked_id};
use super::problem::{Answer, Code, Problem};
use crate::access;
use crate::entropy::{self, TokenKind};
use crate::turn;

/// How many lines of the trail are given at once.
const LINES: usize = 200;

/// When somebody works, in their own time zone.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(as = Shifts)]
pub(crate) struct ShiftsBody {
    /// A name of the IANA database: `Asia/Tokyo`.
    time_zone: String,
    /// Each `09:00-13:00`.
    monday: Vec<String>,
    /// As Monday.
    tuesday: Vec<String>,
    /// As Monday.
    wednesday: Vec<String>,
    /// As Monday.
    thursday: Vec<String>,
    /// As Monday.
    friday: Vec<String>,
    /// As Monday.
    saturday: Vec<String>,
    /// As Monday.
    sunday: Vec<String>,
    /// Each `2026-12-24`.
    days_off: Vec<String>,
}

/// A person who signs in.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = User)]
pub(crate) struct UserBody {
    /// Their name.
    name: String,
    /// `agent`, `lead` or `admin`.
    role: &'static str,
    /// In which teams.
    teams: Vec<String>,
    /// Which languages they read, BCP 47.
    languages: Vec<String>,
    /// What they can do; `vip` takes the shop's best customers first.
    skills: Vec<String>,
    /// Tickets at once.
    capacity: Option<u32>,
    /// When they work; always where it is null.
    shifts: Option<ShiftsBody>,
    /// The name that customers see; their own where it is null.
    known_as: Option<String>,
    /// They say that they are there.
    available: bool,
    /// They may sign in.
    enabled: bool,
}

/// What is to be changed of a person, or all there is of a new one.
#[derive(Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct UserRequest {
    /// Their name; only for a new one.
    #[serde(default)]
    pub(crate) name: Option<String>,
    /// `agent`, `lead` or `admin`.
    #[serde(default)]
    pub(crate) role: Option<String>,
    /// Ten characters or more; every session of theirs ends.
    #[serde(default)]
    pub(crate) password: Option<String>,
    /// In which teams.
    #[serde(default)]
    pub(crate) teams: Option<Vec<String>>,
    /// Which languages they read, BCP 47; the first is the one they want packets in.
    #[serde(default)]
    pub(crate) languages: Option<Vec<String>>,
    /// What they can do.
    #[serde(default)]
    pub(crate) skills: Option<Vec<String>>,
    /// Tickets at once.
    #[serde(default)]
    pub(crate) capacity: Option<u32>,
    /// When they work.
    #[serde(default)]
    pub(crate) shifts: Option<ShiftsBody>,
    /// The name that customers see.
    #[serde(default)]
    pub(crate) known_as: Option<String>,
    /// Whether they may sign in.
    #[serde(default)]
    pub(crate) enabled: Option<bool>,
}

impl UserBody {
    fn of(user: &User) -> Self {
        let Profile { teams, languages, skills, capacity, shifts, known_as } = user.profile.clone();
        let shifts = shifts.map(|shifts| {
            let [monday, tuesday, wednesday, thursday, friday, saturday, sunday] = shifts.week;
            let Shifts { time_zone, days_off, .. } = shifts;
            ShiftsBody {
                time_zone,
                monday,
                tuesday,
                wednesday,
                thursday,
                friday,
                saturday,
                sunday,
                days_off,
            }
        });
        Self {
            name: user.name.clone(),
            role: user.role.as_str(),
            teams: teams.into_iter().collect(),
            languages,
            skills: skills.into_iter().collect(),
            capacity,
            shifts,
            known_as,
            available: user.available,
            enabled: user.disabled_at.is_none(),
        }
    }
}

/// Everybody.
#[utoipa::path(get, path = "/v1/users", tag = "access", security(("token" = []), ("session" = [])),
    responses(
        (status = 200, description = "By name", body = Vec<UserBody>),
        (status = "default", description = "A problem", body = super::ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn users(State(app): Has, caller: Caller) -> Answer<Json<Vec<UserBody>>> {
    // Whoever gives a ticket on has to know to whom.
    caller.may(Scope::TicketsRead)?;
    Ok(Json(app.store.users().await?.iter().map(UserBody::of).collect()))
}

/// Makes a person.
#[utoipa::path(post, path = "/v1/users", tag = "access", request_body = UserRequest,
    security(("token" = []), ("session" = [])),
    responses(
        (status = 200, description = "Made", body = UserBody),
        (status = "default", description = "A problem", body = super::ProblemBody, content_type = "application/problem+json"),
    ))]
pub(crate) async fn add_user(
    State(app): Has,
    caller: Caller,
    Body(request): Body<UserRequest>,
) -> Answer<Json<UserBody>> {
    caller.may(Scope::Admin)?;
    let name = request.name.clone().unwrap_or_default();
    checked_id("name", &name)?;
    let _turn = app.turn_of(&format!("user {name}")).await;
    if app.store.user(&name).await?.is_some() {
        return Err(Code::NameTaken.into());
    }
    if request.password.is_none() || request.role.is_none() {
        let detail = "password and role: are needed for a new person";
        return Err(Problem::new(Code::InvalidField, detail));
    }
    let user = User {
        name,
        role: Role::Agent,
        password: String::new(),
        profile: Profile::default(),
        available: false,
        failures: 0,
        locked_until: None,
        disabled_at: None,
        created_at: app.clock.now(),
    };
    change(&app, &caller, user, request, "user.add").await
}

/// Changes a person: what is left out stays.
#[utoipa::path(patch, path = "/v1/users/{id}", tag = "access", request_body = UserRequest,
    params(("id" = String, Path, description = "Their name")),
    security(("token" = []), ("session" = [])),
    responses(
        (status = 200, description = "Changed", body = UserBody),
        (status = "default", description = "A problem", body = super::ProblemBody, content_type = "application/problem+json"),
    ))]
pub(crate) async fn change_user(
    State(app): Has,
    caller: Caller,
    Id(name): Id,
    Body(request): Body<UserRequest>,
) -> Answer<Json<UserBody>> {
    caller.may(Scope::Admin)?;
    let _turn = app.turn_of(&format!("user {name}")).await;
    let user = app.store.user(&name).await?.ok_or(Code::UserNotFound)?;
    if request.name.as_ref().is_some_and(|new| *new != name) {
        return Err(Problem::new(Code::InvalidField, "name: stays what it is"));
    }
    change(&app, &caller, user, request, "user.change").await
}

async fn change(
    app: &crate::app::App,
    caller: &Caller,
    mut user: User,
    request: UserRequest,
    action: &str,
) -> Answer<Json<UserBody>> {
    let invalid = |detail: String| Problem::new(Code::InvalidField, detail);
    let mut records = Vec::new();
    if let Some(role) = &request.role {
        user.role = Role::parse(role)
            .ok_or_else(|| invalid("role: takes agent, lead or admin".to_owned()))?;
    }
    if let Some(password) = request.password.clone() {
        let hashed = tokio::task::spawn_blocking(move || access::hash(&password));
        user.password = hashed.await.map_err(Problem::internal)??;
        user.failures = 0;
        user.locked_until = None;
        records.push(Record::EndSessionsOf(user.name.clone()));
    }
    let knowledge = app.knowledge();
    if let Some(teams) = request.teams {
        let known = |team: &String| {
            knowledge.policy.book.teams.iter().any(|known| known.id.as_str() == team)
        };
        if let Some(team) = teams.iter().find(|team| !known(team)) {
            return Err(invalid(format!("teams: there is no team {team}; see GET /v1/desk")));
        }
        user.profile.teams = teams.into_iter().collect();
    }
    if let Some(languages) = request.languages {
        user.profile.languages = languages;
    }
    if let Some(skills) = request.skills {
        user.profile.skills = skills.into_iter().collect();
    }
    if request.capacity.is_some() {
        user.profile.capacity = request.capacity;
    }
    if let Some(body) = request.shifts {
        let shifts = Shifts {
            time_zone: body.time_zone,
            week: [
                body.monday,
                body.tuesday,
                body.wednesday,
                body.thursday,
                body.friday,
                body.saturday,
                body.sunday,
            ],
            days_off: body.days_off,
        };
        turn::calendar(&shifts).map_err(|what| invalid(format!("shifts: {what}")))?;
        user.profile.shifts = Some(shifts);
    }
    if let Some(known_as) = request.known_as {
        user.profile.known_as = Some(checked_id("known_as", &known_as)?.to_owned());
    }
    match request.enabled {
        Some(true) => user.disabled_at = None,
        Some(false) => {
            user.disabled_at = Some(app.clock.now());
            user.available = false;
            records.push(Record::EndSessionsOf(user.name.clone()));
        }
        None => {}
    }
    let detail = format!("{}, enabled: {}", user.role.as_str(), user.disabled_at.is_none());
    records.push(Record::User(Box::new(user.clone())));
    records.push(access::audit(app.clock.now(), &caller.actor(), action, &user.name, &detail));
    app.store.put(records).await?;
    Ok(Json(UserBody::of(&user)))
}

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

/// One line of the trail.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Audit)]
pub(super) struct AuditBody {
    /// Its number.
    n: u64,
    /// When.
    at: String,
    /// `user:ana`, `token:shop`, `command line`.
    actor: String,
    /// `user.add`, `session.start` …
    action: String,
    /// To what.
    object: String,
    /// What else there is to say.
    detail: String,
}

/// Which lines.
#[derive(Clone, Copy, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct Before {
    /// Those before this number; the last ones where left out.
    #[serde(default)]
    before: Option<u64>,
}

/// Who did what, the latest first.
#[utoipa::path(get, path = "/v1/audit", tag = "access", params(Before),
    security(("token" = []), ("session" = [])),
    responses(
        (status = 200, description = "The trail", body = Vec<AuditBody>),
        (status = "default", description = "A problem", body = super::ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn audit(
    State(app): Has,
    caller: Caller,
    Params(which): Params<Before>,
) -> Answer<Json<Vec<AuditBody>>> {
    caller.may(Scope::Admin)?;
    let lines = app.store.audit(which.before, LINES).await?;
    let body = |(n, line): (u64, store::Audit)| AuditBody {
        n,
        at: line.at.to_string(),
        actor: line.actor,
        action: line.action,
        object: line.object,
        detail: line.detail,
    };
    Ok(Json(lines.into_iter().map(body).collect()))
}
