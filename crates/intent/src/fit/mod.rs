//! Fits weights to the packs' samples over the features of [`crate::features`], in one way
//! where there are many samples ([`train`]) and in another where there are few ([`margin`]).
//! Only additions, multiplications, divisions and square roots of IEEE 754 are used, so
//! that the same packs give the same bytes on every machine.

mod margin;
mod rarity;
mod sequence;
mod slips;
mod train;

use rustc_hash::FxHashMap;

use crate::compiled;
use crate::features::{self, Found, Key, Kind, Within};
use crate::lock::{self, Lock};
use crate::model::{Model, SHARED};
use crate::own_words::OwnWords;
use crate::pack::{PackErrors, Source, packs};
use crate::scan::Scan;
use crate::score::{Scores, exp};

/// How far fitting has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Steps done.
    pub done: usize,
    /// Steps in all.
    pub total: usize,
}

const FOLDS: usize = 4;
/// A pack of fewer samples has no second one for most of its words.
const FEW: usize = 5_000;

/// Fits weights to the samples of all packs in the sources.
///
/// Costs seconds a language; `progress` is called between the steps.
///
/// # Errors
/// What is wrong with the packs.
pub fn fit(
    sources: &[Source<'_>],
    progress: &mut dyn FnMut(Progress),
) -> Result<Vec<Lock>, PackErrors> {
    let packs = packs::read(sources, packs::Samples::Read)?;
    let model = compiled::model(&packs, sources)?;
    let own_words = slips::own_words(&packs, &model);
    let tags = || packs.languages.iter().map(|pack| pack.language.tag.as_str());
    let known = tags().zip(&own_words).map(|(tag, words)| (tag, words.iter().map(String::as_str)));
    let samples = packs.languages.iter().flat_map(|pack| &pack.entries);
    let few = samples.map(|entry| entry.samples.len() + entry.not.len()).sum::<usize>() < FEW;
    let data = Data::gather(&packs, &model, OwnWords::new(known), few);
    let total = if few { margin::steps(FOLDS) } else { train::steps(FOLDS) };
    let mut done = 0;
    let mut tick = || {
        done += 1;
        progress(Progress { done, total });
    };
    let fitted = if few { margin::fit(&data, &mut tick) } else { train::fit(&data, &mut tick) };
    let bias: Vec<i32> = fitted.bias.iter().map(|b| quantise(*b)).collect();
    let mut writer = lock::Writer::new(&model, sources, fitted.by_hand, fitted.temperature, &bias);
    for (feature, row) in data.features.iter().zip(fitted.by_feature.chunks(data.intents)) {
        let language = &packs.languages[feature.language].language.tag;
        let weights: Vec<i32> = row.iter().copied().map(quantise).collect();
        writer.add(feature.kind, language, &feature.name, &weights);
    }
    for (tag, words) in tags().zip(&own_words) {
        words.iter().for_each(|word| writer.add_own_word(tag, word));
    }
    Ok(writer.finish())
}

/// What was fitted.
#[derive(Debug)]
struct Weights {
    /// What hand-written evidence counts beside the fitted, in thousandths.
    by_hand: i32,
    /// By how much scores are divided before they become probabilities, in thousandths.
    temperature: i32,
    /// By intent.
    bias: Vec<f32>,
    /// By feature a row by intent, as they count where the feature is found.
    by_feature: Vec<f32>,
}

/// One sample as features.
#[derive(Debug)]
struct Example {
    intent: u16,
    /// Whether it must reach the intent; otherwise it must not.
    reaches: bool,
    lexical: Vec<u32>,
    conceptual: Vec<u32>,
    /// Hand-written evidence by intent, in units.
    by_hand: Vec<(u16, f32)>,
}

/// One sample before features are numbered: the intent, whether it must reach it (or must
/// not), the keys with whether they are lexical, and the hand-written evidence.
type Raw = (u16, bool, Vec<(Key, bool)>, Vec<(u16, f32)>);

/// Reads samples as features.
#[derive(Default)]
struct Gatherer {
    raw: Vec<Raw>,
    /// Those that are read otherwise in a conversation in their language, as they are there.
    amid: Vec<Raw>,
    seen: FxHashMap<Key, (u32, Feature)>,
    own_words: OwnWords,
    scan: Scan,
    scores: Scores,
    within: Within,
    /// The features of what was read last.
    found: Vec<Found>,
}

impl Gatherer {
    fn add(&mut self, model: &Model, language: usize, intent: u16, reaches: bool, text: &str) {
        let language = u8::try_from(language).unwrap_or(SHARED);
        self.scan.fill_in(model, Some(&self.own_words), text, Some(language));
        let alone = self.read(model, intent, reaches);
        let Self { seen, scan, found, .. } = self;
        for found in found.iter() {
            let (kind, language) = (found.kind(), usize::from(language));
            let feature = || Feature { kind, language, name: found.name(scan, model) };
            seen.entry(found.key).or_insert_with(|| (0, feature())).0 += 1;
        }
        // Only where there are many samples are they held.
        if self.within == Within::Beginnings {
            self.scan.fill_amid(model, Some(&self.own_words), text, language);
            let amid = self.read(model, intent, reaches);
            if amid != alone {
                self.amid.push(amid);
            }
        }
        self.raw.push(alone);
    }

    /// What was scanned.
    fn read(&mut self, model: &Model, intent: u16, reaches: bool) -> Raw {
        let Self { scan, scores, within, found, .. } = self;
        scores.fill(scan, model, None);
        found.clear();
        features::extract(scan, model, *within, |feature| found.push(feature));
        let mut keys: Vec<(Key, bool)> =
            found.iter().map(|found| (found.key, found.kind().is_lexical())).collect();
        // What stands twice counts twice, as the analyzer counts it.
        keys.sort_unstable();
        let by_hand = (0u16..).zip(&scores.whole.by_hand).filter(|(_, w)| **w != 0);
        let by_hand = by_hand.map(|(i, &w)| (i, w as f32 / 1000.0)).collect();
        (intent, reaches, keys, by_hand)
    }
}

/// A feature by name.
#[derive(Debug)]
struct Feature {
    kind: Kind,
    /// The index of its language; of no meaning for kinds that all share.
    language: usize,
    name: String,
}

#[derive(Debug, Default)]
struct Data {
    examples: Vec<Example>,
    /// Examples once more as they are read in a conversation, where that differs: not learnt
    /// from, but held.
    amid: Vec<Example>,
    features: Vec<Feature>,
    intents: usize,
    /// The index of what belongs to no intent.
    none: usize,
}

impl Data {
    fn gather(packs: &packs::Packs, model: &Model, own_words: OwnWords, few: bool) -> Self {
        let within = if few { Within::Everywhere } else { Within::Beginnings };
        let mut gatherer = Gatherer { own_words, within, ..Gatherer::default() };
        for (language, pack) in packs.languages.iter().enumerate() {
            for entry in &pack.entries {
                let intent = model.specs.iter().position(|s| s.id.as_str() == entry.id.text);
                let Some(intent) = intent.and_then(|at| u16::try_from(at).ok()) else { continue };
                for sample in &entry.samples {
                    gatherer.add(model, language, intent, true, &sample.text);
                }
                for sample in &entry.not {
                    gatherer.add(model, language, intent, false, &sample.text);
                }
            }
        }
        // Features other than whole words that fewer samples have are left out.
        let rarest = if few { 1 } else { 2 };
        Self::index(gatherer, model, rarest)
    }

    /// Numbers the features that occur often enough, in the order of their names.
    fn index(gatherer: Gatherer, model: &Model, rarest: u32) -> Self {
        let Gatherer { raw, amid, seen, .. } = gatherer;
        // What nothing looks like must be known before the outer form of a message can tell:
        // among wishes alone, it would only tell the long from the short.
        let shapes =
            raw.iter().any(|&(intent, reaches, ..)| reaches && usize::from(intent) == model.none);
        let mut kept: Vec<(Key, Feature)> = seen
            .into_iter()
            .filter(|(_, (count, feature))| match feature.kind {
                Kind::Word => true,
                Kind::Shape if !shapes => false,
                _ => *count >= rarest,
            })
            .map(|(key, (_, feature))| (key, feature))
            .collect();
        kept.sort_by(|(_, a), (_, b)| {
            (a.kind, a.language, &a.name).cmp(&(b.kind, b.language, &b.name))
        });
        let numbers: FxHashMap<Key, u32> =
            (0u32..).zip(&kept).map(|(i, (key, _))| (*key, i)).collect();
        let number = |(intent, reaches, keys, by_hand): Raw| {
            let pick = |lexical: bool| {
                let of_kind = keys.iter().filter(|(_, l)| *l == lexical);
                of_kind.filter_map(|(key, _)| numbers.get(key).copied()).collect()
            };
            Example { intent, reaches, lexical: pick(true), conceptual: pick(false), by_hand }
        };
        Self {
            examples: raw.into_iter().map(number).collect(),
            amid: amid.into_iter().map(number).collect(),
            features: kept.into_iter().map(|(_, feature)| feature).collect(),
            intents: model.specs.len(),
            none: model.none,
        }
    }

    /// By example, the part it is held out with. Samples that follow each other were thought
    /// of together and are alike: held out together they are as new as a stranger's message.
    fn folds(&self) -> Vec<usize> {
        let alike = |a: &Example, b: &Example| a.intent == b.intent && a.reaches == b.reaches;
        let runs = self.examples.chunk_by(alike);
        runs.flat_map(|run| (0..run.len()).map(|at| at * FOLDS / run.len())).collect()
    }

    /// By feature, how loud it speaks.
    fn loudness(&self) -> Vec<f32> {
        let mut spread = vec![0u32; self.features.len()];
        for example in &self.examples {
            for &feature in example.lexical.iter().chain(&example.conceptual) {
                spread[feature as usize] += 1;
            }
        }
        let samples = self.examples.len();
        spread.into_iter().map(|count| rarity::loudness(count, samples)).collect()
    }

    /// What those score that learn from all but one part of the samples, for the samples of
    /// that part. `learn` is told which examples to learn from.
    fn hold_out<S: Fn(&Example) -> Vec<f32>>(
        &self,
        mut learn: impl FnMut(&dyn Fn(usize) -> bool) -> S,
    ) -> Vec<HeldOut> {
        let folds = self.folds();
        let mut held_out = Vec::new();
        for fold in 0..FOLDS {
            let scores = learn(&|at| folds[at] != fold);
            let out = self.examples.iter().zip(&folds).filter(|(_, of)| **of == fold);
            held_out.extend(out.filter(|(example, _)| example.reaches).map(|(example, _)| {
                HeldOut { scores: scores(example), intent: usize::from(example.intent) }
            }));
        }
        held_out
    }
}

/// A sample that was not learnt from: what it scores by intent, and the right one.
#[derive(Debug)]
struct HeldOut {
    scores: Vec<f32>,
    intent: usize,
}

/// The temperature under which held-out samples are most probable, in thousandths.
fn temperature(held_out: &[HeldOut]) -> i32 {
    let of_all = |temperature: i32| -> f64 {
        held_out.iter().map(|out| loss(out, f64::from(temperature) / 1000.0)).sum()
    };
    let tried = (6..40).map(|tenth| tenth * 100);
    tried.min_by_key(|&temperature| (of_all(temperature) * 1000.0) as i64).unwrap_or(1000)
}

/// A measure that grows as the right intent gets less probable: 1 - p.
fn loss(HeldOut { scores, intent }: &HeldOut, temperature: f64) -> f64 {
    let best = scores.iter().copied().fold(f32::MIN, f32::max);
    let part = |s: f32| exp(f64::from(s - best) / temperature);
    let sum: f64 = scores.iter().map(|&s| part(s)).sum();
    let right = part(scores[*intent]) / sum;
    let square: f64 = scores.iter().map(|&s| (part(s) / sum) * (part(s) / sum)).sum();
    // The Brier score needs no logarithm.
    1.0 - 2.0 * right + square
}

fn quantise(weight: f32) -> i32 {
    (weight * 1000.0).round().clamp(-32_000.0, 32_000.0) as i32
}
