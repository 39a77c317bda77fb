//! Where answers come from, and what can be wrong with them.

use std::fmt;

/// One file of answers or facts, as read by the caller.
#[derive(Clone, Copy, Debug)]
pub struct Source<'a> {
    /// The path that error messages name, with `/`. Its last parts tell what the file
    /// is: `shop.toml`, `<locale>/names.toml`, `<locale>/style.toml`, `<locale>/<any>.md`;
    /// a `style.toml` alone or in a folder `faq` is that of all locales.
    pub path: &'a str,
    /// The bytes of the file.
    pub bytes: &'a [u8],
}

/// One thing wrong with a file, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnswerError {
    /// A stable code: `unknown-fact`, `syntax`.
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

impl fmt::Display for AnswerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { code, path, line, column, excerpt, message, help } = self;
        writeln!(f, "error[{code}]: {message}")?;
        writeln!(f, "  --> {path}:{line}:{column}")?;
        writeln!(f, "   | {excerpt}")?;
        write!(f, "   = help: {help}")
    }
}

/// Everything wrong with a set of answers, in the order of files and lines. Never empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnswerErrors(pub Vec<AnswerError>);

impl fmt::Display for AnswerErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for error in &self.0 {
            writeln!(f, "{error}")?;
        }
        write!(f, "{} error(s)", self.0.len())
    }
}

impl std::error::Error for AnswerErrors {}
