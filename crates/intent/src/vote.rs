//! Which language a message is in: scripts, words and hints vote in the same pass as the
//! matching.

use std::sync::{Arc, LazyLock};

use crate::Hints;
use crate::analysis::{Confidence, LanguageGuess};
use crate::features::Hasher;
use crate::fitted::Fitted;
use crate::fold::{han_is_simplified, han_is_traditional};
use crate::lexicon::{Hit, Role};
use crate::model::Model;
use crate::scan::FOREIGN;
use crate::segment::{Script, Segments, Word};

/// The votes of one message.
#[derive(Debug, Default)]
pub(crate) struct Vote {
    /// By language, in thousandths of a word.
    pub(crate) points: Vec<i64>,
    /// The languages that count fully: the winner and whoever is close to it.
    near: Vec<bool>,
    top: Option<u8>,
}

/// What is counted: the packs, and a message as far as it has been read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ballot<'a> {
    pub(crate) model: &'a Model,
    pub(crate) fitted: Option<&'a Fitted>,
    /// Folded, and as it was typed.
    pub(crate) text: &'a str,
    pub(crate) original: &'a str,
    pub(crate) segments: &'a Segments,
    pub(crate) hits: &'a [Hit],
}

/// A message of so many words has little to tell its language by.
const FEW: usize = 5;

const FUNCTION: i64 = 3000;
const WORD: i64 = 1500;
const TYPICAL: i64 = 2500;
const SCRIPT: i64 = 2000;
const LATIN: i64 = 60;
const CONVERSATION: i64 = 4000;
const LOCALE: i64 = 1500;

impl Vote {
    pub(crate) fn top(&self) -> Option<u8> {
        self.top
    }

    /// Settles the vote.
    pub(crate) fn decide(&mut self, language: u8) {
        self.top = Some(language);
    }

    pub(crate) fn count(&mut self, ballot: &Ballot<'_>, hints: &Hints<'_>) {
        let Ballot { model, segments, .. } = ballot;
        self.points.clear();
        self.points.resize(model.languages.len(), 0);
        for word in &segments.words {
            if !matches!(word.script, Script::Latin | Script::Digit) {
                self.count_script(model, ballot.text, word, SCRIPT);
            }
        }
        let word = self.count_hits(ballot.hits, ballot.text);
        let script = self.count_letters(model, ballot.original)
            || segments.words.iter().any(|w| !matches!(w.script, Script::Latin | Script::Digit));
        let few = segments.words.len() <= FEW;
        if self.is_close(few) {
            self.count_vocabulary(ballot, few);
        }
        // "zz" is typical of Italian, and of hands that type at random: it takes a word.
        let any = (word || script) && self.points.iter().any(|&points| points > 0);
        if any {
            // Half of the languages are written in Latin letters, which tell a little only:
            // enough to pass over those that have merely borrowed a word.
            for word in segments.words.iter().filter(|word| word.script == Script::Latin) {
                self.count_script(model, ballot.text, word, LATIN);
            }
        }
        for (hint, weight) in [(hints.conversation, CONVERSATION), (hints.locale, LOCALE)] {
            let subtag = hint.and_then(|tag| tag.split(['-', '_']).next()).unwrap_or_default();
            if let Some(at) =
                model.languages.iter().position(|l| subtag.eq_ignore_ascii_case(&l.tag))
            {
                self.points[at] += weight;
            }
        }
        let best = self.points.iter().copied().max().unwrap_or(0);
        let hinted = hints.conversation.is_some() || hints.locale.is_some();
        self.top = (best > 0 && (any || hinted)).then(|| {
            let at = self.points.iter().position(|&p| p == best).unwrap_or(0);
            u8::try_from(at).unwrap_or(0)
        });
        self.near.clear();
        self.near.extend(self.points.iter().map(|&points| points > 0 && points * 10 >= best * 7));
    }

    /// Whether the packs' keywords leave open which of several languages it is, as a few
    /// words always do. Where they tell none, samples do not either: those of `none` hold
    /// what hands typed at random.
    fn is_close(&self, few: bool) -> bool {
        let best = self.points.iter().copied().max().unwrap_or(0);
        let near = self.points.iter().filter(|&&points| points * 10 >= best * 7).count();
        best > 0 && (few || near > 1)
    }

    /// Words that stand in samples of a language alone tell it where keywords do not.
    fn count_vocabulary(&mut self, ballot: &Ballot<'_>, few: bool) {
        let Some(fitted) = ballot.fitted else { return };
        let best = self.points.iter().copied().max().unwrap_or(0);
        let mut keys = [(0u8, Hasher::default()); 64];
        for word in &ballot.segments.words {
            if word.script.is_unspaced() || word.script == Script::Digit {
                continue;
            }
            let text = &ballot.text[word.start..word.end];
            // The keys of one word in all languages grow side by side: each waits for its last
            // multiplication, and for nobody else's.
            let mut open = 0;
            for (at, &hasher) in (0u8..64).zip(&ballot.model.tongues.words) {
                if few || self.points[usize::from(at)] * 10 >= best * 5 {
                    keys[open] = (at, hasher);
                    open += 1;
                }
            }
            for byte in text.bytes() {
                keys[..open].iter_mut().for_each(|(_, hasher)| *hasher = hasher.add(&[byte]));
            }
            let mut knows = 0u64;
            for &(at, hasher) in &keys[..open] {
                knows |= u64::from(fitted.has_word(at, hasher.key())) << at;
            }
            let letters = text.chars().count().min(8) as i64;
            let share = i64::from(knows.count_ones().max(1));
            for (at, points) in self.points.iter_mut().enumerate().take(64) {
                if knows & (1 << at) != 0 {
                    *points += WORD * (2 + letters) / 6 / share;
                }
            }
        }
    }

    fn count_script(&mut self, model: &Model, text: &str, word: &Word, weight: i64) {
        let letters = text[word.start..word.end].chars().take(12).count() as i64;
        for &(language, share) in &model.tongues.shares[word.script as usize] {
            self.points[usize::from(language)] += weight * letters * i64::from(share) / 1000;
        }
    }

    /// Words of several languages count for each of them in part. Emoji and numbers are
    /// of no language, whichever pack lists them.
    /// Returns whether there was any but typical sequences of letters.
    fn count_hits(&mut self, hits: &[Hit], text: &str) -> bool {
        let mut word = false;
        let mut at = 0;
        while at < hits.len() {
            let (start, end) = (hits[at].start, hits[at].end);
            let group_end =
                at + hits[at..].iter().take_while(|h| (h.start, h.end) == (start, end)).count();
            let group = &hits[at..group_end];
            at = group_end;
            let letter = |c| !matches!(Script::of(c), Script::None | Script::Digit);
            if !text[start as usize..end as usize].contains(letter) {
                continue;
            }
            let mut languages = 0u64;
            for hit in group {
                languages |= 1 << (hit.usage.language & 63);
            }
            let share = i64::from(languages.count_ones().max(1));
            let mut last = u8::MAX;
            word |= group.iter().any(|hit| hit.usage.role != Role::Typical);
            for hit in group {
                // Uses are sorted by language; the best role of each counts once.
                let weight = match hit.usage.role {
                    Role::Function | Role::NegateBefore | Role::NegateAfter => FUNCTION,
                    Role::Typical => TYPICAL,
                    _ => WORD,
                };
                if hit.usage.language != last || hit.usage.role == Role::Typical {
                    let letters = i64::from(end - start).min(8);
                    self.points[usize::from(hit.usage.language)] +=
                        weight * (2 + letters) / 6 / share;
                }
                last = hit.usage.language;
            }
        }
        word
    }

    /// Returns whether there was any.
    fn count_letters(&mut self, model: &Model, original: &str) -> bool {
        let mut any = false;
        if !original.is_ascii() {
            for language in model.letters.find(original) {
                self.points[usize::from(language)] += TYPICAL;
                any = true;
            }
        }
        any
    }

    /// The verdict on a message as it was typed.
    pub(crate) fn guess(&self, model: &Model, hints: &Hints<'_>, original: &str) -> LanguageGuess {
        let Some(top) = self.top else {
            return LanguageGuess { tag: tag(0), confidence: Confidence::default() };
        };
        let language = &model.languages[usize::from(top)];
        let best = self.points[usize::from(top)];
        let second = self
            .points
            .iter()
            .enumerate()
            .filter(|(i, _)| *i != usize::from(top))
            .map(|(_, &p)| p)
            .max()
            .unwrap_or(0);
        // Sure when far ahead and with something to go by.
        let lead = (best - second) * 1000 / (best + second + 1500);
        let confidence = Confidence::from_permille(u16::try_from(500 + lead / 2).unwrap_or(500));
        let tag = if &*language.tag == "zh" {
            chinese(original, hints)
        } else {
            Arc::clone(&language.tag)
        };
        LanguageGuess { tag, confidence }
    }
}

/// The tags that no pack has; one of each for all messages.
fn tag(at: usize) -> Arc<str> {
    static TAGS: LazyLock<[Arc<str>; 3]> =
        LazyLock::new(|| ["und", "zh-Hans", "zh-Hant"].map(Arc::from));
    Arc::clone(&TAGS[at])
}

/// Which of the two ways of writing Chinese.
fn chinese(original: &str, hints: &Hints<'_>) -> Arc<str> {
    // Letters of Traditional only, and of Simplified only.
    let (mut hant, mut hans) = (0u32, 0u32);
    for c in original.chars().filter(|&c| Script::of(c) == Script::Han) {
        hant += u32::from(han_is_traditional(c));
        hans += u32::from(han_is_simplified(c));
    }
    let traditional = match hant.cmp(&hans) {
        std::cmp::Ordering::Greater => true,
        std::cmp::Ordering::Less => false,
        std::cmp::Ordering::Equal => {
            let parts = [hints.conversation, hints.locale].into_iter().flatten();
            parts.flat_map(|tag| tag.split(['-', '_'])).any(|part| {
                ["hant", "tw", "hk", "mo"].iter().any(|hant| part.eq_ignore_ascii_case(hant))
            })
        }
    };
    tag(if traditional { 2 } else { 1 })
}

/// How much a hit counts given the language of the message, in thousandths, and flags;
/// nothing when it can be mistaken for a word of the message's own language.
pub(crate) fn factor(votes: &Vote, model: &Model, hit: &Hit) -> Option<(u16, u8)> {
    let Some(top) = votes.top else { return Some((1000, 0)) };
    let language = hit.usage.language;
    if language == top {
        return Some((1000, 0));
    }
    if votes.near.get(usize::from(language)).copied().unwrap_or(false) {
        return Some((900, 0));
    }
    // A word in a script that the message's language does not use cannot be mistaken.
    let foreign_script = hit.usage.mode != crate::pack::concepts::Mode::Part && {
        let main = &model.tongues.main;
        main[usize::from(top)] != main[usize::from(language)]
    };
    let length = hit.end - hit.start;
    match (foreign_script, length) {
        (true, 3..) => Some((850, FOREIGN)),
        (false, 8..) => Some((500, FOREIGN)),
        _ => None,
    }
}
