//! What a turn or a person's action makes of a conversation, as data to be stored.

use intent::IntentId;
use jiff::Timestamp;

use crate::conversation::{Conversation, Owner};
use crate::decision::{Decision, Handoff};
use crate::error::DeskError;
use crate::ids::{AgentId, TicketId};
use crate::message::{Author, Message, Reply};
use crate::ticket::{Outcome, Ticket, TicketState};

#[cfg(test)]
mod tests;

/// How many different wishes a ticket lists.
const WISHES: usize = 16;

/// What is to be stored, all of it or nothing.
#[must_use]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The conversation after it.
    pub conversation: Conversation,
    /// Messages to be added, in order.
    pub messages: Vec<Message>,
    /// The ticket that is new or changed.
    pub ticket: Option<Ticket>,
}

/// What the customer said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Utterance<'a> {
    /// The text as typed.
    pub text: &'a str,
    /// BCP 47 tag, where understood.
    pub language: Option<&'a str>,
}

/// Takes a turn: the customer's message, and the reply when there is one.
///
/// `reply` is what the caller rendered of [`Decision::say`]; `ticket` names the ticket
/// should one be opened.
///
/// # Errors
/// [`DeskError::StaleFence`] when the conversation changed its owner since the decision.
pub fn turn(
    conversation: &Conversation,
    said: Utterance<'_>,
    decision: &Decision,
    reply: Option<&Reply>,
    ticket: &TicketId,
    now: Timestamp,
) -> Result<Change, DeskError> {
    if decision.fence != conversation.fence {
        return Err(DeskError::StaleFence {
            computed: decision.fence.0,
            current: conversation.fence.0,
        });
    }
    let mut draft = Draft::of(conversation, now);
    draft.say(Author::Customer, said.text.to_owned(), said.language.map(str::to_owned));
    draft.conversation.memory = decision.memory.clone();
    if let Some(reply) = reply {
        draft.bot_says(reply);
    }
    if let Some(handoff) = &decision.handoff {
        draft.hand_over(handoff, decision, ticket);
    }
    Ok(draft.finish())
}

/// A person takes the ticket without answering yet.
///
/// # Errors
/// [`DeskError::TicketResolved`].
pub fn assign(
    conversation: &Conversation,
    ticket: &TicketId,
    agent: &AgentId,
    now: Timestamp,
) -> Result<Change, DeskError> {
    let mut draft = Draft::of(conversation, now);
    let taken = draft.open_ticket(ticket)?;
    taken.assignee = Some(agent.clone());
    if taken.state == TicketState::Open {
        taken.state = TicketState::Assigned;
    }
    draft.own(Owner::Agent(agent.clone()));
    Ok(draft.finish())
}

/// A person answers the customer and owns the conversation from then on.
///
/// # Errors
/// [`DeskError::TicketResolved`].
pub fn reply(
    conversation: &Conversation,
    ticket: &TicketId,
    agent: &AgentId,
    text: &str,
    now: Timestamp,
) -> Result<Change, DeskError> {
    let mut draft = Draft::of(conversation, now);
    let at = draft.now;
    let taken = draft.open_ticket(ticket)?;
    taken.assignee = Some(agent.clone());
    taken.state = TicketState::Waiting;
    taken.first_response_at.get_or_insert(at);
    taken.due_at = None;
    draft.own(Owner::Agent(agent.clone()));
    draft.say(Author::Agent(agent.clone()), text.to_owned(), None);
    Ok(draft.finish())
}

/// A person has settled the matter; the bot answers what comes next.
///
/// # Errors
/// [`DeskError::TicketResolved`].
pub fn resolve(
    conversation: &Conversation,
    ticket: &TicketId,
    agent: &AgentId,
    now: Timestamp,
) -> Result<Change, DeskError> {
    let mut draft = Draft::of(conversation, now);
    draft.close(ticket, agent, Outcome::Resolved)?;
    Ok(draft.finish())
}

/// A person gives the conversation back to the bot, which says so by `notice`
/// (rendered from [`crate::Text::Handback`]).
///
/// # Errors
/// [`DeskError::TicketResolved`].
pub fn hand_back(
    conversation: &Conversation,
    ticket: &TicketId,
    agent: &AgentId,
    notice: &Reply,
    now: Timestamp,
) -> Result<Change, DeskError> {
    let mut draft = Draft::of(conversation, now);
    draft.close(ticket, agent, Outcome::HandedBack)?;
    draft.bot_says(notice);
    Ok(draft.finish())
}

/// A change in the making.
struct Draft {
    conversation: Conversation,
    messages: Vec<Message>,
    resolved: Option<Ticket>,
    /// Never before the last message, should the clock have been set back.
    now: Timestamp,
}

impl Draft {
    fn of(conversation: &Conversation, now: Timestamp) -> Self {
        let now = now.max(conversation.updated_at);
        let conversation = Conversation { updated_at: now, ..conversation.clone() };
        Self { conversation, messages: Vec::new(), resolved: None, now }
    }

    fn finish(self) -> Change {
        let Self { conversation, messages, resolved, .. } = self;
        let ticket = resolved.or_else(|| conversation.ticket.clone());
        Change { conversation, messages, ticket }
    }

    /// The unresolved ticket, when it is the one that is meant.
    fn open_ticket(&mut self, id: &TicketId) -> Result<&mut Ticket, DeskError> {
        self.conversation
            .ticket
            .as_mut()
            .filter(|ticket| ticket.id == *id)
            .ok_or(DeskError::TicketResolved)
    }

    fn own(&mut self, owner: Owner) {
        if self.conversation.owner != owner {
            self.conversation.owner = owner;
            self.conversation.fence = self.conversation.fence.next();
        }
    }

    fn say(&mut self, author: Author, text: String, language: Option<String>) {
        let message = Message {
            seq: self.next_seq(),
            at: self.now,
            author,
            text,
            markdown: None,
            language,
            buttons: Vec::new(),
            answers: Vec::new(),
        };
        self.messages.push(message);
    }

    fn bot_says(&mut self, reply: &Reply) {
        let Reply { text, markdown, language, buttons, answers } = reply.clone();
        self.conversation.memory.offered.clone_from(&buttons);
        let message = Message {
            seq: self.next_seq(),
            at: self.now,
            author: Author::Bot,
            text,
            markdown: Some(markdown),
            language: Some(language),
            buttons,
            answers,
        };
        self.messages.push(message);
    }

    fn next_seq(&mut self) -> u64 {
        self.conversation.messages = self.conversation.messages.saturating_add(1);
        self.conversation.messages
    }

    /// Opens the ticket, or brings what the customer says now to the one there is.
    fn hand_over(&mut self, handoff: &Handoff, decision: &Decision, id: &TicketId) {
        let memory = &self.conversation.memory;
        let (language, order) = (memory.language.clone(), memory.order.clone());
        let intents: Vec<IntentId> = handoff.intents.iter().take(WISHES).cloned().collect();
        if let Some(ticket) = &mut self.conversation.ticket {
            ticket.severity = ticket.severity.max(handoff.severity);
            ticket.tier = ticket.tier.max(handoff.tier);
            ticket.due_at = Some(handoff.due_at);
            ticket.intents = intents;
            ticket.language = language;
            ticket.order = order;
            if ticket.state == TicketState::Waiting {
                ticket.state = TicketState::Assigned;
            }
            return;
        }
        self.conversation.ticket = Some(Ticket {
            id: id.clone(),
            conversation: self.conversation.id.clone(),
            state: TicketState::Open,
            severity: handoff.severity,
            tier: handoff.tier,
            rule: decision.rule.as_str().to_owned(),
            why: decision.why.clone(),
            intents,
            language,
            order,
            assignee: None,
            opened_at: self.now,
            due_at: Some(handoff.due_at),
            first_response_at: None,
            resolved_at: None,
            outcome: None,
        });
        self.own(Owner::Queue);
    }

    fn close(&mut self, id: &TicketId, agent: &AgentId, outcome: Outcome) -> Result<(), DeskError> {
        self.open_ticket(id)?;
        self.resolved = self.conversation.ticket.take().map(|ticket| Ticket {
            state: TicketState::Resolved,
            assignee: Some(agent.clone()),
            due_at: None,
            resolved_at: Some(self.now),
            outcome: Some(outcome),
            ..ticket
        });
        self.own(Owner::Bot);
        self.conversation.memory = self.conversation.memory.after_people();
        Ok(())
    }
}
