//! The mood of one message, by a ledger of points.

use std::sync::Arc;

use unicode_segmentation::UnicodeSegmentation;

use crate::analysis::{Emotion, EmotionEvidence, EmotionLabel, IntentMatch, Span};
use crate::model::Model;
use crate::pack::language::Mood;
use crate::scan::Scan;

/// From how many points on anger is level 1, 2 and 3.
const LEVELS: [i32; 3] = [2, 4, 7];

struct Ledger<'a> {
    evidence: Vec<EmotionEvidence>,
    text: &'a str,
}

impl Ledger<'_> {
    fn note(&mut self, rule: impl Into<Arc<str>>, span: Span, points: i32) {
        self.evidence.push(EmotionEvidence { rule: rule.into(), span, points });
    }

    fn whole(&self) -> Span {
        Span { start: 0, end: self.text.len() }
    }
}

/// Reads the mood.
pub(crate) fn read(scan: &Scan, model: &Model, wishes: &[IntentMatch], text: &str) -> Emotion {
    let mut ledger = Ledger { evidence: Vec::new(), text };
    let mut counts = [0i32; 10];
    let mut taken: Vec<(u32, u32, Mood)> = Vec::new();
    let mut moods = scan.moods.clone();
    moods.sort_unstable_by_key(|&(mood, language, start, end)| {
        (start, std::cmp::Reverse(end), mood, language)
    });
    for (mood, language, start, end) in moods {
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
    typography(scan, &mut ledger);
    let emoji = emoji(&mut ledger);
    let grievance = grievances(wishes, &mut ledger);
    let pressed = pressure(scan, model, wishes, &mut ledger);
    label(ledger, &counts, emoji, grievance || pressed)
}

fn points(mood: Mood, denied: bool) -> i32 {
    match mood {
        _ if denied => 0,
        Mood::Angry | Mood::Insult => 4,
        Mood::Threat => 3,
        Mood::Again | Mood::Disappointed => 1,
        Mood::Positive => -3,
        Mood::Polite => -1,
        Mood::Worried | Mood::Confused | Mood::Intensifier => 0,
    }
}

/// Capitals, rows of signs, drawn-out letters: loud, in joy as in anger; on their own
/// they are no mood, they make one louder.
fn typography(scan: &Scan, ledger: &mut Ledger<'_>) {
    let text = ledger.text;
    let (mut upper, mut lower, mut signs) = (0, 0, 0);
    for c in text.chars() {
        if c.is_ascii() {
            upper += u32::from(c.is_ascii_uppercase());
            lower += u32::from(c.is_ascii_lowercase());
            signs += u32::from(is_sign(c));
        } else {
            upper += u32::from(c.is_uppercase());
            lower += u32::from(c.is_lowercase());
            signs += u32::from(is_sign(c));
        }
    }
    if upper >= 10 && upper > lower * 3 {
        ledger.note("emotion/capitals", ledger.whole(), 1);
    }
    if signs >= 3 {
        rows_of_signs(ledger);
    }
    if scan.folded.elongated > 0 {
        ledger.note("emotion/elongation", ledger.whole(), 0);
    }
}

fn is_sign(c: char) -> bool {
    matches!(c, '!' | '?' | '！' | '？')
}

/// Three signs and more in a row.
fn rows_of_signs(ledger: &mut Ledger<'_>) {
    let text = ledger.text;
    let mut at = 0;
    for part in text.split_inclusive(|c: char| !is_sign(c)) {
        if part.chars().filter(|&c| is_sign(c)).count() >= 3 {
            let mixed = part.contains(['!', '！']) && part.contains(['?', '？']);
            let end = at + part.trim_end_matches(|c| !is_sign(c)).len();
            ledger.note("emotion/punctuation", Span { start: at, end }, if mixed { 2 } else { 1 });
        }
        at += part.len();
    }
}

/// What is said is a mood too: who threatens is angry, also in measured words.
const THREATS: [(&str, i32); 7] = [
    ("risk.legal_threat", 4),
    ("risk.bad_review", 4),
    ("risk.chargeback", 3),
    ("risk.scam", 3),
    ("item.counterfeit", 3),
    ("service.complaint", 2),
    ("risk.sensitive", 2),
];

/// Wishes that come of something gone wrong: loud, or beside a threat, they make it worse.
const GRIEVANCES: [&str; 14] = [
    "item.damaged",
    "item.defective",
    "item.not_as_described",
    "order.missing_item",
    "order.wrong_item",
    "payment.overcharged",
    "payment.unauthorized",
    "refund.request",
    "refund.status",
    "service.followup",
    "service.human",
    "tracking.delayed",
    "tracking.lost",
    "tracking.not_updated",
];

/// Concepts that put pressure behind a grievance, by kind; a kind counts once.
const PRESSURE: [(&str, &[&str], i32); 7] = [
    ("emotion/pressure/waiting", &["days_ago", "late", "wait", "still"], 1),
    ("emotion/pressure/again", &["again", "always", "never"], 1),
    ("emotion/pressure/now", &["now", "urgent", "hurry_up"], 1),
    ("emotion/pressure/no_answer", &["no_answer"], 1),
    ("emotion/pressure/boss", &["boss"], 2),
    ("emotion/pressure/fraud", &["fake", "scam"], 1),
    ("emotion/pressure/bad", &["bad", "complaint", "angry"], 1),
];

/// So many of them are said by the patient too, and press only beside another.
const PATIENT: usize = 2;

/// Longer stories, in bytes, hold such words by chance: they have to press twice.
const STORY: usize = 240;

/// By concept, the kind of pressure it puts behind a grievance, for [`PRESSURE`].
pub(crate) fn pressures(concepts: &[String]) -> Vec<Option<u8>> {
    let kind = |name: &str| PRESSURE.iter().position(|(_, names, _)| names.contains(&name));
    concepts.iter().map(|name| kind(name).and_then(|at| u8::try_from(at).ok())).collect()
}

/// Wishes that are no grievance by themselves, and one under pressure.
const PRESSED: [&str; 6] = [
    "order.cancel",
    "returns.request",
    "returns.withdraw",
    "tracking.delivered_not_received",
    "tracking.status",
    "account.newsletter",
];

/// From this confidence on a wish tells of a mood, in thousandths.
const CERTAIN: u16 = 400;

/// Notes threats and grievances; whether there is any.
fn grievances(wishes: &[IntentMatch], ledger: &mut Ledger<'_>) -> bool {
    let certain = |wish: &&IntentMatch| !wish.denied && wish.confidence.permille() >= CERTAIN;
    let mut any = false;
    let mut threat = false;
    for wish in wishes.iter().filter(certain) {
        if let Some((_, points)) = THREATS.iter().find(|(id, _)| *id == wish.id.as_str()) {
            let span = wish.spans.first().copied().unwrap_or_else(|| ledger.whole());
            ledger.note("emotion/threat", span, *points);
            (any, threat) = (true, true);
        }
    }
    if let Some(wish) = wishes.iter().filter(certain).find(|w| GRIEVANCES.contains(&w.id.as_str()))
    {
        let span = wish.spans.first().copied().unwrap_or_else(|| ledger.whole());
        let loud = ledger
            .evidence
            .iter()
            .any(|e| matches!(&*e.rule, "emotion/capitals" | "emotion/punctuation"));
        if loud || threat {
            ledger.note("emotion/grievance", span, if loud { 3 } else { 1 });
            any = true;
        }
    }
    any
}

/// Who has a grievance and presses it is angry without an angry word: "ten days late and
/// not a word from you, cancel it now". One kind of pressure is none.
fn pressure(scan: &Scan, model: &Model, wishes: &[IntentMatch], ledger: &mut Ledger<'_>) -> bool {
    let grieved = wishes.iter().any(|wish| {
        let id = wish.id.as_str();
        !wish.denied
            && wish.confidence.permille() >= CERTAIN
            && (GRIEVANCES.contains(&id)
                || PRESSED.contains(&id)
                || THREATS.iter().any(|(threat, _)| *threat == id))
    });
    if !grieved {
        return false;
    }
    let mut found: [Option<(u32, u32)>; PRESSURE.len()] = [None; PRESSURE.len()];
    for atom in &scan.atoms {
        let kind = model.pressures.get(atom.atom as usize).copied().flatten();
        if let Some(kind) = kind {
            found[usize::from(kind)].get_or_insert((atom.start, atom.end));
        }
    }
    let signs = ledger.text.chars().filter(|c| matches!(c, '!' | '！')).count();
    let kinds = found.iter().flatten().count() + usize::from(signs > 0);
    let pressing = found[PATIENT..].iter().flatten().count() + usize::from(signs > 0);
    if kinds < 2 || pressing < 1 + usize::from(ledger.text.len() > STORY) {
        return false;
    }
    for ((name, _, points), span) in PRESSURE.iter().zip(found) {
        if let Some((start, end)) = span {
            let span = scan.folded.span(start as usize, end as usize, ledger.text);
            ledger.note(*name, span, *points);
        }
    }
    if signs > 0 {
        ledger.note("emotion/pressure/signs", ledger.whole(), if signs > 1 { 2 } else { 1 });
    }
    ledger.note("emotion/pressure/grievance", ledger.whole(), 1);
    true
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
                ledger.note("emotion/emoji", span, 2);
            }
            '😍' | '🥰' | '😊' | '😀' | '😃' | '😄' | '😁' | '❤' | '💕' | '🎉' | '🤩' | '😘'
            | '💖' => {
                glad += 1;
                if glad == 1 {
                    ledger.note("emotion/emoji", span, -2);
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

fn label(
    ledger: Ledger<'_>,
    counts: &[i32; 10],
    (glad, sad): (i32, i32),
    grievance: bool,
) -> Emotion {
    let count = |mood: Mood| counts[mood as usize];
    let hot = grievance
        || count(Mood::Angry) + count(Mood::Insult) + count(Mood::Threat) > 0
        || ledger.evidence.iter().any(|e| &*e.rule == "emotion/emoji" && e.points > 0);
    let sum: i32 = ledger.evidence.iter().map(|e| e.points).sum();
    // Loudness alone is no anger, and anger at a discount of courtesy is still anger.
    let sum = if hot { sum } else { sum.min(LEVELS[0]) };
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
