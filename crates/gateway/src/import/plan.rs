//! Samples laid out as the files of a shop's folder.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use intent::{Analyzer, Hints};

use super::Sample;
use super::names::Names;
use crate::packs::quoted;

/// Where samples go, and how they are named.
#[derive(Clone, Debug)]
pub struct Target<'a> {
    /// The language of samples that name none; told from the samples where absent.
    pub lang: Option<&'a str>,
    /// The domain of intents that have none of their own.
    pub domain: &'a str,
    /// Further labels that stand for `none`.
    pub none: &'a [String],
    /// Ids that the folder's intents.toml declares already.
    pub declared: &'a BTreeSet<String>,
    /// Languages that need no language.toml: bundled ones and the folder's own.
    pub languages: &'a BTreeSet<String>,
    /// Tells languages.
    pub analyzer: &'a Analyzer,
}

/// An intent that was imported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Imported {
    /// What the other system calls it; several labels may stand for `none`.
    pub label: String,
    /// What it is called here.
    pub id: String,
    /// By language, how many samples it has.
    pub samples: BTreeMap<String, usize>,
}

/// The files to write, and what there is to say about them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// `en/shop.toml` and its text, from `intents/` on.
    pub files: BTreeMap<String, String>,
    /// What has to be added to `intents.toml`; empty where nothing has.
    pub declarations: String,
    /// By id.
    pub intents: Vec<Imported>,
    /// Samples left out since their intent has them already.
    pub repeated: usize,
    /// Samples left out since nothing is in them.
    pub empty: usize,
    /// Texts that stand under two intents: the text and the two ids.
    pub contradictions: Vec<(String, String, String)>,
    /// The language that was told from the samples, and by what share of them, in percent.
    pub told: Option<(String, usize)>,
    /// Where the language was given and most samples look like another.
    pub looks_like: Option<(String, usize)>,
}

/// From this share of the samples on their language is taken as theirs, in percent.
const SURE: usize = 60;

/// Lays samples out.
///
/// # Errors
/// Samples without a label, a domain or language that is no name, a language that cannot be
/// told.
pub fn plan(samples: &[Sample], target: &Target<'_>) -> Result<Plan, String> {
    if target.domain.is_empty() || super::names::snake(target.domain) != target.domain {
        let domain = target.domain;
        return Err(format!("{domain:?} is no domain; use a-z, 0-9 and _, such as --domain shop"));
    }
    let mut plan = Plan::default();
    let fallback = language(samples, target, &mut plan)?;
    let mut names = Names::new(target.domain, target.none);
    let mut intents: BTreeMap<String, Imported> = BTreeMap::new();
    // By file and id; within an id in the order of the file.
    let mut files: BTreeMap<(String, String), BTreeMap<String, Vec<&str>>> = BTreeMap::new();
    let mut seen: BTreeMap<(&str, &str), String> = BTreeMap::new();
    for sample in samples {
        let text = sample.text.trim();
        if text.is_empty() {
            plan.empty += 1;
            continue;
        }
        if sample.label.trim().is_empty() {
            return Err(format!("line {}: the sample has no intent", sample.line));
        }
        let lang = sample.lang.as_deref().unwrap_or(&fallback);
        if !is_tag(lang) {
            let line = sample.line;
            return Err(format!("line {line}: {lang:?} is no language; write a tag such as es"));
        }
        let id = names.id(&sample.label);
        match seen.get(&(lang, text)) {
            Some(other) if *other == id => {
                plan.repeated += 1;
                continue;
            }
            Some(other) => {
                plan.contradictions.push((text.to_owned(), other.clone(), id.clone()));
            }
            None => {
                seen.insert((lang, text), id.clone());
            }
        }
        let domain = id.split_once('.').map_or(id.as_str(), |(domain, _)| domain);
        let file = files.entry((lang.to_owned(), domain.to_owned())).or_default();
        file.entry(id.clone()).or_default().push(text);
        let imported = intents.entry(id.clone()).or_insert_with(|| Imported {
            label: sample.label.trim().to_owned(),
            id,
            samples: BTreeMap::new(),
        });
        *imported.samples.entry(lang.to_owned()).or_default() += 1;
    }
    for ((lang, domain), entries) in &files {
        plan.files.insert(format!("{lang}/{domain}.toml"), domain_file(entries));
        if !target.languages.contains(lang) {
            plan.files.insert(format!("{lang}/language.toml"), language_file(lang));
        }
    }
    plan.declarations = declarations(&intents, target.declared);
    plan.intents = intents.into_values().collect();
    Ok(plan)
}

/// The language of the samples that name none.
fn language(samples: &[Sample], target: &Target<'_>, plan: &mut Plan) -> Result<String, String> {
    let unnamed: Vec<&Sample> = samples.iter().filter(|sample| sample.lang.is_none()).collect();
    if unnamed.is_empty() {
        return Ok(target.lang.unwrap_or("en").to_owned());
    }
    let mut votes: BTreeMap<String, usize> = BTreeMap::new();
    for sample in &unnamed {
        let tag = target.analyzer.analyze(&sample.text, &Hints::default()).language.tag;
        let subtag = tag.split('-').next().unwrap_or(&tag);
        *votes.entry(subtag.to_owned()).or_default() += 1;
    }
    votes.remove("und");
    let told: usize = votes.values().sum();
    let top = votes.iter().max_by_key(|(_, count)| **count);
    let top = top.map(|(tag, count)| (tag.clone(), count * 100 / told.max(1)));
    match (target.lang, top) {
        (Some(lang), top) => {
            let known = target.analyzer.languages().iter().any(|tag| tag == lang);
            plan.looks_like = top.filter(|(tag, share)| known && tag != lang && *share >= SURE);
            Ok(lang.to_owned())
        }
        (None, Some((tag, share))) if share >= SURE => {
            plan.told = Some((tag.clone(), share));
            Ok(tag)
        }
        (None, _) => Err("the language of the samples cannot be told; name it: --lang es".into()),
    }
}

/// A language subtag, or a tag with a script or region: letters, digits and hyphens.
fn is_tag(lang: &str) -> bool {
    let mut parts = lang.split('-');
    let first = parts.next().unwrap_or_default();
    (2..=3).contains(&first.len())
        && first.chars().all(|c| c.is_ascii_lowercase())
        && parts.all(|p| (2..=8).contains(&p.len()) && p.chars().all(|c| c.is_ascii_alphanumeric()))
}

fn domain_file(entries: &BTreeMap<String, Vec<&str>>) -> String {
    let mut text = String::from(
        "# Imported samples. Add keywords and patterns as you like (docs/PACKS.md), and fit the\n\
         # weights again with `switchboard compile`.\n",
    );
    for (id, samples) in entries {
        // Writing to a string does not fail.
        let _ = write!(text, "\n[[intent]]\nid = {}\nsamples = [\n", quoted(id));
        for sample in samples {
            let _ = writeln!(text, "  {},", quoted(sample));
        }
        text.push_str("]\n");
    }
    text
}

fn language_file(lang: &str) -> String {
    format!(
        "# What is particular to this language; docs/PACKS.md says what else can stand here. Its\n\
         # commonest small words make it told apart from others.\n\
         tag = {}\nfunction_words = []\n",
        quoted(lang)
    )
}

fn declarations(intents: &BTreeMap<String, Imported>, declared: &BTreeSet<String>) -> String {
    let mut text = String::new();
    let none = Imported {
        label: "nothing of these, or not understandable".to_owned(),
        id: "none".to_owned(),
        samples: BTreeMap::new(),
    };
    let others = intents.values().filter(|imported| imported.id != "none");
    // Where the folder's intents are used alone, they need what nothing falls under.
    for imported in others.chain([&none]).filter(|i| !declared.contains(&i.id)) {
        let (id, means) = (quoted(&imported.id), quoted(&imported.label));
        let _ = write!(
            text,
            "\n[[intent]]\nid = {id}\nmeans = {means}\nseverity = \"blue\"\ntier = 1\n"
        );
    }
    text
}
