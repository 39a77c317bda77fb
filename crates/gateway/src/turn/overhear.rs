//! What reaches a conversation through its channel without being a turn: what is no
//! question, what people say elsewhere, what could not be sent.

use std::fmt;

use desk::{
    AgentId, Change, Conversation, ConversationId, DeskError, Event, EventKind, Notes, Owner,
    Person, Policy, TicketId, Utterance,
};
use jiff::Timestamp;
use store::{Batch, Record, Store, StoreError, Worked};

use super::speech::say_text;
use super::wake::note;
use super::{Attempt, MAX_TRIES};
use crate::app::App;
use crate::entropy;
use crate::http::{Answer, Code, Problem};

/// Through which channel something came.
#[derive(Clone, Debug)]
pub struct Arrival {
    /// Where its sender is answered from now on; none where the sender is no customer.
    pub address: Option<store::Address>,
    /// What the platform calls the message.
    pub name: Option<String>,
    /// The event that is done with it.
    pub settles: u64,
    /// What is said because of it is not sent before.
    pub hold: Option<Timestamp>,
}

impl Arrival {
    /// That the event is done.
    pub(super) fn settled(&self) -> Record {
        Record::Worked { n: self.settles, worked: Worked::Done }
    }
}

/// Something that is no turn.
#[derive(Clone, Debug)]
pub enum Overheard {
    /// The customer sent something that is not to be answered.
    Note {
        /// What is kept of it.
        text: String,
        /// Why it is not answered: a name,
        rule: &'static str,
        /// and a sentence.
        why: &'static str,
    },
    /// A person of the shop has it, or answers.
    Person {
        /// Who.
        agent: AgentId,
        /// What they say.
        text: Option<String>,
        /// The customer has seen it already.
        seen: bool,
    },
    /// Whoever had it elsewhere gave it back.
    HandedBack,
    /// It was settled elsewhere.
    Closed {
        /// By whom.
        agent: AgentId,
    },
}

/// Stores what was overheard, once.
///
/// # Errors
/// The store fails, or the conversation changes too fast; nothing was stored then.
pub async fn overhear(
    app: &App,
    id: &ConversationId,
    what: &Overheard,
    arrival: &Arrival,
) -> Answer<()> {
    let _turn = app.turn_of(id.as_str()).await;
    for _ in 0..MAX_TRIES {
        match Box::pin(try_once(app, id, what, arrival)).await {
            Err(Attempt::Again) => app.metrics.retried(),
            Err(Attempt::Failed(problem)) => return Err(problem),
            Ok(()) => return Ok(()),
        }
    }
    Err(Problem::from(Code::ConversationBusy).retry_after(1))
}

async fn try_once(
    app: &App,
    id: &ConversationId,
    what: &Overheard,
    arrival: &Arrival,
) -> Result<(), Attempt> {
    let now = app.clock.now();
    let stored = app.store.conversation(id).await?;
    let version = stored.as_ref().map(|stored| stored.version);
    let known = stored.as_ref().is_some_and(|stored| stored.address.is_some());
    let conversation =
        stored.map_or_else(|| Conversation::start(id.clone(), now), |stored| stored.conversation);
    let (change, from_customer, seen) = match what {
        Overheard::Note { text, rule, why } => {
            (Some(noted(&conversation, text, rule, why, now)), true, true)
        }
        Overheard::Person { agent, text, seen } => {
            let policy = &app.knowledge().policy;
            let ticket = TicketId::new(&entropy::id(now)?);
            let text = text.as_deref();
            (Some(person(&conversation, &ticket, agent, text, policy, now)?), false, *seen)
        }
        Overheard::HandedBack => (handed_back(app, &conversation, now)?, false, true),
        Overheard::Closed { agent } => (closed(app, &conversation, agent, now)?, false, true),
    };
    let Some(change) = change else {
        return Ok(app.store.put(vec![arrival.settled()]).await?);
    };
    let named = change.messages.first().map(|message| message.seq).zip(arrival.name.clone());
    let batch = Batch {
        records: vec![arrival.settled()],
        // Only the customer's own words begin the time for answers anew.
        address: arrival.address.clone().filter(|_| from_customer || !known),
        named,
        ..change.into()
    };
    let committed = match seen {
        true => app.commit_seen(batch, version).await,
        false => app.commit(batch, version).await,
    };
    match committed {
        Ok(_) => Ok(()),
        Err(StoreError::Conflict { .. }) => Err(Attempt::Again),
        Err(error) => Err(error.into()),
    }
}

fn noted(conversation: &Conversation, text: &str, rule: &str, why: &str, now: Timestamp) -> Change {
    let notes = Notes::unread(rule, why);
    desk::hear(conversation, Utterance { text, language: None, attachments: &[] }, notes, now)
}

/// A person has the conversation from now on, and says something.
fn person(
    conversation: &Conversation,
    ticket: &TicketId,
    agent: &AgentId,
    text: Option<&str>,
    policy: &Policy,
    now: Timestamp,
) -> Result<Change, DeskError> {
    let person = Person { agent, fence: None, reach: None };
    let taken = match &conversation.ticket {
        None => desk::take_over(conversation, ticket, &person, policy, now)?,
        Some(open) => desk::act(conversation, &open.id, &person, &desk::Act::Take, policy, now)?,
    };
    let (Some(text), Some(open)) = (text, taken.conversation.ticket.as_ref()) else {
        return Ok(taken);
    };
    let reply = desk::Act::Reply { text: text.to_owned(), promise: None };
    let id = open.id.clone();
    let said = desk::act(&taken.conversation, &id, &person, &reply, policy, now)?;
    Ok(both(taken, said))
}

/// Two changes, one after the other, as one.
fn both(first: Change, second: Change) -> Change {
    let Change { mut messages, mut events, ticket, .. } = first;
    messages.extend(second.messages);
    events.extend(second.events);
    Change { messages, events, ticket: second.ticket.or(ticket), ..second }
}

fn handed_back(
    app: &App,
    conversation: &Conversation,
    now: Timestamp,
) -> Result<Option<Change>, DeskError> {
    let (Owner::Agent(agent), Some(ticket)) = (&conversation.owner, &conversation.ticket) else {
        return Ok(None);
    };
    let knowledge = app.knowledge();
    let notice = say_text(&knowledge, desk::Text::Handback, &conversation.memory, now);
    let person = Person { agent, fence: None, reach: None };
    let act = desk::Act::HandBack(notice);
    desk::act(conversation, &ticket.id, &person, &act, &knowledge.policy, now).map(Some)
}

fn closed(
    app: &App,
    conversation: &Conversation,
    agent: &AgentId,
    now: Timestamp,
) -> Result<Option<Change>, DeskError> {
    let Some(ticket) = &conversation.ticket else { return Ok(None) };
    // Whoever has it here is the one who settled it there.
    let agent = match &conversation.owner {
        Owner::Agent(owner) => owner,
        Owner::Bot | Owner::Queue => agent,
    };
    let person = Person { agent, fence: None, reach: None };
    let policy = &app.knowledge().policy;
    let act = desk::Act::Resolve(None);
    desk::act(conversation, &ticket.id, &person, &act, policy, now).map(Some)
}

/// What did not get where it was to.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Undelivered<'a> {
    /// A message to the customer.
    Message {
        /// Its number.
        seq: u64,
    },
    /// Nothing in particular reaches the customer any more.
    Customer,
    /// The conversation, to people who work elsewhere.
    HandOver {
        /// The help desk, or the inbox whose platform was to pass it on.
        to: &'a str,
        /// It is there, but not all of it.
        in_part: bool,
    },
    /// What the customer wrote afterwards, to the same.
    Follow {
        /// The help desk.
        to: &'a str,
    },
}

impl fmt::Display for Undelivered<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Message { seq } => write!(f, "message {seq}: "),
            Self::Customer => Ok(()),
            Self::HandOver { to, in_part: true } => {
                write!(f, "the hand-over reached {to} in part, the rest did not: ")
            }
            Self::HandOver { to, in_part: false } => {
                write!(f, "the hand-over did not reach {to}, answer from here: ")
            }
            Self::Follow { to } => write!(f, "what the customer wrote did not reach {to}: "),
        }
    }
}

/// Tells whoever has the conversation that something did not get where it was to.
pub(crate) async fn tell(app: &App, id: &ConversationId, what: Undelivered<'_>, error: &str) {
    let told = match app.store.conversation(id).await {
        Ok(stored) => match stored.and_then(|stored| stored.conversation.ticket) {
            Some(ticket) => {
                let detail = format!("{what}{error}");
                let kind = EventKind::Undelivered;
                let event = Event { kind, ticket: ticket.id, by: None, detail };
                note(app, id, vec![event], Vec::new()).await
            }
            // Nobody has it who could be told.
            None => Ok(()),
        },
        Err(error) => Err(error.into()),
    };
    if let Err(problem) = told {
        // It stands among the dead letters all the same.
        let code = problem.code().as_str();
        tracing::error!(conversation.id = id.as_str(), code, "nobody could be told");
    }
}
