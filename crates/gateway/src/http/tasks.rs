//! What another department is asked to do for a ticket.

use axum::Json;
use axum::extract::State;
use desk::{EventKind, TicketId};
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use store::{Record, Scope, Store, Task, TaskQuery};
use utoipa::{IntoParams, ToSchema};

use super::Has;
use super::caller::Caller;
use super::extract::{Body, Id, Params, checked_id, checked_text};
use super::problem::{Answer, Code, Problem};
use crate::entropy;
use crate::turn::{self, Act, ActOn, PersonAct};

/// The longest time another department has, in hours.
const TASK_HOURS: u32 = 48;

/// A task of another department.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Task)]
pub(super) struct TaskBody {
    /// Its name.
    id: String,
    /// For which ticket.
    ticket_id: String,
    /// Who does it.
    department: String,
    /// What.
    what: String,
    /// Who asks.
    created_by: String,
    /// When it was asked.
    created_at: String,
    /// Until when.
    due_at: String,
    /// When it was done.
    done_at: Option<String>,
    /// By whom.
    done_by: Option<String>,
    /// What came of it.
    result: Option<String>,
}

impl TaskBody {
    fn of(task: &Task) -> Self {
        Self {
            id: task.id.clone(),
            ticket_id: task.ticket.to_string(),
            department: task.department.clone(),
            what: task.what.clone(),
            created_by: task.created_by.clone(),
            created_at: task.created_at.to_string(),
            due_at: task.due_at.to_string(),
            done_at: task.done_at.map(|at| at.to_string()),
            done_by: task.done_by.clone(),
            result: task.result.clone(),
        }
    }
}

/// What another department is asked.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct TaskRequest {
    /// `warehouse`, `finance`, `legal`.
    department: String,
    /// What is to be done.
    what: String,
    /// Within how many hours, 48 at most.
    #[serde(default)]
    within_hours: Option<u32>,
    /// Who asks; the name of the API token where left out.
    #[serde(default)]
    agent: Option<String>,
}

/// Asks another department to do something for a ticket.
#[utoipa::path(post, path = "/v1/tickets/{id}/tasks", tag = "desk", request_body = TaskRequest,
    params(("id" = String, Path, description = "The ticket")),
    security(("token" = []), ("session" = [])),
    responses(
        (status = 200, description = "Asked", body = TaskBody),
        (status = "default", description = "A problem", body = super::ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn ask(
    State(app): Has,
    caller: Caller,
    Id(id): Id,
    Body(request): Body<TaskRequest>,
) -> Answer<Json<TaskBody>> {
    let agent = caller.agent(request.agent.as_deref())?;
    checked_id("department", &request.department)?;
    checked_text("what", &request.what)?;
    let hours = request.within_hours.unwrap_or(TASK_HOURS);
    if hours == 0 || hours > TASK_HOURS {
        return Err(Problem::new(Code::InvalidField, "within_hours: takes 1 to 48"));
    }
    let now = app.clock.now();
    let task = Task {
        id: entropy::id(now)?,
        ticket: TicketId::new(&id),
        department: request.department,
        what: request.what,
        created_by: agent.to_string(),
        created_at: now,
        due_at: now + SignedDuration::from_hours(i64::from(hours)),
        alarmed: false,
        done_at: None,
        done_by: None,
        result: None,
    };
    let detail = format!("{} until {}", task.department, task.due_at);
    note(&app, &task, agent, EventKind::TaskAsked, detail).await?;
    Ok(Json(TaskBody::of(&task)))
}

/// What came of a task.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct TaskResult {
    /// What came of it, for whoever has the ticket.
    result: String,
    /// Who did it; the name of the API token where left out.
    #[serde(default)]
    agent: Option<String>,
}

/// Says what came of a task. Whoever has the ticket is told by an event, and closes the
/// loop to the customer.
#[utoipa::path(post, path = "/v1/tasks/{id}/done", tag = "desk", request_body = TaskResult,
    params(("id" = String, Path, description = "The task")),
    security(("token" = []), ("session" = [])),
    responses(
        (status = 200, description = "Noted", body = TaskBody),
        (status = "default", description = "A problem", body = super::ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn done(
    State(app): Has,
    caller: Caller,
    Id(id): Id,
    Body(request): Body<TaskResult>,
) -> Answer<Json<TaskBody>> {
    let agent = caller.agent(request.agent.as_deref())?;
    checked_text("result", &request.result)?;
    let task = app.store.task(&id).await?.ok_or(Code::TaskNotFound)?;
    if task.done_at.is_some() {
        return Ok(Json(TaskBody::of(&task)));
    }
    let task = Task {
        done_at: Some(app.clock.now()),
        done_by: Some(agent.to_string()),
        result: Some(request.result),
        ..task
    };
    let detail = format!("{}: the customer is to be told", task.department);
    note(&app, &task, agent, EventKind::TaskDone, detail).await?;
    Ok(Json(TaskBody::of(&task)))
}

async fn note(
    app: &crate::app::App,
    task: &Task,
    agent: desk::AgentId,
    kind: EventKind,
    detail: String,
) -> Answer<()> {
    let on = ActOn::Ticket(task.ticket.clone());
    let act = PersonAct::new(on, agent, Act::Note(kind, detail));
    let act = PersonAct { records: vec![Record::Task(Box::new(task.clone()))], ..act };
    turn::act(app, &act).await.map(drop)
}

/// Which tasks.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct Tasks {
    /// Of this ticket.
    #[serde(default)]
    ticket_id: Option<String>,
    /// Of this department.
    #[serde(default)]
    department: Option<String>,
    /// `true`: those alone that are not done.
    #[serde(default)]
    open: bool,
}

/// Tasks of other departments, the earliest due first.
#[utoipa::path(get, path = "/v1/tasks", tag = "desk", params(Tasks),
    security(("token" = []), ("session" = [])),
    responses(
        (status = 200, description = "500 at most", body = Vec<TaskBody>),
        (status = "default", description = "A problem", body = super::ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn tasks(
    State(app): Has,
    caller: Caller,
    Params(which): Params<Tasks>,
) -> Answer<Json<Vec<TaskBody>>> {
    caller.may(Scope::TicketsRead)?;
    let query = TaskQuery {
        ticket: which.ticket_id.as_deref().map(TicketId::new),
        department: which.department,
        open: which.open,
        late_at: None,
    };
    Ok(Json(app.store.tasks(&query).await?.iter().map(TaskBody::of).collect()))
}
