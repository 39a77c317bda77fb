//! The mood of one message, by a ledger of points.

use std::sync::{Arc, LazyLock};

use unicode_segmentation::UnicodeSegmentation;

use crate::analysis::{Emotion, EmotionEvidence, EmotionLabel, IntentMatch, Span};
use crate::model::Model;
use crate::pack::language::Mood;
use crate::scan::Scan;

/// From how many points on anger is level 1, 2 and 3. These and the points below were chosen
/// on labelled messages: of strangers' angry ones 8 in 10 are heard, and of those that are
/// taken for angry about 2 in 3 are.
const LEVELS: [i32; 3] = [2, 3, 7];

struct Ledger<'a> {
    evidence: Vec<EmotionEvidence>,
    text: &'a str,
}

impl Ledger<'_> {
    fn note(&mut self, rule: Arc<str>, span: Span, points: i32) {
        self.evidence.push(EmotionEvidence { rule, span, points });
    }

    fn whole(&self) -> Span {
        Span { start: 0, end: self.text.len() }
    }
}

/// Rules of no language.
const RULES: [&str; 5] = [
    "emotion/capitals",
    "emotion/elongation",
    "emotion/punctuation",
    "emotion/grievance",
    "emotion/emoji",
];

/// The name of a rule of no language, which all messages share.
fn rule(name: &str) -> Arc<str> {
    static NAMES: LazyLock<Vec<Arc<str>>> = LazyLock::new(|| {
        RULES.iter().chain(PRESSURE.iter().map(|(name, _)| name)).map(|&name| name.into()).collect()
    });
    NAMES.iter().find(|known| &***known == name).map_or_else(|| name.into(), Arc::clone)
}

/// A stretch that speaks of a mood.
pub(crate) type Taken = (u32, u32, Mood);

/// Reads the mood; `taken` is room to work in.
pub(crate) fn read(
    scan: &Scan,
    model: &Model,
    wishes: &[IntentMatch],
    text: &str,
    taken: &mut Vec<Taken>,
) -> Emotion {
    let mut ledger = Ledger { evidence: Vec::new(), text };
    let mut counts = [0i32; 10];
    taken.clear();
    for &(mood, language, start, end) in &scan.moods {
        // A longer phrase speaks for the words inside it, whatever their own mood.
        if taken
            .iter()
            .any(|&(s, e, m)| s <= start && end <= e && (e - s > end - start || m == mood))
        {
            continue;
        }
        taken.push((start, end, mood));
        let denied = scan.denied_closely(start, end);
        let points = points(mood, denied);
        counts[mood as usize] +=
            i32::from(!denied || matches!(mood, Mood::Polite | Mood::Again | Mood::Intensifier));
        let name = model.languages.get(usize::from(language)).and_then(|l| l.moods.get(&mood));
        if let Some(name) = name {
            ledger.note(
                Arc::clone(name),
                scan.folded.span(start as usize, end as usize, text),
                points,
            );
        }
    }
    let loud = loudness(scan, &mut ledger);
    let emoji = emoji(&mut ledger);
    let grieved = grievance(wishes, &mut ledger);
    if grieved {
        pressure(scan, model, &mut ledger);
    }
    // Who greets or thanks loudly is glad.
    let social = wishes.iter().find(|wish| !wish.denied);
    let social = social.is_some_and(|wish| wish.id.as_str().starts_with("chat."));
    label(ledger, &counts, emoji, grieved || loud && !social)
}

fn points(mood: Mood, denied: bool) -> i32 {
    match mood {
        _ if denied => 0,
        Mood::Angry | Mood::Insult => 4,
        Mood::Threat => 3,
        Mood::Again => 1,
        Mood::Positive => -4,
        Mood::Polite | Mood::Worried => -1,
        Mood::Disappointed | Mood::Confused | Mood::Intensifier => 0,
    }
}

/// Capitals, signs, drawn-out letters: loud, in joy as in anger. Whether it is more than
/// joy is: a message in capitals, or rows of signs.
fn loudness(scan: &Scan, ledger: &mut Ledger<'_>) -> bool {
    let text = ledger.text;
    let (mut upper, mut lower) = (0, 0);
    for c in text.chars() {
        if c.is_ascii() {
            upper += u32::from(c.is_ascii_uppercase());
            lower += u32::from(c.is_ascii_lowercase());
        } else {
            upper += u32::from(c.is_uppercase());
            lower += u32::from(c.is_lowercase());
        }
    }
    let capitals = upper >= 10 && upper > lower * 3;
    let drawn_out = scan.folded.elongated > 0;
    let signs = signs(ledger);
    if capitals {
        ledger.note(rule("emotion/capitals"), ledger.whole(), 1);
    }
    if drawn_out {
        ledger.note(rule("emotion/elongation"), ledger.whole(), 1);
    }
    capitals || signs + i32::from(drawn_out) >= 4
}

fn is_sign(c: char) -> bool {
    matches!(c, '!' | '?' | '！' | '？')
}

/// Notes exclamation marks, three at most, and one more for three signs in a row; what they
/// come to.
fn signs(ledger: &mut Ledger<'_>) -> i32 {
    let text = ledger.text;
    // Most messages have none, and are gone through once.
    let Some(start) = text.find(is_sign) else { return 0 };
    let from_first = &text[start..];
    let marks = from_first.matches(['!', '！']).take(3).count();
    let row = from_first.split(|c: char| !is_sign(c)).any(|signs| signs.chars().count() >= 3);
    let points = i32::try_from(marks).unwrap_or(0) + i32::from(row);
    if points > 0
        && let Some((at, sign)) = from_first.rmatch_indices(is_sign).next()
    {
        let end = start + at + sign.len();
        ledger.note(rule("emotion/punctuation"), Span { start, end }, points);
    }
    points
}

/// What is said is a mood too: who threatens is angry, also in measured words, and who has
/// a grievance is nearer to it, the more so where it is not the first time that it is told.
const GRIEVANCES: [(&str, i32); 28] = [
    ("risk.bad_review", 5),
    ("risk.legal_threat", 5),
    ("risk.chargeback", 4),
    ("item.counterfeit", 3),
    ("risk.sensitive", 3),
    ("item.defective", 2),
    ("order.cancel", 2),
    ("refund.request", 2),
    ("refund.status", 2),
    ("returns.status", 2),
    ("risk.scam", 2),
    ("service.complaint", 2),
    ("service.followup", 2),
    ("service.human", 2),
    ("account.newsletter", 1),
    ("item.damaged", 1),
    ("item.not_as_described", 1),
    ("order.missing_item", 1),
    ("order.wrong_item", 1),
    ("payment.confirm", 1),
    ("payment.overcharged", 1),
    ("payment.unauthorized", 1),
    ("returns.request", 1),
    ("returns.withdraw", 1),
    ("tracking.delayed", 1),
    ("tracking.delivered_not_received", 1),
    ("tracking.lost", 1),
    ("tracking.not_updated", 1),
];

/// Concepts that put pressure behind a grievance, by kind; a kind counts once.
const PRESSURE: [(&str, &[&str]); 2] =
    [("emotion/pressure/boss", &["boss"]), ("emotion/pressure/fraud", &["fake", "scam"])];

/// By concept, the kind of pressure it puts behind a grievance, for [`PRESSURE`].
pub(crate) fn pressures(concepts: &[String]) -> Vec<Option<u8>> {
    let kind = |name: &str| PRESSURE.iter().position(|(_, names)| names.contains(&name));
    concepts.iter().map(|name| kind(name).and_then(|at| u8::try_from(at).ok())).collect()
}

/// From this confidence on a wish tells of a mood, in thousandths.
const CERTAIN: u16 = 300;

/// Notes the gravest grievance; whether there is any.
fn grievance(wishes: &[IntentMatch], ledger: &mut Ledger<'_>) -> bool {
    let certain = wishes.iter().filter(|w| !w.denied && w.confidence.permille() >= CERTAIN);
    let points = |wish: &IntentMatch| {
        GRIEVANCES.iter().find(|(id, _)| *id == wish.id.as_str()).map(|(_, points)| *points)
    };
    let gravest = certain
        .filter_map(|wish| Some((points(wish)?, wish)))
        // Of equally grave ones the first, which is the surest.
        .reduce(|best, next| if next.0 > best.0 { next } else { best });
    let Some((points, wish)) = gravest else { return false };
    let span = wish.spans.first().copied().unwrap_or_else(|| ledger.whole());
    ledger.note(rule("emotion/grievance"), span, points);
    true
}

/// Notes what is put behind a grievance.
fn pressure(scan: &Scan, model: &Model, ledger: &mut Ledger<'_>) {
    let mut found: [Option<(u32, u32)>; PRESSURE.len()] = [None; PRESSURE.len()];
    for atom in &scan.atoms {
        let kind = model.pressures.get(atom.atom as usize).copied().flatten();
        if let Some(kind) = kind {
            found[usize::from(kind)].get_or_insert((atom.start, atom.end));
        }
    }
    for ((name, _), span) in PRESSURE.iter().zip(found) {
        if let Some((start, end)) = span {
            let span = scan.folded.span(start as usize, end as usize, ledger.text);
            ledger.note(rule(name), span, 1);
        }
    }
}

/// Emoji that say a mood wherever they are used. What differs by culture is not here.
fn emoji(ledger: &mut Ledger<'_>) -> (i32, i32) {
    let text = ledger.text;
    // In UTF-8 the emoji and signs of mood begin with one of two bytes.
    if !text.bytes().any(|b| matches!(b, 0xe2 | 0xf0)) {
        return (0, 0);
    }
    let (mut glad, mut sad) = (0, 0);
    let mut angry = 0;
    for (at, grapheme) in text.grapheme_indices(true) {
        let span = Span { start: at, end: at + grapheme.len() };
        match grapheme.chars().next().unwrap_or(' ') {
            '😡' | '🤬' | '😠' | '💢' | '🖕' | '👿' if angry < 2 => {
                angry += 1;
                ledger.note(rule("emotion/emoji"), span, 2);
            }
            '😍' | '🥰' | '😊' | '😀' | '😃' | '😄' | '😁' | '❤' | '💕' | '🎉' | '🤩' | '😘'
            | '💖' => {
                glad += 1;
                if glad == 1 {
                    ledger.note(rule("emotion/emoji"), span, -2);
                }
            }
            '😢' | '😭' | '😞' | '😔' | '☹' | '🙁' | '😟' | '😩' | '😫' | '💔' => {
                sad += 1
            }
            _ => {}
        }
    }
    (glad, sad)
}

fn label(ledger: Ledger<'_>, counts: &[i32; 10], (glad, sad): (i32, i32), hot: bool) -> Emotion {
    let count = |mood: Mood| counts[mood as usize];
    let hot = hot
        || count(Mood::Angry) + count(Mood::Insult) + count(Mood::Threat) + count(Mood::Again) > 0
        || ledger.evidence.iter().any(|e| &*e.rule == "emotion/emoji" && e.points > 0);
    let sum: i32 = ledger.evidence.iter().map(|e| e.points).sum();
    // A sign or two alone are no anger, nor is a plain request to cancel.
    let told = |e: &EmotionEvidence| e.points > 0 && &*e.rule != "emotion/grievance";
    let plain = sum < LEVELS[1] && !ledger.evidence.iter().any(told);
    let sum = if hot && !plain { sum } else { sum.min(LEVELS[0] - 1) };
    let level = LEVELS.iter().filter(|&&least| sum >= least).count() as u8;
    let label = if level >= 2 {
        EmotionLabel::Angry
    } else if count(Mood::Positive) + glad > 0 && count(Mood::Disappointed) + sad == 0 && sum <= 0 {
        EmotionLabel::Positive
    } else if count(Mood::Worried) > 0 {
        EmotionLabel::Worried
    } else if count(Mood::Disappointed) + sad > 0 || level == 1 && hot {
        EmotionLabel::Disappointed
    } else if count(Mood::Confused) > 0 {
        EmotionLabel::Confused
    } else {
        EmotionLabel::Neutral
    };
    let mut evidence = ledger.evidence;
    evidence.sort_by_key(|e| (e.span, e.points));
    Emotion { label, level, evidence }
}
