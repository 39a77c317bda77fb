//! What people do with a ticket.

use jiff::{SignedDuration, Timestamp};

use crate::apply::{Change, Draft};
use crate::conversation::{Conversation, Owner};
use crate::deadline::Promise;
use crate::error::DeskError;
use crate::event::EventKind;
use crate::ids::{AgentId, Fence, TicketId};
use crate::message::Reply;
use crate::policy::Policy;
use crate::ticket::{FollowUp, Outcome, Problem, Progress, Ticket, TicketState};

#[cfg(test)]
mod tests;

/// The longest a ticket of which nothing is due can be put aside.
const SNOOZE: SignedDuration = SignedDuration::from_hours(24 * 90);

/// What a person does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Act {
    /// Takes it, from the queue or from whoever has it.
    Take,
    /// Gives it up: it waits for another person.
    Release,
    /// Gives it to somebody else.
    Transfer(AgentId),
    /// Answers the customer.
    Reply {
        /// What is said.
        text: String,
        /// What is promised in it, and until when.
        promise: Option<(String, Timestamp)>,
    },
    /// Gives it to the tier above.
    Escalate(String),
    /// Says how grave it is or is not, and puts it into a playbook at this stage.
    Stage {
        /// Which playbook.
        playbook: String,
        /// Where in it.
        stage: String,
    },
    /// Puts it aside until then: it comes back by itself, and at once when the customer
    /// writes.
    Snooze(Timestamp),
    /// Has settled the matter.
    Resolve(Option<Problem>),
    /// Gives the conversation back to the bot, which says so by this
    /// (rendered from [`crate::Text::Handback`]).
    HandBack(Reply),
}

/// Who does it, knowing what.
#[derive(Clone, Debug)]
pub struct Person<'a> {
    /// Who.
    pub agent: &'a AgentId,
    /// The fence that the person has seen, where it is to be held against the one now.
    pub fence: Option<Fence>,
    /// The highest tier whose tickets are this person's to act on; none where any is.
    pub reach: Option<u8>,
}

/// Does what a person does with a ticket.
///
/// # Errors
/// [`DeskError::StaleFence`] when somebody else was faster,
/// [`DeskError::Owned`] when another person has the ticket and it is not taken over,
/// [`DeskError::TierAbove`] when the ticket is of a tier that the person does not reach,
/// [`DeskError::TicketResolved`], [`DeskError::BadStage`], [`DeskError::BadPromise`],
/// [`DeskError::BadSnooze`].
pub fn act(
    conversation: &Conversation,
    ticket: &TicketId,
    person: &Person<'_>,
    act: &Act,
    policy: &Policy,
    now: Timestamp,
) -> Result<Change, DeskError> {
    let mut draft = Draft::of(conversation, now);
    draft.open_ticket(ticket)?;
    if let Some(fence) = person.fence {
        draft.hold(fence)?;
    }
    let agent = person.agent;
    // To take is to take over; everything else is for whoever has it.
    if *act != Act::Take
        && let Owner::Agent(owner) = &conversation.owner
        && owner != agent
    {
        return Err(DeskError::Owned { by: owner.to_string() });
    }
    // Whoever has it was given it or took it knowingly; to pass it on is open to everybody,
    // and to pass it to oneself is to take it.
    let passes_on = match act {
        Act::Release | Act::Escalate(_) => true,
        Act::Transfer(to) => to != agent,
        _ => false,
    };
    let tier = draft.open_ticket(ticket)?.tier;
    if !passes_on
        && conversation.owner != Owner::Agent(agent.clone())
        && person.reach.is_some_and(|reach| reach < tier)
    {
        return Err(DeskError::TierAbove { tier });
    }
    match act {
        Act::Take => {
            if conversation.owner != Owner::Agent(agent.clone()) {
                draft.give(agent, "taken");
            }
        }
        Act::Release => draft.release(ticket, Some(agent), "given up"),
        Act::Transfer(to) => draft.give(to, "handed on"),
        Act::Reply { text, promise } => draft.reply(ticket, agent, text, promise, policy)?,
        Act::Escalate(why) => draft.escalate(ticket, Some(agent), why, policy)?,
        Act::Stage { playbook, stage } => draft.stage(ticket, agent, playbook, stage, policy)?,
        Act::Snooze(until) => draft.snooze(ticket, agent, *until, policy)?,
        Act::Resolve(problem) => {
            let taken = draft.open_ticket(ticket)?;
            if problem.is_some() {
                taken.problem.clone_from(problem);
            }
            let at = draft.now.checked_add(policy.book.follow_up).unwrap_or(Timestamp::MAX);
            let asks = policy.book.surveys.asks();
            let follow_up = if asks { FollowUp::Due(at) } else { FollowUp::None };
            draft.close(Some(agent), Outcome::Resolved, follow_up);
        }
        Act::HandBack(notice) => {
            draft.close(Some(agent), Outcome::HandedBack, FollowUp::None);
            draft.bot_says(notice);
        }
    }
    Ok(draft.finish())
}

/// A person takes a conversation over that the bot has. `ticket` names the ticket that
/// stands for it from then on.
///
/// # Errors
/// [`DeskError::TicketOpen`] where people have it already, [`DeskError::StaleFence`].
pub fn take_over(
    conversation: &Conversation,
    ticket: &TicketId,
    person: &Person<'_>,
    policy: &Policy,
    now: Timestamp,
) -> Result<Change, DeskError> {
    if conversation.ticket.is_some() {
        return Err(DeskError::TicketOpen);
    }
    let mut draft = Draft::of(conversation, now);
    if let Some(fence) = person.fence {
        draft.hold(fence)?;
    }
    let severity = policy.book.weights.severity(&conversation.memory.ledger);
    let memory = &conversation.memory;
    let opened = Ticket {
        id: ticket.clone(),
        conversation: conversation.id.clone(),
        state: TicketState::Assigned,
        severity,
        tier: 1,
        rule: "taken_over".to_owned(),
        why: format!("{} took the conversation over from the bot", person.agent),
        intents: memory.asked.iter().rev().take(1).map(|a| a.question.intent.clone()).collect(),
        language: memory.language.clone(),
        order: memory.order.clone(),
        team: policy.book.team(1).map(|team| team.id.clone()),
        assignee: None,
        priority: 0,
        opened_at: draft.now,
        answer: Some(policy.deadline(draft.now, policy.due(severity, 1, draft.now), 1)),
        resolution: Some(policy.resolution(severity, 1, draft.now)),
        alarm_at: Some(policy.hours_of(1).end_of_day(draft.now)),
        return_at: None,
        snoozed_until: None,
        promises: Vec::new(),
        playbook: None,
        first_response_at: None,
        resolved_at: None,
        outcome: None,
        problem: None,
        follow_up: FollowUp::None,
        reopened: 0,
        translated: false,
        apologies: 0,
    };
    draft.conversation.past = None;
    draft.conversation.ticket = Some(opened);
    draft.event(EventKind::Opened, ticket, Some(person.agent), "taken over from the bot");
    draft.give(person.agent, "taken over");
    Ok(draft.finish())
}

impl Draft {
    /// Puts the ticket back into line.
    pub(crate) fn release(&mut self, id: &TicketId, by: Option<&AgentId>, why: &str) {
        let Some(ticket) = &mut self.conversation.ticket else { return };
        ticket.assignee = None;
        ticket.state = TicketState::Open;
        ticket.return_at = None;
        ticket.snoozed_until = None;
        self.own(Owner::Queue);
        self.event(EventKind::Released, id, by, why);
    }

    fn reply(
        &mut self,
        id: &TicketId,
        agent: &AgentId,
        text: &str,
        promise: &Option<(String, Timestamp)>,
        policy: &Policy,
    ) -> Result<(), DeskError> {
        let now = self.now;
        let ticket = self.open_ticket(id)?;
        let hours = policy.hours_of(ticket.tier);
        ticket.assignee = Some(agent.clone());
        ticket.state = TicketState::Waiting;
        ticket.first_response_at.get_or_insert(now);
        ticket.answer = None;
        ticket.alarm_at = None;
        ticket.snoozed_until = None;
        ticket.resolution = ticket.resolution.map(|resolution| resolution.pause(now, hours));
        ticket.return_at = now.checked_add(policy.book.silence).ok();
        // Whoever answers keeps what was promised until now.
        let kept: Vec<u32> =
            ticket.promises.iter().filter(|p| p.is_open()).map(|promise| promise.n).collect();
        for promise in &mut ticket.promises {
            *promise = promise.clone().kept(now);
        }
        let mut promised = None;
        if let Some((text, due_at)) = promise {
            if *due_at <= now {
                return Err(DeskError::BadPromise);
            }
            let n = u32::try_from(ticket.promises.len()).unwrap_or(u32::MAX).saturating_add(1);
            ticket.promises.push(Promise {
                n,
                text: text.clone(),
                by: agent.clone(),
                made_at: now,
                deadline: policy.deadline(now, *due_at, ticket.tier),
                kept_at: None,
            });
            promised = Some((n, *due_at));
        }
        self.own(Owner::Agent(agent.clone()));
        self.agent_says(agent, text);
        let seq = self.conversation.messages;
        self.event(EventKind::Answered, id, Some(agent), format!("message {seq}"));
        for n in kept {
            self.event(EventKind::PromiseKept, id, Some(agent), format!("promise {n}"));
        }
        if let Some((n, due_at)) = promised {
            let detail = format!("promise {n}, until {due_at}");
            self.event(EventKind::Promised, id, Some(agent), detail);
        }
        Ok(())
    }

    /// Gives the ticket to the tier above, where there is one, with a new time for it.
    pub(crate) fn escalate(
        &mut self,
        id: &TicketId,
        by: Option<&AgentId>,
        why: &str,
        policy: &Policy,
    ) -> Result<(), DeskError> {
        let now = self.now;
        let ticket = self.open_ticket(id)?;
        let (from, to) = (ticket.tier, ticket.tier.saturating_add(1).min(3));
        if from == to {
            let detail = format!("{why}; tier {to} is the highest: the lead is told");
            self.event(EventKind::Escalated, id, by, detail);
            return Ok(());
        }
        ticket.tier = to;
        ticket.team = policy.book.team(to).map(|team| team.id.clone());
        let due_at = policy.due_for(ticket, to, now);
        let answer = policy.deadline(now, due_at, to);
        ticket.answer = Some(answer);
        ticket.alarm_at = Some(policy.hours_of(to).end_of_day(now));
        let hours = policy.hours_of(to);
        let percent = policy.book.warn_percent;
        ticket.resolution = ticket.resolution.map(|it| it.resume(now, percent, hours));
        self.event(
            EventKind::Escalated,
            id,
            by,
            format!("{why}: tier {from} to {to}, due {due_at}"),
        );
        self.release(id, by, "for the tier above");
        Ok(())
    }

    /// Puts the ticket aside. What a customer waits for is not put off by that.
    fn snooze(
        &mut self,
        id: &TicketId,
        agent: &AgentId,
        until: Timestamp,
        policy: &Policy,
    ) -> Result<(), DeskError> {
        let now = self.now;
        let ticket = self.open_ticket(id)?;
        let latest = match ticket.next_due() {
            Some((_, deadline)) => deadline.due_at,
            None => now.checked_add(SNOOZE).unwrap_or(Timestamp::MAX),
        };
        if until <= now || until > latest {
            return Err(DeskError::BadSnooze { latest });
        }
        ticket.snoozed_until = Some(until);
        // Whoever put it aside means to come back to it before the bot does.
        let silent = until.checked_add(policy.book.silence).unwrap_or(Timestamp::MAX);
        ticket.return_at = ticket.return_at.map(|at| at.max(silent));
        if ticket.assignee.as_ref() != Some(agent) {
            self.give(agent, "taken");
            if let Some(ticket) = &mut self.conversation.ticket {
                ticket.snoozed_until = Some(until);
            }
        }
        self.event(EventKind::Snoozed, id, Some(agent), format!("until {until}"));
        Ok(())
    }

    fn stage(
        &mut self,
        id: &TicketId,
        agent: &AgentId,
        playbook: &str,
        stage: &str,
        policy: &Policy,
    ) -> Result<(), DeskError> {
        let book = policy.book.playbooks.get(playbook);
        let ticket = self.open_ticket(id)?;
        let Some(book) = book else {
            return Err(DeskError::BadStage {
                next: policy.book.playbooks.keys().cloned().collect(),
            });
        };
        let here = ticket.playbook.as_ref().filter(|progress| progress.playbook == playbook);
        let next: Vec<String> = match here {
            Some(progress) => {
                book.stage(&progress.stage).map(|stage| stage.next.clone()).unwrap_or_default()
            }
            // Another playbook begins at its beginning.
            None => book.stages.first().map(|first| first.id.clone()).into_iter().collect(),
        };
        if !next.iter().any(|next| next == stage) {
            return Err(DeskError::BadStage { next });
        }
        let choice = here.and_then(|progress| progress.choice.clone());
        let (playbook, stage) = (playbook.to_owned(), stage.to_owned());
        let detail = format!("{playbook}: {stage}");
        ticket.playbook = Some(Progress { playbook, stage, choice });
        self.event(EventKind::Playbook, id, Some(agent), detail);
        Ok(())
    }
}
