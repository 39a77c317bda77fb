//! Writes the shop's facts the locale's way: its formatters and its names together.

use jiff::Timestamp;
use jiff::civil::{Date, Time, Weekday};
use jiff::tz::TimeZone;

use super::{Formats, day_range_pattern, percent_pattern, range_pattern};
use crate::names::{Moment, Names};
use crate::pattern::Pattern;
use crate::{Country, Hours, Money, Period, WorkingDays};

/// Writes values for one locale.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Writer<'a> {
    pub(crate) names: &'a Names,
    pub(crate) formats: &'a Formats,
    /// The English names, borrowed where the locale has none.
    pub(crate) english: Option<&'a Names>,
}

impl Writer<'_> {
    /// `8–14 working days`.
    pub(crate) fn working_days(self, days: WorkingDays) -> String {
        let category = self.formats.plural_of_range(days.from, days.to);
        self.names.unit("working_days", category, &self.range(days.from, days.to))
    }

    /// `3–5`.
    pub(super) fn range(self, from: u32, to: u32) -> String {
        if from == to {
            return self.formats.integer(to);
        }
        let (from, to) = (self.formats.integer(from), self.formats.integer(to));
        let values = [("from", from.as_str()), ("to", to.as_str())];
        let cldr = Pattern::fixed(range_pattern(&self.formats.locale));
        self.names.range.as_ref().unwrap_or(&cldr).fill(&values)
    }

    /// `30 days`.
    pub(crate) fn period(self, period: Period) -> String {
        let category = self.formats.plural(period.amount);
        self.names.unit(period.unit.as_str(), category, &self.formats.integer(period.amount))
    }

    /// A number on its own.
    pub(crate) fn count(self, number: u32) -> String {
        self.formats.integer(number)
    }

    /// `10%`.
    pub(crate) fn percent(self, percent: u8) -> String {
        let number = self.formats.integer(u32::from(percent));
        let cldr = Pattern::fixed(percent_pattern(&self.formats.locale, !number.is_ascii()));
        self.names.percent.as_ref().unwrap_or(&cldr).fill(&[("n", &number)])
    }

    /// `€3.90`, and `CHF 9.90` where the locale has no symbol for the currency.
    pub(crate) fn money(self, money: &Money) -> String {
        let amount = self.formats.decimal(&money.amount);
        let symbol = self.names.symbols.get(&money.currency).unwrap_or(&money.currency);
        let written = self.names.money.fill(&[("amount", &amount), ("symbol", symbol)]);
        // Letters and digits do not touch: CLDR puts a no-break space between a code and a number.
        if symbol.ends_with(char::is_alphabetic) {
            let touching = format!("{symbol}{amount}");
            return written.replace(&touching, &format!("{symbol}\u{a0}{amount}"));
        }
        written
    }

    /// `Germany, Austria and Mexico`.
    pub(crate) fn list(self, items: &[String]) -> String {
        self.formats.list(items)
    }

    /// The name of a country; its code where no name is known.
    pub(crate) fn country(self, country: Country) -> String {
        let named = |names: &Names| names.countries.get(country.as_str()).cloned();
        named(self.names)
            .or_else(|| self.english.and_then(named))
            .unwrap_or_else(|| country.to_string())
    }

    /// A way to pay: its name where it has one, else the brand as the shop writes it.
    pub(crate) fn payment_method(self, method: &str) -> String {
        let named = |names: &Names| names.payment_methods.get(method).cloned();
        named(self.names)
            .or_else(|| self.english.and_then(named))
            .unwrap_or_else(|| method.to_owned())
    }

    /// The opening hours of a week by the shop's clock, days with the same hours together.
    pub(crate) fn week(self, hours: &Hours) -> String {
        let mut groups = Vec::new();
        let mut first = 0;
        while first < 7 {
            let last = (first..7)
                .take_while(|&day| hours.week[day] == hours.week[first])
                .last()
                .unwrap_or(first);
            for interval in &hours.week[first] {
                let days = self.days(first, last);
                let from = self.formats.time(interval.start);
                let to =
                    interval.end.map_or_else(|| self.end_of_day(), |end| self.formats.time(end));
                groups.push(self.names.moments.hours.fill(&[
                    ("days", &days),
                    ("from", &from),
                    ("to", &to),
                ]));
            }
            first = last + 1;
        }
        self.list(&groups)
    }

    /// Midnight as the end of a day: `24:00` where the clock counts to it.
    fn end_of_day(self) -> String {
        let midnight = self.formats.time(Time::midnight());
        let rest = midnight.strip_prefix("00").or_else(|| midnight.strip_prefix('0'));
        rest.map_or_else(|| midnight.clone(), |rest| format!("24{rest}"))
    }

    fn days(self, first: usize, last: usize) -> String {
        // Any week will do: this one begins on a Monday.
        let monday = Date::constant(2024, 1, 1);
        let name = |day: usize| {
            let date = i64::try_from(day)
                .ok()
                .and_then(|day| monday.checked_add(jiff::Span::new().days(day)).ok());
            self.formats.weekday_short(date.unwrap_or(monday))
        };
        if first == last {
            return name(first);
        }
        let (from, to) = (name(first), name(last));
        let cldr = Pattern::fixed(day_range_pattern(&self.formats.locale));
        self.names.day_range.as_ref().unwrap_or(&cldr).fill(&[("from", &from), ("to", &to)])
    }

    /// Says in which zone a time is meant.
    pub(crate) fn zoned(self, time: &str, zone: &str) -> String {
        let city = || zone.rsplit('/').next().unwrap_or(zone).replace('_', " ");
        let name = self.names.zones.get(zone).cloned().unwrap_or_else(city);
        self.names.moments.zoned.fill(&[("hours", time), ("zone", &name)])
    }

    /// Says that a time is meant by the customer's own clock.
    pub(crate) fn own(self, time: &str) -> String {
        self.names.moments.own.fill(&[("time", time)])
    }

    /// A moment as seen from `now`, by the clock of `zone`: `today by 16:30`.
    pub(crate) fn moment(
        self,
        moment: &Moment,
        at: Timestamp,
        now: Timestamp,
        zone: &TimeZone,
    ) -> String {
        let at = at.to_zoned(zone.clone());
        let today = now.to_zoned(zone.clone()).date();
        let time = self.formats.time(at.time());
        let days = today.until(at.date()).map_or(i32::MAX, |span| span.get_days());
        match days {
            0 => moment.today.fill(&[("time", &time)]),
            1 => moment.tomorrow.fill(&[("time", &time)]),
            2..=6 => moment.weekday.fill(&[("weekday", &self.weekday(at.date())), ("time", &time)]),
            _ => moment.date.fill(&[("date", &self.formats.month_day(at.date())), ("time", &time)]),
        }
    }

    fn weekday(self, date: Date) -> String {
        let index = Weekday::to_monday_zero_offset(date.weekday());
        let inflected =
            self.names.weekdays.as_ref().and_then(|days| days.get(usize::try_from(index).ok()?));
        inflected.cloned().unwrap_or_else(|| self.formats.weekday(date))
    }
}
