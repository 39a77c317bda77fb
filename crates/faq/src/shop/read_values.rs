//! Reads the typed values of `shop.toml`.

use jiff::civil::Time;
use jiff::tz::TimeZone;

use super::{Country, Duties, Interval, Money, Period, PeriodUnit, WorkingDays};
use crate::load::{Diagnostics, Fields, Node, Place};

/// No period, range or window of a shop is longer.
const MAX_AMOUNT: u32 = 10_000;

const DAYS: [&str; 7] =
    ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

pub(super) fn country(node: &Node, diagnostics: &mut Diagnostics<'_>) -> Option<Country> {
    let code = node.text(diagnostics)?;
    let found = Country::parse(&code);
    if found.is_none() {
        let help = "use the two letters of ISO 3166-1: DE";
        diagnostics.error(node.place, "bad-value", format!("{code} is no country code"), help);
    }
    found
}

pub(super) fn currency(node: &Node, diagnostics: &mut Diagnostics<'_>) -> Option<String> {
    let code = node.text(diagnostics)?;
    if code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_uppercase()) {
        return Some(code);
    }
    let help = "use the three capital letters of ISO 4217: EUR";
    diagnostics.error(node.place, "bad-value", format!("{code} is no currency code"), help);
    None
}

pub(super) fn web_address(node: &Node, diagnostics: &mut Diagnostics<'_>) -> Option<String> {
    let address = node.text(diagnostics)?;
    let rest = address.strip_prefix("https://").or_else(|| address.strip_prefix("http://"));
    let plain = |rest: &str| {
        !rest.is_empty() && !rest.contains(|c: char| c.is_whitespace() || "<>()\"\\".contains(c))
    };
    if rest.is_some_and(plain) {
        return Some(address);
    }
    let help = "write the whole address without spaces or brackets: https://shop.example";
    diagnostics.error(node.place, "bad-value", format!("{address} is no web address"), help);
    None
}

pub(super) fn duties(node: &Node, diagnostics: &mut Diagnostics<'_>) -> Option<Duties> {
    one_of(node, &Duties::ALL.map(|duties| (duties.as_str(), duties)), diagnostics)
}

/// One of a few names.
pub(super) fn one_of<T: Copy>(
    node: &Node,
    known: &[(&str, T)],
    diagnostics: &mut Diagnostics<'_>,
) -> Option<T> {
    let text = node.text(diagnostics)?;
    let found = known.iter().find(|(name, _)| *name == text).map(|(_, value)| *value);
    if found.is_none() {
        let names: Vec<_> = known.iter().map(|(name, _)| *name).collect();
        let help = format!("use one of: {}", names.join(", "));
        diagnostics.error(node.place, "bad-value", format!("{text} is not known here"), help);
    }
    found
}

/// A list of texts with at least one of them.
pub(super) fn some_texts(
    fields: &mut Fields<'_>,
    key: &'static str,
    diagnostics: &mut Diagnostics<'_>,
) -> Option<Vec<String>> {
    let node = fields.required(key, diagnostics)?;
    let texts: Vec<_> = node.texts(diagnostics)?.into_iter().map(|(text, _)| text).collect();
    if texts.is_empty() {
        diagnostics.error(
            node.place,
            "bad-value",
            format!("{key} is an empty list"),
            "name at least one",
        );
        return None;
    }
    Some(texts)
}

/// A list of texts that may be empty or left out.
pub(super) fn optional_texts(
    fields: &mut Fields<'_>,
    key: &'static str,
    diagnostics: &mut Diagnostics<'_>,
) -> Vec<String> {
    let texts = fields.optional(key).and_then(|node| node.texts(diagnostics)).unwrap_or_default();
    texts.into_iter().map(|(text, _)| text).collect()
}

/// `{ days = 30 }`: one unit with its amount.
pub(super) fn period(node: &Node, diagnostics: &mut Diagnostics<'_>) -> Option<Period> {
    let mut fields = node.fields(diagnostics)?;
    let mut found = None;
    for unit in PeriodUnit::ALL {
        if let Some(node) = fields.optional(unit.as_str()) {
            let amount = node.number(MAX_AMOUNT, diagnostics)?;
            if found.replace(Period { amount, unit }).is_some() {
                diagnostics.error(
                    node.place,
                    "bad-value",
                    "this period has two units",
                    "state it in one: { hours = 36 }",
                );
            }
        }
    }
    if found.is_none() {
        let help = "state it in one unit: { days = 30 }";
        diagnostics.error(node.place, "missing-key", "this period has no unit", help);
    }
    fields.finish(diagnostics);
    found
}

/// `{ working_days = [3, 5] }`.
pub(super) fn working_days(node: &Node, diagnostics: &mut Diagnostics<'_>) -> Option<WorkingDays> {
    let mut fields = node.fields(diagnostics)?;
    let range = fields.required("working_days", diagnostics);
    fields.finish(diagnostics);
    let range = range?;
    let ends: Vec<_> = range
        .list(diagnostics)?
        .iter()
        .filter_map(|end| end.number(MAX_AMOUNT, diagnostics))
        .collect();
    match *ends {
        [from, to] if from <= to => Some(WorkingDays { from, to }),
        _ => {
            let help = "write the least and the most: [3, 5]; [3, 3] where they are the same";
            diagnostics.error(range.place, "bad-value", "this is no range of working days", help);
            None
        }
    }
}

/// `{ amount = "3.90", currency = "EUR" }`.
pub(super) fn money(node: &Node, diagnostics: &mut Diagnostics<'_>) -> Option<Money> {
    let mut fields = node.fields(diagnostics)?;
    let amount = fields.required("amount", diagnostics);
    let currency =
        fields.required("currency", diagnostics).and_then(|node| currency(node, diagnostics));
    fields.finish(diagnostics);
    let place = amount?.place;
    let amount = amount?.text(diagnostics)?;
    let digits = |part: &str| {
        (1..=12).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit())
    };
    let (whole, fraction) = amount.split_once('.').unwrap_or((&amount, "0"));
    if !digits(whole) || !digits(fraction) {
        let help = "write digits, with a point before the cents, in quotes: \"3.90\"";
        diagnostics.error(place, "bad-value", format!("{amount} is no amount of money"), help);
        return None;
    }
    Some(Money { amount, currency: currency? })
}

/// An IANA time zone of the bundled database, with its name.
pub(super) fn time_zone(
    node: &Node,
    diagnostics: &mut Diagnostics<'_>,
) -> Option<(String, TimeZone)> {
    let name = node.text(diagnostics)?;
    match TimeZone::get(&name) {
        Ok(zone) => Some((zone.iana_name().unwrap_or(&name).to_owned(), zone)),
        Err(_) => {
            let help = "use a name of the IANA database: Europe/Berlin";
            diagnostics.error(node.place, "bad-value", format!("{name} is no time zone"), help);
            None
        }
    }
}

/// The intervals of the seven days, Monday first.
pub(super) fn week(
    fields: &mut Fields<'_>,
    diagnostics: &mut Diagnostics<'_>,
) -> Option<[Vec<Interval>; 7]> {
    let days = DAYS.map(|key| day(fields.optional(key), diagnostics));
    if days.iter().flatten().all(Vec::is_empty) {
        let help = "write when people answer: monday = [\"09:00-18:00\"]";
        diagnostics.error(fields.place, "bad-value", "the shop is never open", help);
        return None;
    }
    days.iter().all(Option::is_some).then(|| days.map(Option::unwrap_or_default))
}

fn day(node: Option<&Node>, diagnostics: &mut Diagnostics<'_>) -> Option<Vec<Interval>> {
    let Some(node) = node else { return Some(Vec::new()) };
    let mut intervals: Vec<Interval> = Vec::new();
    for (text, place) in node.texts(diagnostics)? {
        let interval = interval(&text, place, diagnostics)?;
        let apart =
            intervals.last().is_none_or(|last| last.end.is_some_and(|end| end <= interval.start));
        if !apart {
            let help = "put the intervals of a day in order, without overlap";
            diagnostics.error(
                place,
                "bad-value",
                format!("{text} begins before the one before it ends"),
                help,
            );
        }
        intervals.push(interval);
    }
    Some(intervals)
}

fn interval(text: &str, place: Place, diagnostics: &mut Diagnostics<'_>) -> Option<Interval> {
    let parsed = text.split_once('-').and_then(|(start, end)| {
        let start = clock(start)?;
        if end.trim() == "24:00" {
            return Some(Interval { start, end: None });
        }
        clock(end).filter(|end| start < *end).map(|end| Interval { start, end: Some(end) })
    });
    if parsed.is_none() {
        let help = "write two times of the same day: \"09:00-18:00\"; the end of the day is 24:00";
        diagnostics.error(place, "bad-value", format!("{text} is no interval of a day"), help);
    }
    parsed
}

fn clock(text: &str) -> Option<Time> {
    let (hour, minute) = text.trim().split_once(':')?;
    let two_digits = |part: &str| (part.len() == 2).then(|| part.parse::<i8>().ok()).flatten();
    Time::new(two_digits(hour)?, two_digits(minute)?, 0, 0).ok()
}
