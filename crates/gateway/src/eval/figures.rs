//! Outcomes counted.

use std::collections::BTreeMap;

use super::Outcome;

/// A part of a whole.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Share {
    /// How many of them.
    pub part: usize,
    /// How many there are.
    pub of: usize,
}

impl Share {
    /// Counts one more.
    pub fn add(&mut self, belongs: bool) {
        self.part += usize::from(belongs);
        self.of += 1;
    }

    /// From 0 to 1; nothing where there is nothing to be a part of.
    #[must_use]
    pub fn value(self) -> Option<f64> {
        (self.of > 0).then(|| self.part as f64 / self.of as f64)
    }
}

/// Counts over some messages.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// How many.
    pub messages: usize,
    /// Right, of all.
    pub accuracy: Share,
    /// The language told is the one labelled, of those labelled with one.
    pub language: Share,
    /// Taken for something else than `none`, of all.
    pub answered: Share,
    /// Right, of those answered.
    pub answered_accuracy: Share,
    /// Acted on, not only guessed, of all.
    pub acted: Share,
    /// Right in what is acted on first, of those acted on.
    pub acted_accuracy: Share,
    /// Taken for `none`, of those labelled so.
    pub none_recall: Share,
    /// Labelled `none`, of those taken so.
    pub none_precision: Share,
    /// Taken as angry, of those labelled so.
    pub anger_recall: Share,
    /// Labelled angry, of those taken so, where the mood is labelled at all.
    pub anger_precision: Share,
    /// Acted on, of the labels of messages with several.
    pub wishes_found: Share,
    /// Every label acted on, of the messages with several.
    pub wishes_all_found: Share,
    /// Labelled, of the intents acted on.
    pub wishes_precision: Share,
}

/// A measure by name, and how it is read off a tally.
#[derive(Clone, Copy, Debug)]
pub struct Measure {
    /// In the JSON, and for `--floor`.
    pub name: &'static str,
    /// For people.
    pub title: &'static str,
    /// Reads it off.
    pub of: fn(&Tally) -> Share,
}

/// Every measure that a tally has.
pub const MEASURES: [Measure; 13] = [
    Measure { name: "accuracy", title: "accuracy", of: |t| t.accuracy },
    Measure { name: "language", title: "language told", of: |t| t.language },
    Measure { name: "answered", title: "answered", of: |t| t.answered },
    Measure {
        name: "answered_accuracy",
        title: "right of those answered",
        of: |t| t.answered_accuracy,
    },
    Measure { name: "acted", title: "acted on", of: |t| t.acted },
    Measure { name: "acted_accuracy", title: "right of those acted on", of: |t| t.acted_accuracy },
    Measure { name: "none_recall", title: "out of scope, recall", of: |t| t.none_recall },
    Measure { name: "none_precision", title: "out of scope, precision", of: |t| t.none_precision },
    Measure { name: "anger_recall", title: "anger, recall", of: |t| t.anger_recall },
    Measure { name: "anger_precision", title: "anger, precision", of: |t| t.anger_precision },
    Measure { name: "wishes_found", title: "several wishes, recall", of: |t| t.wishes_found },
    Measure {
        name: "wishes_all_found",
        title: "several wishes, all found",
        of: |t| t.wishes_all_found,
    },
    Measure {
        name: "wishes_precision",
        title: "reported wishes, precision",
        of: |t| t.wishes_precision,
    },
];

impl Tally {
    /// Counts one message.
    pub fn add(&mut self, outcome: &Outcome) {
        let Outcome { labelled, got, wishes, .. } = outcome;
        let (right, none) = (outcome.right(), got == "none");
        self.messages += 1;
        self.accuracy.add(right);
        if let Some(language) = outcome.language_right() {
            self.language.add(language);
        }
        self.answered.add(!none);
        self.acted.add(!wishes.is_empty());
        if let Some(first) = wishes.first() {
            self.acted_accuracy.add(labelled.is(first));
        }
        if !none {
            self.answered_accuracy.add(right);
            wishes.iter().for_each(|wish| self.wishes_precision.add(labelled.is(wish)));
        }
        let labelled_none = labelled.intent == "none";
        if labelled_none {
            self.none_recall.add(none);
        }
        if none {
            self.none_precision.add(labelled_none);
        }
        if labelled.angry == Some(true) {
            self.anger_recall.add(outcome.angry);
        }
        if let (Some(angry), true) = (labelled.angry, outcome.angry) {
            self.anger_precision.add(angry);
        }
        if labelled.labels().nth(1).is_some() {
            let found = |label: &str| match wishes.as_slice() {
                [] => label == "none",
                wishes => wishes.iter().any(|wish| wish == label),
            };
            labelled.labels().for_each(|label| self.wishes_found.add(found(label)));
            self.wishes_all_found.add(labelled.labels().all(found));
        }
    }
}

/// Tallies by language (or file), and over everything.
pub(super) fn tally(outcomes: &[Outcome]) -> (BTreeMap<&str, Tally>, Tally) {
    let mut groups: BTreeMap<&str, Tally> = BTreeMap::new();
    let mut all = Tally::default();
    for outcome in outcomes {
        groups.entry(&outcome.labelled.group).or_default().add(outcome);
        all.add(outcome);
    }
    (groups, all)
}

/// One intent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IntentFigures {
    /// Messages that count for it.
    pub labelled: usize,
    /// Messages that were taken for it.
    pub taken: usize,
    /// Both.
    pub right: usize,
}

impl IntentFigures {
    /// Right, of those taken for it.
    #[must_use]
    pub fn precision(&self) -> Option<f64> {
        Share { part: self.right, of: self.taken }.value()
    }

    /// Right, of those that count for it.
    #[must_use]
    pub fn recall(&self) -> Option<f64> {
        Share { part: self.right, of: self.labelled }.value()
    }

    /// The harmonic mean of the two.
    #[must_use]
    pub fn f1(&self) -> Option<f64> {
        Share { part: 2 * self.right, of: self.labelled + self.taken }.value()
    }
}

/// Every intent that was labelled or taken.
pub(super) fn by_intent(outcomes: &[Outcome]) -> BTreeMap<&str, IntentFigures> {
    let mut intents: BTreeMap<&str, IntentFigures> = BTreeMap::new();
    for outcome in outcomes {
        intents.entry(outcome.counts_for()).or_default().labelled += 1;
        let taken = intents.entry(&outcome.got).or_default();
        taken.taken += 1;
        taken.right += usize::from(outcome.right());
    }
    intents
}

/// What is taken for what: the label, the intent taken, how often.
pub(super) fn confusions(outcomes: &[Outcome]) -> Vec<(&str, &str, usize)> {
    let mut counts: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for outcome in outcomes.iter().filter(|outcome| !outcome.right()) {
        *counts.entry((&outcome.labelled.intent, &outcome.got)).or_default() += 1;
    }
    let mut confusions: Vec<_> = counts.into_iter().map(|((a, b), n)| (a, b, n)).collect();
    confusions.sort_by_key(|(_, _, count)| std::cmp::Reverse(*count));
    confusions
}

/// One place of the bar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Point {
    /// Confidence from which on a message is answered, in thousandths.
    pub bar: u16,
    /// Of all messages, those answered.
    pub answered: Share,
    /// Of those, the right ones.
    pub accuracy: Share,
}

/// How finely the bar is moved, in thousandths.
const STEP: u16 = 25;

/// How many are answered and how many of those rightly, as the bar moves.
pub(super) fn curve(outcomes: &[Outcome]) -> Vec<Point> {
    let point = |bar: u16| {
        let mut point = Point { bar, answered: Share::default(), accuracy: Share::default() };
        for outcome in outcomes {
            let answer = outcome.answer.as_ref().filter(|(_, permille)| *permille >= bar);
            point.answered.add(answer.is_some());
            if let Some((intent, _)) = answer {
                point.accuracy.add(outcome.labelled.is(intent));
            }
        }
        point
    };
    (0..=1000).step_by(usize::from(STEP)).map(point).collect()
}

/// Messages answered with a confidence in one range.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Bin {
    /// From this confidence on, in thousandths; up to the next bin's.
    pub from: u16,
    /// Of these messages, the right ones.
    pub accuracy: Share,
    /// The sum of their confidences, in thousandths.
    pub confidence: u64,
}

impl Bin {
    /// The mean confidence, 0 to 1.
    #[must_use]
    pub fn mean(&self) -> Option<f64> {
        (self.accuracy.of > 0).then(|| self.confidence as f64 / 1e3 / self.accuracy.of as f64)
    }
}

/// Ten bins of confidence over the messages that were answered.
pub(super) fn bins(outcomes: &[Outcome]) -> Vec<Bin> {
    let mut bins: Vec<Bin> = (0..10).map(|at| Bin { from: at * 100, ..Bin::default() }).collect();
    for outcome in outcomes.iter().filter(|outcome| outcome.got != "none") {
        if let Some(bin) = bins.get_mut(usize::from(outcome.confidence / 100).min(9)) {
            bin.accuracy.add(outcome.right());
            bin.confidence += u64::from(outcome.confidence);
        }
    }
    bins
}

/// The expected calibration error: how far confidence lies from accuracy, bin by bin.
pub(super) fn calibration_error(bins: &[Bin]) -> Option<f64> {
    let all: usize = bins.iter().map(|bin| bin.accuracy.of).sum();
    let gaps = bins.iter().filter_map(|bin| {
        Some((bin.mean()? - bin.accuracy.value()?).abs() * bin.accuracy.of as f64)
    });
    (all > 0).then(|| gaps.sum::<f64>() / all as f64)
}
