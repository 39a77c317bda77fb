//! `language.toml`: what is particular to one language.

use serde::{Deserialize, Serialize};
use toml::de::DeTable;

use super::document::{Document, Text, Value};

/// Where a keyword may begin and end inside a run of letters of one script.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Edge {
    /// Only where the run does.
    #[default]
    Word,
    /// Anywhere.
    Any,
}

/// What mood a word shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub(crate) enum Mood {
    Angry,
    Insult,
    Worried,
    Disappointed,
    Confused,
    Positive,
    Intensifier,
    Polite,
    Again,
    Threat,
}

impl Mood {
    pub(crate) const ALL: [(&'static str, Self); 10] = [
        ("angry", Self::Angry),
        ("insult", Self::Insult),
        ("worried", Self::Worried),
        ("disappointed", Self::Disappointed),
        ("confused", Self::Confused),
        ("positive", Self::Positive),
        ("intensifiers", Self::Intensifier),
        ("polite", Self::Polite),
        ("again", Self::Again),
        ("threat", Self::Threat),
    ];
}

/// One language's `language.toml`.
#[derive(Debug, Default)]
pub(crate) struct Language {
    pub(crate) tag: String,
    pub(crate) function_words: Vec<Text>,
    pub(crate) typical: Vec<Text>,
    pub(crate) fillers: Vec<Text>,
    pub(crate) transcriptions: Vec<(String, String)>,
    pub(crate) start: Edge,
    pub(crate) end: Edge,
    pub(crate) prefixes: Vec<Text>,
    pub(crate) suffixes: Vec<Text>,
    /// Words of fewer letters take neither.
    pub(crate) shortest: usize,
    pub(crate) negators_before: Vec<Text>,
    pub(crate) negators_after: Vec<Text>,
    pub(crate) negation_window: u32,
    pub(crate) negation_exceptions: Vec<Text>,
    pub(crate) breakers: Vec<Text>,
    pub(crate) contrast: Vec<Text>,
    pub(crate) moods: Vec<(Mood, Text)>,
}

const KEYS: [&str; 11] = [
    "tag",
    "name",
    "endonym",
    "function_words",
    "typical",
    "fillers",
    "transcriptions",
    "boundary",
    "negation",
    "clauses",
    "emotion",
];

/// Reads a `language.toml`; `folder` is the tag it must carry.
pub(crate) fn read(doc: &mut Document<'_, '_>, table: &DeTable<'_>, folder: &str) -> Language {
    let mut language =
        Language { tag: folder.to_owned(), negation_window: 4, ..Language::default() };
    for (key, value) in table {
        match key.get_ref().as_ref() {
            "tag" => check_tag(doc, value, folder),
            "name" | "endonym" => {
                doc.string(value, key.get_ref());
            }
            "function_words" => language.function_words = doc.strings(value, "function_words"),
            "typical" => language.typical = doc.strings(value, "typical"),
            "fillers" => language.fillers = doc.strings(value, "fillers"),
            "transcriptions" => language.transcriptions = transcriptions(doc, value),
            "boundary" => boundary(doc, value, &mut language),
            "negation" => negation(doc, value, &mut language),
            "clauses" => clauses(doc, value, &mut language),
            "emotion" => emotion(doc, value, &mut language),
            _ => doc.unknown_key(key, &KEYS),
        }
    }
    language
}

fn check_tag(doc: &mut Document<'_, '_>, value: &Value<'_>, folder: &str) {
    if let Some(tag) = doc.string(value, "tag")
        && tag.text != folder
    {
        let message = format!("the tag is `{}` but the folder is `{folder}`", tag.text);
        doc.diagnostics.error(
            tag.place,
            "wrong-tag",
            message,
            "name both alike: the language subtag of BCP 47",
        );
    }
}

fn transcriptions(doc: &mut Document<'_, '_>, value: &Value<'_>) -> Vec<(String, String)> {
    let Some(items) = value.get_ref().as_array() else {
        doc.wrong(value, "transcriptions", "a list of pairs");
        return Vec::new();
    };
    let mut pairs = Vec::new();
    for item in items.iter() {
        match doc.strings(item, "a transcription").as_slice() {
            [from, to] => pairs.push((from.text.clone(), to.text.clone())),
            _ => doc.wrong(item, "a transcription", "a pair [letter, spelling]"),
        }
    }
    pairs
}

fn boundary(doc: &mut Document<'_, '_>, value: &Value<'_>, language: &mut Language) {
    let Some(table) = doc.table(value, "boundary") else { return };
    for (key, value) in table {
        match key.get_ref().as_ref() {
            "start" => language.start = edge(doc, value),
            "end" => language.end = edge(doc, value),
            "prefixes" => language.prefixes = doc.strings(value, "prefixes"),
            "suffixes" => language.suffixes = doc.strings(value, "suffixes"),
            "shortest" => {
                let letters = doc.integer(value, "shortest").and_then(|n| usize::try_from(n).ok());
                language.shortest = letters.unwrap_or(0).min(10);
            }
            _ => doc.unknown_key(key, &["start", "end", "prefixes", "suffixes", "shortest"]),
        }
    }
}

fn edge(doc: &mut Document<'_, '_>, value: &Value<'_>) -> Edge {
    match value.get_ref().as_str() {
        Some("word") => Edge::Word,
        Some("any") => Edge::Any,
        _ => {
            doc.wrong(value, "the boundary", "\"word\" or \"any\"");
            Edge::Word
        }
    }
}

fn negation(doc: &mut Document<'_, '_>, value: &Value<'_>, language: &mut Language) {
    let Some(table) = doc.table(value, "negation") else { return };
    for (key, value) in table {
        match key.get_ref().as_ref() {
            "before" => language.negators_before = doc.strings(value, "before"),
            "after" => language.negators_after = doc.strings(value, "after"),
            "exceptions" => language.negation_exceptions = doc.strings(value, "exceptions"),
            "window" => {
                language.negation_window = doc
                    .integer(value, "window")
                    .and_then(|n| u32::try_from(n).ok())
                    .unwrap_or(4)
                    .min(20);
            }
            _ => doc.unknown_key(key, &["before", "after", "window", "exceptions"]),
        }
    }
}

fn clauses(doc: &mut Document<'_, '_>, value: &Value<'_>, language: &mut Language) {
    let Some(table) = doc.table(value, "clauses") else { return };
    for (key, value) in table {
        match key.get_ref().as_ref() {
            "breakers" => language.breakers = doc.strings(value, "breakers"),
            "contrast" => language.contrast = doc.strings(value, "contrast"),
            _ => doc.unknown_key(key, &["breakers", "contrast"]),
        }
    }
}

fn emotion(doc: &mut Document<'_, '_>, value: &Value<'_>, language: &mut Language) {
    let Some(table) = doc.table(value, "emotion") else { return };
    for (key, value) in table {
        match Mood::ALL.iter().find(|(name, _)| name == key.get_ref()) {
            Some(&(name, mood)) => {
                language
                    .moods
                    .extend(doc.strings(value, name).into_iter().map(|text| (mood, text)));
            }
            None => doc.unknown_key(key, &Mood::ALL.map(|(name, _)| name)),
        }
    }
}
