//! Conversations, messages and tickets, as clients and consoles read them.

use desk::{Author, Conversation, Message, Owner, Promise, Resolution, Ticket};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::ButtonBody;

/// A moment in UTC to the second, earlier rather than later.
pub(crate) fn seconds(at: Timestamp) -> String {
    Timestamp::from_second(at.as_second()).unwrap_or(at).to_string()
}

/// A ticket as a turn names it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct TicketBrief {
    /// To be named to people.
    pub id: String,
    /// The tier of people that takes it, 1 to 3.
    pub tier: u8,
    /// `red`, `yellow` or `blue`.
    pub severity: &'static str,
    /// When a person's answer is due, RFC 3339 in UTC; null while the customer is awaited.
    pub due_at: Option<String>,
}

/// Who answers the customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = Owner)]
pub enum OwnerBody {
    /// Switchboard.
    Bot,
    /// People, but nobody has taken it yet.
    Queue,
    /// A person.
    Agent,
}

/// The state of a conversation.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Conversation)]
pub struct ConversationBody {
    /// Its id.
    pub id: String,
    /// Who answers the customer now.
    pub owner: OwnerBody,
    /// Rises whenever that changes; what was seen under an older one is out of date.
    pub fence: u64,
    /// The language the customer writes, BCP 47, where understood.
    pub language: Option<String>,
    /// The order number last given.
    pub order: Option<String>,
    /// The country last named, ISO 3166-1 alpha-2.
    pub country: Option<String>,
    /// How many messages it has.
    pub messages: u64,
    /// When the first message came, RFC 3339.
    pub started_at: String,
    /// When the last message came or went, RFC 3339.
    pub updated_at: String,
    /// The ticket that is not resolved.
    pub ticket: Option<TicketBrief>,
    /// The person who has it, by the name that customers see.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub person: Option<String>,
    /// Its place in line while it waits for a person, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<u32>,
}

/// A file that a customer sent, at `/v1/conversations/{id}/attachments/{attachment}`.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Attachment)]
pub struct AttachmentBody {
    /// Its id.
    pub id: String,
    /// What the customer calls it.
    pub name: String,
    /// Its media type, by what it holds.
    #[serde(rename = "type")]
    pub kind: String,
    /// Its length.
    pub bytes: u64,
}

impl AttachmentBody {
    /// Writes an attachment.
    #[must_use]
    pub fn of(file: &desk::Attachment) -> Self {
        let desk::Attachment { id, name, kind, bytes, .. } = file.clone();
        Self { id, name, kind, bytes }
    }
}

/// Who said something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = Author)]
pub enum AuthorBody {
    /// The customer.
    Customer,
    /// Switchboard.
    Bot,
    /// A person of the shop.
    Agent,
}

/// One message of a conversation.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Message)]
pub struct MessageBody {
    /// Its place in the conversation, from 1, without holes.
    pub seq: u64,
    /// When it was taken in, RFC 3339.
    pub at: String,
    /// Who said it.
    pub author: AuthorBody,
    /// Which person; told to API callers only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agent: Option<String>,
    /// Which person, by the name that customers see.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub person: Option<String>,
    /// Plain text.
    pub text: String,
    /// The same in Markdown, where it was rendered so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub markdown: Option<String>,
    /// BCP 47, where known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// What was offered with it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub buttons: Vec<ButtonBody>,
    /// The answers it holds, by id.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub answers: Vec<String>,
    /// The files that came with it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<AttachmentBody>,
}

/// Messages of a conversation, in order.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Messages)]
pub struct MessagesBody {
    /// Those after the one named.
    pub messages: Vec<MessageBody>,
    /// The `after` to ask with next.
    pub next_after: u64,
    /// Whether there are more right now.
    pub more: bool,
}

/// A matter that people see to.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Ticket)]
pub struct TicketBody {
    /// Its id.
    pub id: String,
    /// The conversation it came from.
    pub conversation_id: String,
    /// `open`, `assigned`, `waiting` or `resolved`.
    pub state: &'static str,
    /// `red`, `yellow` or `blue`.
    pub severity: &'static str,
    /// 1 to 3.
    pub tier: u8,
    /// The name of the rule that handed over.
    pub rule: String,
    /// Why, in a sentence.
    pub why: String,
    /// What the customer wants, the surest first.
    pub intents: Vec<String>,
    /// The language the customer writes.
    pub language: Option<String>,
    /// The order it is about.
    pub order: Option<String>,
    /// The team it is with.
    pub team: Option<String>,
    /// Who has it.
    pub assignee: Option<String>,
    /// What goes first of two that wait; the higher.
    pub priority: u16,
    /// When it was handed over, RFC 3339.
    pub opened_at: String,
    /// When a person's next answer is due.
    pub due_at: Option<String>,
    /// When the matter is to be settled; null while the customer is awaited, and the clock
    /// stands.
    pub resolution_due_at: Option<String>,
    /// Until when whoever has it has put it aside.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub snoozed_until: Option<String>,
    /// What people promised.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub promises: Vec<PromiseBody>,
    /// How far a dispute has come.
    pub playbook: Option<ProgressBody>,
    /// What lay behind it, once somebody wrote it down.
    pub problem: Option<CauseBody>,
    /// The customer's mark, 1 to 5.
    pub csat: Option<u8>,
    /// How often it was opened again.
    pub reopened: u8,
    /// When a person first answered.
    pub first_response_at: Option<String>,
    /// When it was resolved.
    pub resolved_at: Option<String>,
    /// How it ended: `resolved`, `handed_back` or `silent`.
    pub outcome: Option<&'static str>,
}

/// A page of tickets, the earliest due first.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Tickets)]
pub struct TicketsBody {
    /// Those on it.
    pub tickets: Vec<TicketBody>,
    /// The `cursor` of the next page; null at the end.
    pub next: Option<String>,
}

/// A person's answer to a customer.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TicketReplyRequest {
    /// What is said.
    pub text: String,
    /// Who says it; the name of the API token where left out.
    #[serde(default)]
    pub agent: Option<String>,
    /// The caller's own id of this answer: the same again is sent once.
    #[serde(default)]
    pub message_id: Option<String>,
    /// The fence that was seen: where somebody else was faster, nothing is sent.
    #[serde(default)]
    pub fence: Option<u64>,
    /// What is promised in it, and until when.
    #[serde(default)]
    pub promise: Option<PromiseRequest>,
}

/// Something that is promised to a customer.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PromiseRequest {
    /// What, in a few words.
    pub text: String,
    /// Until when, RFC 3339.
    #[serde(default)]
    pub due_at: Option<String>,
    /// Or in how many minutes.
    #[serde(default)]
    pub within_minutes: Option<u32>,
}

/// A promise of a person.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Promise)]
pub struct PromiseBody {
    /// Its number within the ticket.
    pub n: u32,
    /// What was promised.
    pub text: String,
    /// By whom.
    pub by: String,
    /// When.
    pub made_at: String,
    /// Until when.
    pub due_at: String,
    /// `open`, `kept` or `broken`.
    pub state: &'static str,
}

/// How far a dispute has come.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Progress)]
pub struct ProgressBody {
    /// Which playbook.
    pub playbook: String,
    /// The stage it is in.
    pub stage: String,
    /// What the customer chose.
    pub choice: Option<String>,
}

/// What lay behind a matter.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Cause)]
pub struct CauseBody {
    /// Why it came to it.
    pub cause: String,
    /// Who can keep it from happening.
    pub department: String,
    /// What it cost, in hundredths of the shop's currency.
    #[serde(default)]
    pub loss_cents: u64,
}

/// One thing that happened.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Event)]
pub struct EventBody {
    /// Rises with every event; `after` of the next question.
    pub n: u64,
    /// When, RFC 3339.
    pub at: String,
    /// `ticket.opened`, `promise.broken` …
    pub kind: &'static str,
    /// Of which conversation.
    pub conversation_id: String,
    /// Of which ticket.
    pub ticket_id: String,
    /// Who did it; null where the desk did by itself.
    pub by: Option<String>,
    /// In a sentence, with the numbers.
    pub detail: String,
}

/// What changed while somebody was about to act.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Conflict)]
pub struct ConflictBody {
    /// The conversation now.
    pub conversation: ConversationBody,
    /// Its ticket now.
    pub ticket: Option<TicketBody>,
    /// What happened last.
    pub events: Vec<EventBody>,
}

/// A person's action on a ticket.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TicketRequest {
    /// Who acts; the name of the API token where left out.
    #[serde(default)]
    pub agent: Option<String>,
    /// The fence that was seen: where somebody else was faster, nothing is done.
    #[serde(default)]
    pub fence: Option<u64>,
    /// Whom it is given to (`transfer`).
    #[serde(default)]
    pub to: Option<String>,
    /// Why (`escalate`).
    #[serde(default)]
    pub why: Option<String>,
    /// Which playbook (`stage`).
    #[serde(default)]
    pub playbook: Option<String>,
    /// Where in it (`stage`).
    #[serde(default)]
    pub stage: Option<String>,
    /// Until when, RFC 3339 (`snooze`).
    #[serde(default)]
    pub until: Option<String>,
    /// Or for how many minutes (`snooze`).
    #[serde(default)]
    pub minutes: Option<u32>,
    /// What lay behind it (`resolve`).
    #[serde(default)]
    pub problem: Option<CauseBody>,
}

/// What came of a person's action.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TicketAnswer {
    /// The ticket after it.
    pub ticket: TicketBody,
    /// The fence of its conversation after it.
    pub fence: u64,
    /// What the customer is told by it.
    pub message: Option<MessageBody>,
}

impl PromiseBody {
    /// Writes a promise.
    #[must_use]
    pub fn of(promise: &Promise) -> Self {
        let state = match promise.kept_at {
            Some(_) => "kept",
            None if promise.is_open() => "open",
            None => "broken",
        };
        Self {
            n: promise.n,
            text: promise.text.clone(),
            by: promise.by.to_string(),
            made_at: promise.made_at.to_string(),
            due_at: seconds(promise.deadline.due_at),
            state,
        }
    }
}

impl From<desk::Problem> for CauseBody {
    fn from(problem: desk::Problem) -> Self {
        let desk::Problem { cause, department, loss_cents } = problem;
        Self { cause, department, loss_cents }
    }
}

impl EventBody {
    /// Writes an event.
    #[must_use]
    pub fn of(stored: &store::StoredEvent) -> Self {
        let event = &stored.event;
        Self {
            n: stored.n,
            at: stored.at.to_string(),
            kind: event.kind.as_str(),
            conversation_id: stored.conversation.to_string(),
            ticket_id: event.ticket.to_string(),
            by: event.by.as_ref().map(ToString::to_string),
            detail: event.detail.clone(),
        }
    }
}

impl ConversationBody {
    /// Writes a conversation.
    #[must_use]
    pub fn of(conversation: &Conversation) -> Self {
        let memory = &conversation.memory;
        Self {
            id: conversation.id.as_str().to_owned(),
            owner: match conversation.owner {
                Owner::Bot => OwnerBody::Bot,
                Owner::Queue => OwnerBody::Queue,
                Owner::Agent(_) => OwnerBody::Agent,
            },
            fence: conversation.fence.0,
            language: memory.language.clone(),
            order: memory.order.clone(),
            country: memory.country.clone(),
            messages: conversation.messages,
            started_at: conversation.started_at.to_string(),
            updated_at: conversation.updated_at.to_string(),
            ticket: conversation.ticket.as_ref().map(TicketBrief::of),
            person: None,
            place: None,
        }
    }
}

impl MessageBody {
    /// Writes a message; the person's name where `named`.
    #[must_use]
    pub fn of(message: &Message, named: bool) -> Self {
        let (author, agent) = match &message.author {
            Author::Customer => (AuthorBody::Customer, None),
            Author::Bot => (AuthorBody::Bot, None),
            Author::Agent(agent) => (AuthorBody::Agent, Some(agent.as_str().to_owned())),
        };
        Self {
            seq: message.seq,
            at: message.at.to_string(),
            author,
            agent: agent.filter(|_| named),
            person: None,
            text: message.text.clone(),
            markdown: message.markdown.clone(),
            language: message.language.clone(),
            buttons: message.buttons.iter().map(ButtonBody::from).collect(),
            answers: message.answers.clone(),
            attachments: message.attachments.iter().map(AttachmentBody::of).collect(),
        }
    }
}

impl TicketBody {
    /// Writes a ticket.
    #[must_use]
    pub fn of(ticket: &Ticket) -> Self {
        Self {
            id: ticket.id.as_str().to_owned(),
            conversation_id: ticket.conversation.as_str().to_owned(),
            state: ticket.state.as_str(),
            severity: ticket.severity.as_str(),
            tier: ticket.tier,
            rule: ticket.rule.clone(),
            why: ticket.why.clone(),
            intents: ticket.intents.iter().map(|id| id.as_str().to_owned()).collect(),
            language: ticket.language.clone(),
            order: ticket.order.clone(),
            team: ticket.team.as_ref().map(|team| team.as_str().to_owned()),
            assignee: ticket.assignee.as_ref().map(|agent| agent.as_str().to_owned()),
            priority: ticket.priority,
            resolution_due_at: match ticket.resolution {
                Some(Resolution::Running(deadline)) => Some(seconds(deadline.due_at)),
                Some(Resolution::Paused { .. }) | None => None,
            },
            snoozed_until: ticket.snoozed_until.map(seconds),
            promises: ticket.promises.iter().map(PromiseBody::of).collect(),
            playbook: ticket.playbook.clone().map(|progress| ProgressBody {
                playbook: progress.playbook,
                stage: progress.stage,
                choice: progress.choice,
            }),
            problem: ticket.problem.clone().map(CauseBody::from),
            csat: ticket.csat,
            reopened: ticket.reopened,
            opened_at: ticket.opened_at.to_string(),
            due_at: ticket.due_at().map(seconds),
            first_response_at: ticket.first_response_at.map(|at| at.to_string()),
            resolved_at: ticket.resolved_at.map(|at| at.to_string()),
            outcome: ticket.outcome.map(desk::Outcome::as_str),
        }
    }
}
