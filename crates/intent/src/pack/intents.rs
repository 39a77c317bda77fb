//! Intent files: patterns, keywords and samples of one domain; and the two contracts,
//! `intents.toml` and `concepts.toml` of the root.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::diagnostics::Place;
use super::document::{Document, Text, Value};
use super::pattern::{self, Node};
use crate::analysis::{IntentId, Severity};
use crate::analyzer::IntentSpec;

/// A keyword of an intent.
#[derive(Debug)]
pub(crate) struct Keyword {
    pub(crate) text: Text,
    /// By hand, where the file says so.
    pub(crate) weight: Option<i32>,
}

/// A named pattern rule.
#[derive(Debug)]
pub(crate) struct Rule {
    pub(crate) name: String,
    pub(crate) place: Place,
    pub(crate) patterns: Vec<Node>,
    /// By hand, where the file says so.
    pub(crate) weight: Option<i32>,
}

/// One `[[intent]]` of a language.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) id: Text,
    pub(crate) keywords: Vec<Keyword>,
    pub(crate) rules: Vec<Rule>,
    pub(crate) samples: Vec<Text>,
    pub(crate) not: Vec<Text>,
}

/// The range of weights that may be written by hand.
const WEIGHTS: std::ops::RangeInclusive<i32> = -10_000..=10_000;
const KEYS: [&str; 5] = ["id", "keywords", "samples", "not", "patterns"];

/// Reads every `[[intent]]` of a domain file.
pub(crate) fn read(doc: &mut Document<'_, '_>, table: &DeTable<'_>) -> Vec<Entry> {
    let mut entries = Vec::new();
    for item in intent_tables(doc, table) {
        let Some(table) = doc.table(item, "an intent") else { continue };
        let mut entry = Entry {
            id: Text { text: String::new(), place: doc.place(item) },
            keywords: Vec::new(),
            rules: Vec::new(),
            samples: Vec::new(),
            not: Vec::new(),
        };
        for (key, value) in table {
            match key.get_ref().as_ref() {
                "id" => {
                    if let Some(id) = doc.string(value, "id") {
                        entry.id = id;
                    }
                }
                "keywords" => entry.keywords = keywords(doc, value),
                "samples" => entry.samples = doc.strings(value, "samples"),
                "not" => entry.not = doc.strings(value, "not"),
                "patterns" => entry.rules = rules(doc, value),
                _ => doc.unknown_key(key, &KEYS),
            }
        }
        if entry.id.text.is_empty() {
            doc.diagnostics.error(
                entry.id.place,
                "no-id",
                "the intent has no id".into(),
                "add id = \"domain.name\" of intents.toml",
            );
            continue;
        }
        entries.push(entry);
    }
    entries
}

fn intent_tables<'v, 'i>(doc: &mut Document<'_, '_>, table: &'v DeTable<'i>) -> Vec<&'v Value<'i>> {
    let mut items = Vec::new();
    for (key, value) in table {
        match (key.get_ref().as_ref(), value.get_ref()) {
            ("intent", DeValue::Array(list)) => items.extend(list.iter()),
            ("intent", _) => doc.wrong(value, "intent", "a list of tables, [[intent]]"),
            _ => doc.unknown_key(key, &["intent"]),
        }
    }
    items
}

fn keywords(doc: &mut Document<'_, '_>, value: &Value<'_>) -> Vec<Keyword> {
    let Some(items) = value.get_ref().as_array() else {
        doc.wrong(value, "keywords", "a list");
        return Vec::new();
    };
    let mut keywords = Vec::new();
    for item in items.iter() {
        let Some(table) = item.get_ref().as_table() else {
            keywords
                .extend(doc.string(item, "a keyword").map(|text| Keyword { text, weight: None }));
            continue;
        };
        let mut text = None;
        let mut by_hand = None;
        for (key, value) in table {
            match key.get_ref().as_ref() {
                "text" => text = doc.string(value, "text"),
                "weight" => by_hand = weight(doc, value),
                _ => doc.unknown_key(key, &["text", "weight"]),
            }
        }
        match text {
            Some(text) => keywords.push(Keyword { text, weight: by_hand }),
            None => doc.wrong(item, "a keyword", "a string or { text, weight }"),
        }
    }
    keywords
}

fn weight(doc: &mut Document<'_, '_>, value: &Value<'_>) -> Option<i32> {
    let number = doc.integer(value, "weight")?;
    if WEIGHTS.contains(&number) {
        return Some(number);
    }
    let place = doc.place(value);
    let message = format!("the weight {number} is out of bounds");
    doc.diagnostics.error(
        place,
        "weight-out-of-bounds",
        message,
        "a decisive rule has 1200 to 2000; bounds are -10000 and 10000",
    );
    None
}

fn rules(doc: &mut Document<'_, '_>, value: &Value<'_>) -> Vec<Rule> {
    let Some(table) = doc.table(value, "patterns") else { return Vec::new() };
    table.iter().filter_map(|(name, value)| rule(doc, name, value)).collect()
}

fn rule(
    doc: &mut Document<'_, '_>,
    name: &Spanned<std::borrow::Cow<'_, str>>,
    value: &Value<'_>,
) -> Option<Rule> {
    let place = Place { source: doc.source, at: name.span().start };
    let legal =
        name.get_ref().chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    if !legal || name.get_ref().is_empty() {
        let message = format!("`{}` is no name of a pattern", name.get_ref());
        doc.diagnostics.error(
            place,
            "bad-name",
            message,
            "use a-z, 0-9 and _, and say what the pattern stands for",
        );
    }
    let mut texts = Vec::new();
    let mut by_hand = None;
    if let DeValue::Table(table) = value.get_ref() {
        for (key, value) in table {
            match key.get_ref().as_ref() {
                "pattern" | "patterns" => texts = doc.strings(value, "pattern"),
                "weight" => by_hand = weight(doc, value),
                _ => doc.unknown_key(key, &["pattern", "patterns", "weight"]),
            }
        }
    } else {
        texts = doc.strings(value, "a pattern");
    }
    let mut patterns = Vec::new();
    for text in texts {
        match pattern::parse(&text.text) {
            Ok(node) => patterns.push(node),
            Err(error) => {
                // Inside the string's quote; exact where the string has no escapes before.
                let at = text.place.at + 1 + error.at;
                let place = Place { source: doc.source, at };
                let message = format!("pattern `{}`: {}", name.get_ref(), error.message);
                doc.diagnostics.error(place, "bad-pattern", message, error.help);
            }
        }
    }
    (!patterns.is_empty()).then(|| Rule {
        name: name.get_ref().to_string(),
        place,
        patterns,
        weight: by_hand,
    })
}

/// Reads the root's `intents.toml`.
pub(crate) fn read_specs(
    doc: &mut Document<'_, '_>,
    table: &DeTable<'_>,
) -> Vec<(IntentSpec, Place)> {
    let mut specs: Vec<(IntentSpec, Place)> = Vec::new();
    for item in intent_tables(doc, table) {
        let Some(table) = doc.table(item, "an intent") else { continue };
        let place = doc.place(item);
        let mut id = None;
        let mut spec = IntentSpec {
            id: IntentId::new(""),
            means: String::new(),
            severity: Severity::Blue,
            tier: 1,
            handoff: false,
        };
        for (key, value) in table {
            match key.get_ref().as_ref() {
                "id" => id = doc.string(value, "id"),
                "means" => {
                    spec.means = doc.string(value, "means").map(|t| t.text).unwrap_or_default()
                }
                "severity" => match value.get_ref().as_str().and_then(Severity::parse) {
                    Some(severity) => spec.severity = severity,
                    None => doc.wrong(value, "severity", "\"red\", \"yellow\" or \"blue\""),
                },
                "tier" => match doc.integer(value, "tier").and_then(|n| u8::try_from(n).ok()) {
                    Some(tier @ 1..=3) => spec.tier = tier,
                    _ => doc.wrong(value, "tier", "1, 2 or 3"),
                },
                "handoff" => match value.get_ref().as_bool() {
                    Some(handoff) => spec.handoff = handoff,
                    None => doc.wrong(value, "handoff", "true or false"),
                },
                _ => doc.unknown_key(key, &["id", "means", "severity", "tier", "handoff"]),
            }
        }
        match id {
            Some(id) if legal_id(&id.text) => {
                spec.id = IntentId::new(&id.text);
                specs.push((spec, id.place));
            }
            Some(id) => {
                let message = format!("`{}` is no id of an intent", id.text);
                doc.diagnostics.error(
                    id.place,
                    "bad-id",
                    message,
                    "write domain.name with a-z, 0-9 and _",
                );
            }
            None => doc.diagnostics.error(
                place,
                "no-id",
                "the intent has no id".into(),
                "add id = \"domain.name\"",
            ),
        }
    }
    specs
}

fn legal_id(id: &str) -> bool {
    let legal = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    id == "none"
        || id.split_once('.').is_some_and(|(d, n)| {
            !d.is_empty() && !n.is_empty() && d.chars().chain(n.chars()).all(legal)
        })
}

/// Reads the root's `concepts.toml`: the names, section by section.
pub(crate) fn read_concept_names(doc: &mut Document<'_, '_>, table: &DeTable<'_>) -> Vec<String> {
    let mut names = Vec::new();
    for (section, value) in table {
        let Some(table) = doc.table(value, section.get_ref()) else { continue };
        for (name, meaning) in table {
            doc.string(meaning, "the meaning of a concept");
            names.push(name.get_ref().to_string());
        }
    }
    names
}
