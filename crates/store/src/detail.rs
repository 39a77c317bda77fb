//! What a ticket and a message hold beside their columns, as JSON. What is missing is
//! empty, so that a later version may add to it.

use desk::{
    AgentId, Attachment, Deadline, FollowUp, NotedIntent, Notes, Problem, Progress, Promise,
    Rating, Resolution, Survey, Ticket,
};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::columns::micros;
use crate::json::{is_default, read, time, write};

#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct Row {
    #[serde(skip_serializing_if = "Option::is_none")]
    answer: Option<DeadlineRow>,
    #[serde(skip_serializing_if = "Option::is_none")]
    resolution: Option<DeadlineRow>,
    #[serde(skip_serializing_if = "Option::is_none")]
    paused: Option<PausedRow>,
    #[serde(skip_serializing_if = "Option::is_none")]
    alarm_at: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    return_at: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    snoozed_until: Option<i64>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    promises: Vec<PromiseRow>,
    #[serde(skip_serializing_if = "Option::is_none")]
    playbook: Option<ProgressRow>,
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<ProblemRow>,
    #[serde(skip_serializing_if = "Option::is_none")]
    follow_up_at: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    followed_up_at: Option<i64>,
    #[serde(skip_serializing_if = "is_default")]
    reopened: u8,
    #[serde(skip_serializing_if = "is_default")]
    translated: bool,
    #[serde(skip_serializing_if = "is_default")]
    apologies: u8,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
struct DeadlineRow {
    due_at: i64,
    warn_at: i64,
    #[serde(default, skip_serializing_if = "is_default")]
    warned: bool,
    #[serde(default, skip_serializing_if = "is_default")]
    breached: bool,
}

#[derive(Serialize, Deserialize)]
struct PausedRow {
    left_seconds: i64,
    #[serde(default, skip_serializing_if = "is_default")]
    warned: bool,
    #[serde(default, skip_serializing_if = "is_default")]
    breached: bool,
}

#[derive(Serialize, Deserialize)]
struct PromiseRow {
    n: u32,
    text: String,
    by: String,
    made_at: i64,
    deadline: DeadlineRow,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    kept_at: Option<i64>,
}

#[derive(Serialize, Deserialize)]
struct ProgressRow {
    playbook: String,
    stage: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    choice: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct ProblemRow {
    cause: String,
    department: String,
    loss_cents: u64,
}

impl DeadlineRow {
    fn of(deadline: Deadline) -> Self {
        let Deadline { due_at, warn_at, warned, breached } = deadline;
        Self { due_at: micros(due_at), warn_at: micros(warn_at), warned, breached }
    }

    fn read(self) -> Result<Deadline, String> {
        let Self { due_at, warn_at, warned, breached } = self;
        Ok(Deadline { due_at: time(due_at)?, warn_at: time(warn_at)?, warned, breached })
    }
}

/// What the columns of a ticket do not say.
pub(crate) fn detail(ticket: &Ticket) -> String {
    let (follow_up_at, followed_up_at) = match ticket.follow_up {
        // The mark has a column of its own.
        FollowUp::None | FollowUp::Rated(_) => (None, None),
        FollowUp::Due(at) => (Some(micros(at)), None),
        FollowUp::Asked(_, at) => (None, Some(micros(at))),
    };
    let (resolution, paused) = match ticket.resolution {
        None => (None, None),
        Some(Resolution::Running(deadline)) => (Some(DeadlineRow::of(deadline)), None),
        Some(Resolution::Paused { left, warned, breached }) => {
            (None, Some(PausedRow { left_seconds: left.as_secs(), warned, breached }))
        }
    };
    let promise = |promise: &Promise| PromiseRow {
        n: promise.n,
        text: promise.text.clone(),
        by: promise.by.as_str().to_owned(),
        made_at: micros(promise.made_at),
        deadline: DeadlineRow::of(promise.deadline),
        kept_at: promise.kept_at.map(micros),
    };
    write(&Row {
        answer: ticket.answer.map(DeadlineRow::of),
        resolution,
        paused,
        alarm_at: ticket.alarm_at.map(micros),
        return_at: ticket.return_at.map(micros),
        snoozed_until: ticket.snoozed_until.map(micros),
        promises: ticket.promises.iter().map(promise).collect(),
        playbook: ticket.playbook.clone().map(|progress| {
            let Progress { playbook, stage, choice } = progress;
            ProgressRow { playbook, stage, choice }
        }),
        problem: ticket.problem.clone().map(|problem| {
            let Problem { cause, department, loss_cents } = problem;
            ProblemRow { cause, department, loss_cents }
        }),
        follow_up_at,
        followed_up_at,
        reopened: ticket.reopened,
        translated: ticket.translated,
        apologies: ticket.apologies,
    })
}

/// What columns say that a detail goes on with.
#[derive(Clone, Copy)]
pub(crate) struct Known {
    /// Counts for tickets of before there were details.
    pub(crate) due_at: Option<Timestamp>,
    /// What the customer was asked.
    pub(crate) survey: Option<Survey>,
    /// The mark that the customer gave to it.
    pub(crate) rating: Option<Rating>,
}

/// Adds to a ticket what `text` holds.
pub(crate) fn read_detail(text: &str, known: Known, ticket: &mut Ticket) -> Result<(), String> {
    let row: Row = read(text)?;
    let from_column = (known.due_at).map(|at| Deadline {
        due_at: at,
        warn_at: at,
        warned: true,
        breached: false,
    });
    ticket.answer = row.answer.map(DeadlineRow::read).transpose()?.or(from_column);
    ticket.resolution = match (row.resolution, row.paused) {
        (Some(running), _) => Some(Resolution::Running(running.read()?)),
        (None, Some(PausedRow { left_seconds, warned, breached })) => {
            let left = SignedDuration::from_secs(left_seconds);
            Some(Resolution::Paused { left, warned, breached })
        }
        (None, None) => None,
    };
    ticket.alarm_at = row.alarm_at.map(time).transpose()?;
    ticket.return_at = row.return_at.map(time).transpose()?;
    ticket.snoozed_until = row.snoozed_until.map(time).transpose()?;
    let promise = |row: PromiseRow| {
        Ok::<_, String>(Promise {
            n: row.n,
            text: row.text,
            by: AgentId::new(&row.by),
            made_at: time(row.made_at)?,
            deadline: row.deadline.read()?,
            kept_at: row.kept_at.map(time).transpose()?,
        })
    };
    ticket.promises = row.promises.into_iter().map(promise).collect::<Result<_, _>>()?;
    ticket.playbook = row.playbook.map(|row| Progress {
        playbook: row.playbook,
        stage: row.stage,
        choice: row.choice,
    });
    ticket.problem = row.problem.map(|row| Problem {
        cause: row.cause,
        department: row.department,
        loss_cents: row.loss_cents,
    });
    ticket.follow_up = match (known.rating, row.follow_up_at, row.followed_up_at) {
        (Some(rating), ..) => FollowUp::Rated(rating),
        (None, Some(at), _) => FollowUp::Due(time(at)?),
        (None, None, Some(at)) => {
            let survey = known.survey.ok_or("asked nothing")?;
            FollowUp::Asked(survey, time(at)?)
        }
        (None, None, None) => FollowUp::None,
    };
    ticket.reopened = row.reopened;
    ticket.translated = row.translated;
    ticket.apologies = row.apologies;
    Ok(())
}

/// Id, confidence in thousandths, places of the words.
type IntentRow = (String, u16, Vec<(usize, usize)>);

#[derive(Serialize, Deserialize)]
struct NotesRow {
    rule: String,
    why: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    intents: Vec<IntentRow>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    entities: Vec<(String, String)>,
    mood: String,
    #[serde(default, skip_serializing_if = "is_default")]
    anger: u8,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    reasons: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    attachments: Vec<AttachmentRow>,
}

#[derive(Serialize, Deserialize)]
struct AttachmentRow {
    id: String,
    name: String,
    kind: String,
    bytes: u64,
    sha256: String,
}

/// How a message was understood, and what came with it.
pub(crate) fn notes(notes: &Notes, attachments: &[Attachment]) -> String {
    let Notes { rule, why, intents, entities, mood, anger, reasons } = notes.clone();
    let intents = intents.into_iter().map(|it| (it.id, it.confidence, it.spans)).collect();
    let row = |file: &Attachment| {
        let Attachment { id, name, kind, bytes, sha256 } = file.clone();
        AttachmentRow { id, name, kind, bytes, sha256 }
    };
    let attachments = attachments.iter().map(row).collect();
    write(&NotesRow { rule, why, intents, entities, mood, anger, reasons, attachments })
}

pub(crate) fn read_notes(text: &str) -> Result<(Notes, Vec<Attachment>), String> {
    let NotesRow { rule, why, intents, entities, mood, anger, reasons, attachments } = read(text)?;
    let attachment = |row| {
        let AttachmentRow { id, name, kind, bytes, sha256 } = row;
        Attachment { id, name, kind, bytes, sha256 }
    };
    let attachments = attachments.into_iter().map(attachment).collect();
    let intent = |(id, confidence, spans)| NotedIntent { id, confidence, spans };
    let intents = intents.into_iter().map(intent).collect();
    Ok((Notes { rule, why, intents, entities, mood, anger, reasons }, attachments))
}
