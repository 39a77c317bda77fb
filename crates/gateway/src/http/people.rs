//! People who work at the desk: for admins.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use store::{Profile, Record, Role, Scope, Shifts, Store, User};
use utoipa::ToSchema;

use super::Has;
use super::caller::Caller;
use super::extract::{Body, Id, checked_id};
use super::problem::{Answer, Code, Problem};
use crate::access;
use crate::turn;

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
