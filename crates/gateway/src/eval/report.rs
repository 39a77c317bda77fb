//! The figures as a file: what `--json` writes and `--baseline` reads.

use std::collections::{BTreeMap, BTreeSet};

use intent::Analyzer;
use serde::{Deserialize, Serialize};

use super::figures::{self, MEASURES, Tally};
use super::{Labelled, Outcome, Reason, judge};

/// The first field of the file; a number that grows when an older reader would misread it.
pub const FORMAT: &str = "switchboard-eval/1";

/// Everything measured, and every message.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// [`FORMAT`].
    pub format: String,
    /// The hash of the packs.
    pub packs: String,
    /// Every figure by name, as `--floor` knows them; those without anything to measure are
    /// left out. `accuracy` is the mean over languages, `accuracy.es` one language's.
    pub figures: BTreeMap<String, f64>,
    /// By language, or by file where lines name none.
    pub languages: Vec<LanguageBody>,
    /// By intent, by id.
    pub intents: Vec<IntentBody>,
    /// Labels that the packs do not declare, with how many messages carry them first.
    pub unknown_labels: BTreeMap<String, usize>,
    /// Share answered and accuracy of the answered, as the bar moves.
    pub curve: Vec<PointBody>,
    /// Confidence against accuracy, over what was answered.
    pub calibration: Vec<BinBody>,
    /// What was taken for what, the most frequent first.
    pub confusions: Vec<ConfusionBody>,
    /// Every message, in the order of the files.
    pub messages: Vec<MessageBody>,
}

/// The figures of one language.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LanguageBody {
    /// The language, or the file.
    pub lang: String,
    /// How many messages.
    pub messages: usize,
    /// By name; those without anything to measure are left out.
    pub figures: BTreeMap<String, f64>,
}

/// The figures of one intent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct IntentBody {
    /// The id.
    pub id: String,
    /// Messages that count for it.
    pub labelled: usize,
    /// Messages taken for it.
    pub taken: usize,
    /// Both.
    pub right: usize,
    /// Right of those taken.
    pub precision: Option<f64>,
    /// Right of those labelled.
    pub recall: Option<f64>,
    /// The harmonic mean of the two.
    pub f1: Option<f64>,
}

/// One place of the bar.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct PointBody {
    /// The confidence from which on a message is answered.
    pub bar: f64,
    /// The share answered.
    pub answered: f64,
    /// The share right of those.
    pub accuracy: Option<f64>,
}

/// One range of confidence.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct BinBody {
    /// From here …
    pub from: f64,
    /// … to here.
    pub to: f64,
    /// How many messages.
    pub messages: usize,
    /// Their mean confidence.
    pub confidence: Option<f64>,
    /// The share right.
    pub accuracy: Option<f64>,
}

/// One intent taken for another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConfusionBody {
    /// The label.
    pub labelled: String,
    /// What it was taken for.
    pub got: String,
    /// How often.
    pub messages: usize,
}

/// One message.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MessageBody {
    /// The language, or the file.
    pub lang: String,
    /// What the customer typed.
    pub text: String,
    /// The label.
    pub intent: String,
    /// The labels beside it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<String>,
    /// What it was taken for.
    pub got: String,
    /// How surely.
    pub confidence: f64,
    /// Whether that is right.
    pub right: bool,
    /// What would be answered if there were no bar.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unbarred: Option<Unbarred>,
    /// Every wish reported.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub wishes: Vec<String>,
    /// The language told.
    pub language: String,
    /// Whether it was taken as angry.
    pub angry: bool,
    /// Why, where it is wrong.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<Reason>,
}

/// The surest wish, whether or not it reaches the bar.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Unbarred {
    /// Which.
    pub intent: String,
    /// How sure.
    pub confidence: f64,
}

impl Report {
    /// Reads the messages with an analyzer and counts.
    #[must_use]
    pub fn make(analyzer: &Analyzer, messages: &[Labelled]) -> Self {
        let outcomes = judge(analyzer, messages);
        let declared: BTreeSet<&str> =
            analyzer.intents().iter().map(|spec| spec.id.as_str()).collect();
        let mut unknown_labels = BTreeMap::new();
        for labelled in messages.iter().filter(|m| !declared.contains(m.intent.as_str())) {
            *unknown_labels.entry(labelled.intent.clone()).or_default() += 1;
        }
        Self { unknown_labels, ..Self::of(&outcomes, analyzer.packs_hash()) }
    }

    /// Counts.
    pub(crate) fn of(outcomes: &[Outcome], packs: &str) -> Self {
        let (groups, all) = figures::tally(outcomes);
        let intents = intents(outcomes);
        let bins = figures::bins(outcomes);
        let mut figures = named(&all);
        for (name, value) in [
            ("accuracy_pooled", all.accuracy.value()),
            ("accuracy", mean(groups.values().map(|tally| tally.accuracy.value()))),
            ("f1_macro", mean(intents.iter().filter(|i| i.labelled > 0).map(|i| i.f1))),
            ("calibration_error", figures::calibration_error(&bins)),
        ] {
            if let Some(value) = value {
                figures.insert(name.to_owned(), rounded(value));
            }
        }
        let languages: Vec<LanguageBody> = groups
            .iter()
            .map(|(lang, tally)| LanguageBody {
                lang: (*lang).to_owned(),
                messages: tally.messages,
                figures: named(tally),
            })
            .collect();
        for language in &languages {
            let own = language.figures.iter();
            figures.extend(own.map(|(name, v)| (format!("{name}.{}", language.lang), *v)));
        }
        Self {
            format: FORMAT.to_owned(),
            packs: packs.to_owned(),
            figures,
            languages,
            intents,
            unknown_labels: BTreeMap::new(),
            curve: figures::curve(outcomes).iter().map(PointBody::from).collect(),
            calibration: bins.iter().map(BinBody::from).collect(),
            confusions: figures::confusions(outcomes)
                .into_iter()
                .map(|(labelled, got, messages)| ConfusionBody {
                    labelled: labelled.to_owned(),
                    got: got.to_owned(),
                    messages,
                })
                .collect(),
            messages: outcomes.iter().map(MessageBody::from).collect(),
        }
    }

    /// The messages that are wrong: those answered first, the surest first, since these do
    /// the harm.
    pub fn worst(&self) -> impl Iterator<Item = &MessageBody> {
        let mut wrong: Vec<&MessageBody> = self.messages.iter().filter(|m| !m.right).collect();
        wrong.sort_by(|a, b| {
            let answered = |m: &MessageBody| m.got != "none";
            answered(b).cmp(&answered(a)).then(b.confidence.total_cmp(&a.confidence))
        });
        wrong.into_iter()
    }
}

fn named(tally: &Tally) -> BTreeMap<String, f64> {
    let named = |measure: &figures::Measure| {
        Some((measure.name.to_owned(), rounded((measure.of)(tally).value()?)))
    };
    MEASURES.iter().filter_map(named).collect()
}

fn mean(values: impl Iterator<Item = Option<f64>>) -> Option<f64> {
    let values: Vec<f64> = values.flatten().collect();
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

/// To four places: what is beyond says nothing and makes files differ.
fn rounded(value: f64) -> f64 {
    (value * 1e4).round() / 1e4
}

fn intents(outcomes: &[Outcome]) -> Vec<IntentBody> {
    figures::by_intent(outcomes)
        .into_iter()
        .map(|(id, counts)| IntentBody {
            id: id.to_owned(),
            labelled: counts.labelled,
            taken: counts.taken,
            right: counts.right,
            precision: counts.precision().map(rounded),
            recall: counts.recall().map(rounded),
            f1: counts.f1().map(rounded),
        })
        .collect()
}

impl From<&figures::Point> for PointBody {
    fn from(point: &figures::Point) -> Self {
        Self {
            bar: f64::from(point.bar) / 1e3,
            answered: point.answered.value().map_or(0.0, rounded),
            accuracy: point.accuracy.value().map(rounded),
        }
    }
}

impl From<&figures::Bin> for BinBody {
    fn from(bin: &figures::Bin) -> Self {
        Self {
            from: f64::from(bin.from) / 1e3,
            to: f64::from(bin.from + 100) / 1e3,
            messages: bin.accuracy.of,
            confidence: bin.mean().map(rounded),
            accuracy: bin.accuracy.value().map(rounded),
        }
    }
}

impl From<&Outcome> for MessageBody {
    fn from(outcome: &Outcome) -> Self {
        let Outcome { labelled, got, confidence, answer, wishes, language, angry, reasons } =
            outcome;
        Self {
            lang: labelled.group.clone(),
            text: labelled.text.clone(),
            intent: labelled.intent.clone(),
            also: labelled.also.clone(),
            got: got.clone(),
            confidence: f64::from(*confidence) / 1e3,
            right: outcome.right(),
            unbarred: answer.as_ref().map(|(intent, permille)| Unbarred {
                intent: intent.clone(),
                confidence: f64::from(*permille) / 1e3,
            }),
            wishes: wishes.clone(),
            language: language.clone(),
            angry: *angry,
            evidence: reasons.clone(),
        }
    }
}
