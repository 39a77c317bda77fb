//! How complete each locale is.

use std::collections::BTreeSet;

use crate::Style;
use crate::answers::{Answers, Pack};

/// How complete each locale is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Coverage {
    /// One entry a locale, by tag.
    pub locales: Vec<LocaleCoverage>,
}

/// How complete one locale is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LocaleCoverage {
    /// The locale, BCP 47.
    pub tag: String,
    /// Its own name for itself.
    pub name: String,
    /// The answers it has.
    pub answers: BTreeSet<String>,
    /// The answers that another locale has and it lacks.
    pub missing: BTreeSet<String>,
    /// How many of its answers have all three styles.
    pub styled: usize,
    /// Names that it lacks and borrows from English or shows as codes: `countries.MX`,
    /// `zones.Europe/Berlin`, `payment_methods.bank_transfer`.
    pub missing_names: BTreeSet<String>,
}

pub(crate) fn coverage(answers: &Answers) -> Coverage {
    let all: BTreeSet<&str> = answers.ids().collect();
    let locale = |(tag, pack): (&String, &Pack)| {
        let own: BTreeSet<&str> = pack.answers().collect();
        LocaleCoverage {
            tag: tag.clone(),
            name: pack.names.name.clone(),
            missing: all.difference(&own).map(|id| (*id).to_owned()).collect(),
            styled: own.iter().filter(|id| is_styled(pack, id)).count(),
            missing_names: missing_names(answers, pack),
            answers: own.into_iter().map(str::to_owned).collect(),
        }
    };
    Coverage { locales: answers.packs.iter().map(locale).collect() }
}

fn is_styled(pack: &Pack, id: &str) -> bool {
    let variants = pack.entries.get(id).map_or(&[][..], |entry| entry.variants.as_slice());
    Style::ALL.into_iter().all(|style| variants.iter().any(|variant| variant.style == Some(style)))
}

fn missing_names(answers: &Answers, pack: &Pack) -> BTreeSet<String> {
    let (shop, names) = (&answers.shop, &pack.names);
    let mut missing = BTreeSet::new();
    for country in shop.delivery.order.iter().chain(&shop.delivery.ships_from) {
        if !names.countries.contains_key(country.as_str()) {
            missing.insert(format!("countries.{country}"));
        }
    }
    if !names.zones.contains_key(&shop.hours.zone_name) {
        missing.insert(format!("zones.{}", shop.hours.zone_name));
    }
    // Ids are small letters with underscores; brands are not.
    let is_id = |method: &str| method.chars().all(|c| c.is_ascii_lowercase() || c == '_');
    for method in
        shop.payment.methods.iter().chain(&shop.payment.not_offered).filter(|method| is_id(method))
    {
        if !names.payment_methods.contains_key(method) {
            missing.insert(format!("payment_methods.{method}"));
        }
    }
    missing
}
