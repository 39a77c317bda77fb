//! Figures of a period as service people read them: each by a formula that is told with it,
//! in a unit, beside its target and the period before. What cannot be measured is not here.

pub(crate) mod group;
pub(crate) mod survey;
#[cfg(test)]
mod tests;
pub(crate) mod variant;

use desk::Surveys;
use jiff::SignedDuration;
use store::{Figures, TicketFigure};

/// The first answer of a person is aimed at within so many seconds.
pub(crate) const FIRST_RESPONSE_SECONDS: f64 = 30.0;
/// The share of tickets settled at the first contact that is aimed at.
pub(crate) const FIRST_CONTACT: f64 = 0.85;

/// What is not measured, and why.
pub(crate) const ABSENT: [(&str, &str); 1] =
    [("Conversion", "Orders are not known here, so what a conversation sold is not either.")];

/// In what a figure is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unit {
    /// How many.
    Count,
    /// A share; 1 is all.
    Share,
    /// A length of time, in seconds.
    Seconds,
    /// So many each.
    Each,
    /// A mark from 1 to 5.
    Mark,
    /// A mark from 1 to 7.
    Effort,
    /// From -100 to 100.
    Points,
}

/// One figure.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Measure {
    /// A name for machines.
    pub(crate) id: &'static str,
    /// Its name.
    pub(crate) name: &'static str,
    /// How it is computed.
    pub(crate) formula: &'static str,
    /// In what.
    pub(crate) unit: Unit,
    /// None where nothing of the kind happened.
    pub(crate) value: Option<f64>,
    /// What is aimed at: so much, and whether more is better.
    pub(crate) target: Option<(f64, bool)>,
}

impl Unit {
    /// The name in files.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Count => "count",
            Self::Share => "share",
            Self::Seconds => "seconds",
            Self::Each => "each",
            Self::Mark => "mark of 5",
            Self::Effort => "mark of 7",
            Self::Points => "points",
        }
    }

    /// A value as people read it.
    pub(crate) fn text(self, value: f64) -> String {
        match self {
            Self::Count => format!("{value:.0}"),
            Self::Share => format!("{:.1} %", value * 100.0),
            Self::Each | Self::Mark | Self::Effort => format!("{value:.2}"),
            Self::Points => format!("{value:+.1}"),
            Self::Seconds if value < 60.0 => format!("{value:.0} s"),
            Self::Seconds if value < 3600.0 => format!("{:.1} min", value / 60.0),
            Self::Seconds if value < 172_800.0 => format!("{:.1} h", value / 3600.0),
            Self::Seconds => format!("{:.1} d", value / 86_400.0),
        }
    }
}

impl Measure {
    /// Whether the target is reached; none without target or value.
    pub(crate) fn reached(&self) -> Option<bool> {
        let (target, more) = self.target?;
        let value = self.value?;
        Some(if more { value >= target } else { value <= target })
    }
}

fn plain(
    id: &'static str,
    name: &'static str,
    unit: Unit,
    formula: &'static str,
    value: Option<f64>,
) -> Measure {
    Measure { id, name, formula, unit, value, target: None }
}

fn ratio(part: usize, whole: usize) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

fn counted(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

fn mean(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

/// The middle one; of an even count the mean of the two.
pub(crate) fn median(values: &[f64]) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let upper = *sorted.get(sorted.len() / 2)?;
    let lower = *sorted.get(sorted.len().checked_sub(1)? / 2)?;
    Some((lower + upper) / 2.0)
}

fn seconds(length: SignedDuration) -> f64 {
    length.as_secs_f64().max(0.0)
}

/// How long tickets waited for their first answer, in seconds.
pub(crate) fn first_responses(tickets: &[TicketFigure]) -> Vec<f64> {
    let waited = |t: &TicketFigure| Some(seconds(t.first_response_at?.duration_since(t.opened_at)));
    tickets.iter().filter_map(waited).collect()
}

/// Every figure that can be measured. `spoken` says whether a language has answers, `surveys`
/// what is aimed at.
pub(crate) fn measures(
    figures: &Figures,
    spoken: &dyn Fn(&str) -> bool,
    surveys: &Surveys,
) -> Vec<Measure> {
    let conversations: u64 = figures.hours.iter().map(|hour| hour.conversations).sum();
    let handed: u64 = figures.hours.iter().map(|hour| hour.handed_over).sum();
    let tickets = &figures.tickets;
    let waits = first_responses(tickets);
    let resolved: Vec<&TicketFigure> =
        tickets.iter().filter(|ticket| ticket.resolved_at.is_some()).collect();
    let span = |ticket: &&TicketFigure, from: Option<jiff::Timestamp>| {
        Some(seconds(ticket.resolved_at?.duration_since(from?)))
    };
    let handling: Vec<f64> = resolved.iter().filter_map(|t| span(t, t.first_response_at)).collect();
    let settling: Vec<f64> = resolved.iter().filter_map(|t| span(t, Some(t.opened_at))).collect();
    let known: Vec<_> =
        figures.languages.iter().filter_map(|(tag, n, _)| Some((tag.as_deref()?, *n))).collect();
    let covered = known.iter().filter(|(tag, _)| spoken(tag)).map(|(_, n)| n).sum::<u64>();
    let quick = waits.iter().filter(|wait| **wait <= FIRST_RESPONSE_SECONDS).count();
    let late = tickets.iter().filter(|ticket| ticket.late).count();
    let judged =
        tickets.iter().filter(|ticket| ticket.late || ticket.first_response_at.is_some()).count();
    let once = resolved.iter().filter(|ticket| !ticket.again).count();
    let mut measures = vec![
        plain(
            "conversations",
            "Conversations",
            Unit::Count,
            "conversations that began in the period",
            Some(conversations as f64),
        ),
        plain(
            "messages_each",
            "Messages a conversation",
            Unit::Each,
            "messages of customers ÷ conversations",
            counted(figures.messages, conversations),
        ),
        plain(
            "containment",
            "Containment",
            Unit::Share,
            "conversations never handed over to people ÷ conversations",
            counted(conversations.saturating_sub(handed), conversations),
        ),
        plain(
            "resolution",
            "Resolution by the bot",
            Unit::Share,
            "conversations never handed over whose last message is an answer ÷ conversations",
            counted(figures.settled, conversations),
        ),
        plain(
            "not_understood",
            "Not understood",
            Unit::Share,
            "messages of customers without an intent ÷ messages of customers",
            counted(figures.not_understood, figures.messages),
        ),
        plain(
            "complaints",
            "Complaint rate",
            Unit::Share,
            "conversations in which a customer complained (service.complaint) ÷ conversations",
            counted(figures.complaints, conversations),
        ),
        plain(
            "language_coverage",
            "Language coverage",
            Unit::Share,
            "conversations in a language that has answers ÷ conversations whose language is known",
            counted(covered, known.iter().map(|(_, n)| n).sum()),
        ),
        plain(
            "tickets",
            "Tickets",
            Unit::Count,
            "hand-overs to people in the period",
            Some(tickets.len() as f64),
        ),
        Measure {
            target: Some((FIRST_RESPONSE_SECONDS, false)),
            ..plain(
                "first_response",
                "First response time",
                Unit::Seconds,
                "median of first answer of a person − hand-over, by the clock on the wall, nights included",
                median(&waits),
            )
        },
        plain(
            "first_response_quick",
            "Answered within 30 s",
            Unit::Share,
            "tickets first answered within 30 s ÷ tickets answered",
            ratio(quick, waits.len()),
        ),
        plain(
            "response_rate",
            "Response rate",
            Unit::Share,
            "tickets that a person answered ÷ tickets",
            ratio(waits.len(), tickets.len()),
        ),
        Measure {
            target: Some((1.0, true)),
            ..plain(
                "in_time",
                "First answers in time",
                Unit::Share,
                "tickets first answered before the time that the customer was promised ÷ tickets answered or late",
                ratio(judged.saturating_sub(late), judged),
            )
        },
        plain(
            "handling",
            "Average handling time (AHT)",
            Unit::Seconds,
            "mean of resolved − first answer, over tickets resolved",
            mean(&handling),
        ),
        plain(
            "settling",
            "Time to resolution",
            Unit::Seconds,
            "median of resolved − hand-over, over tickets resolved",
            median(&settling),
        ),
        Measure {
            target: Some((FIRST_CONTACT, true)),
            ..plain(
                "first_contact",
                "First contact resolution (FCR)",
                Unit::Share,
                "tickets resolved, not opened again and not followed by another of the conversation within 7 days ÷ tickets resolved",
                ratio(once, resolved.len()),
            )
        },
    ];
    measures.extend(survey::measures(tickets, surveys));
    measures
}
