//! What the shop decides beforehand.

use std::collections::BTreeMap;

use intent::{IntentId, IntentSpec, Severity};
use jiff::{SignedDuration, Timestamp};

use crate::book::Book;
use crate::calendar::Calendar;
use crate::conversation::Need;
use crate::deadline::{Deadline, Resolution};
use crate::ticket::Ticket;

/// The settings that [`crate::decide`] goes by.
#[derive(Clone, Debug)]
pub struct Policy {
    /// What is to be done about each intent. An intent that is not here is handed over.
    pub intents: BTreeMap<IntentId, IntentRule>,
    /// When people are there.
    pub hours: Calendar,
    /// How soon a person answers a red ticket.
    pub red: ResponseTime,
    /// How soon a person answers a yellow ticket.
    pub yellow: ResponseTime,
    /// How soon a person answers a blue ticket.
    pub blue: ResponseTime,
    /// Where the lines are drawn.
    pub thresholds: Thresholds,
    /// How people work.
    pub book: Book,
}

/// What the bundled policy needs to know first, and whether a person carries it out: an
/// answer alone cancels no order. Intents that are not here need nothing.
const REQUESTS: &[(&str, &[Need], Then)] = &[
    ("shipping.cost", &[Need::Country], Then::Answer),
    ("shipping.time", &[Need::Country], Then::Answer),
    ("shipping.customs_duties", &[Need::Country], Then::Answer),
    ("order.cancel", &[Need::OrderNumber], Then::Handoff),
    ("order.modify", &[Need::OrderNumber], Then::Handoff),
    ("order.change_address", &[Need::OrderNumber], Then::Handoff),
    ("order.missing_item", &[Need::OrderNumber], Then::Handoff),
    ("order.wrong_item", &[Need::OrderNumber], Then::Handoff),
    ("returns.request", &[Need::OrderNumber], Then::Handoff),
    ("returns.exchange", &[Need::OrderNumber], Then::Handoff),
    ("refund.request", &[Need::OrderNumber], Then::Handoff),
    ("item.damaged", &[Need::OrderNumber], Then::Handoff),
    ("item.defective", &[Need::OrderNumber], Then::Handoff),
    ("item.not_as_described", &[Need::OrderNumber], Then::Handoff),
    ("item.repair", &[Need::OrderNumber], Then::Handoff),
    ("account.delete", &[], Then::Handoff),
    ("account.privacy", &[], Then::Handoff),
    ("service.complaint", &[], Then::Handoff),
    ("service.followup", &[], Then::Handoff),
];

/// What is to be done about an intent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IntentRule {
    /// The class of such a message on its own.
    pub severity: Severity,
    /// The tier of people that takes it.
    pub tier: u8,
    /// Always handed to people.
    pub handoff: bool,
    /// There is an answer with its id.
    pub answerable: bool,
    /// What has to be known first, in the order in which it is asked.
    pub needs: Vec<Need>,
    /// What happens when it is known.
    pub then: Then,
}

/// What happens with a wish once everything needed is known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Then {
    /// The answer settles it.
    #[default]
    Answer,
    /// A person has to carry it out: the answer goes out and people take over.
    Handoff,
}

/// How soon a person answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ResponseTime {
    /// How long at most.
    pub within: SignedDuration,
    /// Which time counts.
    pub clock: Clock,
}

/// Which time counts towards a deadline.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Clock {
    /// Only while people are there: two hours from 17:30 with closing at 18:00 end one and
    /// a half hours after the next opening.
    OpenTime,
    /// Day and night of days on which people are there; days without any hours do not
    /// count, and the end lies in opening hours: a day from Friday 16:00 is Monday 16:00.
    OpenDays,
}

/// Where [`crate::decide`] draws its lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Thresholds {
    /// An intent at or above this confidence, in thousandths, is not asked back about.
    pub sure: u16,
    /// Two intents of one clause this close, in thousandths, are too close to call.
    pub margin: u16,
    /// A question asked for the n-th time is handed over.
    pub repeats: u8,
    /// Messages in a row that are not understood before a hand-over.
    pub failures: u8,
    /// How long a question counts as asked before.
    pub repeat_window: SignedDuration,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self {
            sure: 750,
            margin: 100,
            repeats: 3,
            failures: 2,
            repeat_window: SignedDuration::from_hours(24),
        }
    }
}

impl Policy {
    /// The bundled policy for these intents: red within 15 minutes, yellow within 2 hours
    /// (both of open time), blue within a day; `answerable` says which intents have an answer.
    #[must_use]
    pub fn standard(
        intents: &[IntentSpec],
        answerable: impl Fn(&IntentId) -> bool,
        hours: Calendar,
        book: Book,
    ) -> Self {
        let intents = intents
            .iter()
            .map(|spec| {
                let (needs, then) = REQUESTS
                    .iter()
                    .find(|(id, ..)| *id == spec.id.as_str())
                    .map_or((&[][..], Then::Answer), |&(_, needs, then)| (needs, then));
                // What a dispute's playbook asks for comes before what its intent would.
                let playbook = book.playbook_of(std::iter::once(spec.id.as_str()));
                let needs = match playbook {
                    Some(playbook) if then == Then::Handoff => &playbook.collect,
                    _ => needs,
                };
                let rule = IntentRule {
                    severity: spec.severity,
                    tier: spec.tier,
                    handoff: spec.handoff,
                    answerable: answerable(&spec.id),
                    needs: needs.to_vec(),
                    then,
                };
                (spec.id.clone(), rule)
            })
            .collect();
        Self {
            intents,
            hours,
            red: ResponseTime { within: SignedDuration::from_mins(15), clock: Clock::OpenTime },
            yellow: ResponseTime { within: SignedDuration::from_hours(2), clock: Clock::OpenTime },
            blue: ResponseTime { within: SignedDuration::from_hours(24), clock: Clock::OpenDays },
            thresholds: Thresholds::default(),
            book,
        }
    }

    /// When the people of a tier are there: its team's own hours, or else the shop's.
    #[must_use]
    pub fn hours_of(&self, tier: u8) -> &Calendar {
        self.book.team(tier).and_then(|team| team.hours.as_ref()).unwrap_or(&self.hours)
    }

    /// When the first answer of this class is due that is asked of a tier now.
    #[must_use]
    pub fn due(&self, severity: Severity, tier: u8, now: Timestamp) -> Timestamp {
        let ResponseTime { within, clock } = match severity {
            Severity::Red => self.red,
            Severity::Yellow => self.yellow,
            Severity::Blue => self.blue,
        };
        let hours = self.hours_of(tier);
        match clock {
            Clock::OpenTime => hours.after_open_time(now, within),
            Clock::OpenDays => hours.after_open_days(now, within),
        }
    }

    /// The same for a ticket that goes to this tier, with the time that translating takes.
    pub(crate) fn due_for(&self, ticket: &Ticket, tier: u8, now: Timestamp) -> Timestamp {
        let due_at = self.due(ticket.severity, tier, now);
        self.translated(due_at, tier, ticket.translated)
    }

    pub(crate) fn translated(&self, due_at: Timestamp, tier: u8, needed: bool) -> Timestamp {
        if !needed {
            return due_at;
        }
        self.hours_of(tier).after_open_time(due_at, self.book.translator)
    }

    /// When the next answer is due, once the first was given.
    #[must_use]
    pub fn next_due(&self, severity: Severity, tier: u8, now: Timestamp) -> Timestamp {
        self.hours_of(tier).after_open_time(now, self.book.next.of(severity))
    }

    pub(crate) fn deadline(&self, now: Timestamp, due_at: Timestamp, tier: u8) -> Deadline {
        Deadline::new(now, due_at, self.book.warn_percent, self.hours_of(tier))
    }

    pub(crate) fn resolution(&self, severity: Severity, tier: u8, now: Timestamp) -> Resolution {
        let hours = self.hours_of(tier);
        let due_at = hours.after_open_time(now, self.book.resolution.of(severity));
        Resolution::Running(self.deadline(now, due_at, tier))
    }
}
