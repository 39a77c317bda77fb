//! What is done from the pages: the same acts as the API's, and what is wrong told beside
//! what was being written.

use axum::extract::{Path, State};
use axum::response::IntoResponse;
use desk::{ConversationId, TicketId};
use store::Store;

use super::fields::{Fields, Form, Query};
use super::gate::Who;
use super::shell::{Page, Refusal, go, send};
use super::ticket;
use crate::app::App;
use crate::http::extract::{Id, checked_id};
use crate::http::{Answer, Code, Has, Problem, acts, notes};
use crate::turn::ActOn;
use crate::wire::{CauseBody, PromiseRequest, TicketReplyRequest, TicketRequest};

/// Does something with a ticket, and shows it again.
pub(super) async fn ticket(
    State(app): Has,
    who: Who,
    path: Result<Path<(String, String)>, axum::extract::rejection::PathRejection>,
    Query(query): Query,
    Form(form): Form,
) -> Page {
    let Path((id, verb)) =
        path.map_err(|wrong| Problem::new(Code::InvalidField, wrong.body_text()))?;
    checked_id("the id in the address", &id)?;
    match Box::pin(done(&app, &who, &id, &verb, &form)).await {
        Ok(()) => Ok(go(&format!("/console/tickets/{id}{}", query.with(&[("done", &verb)])))),
        Err(wrong) if wrong.code().status().is_client_error() => {
            // What was written is not lost: it stands where it stood, beside what is wrong.
            let page = ticket::shown(&app, &who, &id, &query, Some(&wrong), &form).await?;
            Ok((wrong.code().status(), send(&page)).into_response())
        }
        Err(wrong) => Err(Refusal(wrong)),
    }
}

async fn done(app: &App, who: &Who, id: &str, verb: &str, form: &Fields) -> Answer<()> {
    let fence = form.number("fence")?;
    if verb == "reply" {
        let request = TicketReplyRequest {
            text: form.needed("text")?.replace("\r\n", "\n"),
            agent: None,
            message_id: form.owned("message_id"),
            fence,
            promise: promise(form)?,
        };
        return acts::say(app, &who.caller, id, request).await.map(drop);
    }
    if verb == "note" {
        let agent = who.caller.agent(None)?;
        return notes::write(app, agent, id, &form.needed("text")?.replace("\r\n", "\n"))
            .await
            .map(drop);
    }
    let request = TicketRequest {
        agent: None,
        fence,
        tier: form.number("tier")?,
        to: form.owned("to"),
        why: form.owned("why"),
        playbook: form.owned("playbook"),
        stage: form.owned("stage"),
        until: form.owned("until"),
        minutes: form.number("minutes")?,
        problem: problem(form)?,
    };
    let on = ActOn::Ticket(TicketId::new(id));
    acts::done(app, &who.caller, on, &request, verb).await.map(drop)
}

/// Takes a conversation over that the bot has.
pub(super) async fn take_over(State(app): Has, who: Who, id: Result<Id, Problem>) -> Page {
    let Id(id) = id?;
    let on = ActOn::Conversation(ConversationId::new(&id));
    acts::done(&app, &who.caller, on, &TicketRequest::default(), "take").await?;
    let stored = app.store.conversation(&ConversationId::new(&id)).await?;
    let ticket = stored.and_then(|stored| stored.conversation.ticket);
    let ticket = ticket.ok_or(Code::TicketNotFound)?;
    Ok(go(&format!("/console/tickets/{}", ticket.id)))
}

fn promise(form: &Fields) -> Answer<Option<PromiseRequest>> {
    let Some(text) = form.owned("promise") else { return Ok(None) };
    let within_minutes = form.number("within_minutes")?;
    Ok(Some(PromiseRequest { text, due_at: None, within_minutes }))
}

/// What lay behind it, where anything was written.
fn problem(form: &Fields) -> Answer<Option<CauseBody>> {
    let [cause, department, loss] = ["cause", "department", "loss"].map(|name| form.get(name));
    if cause.is_none() && department.is_none() && loss.is_none() {
        return Ok(None);
    }
    Ok(Some(CauseBody {
        cause: form.needed("cause")?.to_owned(),
        department: form.needed("department")?.to_owned(),
        loss_cents: loss.map_or(Ok(0), cents)?,
    }))
}

/// An amount with a point or a comma, in hundredths.
fn cents(amount: &str) -> Answer<u64> {
    let wrong = || Problem::new(Code::InvalidField, "loss: takes an amount such as 19.90");
    let (whole, rest) = amount.trim().split_once(['.', ',']).unwrap_or((amount.trim(), "0"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(whole) || !digits(rest) || rest.len() > 2 {
        return Err(wrong());
    }
    let whole: u64 = whole.parse().map_err(|_| wrong())?;
    let rest: u64 = format!("{rest:0<2}").parse().map_err(|_| wrong())?;
    whole.checked_mul(100).and_then(|cents| cents.checked_add(rest)).ok_or_else(wrong)
}
