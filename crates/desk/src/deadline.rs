//! Deadlines and promises: until when, warned before, broken once.

use jiff::{SignedDuration, Timestamp};

use crate::calendar::Calendar;
use crate::ids::AgentId;

/// A moment until which something has to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deadline {
    /// Until when.
    pub due_at: Timestamp,
    /// When those who have to do it are warned.
    pub warn_at: Timestamp,
    /// They were.
    pub warned: bool,
    /// It passed. What follows from that has been done, and is done once.
    pub breached: bool,
}

impl Deadline {
    /// A deadline whose warning comes when `percent` of the open time until then has passed.
    #[must_use]
    pub fn new(from: Timestamp, due_at: Timestamp, percent: u8, hours: &Calendar) -> Self {
        let all = hours.open_between(from, due_at);
        let share = all.as_secs() / 100 * i64::from(percent.min(100));
        let warn_at = hours.after_open_time(from, SignedDuration::from_secs(share)).min(due_at);
        Self { due_at, warn_at, warned: false, breached: false }
    }

    /// When something has to be done about it next.
    #[must_use]
    pub fn next(&self) -> Option<Timestamp> {
        if self.breached {
            None
        } else if self.warned {
            Some(self.due_at)
        } else {
            Some(self.warn_at.min(self.due_at))
        }
    }
}

/// Until when a matter is settled. The clock stands while the customer is awaited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resolution {
    /// The clock runs.
    Running(Deadline),
    /// The customer is awaited; so much open time is left afterwards.
    Paused {
        /// Open time.
        left: SignedDuration,
        /// It was warned, and broken, before.
        warned: bool,
        /// It was broken before.
        breached: bool,
    },
}

impl Resolution {
    pub(crate) fn next(&self) -> Option<Timestamp> {
        match self {
            Self::Running(deadline) => deadline.next(),
            Self::Paused { .. } => None,
        }
    }

    pub(crate) fn pause(self, now: Timestamp, hours: &Calendar) -> Self {
        match self {
            Self::Running(deadline) => Self::Paused {
                left: hours.open_between(now, deadline.due_at),
                warned: deadline.warned,
                breached: deadline.breached,
            },
            Self::Paused { .. } => self,
        }
    }

    pub(crate) fn resume(self, now: Timestamp, percent: u8, hours: &Calendar) -> Self {
        match self {
            Self::Running(_) => self,
            Self::Paused { left, warned, breached } => {
                let due_at = hours.after_open_time(now, left);
                let deadline = Deadline::new(now, due_at, percent, hours);
                Self::Running(Deadline { warned, breached, ..deadline })
            }
        }
    }
}

/// Something that a person said would be done by a time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Promise {
    /// Its place among the promises of the ticket, from 1.
    pub n: u32,
    /// What is promised, in the person's words.
    pub text: String,
    /// Who promised.
    pub by: AgentId,
    /// When.
    pub made_at: Timestamp,
    /// Until when.
    pub deadline: Deadline,
    /// When it was kept.
    pub kept_at: Option<Timestamp>,
}

impl Promise {
    /// Whether it is neither kept nor broken.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.kept_at.is_none() && !self.deadline.breached
    }

    /// The same, kept now unless it was kept or broken before.
    pub(crate) fn kept(self, now: Timestamp) -> Self {
        if self.is_open() { Self { kept_at: Some(now), ..self } } else { self }
    }

    pub(crate) fn next(&self) -> Option<Timestamp> {
        if self.kept_at.is_some() { None } else { self.deadline.next() }
    }
}
