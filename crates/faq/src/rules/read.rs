//! Reads `style.toml`.

use std::collections::{BTreeMap, BTreeSet};

use icu_locale::Locale;

use super::{Kind, Limits, Phrase, Rule, Rules};
use crate::Country;
use crate::load::{Diagnostics, Fields, Node, Place, Value};
use crate::locale;

/// The largest limit that somebody may mean.
const MAX_LIMIT: u32 = 100_000;

/// The files of rules, by the folder: that of a locale or language, or `""` for what holds
/// everywhere. Later files are laid over earlier ones of the same folder.
pub(crate) type Sheets<'a> = BTreeMap<&'a str, Node>;

/// The rules that hold in each locale of `tags`: those of everywhere, of its language, of its
/// script and of its region, the narrower laid over the wider. Everything wrong is noted.
pub(crate) fn read<'a>(
    sheets: &Sheets<'_>,
    tags: &[&'a str],
    diagnostics: &mut Diagnostics<'_>,
) -> BTreeMap<&'a str, Rules> {
    let folders: Vec<Folder<'_>> =
        sheets.iter().map(|(tag, sheet)| Folder::new(tag, sheet)).collect();
    let fulls: Vec<(&str, Locale)> = tags
        .iter()
        .filter_map(|tag| Some((*tag, locale::maximized(&locale::parse(tag)?))))
        .collect();
    for folder in &folders {
        if !fulls.iter().any(|(_, full)| folder.holds(full)) {
            let path = format!("{}/style.toml", folder.tag);
            let message = format!("the rules in {path} hold for no locale that has answers");
            let help =
                "name the folder by a locale that has a names.toml, or by its language: pt, zh";
            diagnostics.absent(&path, message, help);
        }
        repeated(folder.sheet, diagnostics);
    }
    let mut all = BTreeMap::new();
    for (tag, full) in fulls {
        let mut holding: Vec<&Folder<'_>> =
            folders.iter().filter(|folder| folder.holds(&full)).collect();
        holding.sort_by_key(|folder| folder.narrowness());
        let narrower = holding.iter().filter(|folder| !folder.tag.is_empty());
        let stated: BTreeSet<String> =
            narrower.flat_map(|folder| each(folder.sheet)).map(|(id, _)| id).collect();
        let merged =
            holding.into_iter().map(|folder| folder.sheet.clone()).reduce(|mut wider, narrower| {
                wider.overlay(narrower);
                wider
            });
        let rules = merged.and_then(|merged| rules(&merged, &stated, diagnostics));
        all.insert(tag, rules.unwrap_or_default());
    }
    all
}

/// A folder with rules.
struct Folder<'s> {
    tag: &'s str,
    /// None for what holds everywhere, and for what is no tag.
    locale: Option<Locale>,
    sheet: &'s Node,
}

impl<'s> Folder<'s> {
    fn new(tag: &'s str, sheet: &'s Node) -> Self {
        let locale = locale::parse(tag).filter(|locale| locale.to_string() == tag);
        Self { tag, locale, sheet }
    }

    /// Whether its rules hold in a locale: what its tag says of language, script and region is
    /// true of it.
    fn holds(&self, full: &Locale) -> bool {
        let Some(Locale { id, .. }) = &self.locale else { return self.tag.is_empty() };
        id.language == full.id.language
            && id.script.is_none_or(|script| full.id.script == Some(script))
            && id.region.is_none_or(|region| full.id.region == Some(region))
    }

    fn narrowness(&self) -> usize {
        self.tag.split('-').filter(|part| !part.is_empty()).count()
    }
}

/// Every rule of a sheet with its id, whatever it holds.
fn each(sheet: &Node) -> Vec<(String, &Node)> {
    fn table(node: &Node) -> Option<&BTreeMap<String, (Place, Node)>> {
        match &node.value {
            Value::Table(entries) => Some(entries),
            _ => None,
        }
    }
    Kind::ALL
        .into_iter()
        .filter_map(|kind| Some((kind, table(&table(sheet)?.get(kind.as_str())?.1)?)))
        .flat_map(|(kind, rules)| {
            rules.iter().map(move |(name, (_, rule))| (format!("{}.{name}", kind.as_str()), rule))
        })
        .collect()
}

/// Complains of words that stand in one file twice: the second would never be read.
fn repeated(sheet: &Node, diagnostics: &mut Diagnostics<'_>) {
    let mut seen: BTreeMap<(usize, &str), String> = BTreeMap::new();
    let mut words: Vec<(Place, &str, String)> = Vec::new();
    for (id, rule) in each(sheet) {
        let Value::Table(keys) = &rule.value else { continue };
        let Some((_, Node { value: Value::List(items), .. })) = keys.get("words") else { continue };
        words.extend(items.iter().filter_map(|item| match &item.value {
            Value::Text(text) => Some((item.place, text.as_str(), id.clone())),
            _ => None,
        }));
    }
    words.sort_by_key(|(place, ..)| *place);
    for (place, word, id) in words {
        if let Some(first) = seen.get(&(place.source, word)) {
            let message = format!("“{word}” stands in this file already, in {first}");
            diagnostics.error(place, "duplicate-word", message, "keep it in one rule");
        } else {
            seen.insert((place.source, word), id);
        }
    }
}

/// The rules of one locale. One that is stated everywhere alone may lack its words: it is
/// there for the languages that have some.
fn rules(
    merged: &Node,
    stated: &BTreeSet<String>,
    diagnostics: &mut Diagnostics<'_>,
) -> Option<Rules> {
    let mut fields = merged.fields(diagnostics)?;
    let limits = fields.optional("limits").map(|node| limits(node, diagnostics));
    let english = fields.optional("untranslated").map(|node| english(node, diagnostics));
    let mut rules = Vec::new();
    for kind in Kind::ALL {
        let Some(node) = fields.optional(kind.as_str()) else { continue };
        let Some(of_kind) = node.fields(diagnostics) else { continue };
        for (name, (place, node)) in of_kind.entries {
            rules.extend(rule(kind, name, *place, node, stated, diagnostics));
        }
    }
    fields.finish(diagnostics);
    Some(Rules::new(rules, limits.unwrap_or_default(), english.unwrap_or_default()))
}

fn rule(
    kind: Kind,
    name: &str,
    place: Place,
    node: &Node,
    stated: &BTreeSet<String>,
    diagnostics: &mut Diagnostics<'_>,
) -> Option<Rule> {
    let id = format!("{}.{name}", kind.as_str());
    if name.is_empty()
        || !name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
    {
        let help = "write it in small letters: [gesture.thumbs_up]";
        diagnostics.error(place, "bad-value", format!("{id} is no id of a rule"), help);
    }
    let mut fields = node.fields(diagnostics)?;
    fields.place = place;
    let off = fields.optional("off").and_then(|node| node.flag(diagnostics)).unwrap_or(false);
    let words = match fields.optional("words") {
        None if stated.contains(&id) => fields.required("words", diagnostics),
        words => words,
    };
    let phrases = words.and_then(|node| phrases(node, diagnostics)).unwrap_or_default();
    let except = fields.optional("except").and_then(|node| phrases_of(node, diagnostics));
    let why = fields.text("why", diagnostics);
    let instead = fields.text("instead", diagnostics);
    let countries = fields.optional("countries").and_then(|node| countries(node, diagnostics));
    fields.finish(diagnostics);
    let (why, instead) = (why?, instead?);
    (!off && !phrases.is_empty()).then(|| Rule {
        kind,
        id,
        phrases,
        except: except.unwrap_or_default(),
        why,
        instead,
        countries: countries.unwrap_or_default(),
    })
}

/// The phrases of a list, at least one.
fn phrases(node: &Node, diagnostics: &mut Diagnostics<'_>) -> Option<Vec<Phrase>> {
    if matches!(&node.value, Value::List(items) if items.is_empty()) {
        let help = "name at least one, or set off = true";
        diagnostics.error(node.place, "bad-value", "this rule looks for nothing", help);
    }
    phrases_of(node, diagnostics)
}

fn phrases_of(node: &Node, diagnostics: &mut Diagnostics<'_>) -> Option<Vec<Phrase>> {
    let words = node.texts(diagnostics)?;
    let read = words.iter().filter_map(|(word, place)| {
        let phrase = Phrase::parse(word);
        if phrase.is_none() {
            let help = "write letters; * stands for more of them before or after";
            let message = format!("“{word}” is nothing to look for");
            diagnostics.error(*place, "bad-value", message, help);
        }
        phrase
    });
    Some(read.collect())
}

fn countries(node: &Node, diagnostics: &mut Diagnostics<'_>) -> Option<Vec<Country>> {
    let codes = node.texts(diagnostics)?;
    let read = codes.iter().filter_map(|(code, place)| {
        let country = Country::parse(code).filter(|country| country.as_str() == code);
        if country.is_none() {
            let help = "use the two capital letters of ISO 3166-1: MX";
            diagnostics.error(*place, "bad-value", format!("{code} is no country code"), help);
        }
        country
    });
    Some(read.collect())
}

fn limits(node: &Node, diagnostics: &mut Diagnostics<'_>) -> Limits {
    let Some(mut fields) = node.fields(diagnostics) else { return Limits::default() };
    let mut number = |fields: &mut Fields<'_>, key| {
        let number = fields.optional(key)?.number(MAX_LIMIT, diagnostics)?;
        usize::try_from(number).ok()
    };
    let limits = Limits {
        title: number(&mut fields, "title"),
        answer: number(&mut fields, "answer"),
        bytes: number(&mut fields, "bytes"),
        sentences: number(&mut fields, "sentences"),
        related: number(&mut fields, "related"),
    };
    fields.finish(diagnostics);
    limits
}

fn english(node: &Node, diagnostics: &mut Diagnostics<'_>) -> BTreeSet<String> {
    let Some(mut fields) = node.fields(diagnostics) else { return BTreeSet::new() };
    let words = fields.required("english", diagnostics).and_then(|node| node.texts(diagnostics));
    fields.finish(diagnostics);
    words.into_iter().flatten().map(|(word, _)| word.to_lowercase()).collect()
}
