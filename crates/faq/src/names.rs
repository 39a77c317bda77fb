//! `names.toml`: how one locale names units, money, moments, countries and teams.

use std::collections::BTreeMap;

use icu_locale::Locale;
use icu_plurals::PluralCategory;

use crate::load::{Diagnostics, Fields, Node, Value};
use crate::pattern::Pattern;

const WEEKDAYS: [&str; 7] =
    ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
const UNITS: [&str; 5] = ["minutes", "hours", "days", "working_days", "months"];

/// The names of one locale.
#[derive(Clone, Debug)]
pub(crate) struct Names {
    /// The locale's own name for itself.
    pub(crate) name: String,
    /// Whose numbers and dates are used.
    pub(crate) formats: Locale,
    pub(crate) percent: Option<Pattern>,
    pub(crate) range: Option<Pattern>,
    pub(crate) day_range: Option<Pattern>,
    pub(crate) money: Pattern,
    pub(crate) symbols: BTreeMap<String, String>,
    units: BTreeMap<&'static str, Plural>,
    pub(crate) moments: Moments,
    pub(crate) zones: BTreeMap<String, String>,
    teams: Vec<String>,
    pub(crate) payment_methods: BTreeMap<String, String>,
    pub(crate) countries: BTreeMap<String, String>,
    pub(crate) weekdays: Option<Vec<String>>,
}

/// A unit in its plural forms.
#[derive(Clone, Debug)]
struct Plural {
    forms: BTreeMap<&'static str, Pattern>,
    other: Pattern,
}

/// How moments are told.
#[derive(Clone, Debug)]
pub(crate) struct Moments {
    /// By when somebody answers.
    pub(crate) due: Moment,
    /// When somebody is back.
    pub(crate) opens: Moment,
    /// One group of days of the opening hours.
    pub(crate) hours: Pattern,
    /// Times told in a zone that is named.
    pub(crate) zoned: Pattern,
    /// A moment by the customer's own clock, where that is not the shop's.
    pub(crate) own: Pattern,
}

/// How one moment is told, by how far off it is.
#[derive(Clone, Debug)]
pub(crate) struct Moment {
    pub(crate) today: Pattern,
    pub(crate) tomorrow: Pattern,
    pub(crate) weekday: Pattern,
    pub(crate) date: Pattern,
}

impl Names {
    /// A number or range with its unit: `3–5 working days`.
    pub(crate) fn unit(&self, unit: &str, category: PluralCategory, number: &str) -> String {
        let Some(plural) = self.units.get(unit) else { return number.to_owned() };
        plural.forms.get(category_name(category)).unwrap_or(&plural.other).fill(&[("n", number)])
    }

    /// The team of a tier, 1 to 3; the first for a tier that there is none of.
    pub(crate) fn team(&self, tier: u8) -> &str {
        let index = usize::from(tier.saturating_sub(1));
        self.teams.get(index).or(self.teams.first()).map_or("", String::as_str)
    }

    /// Reads the names of locale `tag`; whatever is missing or wrong is noted, and then
    /// there are none.
    pub(crate) fn read(root: &Node, tag: &str, diagnostics: &mut Diagnostics<'_>) -> Option<Self> {
        let mut fields = root.fields(diagnostics)?;
        if let Some(node) = fields.required("tag", diagnostics)
            && node.text(diagnostics).is_some_and(|said| said != tag)
        {
            let message = format!("this file lies in the folder {tag} and says another tag");
            diagnostics.error(node.place, "bad-value", message, format!("write tag = \"{tag}\""));
        }
        let name = fields.text("name", diagnostics);
        let formats = match fields.optional("formats") {
            Some(node) => locale(&node.text(diagnostics)?, node, diagnostics),
            None => tag.parse().ok(),
        };
        let percent = optional_pattern(&mut fields, "percent", &["n"], diagnostics);
        let range = optional_pattern(&mut fields, "range", &["from", "to"], diagnostics);
        let day_range = optional_pattern(&mut fields, "day_range", &["from", "to"], diagnostics);
        let money = fields.table("money", diagnostics).and_then(|mut fields| {
            let pattern = pattern(&mut fields, "pattern", &["amount", "symbol"], diagnostics);
            let symbols = texts(fields.optional("symbols"), diagnostics);
            fields.finish(diagnostics);
            Some((pattern?, symbols))
        });
        let units = fields.table("units", diagnostics).and_then(|mut fields| {
            let read =
                UNITS.map(|unit| (unit, plural(fields.required(unit, diagnostics), diagnostics)));
            fields.finish(diagnostics);
            read.into_iter()
                .map(|(unit, plural)| Some((unit, plural?)))
                .collect::<Option<BTreeMap<_, _>>>()
        });
        let moments =
            fields.table("time", diagnostics).and_then(|fields| moments(fields, diagnostics));
        let zones = texts(fields.optional("zones"), diagnostics);
        let teams = fields.table("teams", diagnostics).and_then(|mut fields| {
            let teams = ["1", "2", "3"].map(|tier| fields.text(tier, diagnostics));
            fields.finish(diagnostics);
            teams.into_iter().collect::<Option<Vec<_>>>()
        });
        let payment_methods = texts(fields.optional("payment_methods"), diagnostics);
        let countries = texts(fields.optional("countries"), diagnostics);
        let weekdays = fields.optional("weekdays").and_then(|node| {
            let mut fields = node.fields(diagnostics)?;
            let days = WEEKDAYS.map(|day| fields.text(day, diagnostics));
            fields.finish(diagnostics);
            days.into_iter().collect::<Option<Vec<_>>>()
        });
        fields.finish(diagnostics);
        let (money, symbols) = money?;
        Some(Self {
            name: name?,
            formats: formats?,
            percent,
            range,
            day_range,
            money,
            symbols,
            units: units?,
            moments: moments?,
            zones,
            teams: teams?,
            payment_methods,
            countries,
            weekdays,
        })
    }
}

fn category_name(category: PluralCategory) -> &'static str {
    match category {
        PluralCategory::Zero => "zero",
        PluralCategory::One => "one",
        PluralCategory::Two => "two",
        PluralCategory::Few => "few",
        PluralCategory::Many => "many",
        PluralCategory::Other => "other",
    }
}

fn locale(text: &str, node: &Node, diagnostics: &mut Diagnostics<'_>) -> Option<Locale> {
    let parsed = text.parse().ok();
    if parsed.is_none() {
        let help = "write a BCP 47 tag: en-150, ar-u-nu-latn";
        diagnostics.error(node.place, "bad-value", format!("{text} is no locale"), help);
    }
    parsed
}

fn moments(mut fields: Fields<'_>, diagnostics: &mut Diagnostics<'_>) -> Option<Moments> {
    let mut read =
        |key, slots: &'static [&'static str]| pattern(&mut fields, key, slots, diagnostics);
    let due = (
        read("today", &["time"]),
        read("tomorrow", &["time"]),
        read("weekday", &["weekday", "time"]),
        read("date", &["date", "time"]),
    );
    let opens = (
        read("opens_today", &["time"]),
        read("opens_tomorrow", &["time"]),
        read("opens_weekday", &["weekday", "time"]),
        read("opens_date", &["date", "time"]),
    );
    let hours = read("hours", &["days", "from", "to"]);
    let zoned = read("hours_zone", &["hours", "zone"]);
    let own = read("own_zone", &["time"]);
    fields.finish(diagnostics);
    let moment =
        |(today, tomorrow, weekday, date): (Option<_>, Option<_>, Option<_>, Option<_>)| {
            Some(Moment { today: today?, tomorrow: tomorrow?, weekday: weekday?, date: date? })
        };
    Some(Moments {
        due: moment(due)?,
        opens: moment(opens)?,
        hours: hours?,
        zoned: zoned?,
        own: own?,
    })
}

fn plural(node: Option<&Node>, diagnostics: &mut Diagnostics<'_>) -> Option<Plural> {
    let mut fields = node?.fields(diagnostics)?;
    let mut forms = BTreeMap::new();
    for category in ["zero", "one", "two", "few", "many"] {
        // Some languages say one and two without the number.
        let form = fields
            .optional(category)
            .and_then(|node| Pattern::read(node, &[], &["n"], diagnostics));
        forms.extend(form.map(|form| (category, form)));
    }
    let other = pattern(&mut fields, "other", &["n"], diagnostics);
    fields.finish(diagnostics);
    Some(Plural { forms, other: other? })
}

fn pattern(
    fields: &mut Fields<'_>,
    key: &'static str,
    slots: &[&'static str],
    diagnostics: &mut Diagnostics<'_>,
) -> Option<Pattern> {
    Pattern::read(fields.required(key, diagnostics)?, slots, &[], diagnostics)
}

fn optional_pattern(
    fields: &mut Fields<'_>,
    key: &'static str,
    slots: &[&'static str],
    diagnostics: &mut Diagnostics<'_>,
) -> Option<Pattern> {
    Pattern::read(fields.optional(key)?, slots, &[], diagnostics)
}

/// A table of texts under keys that are not known beforehand.
fn texts(node: Option<&Node>, diagnostics: &mut Diagnostics<'_>) -> BTreeMap<String, String> {
    let mut texts = BTreeMap::new();
    if let Some(Node { value: Value::Table(entries), .. }) = node {
        for (key, (_, node)) in entries {
            texts.extend(node.text(diagnostics).map(|text| (key.clone(), text)));
        }
    } else if let Some(node) = node {
        // A value of another kind complains of itself.
        node.fields(diagnostics);
    }
    texts
}
