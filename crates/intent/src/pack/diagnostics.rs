//! Collects what is wrong with a set of sources, with places.

use super::{PackError, PackErrors, Source};

/// A place in the sources: which one, and the byte.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    pub(crate) source: usize,
    pub(crate) at: usize,
}

/// Everything found wrong so far.
#[derive(Debug)]
pub(crate) struct Diagnostics<'a> {
    sources: &'a [Source<'a>],
    errors: Vec<(Place, PackError)>,
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
        message: String,
        help: impl Into<String>,
    ) {
        let Some(source) = self.sources.get(place.source) else { return };
        let (line, column, excerpt) = locate(source.bytes, place.at);
        let error = PackError {
            code,
            path: source.path.to_owned(),
            line,
            column,
            excerpt,
            message,
            help: help.into(),
        };
        self.errors.push((place, error));
    }

    /// Takes over what was found elsewhere in the same sources.
    pub(crate) fn absorb(&mut self, other: Diagnostics<'_>) {
        self.errors.extend(other.errors);
    }

    pub(crate) fn path(&self, source: usize) -> &'a str {
        self.sources.get(source).map_or("", |source| source.path)
    }

    /// What was found, in the order of paths and places; `Ok` when nothing was.
    pub(crate) fn finish(mut self) -> Result<(), PackErrors> {
        if self.errors.is_empty() {
            return Ok(());
        }
        self.errors.sort_by(|(a, left), (b, right)| {
            (&left.path, a.at, left.code, &left.message).cmp(&(
                &right.path,
                b.at,
                right.code,
                &right.message,
            ))
        });
        self.errors.dedup();
        Err(PackErrors(self.errors.into_iter().map(|(_, error)| error).collect()))
    }
}

/// Line and column (from 1, in characters) of a byte, and the line, cut to 120 characters
/// around the column.
pub(crate) fn locate(bytes: &[u8], at: usize) -> (usize, usize, String) {
    let at = at.min(bytes.len());
    let start = bytes[..at].iter().rposition(|&b| b == b'\n').map_or(0, |p| p + 1);
    let end = bytes[at..].iter().position(|&b| b == b'\n').map_or(bytes.len(), |p| at + p);
    let line = 1 + bytes[..start].iter().filter(|&&b| b == b'\n').count();
    let column = 1 + String::from_utf8_lossy(&bytes[start..at]).chars().count();
    let text = String::from_utf8_lossy(&bytes[start..end]).into_owned();
    let from = if column > 100 { column - 60 } else { 0 };
    let excerpt: String = text.trim_end().chars().skip(from).take(120).collect();
    (line, column, excerpt)
}
