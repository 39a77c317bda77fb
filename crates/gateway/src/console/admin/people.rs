//! People: who they are, what they may do, what routing goes by.

use axum::extract::State;
use axum::response::IntoResponse;
use maud::{Markup, html};
use store::{Role, Store, User};

use crate::app::App;
use crate::console::fields::{Fields, Form, encoded};
use crate::console::gate::Who;
use crate::console::shell::{self, Page, csrf, go};
use crate::console::words::{icon, moment};
use crate::http::extract::{Body, Id};
use crate::http::people::{self, UserRequest};
use crate::http::{Answer, Has, Problem};

const HERE: &str = "/console/admin";

/// The page.
pub(super) async fn page(State(app): Has, who: Who) -> Page {
    shown(&app, &who, None).await
}

async fn shown(app: &App, who: &Who, wrong: Option<&Problem>) -> Page {
    let users = app.store.users().await?;
    let knowledge = app.knowledge();
    let teams: Vec<&str> =
        knowledge.policy.book.teams.iter().map(|team| team.id.as_str()).collect();
    let body = html! {
        @if let Some(wrong) = wrong { (shell::problem(wrong)) }
        table {
            thead { tr { th scope="col" { "Name" } th scope="col" { "Role" } th scope="col" { "Teams" }
                th scope="col" { "Languages" } th scope="col" { "Skills" } th.number scope="col" { "Room for" }
                th scope="col" { "State" } th scope="col" { "Since" } th scope="col" { span.hidden { "Remarks" } } } }
            tbody { @for user in &users { (row(who, user, &teams)) } }
        }
        h2 { "A new person" }
        (form(who, None, &teams))
    };
    let status = wrong.map_or(axum::http::StatusCode::OK, |wrong| wrong.code().status());
    Ok((status, super::page(who, HERE, "People", &body)).into_response())
}

fn row(who: &Who, user: &User, teams: &[&str]) -> Markup {
    let list = |all: &mut dyn Iterator<Item = &String>| all.cloned().collect::<Vec<_>>().join(", ");
    let profile = &user.profile;
    let locked = user.locked_until.filter(|until| *until > who.now);
    html! {
        tr {
            th scope="row" { (user.name) }
            td { (user.role.as_str()) }
            td { (list(&mut profile.teams.iter())) }
            td { (list(&mut profile.languages.iter())) }
            td { (list(&mut profile.skills.iter())) }
            td.number { @match profile.capacity { Some(room) => { (room) }, None => { span.soft { "as the desk says" } } } }
            td {
                @if user.disabled_at.is_some() { span.soft { (icon("pause")) " shut out" } }
                @else if let Some(until) = locked { span.red { (icon("alert")) " locked until " (moment(until)) } }
                @else if user.available { span.green { (icon("check")) " there" } }
                @else { "not there" }
            }
            td { (moment(user.created_at)) }
            td { details.action { summary { "Change" span.hidden { " " (user.name) } } (form(who, Some(user), teams)) } }
        }
    }
}

fn form(who: &Who, user: Option<&User>, teams: &[&str]) -> Markup {
    let action = user
        .map_or_else(|| HERE.to_owned(), |user| format!("{HERE}/people/{}", encoded(&user.name)));
    let profile = user.map(|user| &user.profile);
    let role = user.map_or(Role::Agent, |user| user.role);
    let languages = profile.map_or_else(String::new, |profile| profile.languages.join(", "));
    let skills = profile.map_or_else(String::new, |profile| {
        profile.skills.iter().cloned().collect::<Vec<_>>().join(", ")
    });
    let within = |team: &str| profile.is_some_and(|profile| profile.teams.contains(team));
    html! {
        form.filters method="post" action=(action) {
            (csrf(who))
            @if user.is_none() { label { "Name " input name="name" required maxlength="200" autocomplete="off"; } }
            label { "Role "
                select name="role" { @for known in Role::ALL {
                    option value=(known.as_str()) selected[known == role] { (known.as_str()) }
                } }
            }
            label { @if user.is_some() { "New password " } @else { "Password " }
                input type="password" name="password" minlength="10" autocomplete="new-password" required[user.is_none()]; }
            fieldset { legend { "Teams" }
                @for team in teams { label { input type="checkbox" name={ "team." (team) } value="yes" checked[within(team)]; " " (team) } " " } }
            label { "Languages, the first they read packets in " input name="languages" value=(languages) placeholder="en, de"; }
            label { "Skills " input name="skills" value=(skills) placeholder="vip"; }
            label { "Room for " input type="number" name="capacity" min="1" max="100" value=[profile.and_then(|profile| profile.capacity)]; }
            @if let Some(user) = user {
                label { input type="checkbox" name="enabled" value="yes" checked[user.disabled_at.is_none()]; " May sign in" }
            }
            button.main { @if user.is_some() { "Save" } @else { "Add" } }
        }
    }
}

fn request(app: &App, form: &Fields) -> Answer<UserRequest> {
    let list = |name: &str| {
        let text = form.get(name).unwrap_or_default().split(',');
        text.map(|part| part.trim().to_owned()).filter(|part| !part.is_empty()).collect::<Vec<_>>()
    };
    let knowledge = app.knowledge();
    let teams = knowledge.policy.book.teams.iter().map(|team| team.id.as_str());
    Ok(UserRequest {
        name: form.owned("name"),
        role: form.owned("role"),
        password: form.owned("password"),
        teams: Some(
            teams
                .filter(|team| form.get(&format!("team.{team}")).is_some())
                .map(str::to_owned)
                .collect(),
        ),
        languages: Some(list("languages")),
        skills: Some(list("skills")),
        capacity: form.number("capacity")?,
        ..UserRequest::default()
    })
}

/// Makes a person.
pub(super) async fn add(State(app): Has, who: Who, Form(form): Form) -> Page {
    let request = request(&app, &form)?;
    match people::add_user(State(app.clone()), who.caller.clone(), Body(request)).await {
        Ok(_) => Ok(go(HERE)),
        Err(wrong) => shown(&app, &who, Some(&wrong)).await,
    }
}

/// Changes a person.
pub(super) async fn change(
    State(app): Has,
    who: Who,
    id: Result<Id, Problem>,
    Form(form): Form,
) -> Page {
    let enabled = Some(form.get("enabled").is_some());
    let request = UserRequest { enabled, name: None, ..request(&app, &form)? };
    let Id(name) = id?;
    if name == who.user.name && enabled == Some(false) {
        let wrong =
            Problem::new(crate::http::Code::InvalidField, "enabled: nobody shuts themselves out");
        return shown(&app, &who, Some(&wrong)).await;
    }
    let changed =
        people::change_user(State(app.clone()), who.caller.clone(), Id(name), Body(request));
    match changed.await {
        Ok(_) => Ok(go(HERE)),
        Err(wrong) => shown(&app, &who, Some(&wrong)).await,
    }
}
