//! The compiled answers of all locales and the facts of the shop.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use icu_locale::Locale;

use crate::content::{Condition, Entry};
use crate::format::Formats;
use crate::load::Place;
use crate::names::Names;
use crate::rules::Rules;
use crate::voices::Voices;
use crate::{
    AnswerErrors, Composition, Context, Coverage, Finding, Rendered, Shop, Source, locale,
};

/// Every answer in every locale, checked against the shop's facts. It can be shared between
/// threads.
#[derive(Clone, Debug)]
pub struct Answers {
    pub(crate) shop: Shop,
    pub(crate) packs: BTreeMap<String, Pack>,
    pub(crate) origins: Vec<Origin>,
    /// Tables of `shop.toml` that stand in the first of several such files only.
    pub(crate) borrowed: BTreeSet<String>,
    /// Found while customers are answered; nothing that is said depends on it.
    pub(crate) voices: Voices,
}

/// One locale.
#[derive(Clone, Debug)]
pub(crate) struct Pack {
    /// Its locale, maximized, by which relatives are found.
    pub(crate) full: Locale,
    pub(crate) names: Names,
    pub(crate) formats: Arc<Formats>,
    pub(crate) entries: BTreeMap<String, Entry>,
    /// Every text of `names.toml` by its key, for those who judge style.
    pub(crate) named: Vec<(String, String, Place)>,
    pub(crate) rules: Rules,
}

/// A source as findings name it.
#[derive(Clone, Debug)]
pub(crate) struct Origin {
    path: String,
    /// The byte at which each line but the first begins.
    lines: Vec<usize>,
}

impl Origin {
    pub(crate) fn new(source: &Source<'_>) -> Self {
        let newline = |(at, byte): (usize, &u8)| (*byte == b'\n').then_some(at + 1);
        Self {
            path: source.path.to_owned(),
            lines: source.bytes.iter().enumerate().filter_map(newline).collect(),
        }
    }

    /// Path and line, from 1, of a place in it.
    pub(crate) fn line(origins: &[Self], place: Place) -> (String, usize) {
        origins.get(place.source).map_or((String::new(), 1), |origin| {
            (origin.path.clone(), 1 + origin.lines.partition_point(|start| *start <= place.at))
        })
    }
}

/// What kinds of knowledge an answer becomes better by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Uses {
    /// It says more when the order number is known.
    pub order: bool,
    /// It says more when the country is known.
    pub country: bool,
}

impl Answers {
    /// Compiles the facts and answers of all sources. A later source replaces what an
    /// earlier one has under the same id: an answer in a locale, a table of `shop.toml`,
    /// a key of `names.toml`.
    ///
    /// # Errors
    /// Everything wrong in any source, with its place.
    pub fn compile(sources: &[Source<'_>]) -> Result<Self, AnswerErrors> {
        crate::compile::compile(sources)
    }

    /// The shop's facts.
    #[must_use]
    pub fn shop(&self) -> &Shop {
        &self.shop
    }

    /// The tags of the locales there are, sorted.
    pub fn locales(&self) -> impl Iterator<Item = &str> {
        self.packs.keys().map(String::as_str)
    }

    /// A locale's own name for itself, `Español`.
    #[must_use]
    pub fn endonym(&self, locale: &str) -> Option<&str> {
        self.packs.get(locale).map(|pack| pack.names.name.as_str())
    }

    /// The locale that speaks to a customer of language `tag` (BCP 47, `und` for
    /// unknown): itself, else its nearest relative, else English.
    #[must_use]
    pub fn locale_for(&self, tag: &str) -> &str {
        self.chain(tag).first().map_or("en", |(tag, _)| tag)
    }

    /// Whose numbers and times (a BCP 47 tag, CLDR) answers to a customer of language `tag` are
    /// written with: `en-150` for `en`, `en-US` for `en-US`.
    #[must_use]
    pub fn formats_for(&self, tag: &str) -> String {
        let voices = self.voices.of(self, tag);
        voices.first().map_or_else(|| "en".to_owned(), |voice| voice.formats.locale.to_string())
    }

    /// Whether an answer exists for a customer of language `tag`, in the locale of
    /// [`Answers::locale_for`] or one that stands in for it.
    #[must_use]
    pub fn has(&self, id: &str, tag: &str) -> bool {
        self.answer(id, tag).is_some()
    }

    /// The locale in which that answer is.
    #[must_use]
    pub fn answer_locale(&self, id: &str, tag: &str) -> Option<&str> {
        self.answer(id, tag).map(|(tag, _)| tag)
    }

    /// The label under which an answer is offered.
    #[must_use]
    pub fn title(&self, id: &str, tag: &str) -> Option<&str> {
        self.answer(id, tag).map(|(_, entry)| entry.title.as_str())
    }

    /// The ids of the questions related to an answer, those first that its author put first.
    #[must_use]
    pub fn related(&self, id: &str, tag: &str) -> &[String] {
        self.answer(id, tag).map_or(&[], |(_, entry)| entry.related.as_slice())
    }

    /// Every id that some locale answers, sorted.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        let ids: BTreeSet<_> = self.packs.values().flat_map(Pack::answers).collect();
        ids.into_iter()
    }

    /// What an answer becomes better by, over all locales.
    #[must_use]
    pub fn uses(&self, id: &str) -> Uses {
        let variants = self
            .packs
            .values()
            .filter_map(|pack| pack.entries.get(id))
            .flat_map(|entry| &entry.variants);
        variants.flat_map(|variant| &variant.conditions).fold(Uses::default(), |uses, condition| {
            Uses {
                order: uses.order || *condition == Condition::Order,
                country: uses.country || condition.knows_country(),
            }
        })
    }

    /// Says a composition to a customer of language `tag`. Total: what no locale has and
    /// what needs a fact that is not known is left out. The bot's own sentences are in the
    /// locale of [`Answers::locale_for`]; an answer that this lacks is in that of
    /// [`Answers::answer_locale`].
    #[must_use]
    pub fn render(&self, composition: &Composition, context: &Context, tag: &str) -> Rendered {
        crate::render::render(self, composition, context, tag)
    }

    /// How complete each locale is.
    #[must_use]
    pub fn coverage(&self) -> Coverage {
        crate::report::coverage(self)
    }

    /// What is allowed but reads badly, in the order of files and lines.
    #[must_use]
    pub fn lint(&self) -> Vec<Finding> {
        crate::lint::lint(self)
    }

    /// The locales that speak to a customer of language `tag`, the nearest first.
    pub(crate) fn chain(&self, tag: &str) -> Vec<(&str, &Pack)> {
        let available: Vec<_> =
            self.packs.iter().map(|(tag, pack)| (tag.as_str(), &pack.full)).collect();
        locale::chain(tag, &available)
            .into_iter()
            .filter_map(|tag| Some((tag, self.packs.get(tag)?)))
            .collect()
    }

    /// The answer with an id and its locale.
    fn answer(&self, id: &str, tag: &str) -> Option<(&str, &Entry)> {
        let mut chain = self.chain(tag).into_iter();
        chain.find_map(|(tag, pack)| {
            Some((tag, pack.entries.get(id).filter(|entry| entry.text.is_none())?))
        })
    }
}

impl Pack {
    /// The ids it answers, sorted.
    pub(crate) fn answers(&self) -> impl Iterator<Item = &str> {
        self.entries.values().filter(|entry| entry.text.is_none()).map(|entry| entry.id.as_str())
    }
}
