//! Calendar dates: ISO, day and month by numbers, by names, and 年月日.

use aho_corasick::AhoCorasick;
use regex::Regex;

use super::{Message, add};
use crate::analysis::{Entity, EntityKind};
use crate::fold::fold;
use crate::segment::{ENDS, STARTS};

#[derive(Debug)]
pub(super) struct Dates {
    iso: Regex,
    numbers: Regex,
    han: Regex,
    day_month: Regex,
    month_day: Regex,
    /// Folded names of months and their numbers, sorted by name.
    months: Vec<(String, u32)>,
    /// Without one of the names the expressions that hold them are not tried.
    named: AhoCorasick,
}

impl Dates {
    pub(super) fn new() -> Result<Self, regex::Error> {
        let mut months: Vec<(String, u32)> = include_str!("months.txt")
            .lines()
            .filter_map(|line| line.split_once('\t'))
            .flat_map(|(number, names)| {
                names.split('\t').map(move |name| (fold(name).text, number.parse().unwrap_or(0)))
            })
            .collect();
        months.sort();
        months.dedup();
        let named = AhoCorasick::new(months.iter().map(|(name, _)| name))
            .map_err(|e| regex::Error::Syntax(e.to_string()))?;
        let mut names: Vec<String> = months.iter().map(|(name, _)| regex::escape(name)).collect();
        names.sort_by_key(|name| std::cmp::Reverse(name.len()));
        let names = names.join("|");
        Ok(Self {
            iso: Regex::new(r"(?-u:\b)([0-9]{4})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})(?-u:\b)")?,
            numbers: Regex::new(
                r"(?-u:\b)([0-9]{1,2})([./-])([0-9]{1,2})(?:[./-]([0-9]{4}|[0-9]{2}))?(?-u:\b)",
            )?,
            han: Regex::new(
                r"(?:([0-9]{4})\s?[年년]\s?)?([0-9]{1,2})\s?[月월]\s?([0-9]{1,2})\s?[日号號일]?",
            )?,
            day_month: Regex::new(&format!(
                r"\b([0-9]{{1,2}})(?:st|nd|rd|th|er|\.|º)?\s(?:of\s|de\s|d')?({names})\b\.?(?:\s(?:de\s)?([0-9]{{4}}))?"
            ))?,
            month_day: Regex::new(&format!(
                r"\b({names})\.?\s([0-9]{{1,2}})(?:st|nd|rd|th)?\b(?:,?\s([0-9]{{4}}))?"
            ))?,
            months,
            named,
        })
    }

    pub(super) fn find(&self, message: &Message<'_>, found: &mut Vec<Entity>) {
        // A sign between two digits: without one no date is written in numbers.
        let bytes = message.text.as_bytes();
        let numbers = bytes.windows(3).any(|w| {
            w[0].is_ascii_digit() && matches!(w[1], b'.' | b'/' | b'-') && w[2].is_ascii_digit()
        });
        let by_numbers = |regex| numbers.then(|| Regex::captures_iter(regex, message.text));
        for hit in by_numbers(&self.iso).into_iter().flatten() {
            self.add(message, found, &hit, [1, 2, 3], false);
        }
        if message.text.contains(['月', '월']) {
            for hit in self.han.captures_iter(message.text) {
                self.add(message, found, &hit, [1, 2, 3], false);
            }
        }
        for hit in by_numbers(&self.numbers).into_iter().flatten() {
            // Without a year only a slash or a closing point tells a date from a number.
            let dotted = hit.get(2).is_some_and(|m| m.as_str() != "/");
            if hit.get(4).is_none() && dotted {
                continue;
            }
            self.add_numbers(found, &hit);
        }
        let folded = &message.scan.folded.text;
        let edges = &message.scan.segments.edges;
        let is_word = |hit: aho_corasick::Match| {
            edges[hit.start()] & STARTS != 0 && edges[hit.end()] & ENDS != 0
        };
        if !self.named.find_overlapping_iter(folded.as_str()).any(is_word) {
            return;
        }
        for (regex, order) in [(&self.day_month, [3, 2, 1]), (&self.month_day, [3, 1, 2])] {
            for hit in regex.captures_iter(folded) {
                self.add(message, found, &hit, order, true);
            }
        }
    }

    /// Day and month by numbers: the day first, as most of the world writes it, unless
    /// that is no date.
    fn add_numbers(&self, found: &mut Vec<Entity>, hit: &regex::Captures<'_>) {
        let number = |at: usize| hit.get(at).and_then(|m| m.as_str().parse::<u32>().ok());
        let (Some(a), Some(b), Some(whole)) = (number(1), number(3), hit.get(0)) else { return };
        let (day, month) = if b > 12 { (b, a) } else { (a, b) };
        let year = number(4).map(|y| if y < 100 { 2000 + y } else { y });
        if let Some(value) = iso(year, month, day) {
            add(found, EntityKind::Date, whole.start(), whole.end(), value);
        }
    }

    fn add(
        &self,
        message: &Message<'_>,
        found: &mut Vec<Entity>,
        hit: &regex::Captures<'_>,
        order: [usize; 3],
        folded: bool,
    ) {
        let number = |at: usize| {
            let text = hit.get(at)?.as_str();
            text.parse::<u32>().ok().or_else(|| self.month(text))
        };
        let (Some(month), Some(day), Some(whole)) =
            (number(order[1]), number(order[2]), hit.get(0))
        else {
            return;
        };
        let Some(value) = iso(number(order[0]), month, day) else { return };
        let (start, end) = if folded {
            let span = message.scan.folded.span(whole.start(), whole.end(), message.text);
            (span.start, span.end)
        } else {
            (whole.start(), whole.end())
        };
        add(found, EntityKind::Date, start, end, value);
    }

    fn month(&self, name: &str) -> Option<u32> {
        let at = self.months.binary_search_by(|(month, _)| month.as_str().cmp(name)).ok()?;
        Some(self.months[at].1)
    }
}

fn iso(year: Option<u32>, month: u32, day: u32) -> Option<String> {
    let legal = (1..=12).contains(&month)
        && (1..=31).contains(&day)
        && year.is_none_or(|y| (1990..2100).contains(&y));
    let year = year.map_or_else(|| "--".to_owned(), |y| format!("{y:04}-"));
    legal.then(|| format!("{year}{month:02}-{day:02}"))
}
