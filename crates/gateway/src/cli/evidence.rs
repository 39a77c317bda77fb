//! `switchboard evidence`: what a marketplace or a bank asks for in a dispute.

use std::io::Write;
use std::path::PathBuf;

use clap::Args;
use desk::TicketId;
use sha2::{Digest, Sha256};
use store::Store;

use super::{Done, Failure, wait};
use crate::app::App;
use crate::clock::Clock;
use crate::config::GivenData;
use crate::database;
use crate::files;
use crate::packs::{Knowledge, PackFiles};
use crate::turn;

#[derive(Debug, Args)]
#[command(after_help = "\
Writes messages.jsonl, events.jsonl, ticket.json, summary.txt, evidence.html and SHA256SUMS.
Each message carries the hash that ties it to all before it; `sha256sum -c SHA256SUMS` shows
that the folder is as it was written. Exit code 1 says that the chain of hashes is broken.

  switchboard evidence 0199c1a2-… --out dispute-4711")]
pub(super) struct Evidence {
    /// The ticket
    ticket: String,
    /// The folder to write; it must be new or empty [default: evidence-TICKET]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// The language in which intents are named
    #[arg(long, value_name = "TAG", default_value = "en")]
    language: String,
    #[command(flatten)]
    given: GivenData,
}

impl Evidence {
    pub(super) fn run(self) -> Done {
        let settings = super::read(self.given.0)?;
        let out = self.out.unwrap_or_else(|| PathBuf::from(format!("evidence-{}", self.ticket)));
        let knowledge = Knowledge::compile(&PackFiles::gather(&settings.packs)?)?;
        let store = wait(async { Ok(database::open(&settings).await?) })?;
        let app = App::new(&settings, knowledge, store, Clock::system());
        let case = wait(async {
            let case = turn::evidence(&app, &TicketId::new(&self.ticket), &self.language).await?;
            app.store.close().await?;
            Ok(case)
        })?;
        let mut sums = String::new();
        for (name, text) in &case.files {
            files::write_new(&out.join(name), text.as_bytes())?;
            let digest = Sha256::digest(text.as_bytes());
            let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
            sums.push_str(&format!("{hex}  {name}\n"));
        }
        files::write_new(&out.join("SHA256SUMS"), sums.as_bytes())?;
        let mut say = anstream::stdout().lock();
        writeln!(say, "wrote {} files to {}", case.files.len() + 1, out.display())?;
        match case.broken {
            None => Ok(()),
            Some(seq) => {
                writeln!(say, "the chain of hashes is broken at message {seq}")?;
                Err(Failure::Expectation)
            }
        }
    }
}
