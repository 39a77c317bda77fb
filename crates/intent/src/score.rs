//! Evidence added up to scores, and scores turned into probabilities.

use std::sync::Arc;

use crate::analysis::{
    Confidence, Deduction, DeductionReason, Evidence, IntentId, IntentMatch, Span,
};
use crate::features::{self, Found, Kind};
use crate::fitted::{Fitted, Row, damping};
use crate::model::Model;
use crate::scan::{ACCENT, FOREIGN, Scan, TYPO};

/// One rule that spoke, before weights are final.
#[derive(Clone, Copy, Debug)]
struct Spoken {
    rule: u32,
    intent: u16,
    start: u32,
    end: u32,
    weight: i32,
    /// After typos, accents and foreign words.
    counted: i32,
    flags: u8,
    denied: bool,
    quoted: bool,
}

/// What the message scores, intent by intent.
#[derive(Debug, Default)]
pub(crate) struct Scores {
    spoken: Vec<Spoken>,
    candidates: Vec<Found>,
    found: Vec<(Found, Row)>,
    /// By intent: hand-written evidence.
    pub(crate) by_hand: Vec<i32>,
    denied: Vec<i32>,
    /// By intent: fitted, of words and pieces; and of concepts.
    lexical: Vec<i32>,
    conceptual: Vec<i32>,
    /// By intent: everything.
    pub(crate) total: Vec<i32>,
    /// By intent, in thousandths, calibrated.
    pub(crate) probability: Vec<u16>,
    parts: Vec<f64>,
}

/// What stands for `none` where nothing has been fitted: a lone keyword does not reach it.
const NONE_BY_HAND: i32 = 700;
const TEMPERATURE_BY_HAND: i32 = 250;

/// Fitted weights below this are not shown as evidence, in thousandths.
const SHOWN: i16 = 150;
/// … and of the others the heaviest.
const SHOWN_AT_MOST: usize = 4;

impl Scores {
    pub(crate) fn fill(&mut self, scan: &Scan, model: &Model, fitted: Option<&Fitted>) {
        self.gather(scan, model);
        self.add_by_hand(model);
        let count = model.specs.len();
        self.total.clear();
        match fitted {
            None => {
                self.total.extend_from_slice(&self.by_hand);
                if let Some(none) = self.total.get_mut(model.none) {
                    *none = NONE_BY_HAND;
                }
                probabilities(
                    &self.total,
                    TEMPERATURE_BY_HAND,
                    &mut self.parts,
                    &mut self.probability,
                );
            }
            Some(fitted) => {
                let [lexical, conceptual] = self.add_fitted(scan, model, fitted, count);
                for intent in 0..count {
                    let fit = i64::from(self.lexical[intent]) * lexical
                        + i64::from(self.conceptual[intent]) * conceptual;
                    let hand = i64::from(self.by_hand[intent]) * i64::from(fitted.by_hand) / 1000;
                    let total = i64::from(fitted.bias.get(intent).copied().unwrap_or(0))
                        + fit / 1024
                        + hand;
                    self.total.push(i32::try_from(total).unwrap_or(i32::MAX));
                }
                probabilities(
                    &self.total,
                    fitted.temperature.max(1),
                    &mut self.parts,
                    &mut self.probability,
                );
            }
        }
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
            let counted =
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
                counted: if quoted { counted / 2 } else { counted },
                flags,
                denied: scan.denied(start, end),
                quoted,
            });
        }
        self.spoken
            .sort_unstable_by_key(|s| (s.intent, std::cmp::Reverse(s.counted), s.start, s.rule));
        // The same keyword twice says nothing new.
        self.spoken.dedup_by_key(|s| (s.intent, s.rule));
    }

    /// Of the rules of one intent the heaviest counts whole, each further one half of the
    /// one before: many ways to say one thing are still one thing.
    fn add_by_hand(&mut self, model: &Model) {
        self.by_hand.clear();
        self.by_hand.resize(model.specs.len(), 0);
        self.denied.clear();
        self.denied.resize(model.specs.len(), 0);
        let mut rank = (u16::MAX, 0u32);
        for spoken in &mut self.spoken {
            let intent = usize::from(spoken.intent);
            if spoken.denied {
                self.denied[intent] = self.denied[intent].max(spoken.counted);
                continue;
            }
            rank = if rank.0 == spoken.intent { (rank.0, rank.1 + 1) } else { (spoken.intent, 0) };
            spoken.counted = spoken.counted.checked_shr(rank.1.min(8)).unwrap_or(0);
            self.by_hand[intent] += spoken.counted;
        }
    }

    /// Adds the fitted weights up and says how the two sums are damped.
    fn add_fitted(
        &mut self,
        scan: &Scan,
        model: &Model,
        fitted: &Fitted,
        count: usize,
    ) -> [i64; 2] {
        for sums in [&mut self.lexical, &mut self.conceptual] {
            sums.clear();
            sums.resize(count, 0);
        }
        // In passes over all features, so that waiting for memory overlaps.
        self.candidates.clear();
        let candidates = &mut self.candidates;
        features::extract(scan, model, |feature| candidates.push(feature));
        let language = scan.votes.top();
        fitted.keep_present(language, candidates);
        self.found.clear();
        self.found.extend(
            candidates.iter().filter_map(|c| Some((*c, fitted.find(c.kind(), language, c.key)?))),
        );
        let mut known = [0u32; 2];
        for &(feature, row) in &self.found {
            let conceptual = !feature.kind().is_lexical();
            known[usize::from(conceptual)] += 1;
            let sums = if conceptual { &mut self.conceptual } else { &mut self.lexical };
            for &(intent, weight) in fitted.weights(row) {
                sums[usize::from(intent)] += i32::from(weight);
            }
        }
        known.map(damping)
    }

    /// The intents that the message holds, with evidence.
    pub(crate) fn matches(
        &self,
        scan: &Scan,
        model: &Model,
        fitted: Option<&Fitted>,
        text: &str,
        bar: u16,
    ) -> Vec<IntentMatch> {
        let mut matches = Vec::new();
        for (intent, spec) in model.specs.iter().enumerate() {
            if intent == model.none {
                continue;
            }
            let probability = self.probability[intent];
            let decisive = self.by_hand[intent] >= crate::model::PATTERN_WEIGHT * 8 / 10;
            let denied = self.denied[intent] > self.by_hand[intent].max(0);
            if probability < bar && !decisive && !denied {
                continue;
            }
            let evidence = self.evidence(scan, model, fitted, intent, text);
            let mut spans: Vec<Span> =
                evidence.iter().filter(|e| e.weight > 0 || denied).map(|e| e.span).collect();
            merge(&mut spans);
            let at =
                self.spoken.iter().find(|s| usize::from(s.intent) == intent).map_or(0, |s| s.start);
            let (start, end) = scan.clause(at);
            matches.push(IntentMatch {
                id: spec.id.clone(),
                confidence: Confidence::from_permille(if denied {
                    self.denied_confidence(intent)
                } else {
                    probability
                }),
                score: self.total[intent],
                denied,
                spans,
                clause: trimmed(scan.folded.span(start as usize, end as usize, text), text),
                evidence,
            });
        }
        matches.sort_by(|a, b| {
            (a.denied, b.confidence, b.score, &a.id).cmp(&(b.denied, a.confidence, a.score, &b.id))
        });
        matches
    }

    fn denied_confidence(&self, intent: usize) -> u16 {
        u16::try_from(self.denied[intent] * 2 / 3).unwrap_or(0).clamp(0, 950)
    }

    fn evidence(
        &self,
        scan: &Scan,
        model: &Model,
        fitted: Option<&Fitted>,
        intent: usize,
        text: &str,
    ) -> Vec<Evidence> {
        let mut evidence: Vec<Evidence> = self
            .spoken
            .iter()
            .filter(|s| usize::from(s.intent) == intent)
            .map(|s| spoken_evidence(s, scan, model, text))
            .collect();
        if let Some(fitted) = fitted {
            let top = scan.votes.top().map_or("und", |top| &*model.languages[usize::from(top)].tag);
            let mut fits: Vec<(i16, Found)> = Vec::new();
            for &(found, at) in &self.found {
                let weights = fitted.weights(at);
                if let Some(&(_, weight)) =
                    weights.iter().find(|(i, w)| usize::from(*i) == intent && w.abs() >= SHOWN)
                {
                    fits.push((weight, found));
                }
            }
            fits.sort_by_key(|(weight, found)| {
                (std::cmp::Reverse(weight.abs()), found.start, found.end)
            });
            for (weight, found) in fits.into_iter().take(SHOWN_AT_MOST) {
                evidence.push(Evidence {
                    rule: fitted_name(scan, model, top, &found),
                    span: scan.folded.span(found.start as usize, found.end as usize, text),
                    weight: i32::from(weight),
                    deductions: Vec::new(),
                });
            }
        }
        evidence.sort_by_key(|e| std::cmp::Reverse(e.weight));
        evidence
    }
}

fn spoken_evidence(spoken: &Spoken, scan: &Scan, model: &Model, text: &str) -> Evidence {
    let mut deductions = Vec::new();
    let weight = if spoken.denied { 0 } else { spoken.counted };
    let reasons = [
        (spoken.denied, DeductionReason::Denied),
        (spoken.flags & TYPO != 0, DeductionReason::Typo),
        (spoken.flags & FOREIGN != 0, DeductionReason::OtherLanguage),
        (spoken.flags & ACCENT != 0, DeductionReason::Accent),
        (spoken.quoted, DeductionReason::Quoted),
    ];
    let lost = spoken.weight - weight;
    if lost != 0 {
        let reason = reasons
            .iter()
            .find(|(applies, _)| *applies)
            .map_or(DeductionReason::Repeated, |(_, reason)| *reason);
        deductions.push(Deduction { reason, amount: lost });
    }
    Evidence {
        rule: Arc::clone(&model.rules[spoken.rule as usize].name),
        span: scan.folded.span(spoken.start as usize, spoken.end as usize, text),
        weight,
        deductions,
    }
}

/// The name of a fitted weight: `es/word/dónde`, `concept/parcel`, `concepts/where>parcel`.
fn fitted_name(scan: &Scan, model: &Model, language: &str, found: &Found) -> Arc<str> {
    let name = found.name(scan, model);
    match found.kind() {
        Kind::Word => format!("{language}/word/{name}"),
        Kind::Pair => format!("{language}/words/{name}"),
        Kind::Piece => format!("{language}/piece/{name}"),
        Kind::Concept => format!("concept/{name}"),
        Kind::Denied => format!("concept/not {name}"),
        Kind::Concepts => format!("concepts/{name}"),
        Kind::Shape => format!("shape/{name}"),
        Kind::Rule => format!("fitted/{name}"),
    }
    .into()
}

fn merge(spans: &mut Vec<Span>) {
    spans.sort_unstable();
    let mut merged: Vec<Span> = Vec::with_capacity(spans.len());
    for span in spans.drain(..) {
        match merged.last_mut() {
            Some(last) if span.start <= last.end => last.end = last.end.max(span.end),
            _ => merged.push(span),
        }
    }
    *spans = merged;
}

/// Without the spaces and the comma at its edges.
fn trimmed(span: Span, text: &str) -> Span {
    let slice = span.of(text);
    let front = slice.len()
        - slice.trim_start_matches(|c: char| c.is_whitespace() || c.is_ascii_punctuation()).len();
    let back = slice.trim_end_matches(|c: char| c.is_whitespace() || c == ',').len();
    if front >= back { span } else { Span { start: span.start + front, end: span.start + back } }
}

/// Turns scores into probabilities that sum up to about a thousand. The exponential is
/// our own: the platform's may differ in the last bit.
fn probabilities(scores: &[i32], temperature: i32, parts: &mut Vec<f64>, out: &mut Vec<u16>) {
    parts.clear();
    out.clear();
    let best = f64::from(scores.iter().copied().max().unwrap_or(0));
    parts.extend(scores.iter().map(|&s| exp((f64::from(s) - best) / f64::from(temperature))));
    let sum: f64 = parts.iter().sum();
    out.extend(parts.iter().map(|part| (part / sum * 1000.0) as u16));
}

/// eˣ for x ≤ 0 by additions and multiplications alone, which IEEE 754 fixes to the bit.
pub(crate) fn exp(x: f64) -> f64 {
    // Less than half a thousandth does not show.
    if x < -7.6 {
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
