//! `switchboard backup` and `switchboard restore`.

#[cfg(test)]
mod tests;

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::Args;
use store::{BackupFile, Options, SqliteStore, Store};

use super::{Done, Failure, wait};
use crate::attachments::Attachments;
use crate::config::{GivenData, Settings};
use crate::files;

use crate::database::FILE as DATABASE;

/// Only a file is copied here.
fn refuse_server(settings: &Settings) -> Done {
    if settings.database.is_none() {
        return Ok(());
    }
    Err(Failure::Invalid(
        "the state is in PostgreSQL, whose own programs copy it\n\
         help: pg_dump --format=custom URL > FILE, and pg_restore --clean --dbname URL FILE; \
         copy the folder `attachments` in DIR beside it"
            .to_owned(),
    ))
}

#[derive(Debug, Args)]
#[command(after_help = "\
The file holds the database and the files that customers sent; settings and the shop's own
folder are not in it. The service may run.

  switchboard backup /var/backups/switchboard.db --data /var/lib/switchboard")]
pub(super) struct Backup {
    /// The new file; one that is there is never written over
    file: PathBuf,
    #[command(flatten)]
    given: GivenData,
}

impl Backup {
    pub(super) fn run(self) -> Done {
        let settings = super::read(self.given.0)?;
        refuse_server(&settings)?;
        let count = back_up(&settings.data, &self.file)?;
        let file = self.file.display();
        writeln!(anstream::stdout(), "wrote {file}, with {count} files of customers")?;
        Ok(())
    }
}

/// Copies database and attachments into one file. Says how many attachments.
fn back_up(data: &Path, file: &Path) -> Result<usize, Failure> {
    let database = data.join(DATABASE);
    let backup = BackupFile::make(&database, file)?;
    // The database first: a file is on disk before a message names it, and stays.
    let added = add_attachments(&Attachments::below(data), backup);
    if added.is_err() {
        // Whole or not at all.
        files::remove(file)?;
    }
    added
}

fn add_attachments(attachments: &Attachments, backup: BackupFile) -> Result<usize, Failure> {
    let names = attachments.names()?;
    for name in &names {
        backup.add(name, &attachments.stored(name)?)?;
    }
    backup.finish()?;
    Ok(names.len() / 2)
}

#[derive(Debug, Args)]
#[command(after_help = "\
The backup is checked and brought to the present format before anything is touched. With
--replace the state of before stays beside it as switchboard.db.before; files of customers
that are there stay.

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
        refuse_server(&settings)?;
        let count = restore(&self.file, &settings.data, self.replace)?;
        let (place, file) = (settings.data.join(DATABASE), self.file.display());
        let mut out = anstream::stdout().lock();
        writeln!(
            out,
            "restored {} from {file}, and {count} files of customers that were not there",
            place.display()
        )?;
        Ok(())
    }
}

/// Puts a backup in place. Says how many attachments were written.
fn restore(file: &Path, data: &Path, replace: bool) -> Result<usize, Failure> {
    files::make_private_folder(data)?;
    let place = data.join(DATABASE);
    let beside = |end: &str| data.join(format!("{DATABASE}{end}"));
    if place.exists() && !replace {
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
    SqliteStore::copy(file, &new)?;
    let checked = check(&new, &Attachments::below(data));
    if checked.is_err() {
        // In nobody's way when it is tried again.
        files::remove(&new)?;
    }
    let written = checked?;
    if place.exists() {
        files::rename(&place, &beside(".before"))?;
    }
    files::rename(&new, &place)?;
    Ok(written)
}

/// Brings a copy of a backup to the present format, its attachments to where they belong.
fn check(new: &Path, attachments: &Attachments) -> Result<usize, Failure> {
    let backup = BackupFile::open(new)?;
    let mut written = 0;
    // In order: a file comes before what makes it known.
    for name in backup.names()? {
        let bytes = backup.read(&name)?.unwrap_or_default();
        let put = attachments.put_back(&name, &bytes)?;
        let foreign = || Failure::Invalid(format!("{name:?} is no file that a backup holds"));
        let new = put.ok_or_else(foreign)?;
        written += usize::from(new && !name.ends_with(".json"));
    }
    backup.forget()?;
    // Opening brings it to the present format, or says why it cannot be used.
    let store = SqliteStore::open(new, Options::default())?;
    wait(async { Ok(store.close().await?) })?;
    Ok(written)
}
