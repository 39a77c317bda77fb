//! Two evaluations of the same messages, message by message.

use std::collections::BTreeMap;

use super::report::{MessageBody, Report};

/// What became of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// It was right and is wrong.
    Broken,
    /// It was wrong and is wrong in another way.
    Moved,
    /// It was wrong and is right.
    Mended,
}

impl Verdict {
    /// In the JSON and for people.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Broken => "broken",
            Self::Moved => "moved",
            Self::Mended => "mended",
        }
    }
}

/// A message that is taken for something else than before.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Change<'r> {
    /// For better or worse.
    pub verdict: Verdict,
    /// As it was.
    pub before: &'r MessageBody,
    /// As it is.
    pub after: &'r MessageBody,
}

/// What differs.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference<'r> {
    /// Messages that both have.
    pub common: usize,
    /// Messages that only the newer one has.
    pub new: usize,
    /// Messages that only the older one has.
    pub gone: usize,
    /// What changed, broken first, the surest first.
    pub changes: Vec<Change<'r>>,
    /// Figures that changed: name, before, after. Without those of single languages.
    pub figures: Vec<(&'r str, f64, f64)>,
}

impl<'r> Difference<'r> {
    /// Compares two evaluations. A message is the same when language, text and label are; one
    /// that stands there several times is compared in order.
    #[must_use]
    pub fn between(before: &'r Report, after: &'r Report) -> Self {
        let mut old: BTreeMap<(&str, &str, &str), Vec<&MessageBody>> = BTreeMap::new();
        // Taken from the back, so that the first is compared with the first.
        for message in before.messages.iter().rev() {
            old.entry(key(message)).or_default().push(message);
        }
        let (mut common, mut new) = (0, 0);
        let mut changes = Vec::new();
        for message in &after.messages {
            let Some(was) = old.get_mut(&key(message)).and_then(Vec::pop) else {
                new += 1;
                continue;
            };
            common += 1;
            let verdict = match (was.right, message.right) {
                (true, false) => Verdict::Broken,
                (false, true) => Verdict::Mended,
                (false, false) if was.got != message.got => Verdict::Moved,
                _ => continue,
            };
            changes.push(Change { verdict, before: was, after: message });
        }
        changes.sort_by(|a, b| {
            let surer = b.after.confidence.total_cmp(&a.after.confidence);
            a.verdict.cmp(&b.verdict).then(surer)
        });
        let figures = after.figures.iter().filter_map(|(name, &value)| {
            let was = *before.figures.get(name)?;
            (!name.contains('.') && was.total_cmp(&value).is_ne()).then_some((
                name.as_str(),
                was,
                value,
            ))
        });
        Self {
            common,
            new,
            gone: old.values().map(Vec::len).sum(),
            changes,
            figures: figures.collect(),
        }
    }

    /// How many messages changed in one way.
    #[must_use]
    pub fn count(&self, verdict: Verdict) -> usize {
        self.changes.iter().filter(|change| change.verdict == verdict).count()
    }
}

fn key(message: &MessageBody) -> (&str, &str, &str) {
    (&message.lang, &message.text, &message.intent)
}
