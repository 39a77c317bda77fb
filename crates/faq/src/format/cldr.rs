//! The few patterns of CLDR 48 that ICU4X has no stable formatter for.

use icu_locale::Locale;
use icu_plurals::PluralCategory;

/// How a percentage is written. `native_digits` says that the locale counts in digits of
/// its own. Languages that are not here write `10%`.
pub(crate) fn percent_pattern(locale: &Locale, native_digits: bool) -> &'static str {
    match (locale.id.language.as_str(), region(locale).as_str()) {
        ("de", "CH" | "LI")
        | ("fr", "CH")
        | (
            "es",
            "419" | "AR" | "BO" | "BR" | "BZ" | "CL" | "CO" | "CR" | "CU" | "DO" | "EC" | "GT"
            | "HN" | "MX" | "NI" | "PA" | "PE" | "PR" | "PY" | "SV" | "US" | "UY" | "VE",
        ) => "{n}%",
        (
            "cs" | "da" | "de" | "es" | "fi" | "fr" | "hr" | "lt" | "nb" | "no" | "ro" | "ru"
            | "sk" | "sl" | "sv",
            _,
        ) => "{n}\u{a0}%",
        ("tr", _) => "%{n}",
        // Marks keep the sign beside the number in a text that runs from right to left.
        ("ar", _) if native_digits => "{n}٪\u{61c}",
        ("ar", _) => "{n}\u{200e}%\u{200e}",
        _ => "{n}%",
    }
}

/// How a range of numbers is written: `3–5`.
pub(crate) fn range_pattern(locale: &Locale) -> &'static str {
    match (locale.id.language.as_str(), region(locale).as_str()) {
        ("pt", "AO" | "CH" | "CV" | "LU" | "MZ" | "PT") | ("ro", _) => "{from} - {to}",
        ("bg" | "hr", _) => "{from} – {to}",
        ("ca" | "da" | "es" | "fil" | "it" | "nl" | "pt" | "th" | "vi" | "yue" | "zh", _) => {
            "{from}-{to}"
        }
        ("ja", _) => "{from}～{to}",
        ("ko", _) => "{from}~{to}",
        _ => "{from}–{to}",
    }
}

/// How a range of days of the week is written: `Mon–Thu`.
pub(crate) fn day_range_pattern(locale: &Locale) -> &'static str {
    match locale.id.language.as_str() {
        "ja" => "{from}～{to}",
        "ko" => "{from}~{to}",
        _ => "{from}–{to}",
    }
}

fn region(locale: &Locale) -> String {
    locale.id.region.map(|region| region.to_string()).unwrap_or_default()
}

/// The plural category of a range, from those of its ends: in most languages the last one's.
pub(super) fn plural_of_range(
    language: &str,
    from: PluralCategory,
    to: PluralCategory,
) -> PluralCategory {
    use PluralCategory::{Few, One, Other, Two, Zero};
    match (language, from, to) {
        ("ar", Zero, One | Two) => Zero,
        ("ro", Few, One) | ("sl", _, One) => Few,
        ("ar", One, Two)
        | ("he", One | Other, Two)
        | ("bg" | "ca" | "en" | "es" | "fi" | "he" | "nb" | "no" | "pt" | "sv", Other, One) => {
            Other
        }
        _ => to,
    }
}
