//! What time does: deadlines, promises, questions afterwards, and giving out what waits.
//! Nothing of it is kept in memory: the store knows what is due, and each step is stored
//! under the version it was made for, so that it is done once whoever does it.

use std::sync::Arc;
use std::time::Duration;

use desk::ConversationId;
use jiff::Timestamp;
use store::{Batch, Record, Store, StoreError, TaskQuery};

use super::floor;
use super::rotate::rotate;
use super::speech::say_step;
use crate::app::App;
use crate::http::{Answer, Problem};

/// How often it is looked whether something is due.
const TICK: Duration = Duration::from_secs(1);
/// How many conversations are seen to before others get their turn.
const AT_ONCE: usize = 100;

/// Sees to what is due, every second, until the task is dropped.
pub async fn keep_time(app: Arc<App>) {
    let mut tick = tokio::time::interval(TICK);
    tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tick.tick().await;
        if let Err(problem) = pass_time(&app, app.clock.now()).await {
            // What is due stays due: the next tick tries again.
            tracing::error!(code = problem.code().as_str(), "deadlines could not be seen to");
        }
    }
}

/// Does everything that is due by `now`, and gives out what waits. Says how much was done.
///
/// # Errors
/// The store fails; what was not done is still due.
pub async fn pass_time(app: &App, now: Timestamp) -> Answer<usize> {
    let mut done = 0;
    loop {
        let due = app.store.due(now, AT_ONCE).await?;
        let mut moved = 0;
        for id in &due {
            moved += usize::from(step(app, id, now).await?);
        }
        done += moved;
        // What could not be moved is another node's work under way.
        if moved == 0 {
            break;
        }
    }
    done += late_tasks(app, now).await?;
    rotate(app, now).await?;
    Ok(done + dispatch(app, now).await?)
}

/// Does the earliest thing that is due in a conversation. False where somebody else was
/// faster, or nothing is due any more.
async fn step(app: &App, id: &ConversationId, now: Timestamp) -> Answer<bool> {
    let _turn = app.turn_of(id.as_str()).await;
    let knowledge = app.knowledge();
    let Some(stored) = app.store.conversation(id).await? else { return Ok(false) };
    let conversation = stored.conversation;
    let Some(step) = desk::wake(&conversation, &knowledge.policy, now) else { return Ok(false) };
    let reply = say_step(&knowledge, &step, &conversation.memory, now);
    let change = desk::step(&conversation, &step, reply.as_ref(), &knowledge.policy, now)?;
    let events = change.events.clone();
    match app.commit(Batch::from(change), Some(stored.version)).await {
        Ok(_) => {
            for event in &events {
                tracing::info!(
                    conversation.id = id.as_str(),
                    ticket.id = event.ticket.as_str(),
                    event = event.kind.as_str(),
                    detail = event.detail,
                    "the desk did what was due"
                );
            }
            Ok(true)
        }
        Err(StoreError::Conflict { .. }) => {
            if reply.is_some() {
                super::late(app, id, step.fence, true).await?;
            }
            Ok(false)
        }
        Err(error) => Err(error.into()),
    }
}

/// Tells of tasks of other departments that are late, once.
async fn late_tasks(app: &App, now: Timestamp) -> Answer<usize> {
    let query = TaskQuery { late_at: Some(now), ..TaskQuery::default() };
    let late = app.store.tasks(&query).await?;
    for task in &late {
        tracing::warn!(
            task.id = task.id,
            ticket.id = task.ticket.as_str(),
            department = task.department,
            "a task is late"
        );
        let Some(ticket) = app.store.ticket(&task.ticket).await? else { continue };
        let event = desk::Event {
            kind: desk::EventKind::TaskLate,
            ticket: task.ticket.clone(),
            by: None,
            detail: format!("{} has not done what was due {}", task.department, task.due_at),
        };
        let told = store::Task { alarmed: true, ..task.clone() };
        let records = vec![Record::Task(Box::new(told))];
        note_late(app, &ticket.conversation, vec![event], records, Some(&task.id)).await?;
    }
    Ok(late.len())
}

/// Stores events and records with a conversation that does not change otherwise.
pub(super) async fn note(
    app: &App,
    id: &ConversationId,
    events: Vec<desk::Event>,
    records: Vec<Record>,
) -> Answer<()> {
    note_late(app, id, events, records, None).await
}

/// The same; where it tells of a late task, unless another node has told meanwhile.
async fn note_late(
    app: &App,
    id: &ConversationId,
    events: Vec<desk::Event>,
    records: Vec<Record>,
    task: Option<&str>,
) -> Answer<()> {
    let _turn = app.turn_of(id.as_str()).await;
    for _ in 0..super::MAX_TRIES {
        let Some(stored) = app.store.conversation(id).await? else {
            return Err(Problem::internal("a ticket's conversation is not there"));
        };
        // After the conversation was read: what is told later changes its version.
        if let Some(task) = task
            && app.store.task(task).await?.is_none_or(|task| task.alarmed)
        {
            return Ok(());
        }
        let batch = Batch {
            events: events.clone(),
            records: records.clone(),
            ..Batch::of(stored.conversation, Vec::new())
        };
        match app.commit(batch, Some(stored.version)).await {
            Ok(_) => return Ok(()),
            Err(StoreError::Conflict { .. }) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(Problem::from(crate::http::Code::ConversationBusy).retry_after(1))
}

/// Gives what waits to people who have room, the most pressing first.
async fn dispatch(app: &App, now: Timestamp) -> Answer<usize> {
    let waiting = app.store.waiting(AT_ONCE).await?;
    if waiting.is_empty() {
        return Ok(0);
    }
    let knowledge = app.knowledge();
    let mut floor = floor::floor(app, &knowledge).await?;
    if floor.agents.is_empty() {
        return Ok(0);
    }
    let mut given = 0;
    for id in &waiting {
        let _turn = app.turn_of(id.as_str()).await;
        let Some(stored) = app.store.conversation(id).await? else { continue };
        let found = desk::dispatch(&stored.conversation, &floor, &knowledge.policy, now);
        // Nobody for this one; the next may need another language or tier.
        let Ok(Some(change)) = found else { continue };
        let room = floor::room(&floor, &change);
        let batch = Batch { room: room.clone(), ..change.into() };
        match app.commit(batch, Some(stored.version)).await {
            Ok(_) => {
                given += 1;
                let taker = room.map(|room| room.agent);
                for agent in &mut floor.agents {
                    agent.load += u32::from(Some(&agent.id) == taker.as_ref());
                }
            }
            Err(StoreError::Conflict { .. }) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(given)
}
