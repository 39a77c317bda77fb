//! `switchboard replay`: yesterday's messages under other packs.

use std::io::{self, Write};
use std::path::PathBuf;

use clap::Args;

use super::marks::{BAD, DIM, END, GOOD, STRONG, WARN, harmless};
use super::{Done, Failure};
use crate::config::{Given, GivenShop};
use crate::files;
use crate::message_log::LoggedTurn;
use crate::packs::{Knowledge, PackChoice, PackFiles};
use crate::replay::{self, Group, Kind, Replay};

/// Say which decisions change when yesterday's messages meet other packs
#[derive(Debug, Args)]
#[command(after_help = "\
The log is what `switchboard serve --message-log FILE` keeps, or any JSON lines with `text`
(and, if you like, `conversation`, `locale` and `at`).

  switchboard replay messages.jsonl --against candidate
  switchboard replay messages.jsonl --shop myshop --against myshop-new --worst 3
  switchboard replay messages.jsonl --against candidate --fail-on handoff-lost

The packs in force are the bundled ones, with --shop that shop's. Changes are grouped, the
worst first. Exit code 1 when a change of a kind named by --fail-on, or a worse one, is
found.")]
pub(super) struct ReplayLog {
    /// Logs of messages, in the order in which they were taken
    #[arg(required = true, value_name = "LOG")]
    logs: Vec<PathBuf>,
    /// The folder with the other packs and answers, laid over the bundled ones
    #[arg(long, value_name = "DIR")]
    against: PathBuf,
    /// Write everything as JSON
    #[arg(long)]
    json: bool,
    /// How many messages are shown of each group
    #[arg(long, value_name = "N", default_value_t = 5)]
    worst: usize,
    /// Fail when a decision changes in this way or a worse one
    #[arg(long, value_name = "KIND", value_enum)]
    fail_on: Option<Kind>,
    #[command(flatten)]
    shop: GivenShop,
}

impl ReplayLog {
    pub(super) fn run(self) -> Done {
        let log = read(&self.logs)?;
        let GivenShop(given) = self.shop;
        let choice = settings(given)?;
        let in_force = Knowledge::compile(&PackFiles::gather(&choice)?)?;
        let other = PackChoice { shop: Some(self.against), ..choice };
        let candidate = Knowledge::compile(&PackFiles::gather(&other)?)?;
        let replay = replay::replay(&in_force, &candidate, &log);
        let mut out = anstream::stdout().lock();
        if self.json {
            serde_json::to_writer(&mut out, &replay)?;
            writeln!(out)?;
        } else {
            tell(&mut out, &replay, self.worst)?;
        }
        out.flush()?;
        let worst = replay.groups.first().map(|group| group.kind);
        match (self.fail_on, worst) {
            (Some(limit), Some(kind)) if kind <= limit => Err(Failure::Expectation),
            _ => Ok(()),
        }
    }
}

fn settings(given: Given) -> Result<PackChoice, Failure> {
    Ok(super::read(given)?.packs)
}

fn read(paths: &[PathBuf]) -> Result<Vec<LoggedTurn>, Failure> {
    let mut log: Vec<LoggedTurn> = Vec::new();
    let mut bad = Vec::new();
    for path in paths {
        let bytes = files::read_whole(path)?;
        for (number, line) in (1..).zip(bytes.split(|byte| *byte == b'\n')) {
            if line.trim_ascii().is_empty() || bad.len() >= 20 {
                continue;
            }
            match serde_json::from_slice(line) {
                Ok(logged) => log.push(logged),
                Err(error) => {
                    let said = error.to_string().replace(" at line 1 column ", " at column ");
                    let path = path.display();
                    bad.push(format!("{path}:{number}: {said}; a line is {{\"text\":\"…\"}}"));
                }
            }
        }
    }
    if !bad.is_empty() {
        return Err(Failure::Invalid(bad.join("\n       ")));
    }
    if log.is_empty() {
        return Err(Failure::Invalid("the logs hold no messages".to_owned()));
    }
    Ok(log)
}

fn tell(out: &mut impl Write, replay: &Replay, worst: usize) -> io::Result<()> {
    let Replay { messages, with_people, changed, groups } = replay;
    let share = *changed as f64 * 100.0 / (*messages).max(1) as f64;
    writeln!(
        out,
        "{messages} messages, {STRONG}{changed} decisions change{END} ({share:.1} %); {with_people} more were with people"
    )?;
    let mut last = None;
    for Group { kind, before, after, messages } in groups {
        if last != Some(*kind) {
            let colour = match kind {
                Kind::UrgentHandoffLost | Kind::HandoffLost | Kind::LessUrgent => BAD,
                Kind::NewAnswer | Kind::OtherWish => GOOD,
                _ => WARN,
            };
            let count: usize =
                groups.iter().filter(|g| g.kind == *kind).map(|g| g.messages.len()).sum();
            writeln!(out, "\n{colour}{}{END}: {count}", kind.means())?;
            last = Some(*kind);
        }
        writeln!(out, "  {STRONG}{}×{END} {before}  →  {after}", messages.len())?;
        for changed in messages.iter().take(worst) {
            let (text, line) = (harmless(&changed.text), changed.line);
            writeln!(out, "      {text:?} {DIM}(line {line}){END}")?;
        }
    }
    Ok(())
}
