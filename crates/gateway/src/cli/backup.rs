//! `switchboard backup` and `switchboard restore`.

use std::io::Write;
use std::path::PathBuf;

use clap::Args;
use store::{Options, SqliteStore, Store};

use super::{Done, Failure, wait};
use crate::config::GivenData;
use crate::files;

/// The name of the database in the folder of state.
pub(super) const DATABASE: &str = "switchboard.db";

#[derive(Debug, Args)]
pub(super) struct Backup {
    /// The new file; one that is there is never written over
    file: PathBuf,
    #[command(flatten)]
    given: GivenData,
}

impl Backup {
    pub(super) fn run(self) -> Done {
        let settings = super::read(self.given.0)?;
        SqliteStore::copy(&settings.data.join(DATABASE), &self.file)?;
        writeln!(anstream::stdout(), "wrote {}", self.file.display())?;
        Ok(())
    }
}

#[derive(Debug, Args)]
#[command(after_help = "\
The backup is checked and brought to the present format before anything is touched. With
--replace the state of before stays beside it as switchboard.db.before.

  switchboard restore /var/backups/switchboard.db --data /var/lib/switchboard")]
pub(super) struct Restore {
    /// The backup
    file: PathBuf,
    /// Put it in the place of a database that is there
    #[arg(long)]
    replace: bool,
    #[command(flatten)]
    given: GivenData,
}

impl Restore {
    pub(super) fn run(self) -> Done {
        let settings = super::read(self.given.0)?;
        files::make_private_folder(&settings.data)?;
        let place = settings.data.join(DATABASE);
        let beside = |end: &str| settings.data.join(format!("{DATABASE}{end}"));
        if place.exists() && !self.replace {
            return Err(Failure::Invalid(format!(
                "{} is there\nhelp: add --replace to put the backup in its place",
                place.display()
            )));
        }
        // A log is left by a service that runs, or that ended without closing its store.
        let log = beside("-wal");
        if log.exists() {
            return Err(Failure::Invalid(format!(
                "{} is there: a service runs, or did not end well\n\
                 help: stop it; after a crash start it once more and stop it",
                log.display()
            )));
        }
        let new = beside(".restored");
        SqliteStore::copy(&self.file, &new)?;
        // Opening brings it to the present format, or says why it cannot be used.
        let store = SqliteStore::open(&new, Options::default())?;
        wait(async { Ok(store.close().await?) })?;
        drop(store);
        if place.exists() {
            files::rename(&place, &beside(".before"))?;
        }
        files::rename(&new, &place)?;
        let mut out = anstream::stdout().lock();
        writeln!(out, "restored {} from {}", place.display(), self.file.display())?;
        Ok(())
    }
}
