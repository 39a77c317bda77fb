//! Opening hours, as people write them.

use std::collections::BTreeMap;

use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use serde::Deserialize;
use toml::Spanned;

use super::{Errors, File};
use crate::calendar::{Calendar, Interval};

const DAYS: [&str; 7] =
    ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

#[derive(Deserialize)]
pub(super) struct HoursRow {
    timezone: Spanned<String>,
    #[serde(default)]
    holidays: Vec<Spanned<String>>,
    #[serde(flatten)]
    days: BTreeMap<String, Vec<String>>,
}

pub(super) fn calendar(file: &File<'_>, row: &HoursRow, errors: &mut Errors) -> Option<Calendar> {
    let span = row.timezone.span();
    let Ok(zone) = TimeZone::get(row.timezone.get_ref()) else {
        let message = format!("{:?} is no time zone", row.timezone.get_ref());
        let help = "write a name of the IANA database: Europe/Berlin, Asia/Tokyo";
        errors.at(file, Some(span), "unknown-time-zone", message, help);
        return None;
    };
    let before = errors.0.len();
    for day in row.days.keys().filter(|day| !DAYS.contains(&day.as_str())) {
        let message = format!("{day} is no day of the week");
        errors.at(file, Some(span.clone()), "bad-hours", message, format!("write {DAYS:?}"));
    }
    let mut holidays: Vec<Date> = Vec::new();
    for text in &row.holidays {
        match text.get_ref().parse() {
            Ok(date) => holidays.push(date),
            Err(_) => errors.at(
                file,
                Some(text.span()),
                "bad-hours",
                format!("{:?} is no date", text.get_ref()),
                "write year, month and day: 2026-12-24",
            ),
        }
    }
    let week = DAYS.map(|day| {
        let mut hours = Vec::new();
        for text in row.days.get(day).map_or(&[][..], Vec::as_slice) {
            match interval(text) {
                Some(interval) => hours.push(interval),
                None => errors.at(
                    file,
                    Some(span.clone()),
                    "bad-hours",
                    format!("{day}: {text:?} is no interval"),
                    "write 09:00-18:00; 24:00 is the end of the day",
                ),
            }
        }
        hours
    });
    if errors.0.len() > before {
        return None;
    }
    match Calendar::new(zone, week, holidays) {
        Ok(calendar) => Some(calendar),
        Err(error) => {
            errors.at(file, Some(span), error.code(), error.to_string(), "mend the hours");
            None
        }
    }
}

/// Hours of a day as people write them: `09:00-18:00`; `24:00` is the end of the day.
/// None where it is none.
#[must_use]
pub fn interval(text: &str) -> Option<Interval> {
    let (from, until) = text.split_once('-')?;
    let time = |text: &str| {
        let (hour, minute) = text.trim().split_once(':')?;
        Time::new(hour.parse().ok()?, minute.parse().ok()?, 0, 0).ok()
    };
    let until = match until.trim() {
        "24:00" => None,
        until => Some(time(until)?),
    };
    Some((time(from)?, until))
}
