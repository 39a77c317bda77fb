//! Opening hours: when people are there, and when an answer is due.

use std::collections::BTreeSet;
use std::fmt;

use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};

#[cfg(test)]
mod tests;

/// The hours in which people answer, in their own time zone.
#[derive(Clone, Debug)]
pub struct Calendar {
    zone: TimeZone,
    /// Monday first; in order, not overlapping.
    week: [Vec<Interval>; 7],
    holidays: BTreeSet<Date>,
}

/// Open hours of a day: from, and until when; without an end, until midnight.
pub type Interval = (Time, Option<Time>);

/// Two moments, the second not open any more.
type Opening = (Timestamp, Timestamp);

/// What is wrong with opening hours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CalendarError {
    /// No day has opening hours: nothing could ever be due.
    NeverOpen,
    /// An interval that does not end after it begins.
    BadInterval {
        /// Monday is 0.
        weekday: usize,
        /// As given.
        interval: Interval,
    },
    /// Two intervals of one day overlap.
    Overlap {
        /// Monday is 0.
        weekday: usize,
    },
}

impl CalendarError {
    /// A stable code for machines.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NeverOpen => "never-open",
            Self::BadInterval { .. } => "bad-interval",
            Self::Overlap { .. } => "overlapping-hours",
        }
    }
}

impl fmt::Display for CalendarError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const DAYS: [&str; 7] =
            ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
        let day = |weekday: &usize| DAYS.get(*weekday).copied().unwrap_or("?");
        match self {
            Self::NeverOpen => {
                f.write_str("no day has opening hours; give at least one day an interval")
            }
            Self::BadInterval { weekday, interval: (from, until) } => write!(
                f,
                "{}: {from} to {} is no interval; write the earlier time first",
                day(weekday),
                until.unwrap_or(Time::midnight()),
            ),
            Self::Overlap { weekday } => {
                write!(f, "{}: two intervals overlap; write them as one", day(weekday))
            }
        }
    }
}

impl std::error::Error for CalendarError {}

impl Calendar {
    /// Opening hours in a time zone; `week` begins on Monday, and on a day of `holidays`
    /// nobody is there.
    ///
    /// # Errors
    /// The first thing that is wrong with them.
    pub fn new(
        zone: TimeZone,
        mut week: [Vec<Interval>; 7],
        holidays: impl IntoIterator<Item = Date>,
    ) -> Result<Self, CalendarError> {
        for (weekday, intervals) in week.iter_mut().enumerate() {
            intervals.sort_unstable_by_key(|&(from, _)| from);
            let mut before: Option<Interval> = None;
            for &interval in intervals.iter() {
                let (from, until) = interval;
                if until.is_some_and(|until| until <= from) {
                    return Err(CalendarError::BadInterval { weekday, interval });
                }
                if before.is_some_and(|(_, until)| until.is_none_or(|until| until > from)) {
                    return Err(CalendarError::Overlap { weekday });
                }
                before = Some(interval);
            }
        }
        if week.iter().all(Vec::is_empty) {
            return Err(CalendarError::NeverOpen);
        }
        Ok(Self { zone, week, holidays: holidays.into_iter().collect() })
    }

    /// The time zone of the hours.
    #[must_use]
    pub fn zone(&self) -> &TimeZone {
        &self.zone
    }

    /// Whether people are there.
    #[must_use]
    pub fn is_open(&self, at: Timestamp) -> bool {
        self.openings(at).next().is_some_and(|(from, _)| from <= at)
    }

    /// `at` itself when people are there then, else when they are next there.
    #[must_use]
    pub fn next_opening(&self, at: Timestamp) -> Timestamp {
        // Without an opening the time line itself has ended.
        self.openings(at).next().map_or(Timestamp::MAX, |(from, _)| from.max(at))
    }

    /// When `duration` of open time has passed since `from`.
    #[must_use]
    pub fn after_open_time(&self, from: Timestamp, duration: SignedDuration) -> Timestamp {
        let mut left = duration.max(SignedDuration::ZERO);
        for (opens, closes) in self.openings(from) {
            let starts = opens.max(from);
            let here = closes.duration_since(starts);
            if left <= here {
                return later(starts, left);
            }
            left -= here;
        }
        Timestamp::MAX
    }

    /// When `duration` has passed since `from`, night and day, on days that have opening
    /// hours; other days do not count. An end outside the hours moves back to the last
    /// closing.
    #[must_use]
    pub fn after_open_days(&self, from: Timestamp, duration: SignedDuration) -> Timestamp {
        let begins = self.next_opening(from);
        let mut left = duration.max(SignedDuration::ZERO);
        for day in self.open_days(begins) {
            let (Some(midnight), Some(next)) = (
                self.at(day, Time::midnight()),
                day.tomorrow().ok().and_then(|day| self.at(day, Time::midnight())),
            ) else {
                break;
            };
            let starts = midnight.max(begins);
            let here = next.duration_since(starts);
            if left <= here {
                return self.within_hours(begins, later(starts, left));
            }
            left -= here;
        }
        Timestamp::MAX
    }

    /// How much open time there is from `from` until `until`.
    #[must_use]
    pub fn open_between(&self, from: Timestamp, until: Timestamp) -> SignedDuration {
        self.openings(from)
            .take_while(|&(opens, _)| opens < until)
            .map(|(opens, closes)| closes.min(until).duration_since(opens.max(from)))
            .sum()
    }

    /// When people go home: the last closing of the day on which they are there next.
    #[must_use]
    pub fn end_of_day(&self, at: Timestamp) -> Timestamp {
        let mut closed = Timestamp::MAX;
        let mut today = None;
        for (opens, closes) in self.openings(at) {
            let day = opens.to_zoned(self.zone.clone()).date();
            if *today.get_or_insert(day) != day {
                break;
            }
            closed = closes;
        }
        closed
    }

    /// Moves a deadline into opening hours, see [`Calendar::after_open_days`].
    fn within_hours(&self, begins: Timestamp, end: Timestamp) -> Timestamp {
        let mut closed = begins;
        for (opens, closes) in self.openings(begins) {
            if opens > end {
                break;
            }
            if end <= closes {
                return end;
            }
            closed = closes;
        }
        closed
    }

    /// Openings that end after `since`, in order, until the time line ends.
    fn openings(&self, since: Timestamp) -> impl Iterator<Item = Opening> + '_ {
        self.open_days(since)
            .flat_map(move |day| {
                self.hours_of(day).iter().filter_map(move |&(from, until)| {
                    let closes = match until {
                        Some(until) => self.at(day, until)?,
                        None => self.at(day.tomorrow().ok()?, Time::midnight())?,
                    };
                    // Hours that a clock change swallows are empty.
                    Some((self.at(day, from)?, closes)).filter(|(from, closes)| from < closes)
                })
            })
            .skip_while(move |&(_, closes)| closes <= since)
    }

    /// Days with opening hours from the day of `since` on.
    fn open_days(&self, since: Timestamp) -> impl Iterator<Item = Date> + '_ {
        since
            .to_zoned(self.zone.clone())
            .date()
            .series(1.day())
            .filter(|&day| !self.hours_of(day).is_empty())
    }

    fn hours_of(&self, day: Date) -> &[Interval] {
        let weekday = day.weekday().to_monday_zero_offset();
        match usize::try_from(weekday).ok().and_then(|weekday| self.week.get(weekday)) {
            Some(intervals) if !self.holidays.contains(&day) => intervals,
            _ => &[],
        }
    }

    /// A time of day as a moment; one that the clock jumps over is as much later as it jumps.
    fn at(&self, day: Date, time: Time) -> Option<Timestamp> {
        self.zone.to_timestamp(day.to_datetime(time)).ok()
    }
}

fn later(from: Timestamp, duration: SignedDuration) -> Timestamp {
    from.checked_add(duration).unwrap_or(Timestamp::MAX)
}
