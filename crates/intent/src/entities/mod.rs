//! Things named in a message: numbers of orders and parcels, money, dates, addresses,
//! countries, sizes, quantities, products. Each kind is tried only where a literal that
//! it needs stands in the message.

mod amount;
mod contact;
mod date;
mod names;
mod tracking;

use regex::Regex;

use crate::analysis::{Entity, EntityKind, Span};
use crate::analyzer::Options;
use crate::pack::{PackError, PackErrors};
use crate::scan::Scan;

/// The scanners, compiled.
#[derive(Debug)]
pub(crate) struct EntityFinder {
    orders: Vec<Regex>,
    names: names::Names,
    date: Option<date::Dates>,
    amount: Option<amount::Amounts>,
    contact: Option<contact::Contacts>,
}

/// A message as the scanners see it.
pub(crate) struct Message<'a> {
    pub(crate) text: &'a str,
    pub(crate) scan: &'a Scan,
    /// How many digits stand in it.
    digits: usize,
}

impl EntityFinder {
    /// Compiles the scanners with what the shop adds.
    pub(crate) fn compile(options: &Options) -> Result<Self, PackErrors> {
        let mut orders = Vec::new();
        let mut errors = Vec::new();
        for pattern in &options.order_number_patterns {
            match regex::RegexBuilder::new(pattern).size_limit(1 << 20).build() {
                Ok(regex) => orders.push(regex),
                Err(error) => errors.push(bad_pattern(pattern, &error)),
            }
        }
        if !errors.is_empty() {
            return Err(PackErrors(errors));
        }
        Ok(Self {
            orders,
            names: names::Names::new(&options.products),
            // The expressions are our own; a test holds that they compile.
            date: date::Dates::new().ok(),
            amount: amount::Amounts::new().ok(),
            contact: contact::Contacts::new().ok(),
        })
    }
}

fn bad_pattern(pattern: &str, error: &regex::Error) -> PackError {
    let cause = error.to_string();
    PackError {
        code: "bad-order-pattern",
        path: "shop.toml".to_owned(),
        line: 1,
        column: 1,
        excerpt: pattern.to_owned(),
        message: format!(
            "an order number pattern is no regular expression: {}",
            cause.lines().last().unwrap_or_default()
        ),
        help: "see https://docs.rs/regex for the syntax; `[0-9]{5,8}` is five to eight digits"
            .to_owned(),
    }
}

/// Every entity of a message, in the order of the text. Where two overlap, the kind that
/// is tried first stays: the surer ones come first.
pub(crate) fn find(finder: &EntityFinder, text: &str, scan: &Scan) -> Vec<Entity> {
    let message =
        Message { text, scan, digits: scan.folded.text.bytes().filter(u8::is_ascii_digit).count() };
    let mut found = Vec::new();
    if let Some(contact) = &finder.contact {
        contact.links(&message, &mut found);
    }
    if message.digits >= 7 {
        tracking::find(&message, &mut found);
    }
    if message.digits > 0 {
        if let Some(amount) = &finder.amount {
            amount.money(&message, &mut found);
        }
        if let Some(date) = &finder.date {
            date.find(&message, &mut found);
        }
    }
    if let Some(contact) = finder.contact.as_ref().filter(|_| message.digits >= 8) {
        contact.marked_phones(&message, &mut found);
    }
    if message.digits > 0 {
        order_numbers(finder, &message, &mut found);
    }
    if let Some(contact) = finder.contact.as_ref().filter(|_| message.digits >= 8) {
        contact.phones(&message, &mut found);
    }
    if let Some(amount) = finder.amount.as_ref().filter(|_| message.digits > 0) {
        amount.quantities(&message, &mut found);
    }
    if let Some(amount) = &finder.amount {
        amount.sizes(&message, &mut found);
    }
    finder.names.find(&message, &mut found);
    found.sort_by_key(|entity: &Entity| (entity.span, entity.kind));
    found
}

fn order_numbers(finder: &EntityFinder, message: &Message<'_>, found: &mut Vec<Entity>) {
    for regex in &finder.orders {
        for hit in regex.find_iter(message.text) {
            if !stands_alone(message.text, hit.start(), hit.end()) {
                continue;
            }
            let value = hit.as_str().chars().filter(|c| *c != '#' && !c.is_whitespace()).collect();
            add(found, EntityKind::OrderNumber, hit.start(), hit.end(), value);
        }
    }
}

/// Whether no letter or digit touches a stretch: it is no part of a longer number.
fn stands_alone(text: &str, start: usize, end: usize) -> bool {
    let before = text[..start].chars().next_back();
    let after = text[end..].chars().next();
    let touches = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
    let decimal = |sign: Option<char>, rest: Option<char>| {
        matches!(sign, Some('.' | ',')) && rest.is_some_and(|c| c.is_ascii_digit())
    };
    !touches(before)
        && !touches(after)
        && !decimal(before, text[..start].chars().rev().nth(1))
        && !decimal(after, text[end..].chars().nth(1))
}

/// Adds an entity unless a surer one stands there.
fn add(found: &mut Vec<Entity>, kind: EntityKind, start: usize, end: usize, value: String) {
    let taken = found.iter().any(|e| e.span.start < end && start < e.span.end);
    if !taken && start < end {
        found.push(Entity { kind, span: Span { start, end }, value });
    }
}

#[cfg(test)]
mod tests;
