use super::*;

#[test]
fn every_text_of_the_desk_has_words() {
    for text in desk::Text::ALL {
        assert!(part(&Part::Text(text)).is_some(), "{} is no text of faq", text.id());
    }
}

#[test]
fn the_locale_refines_the_language_and_never_overrules_it() {
    for (language, locale, expect) in [
        (Some("es"), Some("es-MX"), "es-MX"),
        (Some("es"), Some("en-US"), "es"),
        (Some("zh-Hant"), Some("zh"), "zh-Hant"),
        (None, Some("ja"), "ja"),
        (Some("de"), None, "de"),
        (None, None, "und"),
    ] {
        assert_eq!(tag(language, locale), expect, "{language:?} {locale:?}");
    }
}
