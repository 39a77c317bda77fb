//! The interface's texts, one file a locale: `assets/widget/texts/<locale>.toml`.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use faq::Answers;
use serde::Serialize;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// The texts of one locale, by key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub(crate) struct Texts(BTreeMap<String, String>);

impl Texts {
    /// A text; a test holds that every locale has all of them.
    pub(crate) fn get(&self, key: &str) -> &str {
        self.0.get(key).map_or("", String::as_str)
    }

    /// Those of a file, for tests.
    #[cfg(test)]
    pub(super) fn of(locale: &str) -> Self {
        FILES.iter().find(|(tag, _)| *tag == locale).map(|(_, text)| Self::read(text)).unwrap()
    }

    #[cfg(test)]
    pub(super) fn keys(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// Reads a file of ours: a test holds that every one has every text.
    fn read(text: &str) -> Self {
        let table = DeTable::parse(text).map(Spanned::into_inner).unwrap_or_default();
        let text = |value: &Spanned<DeValue<'_>>| match value.get_ref() {
            DeValue::String(text) => Some(text.clone().into_owned()),
            _ => None,
        };
        let texts = table
            .iter()
            .filter_map(|(key, value)| Some((key.get_ref().clone().into_owned(), text(value)?)));
        Self(texts.collect())
    }
}

macro_rules! locales {
    ($($tag:literal)*) => {
        /// Every locale with its file.
        pub(super) const FILES: &[(&str, &str)] = &[
            $(($tag, include_str!(concat!("../../assets/widget/texts/", $tag, ".toml"))),)*
        ];
    };
}
locales!("ar" "de" "en" "es" "fr" "id" "it" "ja" "ko" "nl" "pl" "pt-BR" "pt-PT" "ru" "th" "tr"
    "vi" "zh-Hans" "zh-Hant");

/// The texts for a visitor of language `tag`, and their locale: the one that the shop's
/// answers would be in, where there are texts in it; else a relative; else English.
pub(crate) fn texts(answers: &Answers, tag: &str) -> (&'static str, &'static Texts) {
    static ALL: OnceLock<Vec<(&str, Texts)>> = OnceLock::new();
    let all = ALL
        .get_or_init(|| FILES.iter().map(|(locale, text)| (*locale, Texts::read(text))).collect());
    static NONE: Texts = Texts(BTreeMap::new());
    let primary = |tag: &str| tag.split('-').next().unwrap_or_default().to_ascii_lowercase();
    let spoken = answers.locale_for(tag);
    let exact = |wanted: &str| all.iter().find(|(locale, _)| locale.eq_ignore_ascii_case(wanted));
    // What the visitor's page asks for comes before what the shop's answers are in.
    let found = (Some(spoken).filter(|spoken| primary(spoken) == primary(tag)).and_then(exact))
        .or_else(|| exact(tag))
        .or_else(|| all.iter().find(|(locale, _)| primary(locale) == primary(tag)))
        .or_else(|| exact(spoken))
        .or_else(|| exact("en"));
    found.map_or(("en", &NONE), |(locale, texts)| (*locale, texts))
}

/// Whose times are shown beside texts of `locale`, for a visitor of language `asked`: those of
/// the answers in that language and region, where there are any.
pub(crate) fn formats(answers: &Answers, locale: &str, asked: &str) -> String {
    let language =
        |tag: &str| tag.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase();
    let tag = if language(locale) == language(asked) { asked } else { locale };
    if language(answers.locale_for(tag)) == language(tag) {
        return answers.formats_for(tag);
    }
    locale.to_owned()
}

/// How a locale is written: `rtl` or `ltr`.
pub(crate) fn direction(locale: &str) -> &'static str {
    let language = locale.split('-').next().unwrap_or_default();
    if matches!(language, "ar" | "fa" | "he" | "ur") { "rtl" } else { "ltr" }
}
