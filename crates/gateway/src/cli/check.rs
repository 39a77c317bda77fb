//! `switchboard check`: packs and answers load, the rule set proves itself, nothing is left
//! unanswered.

mod items;
mod page;
mod tell;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::PathBuf;

use clap::Args;
use intent::Level;

use super::{Done, Failure};
use crate::config::GivenShop;
use crate::eval::Report;
use crate::packs::{Knowledge, PackFiles, sources};
use items::Item;

/// Check packs and answers: they load, the rules prove themselves, every intent is answered
#[derive(Debug, Args)]
#[command(after_help = "\
  switchboard check --shop myshop
  switchboard check --lang es --notes     one language, with what is only worth knowing
  switchboard check --list                what is looked for
  switchboard check --progress tests/eval/*.jsonl > docs/LANGUAGES.md
  switchboard check --json | jq -r '.findings[] | select(.level == \"error\") | .message'

Rules are tried against each other and against every sample: what is said twice, what can
never be heard or never wins, what one language takes from another. What goes wrong comes
with a message that does. Exit code 1 when there is an error, with --strict a warning too.")]
pub(super) struct Check {
    /// Only what concerns the packs of this language: es, zh
    #[arg(long, value_name = "TAG")]
    lang: Option<String>,
    /// Only these rules; may be given several times
    #[arg(long, value_name = "RULE")]
    rule: Vec<String>,
    /// Show notes too, not only errors and warnings
    #[arg(long)]
    notes: bool,
    /// Let warnings fail as errors do
    #[arg(long)]
    strict: bool,
    /// Write every finding as JSON
    #[arg(long)]
    json: bool,
    /// Write how far each language is as a page of Markdown, and nothing else; labelled
    /// messages (see `switchboard eval`) say how often it is understood
    #[arg(long, value_name = "FILE", num_args = 0.., conflicts_with_all = ["json", "lang", "rule"])]
    progress: Option<Vec<PathBuf>>,
    /// Say which rules there are, and nothing else
    #[arg(long)]
    list: bool,
    #[command(flatten)]
    shop: GivenShop,
}

/// How the samples of one language did.
#[derive(Clone, Copy, Debug, Default)]
struct Score {
    tried: usize,
    held: usize,
}

/// What a check found.
struct Checked {
    items: Vec<Item>,
    /// By language.
    scores: BTreeMap<String, Score>,
    /// What the packs compiled to; none where they did not.
    knowledge: Option<Knowledge>,
}

impl Check {
    pub(super) fn run(self) -> Done {
        let mut out = anstream::stdout().lock();
        if self.list {
            tell::rules(&mut out)?;
            return Ok(());
        }
        let known = |rule: &String| items::rules().any(|(id, ..)| id == rule);
        if let Some(rule) = self.rule.iter().find(|rule| !known(rule)) {
            return Err(Failure::Invalid(format!("{rule:?} is no rule; --list names them")));
        }
        let labelled = match self.progress.as_deref() {
            None | Some([]) => Vec::new(),
            Some(paths) => super::eval::read(paths)?,
        };
        let files = super::gather(self.shop)?;
        let mut checked = examine(&files);
        if let (Some(lang), Some(knowledge)) = (&self.lang, &checked.knowledge) {
            if !knowledge.analyzer.languages().contains(lang) {
                let known = knowledge.analyzer.languages().join(", ");
                return Err(Failure::Invalid(format!(
                    "no pack reads {lang:?}; there are: {known}"
                )));
            }
            checked.scores.retain(|tag, _| tag == lang);
        }
        checked.items.retain(|item| {
            let wanted = self.rule.is_empty() || self.rule.contains(&item.rule);
            let spoken =
                self.lang.is_none() || item.language.is_none() || item.language == self.lang;
            wanted && spoken
        });
        if let (Some(_), Some(knowledge)) = (&self.progress, &checked.knowledge) {
            let report = Report::make(&knowledge.analyzer, &labelled);
            page::write(&mut out, knowledge, &files, &checked.scores, &report)?;
        } else if self.json {
            let packs = checked.knowledge.as_ref().map(|k| k.analyzer.packs_hash());
            serde_json::to_writer(&mut out, &items::Body::of(packs, &checked.items))?;
            writeln!(out)?;
        } else {
            let shown = if self.notes { Level::Note } else { Level::Warning };
            tell::findings(&mut out, &checked.items, shown)?;
            if let Some(knowledge) = &checked.knowledge {
                tell::progress(&mut out, knowledge, &files, &checked.scores)?;
            }
            tell::summary(&mut out, &checked.items, &checked.scores)?;
        }
        out.flush()?;
        let fails = if self.strict { Level::Warning } else { Level::Error };
        let failed = checked.items.iter().any(|item| item.level <= fails);
        if failed { Err(Failure::Expectation) } else { Ok(()) }
    }
}

/// Tries everything.
fn examine(files: &PackFiles) -> Checked {
    let knowledge = match Knowledge::compile(files) {
        Ok(knowledge) => knowledge,
        Err(faults) => {
            let items = faults.0.into_iter().map(Item::from).collect();
            return Checked { items, scores: BTreeMap::new(), knowledge: None };
        }
    };
    let mut items: Vec<Item> = match knowledge.analyzer.prove(&sources(&files.intents)) {
        Ok(findings) => findings.into_iter().map(|f| Item::of_pack(f, files)).collect(),
        // They compiled a moment ago.
        Err(errors) => crate::packs::Faults::of_packs(errors, &files.intents)
            .0
            .into_iter()
            .map(Item::from)
            .collect(),
    };
    let mut scores: BTreeMap<String, Score> = BTreeMap::new();
    for sample in files.samples() {
        let score = scores.entry(sample.language).or_default();
        score.tried += 1;
        score.held += 1;
    }
    for missed in items.iter().filter(|item| item.rule == "sample-missed") {
        let language = missed.language.as_deref().unwrap_or_default();
        if let Some(score) = scores.get_mut(language) {
            score.held -= 1;
        }
    }
    items.extend(unanswered(&knowledge).into_iter().map(Item::unanswered));
    items.extend(knowledge.answers.lint().into_iter().map(Item::of_answers));
    items.sort_by_key(|item| item.level);
    Checked { items, scores, knowledge: Some(knowledge) }
}

/// These are settled by the rules themselves: yes and no to a question of the bot's, and
/// what nobody understands.
const WITHOUT_ANSWER: [&str; 3] = ["chat.affirm", "chat.deny", "none"];

/// Intents that nobody answers and nobody is asked to.
fn unanswered(knowledge: &Knowledge) -> Vec<&str> {
    let answered: BTreeSet<&str> = knowledge.answers.ids().collect();
    let specs = knowledge.analyzer.intents().iter();
    specs
        .filter(|spec| !spec.handoff)
        .map(|spec| spec.id.as_str())
        .filter(|id| !answered.contains(id) && !WITHOUT_ANSWER.contains(id))
        .collect()
}
