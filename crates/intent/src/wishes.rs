//! The intents that a message holds, with the reasons.

use std::sync::Arc;

use crate::analysis::{Confidence, Deduction, DeductionReason, Evidence, IntentMatch, Span};
use crate::features::{Found, Kind};
use crate::fitted::Fitted;
use crate::model::Model;
use crate::scan::{ACCENT, FOREIGN, Scan, TYPO};
use crate::score::{Scores, Spoken};

/// An intent of the whole message is reported from this probability on, in thousandths. The
/// surest is the best guess, if none is not far more probable; what is acted on is
/// [`crate::Analysis::wishes`].
const REPORTED: u16 = 120;
/// A clause adds a wish of its own from this one on, where a rule speaks for it.
const CLAUSE: u16 = 450;
/// What a clause's probability counts beside the whole message's, in thousandths: it was
/// calibrated on whole messages.
const CLAUSE_TRUST: u32 = 900;
/// Clauses nearer than this are read together, in bytes.
const SHORTEST_CLAUSE: u32 = 8;
const MOST_CLAUSES: usize = 8;

/// Fitted weights below this are not shown as evidence, in thousandths …
const SHOWN: i16 = 250;
/// … and of the others the heaviest.
const SHOWN_AT_MOST: usize = 3;

/// A wish before its evidence is written down.
#[derive(Clone, Copy, Debug)]
struct Wish {
    intent: usize,
    permille: u16,
    denied: bool,
    clause: (u32, u32),
}

/// Room to work in, which keeps its size from message to message.
#[derive(Debug, Default)]
pub(crate) struct Room {
    wishes: Vec<Wish>,
    name: String,
}

/// Reads the intents off the scores: those of the whole message, and those that a clause
/// holds by itself. Sorted, not denied ones first, the surest first.
pub(crate) fn read(
    scores: &mut Scores,
    scan: &Scan,
    model: &Model,
    fitted: Option<&Fitted>,
    text: &str,
    room: &mut Room,
) -> Vec<IntentMatch> {
    let Room { wishes, name } = room;
    wishes.clear();
    add_of_whole(wishes, scores, scan, model);
    add_of_clauses(wishes, scores, scan, model, fitted);
    let scores = &*scores;
    let mut matches: Vec<IntentMatch> = wishes
        .iter()
        .map(|wish| {
            let evidence = evidence(scores, scan, model, fitted, wish.intent, text, name);
            let told = evidence.iter().filter(|e| e.weight > 0 || wish.denied).map(|e| e.span);
            let mut spans = Vec::with_capacity(told.clone().count());
            spans.extend(told);
            merge(&mut spans);
            let (start, end) = wish.clause;
            IntentMatch {
                id: model.specs[wish.intent].id.clone(),
                confidence: Confidence::from_permille(wish.permille),
                score: scores.whole.total[wish.intent],
                denied: wish.denied,
                spans,
                clause: trimmed(scan.folded.span(start as usize, end as usize, text), text),
                evidence,
            }
        })
        .collect();
    matches.sort_by(|a, b| {
        (a.denied, b.confidence, b.score, &a.id).cmp(&(b.denied, a.confidence, a.score, &b.id))
    });
    matches
}

fn add_of_whole(wishes: &mut Vec<Wish>, scores: &Scores, scan: &Scan, model: &Model) {
    // What shares nothing with any pack is no wish, however few intents there are to choose from.
    let known = |(found, _): &(Found, _)| found.kind() != Kind::Shape;
    if scores.spoken.is_empty() && !scores.found.iter().any(known) {
        return;
    }
    let whole = &scores.whole;
    let intents = (0..model.specs.len()).filter(|&intent| intent != model.none);
    wishes.extend(intents.filter_map(|intent| {
        let denied = scores.denied[intent] > whole.by_hand[intent].max(0);
        let probability = whole.probability[intent];
        if !denied && probability < REPORTED {
            return None;
        }
        let at = scores.spoken.iter().find(|s| usize::from(s.intent) == intent);
        let permille = if denied { denied_permille(scores.denied[intent]) } else { probability };
        Some(Wish { intent, permille, denied, clause: scan.clause(at.map_or(0, |s| s.start)) })
    }));
}

/// How sure a denial is: a decisive rule that is denied is denied for sure.
fn denied_permille(weight: i32) -> u16 {
    u16::try_from(weight * 2 / 3).unwrap_or(0).clamp(0, 950)
}

/// A message of several clauses is read clause by clause too: beside a loud wish a second
/// one would be drowned.
fn add_of_clauses(
    wishes: &mut Vec<Wish>,
    scores: &mut Scores,
    scan: &Scan,
    model: &Model,
    fitted: Option<&Fitted>,
) {
    if scan.clauses.len() < 2 {
        return;
    }
    let (clauses, count) = clauses(scan);
    let clauses = &clauses[..count];
    if clauses.len() < 2 {
        return;
    }
    let first = wishes.iter().filter(|wish| !wish.denied).max_by_key(|wish| wish.permille);
    // What the message says as a whole stays first, also where that is none.
    let none = scores.whole.probability.get(model.none).copied().unwrap_or(0);
    let said = first.filter(|first| first.permille >= none);
    let most = said.map_or(1000 - none.min(1000), |said| said.permille).min(BESIDE_WHOLE);
    let first = first.map(|wish| wish.intent);
    for &clause in clauses {
        // Only where a rule speaks for something else than the message as a whole.
        let other = scores.spoken.iter().any(|s| {
            !s.denied
                && s.start >= clause.0
                && s.end <= clause.1
                && Some(usize::from(s.intent)) != first
        });
        if !other {
            continue;
        }
        let sums = scores.fill_clause(clause, model, fitted);
        let Some((intent, &probability)) =
            sums.probability.iter().enumerate().max_by_key(|(at, p)| (**p, std::cmp::Reverse(*at)))
        else {
            continue;
        };
        if intent == model.none || probability < CLAUSE || sums.by_hand[intent] <= 0 {
            continue;
        }
        let permille = u16::try_from(u32::from(probability) * CLAUSE_TRUST / 1000).unwrap_or(0);
        let permille = permille.min(most);
        if permille < REPORTED {
            continue;
        }
        match wishes.iter_mut().find(|wish| wish.intent == intent) {
            // Denied in one clause and wished in another: wished.
            Some(wish) if wish.denied => *wish = Wish { intent, permille, denied: false, clause },
            Some(wish) => {
                wish.clause = clause;
                wish.permille = wish.permille.max(permille);
            }
            None => wishes.push(Wish { intent, permille, denied: false, clause }),
        }
    }
}

/// The most that a clause's wish counts.
const BESIDE_WHOLE: u16 = 700;

/// The clauses of a message, short ones joined to the next, and how many there are.
fn clauses(scan: &Scan) -> ([(u32, u32); MOST_CLAUSES], usize) {
    let length = u32::try_from(scan.folded.text.len()).unwrap_or(u32::MAX);
    let mut clauses = [(0, 0); MOST_CLAUSES];
    let mut count = 0;
    let mut from = 0;
    for &start in scan.clauses.iter().skip(1) {
        if start - from >= SHORTEST_CLAUSE
            && length - start >= SHORTEST_CLAUSE
            && count + 1 < MOST_CLAUSES
        {
            clauses[count] = (from, start);
            count += 1;
            from = start;
        }
    }
    clauses[count] = (from, length);
    (clauses, count + 1)
}

fn evidence(
    scores: &Scores,
    scan: &Scan,
    model: &Model,
    fitted: Option<&Fitted>,
    intent: usize,
    text: &str,
    name: &mut String,
) -> Vec<Evidence> {
    let spoken = || scores.spoken.iter().filter(|s| usize::from(s.intent) == intent);
    let heaviest = fitted.map(|fitted| heaviest(scores, fitted, intent)).unwrap_or_default();
    let mut evidence = Vec::with_capacity(spoken().count() + heaviest.iter().flatten().count());
    evidence.extend(spoken().map(|s| spoken_evidence(s, scan, model, text)));
    let top = scan.votes.top().map_or("und", |top| &*model.languages[usize::from(top)].tag);
    evidence.extend(heaviest.into_iter().flatten().map(|(weight, found)| Evidence {
        rule: fitted_name(scan, model, top, &found, name),
        span: scan.folded.span(found.start as usize, found.end as usize, text),
        weight: i32::from(weight),
        deductions: Vec::new(),
    }));
    evidence.sort_by_key(|e| std::cmp::Reverse(e.weight));
    evidence
}

/// The fitted weights to show for an intent, the heaviest first.
fn heaviest(
    scores: &Scores,
    fitted: &Fitted,
    intent: usize,
) -> [Option<(i16, Found)>; SHOWN_AT_MOST] {
    let mut heaviest: [Option<(i16, Found)>; SHOWN_AT_MOST] = [None; SHOWN_AT_MOST];
    // As heavy as what it is to take the place of is not enough.
    let mut least = SHOWN;
    for &(found, row) in scores.found.iter() {
        if !Fitted::may_weigh(row, least) {
            continue;
        }
        let weight = fitted.weight(row, intent);
        let mut new = Some((weight, found)).filter(|_| weight.abs() >= least);
        for place in &mut heaviest {
            let heavier =
                new.is_some_and(|(w, _)| place.is_none_or(|(old, _)| w.abs() > old.abs()));
            if heavier {
                std::mem::swap(place, &mut new);
            }
        }
        if let Some((lightest, _)) = heaviest[SHOWN_AT_MOST - 1] {
            least = lightest.abs().saturating_add(1);
        }
    }
    heaviest
}

fn spoken_evidence(spoken: &Spoken, scan: &Scan, model: &Model, text: &str) -> Evidence {
    let reasons = [
        (spoken.denied, DeductionReason::Denied),
        (spoken.flags & TYPO != 0, DeductionReason::Typo),
        (spoken.flags & FOREIGN != 0, DeductionReason::OtherLanguage),
        (spoken.flags & ACCENT != 0, DeductionReason::Accent),
        (spoken.quoted, DeductionReason::Quoted),
    ];
    let first = reasons.iter().find(|(applies, _)| *applies).map(|(_, reason)| *reason);
    let lost = [
        (spoken.weight - spoken.full, first.unwrap_or(DeductionReason::OtherLanguage)),
        (
            spoken.full - spoken.counted,
            if spoken.denied { DeductionReason::Denied } else { DeductionReason::Repeated },
        ),
    ];
    Evidence {
        rule: Arc::clone(&model.rules[spoken.rule as usize].name),
        span: scan.folded.span(spoken.start as usize, spoken.end as usize, text),
        weight: spoken.counted,
        deductions: lost
            .into_iter()
            .filter(|(amount, _)| *amount != 0)
            .map(|(amount, reason)| Deduction { reason, amount })
            .collect(),
    }
}

/// The name of a fitted weight: `es/word/dónde`, `concept/parcel`, `concepts/where>parcel`.
/// It is put together in `name`, whose room serves for all of a message.
fn fitted_name(
    scan: &Scan,
    model: &Model,
    language: &str,
    found: &Found,
    name: &mut String,
) -> Arc<str> {
    name.clear();
    if found.kind().is_lexical() {
        name.push_str(language);
    }
    name.push_str(match found.kind() {
        Kind::Word => "/word/",
        Kind::Pair => "/words/",
        Kind::Piece => "/piece/",
        Kind::Letters => "/letters/",
        Kind::Concept => "concept/",
        Kind::Denied => "concept/not ",
        Kind::Concepts => "concepts/",
        Kind::Shape => "shape/",
        Kind::Rule => "fitted/",
    });
    found.write_name(name, scan, model);
    Arc::from(name.as_str())
}

fn merge(spans: &mut Vec<Span>) {
    spans.sort_unstable();
    spans.dedup_by(|next, last| {
        let touches = next.start <= last.end;
        if touches {
            last.end = last.end.max(next.end);
        }
        touches
    });
}

/// Without the spaces and the comma at its edges.
fn trimmed(span: Span, text: &str) -> Span {
    let slice = span.of(text);
    let cut = |c: char| c.is_whitespace() || c.is_ascii_punctuation() && c != '"';
    let front = slice.len() - slice.trim_start_matches(cut).len();
    let back = slice.trim_end_matches(|c: char| c.is_whitespace() || c == ',').len();
    if front >= back {
        return span;
    }
    Span { start: span.start + front, end: span.start + back }
}
