//! The analyzer: packs compiled, messages read.

use crate::analysis::{Analysis, IntentId, Severity};
use crate::pack::{PackErrors, Source};

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
#[derive(Clone, Debug, PartialEq, Eq)]
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
pub struct Analyzer {}

impl Analyzer {
    /// Compiles packs. The order of the sources does not matter, but a later source with
    /// the path of an earlier one replaces it (a shop's folder laid over the embedded one).
    ///
    /// # Errors
    /// Everything that is wrong with the sources, at once.
    pub fn compile(_sources: &[Source<'_>], _options: &Options) -> Result<Self, PackErrors> {
        Ok(Self {})
    }

    /// Reads one message. Never fails; text beyond [`Analyzer::MAX_BYTES`] is not read.
    #[must_use]
    pub fn analyze(&self, _text: &str, _hints: &Hints<'_>) -> Analysis {
        todo!()
    }

    /// Every intent, in the order of `intents.toml`, `none` included.
    #[must_use]
    pub fn intents(&self) -> &[IntentSpec] {
        &[]
    }

    /// The tags of the languages that packs exist for, sorted (`ar`, `de`, …).
    #[must_use]
    pub fn languages(&self) -> &[String] {
        &[]
    }

    /// A short hash of the sources, the options and the engine's version.
    #[must_use]
    pub fn packs_hash(&self) -> &str {
        ""
    }

    /// How much of a message is read, in bytes.
    pub const MAX_BYTES: usize = 65_536;
}
