//! Packs and answers: those the binary carries, a shop's own laid over them, and what
//! they compile to.

mod difference;
mod embedded;
mod knowledge;
mod samples;
mod starter;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::{Path, PathBuf};

pub(crate) use difference::{between, unified};
pub use knowledge::{Fault, Faults, Knowledge};
pub use samples::Sample;
pub use starter::write_starter;

use crate::files::{self, FileError};

/// One file, from the binary or from a shop's folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackFile {
    /// The path from the root of the packs or answers: `es/tracking.toml`. What compiles
    /// them goes by it.
    pub path: String,
    /// What it holds.
    pub bytes: Cow<'static, [u8]>,
    /// Where it was read from; none for the binary's own.
    pub file: Option<PathBuf>,
}

impl PackFile {
    /// How it is named to people: where it was read from, or its place in the repository's
    /// `folder`.
    #[must_use]
    pub fn name(&self, folder: &str) -> String {
        match &self.file {
            Some(file) => file.to_string_lossy().replace('\\', "/"),
            None => format!("{folder}/{}", self.path),
        }
    }
}

/// Files of `intents/` as the compiler takes them.
#[must_use]
pub fn sources(intents: &[PackFile]) -> Vec<intent::Source<'_>> {
    intents.iter().map(|pack| intent::Source { path: &pack.path, bytes: &pack.bytes }).collect()
}

/// Which intents are understood.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Intents {
    /// The shop's own beside the bundled ones.
    #[default]
    All,
    /// The shop's own alone, in the languages that its folder has.
    Own,
}

/// Which packs and answers are used.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PackChoice {
    /// The shop's folder, laid over what the binary carries.
    pub shop: Option<PathBuf>,
    /// Which intents.
    pub intents: Intents,
}

impl PackChoice {
    /// A shop's folder over everything that the binary carries.
    #[must_use]
    pub fn over(shop: &Path) -> Self {
        Self { shop: Some(shop.to_owned()), ..Self::default() }
    }
}

/// Every file that packs and answers are compiled from, a shop's after the binary's.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PackFiles {
    /// Of `intents/`.
    pub intents: Vec<PackFile>,
    /// Of `faq/`.
    pub faq: Vec<PackFile>,
    /// Of `desk/`.
    pub desk: Vec<PackFile>,
}

impl PackFiles {
    /// The files that the binary carries.
    #[must_use]
    pub fn embedded() -> Self {
        let own = |list: &[(&str, &'static [u8])]| {
            let file = |&(path, bytes): &(&str, &'static [u8])| PackFile {
                path: path.to_owned(),
                bytes: Cow::Borrowed(bytes),
                file: None,
            };
            list.iter().map(file).collect()
        };
        Self { intents: own(embedded::INTENTS), faq: own(embedded::FAQ), desk: own(embedded::DESK) }
    }

    /// The shop's own files as text, by where they were read from.
    #[must_use]
    pub fn own(&self) -> BTreeMap<String, String> {
        let all = self.intents.iter().chain(&self.faq).chain(&self.desk);
        let own = all.filter_map(|pack| Some((pack.file.as_ref()?, &pack.bytes)));
        // Fitted weights are made from the rest, and nobody reads them.
        own.filter(|(path, _)| path.extension().is_none_or(|kind| kind != "lock"))
            .map(|(path, bytes)| {
                let text = String::from_utf8_lossy(bytes).into_owned();
                (path.to_string_lossy().replace('\\', "/"), text)
            })
            .collect()
    }

    /// The packs compiled beforehand, where they are the binary's own and nothing else.
    pub(crate) fn compiled(&self) -> Option<intent::Compiled> {
        let own = self.intents.len() == embedded::INTENTS.len()
            && self.intents.iter().all(|pack| matches!(pack.bytes, Cow::Borrowed(_)));
        own.then(|| intent::Compiled::from_bytes(embedded::COMPILED))?
    }

    /// Adds the files of a shop's folder: `intents/`, `faq/` and `desk/` in it.
    ///
    /// # Errors
    /// The folder is not there, has neither, or something in it cannot be read.
    pub fn with_shop(mut self, shop: &Path) -> Result<Self, FileError> {
        let (intents, faq, desk) = (shop.join("intents"), shop.join("faq"), shop.join("desk"));
        if !intents.is_dir() && !faq.is_dir() && !desk.is_dir() {
            return Err(FileError {
                path: shop.to_owned(),
                what: "has neither intents/ nor faq/ nor desk/; `switchboard init` writes such a folder"
                    .to_owned(),
            });
        }
        self.intents.extend(read_packs(&intents)?);
        self.faq.extend(read(&faq, &["toml", "md"])?);
        self.desk.extend(read(&desk, &["toml"])?);
        Ok(self)
    }

    /// The binary's files, and those of a shop where one is named.
    ///
    /// # Errors
    /// As [`PackFiles::with_shop`].
    pub fn gather(choice: &PackChoice) -> Result<Self, FileError> {
        let Some(shop) = &choice.shop else { return Ok(Self::embedded()) };
        let files = Self::embedded().with_shop(shop)?;
        Ok(match choice.intents {
            Intents::All => files,
            Intents::Own => files.without_bundled_intents(),
        })
    }

    /// Leaves out what the binary knows of intents. What it knows of languages stays, of
    /// those that the shop has a folder for.
    fn without_bundled_intents(mut self) -> Self {
        let own = self.intents.iter().filter(|file| file.file.is_some());
        let languages: BTreeSet<String> = own
            .filter_map(|file| file.path.split_once('/'))
            .map(|(language, _)| language.to_owned())
            .collect();
        self.intents.retain(|file| {
            file.file.is_some()
                || match file.path.split_once('/') {
                    None => file.path == "concepts.toml",
                    Some((language, name)) => {
                        matches!(name, "language.toml" | "concepts.toml")
                            && languages.contains(language)
                    }
                }
        });
        self
    }
}

/// Reads a folder of packs.
///
/// # Errors
/// Something in it cannot be read.
pub fn read_packs(folder: &Path) -> Result<Vec<PackFile>, FileError> {
    read(folder, &["toml", "lock"])
}

fn read(folder: &Path, extensions: &[&str]) -> Result<Vec<PackFile>, FileError> {
    let files = files::read_folder(folder, extensions)?;
    let pack = |file: files::FolderFile| PackFile {
        file: Some(folder.join(&file.path)),
        path: file.path,
        bytes: Cow::Owned(file.bytes),
    };
    Ok(files.into_iter().map(pack).collect())
}

/// A string as TOML writes it, on one line.
pub(crate) fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            c if c.is_control() => {
                let _ = write!(out, "\\u{:04X}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}
