//! Fits to many samples, as the bundled packs have them: a multinomial logistic regression
//! by stochastic gradient steps in a fixed order. Much is hidden at each step, so that no
//! feature is relied on alone, since strangers use other words.

use super::sequence::Sequence;
use super::{Data, Example, Weights, temperature};
use crate::analyzer::NONE_TENTHS;
use crate::fitted::damping;
use crate::score::exp;

/// What is hidden of an example at a step, in 256 parts. With half of it, one message in a
/// hundred more was missed that no pack's writer had seen.
#[derive(Clone, Copy, Debug)]
struct Hide {
    lexical: u32,
    conceptual: u32,
    /// Of hand-written evidence.
    by_hand: u32,
}

const HIDE: Hide = Hide { lexical: 144, conceptual: 80, by_hand: 130 };
const EPOCHS: usize = 14;
const EPOCHS_PRUNED: usize = 4;
/// How often those samples are gone through that do not hold.
const ROUNDS_HELD: usize = 40;
/// This part of a weight is taken off at each step that touches it.
const DECAY: f32 = 2e-4;
/// Weights nearer to zero than this are dropped.
const LEAST: f32 = 0.25;
/// Messages of strangers are further from the samples than held-out samples are, and a
/// pack's patterns were written with its samples in view: by this factor, in thousandths,
/// scores are trusted less. Between 1100 and 1300, confidence was nearest to the share that
/// is right on messages that no pack's writer had seen.
const STRANGERS: i32 = 1200;

/// What hand-written evidence counts beside the fitted, in thousandths.
const BY_HAND: i32 = 2200;
const RATE: f32 = 0.25;
/// A sample holds when its intent is the most probable, by so much.
const HELD: f32 = 0.4;
/// How many steps are taken for one sample that does not hold before the next one's turn.
const STEPS_HELD: usize = 4;
/// Of how probable none is, so much must still be more than any intent: what is none,
/// strangers write in a thousand ways.
const NONE_HELD: f32 = 0.7;
/// A guess is named that is so many times as probable as none: a tenth more than the analyzer
/// asks for.
const NAMED: f32 = (NONE_TENTHS + 1) as f32 / 10.0;
/// A sample that must not reach its intent is held below this.
const KEPT_OUT: f32 = 0.12;

/// Which weights a step changes.
#[derive(Clone, Copy, Debug)]
struct Touch {
    /// Those of intents whose gradient is at least this …
    gradient: f32,
    /// … and whether also those that are zero.
    zeros: bool,
}

/// How many steps [`fit`] tells of.
pub(super) fn steps(folds: usize) -> usize {
    (folds + 1) * EPOCHS + EPOCHS_PRUNED + ROUNDS_HELD
}

/// Fits weights to all samples, which hold by them as far as they can.
pub(super) fn fit(data: &Data, tick: &mut impl FnMut()) -> Weights {
    let held_out = data.hold_out(|member| {
        let mut trainer = Trainer::new(data);
        trainer.train(EPOCHS, member, tick);
        move |example: &Example| trainer.scores(example)
    });
    let temperature = temperature(&held_out) * STRANGERS / 1000;
    let mut trainer = Trainer::new(data);
    trainer.train(EPOCHS, |_| true, tick);
    trainer.prune();
    trainer.train(EPOCHS_PRUNED, |_| true, tick);
    trainer.hold(temperature as f32 / 1000.0, tick);
    let loudness = &trainer.loudness;
    for (row, loudness) in trainer.weights.chunks_mut(data.intents).zip(loudness) {
        row.iter_mut().for_each(|weight| *weight *= loudness);
    }
    Weights { by_hand: BY_HAND, temperature, bias: trainer.bias, by_feature: trainer.weights }
}

/// Weights on their way.
struct Trainer<'d> {
    data: &'d Data,
    /// By feature: how loud it speaks.
    loudness: Vec<f32>,
    /// By feature, a row by intent.
    weights: Vec<f32>,
    /// The sums of squared gradients, which slow each weight down by itself.
    squares: Vec<f32>,
    dropped: Vec<bool>,
    bias: Vec<f32>,
    bias_squares: Vec<f32>,
    sequence: Sequence,
}

impl<'d> Trainer<'d> {
    fn new(data: &'d Data) -> Self {
        let size = data.features.len() * data.intents;
        Self {
            data,
            loudness: data.loudness(),
            weights: vec![0.0; size],
            squares: vec![0.0; size],
            dropped: Vec::new(),
            bias: vec![0.0; data.intents],
            bias_squares: vec![0.0; data.intents],
            sequence: Sequence::default(),
        }
    }

    fn train(&mut self, epochs: usize, member: impl Fn(usize) -> bool, tick: &mut impl FnMut()) {
        let mut order: Vec<usize> =
            (0..self.data.examples.len()).filter(|&at| member(at)).collect();
        for epoch in 0..epochs {
            self.sequence.shuffle(&mut order);
            let rate = RATE / (1.0 + epoch as f32 * 0.25);
            for &at in &order {
                self.step(at, rate, HIDE);
            }
            tick();
        }
    }

    /// Goes on with the samples alone that do not hold at a temperature, with nothing
    /// hidden, until all hold: what a pack says of its own language is a promise.
    fn hold(&mut self, temperature: f32, tick: &mut impl FnMut()) {
        for _ in 0..ROUNDS_HELD {
            let mut all_hold = true;
            for example in self.data.examples.iter().chain(&self.data.amid) {
                for _ in 0..STEPS_HELD {
                    if self.holds(example, temperature) {
                        break;
                    }
                    all_hold = false;
                    self.insist(example);
                }
            }
            tick();
            if all_hold {
                break;
            }
        }
    }

    /// Whether the analyzer would act on an example as its pack says, and with something to
    /// spare.
    fn holds(&self, example: &Example, temperature: f32) -> bool {
        let mut scores = self.scores(example);
        scores.iter_mut().for_each(|score| *score /= temperature);
        softmax(&mut scores);
        let intent = usize::from(example.intent);
        let own = std::mem::take(&mut scores[intent]);
        let none = std::mem::take(&mut scores[self.data.none]);
        let other = scores.iter().copied().fold(0.0, f32::max);
        holds_by(own, other, (intent != self.data.none).then_some(none), example.reaches)
    }

    fn step(&mut self, at: usize, rate: f32, hide: Hide) {
        let example = &self.data.examples[at];
        let lists = [(&example.lexical, hide.lexical), (&example.conceptual, hide.conceptual)];
        let lists = lists.map(|(list, share)| {
            let kept =
                |&feature: &u32| !self.is_dropped(feature) && self.sequence.next() & 255 >= share;
            list.iter().copied().filter(kept).collect()
        });
        let by_hand = self.sequence.next() & 255 >= hide.by_hand;
        // What was pruned stays away.
        let pruned = !self.dropped.is_empty();
        self.learn(example, &lists, by_hand, rate, Touch { gradient: 0.002, zeros: !pruned });
    }

    /// A step with nothing hidden, for which pruned weights may come back.
    fn insist(&mut self, example: &Example) {
        let lists = [example.lexical.clone(), example.conceptual.clone()];
        for &feature in lists.iter().flatten() {
            if let Some(dropped) = self.dropped.get_mut(feature as usize) {
                *dropped = false;
            }
        }
        self.learn(example, &lists, true, RATE, Touch { gradient: 0.05, zeros: true });
    }

    fn learn(
        &mut self,
        example: &Example,
        lists: &[Vec<u32>; 2],
        by_hand: bool,
        rate: f32,
        touch: Touch,
    ) {
        let mut scores = self.sum(lists);
        if by_hand {
            add_by_hand(&mut scores, example);
        }
        softmax(&mut scores);
        gradient(&mut scores, usize::from(example.intent), example.reaches);
        for list in lists {
            let damp = damp(list);
            for &feature in list {
                let row = feature as usize * self.data.intents;
                let loudness = self.loudness[feature as usize];
                for (k, &gradient) in scores.iter().enumerate() {
                    let weight = &mut self.weights[row + k];
                    if gradient.abs() < touch.gradient || (*weight == 0.0 && !touch.zeros) {
                        continue;
                    }
                    let gradient = gradient * damp * loudness + DECAY * *weight;
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

    fn sum(&self, lists: &[Vec<u32>; 2]) -> Vec<f32> {
        let mut scores = self.bias.clone();
        let mut part = vec![0.0f32; self.data.intents];
        for list in lists {
            part.fill(0.0);
            for &feature in list {
                let loudness = self.loudness[feature as usize];
                for (sum, weight) in part.iter_mut().zip(self.row(feature)) {
                    *sum += weight * loudness;
                }
            }
            let damp = damp(list);
            for (score, part) in scores.iter_mut().zip(&part) {
                *score += part * damp;
            }
        }
        scores
    }

    /// What the analyzer will score: it does not know of features that were dropped.
    fn scores(&self, example: &Example) -> Vec<f32> {
        let lists = [&example.lexical, &example.conceptual].map(|list| {
            list.iter().copied().filter(|&feature| !self.is_dropped(feature)).collect()
        });
        let mut scores = self.sum(&lists);
        add_by_hand(&mut scores, example);
        scores
    }

    fn row(&self, feature: u32) -> &[f32] {
        let from = feature as usize * self.data.intents;
        &self.weights[from..from + self.data.intents]
    }

    /// Drops small weights, and features that have no other.
    fn prune(&mut self) {
        let intents = self.data.intents;
        self.dropped = self
            .weights
            .chunks_mut(intents)
            .map(|row| {
                row.iter_mut().filter(|w| w.abs() < LEAST).for_each(|weight| *weight = 0.0);
                row.iter().all(|weight| *weight == 0.0)
            })
            .collect();
    }
}

/// Whether a sample holds, by how probable its own intent is, the best of the others but none,
/// and none where its own is another.
fn holds_by(own: f32, other: f32, none: Option<f32>, reaches: bool) -> bool {
    match (reaches, none) {
        (true, None) => own >= HELD && own * NONE_HELD > other,
        (true, Some(none)) => own >= HELD && own > other && own > none * NAMED,
        (false, None) => other > own * NAMED,
        (false, Some(none)) => own < other.max(none) || own < KEPT_OUT,
    }
}

fn damp(list: &[u32]) -> f32 {
    damping(list.len() as u32) as f32 / 1024.0
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

#[cfg(test)]
mod tests {
    use super::holds_by;
    use crate::analyzer::{NONE_TENTHS, is_named};

    #[test]
    fn what_holds_is_read_so_by_the_analyzer() {
        let mut held = [0; 4];
        for none in 0..=1000u16 {
            for own in 0..=1000 - none {
                let other = 1000 - none - own;
                let [n, a, b] = [none, own, other].map(|permille| f32::from(permille) / 1000.0);
                let named = is_named(own.max(other), none, NONE_TENTHS);
                for (which, holds, read) in [
                    (0, holds_by(a, b, Some(n), true), named && own >= other),
                    (1, holds_by(a, b, Some(n), false), !named || own <= other || own <= 120),
                    (2, holds_by(n, b.max(a), None, true), !named),
                    (3, holds_by(n, b.max(a), None, false), named),
                ] {
                    held[which] += usize::from(holds);
                    assert!(!holds || read, "{which}: own {own} other {other} none {none}");
                }
            }
        }
        assert!(held.iter().all(|&held| held > 10_000), "{held:?}");
    }
}
