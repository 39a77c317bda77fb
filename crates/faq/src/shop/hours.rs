//! Opening hours: intervals of a day in the shop's own time zone.

use std::collections::BTreeSet;

use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};

/// How many days ahead an opening is looked for. A shop that is closed for longer is closed.
const HORIZON_DAYS: i32 = 400;

/// When people answer.
#[derive(Clone, Debug)]
pub struct Hours {
    /// The IANA name of the time zone, `Europe/Berlin`.
    pub zone_name: String,
    /// The time zone itself.
    pub time_zone: TimeZone,
    /// By day, Monday first; each day's intervals in order, not overlapping.
    pub week: [Vec<Interval>; 7],
    /// Days on which nobody answers.
    pub holidays: BTreeSet<Date>,
}

/// A half-open interval of one day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Interval {
    /// The first moment.
    pub start: Time,
    /// The first moment after it; `None` is midnight, the end of the day.
    pub end: Option<Time>,
}

impl Interval {
    /// Whether a time of day lies in it.
    #[must_use]
    pub fn contains(self, time: Time) -> bool {
        self.start <= time && self.end.is_none_or(|end| time < end)
    }
}

impl Hours {
    /// The intervals of a calendar day, none on a holiday.
    #[must_use]
    pub fn on(&self, day: Date) -> &[Interval] {
        if self.holidays.contains(&day) {
            return &[];
        }
        let index = day.weekday().to_monday_zero_offset();
        usize::try_from(index)
            .ok()
            .and_then(|index| self.week.get(index))
            .map_or(&[], Vec::as_slice)
    }

    /// Whether people are there at a moment.
    #[must_use]
    pub fn is_open(&self, at: Timestamp) -> bool {
        let local = at.to_zoned(self.time_zone.clone());
        self.on(local.date()).iter().any(|interval| interval.contains(local.time()))
    }

    /// The next moment after `at` at which people come back, `None` when they do not
    /// within 400 days. While open, this is the opening after the current interval.
    #[must_use]
    pub fn next_opening(&self, at: Timestamp) -> Option<Timestamp> {
        let today = at.to_zoned(self.time_zone.clone()).date();
        (0..=HORIZON_DAYS).find_map(|ahead| {
            let day = today.checked_add(Span::new().try_days(ahead).ok()?).ok()?;
            self.on(day).iter().find_map(|interval| {
                // A start inside a DST gap opens at the moment the clock has passed it.
                let start =
                    day.to_datetime(interval.start).to_zoned(self.time_zone.clone()).ok()?;
                Some(start.timestamp()).filter(|start| *start > at)
            })
        })
    }
}
