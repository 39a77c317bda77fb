//! What has to be done without a message: warnings, breaches, broken promises, the end of
//! a silence, the question afterwards. One step at a time, the earliest first; the caller
//! renders what is said, stores the change and asks again.

use jiff::Timestamp;

use crate::apply::{Change, Draft};
use crate::conversation::{Conversation, Owner};
use crate::deadline::Resolution;
use crate::decision::Text;
use crate::event::EventKind;
use crate::ids::Fence;
use crate::ledger::{self, Cause, Mark};
use crate::message::Reply;
use crate::policy::Policy;
use crate::survey::Survey;
use crate::ticket::{FollowUp, Outcome, Ticket};
use crate::{DeskError, floor};

#[cfg(test)]
mod tests;

/// Apologies of one ticket at most.
const APOLOGIES: u8 = 3;

/// What is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Due {
    /// A promise comes near its time.
    PromiseWarning(u32),
    /// An answer comes near its time.
    AnswerWarning,
    /// The settling of the matter comes near its time.
    ResolutionWarning,
    /// A promise was not kept.
    PromiseBroken(u32),
    /// An answer was not given in time.
    AnswerBreach,
    /// The matter was not settled in time.
    ResolutionBreach,
    /// A message was not answered on its day.
    Unanswered,
    /// A ticket that was put aside comes back.
    Snoozed,
    /// The customer says nothing more: the bot takes the conversation back.
    Return,
    /// The customer is asked whether all is well.
    FollowUp,
}

/// One thing that is due, and what is said about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// What.
    pub due: Due,
    /// When it became due.
    pub at: Timestamp,
    /// The fence of the conversation it was made for.
    pub fence: Fence,
    /// What is said to the customer, in order; nothing where it is empty.
    pub say: Vec<Text>,
    /// The tier that answers from then on, and when, for what is said.
    pub next: Option<(u8, Timestamp)>,
    /// What the shop gives, in percent; 0 is nothing.
    pub goodwill_percent: u8,
    /// What the customer is asked to give a mark to.
    pub survey: Option<Survey>,
}

/// What is due at `now`, the earliest first; none where nothing is.
#[must_use]
pub fn wake(conversation: &Conversation, policy: &Policy, now: Timestamp) -> Option<Step> {
    let open = conversation.ticket.iter().flat_map(ticket_dues);
    let past = conversation.past.iter().filter_map(|ticket| match ticket.follow_up {
        FollowUp::Due(at) => Some((at, Due::FollowUp)),
        FollowUp::None | FollowUp::Asked(..) | FollowUp::Rated(_) => None,
    });
    let (at, due) = open.chain(past).filter(|(at, _)| *at <= now).min()?;
    let mut step = Step {
        due,
        at,
        fence: conversation.fence,
        say: Vec::new(),
        next: None,
        goodwill_percent: 0,
        survey: None,
    };
    match due {
        Due::PromiseBroken(_) | Due::AnswerBreach => {
            let ticket = conversation.ticket.as_ref()?;
            // One apology a tier, and one more with the last time that is named: whoever let
            // that pass too is told of by alarms, and words would only be words.
            if ticket.apologies < APOLOGIES {
                let tier = ticket.tier.saturating_add(1).min(3);
                let due_at = policy.due_for(ticket, tier, now.max(conversation.updated_at));
                step.next = Some((tier, due_at));
                step.say.push(Text::Apology);
                // What is given is given once.
                if ticket.apologies == 0 {
                    step.goodwill_percent = policy.book.apology(tier, ticket.severity);
                }
                if step.goodwill_percent > 0 {
                    step.say.push(Text::Goodwill);
                }
            }
        }
        Due::Return => step.say.push(Text::Handback),
        Due::FollowUp => {
            let id = &conversation.past.as_ref()?.id;
            step.survey = policy.book.surveys.pick(id.as_str());
            step.say.extend(step.survey.map(Survey::question));
        }
        Due::PromiseWarning(_)
        | Due::AnswerWarning
        | Due::ResolutionWarning
        | Due::ResolutionBreach
        | Due::Snoozed
        | Due::Unanswered => {}
    }
    Some(step)
}

fn ticket_dues(ticket: &Ticket) -> Vec<(Timestamp, Due)> {
    let mut dues = Vec::new();
    let mut add = |deadline: crate::Deadline, warning: Due, breach: Due| {
        dues.extend(deadline.next().map(|at| (at, if deadline.warned { breach } else { warning })));
    };
    for promise in ticket.promises.iter().filter(|promise| promise.is_open()) {
        add(promise.deadline, Due::PromiseWarning(promise.n), Due::PromiseBroken(promise.n));
    }
    if let Some(answer) = ticket.answer {
        add(answer, Due::AnswerWarning, Due::AnswerBreach);
    }
    if let Some(Resolution::Running(deadline)) = ticket.resolution {
        add(deadline, Due::ResolutionWarning, Due::ResolutionBreach);
    }
    dues.extend(ticket.alarm_at.map(|at| (at, Due::Unanswered)));
    dues.extend(ticket.snoozed_until.map(|at| (at, Due::Snoozed)));
    dues.extend(ticket.return_at.map(|at| (at, Due::Return)));
    dues
}

/// Does what is due. `reply` is what the caller rendered of [`Step::say`].
///
/// # Errors
/// [`DeskError::StaleFence`] when the conversation changed its owner meanwhile: what was to
/// be said is dropped.
pub fn step(
    conversation: &Conversation,
    step: &Step,
    reply: Option<&Reply>,
    policy: &Policy,
    now: Timestamp,
) -> Result<Change, DeskError> {
    let mut draft = Draft::of(conversation, now);
    draft.hold(step.fence)?;
    match step.due {
        Due::FollowUp => draft.follow_up(step.survey, reply),
        Due::Return => {
            let Some(ticket) = &draft.conversation.ticket else {
                return Err(DeskError::TicketResolved);
            };
            let by = ticket.assignee.clone();
            draft.close(by.as_ref(), Outcome::Silent, FollowUp::None);
            if let Some(reply) = reply {
                draft.bot_says(reply);
            }
        }
        due => draft.overdue(due, reply, policy)?,
    }
    Ok(draft.finish())
}

impl Draft {
    fn follow_up(&mut self, survey: Option<Survey>, reply: Option<&Reply>) {
        let now = self.now;
        // A new matter is with people: they ask for themselves.
        let asked = survey.zip(reply).filter(|_| self.conversation.owner == Owner::Bot);
        let Some(past) = &mut self.conversation.past else { return };
        past.follow_up = asked.map_or(FollowUp::None, |(survey, _)| FollowUp::Asked(survey, now));
        let past = past.clone();
        if let Some((survey, reply)) = asked {
            self.bot_says(reply);
            let (title, scale) = (survey.title(), survey.scale());
            let detail =
                format!("{title}: asked for a mark from {} to {}", scale.start(), scale.end());
            self.event(EventKind::FollowedUp, &past.id, None, detail);
        }
        self.touched(past);
    }

    /// A deadline or a promise of the open ticket.
    fn overdue(
        &mut self,
        due: Due,
        reply: Option<&Reply>,
        policy: &Policy,
    ) -> Result<(), DeskError> {
        let now = self.now;
        let ticket = self.conversation.ticket.as_mut().ok_or(DeskError::TicketResolved)?;
        let id = ticket.id.clone();
        let holder = ticket.assignee.clone();
        match due {
            Due::PromiseWarning(n) => {
                let promise = ticket.promises.iter_mut().find(|promise| promise.n == n);
                let until = promise.map(|promise| {
                    promise.deadline.warned = true;
                    promise.deadline.due_at
                });
                let detail = format!("promise {n} until {}", until.unwrap_or(now));
                self.event(EventKind::Warned, &id, holder.as_ref(), detail);
            }
            Due::AnswerWarning => {
                let Some(answer) = &mut ticket.answer else { return Ok(()) };
                answer.warned = true;
                let detail = format!("the answer is due {}", answer.due_at);
                self.event(EventKind::Warned, &id, holder.as_ref(), detail);
            }
            Due::ResolutionWarning => {
                let Some(Resolution::Running(deadline)) = &mut ticket.resolution else {
                    return Ok(());
                };
                deadline.warned = true;
                let detail = format!("the matter is to be settled by {}", deadline.due_at);
                self.event(EventKind::Warned, &id, holder.as_ref(), detail);
            }
            Due::Unanswered => {
                ticket.alarm_at = None;
                let detail = "a message was not answered on its day: the lead is told";
                self.event(EventKind::Unanswered, &id, holder.as_ref(), detail);
            }
            Due::PromiseBroken(n) => {
                if let Some(promise) = ticket.promises.iter_mut().find(|promise| promise.n == n) {
                    promise.deadline.breached = true;
                }
                self.event(EventKind::PromiseBroken, &id, holder.as_ref(), format!("promise {n}"));
                self.breach(Cause::Promise, "a promise was not kept", reply, policy)?;
            }
            Due::AnswerBreach => {
                if let Some(answer) = &mut ticket.answer {
                    answer.breached = true;
                }
                self.event(EventKind::Breached, &id, holder.as_ref(), "no answer in time");
                self.breach(Cause::Waited, "no answer in time", reply, policy)?;
            }
            Due::ResolutionBreach => {
                if let Some(Resolution::Running(deadline)) = &mut ticket.resolution {
                    deadline.breached = true;
                }
                self.event(EventKind::Breached, &id, holder.as_ref(), "not settled in time");
                self.breach(Cause::Waited, "not settled in time", None, policy)?;
            }
            Due::Snoozed => {
                ticket.snoozed_until = None;
                self.event(EventKind::Woken, &id, holder.as_ref(), "its time has come");
            }
            Due::Return | Due::FollowUp => {}
        }
        Ok(())
    }

    /// One tier up, at once; the matter is graver, and the customer hears when somebody comes.
    fn breach(
        &mut self,
        cause: Cause,
        why: &str,
        reply: Option<&Reply>,
        policy: &Policy,
    ) -> Result<(), DeskError> {
        let at = self.now;
        let points = policy.book.weights.of(cause);
        ledger::add(&mut self.conversation.memory.ledger, Mark { cause, points, at });
        let severity = policy.book.weights.severity(&self.conversation.memory.ledger);
        let ticket = self.conversation.ticket.as_mut().ok_or(DeskError::TicketResolved)?;
        ticket.severity = ticket.severity.max(severity);
        let (id, top) = (ticket.id.clone(), ticket.tier >= 3);
        self.escalate(&id, None, why, policy)?;
        if top {
            // Nobody stands above: it stays where it is, and the time told is the new one.
            let ticket = self.conversation.ticket.as_mut().ok_or(DeskError::TicketResolved)?;
            let passed = ticket.answer.is_none_or(|answer| answer.breached);
            // A time that the customer is told is watched over; so is one where none was.
            if passed && (reply.is_some() || ticket.answer.is_none()) {
                let due_at = policy.due_for(ticket, ticket.tier, at);
                ticket.answer = Some(policy.deadline(at, due_at, ticket.tier));
            }
            self.release(&id, None, "for whoever of the tier is there");
        }
        if let Some(reply) = reply {
            self.bot_says(reply);
            let ticket = self.conversation.ticket.as_mut().ok_or(DeskError::TicketResolved)?;
            ticket.apologies = ticket.apologies.saturating_add(1);
        }
        Ok(())
    }
}

/// Finds a person for a ticket that waits, where one is there with room.
///
/// # Errors
/// [`DeskError::TicketResolved`] where none waits.
pub fn dispatch(
    conversation: &Conversation,
    floor: &floor::Floor,
    policy: &Policy,
    now: Timestamp,
) -> Result<Option<Change>, DeskError> {
    let mut draft = Draft::of(conversation, now);
    if draft.conversation.owner != Owner::Queue {
        return Err(DeskError::TicketResolved);
    }
    let ticket = draft.conversation.ticket.as_ref().ok_or(DeskError::TicketResolved)?;
    let need = floor::Need {
        tier: ticket.tier,
        language: ticket.language.as_deref(),
        vip: conversation.memory.vip,
    };
    match floor.route(&need, &policy.book, now).route {
        floor::Route::To(agent) => {
            draft.give(&agent, "routed");
            Ok(Some(draft.finish()))
        }
        floor::Route::Queue { .. } | floor::Route::Nobody | floor::Route::Open => Ok(None),
    }
}
