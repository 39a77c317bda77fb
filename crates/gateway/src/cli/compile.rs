//! `switchboard compile`: fits weights to the samples.

use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;

use clap::Args;
use indicatif::{ProgressBar, ProgressDrawTarget};
use intent::{Lock, Progress};

use super::{Done, Failure};
use crate::files;
use crate::packs::{Faults, Intents, PackChoice, PackFile, PackFiles, sources};

/// Fit weights to the samples and write the weights.lock files
#[derive(Debug, Args)]
#[command(after_help = "\
  switchboard compile intents             the project's own packs
  switchboard compile --over myshop       a shop's packs together with the bundled ones
  switchboard compile --over bot --intents own    without the bundled intents
  switchboard compile --check intents     writes nothing; exit code 1 when a file is stale")]
pub(super) struct Compile {
    /// A folder with whole packs: intents.toml, concepts.toml, a folder a language
    #[arg(required_unless_present = "over")]
    packs: Option<PathBuf>,
    /// A shop's folder, laid over the bundled packs; its intents/ gets the files
    #[arg(long, value_name = "DIR", conflicts_with = "packs")]
    over: Option<PathBuf>,
    /// With --over: all intents, or the shop's own alone
    #[arg(long, value_name = "WHICH", value_enum, default_value_t, conflicts_with = "packs")]
    intents: Intents,
    /// Write nothing, and say which files are stale
    #[arg(long)]
    check: bool,
}

impl Compile {
    pub(super) fn run(self) -> Done {
        let (intents, folder) = match (&self.packs, &self.over) {
            (Some(packs), _) => (crate::packs::read_packs(packs)?, packs.clone()),
            (None, Some(shop)) => {
                let choice = PackChoice { intents: self.intents, ..PackChoice::over(shop) };
                (PackFiles::gather(&choice)?.intents, shop.join("intents"))
            }
            (None, None) => (Vec::new(), PathBuf::new()),
        };
        let locks = fit(&intents)?;
        let mut out = anstream::stdout().lock();
        let mut stale = 0;
        for Lock { path, text } in &locks {
            let file = folder.join(path);
            let fresh = files::read_if_there(&file)?.is_some_and(|old| old == text.as_bytes());
            if fresh {
                continue;
            }
            stale += 1;
            if self.check {
                writeln!(out, "stale {}", file.display())?;
            } else {
                files::replace(&file, text.as_bytes())?;
                writeln!(out, "wrote {} ({} bytes)", file.display(), text.len())?;
            }
        }
        let count = locks.len();
        writeln!(out, "{count} files, {stale} {}", if self.check { "stale" } else { "changed" })?;
        out.flush()?;
        if self.check && stale > 0 { Err(Failure::Expectation) } else { Ok(()) }
    }
}

fn fit(intents: &[PackFile]) -> Result<Vec<Lock>, Failure> {
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden());
    if io::stderr().is_terminal() {
        bar.set_draw_target(ProgressDrawTarget::stderr());
    }
    let mut tick = |progress: Progress| {
        bar.set_length(progress.total as u64);
        bar.set_position(progress.done as u64);
    };
    let locks = intent::fit(&sources(intents), &mut tick);
    bar.finish_and_clear();
    Ok(locks.map_err(|errors| Faults::of_packs(errors, intents))?)
}
