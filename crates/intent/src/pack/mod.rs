//! Packs: the files that teach the analyzer, and what is wrong with them.

pub(crate) mod concepts;
pub(crate) mod diagnostics;
pub(crate) mod document;
mod file;
pub(crate) mod intents;
pub(crate) mod language;
pub(crate) mod packs;
pub(crate) mod pattern;
mod skip;

use std::fmt;

/// One file of a pack, as read by the caller.
#[derive(Clone, Copy, Debug)]
pub struct Source<'a> {
    /// The path that error messages name, relative to the pack's root, with `/`:
    /// `es/tracking.toml`.
    pub path: &'a str,
    /// The bytes of the file.
    pub bytes: &'a [u8],
}

/// One thing wrong with a pack, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackError {
    /// A stable code: `unknown-intent`, `syntax`.
    pub code: &'static str,
    /// The file.
    pub path: String,
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// The line itself, shortened when very long.
    pub excerpt: String,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub help: String,
}

impl fmt::Display for PackError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { code, path, line, column, excerpt, message, help } = self;
        writeln!(f, "error[{code}]: {message}")?;
        writeln!(f, "  --> {path}:{line}:{column}")?;
        writeln!(f, "   | {excerpt}")?;
        write!(f, "   = help: {help}")
    }
}

/// Everything wrong with a set of packs, in the order of files and lines. Never empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackErrors(pub Vec<PackError>);

impl fmt::Display for PackErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for error in &self.0 {
            writeln!(f, "{error}")?;
        }
        write!(f, "{} error(s)", self.0.len())
    }
}

impl std::error::Error for PackErrors {}
