//! The analyzer: packs compiled, messages read.

use std::cell::RefCell;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::analysis::{Analysis, Confidence, IntentId, IntentMatch, Severity, acted_on};
use crate::compiled::Compiled;
use crate::entities::EntityFinder;
use crate::fitted::Fitted;
use crate::model::Model;
use crate::pack::{PackErrors, Source};
use crate::scan::Scan;
use crate::score::{self, Scores};
use crate::{emotion, entities, wishes};

/// What the shop adds to the packs.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Regular expressions of the shop's order numbers.
    pub order_number_patterns: Vec<String>,
    /// Products by id, each with the names customers use.
    pub products: Vec<(String, Vec<String>)>,
}

/// What the caller knows beside the text. All of it weighs, none of it decides.
#[derive(Clone, Copy, Debug, Default)]
pub struct Hints<'a> {
    /// The BCP 47 locale of the page, browser or channel.
    pub locale: Option<&'a str>,
    /// The language of the conversation so far.
    pub conversation: Option<&'a str>,
}

/// An intent as `intents.toml` declares it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IntentSpec {
    /// The id.
    pub id: IntentId,
    /// What the customer wants, in English.
    pub means: String,
    /// The class of one such message on its own.
    pub severity: Severity,
    /// The tier that takes it when it is handed over.
    pub tier: u8,
    /// Always handed to people.
    pub handoff: bool,
}

/// Reads messages. Immutable: share it by an `Arc`; `analyze` may run on any number of
/// threads at once.
#[derive(Debug)]
pub struct Analyzer {
    pub(crate) model: Model,
    pub(crate) fitted: Option<Fitted>,
    entities: EntityFinder,
    languages: Vec<String>,
    hash: String,
    act_from: Confidence,
}

/// Buffers that keep their size from message to message; nothing is read from them before
/// it is written.
#[derive(Default)]
struct Scratch {
    scan: Scan,
    scores: Scores,
    wishes: wishes::Room,
    moods: Vec<emotion::Taken>,
}

thread_local! {
    static SCRATCH: RefCell<Scratch> = RefCell::default();
}

/// A guess is named that is at least so many tenths as probable as none. A message that is none
/// of a shop's and is answered costs more than one that is asked back about; at eleven, four in
/// five strangers' messages of the first kind are told.
pub(crate) const NONE_TENTHS: u32 = 11;

/// Whether a guess is named beside none; both in thousandths.
pub(crate) fn is_named(guess: u16, none: u16, tenths: u32) -> bool {
    u32::from(guess) * 10 >= u32::from(none) * tenths
}

impl Analyzer {
    /// How much of a message is read, in bytes.
    pub const MAX_BYTES: usize = 65_536;

    /// Compiles packs. A later source lays over earlier ones by id: a shop's own folder
    /// over the embedded packs.
    ///
    /// # Errors
    /// Everything that is wrong with the sources, at once.
    pub fn compile(sources: &[Source<'_>], options: &Options) -> Result<Self, PackErrors> {
        Self::link(Compiled::new(sources)?, options)
    }

    /// Makes compiled packs ready for use with what the shop adds to them.
    ///
    /// # Errors
    /// A pattern of the options is no regular expression.
    pub fn link(compiled: Compiled, options: &Options) -> Result<Self, PackErrors> {
        let entities = EntityFinder::compile(options)?;
        let (model, fitted, digest) = compiled.into_parts();
        let languages = model.languages.iter().map(|l| l.tag.to_string()).collect();
        let hash = hash(digest, options);
        Ok(Self { model, fitted, entities, languages, hash, act_from: Analysis::ACT_FROM })
    }

    /// Acts on what it understands from another confidence on than
    /// [`Analysis::ACT_FROM`]: the higher, the less is acted on and the more of it is right
    /// (`switchboard eval` prints the curve).
    #[must_use]
    pub fn acting_from(self, act_from: Confidence) -> Self {
        Self { act_from, ..self }
    }

    /// Reads one message. Never fails; text beyond [`Analyzer::MAX_BYTES`] is not read.
    #[must_use]
    pub fn analyze(&self, text: &str, hints: &Hints<'_>) -> Analysis {
        let text = &text[..text.floor_char_boundary(Self::MAX_BYTES)];
        SCRATCH.with_borrow_mut(|scratch| self.analyze_with(text, hints, scratch))
    }

    fn analyze_with(
        &self,
        text: &str,
        hints: &Hints<'_>,
        Scratch { scan, scores, wishes, moods }: &mut Scratch,
    ) -> Analysis {
        scan.fill(&self.model, self.fitted.as_ref(), text, hints);
        scores.fill(scan, &self.model, self.fitted.as_ref());
        let intents = wishes::read(scores, scan, &self.model, self.fitted.as_ref(), text, wishes);
        let (intent, confidence) = self.verdict(scores, &intents);
        let emotion = emotion::read(scan, &self.model, &intents, text, moods);
        let (severity, tier, handoff) = self.class(&intents, &intent, emotion.level);
        Analysis {
            language: scan.votes.guess(&self.model, hints, text),
            intent,
            confidence,
            nearest: self.nearest(scores),
            entities: entities::find(&self.entities, text, scan),
            intents,
            emotion,
            severity,
            tier,
            handoff,
            act_from: self.act_from,
        }
    }

    fn verdict(&self, scores: &Scores, intents: &[IntentMatch]) -> (IntentId, Confidence) {
        let none = scores.whole.probability.get(self.model.none).copied().unwrap_or(1000);
        // By hand alone, a lone keyword must not reach an intent.
        let tenths = if self.fitted.is_some() { NONE_TENTHS } else { 10 };
        match intents.iter().find(|found| !found.denied) {
            Some(top) if is_named(top.confidence.permille(), none, tenths) => {
                (top.id.clone(), top.confidence)
            }
            _ => (score::none_id(&self.model), Confidence::from_permille(none)),
        }
    }

    fn nearest(&self, scores: &Scores) -> Vec<IntentId> {
        let mut best: [Option<usize>; 3] = [None; 3];
        for intent in (0..self.model.specs.len())
            .filter(|&i| i != self.model.none && scores.whole.probability[i] > 0)
        {
            let mut new = Some(intent);
            for place in &mut best {
                let better = place.is_none_or(|old| {
                    new.is_some_and(|new| scores.whole.total[new] > scores.whole.total[old])
                });
                if new.is_some() && better {
                    std::mem::swap(place, &mut new);
                }
            }
        }
        best.into_iter().flatten().map(|i| self.model.specs[i].id.clone()).collect()
    }

    /// The highest class over the wishes, raised by mood.
    fn class(&self, intents: &[IntentMatch], top: &IntentId, anger: u8) -> (Severity, u8, bool) {
        let mut class = (Severity::Blue, 1, false);
        let understood = *top != score::none_id(&self.model);
        for found in acted_on(intents, top, self.act_from).filter(|_| understood) {
            if let Some(spec) = self.model.specs.iter().find(|spec| spec.id == found.id) {
                class =
                    (class.0.max(spec.severity), class.1.max(spec.tier), class.2 || spec.handoff);
            }
        }
        if anger >= 2 {
            class.0 = class.0.max(Severity::Yellow);
        }
        if anger >= 3 {
            class.0 = Severity::Red;
            class.1 = (class.1 + 1).min(3);
        }
        class
    }

    /// Every intent, in the order of `intents.toml`, `none` included.
    #[must_use]
    pub fn intents(&self) -> &[IntentSpec] {
        &self.model.specs
    }

    /// The tags of the languages that packs exist for, sorted (`ar`, `de`, …).
    #[must_use]
    pub fn languages(&self) -> &[String] {
        &self.languages
    }

    /// A short hash of the sources, the options and the engine's version.
    #[must_use]
    pub fn packs_hash(&self) -> &str {
        &self.hash
    }
}

fn hash(digest: [u8; 32], options: &Options) -> String {
    let mut hasher = blake3::Hasher::new();
    hasher.update(env!("CARGO_PKG_VERSION").as_bytes());
    hasher.update(&digest);
    let mut add = |text: &str| {
        hasher.update(&(text.len() as u64).to_le_bytes());
        hasher.update(text.as_bytes());
    };
    options.order_number_patterns.iter().for_each(|pattern| add(pattern));
    for (id, names) in &options.products {
        add(id);
        names.iter().for_each(|name| add(name));
    }
    hasher.finalize().to_hex()[..16].to_owned()
}

/// What is shared between threads is shared by reference count.
const _: fn() = || {
    fn shared<T: Send + Sync>() {}
    shared::<Arc<Analyzer>>();
};
