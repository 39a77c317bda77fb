//! Collects what is wrong with a set of sources, with places.

use crate::{AnswerError, AnswerErrors, Source};

/// How many characters of a line are shown.
const EXCERPT_CHARS: usize = 120;

/// A place in the sources: which one, and the byte.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    pub(crate) source: usize,
    pub(crate) at: usize,
}

impl Place {
    /// The place `by` bytes further on.
    pub(crate) fn plus(self, by: usize) -> Self {
        Self { at: self.at + by, ..self }
    }
}

/// Everything found wrong so far.
#[derive(Debug)]
pub(crate) struct Diagnostics<'a> {
    sources: &'a [Source<'a>],
    errors: Vec<(Place, AnswerError)>,
}

impl<'a> Diagnostics<'a> {
    pub(crate) fn new(sources: &'a [Source<'a>]) -> Self {
        Self { sources, errors: Vec::new() }
    }

    /// Notes an error at a place.
    pub(crate) fn error(
        &mut self,
        place: Place,
        code: &'static str,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        let (path, bytes) = self
            .sources
            .get(place.source)
            .map_or(("", &[][..]), |source| (source.path, source.bytes));
        let (line, column, excerpt) = locate(bytes, place.at);
        let error = AnswerError {
            code,
            path: path.to_owned(),
            line,
            column,
            excerpt,
            message: message.into(),
            help: help.into(),
        };
        self.errors.push((place, error));
    }

    /// Notes that a file is not there or not where it belongs.
    pub(crate) fn absent(
        &mut self,
        path: &str,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        self.lacking("missing-file", path, message, help);
    }

    /// Notes that no source has something, which `path` would have.
    pub(crate) fn lacking(
        &mut self,
        code: &'static str,
        path: &str,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        let error = AnswerError {
            code,
            path: path.to_owned(),
            line: 1,
            column: 1,
            excerpt: String::new(),
            message: message.into(),
            help: help.into(),
        };
        self.errors.push((Place { source: usize::MAX, at: 0 }, error));
    }

    /// What was found, in the order of sources and places; `Ok` when nothing was.
    pub(crate) fn finish(mut self) -> Result<(), AnswerErrors> {
        if self.errors.is_empty() {
            return Ok(());
        }
        self.errors.sort_by(|(a, left), (b, right)| {
            (a, left.code, &left.path, &left.message).cmp(&(
                b,
                right.code,
                &right.path,
                &right.message,
            ))
        });
        self.errors.dedup();
        Err(AnswerErrors(self.errors.into_iter().map(|(_, error)| error).collect()))
    }
}

/// Line and column (from 1, in characters) of a byte, and the line, shortened around the column.
fn locate(bytes: &[u8], at: usize) -> (usize, usize, String) {
    let (before, after) = bytes.split_at(at.min(bytes.len()));
    let start = before.iter().rposition(|&byte| byte == b'\n').map_or(0, |newline| newline + 1);
    let rest = after.split(|&byte| byte == b'\n').next().unwrap_or_default();
    let line = 1 + before.iter().filter(|&&byte| byte == b'\n').count();
    let head = String::from_utf8_lossy(&before[start..]).into_owned();
    let column = 1 + head.chars().count();
    let from = if column > EXCERPT_CHARS { column - EXCERPT_CHARS / 2 } else { 0 };
    let whole = head + &String::from_utf8_lossy(rest);
    (line, column, whole.trim_end().chars().skip(from).take(EXCERPT_CHARS).collect())
}
