//! From when to when: days of the shop's own time zone, in the address.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};
use maud::{Markup, html};
use store::Period;

use crate::console::fields::Fields;

/// Days where none are said.
const DAYS: i64 = 7;
/// The longest period, in days.
const LONGEST: i64 = 366;

/// Days, the last included.
#[derive(Clone, Debug)]
pub(super) struct Days {
    pub(super) from: Date,
    pub(super) to: Date,
    pub(super) zone: TimeZone,
}

impl Days {
    /// As an address says; a week until today where it does not, or says what cannot be.
    pub(super) fn read(fields: &Fields, zone: &TimeZone, now: Timestamp) -> Self {
        let today = now.to_zoned(zone.clone()).date();
        let date = |name: &str| fields.get(name).and_then(|text| text.parse::<Date>().ok());
        let to = date("to").unwrap_or(today);
        let back = |days: i64| to.checked_sub((days - 1).days()).unwrap_or(to);
        let from = date("from").filter(|from| *from <= to).unwrap_or_else(|| back(DAYS));
        let from = from.max(back(LONGEST));
        Self { from, to, zone: zone.clone() }
    }

    /// How many days.
    pub(super) fn count(&self) -> i64 {
        self.from.duration_until(self.to).as_hours() / 24 + 1
    }

    /// The same as moments.
    pub(super) fn period(&self) -> Period {
        let start = |date: Date| {
            let zoned = date.to_zoned(self.zone.clone());
            zoned.map_or(Timestamp::UNIX_EPOCH, |zoned| zoned.timestamp())
        };
        let after = self.to.tomorrow().map_or(Timestamp::MAX, start);
        Period { from: start(self.from), to: after }
    }

    /// As many days right before.
    pub(super) fn before(&self) -> Self {
        let count = self.count();
        let back = |date: Date| date.checked_sub(count.days()).unwrap_or(Date::MIN);
        Self { from: back(self.from), to: back(self.to), zone: self.zone.clone() }
    }

    /// Every day of it.
    pub(super) fn each(&self) -> impl Iterator<Item = Date> {
        let to = self.to;
        std::iter::successors(Some(self.from), |day| day.tomorrow().ok())
            .take_while(move |day| *day <= to)
    }

    /// The form that chooses it.
    pub(super) fn form(&self, path: &str, now: Timestamp) -> Markup {
        let today = now.to_zoned(self.zone.clone()).date();
        let since = |days: i64| {
            let from =
                (now - SignedDuration::from_hours(24 * (days - 1))).to_zoned(self.zone.clone());
            format!("{path}?from={}&to={today}", from.date())
        };
        html! {
            form.filters action=(path) {
                label { "From " input type="date" name="from" value=(self.from) required; }
                label { "to " input type="date" name="to" value=(self.to) required; }
                button { "Show" }
                @for (days, label) in [(1, "today"), (7, "7 days"), (30, "30 days"), (90, "90 days")] {
                    a href=(since(days)) { (label) }
                }
                span.soft { "Days of " (self.zone.iana_name().unwrap_or("UTC")) }
            }
        }
    }

    /// The same as a query.
    pub(super) fn query(&self) -> String {
        format!("?from={}&to={}", self.from, self.to)
    }
}
