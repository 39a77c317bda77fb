//! What a turn makes of a conversation, as data to be stored.

use intent::IntentId;
use jiff::Timestamp;

use crate::conversation::{Conversation, Owner};
use crate::decision::{Decision, Handoff};
use crate::error::DeskError;
use crate::event::{Event, EventKind};
use crate::floor::Route;
use crate::ids::{AgentId, TicketId};
use crate::message::{Attachment, Author, Message, Notes, Reply};
use crate::survey::Rating;
use crate::ticket::{FollowUp, Outcome, Ticket, TicketState};

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
    /// What happened beside, in order.
    pub events: Vec<Event>,
}

/// What the customer said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Utterance<'a> {
    /// The text as typed.
    pub text: &'a str,
    /// BCP 47 tag, where understood.
    pub language: Option<&'a str>,
    /// The files that came with it.
    pub attachments: &'a [Attachment],
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
    let mut draft = Draft::of(conversation, now);
    draft.hold(decision.fence)?;
    draft.customer_says(said, decision.notes.clone());
    draft.conversation.memory = decision.memory.clone();
    if let Some(reply) = reply {
        draft.bot_says(reply);
    }
    if let Some((rating, low)) = decision.rated {
        draft.rate(rating, low);
    }
    if let Some(handoff) = &decision.handoff {
        draft.hand_over(handoff, decision, ticket);
    }
    if let Some(choice) = &decision.chosen {
        draft.choose(choice);
    }
    Ok(draft.finish())
}

/// Keeps what a customer sent that is not to be answered: a sticker, a place, an earlier
/// message in other words. Nobody owns the conversation for it who did not before.
pub fn hear(
    conversation: &Conversation,
    said: Utterance<'_>,
    notes: Notes,
    now: Timestamp,
) -> Change {
    let mut draft = Draft::of(conversation, now);
    draft.customer_says(said, notes);
    draft.finish()
}

/// A change in the making.
pub(crate) struct Draft {
    pub(crate) conversation: Conversation,
    messages: Vec<Message>,
    /// The ticket that this change touched and that is no longer the open one.
    closed: Option<Ticket>,
    events: Vec<Event>,
    /// Never before the last message, should the clock have been set back.
    pub(crate) now: Timestamp,
}

impl Draft {
    pub(crate) fn of(conversation: &Conversation, now: Timestamp) -> Self {
        let now = now.max(conversation.updated_at);
        let conversation = Conversation { updated_at: now, ..conversation.clone() };
        Self { conversation, messages: Vec::new(), closed: None, events: Vec::new(), now }
    }

    pub(crate) fn finish(self) -> Change {
        let Self { conversation, messages, closed, events, .. } = self;
        let ticket = closed.or_else(|| conversation.ticket.clone());
        Change { conversation, messages, ticket, events }
    }

    /// Refuses what was computed while somebody else owned the conversation.
    pub(crate) fn hold(&self, computed: crate::Fence) -> Result<(), DeskError> {
        let current = self.conversation.fence;
        if computed == current {
            return Ok(());
        }
        Err(DeskError::StaleFence { computed: computed.0, current: current.0 })
    }

    /// The unresolved ticket, when it is the one that is meant.
    pub(crate) fn open_ticket(&mut self, id: &TicketId) -> Result<&mut Ticket, DeskError> {
        self.conversation
            .ticket
            .as_mut()
            .filter(|ticket| ticket.id == *id)
            .ok_or(DeskError::TicketResolved)
    }

    pub(crate) fn own(&mut self, owner: Owner) {
        if self.conversation.owner != owner {
            self.conversation.owner = owner;
            self.conversation.fence = self.conversation.fence.next();
        }
    }

    pub(crate) fn event(
        &mut self,
        kind: EventKind,
        ticket: &TicketId,
        by: Option<&AgentId>,
        detail: impl Into<String>,
    ) {
        let (ticket, by, detail) = (ticket.clone(), by.cloned(), detail.into());
        self.events.push(Event { kind, ticket, by, detail });
    }

    fn say(&mut self, author: Author, text: String, language: Option<String>) -> &mut Message {
        self.say_with(author, text, language, &[])
    }

    fn say_with(
        &mut self,
        author: Author,
        text: String,
        language: Option<String>,
        attachments: &[Attachment],
    ) -> &mut Message {
        let message = Message {
            seq: self.next_seq(),
            at: self.now,
            author,
            text,
            markdown: None,
            language,
            buttons: Vec::new(),
            answers: Vec::new(),
            attachments: attachments.to_vec(),
            notes: None,
            hash: None,
        };
        let hash = message.chained(self.conversation.chain);
        self.conversation.chain = Some(hash);
        let place = self.messages.len();
        self.messages.push(Message { hash: Some(hash), ..message });
        &mut self.messages[place]
    }

    fn customer_says(&mut self, said: Utterance<'_>, notes: Notes) {
        let language = said.language.map(str::to_owned);
        let text = said.text.to_owned();
        let message = self.say_with(Author::Customer, text, language, said.attachments);
        message.notes = Some(notes);
    }

    pub(crate) fn agent_says(&mut self, agent: &AgentId, text: &str) {
        self.say(Author::Agent(agent.clone()), text.to_owned(), None);
    }

    pub(crate) fn bot_says(&mut self, reply: &Reply) {
        let Reply { text, markdown, language, buttons, answers } = reply.clone();
        self.conversation.memory.offered.clone_from(&buttons);
        let message = self.say(Author::Bot, text, Some(language));
        message.markdown = Some(markdown);
        message.buttons = buttons;
        message.answers = answers;
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
            ticket.answer = Some(handoff.answer);
            ticket.resolution = Some(handoff.resolution);
            ticket.alarm_at = Some(handoff.alarm_at);
            ticket.return_at = None;
            ticket.snoozed_until = None;
            ticket.priority = ticket.priority.max(handoff.priority);
            ticket.intents = intents;
            ticket.language = language;
            ticket.order = order;
            ticket.playbook.clone_from(&handoff.playbook);
            ticket.translated |= handoff.translator;
            if ticket.state == TicketState::Waiting {
                ticket.state = TicketState::Assigned;
            }
            return;
        }
        let ticket = Ticket {
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
            team: handoff.team.clone(),
            assignee: None,
            priority: handoff.priority,
            opened_at: self.now,
            answer: Some(handoff.answer),
            resolution: Some(handoff.resolution),
            alarm_at: Some(handoff.alarm_at),
            return_at: None,
            snoozed_until: None,
            promises: Vec::new(),
            playbook: handoff.playbook.clone(),
            first_response_at: None,
            resolved_at: None,
            outcome: None,
            problem: None,
            follow_up: FollowUp::None,
            reopened: 0,
            translated: handoff.translator,
            apologies: 0,
        };
        // What a low mark opens again keeps its name and what was known of it.
        let ticket = match self.closed.take() {
            Some(before) => Ticket {
                id: before.id,
                opened_at: before.opened_at,
                first_response_at: before.first_response_at,
                promises: before.promises,
                problem: before.problem,
                follow_up: before.follow_up,
                reopened: before.reopened.saturating_add(1),
                ..ticket
            },
            None => ticket,
        };
        let kind = if ticket.reopened > 0 { EventKind::Reopened } else { EventKind::Opened };
        let (id, due) = (ticket.id.clone(), handoff.due_at());
        let detail = format!(
            "{}, tier {}, due {due}, by the rule {}",
            ticket.severity.as_str(),
            ticket.tier,
            ticket.rule
        );
        self.conversation.past = None;
        self.conversation.ticket = Some(ticket);
        self.event(kind, &id, None, detail);
        if let Route::To(agent) = &handoff.route {
            self.give(agent, "routed");
        } else {
            self.own(Owner::Queue);
        }
    }

    /// Gives the open ticket to a person.
    pub(crate) fn give(&mut self, agent: &AgentId, how: &str) {
        let Some(ticket) = &mut self.conversation.ticket else { return };
        ticket.assignee = Some(agent.clone());
        ticket.snoozed_until = None;
        if ticket.state == TicketState::Open {
            ticket.state = TicketState::Assigned;
        }
        let id = ticket.id.clone();
        self.own(Owner::Agent(agent.clone()));
        self.event(EventKind::Assigned, &id, Some(agent), how);
    }

    /// Writes down the mark of the customer.
    fn rate(&mut self, rating: Rating, low: bool) {
        let Some(past) = self.conversation.past.take() else { return };
        let past = Ticket { follow_up: FollowUp::Rated(rating), ..past };
        let id = past.id.clone();
        self.closed = Some(past.clone());
        if !low {
            self.conversation.past = Some(past);
        }
        self.event(EventKind::Rated, &id, None, rating.to_string());
    }

    /// Writes down the way out that the customer chose.
    fn choose(&mut self, choice: &str) {
        let Some(ticket) = &mut self.conversation.ticket else { return };
        let Some(progress) = &mut ticket.playbook else { return };
        progress.choice = Some(choice.to_owned());
        let (id, playbook) = (ticket.id.clone(), progress.playbook.clone());
        self.event(EventKind::Playbook, &id, None, format!("{playbook}: chose {choice}"));
    }

    /// A ticket that is not open was changed.
    pub(crate) fn touched(&mut self, ticket: Ticket) {
        self.closed = Some(ticket);
    }

    /// Ends the open ticket; the bot answers what comes next. Who gave a mark before is not
    /// asked for another.
    pub(crate) fn close(&mut self, by: Option<&AgentId>, outcome: Outcome, follow_up: FollowUp) {
        let Some(ticket) = self.conversation.ticket.take() else { return };
        let closed = Ticket {
            state: TicketState::Resolved,
            assignee: by.cloned().or(ticket.assignee),
            answer: None,
            resolution: None,
            alarm_at: None,
            return_at: None,
            snoozed_until: None,
            resolved_at: Some(self.now),
            outcome: Some(outcome),
            follow_up: if ticket.follow_up.rating().is_some() {
                ticket.follow_up
            } else {
                follow_up
            },
            promises: ticket.promises.into_iter().map(|promise| promise.kept(self.now)).collect(),
            ..ticket
        };
        let kind = match outcome {
            Outcome::Resolved => EventKind::Resolved,
            Outcome::HandedBack | Outcome::Silent => EventKind::HandedBack,
        };
        let id = closed.id.clone();
        self.conversation.past = Some(closed.clone());
        self.closed = Some(closed);
        self.own(Owner::Bot);
        self.conversation.memory = self.conversation.memory.after_people();
        self.event(kind, &id, by, outcome.as_str());
    }
}
