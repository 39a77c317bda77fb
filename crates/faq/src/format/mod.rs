//! How one locale writes numbers, dates, lists and plurals, by ICU4X and CLDR.

mod cldr;
#[cfg(test)]
mod tests;
mod writer;

use std::fmt;

use icu_calendar::Gregorian;
use icu_datetime::fieldsets::{E, MD, T};
use icu_datetime::input::{Date, Time};
use icu_datetime::options::TimePrecision;
use icu_datetime::{FixedCalendarDateTimeFormatter, NoCalendarFormatter};
use icu_decimal::DecimalFormatter;
use icu_decimal::input::Decimal;
use icu_list::ListFormatter;
use icu_list::options::{ListFormatterOptions, ListLength};
use icu_locale::{Locale, LocaleDirectionality};
use icu_plurals::{PluralCategory, PluralRules};
use jiff::civil;

pub(crate) use cldr::{day_range_pattern, percent_pattern, range_pattern};
pub(crate) use writer::Writer;

/// The formatters of one locale. The calendar is the Gregorian one everywhere: dates are
/// told within a year of now, and a delivery is counted in it.
pub(crate) struct Formats {
    pub(crate) locale: Locale,
    /// Whether the script runs from right to left.
    pub(crate) right_to_left: bool,
    decimal: DecimalFormatter,
    plural: PluralRules,
    list: ListFormatter,
    time: NoCalendarFormatter<T>,
    weekday: FixedCalendarDateTimeFormatter<Gregorian, E>,
    weekday_short: FixedCalendarDateTimeFormatter<Gregorian, E>,
    month_day: FixedCalendarDateTimeFormatter<Gregorian, MD>,
}

impl fmt::Debug for Formats {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Formats").field("locale", &self.locale.to_string()).finish_non_exhaustive()
    }
}

impl Formats {
    /// The formatters of a locale; `None` when CLDR knows neither it nor a parent of it.
    pub(crate) fn new(locale: &Locale) -> Option<Self> {
        let list = ListFormatterOptions::default().with_length(ListLength::Wide);
        let time = T::short().with_time_precision(TimePrecision::Minute);
        Some(Self {
            right_to_left: LocaleDirectionality::new_common().is_right_to_left(&locale.id),
            decimal: DecimalFormatter::try_new(locale.into(), Default::default()).ok()?,
            plural: PluralRules::try_new_cardinal(locale.into()).ok()?,
            list: ListFormatter::try_new_and(locale.into(), list).ok()?,
            time: NoCalendarFormatter::try_new(locale.into(), time).ok()?,
            weekday: FixedCalendarDateTimeFormatter::try_new(locale.into(), E::long()).ok()?,
            weekday_short: FixedCalendarDateTimeFormatter::try_new(locale.into(), E::medium())
                .ok()?,
            month_day: FixedCalendarDateTimeFormatter::try_new(locale.into(), MD::long()).ok()?,
            locale: locale.clone(),
        })
    }

    /// A whole number: `1,234`.
    pub(crate) fn integer(&self, number: u32) -> String {
        self.decimal.format(&Decimal::from(number)).to_string()
    }

    /// A decimal number with as many digits as it is written with: `3.90` is `3,90`.
    pub(crate) fn decimal(&self, number: &str) -> String {
        number
            .parse::<Decimal>()
            .map_or_else(|_| number.to_owned(), |number| self.decimal.format(&number).to_string())
    }

    /// `A, B and C`.
    pub(crate) fn list(&self, items: &[String]) -> String {
        self.list.format_to_string(items.iter())
    }

    /// The plural category of a number.
    pub(crate) fn plural(&self, number: u32) -> PluralCategory {
        self.plural.category_for(number)
    }

    /// The plural category of a range of numbers.
    pub(crate) fn plural_of_range(&self, from: u32, to: u32) -> PluralCategory {
        if from == to {
            return self.plural(to);
        }
        cldr::plural_of_range(self.locale.id.language.as_str(), self.plural(from), self.plural(to))
    }

    /// A time of day to the minute: `16:30`, `4:30 PM`.
    pub(crate) fn time(&self, time: civil::Time) -> String {
        let part = |number: i8| u8::try_from(number).unwrap_or_default();
        Time::try_new(part(time.hour()), part(time.minute()), 0, 0).map_or_else(
            |_| time.strftime("%H:%M").to_string(),
            |time| self.time.format(&time).to_string(),
        )
    }

    /// A day of the week: `Monday`.
    pub(crate) fn weekday(&self, date: civil::Date) -> String {
        gregorian(date).map(|date| self.weekday.format(&date).to_string()).unwrap_or_default()
    }

    /// A day of the week in short: `Mon`.
    pub(crate) fn weekday_short(&self, date: civil::Date) -> String {
        gregorian(date).map(|date| self.weekday_short.format(&date).to_string()).unwrap_or_default()
    }

    /// A day of the year: `28 December`.
    pub(crate) fn month_day(&self, date: civil::Date) -> String {
        gregorian(date).map(|date| self.month_day.format(&date).to_string()).unwrap_or_default()
    }
}

/// The same day as ICU4X counts it; every date of jiff has one.
fn gregorian(date: civil::Date) -> Option<Date<Gregorian>> {
    let part = |number: i8| u8::try_from(number).ok();
    Date::try_new_gregorian(i32::from(date.year()), part(date.month())?, part(date.day())?).ok()
}
