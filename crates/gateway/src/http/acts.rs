//! What people do with tickets and conversations.

use axum::extract::State;
use axum::response::Response;
use desk::{ConversationId, Fence, TicketId};
use jiff::{SignedDuration, Timestamp};
use store::{Role, Store};

use super::caller::Caller;
use super::extract::{Body, Id, MaybeBody, checked_id, checked_text};
use super::problem::{Answer, Code, Problem};
use super::{Has, json};
use crate::app::App;
use crate::turn::{self, Act, ActOn, PersonAct};
use crate::wire::{CauseBody, PromiseRequest, TicketAnswer, TicketReplyRequest, TicketRequest};

/// The longest promise, in days: what is further off is no promise of a chat.
const PROMISE_DAYS: i64 = 90;

/// A person answers the customer, and owns the conversation from then on.
#[utoipa::path(
    post,
    path = "/v1/tickets/{id}/reply",
    tag = "tickets",
    params(("id" = String, Path, description = "The ticket")),
    request_body = TicketReplyRequest,
    security(("token" = []), ("session" = [])),
    responses(
        (status = 200, description = "Sent", body = TicketAnswer),
        (status = "default", description = "A problem", body = super::ProblemBody, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn reply(
    State(app): Has,
    caller: Caller,
    Id(id): Id,
    Body(request): Body<TicketReplyRequest>,
) -> Answer<Response> {
    say(&app, &caller, &id, request).await.map(json)
}

/// Answers the customer in the name of whoever calls; the answer is the JSON to be sent.
pub(crate) async fn say(
    app: &App,
    caller: &Caller,
    id: &str,
    request: TicketReplyRequest,
) -> Answer<String> {
    let agent = caller.agent(request.agent.as_deref())?;
    let TicketReplyRequest { text, message_id, fence, promise, .. } = request;
    checked_text("text", &text)?;
    if text.trim().is_empty() {
        return Err(Code::EmptyText.into());
    }
    if let Some(id) = &message_id {
        checked_id("message_id", id)?;
    }
    let said = serde_json::to_vec(&(&id, &text, agent.as_str(), &promise));
    let body_hash = *blake3::hash(&said.map_err(Problem::internal)?).as_bytes();
    let promise = promise.map(|promise| promised(promise, app.clock.now())).transpose()?;
    let key = caller.key(message_id);
    let (fence, reach) = (fence.map(Fence), reach(app, caller).await?);
    let on = ActOn::Ticket(TicketId::new(id));
    let act = Act::Reply(text, promise);
    let act = PersonAct { fence, reach, key, body_hash, ..PersonAct::new(on, agent, act) };
    turn::act(app, &act).await
}

fn promised(promise: PromiseRequest, now: Timestamp) -> Answer<(String, Timestamp)> {
    let PromiseRequest { text, due_at, within_minutes } = promise;
    checked_text("promise.text", &text)?;
    let invalid = |detail: &str| Problem::new(Code::InvalidField, detail);
    let due_at = match (due_at, within_minutes) {
        (Some(at), None) => at
            .parse::<Timestamp>()
            .map_err(|_| invalid("promise.due_at: takes a time such as 2026-11-23T18:00:00Z"))?,
        (None, Some(minutes)) => now + SignedDuration::from_mins(i64::from(minutes)),
        _ => return Err(invalid("promise: takes due_at or within_minutes, one of the two")),
    };
    let latest = now + SignedDuration::from_hours(24 * PROMISE_DAYS);
    if due_at <= now || due_at > latest {
        return Err(invalid("promise.due_at: takes a time within the next 90 days"));
    }
    Ok((text, due_at))
}

/// What people do with a ticket: alike but for the name.
macro_rules! verbs {
    ($($(#[$doc:meta])+ $name:ident $verb:literal $path:literal, $told:literal;)*) => {$(
        $(#[$doc])+
        #[utoipa::path(
            post,
            path = $path,
            tag = "tickets",
            params(("id" = String, Path, description = "The ticket")),
            request_body = Option<TicketRequest>,
            security(("token" = []), ("session" = [])),
            responses(
                (status = 200, description = $told, body = TicketAnswer),
                (status = "default", description = "A problem", body = super::ProblemBody, content_type = "application/problem+json"),
            ),
        )]
        pub(super) async fn $name(
            State(app): Has,
            caller: Caller,
            Id(id): Id,
            MaybeBody(request): MaybeBody<TicketRequest>,
        ) -> Answer<Response> {
            let on = ActOn::Ticket(TicketId::new(&id));
            done(&app, &caller, on, &request, $verb).await.map(json)
        }
    )*};
}

verbs! {
    /// A person takes the ticket, also from whoever has it: the bot and the person before are silent from then on.
    take "take" "/v1/tickets/{id}/take", "Taken";
    /// A person gives the ticket up: it waits for another.
    release "release" "/v1/tickets/{id}/release", "Given up";
    /// A person gives the ticket to somebody else.
    transfer "transfer" "/v1/tickets/{id}/transfer", "Given on";
    /// A person gives the ticket to the tier above.
    escalate "escalate" "/v1/tickets/{id}/escalate", "One tier up";
    /// A dispute moves on in its playbook, or into one.
    stage "stage" "/v1/tickets/{id}/stage", "Moved on";
    /// A person puts the ticket aside until a time, at most until what is due next. It comes back
    /// by itself, and at once when the customer writes.
    snooze "snooze" "/v1/tickets/{id}/snooze", "Put aside";
    /// A person has settled the matter, and may say what lay behind it.
    resolve "resolve" "/v1/tickets/{id}/resolve", "Resolved";
    /// A person gives the conversation back to the bot, which says so.
    hand_back "hand-back" "/v1/tickets/{id}/hand-back", "Handed back";
}

/// A person takes a conversation over that the bot has; a ticket stands for it from then on.
#[utoipa::path(
    post,
    path = "/v1/conversations/{id}/take-over",
    tag = "conversations",
    params(("id" = String, Path, description = "The conversation")),
    request_body = Option<TicketRequest>,
    security(("token" = []), ("session" = [])),
    responses(
        (status = 200, description = "Taken over", body = TicketAnswer),
        (status = "default", description = "A problem", body = super::ProblemBody, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn take_over(
    State(app): Has,
    caller: Caller,
    Id(id): Id,
    MaybeBody(request): MaybeBody<TicketRequest>,
) -> Answer<Response> {
    let on = ActOn::Conversation(ConversationId::new(&id));
    done(&app, &caller, on, &request, "take").await.map(json)
}

/// Does what a verb of the addresses says in the name of whoever calls; the answer is the
/// JSON to be sent.
pub(crate) async fn done(
    app: &App,
    caller: &Caller,
    on: ActOn,
    request: &TicketRequest,
    verb: &str,
) -> Answer<String> {
    let agent = caller.agent(request.agent.as_deref())?;
    let act = act_of(verb, request, app.clock.now())?;
    let fence = request.fence.map(Fence);
    let reach = reach(app, caller).await?;
    let named = request.tier.filter(|_| act == Act::Take);
    let act = PersonAct { fence, reach, named, ..PersonAct::new(on, agent, act) };
    turn::act(app, &act).await
}

/// The highest tier whose tickets are the caller's without being named: leads, admins and
/// programs reach all.
async fn reach(app: &App, caller: &Caller) -> Answer<Option<u8>> {
    let Caller::Person { name, role: Role::Agent, .. } = caller else { return Ok(None) };
    let user = app.store.user(name).await?;
    let book = &app.knowledge().policy.book;
    Ok(Some(user.map_or(1, |user| book.reach(user.profile.teams.iter().map(String::as_str)))))
}

/// What a verb of the addresses means.
fn act_of(verb: &str, request: &TicketRequest, now: Timestamp) -> Answer<Act> {
    Ok(match verb {
        "take" => Act::Take,
        "release" => Act::Release,
        "transfer" => given_to(request)?,
        "escalate" => Act::Escalate(why(request)?),
        "stage" => staged(request)?,
        "snooze" => Act::Snooze(until(request, now)?),
        "resolve" => Act::Resolve(request.problem.clone().map(cause).transpose()?),
        "hand-back" => Act::HandBack,
        _ => return Err(Code::NotFound.into()),
    })
}

fn lacking(field: &str) -> Problem {
    Problem::new(Code::InvalidField, format!("{field}: is needed here"))
}

fn given_to(request: &TicketRequest) -> Answer<Act> {
    let to = request.to.as_deref().ok_or_else(|| lacking("to"))?;
    Ok(Act::Transfer(desk::AgentId::new(checked_id("to", to)?)))
}

fn why(request: &TicketRequest) -> Answer<String> {
    let why = request.why.as_deref().unwrap_or("asked for by a person");
    Ok(checked_text("why", why)?.to_owned())
}

fn until(request: &TicketRequest, now: Timestamp) -> Answer<Timestamp> {
    let invalid = |detail: &str| Problem::new(Code::InvalidField, detail);
    match (request.until.as_deref(), request.minutes) {
        (Some(at), None) => {
            at.parse().map_err(|_| invalid("until: takes a time such as 2026-11-23T18:00:00Z"))
        }
        (None, Some(minutes)) => Ok(now + SignedDuration::from_mins(i64::from(minutes))),
        _ => Err(invalid("snooze: takes until or minutes, one of the two")),
    }
}

fn staged(request: &TicketRequest) -> Answer<Act> {
    let playbook = request.playbook.clone().ok_or_else(|| lacking("playbook"))?;
    let stage = request.stage.clone().ok_or_else(|| lacking("stage"))?;
    Ok(Act::Stage(playbook, stage))
}

fn cause(body: CauseBody) -> Answer<desk::Problem> {
    let CauseBody { cause, department, loss_cents } = body;
    checked_text("problem.cause", &cause)?;
    checked_id("problem.department", &department)?;
    Ok(desk::Problem { cause, department, loss_cents })
}
