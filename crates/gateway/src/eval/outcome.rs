//! What the analyzer made of one labelled message.

use std::panic::resume_unwind;
use std::thread;

use intent::{Analyzer, EmotionLabel, Hints, IntentMatch};
use serde::{Deserialize, Serialize};

use super::Labelled;

/// A labelled message and what was understood of it.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The message and its labels.
    pub labelled: Labelled,
    /// What it was taken for, be it a guess; `none` where nothing reached the bar.
    pub got: String,
    /// How sure, in thousandths.
    pub confidence: u16,
    /// What would be answered if there were no bar, and how surely, in thousandths. Absent
    /// where `none` is the most probable of all, which no bar changes.
    pub answer: Option<(String, u16)>,
    /// Every intent that is acted on, the surest first; a guess is none.
    pub wishes: Vec<String>,
    /// The language that was told.
    pub language: String,
    /// Whether it was taken as angry.
    pub angry: bool,
    /// Why: of what it was taken for and of what it is. Only where the two differ.
    pub reasons: Vec<Reason>,
}

/// A rule that spoke.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// For which intent.
    pub intent: String,
    /// The rule by name.
    pub rule: String,
    /// The customer's words.
    pub words: String,
    /// In thousandths.
    pub weight: i32,
}

/// How many rules are told of an intent.
const REASONS: usize = 4;

impl Outcome {
    fn of(analyzer: &Analyzer, labelled: &Labelled) -> Self {
        let analysis = analyzer.analyze(&labelled.text, &Hints::default());
        let got = analysis.intent.as_str().to_owned();
        let confidence = analysis.confidence.permille();
        let first = analysis.intents.iter().find(|found| !found.denied);
        let answer = first
            // Where `none` won, its own probability is what had to be beaten.
            .filter(|found| got != "none" || found.confidence.permille() >= confidence)
            .map(|found| (found.id.as_str().to_owned(), found.confidence.permille()));
        let mut outcome = Self {
            labelled: labelled.clone(),
            got,
            confidence,
            answer,
            wishes: analysis.wishes().map(|found| found.id.as_str().to_owned()).collect(),
            language: analysis.language.tag.to_string(),
            angry: analysis.emotion.label == EmotionLabel::Angry,
            reasons: Vec::new(),
        };
        if !outcome.right() {
            let told = |found: &&IntentMatch| {
                outcome.got == found.id.as_str() || labelled.is(found.id.as_str())
            };
            outcome.reasons = analysis
                .intents
                .iter()
                .filter(told)
                .flat_map(|found| reasons(found, &labelled.text))
                .collect();
        }
        outcome
    }

    /// Whether it was taken for its label or for one beside it.
    #[must_use]
    pub fn right(&self) -> bool {
        self.labelled.is(&self.got)
    }

    /// The label that the message counts for: what it was taken for where that is right.
    #[must_use]
    pub fn counts_for(&self) -> &str {
        if self.right() { &self.got } else { &self.labelled.intent }
    }

    /// Whether the language told is the one labelled; `pt-BR` is `pt` too.
    #[must_use]
    pub fn language_right(&self) -> Option<bool> {
        let lang = self.labelled.lang.as_deref()?;
        let rest = self.language.strip_prefix(lang);
        Some(rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('-')))
    }
}

impl Labelled {
    /// Whether an intent is the label or one beside it.
    #[must_use]
    pub fn is(&self, intent: &str) -> bool {
        self.intent == intent || self.also.iter().any(|also| also == intent)
    }

    /// Every label, each once, the first first.
    pub fn labels(&self) -> impl Iterator<Item = &str> {
        let also = self.also.iter().filter(|also| **also != self.intent);
        std::iter::once(self.intent.as_str()).chain(also.map(String::as_str))
    }
}

fn reasons(found: &IntentMatch, text: &str) -> Vec<Reason> {
    let reason = |e: &intent::Evidence| Reason {
        intent: found.id.as_str().to_owned(),
        rule: e.rule.to_string(),
        words: e.span.of(text).to_owned(),
        weight: e.weight,
    };
    found.evidence.iter().take(REASONS).map(reason).collect()
}

/// Reads every message, on all processors, in their order.
#[must_use]
pub fn judge(analyzer: &Analyzer, messages: &[Labelled]) -> Vec<Outcome> {
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let share = messages.len().div_ceil(threads).max(1);
    thread::scope(|scope| {
        let workers: Vec<_> = messages
            .chunks(share)
            .map(|part| {
                scope.spawn(move || part.iter().map(|m| Outcome::of(analyzer, m)).collect())
            })
            .collect();
        let parts = workers.into_iter().map(|worker| worker.join());
        parts
            .flat_map(|part: thread::Result<Vec<_>>| part.unwrap_or_else(|p| resume_unwind(p)))
            .collect()
    })
}
