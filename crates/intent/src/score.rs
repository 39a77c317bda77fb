//! Evidence added up to scores, and scores turned into probabilities.

use std::sync::LazyLock;

use crate::analysis::IntentId;
use crate::features::{self, Found};
use crate::fitted::{Fitted, Row, damping};
use crate::model::Model;
use crate::scan::Scan;

/// One rule that spoke, before weights are final.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Spoken {
    pub(crate) rule: u32,
    pub(crate) intent: u16,
    pub(crate) start: u32,
    pub(crate) end: u32,
    pub(crate) weight: i32,
    /// After typos, accents and foreign words …
    pub(crate) full: i32,
    /// … and after heavier rules of the same intent, and negation.
    pub(crate) counted: i32,
    pub(crate) flags: u8,
    pub(crate) denied: bool,
    pub(crate) quoted: bool,
}

/// The sums over one stretch of a message: the whole, or a clause.
#[derive(Debug, Default)]
pub(crate) struct Sums {
    /// By intent: hand-written evidence.
    pub(crate) by_hand: Vec<i32>,
    /// By intent: fitted, of words and pieces; and of concepts.
    lexical: Vec<i32>,
    conceptual: Vec<i32>,
    /// By intent: everything.
    pub(crate) total: Vec<i32>,
    /// By intent, in thousandths, calibrated.
    pub(crate) probability: Vec<u16>,
    parts: Vec<u64>,
}

/// What a message scores.
#[derive(Debug, Default)]
pub(crate) struct Scores {
    pub(crate) spoken: Vec<Spoken>,
    candidates: Vec<Found>,
    pub(crate) found: Vec<(Found, Row)>,
    /// By intent: the heaviest rule that a negator governs.
    pub(crate) denied: Vec<i32>,
    /// Of the whole message.
    pub(crate) whole: Sums,
    /// Of one clause after the other.
    clause: Sums,
}

/// What stands for `none` where nothing has been fitted: a lone keyword does not reach it.
const NONE_BY_HAND: i32 = 700;
const TEMPERATURE_BY_HAND: i32 = 250;

impl Sums {
    /// Adds up what lies inside a stretch.
    fn fill(
        &mut self,
        (from, to): (u32, u32),
        spoken: &[Spoken],
        found: &[(Found, Row)],
        model: &Model,
        fitted: Option<&Fitted>,
    ) {
        let count = model.specs.len();
        for list in [&mut self.by_hand, &mut self.lexical, &mut self.conceptual, &mut self.total] {
            list.clear();
            list.resize(count, 0);
        }
        let mut rank = (u16::MAX, 0u32);
        for s in spoken.iter().filter(|s| !s.denied && s.start >= from && s.end <= to) {
            rank = if rank.0 == s.intent { (s.intent, rank.1 + 1) } else { (s.intent, 0) };
            self.by_hand[usize::from(s.intent)] += diminished(s.full, rank.1);
        }
        let Some(fitted) = fitted else {
            self.total.copy_from_slice(&self.by_hand);
            if let Some(none) = self.total.get_mut(model.none) {
                *none = NONE_BY_HAND;
            }
            self.normalise(TEMPERATURE_BY_HAND);
            return;
        };
        let mut known = [0u32; 2];
        for &(feature, row) in found.iter().filter(|(f, _)| f.start >= from && f.end <= to) {
            let conceptual = !feature.kind().is_lexical();
            known[usize::from(conceptual)] += 1;
            let sums = if conceptual { &mut self.conceptual } else { &mut self.lexical };
            fitted.add(row, sums);
        }
        let [lexical, conceptual] = known.map(damping);
        for intent in 0..count {
            let fit = i64::from(self.lexical[intent]) * lexical
                + i64::from(self.conceptual[intent]) * conceptual;
            let hand = match self.by_hand[intent] {
                0 => 0,
                hand => i64::from(hand) * i64::from(fitted.by_hand) / 1000,
            };
            let total = i64::from(fitted.bias[intent]) + (fit >> 10) + hand;
            self.total[intent] = i32::try_from(total).unwrap_or(i32::MAX);
        }
        self.normalise(fitted.temperature.max(1));
    }

    /// Turns totals into probabilities that sum up to about a thousand, in whole numbers.
    fn normalise(&mut self, temperature: i32) {
        let best = i64::from(self.total.iter().copied().max().unwrap_or(0));
        let scale = (STEPS_A_UNIT << 20) / i64::from(temperature);
        self.parts.clear();
        self.parts.extend(self.total.iter().map(|&total| {
            let step = ((best - i64::from(total)) * scale) >> 20;
            usize::try_from(step).ok().and_then(|step| EXPONENTIAL.get(step)).copied().unwrap_or(0)
        }));
        let sum: u64 = self.parts.iter().sum();
        self.probability.clear();
        let permille = self.parts.iter().map(|part| (part * 1000 / sum.max(1)) as u16);
        self.probability.extend(permille);
    }
}

/// How finely the exponential is tabulated: steps for a factor of e.
const STEPS_A_UNIT: i64 = 128;

/// e to the minus n steps, times 2³⁰; what is not in it is less than half a thousandth.
static EXPONENTIAL: LazyLock<Vec<u64>> = LazyLock::new(|| {
    let steps = STEPS_A_UNIT * 15 / 2;
    (0..steps)
        .map(|step| (exp(-(step as f64) / STEPS_A_UNIT as f64) * f64::from(1 << 30)) as u64)
        .collect()
});

/// Of the rules of one intent the heaviest counts whole, each further one half of the one
/// before: many ways to say one thing are still one thing.
fn diminished(weight: i32, rank: u32) -> i32 {
    weight.checked_shr(rank.min(8)).unwrap_or(0)
}

impl Scores {
    pub(crate) fn fill(&mut self, scan: &Scan, model: &Model, fitted: Option<&Fitted>) {
        self.gather(scan, model);
        self.find_features(scan, model, fitted);
        let all = (0, u32::MAX);
        self.whole.fill(all, &self.spoken, &self.found, model, fitted);
    }

    /// Scores one clause by itself.
    pub(crate) fn fill_clause(
        &mut self,
        clause: (u32, u32),
        model: &Model,
        fitted: Option<&Fitted>,
    ) -> &Sums {
        self.clause.fill(clause, &self.spoken, &self.found, model, fitted);
        &self.clause
    }

    /// The fitted weights that the message touches, in passes over all features, so that
    /// waiting for memory overlaps.
    fn find_features(&mut self, scan: &Scan, model: &Model, fitted: Option<&Fitted>) {
        self.found.clear();
        let Some(fitted) = fitted else { return };
        self.candidates.clear();
        let candidates = &mut self.candidates;
        features::extract(scan, model, fitted.within, |feature| candidates.push(feature));
        let language = scan.votes.top();
        fitted.keep_present(language, candidates);
        self.found.extend(
            candidates.iter().filter_map(|c| Some((*c, fitted.find(c.kind(), language, c.key)?))),
        );
        self.found.iter_mut().for_each(|(_, row)| fitted.measure(row));
    }

    fn gather(&mut self, scan: &Scan, model: &Model) {
        self.spoken.clear();
        let patterns = scan.patterns.iter().map(|p| (p.rule, p.start, p.end, p.factor, p.flags));
        let keywords = scan.keywords.iter().map(|k| (k.rule, k.start, k.end, k.factor, k.flags));
        for (rule, start, end, factor, flags) in patterns.chain(keywords) {
            let info = &model.rules[rule as usize];
            let own =
                info.language == crate::model::SHARED || scan.votes.top() == Some(info.language);
            let factor = if own { factor } else { factor.min(850) };
            let full =
                i32::try_from(i64::from(info.weight) * i64::from(factor) / 1000).unwrap_or(0);
            let quoted = scan
                .segments
                .quotes
                .iter()
                .any(|&(from, to)| from as u32 <= start && end <= to as u32);
            self.spoken.push(Spoken {
                rule,
                intent: info.intent,
                start,
                end,
                weight: info.weight,
                full: if quoted { full / 2 } else { full },
                counted: 0,
                flags,
                denied: scan.denied(start, end),
                quoted,
            });
        }
        self.spoken
            .sort_unstable_by_key(|s| (s.intent, std::cmp::Reverse(s.full), s.start, s.rule));
        // The same keyword twice says nothing new.
        self.spoken.dedup_by_key(|s| (s.intent, s.rule));
        self.denied.clear();
        self.denied.resize(model.specs.len(), 0);
        let mut rank = (u16::MAX, 0u32);
        for s in &mut self.spoken {
            if s.denied {
                let denied = &mut self.denied[usize::from(s.intent)];
                *denied = s.full.max(*denied);
                s.counted = 0;
                continue;
            }
            rank = if rank.0 == s.intent { (s.intent, rank.1 + 1) } else { (s.intent, 0) };
            s.counted = diminished(s.full, rank.1);
        }
    }
}

/// eˣ for x ≤ 0 by additions and multiplications alone, which IEEE 754 fixes to the bit.
pub(crate) fn exp(x: f64) -> f64 {
    if x < -40.0 {
        return 0.0;
    }
    // e^x = (e^(x/1024))^1024: the series needs few terms near zero.
    let small = x / 1024.0;
    let mut power = 1.0 + small * (1.0 + small / 2.0 * (1.0 + small / 3.0 * (1.0 + small / 4.0)));
    for _ in 0..10 {
        power *= power;
    }
    power
}

/// The id that stands for "nothing of these".
pub(crate) fn none_id(model: &Model) -> IntentId {
    model.specs.get(model.none).map_or_else(|| IntentId::new("none"), |spec| spec.id.clone())
}
