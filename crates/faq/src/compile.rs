//! From sources to checked answers.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use icu_locale::Locale;

use crate::answers::{Answers, Origin, Pack};
use crate::content::{Entry, read};
use crate::format::Formats;
use crate::load::{Diagnostics, Node, Place, Value, parse_toml};
use crate::names::Names;
use crate::rules::{self, Rules, Sheets};
use crate::voices::Voices;
use crate::{AnswerErrors, Shop, Source, Text, locale, shop};

/// The longest label that all platforms show on a button.
pub(crate) const TITLE_CHARS: usize = 24;
/// The largest file that is read; what is larger is none of ours.
const MAX_BYTES: usize = 4 << 20;

/// What a path says a file is.
enum Kind<'a> {
    Shop,
    Names(&'a str),
    /// Rules of style: of a locale or language, or of all of them.
    Style(&'a str),
    Entries(&'a str),
}

impl<'a> Kind<'a> {
    fn of(path: &'a str) -> Option<Self> {
        let mut parts = path.rsplit('/');
        let file = parts.next()?;
        match (file, parts.next()) {
            ("shop.toml", _) => Some(Self::Shop),
            ("style.toml", None | Some("faq")) => Some(Self::Style("")),
            ("style.toml", Some(locale)) => Some(Self::Style(locale)),
            ("names.toml", Some(locale)) => Some(Self::Names(locale)),
            (file, Some(locale)) if file.ends_with(".md") => Some(Self::Entries(locale)),
            _ => None,
        }
    }
}

/// What the files of one locale hold, later ones laid over earlier ones.
#[derive(Default)]
struct Draft {
    names: Option<Node>,
    entries: BTreeMap<String, Entry>,
}

pub(crate) fn compile(sources: &[Source<'_>]) -> Result<Answers, AnswerErrors> {
    let mut diagnostics = Diagnostics::new(sources);
    let mut facts: Option<Node> = None;
    let mut stated: BTreeMap<String, usize> = BTreeMap::new();
    let mut drafts: BTreeMap<&str, Draft> = BTreeMap::new();
    let mut sheets = Sheets::new();
    for (source, file) in sources.iter().enumerate() {
        let start = Place { source, at: 0 };
        let Some(kind) = Kind::of(file.path) else {
            let help = "answers are shop.toml, style.toml, <locale>/names.toml, <locale>/style.toml and <locale>/*.md; move it elsewhere";
            diagnostics.error(start, "unknown-file", "this file is none of the answers'", help);
            continue;
        };
        let Some(text) = decode(file, start, &mut diagnostics) else { continue };
        match kind {
            Kind::Shop => {
                let node = parse_toml(text, start, &mut diagnostics);
                lay_facts(&mut facts, &mut stated, node);
            }
            Kind::Names(tag) => {
                let node = parse_toml(text, start, &mut diagnostics);
                match &mut drafts.entry(tag).or_default().names {
                    Some(names) => names.overlay(node),
                    names => *names = Some(node),
                }
            }
            Kind::Style(tag) => {
                let node = parse_toml(text, start, &mut diagnostics);
                match sheets.get_mut(tag) {
                    Some(sheet) => sheet.overlay(node),
                    None => {
                        sheets.insert(tag, node);
                    }
                }
            }
            Kind::Entries(tag) => {
                let entries = read(text, source, &mut diagnostics);
                let draft = drafts.entry(tag).or_default();
                draft.entries.extend(entries.into_iter().map(|entry| (entry.id.clone(), entry)));
            }
        }
    }
    let first_shop =
        sources.iter().position(|file| matches!(Kind::of(file.path), Some(Kind::Shop)));
    let shop = match &facts {
        Some(node) => shop::read(node, &mut diagnostics),
        None => {
            diagnostics.absent(
                "shop.toml",
                "there is no shop.toml",
                "add the shop's facts; `switchboard init` writes an example",
            );
            None
        }
    };
    if drafts.is_empty() {
        diagnostics.absent(
            "en/names.toml",
            "there is no locale",
            "add a folder with names.toml, texts.md and answers",
        );
    }
    let tags: Vec<&str> = drafts.keys().copied().collect();
    let mut rules = rules::read(&sheets, &tags, &mut diagnostics);
    let packs: BTreeMap<String, Pack> = drafts
        .into_iter()
        .filter_map(|(tag, draft)| {
            let rules = rules.remove(tag).unwrap_or_default();
            Some((tag.to_owned(), pack(tag, draft, rules, shop.as_ref(), &mut diagnostics)?))
        })
        .collect();
    diagnostics.finish()?;
    // Without errors there is a shop; this says so to the compiler.
    let Some(shop) = shop else { return Err(AnswerErrors(Vec::new())) };
    let origins = sources.iter().map(Origin::new).collect();
    // Tables that only the first of several files states are the example's, not the shop's.
    let several = stated.values().any(|source| Some(*source) != first_shop);
    let borrowed: BTreeSet<String> = stated
        .into_iter()
        .filter(|(_, source)| several && Some(*source) == first_shop)
        .map(|(key, _)| key)
        .collect();
    Ok(Answers { shop, packs, origins, borrowed, voices: Voices::default() })
}

fn decode<'a>(
    file: &Source<'a>,
    start: Place,
    diagnostics: &mut Diagnostics<'_>,
) -> Option<&'a str> {
    if file.bytes.len() > MAX_BYTES {
        let message =
            format!("the file has {} bytes; at most {MAX_BYTES} are read", file.bytes.len());
        diagnostics.error(start, "too-large", message, "split it by domain");
        return None;
    }
    match std::str::from_utf8(file.bytes) {
        Ok(text) => Some(text),
        Err(error) => {
            let help = "save the file as UTF-8";
            diagnostics.error(
                start.plus(error.valid_up_to()),
                "encoding",
                "this byte is not UTF-8",
                help,
            );
            None
        }
    }
}

/// Lays one `shop.toml` over another, table by table: a shop that states `[delivery]`
/// delivers to the countries it states and to none of the example's.
fn lay_facts(facts: &mut Option<Node>, stated: &mut BTreeMap<String, usize>, node: Node) {
    let source = node.place.source;
    if let Value::Table(theirs) = &node.value {
        stated.extend(theirs.keys().map(|key| (key.clone(), source)));
    }
    match facts {
        Some(Node { place, value: Value::Table(mine) }) => {
            *place = node.place;
            if let Value::Table(theirs) = node.value {
                mine.extend(theirs);
            }
        }
        facts => *facts = Some(node),
    }
}

/// Checks one locale against the facts.
fn pack(
    tag: &str,
    draft: Draft,
    rules: Rules,
    shop: Option<&Shop>,
    diagnostics: &mut Diagnostics<'_>,
) -> Option<Pack> {
    let parsed = locale::parse(tag);
    let canonical = parsed.as_ref().map(Locale::to_string);
    let Some(full) = parsed
        .filter(|_| canonical.as_deref() == Some(tag))
        .map(|locale| locale::maximized(&locale))
    else {
        let help = canonical.map_or_else(
            || "name the folder by the locale's BCP 47 tag: en, pt-BR, zh-Hans".to_owned(),
            |canonical| format!("rename the folder to {canonical}"),
        );
        diagnostics.absent(tag, format!("the folder {tag} is not named by a locale"), help);
        return None;
    };
    let names = match &draft.names {
        Some(node) => Names::read(node, tag, diagnostics),
        None => {
            let path = format!("{tag}/names.toml");
            diagnostics.absent(
                &path,
                format!("the locale {tag} has no names.toml"),
                "write it as en/names.toml is written",
            );
            None
        }
    };
    // What another locale lacks is said in English, and `lint` tells of it.
    let needed = Text::ALL.iter().filter(|_| tag == "en");
    for text in needed.filter(|text| !draft.entries.contains_key(text.as_str())) {
        let message = format!("the locale {tag} has no {}", text.as_str());
        let path = format!("{tag}/texts.md");
        diagnostics.lacking(
            "missing-text",
            &path,
            message,
            format!("add it: ## {}", text.as_str()),
        );
    }
    for entry in draft.entries.values() {
        check(entry, &draft.entries, shop, diagnostics);
    }
    let names = names?;
    let Some(formats) = Formats::new(&names.formats) else {
        let message = format!("CLDR knows neither {} nor a parent of it", names.formats);
        diagnostics.absent(
            &format!("{tag}/names.toml"),
            message,
            "set formats to a locale that it knows",
        );
        return None;
    };
    let named = draft.names.as_ref().map(Node::all_texts).unwrap_or_default();
    Some(Pack { full, names, named, formats: Arc::new(formats), entries: draft.entries, rules })
}

/// Checks one entry: its title, what it is related to, and every fact it names.
fn check(
    entry: &Entry,
    all: &BTreeMap<String, Entry>,
    shop: Option<&Shop>,
    diagnostics: &mut Diagnostics<'_>,
) {
    if entry.text.is_none() {
        if entry.title.is_empty() {
            let help = "name it as customers read it on a button: title = \"Delivery time\"";
            diagnostics.error(
                entry.title_place,
                "missing-title",
                format!("{} has no title", entry.id),
                help,
            );
        }
        let length = entry.title.chars().count();
        if length > TITLE_CHARS || entry.title.contains(['\n', '{', '}']) {
            let message =
                format!("this title has {length} characters or signs that no button shows");
            diagnostics.error(
                entry.title_place,
                "long-title",
                message,
                format!("say it in one line of {TITLE_CHARS} characters"),
            );
        }
    }
    for (related, place) in entry.related.iter().zip(&entry.related_places) {
        if *related == entry.id || all.get(related).is_none_or(|entry| entry.text.is_some()) {
            let message = format!("{related} is no other answer of this locale");
            diagnostics.error(
                *place,
                "unknown-related",
                message,
                "name an id that stands under ## in this folder",
            );
        }
    }
    let Some(shop) = shop else { return };
    for variant in &entry.variants {
        for (fact, place) in variant.template.facts() {
            if let Some((code, message, help)) = fact.refused(entry.text, &variant.conditions, shop)
            {
                diagnostics.error(place, code, message, help);
            }
        }
        let label = entry.text.is_some_and(Text::is_label);
        if label
            && (variant.template.facts().next().is_some()
                || variant.template.words().chars().count() > TITLE_CHARS)
        {
            let help = format!("say it in {TITLE_CHARS} characters, without facts");
            diagnostics.error(variant.place, "long-title", "this is the label of a button", help);
        }
    }
}
