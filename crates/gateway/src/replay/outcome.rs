//! What a decision comes to for the customer, and how two of them differ.

use std::fmt;

use desk::{Action, Part, Pending};
use intent::Severity;
use serde::{Serialize, Serializer};

use crate::turn::Thought;

/// What is done with a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Outcome {
    /// `answer`, `handoff` …
    #[serde(serialize_with = "action")]
    pub action: Action,
    /// The rule that decided.
    pub rule: &'static str,
    /// What was understood first.
    pub intent: String,
    /// What is answered, asked about or handed over, in order.
    pub about: Vec<String>,
    /// How soon people see to it, where it is handed over.
    #[serde(serialize_with = "severity")]
    pub severity: Option<Severity>,
    /// Which tier of them.
    pub tier: Option<u8>,
    /// The language of the reply.
    pub language: Option<String>,
}

fn action<S: Serializer>(action: &Action, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(action.as_str())
}

#[expect(clippy::ref_option, reason = "the shape that serde calls")]
fn severity<S: Serializer>(severity: &Option<Severity>, to: S) -> Result<S::Ok, S::Error> {
    severity.map(Severity::as_str).serialize(to)
}

impl Outcome {
    /// Of a message that was thought about.
    #[must_use]
    pub fn of(thought: &Thought) -> Self {
        let decision = &thought.decision;
        let mut about: Vec<String> = match (&decision.handoff, &decision.memory.pending) {
            (Some(handoff), _) => handoff.intents.iter().map(ToString::to_string).collect(),
            (_, Some(Pending::Clarify { options })) if decision.action == Action::Clarify => {
                options.iter().map(ToString::to_string).collect()
            }
            (_, Some(Pending::Collect { wishes, .. })) if decision.action == Action::Collect => {
                wishes.iter().map(ToString::to_string).collect()
            }
            _ => decision
                .say
                .iter()
                .filter(|part| matches!(part, Part::Answer(_)))
                .map(|part| part.id().to_owned())
                .collect(),
        };
        if about.is_empty() && decision.action == Action::Answer {
            // Small talk is answered by texts that are no answers.
            about.push(thought.analysis.intent.to_string());
        }
        Self {
            action: decision.action,
            rule: decision.rule.as_str(),
            intent: thought.analysis.intent.to_string(),
            about,
            severity: decision.handoff.as_ref().map(|handoff| handoff.severity),
            tier: decision.handoff.as_ref().map(|handoff| handoff.tier),
            language: thought.reply.as_ref().map(|reply| reply.language.clone()),
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.action.as_str())?;
        if let (Some(severity), Some(tier)) = (self.severity, self.tier) {
            write!(f, " {} tier {tier}", severity.as_str())?;
        }
        if !self.about.is_empty() {
            write!(f, " {}", self.about.join(" + "))?;
        }
        if let Some(language) = &self.language {
            write!(f, " in {language}")?;
        }
        Ok(())
    }
}

/// How a decision changes, the worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, clap::ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A red matter is handed to people no longer
    UrgentHandoffLost,
    /// What was handed to people is not
    HandoffLost,
    /// It is handed over as less urgent, or to a lower tier
    LessUrgent,
    /// Something else is answered
    OtherAnswer,
    /// What was answered or asked about is not understood
    AnswerLost,
    /// Something else is asked, or asked instead of answered
    OtherQuestion,
    /// It is handed to people and was not
    NewHandoff,
    /// It is handed over as more urgent, or to a higher tier
    MoreUrgent,
    /// It is answered or asked about and was not understood
    NewAnswer,
    /// It is handed over for another wish
    OtherWish,
    /// The reply is in another language
    OtherLanguage,
}

impl Kind {
    /// In which way two outcomes differ, if they do.
    #[must_use]
    pub fn of(before: &Outcome, after: &Outcome) -> Option<Self> {
        let helps = |outcome: &Outcome| {
            matches!(outcome.action, Action::Answer | Action::Clarify | Action::Collect)
        };
        let rank = |outcome: &Outcome| (outcome.severity, outcome.tier);
        Some(match (before.action, after.action) {
            (Action::Handoff, Action::Handoff) => match rank(before).cmp(&rank(after)) {
                std::cmp::Ordering::Greater => Self::LessUrgent,
                std::cmp::Ordering::Less => Self::MoreUrgent,
                std::cmp::Ordering::Equal if before.about != after.about => Self::OtherWish,
                std::cmp::Ordering::Equal => return Self::language(before, after),
            },
            (Action::Handoff, _) if before.severity == Some(Severity::Red) => {
                Self::UrgentHandoffLost
            }
            (Action::Handoff, _) => Self::HandoffLost,
            (_, Action::Handoff) => Self::NewHandoff,
            (Action::Answer, Action::Answer) if before.about != after.about => Self::OtherAnswer,
            _ if helps(before) && !helps(after) => Self::AnswerLost,
            _ if !helps(before) && helps(after) => Self::NewAnswer,
            (one, other) if one != other || before.about != after.about => Self::OtherQuestion,
            _ => return Self::language(before, after),
        })
    }

    fn language(before: &Outcome, after: &Outcome) -> Option<Self> {
        (before.language != after.language).then_some(Self::OtherLanguage)
    }

    /// What it means, for people.
    #[must_use]
    pub fn means(self) -> &'static str {
        match self {
            Self::UrgentHandoffLost => "red matters that are handed to people no longer",
            Self::HandoffLost => "handed to people no longer",
            Self::LessUrgent => "handed over as less urgent",
            Self::OtherAnswer => "answered differently",
            Self::AnswerLost => "no longer understood",
            Self::OtherQuestion => "asked back differently",
            Self::NewHandoff => "newly handed to people",
            Self::MoreUrgent => "handed over as more urgent",
            Self::NewAnswer => "newly understood",
            Self::OtherWish => "handed over for another wish",
            Self::OtherLanguage => "replied to in another language",
        }
    }
}
