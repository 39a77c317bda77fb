//! The gradient steps.

use super::recipe::{Decay, Hide, Recipe};
use super::{BY_HAND, Data, Example};
use crate::fitted::damping;
use crate::score::exp;

const RATE: f32 = 0.25;
/// A sample holds when its intent is the most probable, by so much.
const HELD: f32 = 0.4;
/// How many steps are taken for one sample that does not hold before the next one's turn.
const STEPS_HELD: usize = 4;
/// Of how probable none is, so many tenths must still be more than any intent: what is none,
/// strangers write in a thousand ways.
const NONE_TENTHS: f32 = 7.0;
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

/// Weights on their way.
pub(super) struct Trainer<'d> {
    data: &'d Data,
    recipe: Recipe,
    /// By feature: how loud it speaks, and how strongly its weights are drawn to zero.
    loudness: Vec<f32>,
    decay: Vec<f32>,
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
    pub(super) fn new(data: &'d Data, recipe: Recipe) -> Self {
        let size = data.features.len() * data.intents;
        let mut spread = vec![0u32; data.features.len()];
        for example in &data.examples {
            for &feature in example.lexical.iter().chain(&example.conceptual) {
                spread[feature as usize] += 1;
            }
        }
        let decay = |&count: &u32| match recipe.decay {
            Decay::Even(decay) => decay,
            Decay::ByRarity(decay) => decay / count.max(1) as f32,
        };
        Self {
            data,
            recipe,
            loudness: spread.iter().map(|&count| loudness(count, data.examples.len())).collect(),
            decay: spread.iter().map(decay).collect(),
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
                self.step(at, rate, self.recipe.hide);
            }
            tick();
        }
    }

    /// Goes on with the samples alone that do not hold at a temperature, with nothing
    /// hidden, until all hold: what a pack says of its own language is a promise.
    pub(super) fn hold(&mut self, temperature: f32, tick: &mut impl FnMut()) {
        for _ in 0..self.recipe.rounds_held {
            let mut all_hold = true;
            for (at, example) in self.data.examples.iter().enumerate() {
                for _ in 0..STEPS_HELD {
                    if self.holds(example, temperature) {
                        break;
                    }
                    all_hold = false;
                    self.insist(at);
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
        let other = scores.iter().copied().fold(0.0, f32::max);
        if !example.reaches {
            return own < other || own < KEPT_OUT;
        }
        let needed = if intent == self.data.none { own * NONE_TENTHS / 10.0 } else { own };
        own >= HELD && needed > other
    }

    fn step(&mut self, at: usize, rate: f32, hide: Hide) {
        let example = &self.data.examples[at];
        let lists = [(&example.lexical, hide.lexical), (&example.conceptual, hide.conceptual)];
        let lists = lists.map(|(list, share)| {
            let kept = |&feature: &u32| !self.is_dropped(feature) && self.next() & 255 >= share;
            list.iter().copied().filter(kept).collect()
        });
        let by_hand = self.next() & 255 >= hide.by_hand;
        // What was pruned stays away.
        let pruned = !self.dropped.is_empty();
        self.learn(example, &lists, by_hand, rate, Touch { gradient: 0.002, zeros: !pruned });
    }

    /// A step with nothing hidden, for which pruned weights may come back.
    fn insist(&mut self, at: usize) {
        let example = &self.data.examples[at];
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
                let decay = self.decay[feature as usize];
                for (k, &gradient) in scores.iter().enumerate() {
                    let weight = &mut self.weights[row + k];
                    if gradient.abs() < touch.gradient || (*weight == 0.0 && !touch.zeros) {
                        continue;
                    }
                    let gradient = gradient * damp * loudness + decay * *weight;
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
    pub(super) fn scores(&self, example: &Example) -> Vec<f32> {
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

    /// The weights of a feature by intent, as they count where it is found.
    pub(super) fn counted(&self, feature: usize) -> impl Iterator<Item = f32> {
        let loudness = self.loudness[feature];
        self.row(feature as u32).iter().map(move |weight| weight * loudness)
    }

    /// Drops small weights, and features that have no other.
    pub(super) fn prune(&mut self) {
        let (intents, least) = (self.data.intents, self.recipe.least);
        self.dropped = self
            .weights
            .chunks_mut(intents)
            .map(|row| {
                row.iter_mut().filter(|w| w.abs() < least).for_each(|weight| *weight = 0.0);
                row.iter().all(|weight| *weight == 0.0)
            })
            .collect();
    }
}

/// A feature of few samples says more of them than one that half of them have: each speaks
/// by the logarithm of how rare it is (the idf of information retrieval). Beside weights that
/// all begin alike, strangers' messages were read right one time in a hundred more often, and
/// out of scope was told with 0.80 precision instead of 0.69.
fn loudness(count: u32, samples: usize) -> f32 {
    const MIDDLE: f32 = 6.0;
    let rarity = (1 + samples) as f32 / (1.0 + count as f32);
    (1.0 + logarithm(rarity)) / MIDDLE
}

/// ln x for x ≥ 1 by additions, multiplications and divisions alone, which IEEE 754 fixes to
/// the bit: halved until it is near one, then the series of artanh.
fn logarithm(x: f32) -> f32 {
    let (mut mantissa, mut halvings) = (f64::from(x), 0.0);
    while mantissa > 1.5 {
        mantissa /= 2.0;
        halvings += 1.0;
    }
    let part = (mantissa - 1.0) / (mantissa + 1.0);
    let square = part * part;
    let series =
        1.0 + square * (1.0 / 3.0 + square * (1.0 / 5.0 + square * (1.0 / 7.0 + square / 9.0)));
    (halvings * std::f64::consts::LN_2 + 2.0 * part * series) as f32
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
    use super::{logarithm, loudness};

    #[test]
    fn logarithms_are_those_of_the_standard_library_to_five_places() {
        for x in [1.0f32, 1.01, 1.49, 1.5, 1.51, 2.0, 7.0, 1e3, 136_000.0, 1e7] {
            let exact = f64::from(x).ln();
            assert!((f64::from(logarithm(x)) - exact).abs() < 1e-5 * exact.max(1.0), "{x}");
        }
    }

    #[test]
    fn what_few_samples_have_is_louder() {
        let all = [1, 2, 10, 500, 1000].map(|count| loudness(count, 1000));
        assert!(all.is_sorted_by(|a, b| a > b), "{all:?}");
        assert!(all[4] > 0.0);
    }
}
