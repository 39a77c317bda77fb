//! Which locale stands in for another.

use icu_locale::subtags::{language, script};
use icu_locale::{Locale, LocaleCanonicalizer, LocaleExpander, LocaleFallbacker};

/// What is spoken to a customer whose language nobody writes.
const DEFAULT: &str = "en";

/// Reads a tag as callers write it: `pt-BR`, `pt_BR`, in any case. `None` for what is no tag.
pub(crate) fn parse(tag: &str) -> Option<Locale> {
    let mut locale: Locale = tag.trim().replace('_', "-").parse().ok()?;
    LocaleCanonicalizer::new_extended().canonicalize(&mut locale);
    // Written Cantonese is answered in the Chinese of Hong Kong.
    if locale.id.language == language!("yue") {
        locale.id.language = language!("zh");
        locale.id.script.get_or_insert(script!("Hant"));
    }
    Some(locale)
}

/// The tags of `available` (each with its locale, maximized) that answer a customer of
/// language `tag`, the nearest first: the locale itself and its parents by CLDR, other
/// locales of the same language (those of the same script first), English. Never empty
/// unless `available` is.
pub(crate) fn chain<'a>(tag: &str, available: &[(&'a str, &Locale)]) -> Vec<&'a str> {
    let mut chain: Vec<&str> = Vec::new();
    let mut add = |wanted: &dyn Fn(&str, &Locale) -> bool| {
        for (tag, _) in available.iter().filter(|(tag, known)| wanted(tag, known)) {
            if !chain.contains(tag) {
                chain.push(tag);
            }
        }
    };
    if let Some(asked) = parse(tag) {
        let mut parents =
            LocaleFallbacker::new().for_config(Default::default()).fallback_for((&asked).into());
        while !parents.get().is_unknown() {
            let parent = maximized(&parents.get().into_locale());
            add(&|_, known| *known == parent);
            parents.step();
        }
        let full = maximized(&asked).id;
        add(&|_, known| known.id.language == full.language && known.id.script == full.script);
        add(&|_, known| known.id.language == full.language);
    }
    add(&|tag, _| tag == DEFAULT);
    if chain.is_empty() {
        chain.extend(available.first().map(|(tag, _)| tag));
    }
    chain
}

/// With the likeliest script and region, without extensions.
pub(crate) fn maximized(locale: &Locale) -> Locale {
    let mut id = locale.id.clone();
    LocaleExpander::new_extended().maximize(&mut id);
    id.into()
}

/// The locale whose numbers and dates a customer of language `tag` reads, when the sentences
/// are those of a locale that formats like `pack`: the region is the customer's where one
/// is said, the rest the pack's.
pub(crate) fn regional(tag: &str, pack: &Locale) -> Option<Locale> {
    let asked = parse(tag)?;
    let region = asked.id.region?;
    let (full, mine) = (maximized(&asked), maximized(pack));
    let same = full.id.language == mine.id.language && full.id.script == mine.id.script;
    if !same || pack.id.region == Some(region) {
        return None;
    }
    // Keywords such as the numbering system are a choice of the pack's author.
    let mut locale = pack.clone();
    locale.id.region = Some(region);
    Some(locale)
}
