//! `switchboard eval`: labelled messages in, figures out.

mod tell;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};

use clap::Args;

use super::marks::{BAD, END};
use super::{Done, Failure};
use crate::config::GivenShop;
use crate::eval::{self, Difference, FORMAT, Labelled, Report};
use crate::files;

/// Measure how often labelled messages are understood, and in which way they are not
#[derive(Debug, Args)]
#[command(after_help = "\
A line is a message and its label; `lang`, `also` (further intents in it) and `emotion` may
stand beside them:
  {\"lang\":\"es\",\"text\":\"¿dónde está mi pedido?\",\"intent\":\"tracking.status\",\"also\":[]}

  switchboard eval tests/eval/*.jsonl
  switchboard eval --shop myshop mine.jsonl --html figures.html
  switchboard eval mine.jsonl --json > before.json      … change the packs …
  switchboard eval mine.jsonl --baseline before.json    what was broken, what mended
  switchboard eval mine.jsonl --floor accuracy=0.9 --floor none_recall=0.8 --floor accuracy.es=0.85

Right is the top intent where it is the label or stands in `also`; `accuracy` is the mean
over languages. Exit code 1 when a figure lies under its floor.")]
pub(super) struct Eval {
    /// Labelled messages, a JSON object a line
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Write every figure and every message as JSON
    #[arg(long)]
    json: bool,
    /// Write a page with charts, the confusion matrix and the wrong messages
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// What an earlier `--json` wrote: say what changed, message by message
    #[arg(long, value_name = "FILE")]
    baseline: Option<PathBuf>,
    /// The least that a figure may be: accuracy=0.8; may be given several times
    #[arg(long, value_name = "NAME=VALUE", value_parser = floor)]
    floor: Vec<Floor>,
    /// How many entries each list has; 0 leaves the lists out
    #[arg(long, value_name = "N", default_value_t = 10)]
    worst: usize,
    #[command(flatten)]
    shop: GivenShop,
}

/// The least that a figure may be.
#[derive(Clone, Debug, PartialEq)]
struct Floor {
    name: String,
    least: f64,
}

fn floor(text: &str) -> Result<Floor, String> {
    let (name, least) = text.split_once('=').ok_or("write NAME=VALUE, such as accuracy=0.8")?;
    let least: f64 = least.trim().parse().map_err(|_| format!("{least:?} is no number"))?;
    if !(0.0..=1.0).contains(&least) {
        return Err(format!("{least} is no share; figures go from 0 to 1"));
    }
    Ok(Floor { name: name.trim().to_owned(), least })
}

impl Eval {
    pub(super) fn run(self) -> Done {
        let messages = read(&self.files)?;
        // Before the packs are compiled: a wrong file should not be waited for.
        let baseline = self.baseline.as_deref().map(read_baseline).transpose()?;
        let knowledge = super::load(self.shop)?;
        let report = Report::make(&knowledge.analyzer, &messages);
        let difference = baseline.as_ref().map(|old| Difference::between(old, &report));
        if let Some(file) = &self.html {
            files::replace(file, eval::page(&report, difference.as_ref()).as_bytes())?;
        }
        let mut out = anstream::stdout().lock();
        if self.json {
            serde_json::to_writer(&mut out, &report)?;
            writeln!(out)?;
        } else {
            tell::report(&mut out, &report, self.worst)?;
            if let Some(difference) = &difference {
                tell::difference(&mut out, difference, self.worst)?;
            }
        }
        out.flush()?;
        hold(&self.floor, &report.figures)
    }
}

/// Reads labelled messages.
///
/// # Errors
/// Every line that is none.
pub(super) fn read(paths: &[PathBuf]) -> Result<Vec<Labelled>, Failure> {
    let mut messages = Vec::new();
    let mut bad = Vec::new();
    for path in paths {
        let group = path.file_stem().unwrap_or_default().to_string_lossy();
        match eval::read(&path.display().to_string(), &group, &files::read(path)?) {
            Ok(read) => messages.extend(read),
            Err(lines) => bad.extend(lines.iter().map(ToString::to_string)),
        }
    }
    if !bad.is_empty() {
        return Err(Failure::Invalid(bad.join("\n       ")));
    }
    if messages.is_empty() {
        return Err(Failure::Invalid("the files hold no messages".to_owned()));
    }
    Ok(messages)
}

fn read_baseline(path: &Path) -> Result<Report, Failure> {
    let no_baseline = |why: String| {
        let path = path.display();
        Failure::Invalid(format!(
            "{path} is no baseline: {why}; `switchboard eval --json` writes one"
        ))
    };
    let report: Report = serde_json::from_slice(&files::read(path)?)
        .map_err(|error| no_baseline(error.to_string()))?;
    if report.format != FORMAT {
        return Err(no_baseline(format!("its format is {:?}, not {FORMAT:?}", report.format)));
    }
    Ok(report)
}

/// Says which figures lie under their floor.
fn hold(floors: &[Floor], figures: &BTreeMap<String, f64>) -> Done {
    let mut under = false;
    for Floor { name, least } in floors {
        let said = match figures.get(name) {
            Some(value) if value >= least => continue,
            Some(value) => format!("{name} is {value:.4}, under its floor of {least}"),
            None => {
                let known: Vec<&str> =
                    figures.keys().map(String::as_str).filter(|name| !name.contains('.')).collect();
                let known = known.join(", ");
                format!("{name} was not measured; measured were: {known}, each also with .LANGUAGE")
            }
        };
        under = true;
        writeln!(anstream::stderr(), "{BAD}floor{END} {said}")?;
    }
    if under { Err(Failure::Expectation) } else { Ok(()) }
}
