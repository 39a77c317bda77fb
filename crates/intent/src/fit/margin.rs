//! Fits to few samples: for each intent a plane that keeps its samples apart from all others
//! by as wide a margin as they allow (a linear support vector machine with squared hinge
//! loss), found by coordinate descent on its dual (Hsieh et al., ICML 2008).

use super::sequence::Sequence;
use super::{Data, Example, HeldOut, Weights, temperature};
use crate::fitted::damping;
use crate::parallel;

/// What a sample on the wrong side of its margin costs beside wide margins. From 0.2 to 1 all
/// figures were alike.
const COST: f32 = 0.3;
/// A margin in units of a score. Hand-written evidence of one unit lifts a message by one
/// margin: from where nothing speaks for an intent to its plane.
const SCALE: f32 = 8.0;
/// The samples are gone through until no step is longer than this, or so many times.
const LONGEST_STEP: f32 = 0.02;
const ROUNDS: usize = 100;
/// `none` begins where one in so many held-out samples that are told rightly falls below it,
/// since a pack says little of what it does not hold, and margins shrink with the samples;
/// but not above an intent's own plane. Of the fourth to the twentieth part, the fifth had the
/// best MCC on packs drawn from CLINC150, read with its validation part (docs/BENCHMARKS.md).
const BELOW_NONE: usize = 5;
/// By how much `none` leads from its own plane to zero: with no sample of it, that plane lies
/// one margin below everything.
const MOST_LEAD: f32 = SCALE;

/// How many steps [`fit`] tells of.
pub(super) fn steps(folds: usize) -> usize {
    folds + 1
}

/// Fits weights to all samples.
pub(super) fn fit(data: &Data, tick: &mut impl FnMut()) -> Weights {
    let loudness = data.loudness();
    let mut learn = |member: &dyn Fn(usize) -> bool| {
        let planes = planes(data, &loudness, member);
        tick();
        planes
    };
    let mut held_out = data.hold_out(|member| {
        let planes = learn(member);
        let loudness = &loudness;
        move |example: &Example| scores(&planes, example, loudness)
    });
    let lead = lead_of_none(&held_out, data.none);
    held_out.iter_mut().for_each(|out| out.scores[data.none] += lead);
    let planes = learn(&|_| true);
    let mut bias: Vec<f32> = planes.iter().map(|plane| plane.bias * SCALE).collect();
    bias[data.none] += lead;
    let rows = (0..data.features.len()).flat_map(|feature| {
        let loudness = loudness[feature] * SCALE;
        planes.iter().map(move |plane| plane.weights[feature] * loudness)
    });
    Weights {
        by_hand: (SCALE * 1000.0) as i32,
        temperature: temperature(&held_out),
        bias,
        by_feature: rows.collect(),
    }
}

/// What is added to the score of `none`; the most where nothing held out is told rightly.
fn lead_of_none(held_out: &[HeldOut], none: usize) -> f32 {
    let ahead = |HeldOut { scores, intent }: &HeldOut| {
        let others = (0..scores.len()).filter(|at| at != intent && *at != none);
        let best = others.map(|at| scores[at]).fold(f32::MIN, f32::max);
        (*intent != none && scores[*intent] > best).then(|| scores[*intent] - scores[none])
    };
    let mut ahead: Vec<f32> = held_out.iter().filter_map(ahead).collect();
    ahead.sort_unstable_by(f32::total_cmp);
    ahead.get(ahead.len() / BELOW_NONE).copied().unwrap_or(MOST_LEAD).min(MOST_LEAD)
}

/// Between the samples of one intent and all others.
#[derive(Debug)]
struct Plane {
    /// By feature.
    weights: Vec<f32>,
    bias: f32,
}

/// The features of an example and how loud each speaks in it, by feature.
type Vector = Vec<(u32, f32)>;

fn vector(example: &Example, loudness: &[f32]) -> Vector {
    let mut vector: Vector = Vec::new();
    for list in [&example.lexical, &example.conceptual] {
        let damp = damping(list.len() as u32) as f32 / 1024.0;
        for &feature in list {
            let loud = damp * loudness[feature as usize];
            // What stands twice in a message stands side by side.
            match vector.last_mut() {
                Some((last, sum)) if *last == feature => *sum += loud,
                _ => vector.push((feature, loud)),
            }
        }
    }
    vector
}

fn scores(planes: &[Plane], example: &Example, loudness: &[f32]) -> Vec<f32> {
    let vector = vector(example, loudness);
    let mut scores: Vec<f32> = planes.iter().map(|plane| plane.height(&vector) * SCALE).collect();
    for &(intent, weight) in &example.by_hand {
        scores[usize::from(intent)] += weight * SCALE;
    }
    scores
}

fn planes(data: &Data, loudness: &[f32], member: impl Fn(usize) -> bool) -> Vec<Plane> {
    let members: Vec<(&Example, Vector)> = (0..data.examples.len())
        .filter(|&at| member(at))
        .map(|at| (&data.examples[at], vector(&data.examples[at], loudness)))
        .collect();
    let intents: Vec<usize> = (0..data.intents).collect();
    parallel::map(&intents, |_, &intent| {
        let cases = members.iter().filter_map(|(example, vector)| case(example, vector, intent));
        Plane::between(&cases.collect::<Vec<_>>(), data.features.len())
    })
}

/// An example as one intent sees it.
struct Case<'v> {
    vector: &'v [(u32, f32)],
    /// 1 where it is the intent's own, else -1.
    side: f32,
    /// How high hand-written evidence lifts it.
    lift: f32,
}

fn case<'v>(example: &Example, vector: &'v Vector, intent: usize) -> Option<Case<'v>> {
    let own = usize::from(example.intent) == intent;
    // What must not reach one intent says nothing of the others.
    if !own && !example.reaches {
        return None;
    }
    let spoken = example.by_hand.iter().filter(|(of, _)| usize::from(*of) == intent);
    let lift = spoken.map(|(_, weight)| weight).sum();
    let side = if own && example.reaches { 1.0 } else { -1.0 };
    Some(Case { vector, side, lift })
}

impl Plane {
    /// How far above the plane, in margins.
    fn height(&self, vector: &[(u32, f32)]) -> f32 {
        let heights = vector.iter().map(|&(feature, loud)| self.weights[feature as usize] * loud);
        self.bias + heights.sum::<f32>()
    }

    fn between(cases: &[Case<'_>], features: usize) -> Self {
        const GIVES: f32 = 0.5 / COST;
        let mut plane = Self { weights: vec![0.0; features], bias: 0.0 };
        // How hard each case pushes the plane away.
        let mut force = vec![0.0f32; cases.len()];
        let length = |case: &Case<'_>| case.vector.iter().map(|(_, loud)| loud * loud).sum::<f32>();
        let stiff: Vec<f32> = cases.iter().map(|case| length(case) + 1.0 + GIVES).collect();
        let mut order: Vec<usize> = (0..cases.len()).collect();
        let mut sequence = Sequence::default();
        for _ in 0..ROUNDS {
            sequence.shuffle(&mut order);
            let mut longest = 0.0f32;
            for &at in &order {
                let Case { vector, side, lift } = cases[at];
                let short = 1.0 - side * (plane.height(vector) + lift) - GIVES * force[at];
                let new = (force[at] + short / stiff[at]).max(0.0);
                let push = new - force[at];
                if push == 0.0 {
                    continue;
                }
                longest = longest.max(push.abs() * stiff[at]);
                force[at] = new;
                for &(feature, loud) in vector {
                    plane.weights[feature as usize] += push * side * loud;
                }
                plane.bias += push * side;
            }
            if longest < LONGEST_STEP {
                break;
            }
        }
        plane
    }
}

#[cfg(test)]
mod tests {
    use super::{Case, Plane};

    /// Cases of one intent: features, side, and lift by hand.
    fn between(cases: &[(&[u32], f32, f32)]) -> Plane {
        let vectors: Vec<Vec<(u32, f32)>> =
            cases.iter().map(|(at, ..)| at.iter().map(|&at| (at, 2.0)).collect()).collect();
        let cases: Vec<Case<'_>> = cases
            .iter()
            .zip(&vectors)
            .map(|(&(_, side, lift), vector)| Case { vector, side, lift })
            .collect();
        Plane::between(&cases, 4)
    }

    #[test]
    fn a_plane_keeps_the_sides_apart() {
        let plane = between(&[
            (&[0, 1], 1.0, 0.0),
            (&[0, 2], 1.0, 0.0),
            (&[1, 3], -1.0, 0.0),
            (&[2, 3], -1.0, 0.0),
        ]);
        let height = |at: u32| plane.height(&[(at, 2.0)]) - plane.bias;
        assert!(height(0) > 0.5 && height(3) < -0.5, "{plane:?}");
        // What both sides have alike tells nothing.
        assert!(height(1).abs() < 0.05 && height(2).abs() < 0.05, "{plane:?}");
    }

    #[test]
    fn what_hands_have_written_need_not_be_learnt() {
        let learnt = between(&[(&[0], 1.0, 0.0), (&[1], -1.0, 0.0)]);
        let written = between(&[(&[0], 1.0, 3.0), (&[1], -1.0, -3.0)]);
        assert!(learnt.weights[0] > 0.1, "{learnt:?}");
        assert!(written.weights.iter().all(|weight| *weight == 0.0), "{written:?}");
    }
}
