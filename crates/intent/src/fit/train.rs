//! The gradient steps.

use super::{BY_HAND, Data, Example};
use crate::fitted::damping;
use crate::score::exp;

const RATE: f32 = 0.25;
const DECAY: f32 = 2e-4;
/// Weights nearer to zero than this are dropped.
const PRUNE: f32 = 0.25;
/// Of lexical and conceptual features, and of hand-written evidence, this share is hidden
/// at each step (in 256), so that none is relied on alone: strangers use other words. With
/// half of it, one message in a hundred more was missed that no pack's writer had seen, and
/// out of scope was told with 0.52 precision instead of 0.62.
const HIDE: Hide = Hide { lexical: 144, conceptual: 80, by_hand: 130 };
const HIDE_NOTHING: Hide = Hide { lexical: 0, conceptual: 0, by_hand: 0 };
/// A sample holds when its intent is the most probable, by so much.
const HELD: f32 = 0.4;
/// A sample that must not reach its intent is held below this.
const KEPT_OUT: f32 = 0.12;

/// What is hidden of an example at a step.
#[derive(Clone, Copy, Debug)]
struct Hide {
    lexical: u32,
    conceptual: u32,
    by_hand: u32,
}

/// Weights on their way.
pub(super) struct Trainer<'d> {
    data: &'d Data,
    /// By feature, a row by intent.
    pub(super) weights: Vec<f32>,
    /// The sums of squared gradients, which slow each weight down by itself.
    squares: Vec<f32>,
    dropped: Vec<bool>,
    pub(super) bias: Vec<f32>,
    bias_squares: Vec<f32>,
    random: u64,
}

impl<'d> Trainer<'d> {
    pub(super) fn new(data: &'d Data) -> Self {
        let size = data.features.len() * data.intents;
        Self {
            data,
            weights: vec![0.0; size],
            squares: vec![0.0; size],
            dropped: Vec::new(),
            bias: vec![0.0; data.intents],
            bias_squares: vec![0.0; data.intents],
            random: 0x9e37_79b9_7f4a_7c15,
        }
    }

    /// A fixed sequence (xorshift); not chance.
    fn next(&mut self) -> u32 {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        (self.random >> 32) as u32
    }

    pub(super) fn train(
        &mut self,
        epochs: usize,
        member: impl Fn(usize) -> bool,
        tick: &mut impl FnMut(),
    ) {
        let mut order: Vec<usize> =
            (0..self.data.examples.len()).filter(|&at| member(at)).collect();
        for epoch in 0..epochs {
            for at in (1..order.len()).rev() {
                order.swap(at, self.next() as usize % (at + 1));
            }
            let rate = RATE / (1.0 + epoch as f32 * 0.25);
            for &at in &order {
                self.step(at, rate, HIDE);
            }
            tick();
        }
    }

    /// Goes on with the samples alone that do not hold at a temperature, with nothing
    /// hidden, until all hold: what a pack says of its own language is a promise.
    pub(super) fn hold(&mut self, rounds: usize, temperature: f32, tick: &mut impl FnMut()) {
        for _ in 0..rounds {
            let mut all_hold = true;
            for at in 0..self.data.examples.len() {
                if !self.holds(&self.data.examples[at], temperature) {
                    all_hold = false;
                    self.step(at, RATE, HIDE_NOTHING);
                }
            }
            tick();
            if all_hold {
                break;
            }
        }
    }

    fn holds(&self, example: &Example, temperature: f32) -> bool {
        let mut scores = self.scores(example);
        scores.iter_mut().for_each(|score| *score /= temperature);
        softmax(&mut scores);
        let own = scores[usize::from(example.intent)];
        let best = scores.iter().copied().fold(0.0, f32::max);
        if example.reaches { own >= best && own >= HELD } else { own < best || own < KEPT_OUT }
    }

    fn step(&mut self, at: usize, rate: f32, hide: Hide) {
        let data = self.data;
        let example = &data.examples[at];
        let keep = |trainer: &mut Self, list: &[u32], share: u32| -> Vec<u32> {
            list.iter()
                .copied()
                .filter(|&f| !trainer.is_dropped(f) && trainer.next() & 255 >= share)
                .collect()
        };
        let lexical = keep(self, &example.lexical, hide.lexical);
        let conceptual = keep(self, &example.conceptual, hide.conceptual);
        let pruned = !self.dropped.is_empty();
        let by_hand = self.next() & 255 >= hide.by_hand;
        let damp = [&lexical, &conceptual].map(|list| damping(list.len() as u32) as f32 / 1024.0);
        let mut scores = self.sum([&lexical, &conceptual], damp);
        if by_hand {
            add_by_hand(&mut scores, example);
        }
        softmax(&mut scores);
        gradient(&mut scores, usize::from(example.intent), example.reaches);
        for (list, damp) in [(&lexical, damp[0]), (&conceptual, damp[1])] {
            for &feature in list {
                let row = feature as usize * data.intents;
                for (k, &gradient) in scores.iter().enumerate() {
                    if gradient.abs() < 0.002 {
                        continue;
                    }
                    let weight = &mut self.weights[row + k];
                    // What was pruned stays away.
                    if pruned && *weight == 0.0 {
                        continue;
                    }
                    let gradient = gradient * damp + DECAY * *weight;
                    let square = &mut self.squares[row + k];
                    *square += gradient * gradient;
                    *weight -= rate * gradient / (square.sqrt() + 0.1);
                }
            }
        }
        for (k, &gradient) in scores.iter().enumerate() {
            self.bias_squares[k] += gradient * gradient;
            self.bias[k] -= rate * 0.2 * gradient / (self.bias_squares[k].sqrt() + 0.1);
        }
    }

    fn is_dropped(&self, feature: u32) -> bool {
        self.dropped.get(feature as usize).copied().unwrap_or(false)
    }

    fn sum(&self, lists: [&[u32]; 2], damp: [f32; 2]) -> Vec<f32> {
        let intents = self.data.intents;
        let mut scores = self.bias.clone();
        let mut part = vec![0.0f32; intents];
        for (list, damp) in lists.into_iter().zip(damp) {
            part.fill(0.0);
            for &feature in list {
                let row = feature as usize * intents;
                for (sum, weight) in part.iter_mut().zip(&self.weights[row..row + intents]) {
                    *sum += weight;
                }
            }
            for (score, part) in scores.iter_mut().zip(&part) {
                *score += part * damp;
            }
        }
        scores
    }

    pub(super) fn scores(&self, example: &Example) -> Vec<f32> {
        let damp = [&example.lexical, &example.conceptual]
            .map(|list| damping(list.len() as u32) as f32 / 1024.0);
        let mut scores = self.sum([&example.lexical, &example.conceptual], damp);
        add_by_hand(&mut scores, example);
        scores
    }

    /// Drops small weights, and features that have no other.
    pub(super) fn prune(&mut self) {
        let intents = self.data.intents;
        self.dropped = self
            .weights
            .chunks_mut(intents)
            .map(|row| {
                row.iter_mut().filter(|w| w.abs() < PRUNE).for_each(|weight| *weight = 0.0);
                row.iter().all(|weight| *weight == 0.0)
            })
            .collect();
    }
}

fn add_by_hand(scores: &mut [f32], example: &Example) {
    for &(intent, weight) in &example.by_hand {
        scores[usize::from(intent)] += weight * BY_HAND as f32 / 1000.0;
    }
}

/// From probabilities to the gradient of the loss: -log p where the sample must reach the
/// intent, -log (1 - p) where it must not.
fn gradient(scores: &mut [f32], intent: usize, reaches: bool) {
    let p = scores[intent];
    if reaches {
        scores[intent] = p - 1.0;
        return;
    }
    let others = -p / (1.0 - p).max(0.05);
    for score in scores.iter_mut() {
        *score *= others;
    }
    scores[intent] = p;
}

fn softmax(scores: &mut [f32]) {
    let best = scores.iter().copied().fold(f32::MIN, f32::max);
    let mut sum = 0.0f32;
    for score in scores.iter_mut() {
        *score = exp(f64::from(*score - best)) as f32;
        sum += *score;
    }
    for score in scores.iter_mut() {
        *score /= sum;
    }
}
