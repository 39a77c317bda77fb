//! Opening hours: when people are there, and when an answer is due.

use std::collections::BTreeSet;
use std::fmt;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

/// The hours in which people answer, in their own time zone.
#[derive(Clone, Debug)]
pub struct Calendar {
    zone: TimeZone,
    /// Monday first; minutes of the day, half-open, in order, not overlapping.
    week: [Vec<(u16, u16)>; 7],
    holidays: BTreeSet<Date>,
}

/// What is wrong with opening hours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CalendarError {
    /// No such time zone in the bundled database.
    UnknownTimeZone(String),
    /// No day has opening hours: nothing could ever be due.
    NeverOpen,
    /// An interval that ends before it begins or reaches past 24:00.
    BadInterval {
        /// Monday is 0.
        weekday: usize,
        /// Minutes of the day.
        from: u16,
        /// Minutes of the day.
        until: u16,
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
            Self::UnknownTimeZone(_) => "unknown-time-zone",
            Self::NeverOpen => "never-open",
            Self::BadInterval { .. } => "bad-interval",
            Self::Overlap { .. } => "overlapping-hours",
        }
    }
}

impl fmt::Display for CalendarError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const DAYS: [&str; 7] = [
            "Monday",
            "Tuesday",
            "Wednesday",
            "Thursday",
            "Friday",
            "Saturday",
            "Sunday",
        ];
        let day = |weekday: &usize| DAYS.get(*weekday).copied().unwrap_or("?");
        match self {
            Self::UnknownTimeZone(name) => {
                write!(
                    f,
                    "no time zone is called {name:?}; write one as Europe/Berlin"
                )
            }
            Self::NeverOpen => {
                f.write_str("no day has opening hours; give at least one day an interval")
            }
            Self::BadInterval {
                weekday,
                from,
                until,
            } => write!(
                f,
                "{}: {:02}:{:02}-{:02}:{:02} is no interval; write the earlier time first and 24:00 at most",
                day(weekday),
                from / 60,
                from % 60,
                until / 60,
                until % 60
            ),
            Self::Overlap { weekday } => {
                write!(
                    f,
                    "{}: two intervals overlap; write them as one",
                    day(weekday)
                )
            }
        }
    }
}

impl std::error::Error for CalendarError {}

impl Calendar {
    /// Opening hours.
    ///
    /// `zone` is an IANA name; `week` begins on Monday and holds intervals in minutes of
    /// the day (9:00 is 540, 24:00 is 1440); on a day of `holidays` nobody is there.
    ///
    /// # Errors
    /// The first thing that is wrong with them.
    pub fn new(
        _zone: &str,
        _week: [Vec<(u16, u16)>; 7],
        _holidays: impl IntoIterator<Item = Date>,
    ) -> Result<Self, CalendarError> {
        Err(CalendarError::NeverOpen)
    }

    /// The time zone of the hours.
    #[must_use]
    pub fn zone(&self) -> &TimeZone {
        &self.zone
    }

    /// Whether people are there.
    #[must_use]
    pub fn is_open(&self, _at: Timestamp) -> bool {
        self.week.is_empty() && self.holidays.is_empty()
    }

    /// `at` itself when open then, else when people are next there.
    #[must_use]
    pub fn next_opening(&self, at: Timestamp) -> Timestamp {
        at
    }

    /// When `duration` of open time has passed since `from`.
    #[must_use]
    pub fn after_open_time(&self, from: Timestamp, _duration: SignedDuration) -> Timestamp {
        from
    }
}
