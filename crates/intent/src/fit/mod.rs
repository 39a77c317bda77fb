//! Fits weights to the packs' samples: a multinomial logistic regression over the
//! features of [`crate::features`], trained by stochastic gradient steps in a fixed order.
//! Only additions, multiplications, divisions and square roots of IEEE 754 are used, so
//! that the same packs give the same bytes on every machine.

mod recipe;
mod slips;
mod train;

use rustc_hash::FxHashMap;

use crate::compiled;
use crate::features::{self, Key, Kind};
use crate::lock::{self, Lock};
use crate::model::Model;
use crate::own_words::OwnWords;
use crate::pack::{PackErrors, Source, packs};
use crate::scan::Scan;
use crate::score::{Scores, exp};
use recipe::Recipe;
use train::Trainer;

/// How far fitting has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Steps done.
    pub done: usize,
    /// Steps in all.
    pub total: usize,
}

/// What hand-written evidence counts beside the fitted, in thousandths.
const BY_HAND: i32 = 2200;
const FOLDS: usize = 4;

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
    let (data, recipe) = Data::gather(&packs, &model, OwnWords::new(known));
    let total = (FOLDS + 1) * recipe.epochs + recipe.epochs_pruned + recipe.rounds_held;
    let mut done = 0;
    let mut tick = || {
        done += 1;
        progress(Progress { done, total });
    };
    let temperature = data.calibrate(recipe, &mut tick) * recipe.strangers / 1000;
    let mut trainer = Trainer::new(&data, recipe);
    trainer.train(recipe.epochs, |_| true, &mut tick);
    trainer.prune();
    trainer.train(recipe.epochs_pruned, |_| true, &mut tick);
    trainer.hold(temperature as f32 / 1000.0, &mut tick);
    let bias: Vec<i32> = trainer.bias.iter().map(|b| quantise(*b)).collect();
    let mut writer = lock::Writer::new(&model, sources, BY_HAND, temperature, &bias);
    for (at, feature) in data.features.iter().enumerate() {
        let language = &packs.languages[feature.language].language.tag;
        let weights: Vec<i32> = trainer.counted(at).map(quantise).collect();
        writer.add(feature.kind, language, &feature.name, &weights);
    }
    for (tag, words) in tags().zip(&own_words) {
        words.iter().for_each(|word| writer.add_own_word(tag, word));
    }
    Ok(writer.finish())
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
    seen: FxHashMap<Key, (u32, Feature)>,
    own_words: OwnWords,
    scan: Scan,
    scores: Scores,
}

impl Gatherer {
    fn add(&mut self, model: &Model, language: usize, intent: u16, reaches: bool, text: &str) {
        let Self { raw, seen, own_words, scan, scores } = self;
        scan.fill_in(model, Some(own_words), text, u8::try_from(language).ok());
        scores.fill(scan, model, None);
        let mut keys: Vec<(Key, bool)> = Vec::new();
        features::extract(scan, model, |found| {
            let kind = found.kind();
            keys.push((found.key, kind.is_lexical()));
            let feature = || Feature { kind, language, name: found.name(scan, model) };
            seen.entry(found.key).or_insert_with(|| (0, feature())).0 += 1;
        });
        // What stands twice counts twice, as the analyzer counts it.
        keys.sort_unstable();
        let by_hand = (0u16..).zip(&scores.whole.by_hand).filter(|(_, w)| **w != 0);
        let by_hand = by_hand.map(|(i, &w)| (i, w as f32 / 1000.0)).collect();
        raw.push((intent, reaches, keys, by_hand));
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
    features: Vec<Feature>,
    intents: usize,
    /// The index of what belongs to no intent.
    none: usize,
}

impl Data {
    fn gather(packs: &packs::Packs, model: &Model, own_words: OwnWords) -> (Self, Recipe) {
        let mut gatherer = Gatherer { own_words, ..Gatherer::default() };
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
        let recipe = Recipe::of(gatherer.raw.len());
        (Self::index(gatherer.raw, gatherer.seen, model, recipe), recipe)
    }

    /// Numbers the features that occur often enough, in the order of their names.
    fn index(
        raw: Vec<Raw>,
        seen: FxHashMap<Key, (u32, Feature)>,
        model: &Model,
        recipe: Recipe,
    ) -> Self {
        // What nothing looks like must be known before the outer form of a message can tell:
        // among wishes alone, it would only tell the long from the short.
        let shapes =
            raw.iter().any(|&(intent, reaches, ..)| reaches && usize::from(intent) == model.none);
        let mut kept: Vec<(Key, Feature)> = seen
            .into_iter()
            .filter(|(_, (count, feature))| match feature.kind {
                Kind::Word => true,
                Kind::Shape if !shapes => false,
                _ => *count >= recipe.rarest,
            })
            .map(|(key, (_, feature))| (key, feature))
            .collect();
        kept.sort_by(|(_, a), (_, b)| {
            (a.kind, a.language, &a.name).cmp(&(b.kind, b.language, &b.name))
        });
        let numbers: FxHashMap<Key, u32> =
            (0u32..).zip(&kept).map(|(i, (key, _))| (*key, i)).collect();
        let examples = raw
            .into_iter()
            .map(|(intent, reaches, keys, by_hand)| {
                let pick = |lexical: bool| {
                    keys.iter()
                        .filter(|(_, l)| *l == lexical)
                        .filter_map(|(key, _)| numbers.get(key).copied())
                        .collect()
                };
                Example { intent, reaches, lexical: pick(true), conceptual: pick(false), by_hand }
            })
            .collect();
        Self {
            examples,
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

    /// The temperature under which held-out samples are most probable.
    fn calibrate(&self, recipe: Recipe, tick: &mut impl FnMut()) -> i32 {
        let folds = self.folds();
        let mut held_out: Vec<(Vec<f32>, u16)> = Vec::new();
        for fold in 0..FOLDS {
            let mut trainer = Trainer::new(self, recipe);
            trainer.train(recipe.epochs, |at| folds[at] != fold, tick);
            for (_, example) in self
                .examples
                .iter()
                .enumerate()
                .filter(|(at, example)| folds[*at] == fold && example.reaches)
            {
                held_out.push((trainer.scores(example), example.intent));
            }
        }
        (6..40)
            .map(|tenth| tenth * 100)
            .min_by_key(|&temperature| {
                let loss: f64 = held_out
                    .iter()
                    .map(|(scores, intent)| loss(scores, *intent, f64::from(temperature) / 1000.0))
                    .sum();
                (loss * 1000.0) as i64
            })
            .unwrap_or(1000)
    }
}

/// A measure that grows as the right intent gets less probable: 1 - p.
fn loss(scores: &[f32], intent: u16, temperature: f64) -> f64 {
    let best = scores.iter().copied().fold(f32::MIN, f32::max);
    let part = |s: f32| exp(f64::from(s - best) / temperature);
    let sum: f64 = scores.iter().map(|&s| part(s)).sum();
    let right = part(scores[usize::from(intent)]) / sum;
    let square: f64 = scores.iter().map(|&s| (part(s) / sum) * (part(s) / sum)).sum();
    // The Brier score needs no logarithm.
    1.0 - 2.0 * right + square
}

fn quantise(weight: f32) -> i32 {
    (weight * 1000.0).round().clamp(-32_000.0, 32_000.0) as i32
}
