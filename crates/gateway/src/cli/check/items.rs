//! Everything that a check can find, in one shape.

use intent::{FINDINGS, Finding, Level};
use serde::Serialize;

use crate::packs::{Fault, PackFiles};

/// One thing found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Item {
    /// Which rule found it.
    pub(super) rule: String,
    /// How bad.
    #[serde(serialize_with = "level")]
    pub(super) level: Level,
    /// The language of the pack that it is about.
    pub(super) language: Option<String>,
    /// The file.
    pub(super) file: String,
    /// From 1; 0 where it is the file as a whole.
    pub(super) line: usize,
    /// In characters, from 1; 0 where it is the line as a whole.
    pub(super) column: usize,
    /// What is found.
    pub(super) message: String,
    /// A message that goes wrong by it.
    pub(super) example: Option<String>,
    /// What to do.
    pub(super) help: String,
}

fn level<S: serde::Serializer>(level: &Level, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(level.as_str())
}

/// What `--json` writes.
#[derive(Debug, Serialize)]
pub(super) struct Body<'a> {
    /// A number that grows when an older reader would misread it.
    pub(super) format: &'static str,
    /// The hash of the packs; null where they do not compile.
    pub(super) packs: Option<&'a str>,
    pub(super) errors: usize,
    pub(super) warnings: usize,
    pub(super) notes: usize,
    pub(super) findings: &'a [Item],
}

impl<'a> Body<'a> {
    pub(super) fn of(packs: Option<&'a str>, findings: &'a [Item]) -> Self {
        let [errors, warnings, notes] = counts(findings);
        Self { format: "switchboard-check/1", packs, errors, warnings, notes, findings }
    }
}

/// How many errors, warnings and notes.
pub(super) fn counts(items: &[Item]) -> [usize; 3] {
    [Level::Error, Level::Warning, Level::Note]
        .map(|level| items.iter().filter(|item| item.level == level).count())
}

/// The rules beside those of the packs, and what each means. Broken files carry codes of
/// their own (`unknown-intent`, `syntax`) and stop the rest.
const OTHERS: [(&str, &str); 2] = [
    ("intent-unanswered", "an intent has an answer in no locale and no `handoff = true`"),
    (
        "answer-style",
        "an answer reads badly: too long, vague, untranslated, offensive somewhere, without its facts",
    ),
];

/// Every rule that `--rule` takes.
pub(super) fn rules() -> impl Iterator<Item = (&'static str, &'static str)> {
    FINDINGS.into_iter().chain(OTHERS)
}

impl Item {
    pub(super) fn of_pack(finding: Finding, files: &PackFiles) -> Self {
        let pack = files.intents.get(finding.source);
        let file = pack.map_or_else(String::new, |pack| pack.name("intents"));
        Self {
            rule: finding.rule.to_owned(),
            level: finding.level,
            language: Some(finding.language),
            file,
            line: finding.line,
            column: finding.column,
            message: finding.message,
            example: finding.example,
            help: finding.help.to_owned(),
        }
    }

    pub(super) fn unanswered(id: &str) -> Self {
        let domain = id.split_once('.').map_or(id, |(domain, _)| domain);
        Self {
            rule: "intent-unanswered".to_owned(),
            level: Level::Error,
            language: None,
            file: "intents/intents.toml".to_owned(),
            line: 0,
            column: 0,
            message: format!("{id} has an answer in no locale and is not always handed over"),
            example: None,
            help: format!("write `## {id}` in faq/<locale>/{domain}.md, or set handoff = true"),
        }
    }

    pub(super) fn of_answers(finding: faq::Finding) -> Self {
        Self {
            rule: "answer-style".to_owned(),
            level: Level::Warning,
            language: None,
            file: finding.path,
            line: finding.line,
            column: 0,
            message: format!("{}: {} ({})", finding.id, finding.message, finding.code),
            example: None,
            help: "docs/ANSWERS.md says how answers are written".to_owned(),
        }
    }
}

impl From<Fault> for Item {
    fn from(fault: Fault) -> Self {
        Self {
            rule: fault.code.to_owned(),
            level: Level::Error,
            language: None,
            file: fault.path,
            line: fault.line,
            column: fault.column,
            message: fault.message,
            example: None,
            help: fault.help,
        }
    }
}
