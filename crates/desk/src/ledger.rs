//! What makes a matter graver over the turns, written down with its points.

use intent::Severity;
use jiff::Timestamp;

/// How many marks are kept; older ones are added up in the first.
const KEPT: usize = 24;

/// What made a matter graver.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Cause {
    /// The same question again.
    Repeated,
    /// A message that was not understood.
    Failed,
    /// More anger than before.
    Anger,
    /// A deadline that passed while the customer waited.
    Waited,
    /// A promise that was not kept.
    Promise,
}

impl Cause {
    /// Every cause, in order.
    pub const ALL: [Self; 5] =
        [Self::Repeated, Self::Failed, Self::Anger, Self::Waited, Self::Promise];

    /// The name on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Repeated => "repeated",
            Self::Failed => "failed",
            Self::Anger => "anger",
            Self::Waited => "waited",
            Self::Promise => "promise",
        }
    }

    /// The inverse of [`Cause::as_str`].
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|cause| cause.as_str() == name)
    }
}

/// One entry of the ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    /// What it was.
    pub cause: Cause,
    /// How much it weighs.
    pub points: u16,
    /// When.
    pub at: Timestamp,
}

/// What each cause weighs, and from which sum on a matter is yellow and red.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Weights {
    /// The same question again.
    pub repeated: u16,
    /// A message that was not understood.
    pub failed: u16,
    /// Each level of anger more than before.
    pub anger: u16,
    /// A deadline that passed.
    pub waited: u16,
    /// A broken promise.
    pub promise: u16,
    /// From this sum on it is yellow.
    pub yellow: u16,
    /// From this sum on it is red.
    pub red: u16,
}

impl Weights {
    pub(crate) fn of(&self, cause: Cause) -> u16 {
        match cause {
            Cause::Repeated => self.repeated,
            Cause::Failed => self.failed,
            Cause::Anger => self.anger,
            Cause::Waited => self.waited,
            Cause::Promise => self.promise,
        }
    }

    /// How grave this sum of marks is.
    #[must_use]
    pub fn severity(&self, ledger: &[Mark]) -> Severity {
        let sum = sum(ledger);
        if sum >= u32::from(self.red) {
            Severity::Red
        } else if sum >= u32::from(self.yellow) {
            Severity::Yellow
        } else {
            Severity::Blue
        }
    }

    /// The arithmetic in a line: `repeated 2 + anger 3 = 5 (yellow at 3, red at 6)`.
    #[must_use]
    pub fn arithmetic(&self, ledger: &[Mark]) -> String {
        let terms: Vec<String> =
            ledger.iter().map(|mark| format!("{} {}", mark.cause.as_str(), mark.points)).collect();
        let terms = if terms.is_empty() { "nothing".to_owned() } else { terms.join(" + ") };
        format!("{terms} = {} (yellow at {}, red at {})", sum(ledger), self.yellow, self.red)
    }
}

fn sum(ledger: &[Mark]) -> u32 {
    ledger.iter().map(|mark| u32::from(mark.points)).sum()
}

/// Adds a mark; a weight of nothing leaves none.
pub(crate) fn add(ledger: &mut Vec<Mark>, mark: Mark) {
    if mark.points == 0 {
        return;
    }
    ledger.push(mark);
    while ledger.len() > KEPT {
        let oldest = ledger.remove(0);
        if let Some(first) = ledger.first_mut() {
            first.points = first.points.saturating_add(oldest.points);
        }
    }
}
