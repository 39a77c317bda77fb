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

/// The tags of `available` that answer a customer of language `tag`, the nearest first:
/// the locale itself and its parents by CLDR, other locales of the same language (those
/// of the same script first), English. Never empty unless `available` is.
pub(crate) fn chain<'a>(tag: &str, available: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let available: Vec<(&str, Option<Locale>)> =
        available.map(|tag| (tag, parse(tag).map(|locale| maximized(&locale)))).collect();
    let mut chain: Vec<&str> = Vec::new();
    if let Some(asked) = parse(tag) {
        let mut parents =
            LocaleFallbacker::new().for_config(Default::default()).fallback_for((&asked).into());
        while !parents.get().is_unknown() {
            let parent = maximized(&parents.get().into_locale());
            add(&mut chain, available.iter().filter(|(_, known)| known.as_ref() == Some(&parent)));
            parents.step();
        }
        let full = maximized(&asked);
        let related = |known: &Locale, same_script: bool| {
            known.id.language == full.id.language
                && (known.id.script == full.id.script) == same_script
        };
        for same_script in [true, false] {
            let relatives = available.iter().filter(|(_, known)| {
                known.as_ref().is_some_and(|known| related(known, same_script))
            });
            add(&mut chain, relatives);
        }
    }
    add(&mut chain, available.iter().filter(|(tag, _)| *tag == DEFAULT));
    if chain.is_empty() {
        add(&mut chain, available.iter().take(1));
    }
    chain
}

fn add<'a: 'b, 'b>(
    chain: &mut Vec<&'a str>,
    found: impl Iterator<Item = &'b (&'a str, Option<Locale>)>,
) {
    for (tag, _) in found {
        if !chain.contains(tag) {
            chain.push(tag);
        }
    }
}

/// With the likeliest script and region, without extensions.
fn maximized(locale: &Locale) -> Locale {
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
