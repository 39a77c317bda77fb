//! Tickets, as clients and consoles read them, and what people ask to be done with them.

use desk::{Promise, Rating, Resolution, Survey, Ticket};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{MessageBody, seconds};

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
    /// What the customer was asked afterwards: `csat`, `ces` or `nps`.
    pub survey: Option<&'static str>,
    /// The customer's mark of satisfaction, 1 to 5.
    pub csat: Option<u8>,
    /// The customer's mark of how easy it was, 1 to 7.
    pub ces: Option<u8>,
    /// How likely the customer is to recommend the shop, 0 to 10.
    pub nps: Option<u8>,
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
    /// The ticket's tier (`take`): needed of people for one above the tiers of their teams.
    #[serde(default)]
    pub tier: Option<u8>,
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

impl TicketBrief {
    /// What a customer's client is told of a ticket.
    #[must_use]
    pub fn of(ticket: &Ticket) -> Self {
        Self {
            id: ticket.id.as_str().to_owned(),
            tier: ticket.tier,
            severity: ticket.severity.as_str(),
            due_at: ticket.due_at().map(seconds),
        }
    }
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

impl TicketBody {
    /// Writes a ticket.
    #[must_use]
    pub fn of(ticket: &Ticket) -> Self {
        let rating = ticket.follow_up.rating();
        let mark = |survey| rating.filter(|it| it.survey() == survey).map(Rating::mark);
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
            survey: ticket.follow_up.survey().map(Survey::as_str),
            csat: mark(Survey::Csat),
            ces: mark(Survey::Ces),
            nps: mark(Survey::Nps),
            reopened: ticket.reopened,
            opened_at: ticket.opened_at.to_string(),
            due_at: ticket.due_at().map(seconds),
            first_response_at: ticket.first_response_at.map(|at| at.to_string()),
            resolved_at: ticket.resolved_at.map(|at| at.to_string()),
            outcome: ticket.outcome.map(desk::Outcome::as_str),
        }
    }
}
