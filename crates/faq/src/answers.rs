//! The compiled answers of all locales and the facts of the shop.

use std::collections::BTreeSet;

use crate::{AnswerErrors, Composition, Context, Rendered, Shop, Source};

/// Every answer in every locale, checked against the shop's facts.
#[derive(Clone, Debug)]
pub struct Answers {
    shop: Shop,
}

/// What kinds of knowledge an answer becomes better by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Uses {
    /// It says more when the order number is known.
    pub order: bool,
    /// It says more when the country is known.
    pub country: bool,
}

/// How complete each locale is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Coverage {
    /// One entry a locale, by tag.
    pub locales: Vec<LocaleCoverage>,
}

/// How complete one locale is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LocaleCoverage {
    /// The locale, BCP 47.
    pub tag: String,
    /// Its own name for itself.
    pub name: String,
    /// The answers it has.
    pub answers: BTreeSet<String>,
    /// The answers that another locale has and it lacks.
    pub missing: BTreeSet<String>,
    /// How many of its answers have all three styles.
    pub styled: usize,
    /// Names that it lacks and borrows or shows as codes: `countries.MX`, `zones.Europe/Berlin`.
    pub missing_names: BTreeSet<String>,
}

/// Something that is allowed but reads badly.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// A stable code: `too-long`, `vague`.
    pub code: &'static str,
    /// The file.
    pub path: String,
    /// The line, from 1.
    pub line: usize,
    /// The answer's id.
    pub id: String,
    /// What reads badly, and what to do.
    pub message: String,
}

impl Answers {
    /// Compiles the facts and answers of all sources. A later source replaces what an
    /// earlier one has under the same id: an answer in a locale, a table of `shop.toml`,
    /// a key of `names.toml`.
    ///
    /// # Errors
    /// Everything wrong in any source, with its place.
    pub fn compile(sources: &[Source<'_>]) -> Result<Self, AnswerErrors> {
        let _ = sources;
        Err(AnswerErrors(Vec::new()))
    }

    /// The shop's facts.
    #[must_use]
    pub fn shop(&self) -> &Shop {
        &self.shop
    }

    /// The tags of the locales there are, sorted.
    pub fn locales(&self) -> impl Iterator<Item = &str> {
        std::iter::empty()
    }

    /// The locale that speaks to a customer of language `tag` (BCP 47, `und` for
    /// unknown): itself, else its nearest relative, else English.
    #[must_use]
    pub fn locale_for(&self, tag: &str) -> &str {
        let _ = tag;
        "en"
    }

    /// Whether an answer exists for a customer of language `tag`, in the locale of
    /// [`Answers::locale_for`] or one that stands in for it.
    #[must_use]
    pub fn has(&self, id: &str, tag: &str) -> bool {
        let _ = (id, tag);
        false
    }

    /// The label under which an answer is offered.
    #[must_use]
    pub fn title(&self, id: &str, tag: &str) -> Option<&str> {
        let _ = (id, tag);
        None
    }

    /// The ids of the questions related to an answer, those first that its author put first.
    #[must_use]
    pub fn related(&self, id: &str, tag: &str) -> &[String] {
        let _ = (id, tag);
        &[]
    }

    /// Every id that some locale answers, sorted.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        std::iter::empty()
    }

    /// What an answer becomes better by, over all locales.
    #[must_use]
    pub fn uses(&self, id: &str) -> Uses {
        let _ = id;
        Uses::default()
    }

    /// Says a composition to a customer of language `tag`. Total: an answer that no locale
    /// has and a text whose facts are not known are left out. A reply is in one language:
    /// that of the first locale of the chain which has all of its answers.
    #[must_use]
    pub fn render(&self, composition: &Composition, context: &Context, tag: &str) -> Rendered {
        let _ = (composition, context, tag);
        Rendered::default()
    }

    /// How complete each locale is.
    #[must_use]
    pub fn coverage(&self) -> Coverage {
        Coverage::default()
    }

    /// What is allowed but reads badly, in the order of files and lines.
    #[must_use]
    pub fn lint(&self) -> Vec<Finding> {
        Vec::new()
    }
}
