//! Which wording is said, in which locale, with which buttons.

use jiff::tz::TimeZone;

use super::support::{at, bundled, bundled_sources, compiled};
use crate::locale::chain;
use crate::{
    Answers, Button, Composition, Context, Country, Offer, Part, Rendered, Style, Text, locale,
};

fn context() -> Context {
    Context::at(at("2026-11-21T10:00:00Z"))
}

fn say(answers: &Answers, part: Part, context: &Context, tag: &str) -> Rendered {
    answers.render(&Composition { parts: vec![part], ..Composition::default() }, context, tag)
}

fn answer(id: &str) -> Part {
    Part::Answer(id.to_owned())
}

/// The bundled English and answers of one's own.
fn english_with(own: &str) -> Answers {
    let mut files = bundled_sources(&["en"]);
    files.push(("shop/en/own.md".to_owned(), own.as_bytes().to_vec()));
    compiled(&files)
}

#[test]
fn the_locale_is_the_nearest_there_is() {
    let tags = ["ar", "en", "es", "ja", "pt-BR", "pt-PT", "zh-Hans", "zh-Hant"];
    let locales = tags.map(|tag| (tag, locale::maximized(&locale::parse(tag).unwrap())));
    let available: Vec<_> = locales.iter().map(|(tag, locale)| (*tag, locale)).collect();
    for (asked, expected) in [
        ("es", &["es", "en"][..]),
        ("es-MX", &["es", "en"]),
        ("ES_mx", &["es", "en"]),
        ("zh", &["zh-Hans", "zh-Hant", "en"]),
        ("zh-CN", &["zh-Hans", "zh-Hant", "en"]),
        ("zh-TW", &["zh-Hant", "zh-Hans", "en"]),
        ("zh-HK", &["zh-Hant", "zh-Hans", "en"]),
        ("zh-Hant", &["zh-Hant", "zh-Hans", "en"]),
        ("yue", &["zh-Hant", "zh-Hans", "en"]),
        ("cmn", &["zh-Hans", "zh-Hant", "en"]),
        ("pt", &["pt-BR", "pt-PT", "en"]),
        ("pt-PT", &["pt-PT", "pt-BR", "en"]),
        ("pt-AO", &["pt-PT", "pt-BR", "en"]),
        ("en-IN", &["en"]),
        ("ar-EG", &["ar", "en"]),
        ("fr", &["en"]),
        ("und", &["en"]),
        ("", &["en"]),
        ("not a tag", &["en"]),
    ] {
        assert_eq!(chain(asked, &available), expected, "{asked}");
    }
    assert_eq!(chain("fr", &available[3..]), ["ja"], "without English, any");
    assert_eq!(chain("fr", &[]), [] as [&str; 0]);
}

#[test]
fn the_most_conditions_win_then_the_narrowest_then_the_style() {
    let answers = english_with(
        "## own.answer\n\n```toml\ntitle = \"Own\"\n```\n\nplain\n\n### formal\n\nformal\n\n### if country\n\ncountry\n\n\
         ### formal, if country\n\nformal country\n\n### if country in EU\n\neu\n\n### if country = MX\n\nmexico\n\n\
         ### concise, if order\n\nconcise order\n\n### if country and order\n\nboth\n\n### if country not served\n\nnot served\n\n\
         ### if closed\n\nclosed\n",
    );
    for (country, order, style, open, expected) in [
        (None, None, None, true, "plain"),
        (None, None, Some(Style::Formal), true, "formal"),
        (None, None, Some(Style::Friendly), true, "plain"),
        (Some("JP"), None, None, true, "country"),
        (Some("JP"), None, Some(Style::Formal), true, "formal country"),
        (Some("JP"), None, Some(Style::Concise), true, "country"),
        (Some("DE"), None, Some(Style::Formal), true, "eu"),
        (Some("MX"), None, None, true, "mexico"),
        (Some("NG"), None, None, true, "not served"),
        (None, Some("#1"), None, true, "concise order"),
        (Some("JP"), Some("#1"), None, true, "both"),
        (Some("NG"), Some("#1"), None, true, "not served"),
        (None, None, None, false, "closed"),
    ] {
        let context = Context {
            country: country.and_then(Country::parse),
            order: order.map(str::to_owned),
            style,
            open,
            ..context()
        };
        let said = say(&answers, answer("own.answer"), &context, "en").text;
        assert_eq!(said, expected, "{country:?} {order:?} {style:?} {open}");
    }
}

#[test]
fn facts_are_told_as_they_are_for_this_customer() {
    let answers = bundled(&["en"]);
    for (id, country, tag, expected) in [
        (
            "shipping.time",
            "MX",
            "en",
            "Delivery to Mexico takes 8–14 working days after dispatch. We dispatch within 1–2 working days of payment.",
        ),
        (
            "shipping.time",
            "JP",
            "en",
            "Delivery to Japan takes 5–8 working days after dispatch. We dispatch within 1–2 working days of payment.",
        ),
        ("shipping.cost", "JP", "en", "Delivery to Japan costs ¥2,400 and is free from ¥20,000."),
        ("shipping.cost", "CH", "en", "Delivery to Switzerland costs CHF\u{a0}9.90."),
        (
            "shipping.cost",
            "US",
            "en-IN",
            "Delivery to the United States costs US$14.90 and is free from US$120.00.",
        ),
        (
            "shipping.customs_duties",
            "GB",
            "en",
            "Import duties and taxes to the United Kingdom are included in the price. You pay nothing on arrival.",
        ),
        (
            "shipping.customs_duties",
            "DE",
            "en",
            "No import duties fall due for an order to Germany. The price at checkout is all you pay.",
        ),
    ] {
        let context = Context { country: Country::parse(country), ..context() };
        assert_eq!(say(&answers, answer(id), &context, tag).text, expected, "{id} {country}");
    }
}

#[test]
fn times_are_told_by_the_customers_clock_or_with_the_shops_zone() {
    let answers = bundled(&["en"]);
    let handoff = Context { team: Some(2), due: Some(at("2026-11-21T15:30:00Z")), ..context() };
    let mexico =
        Context { time_zone: TimeZone::get("America/Mexico_City").ok(), ..handoff.clone() };
    let american = Context { time_zone: TimeZone::get("America/New_York").ok(), ..handoff.clone() };
    let team = "I am passing your message to a person: our technical and payments team answers you";
    let rest = "You do not need to repeat anything.";
    for (context, tag, due) in [
        (&handoff, "en", "today by 16:30 (Berlin time)"),
        (&mexico, "en", "today by 09:30 (your time)"),
        (&american, "en-US", "today by 10:30\u{202f}AM (your time)"),
    ] {
        let said = say(&answers, Part::Text(Text::Handoff), context, tag).text;
        assert_eq!(said, format!("{team} {due}. {rest}"), "{tag}");
    }
}

#[test]
fn times_of_one_reply_agree_on_zone_and_notation() {
    let answers = bundled(&["en", "de", "ar"]);
    let closed = Context { next_opening: Some(at("2026-11-23T08:00:00Z")), ..context() };
    let berlin = "Mon–Thu 09:00–18:00 and Fri 09:00–17:00";
    let american = "Mon–Thu 9:00\u{202f}AM–6:00\u{202f}PM and Fri 9:00\u{202f}AM–5:00\u{202f}PM";
    for (zone, tag, back, hours) in [
        // Not known: the shop's, and both say so.
        ("", "en", "on Monday at 09:00 (Berlin time)", format!("{berlin} (Berlin time)")),
        // One clock by two names: nothing is to be said of it.
        ("Europe/Berlin", "en", "on Monday at 09:00", berlin.to_owned()),
        ("Europe/Vienna", "en", "on Monday at 09:00", berlin.to_owned()),
        ("Europe/Berlin", "en-US", "on Monday at 9:00\u{202f}AM", american.to_owned()),
        // The same now, and not in summer.
        (
            "Africa/Algiers",
            "en",
            "on Monday at 09:00 (your time)",
            format!("{berlin} (Berlin time)"),
        ),
        ("Asia/Tokyo", "en", "on Monday at 17:00 (your time)", format!("{berlin} (Berlin time)")),
        (
            "America/New_York",
            "en-US",
            "on Monday at 3:00\u{202f}AM (your time)",
            format!("{american} (Berlin time)"),
        ),
    ] {
        let context = Context { time_zone: TimeZone::get(zone).ok(), ..closed.clone() };
        let said = say(&answers, Part::Text(Text::OutOfHours), &context, tag).text;
        assert_eq!(
            said,
            format!("Our team is back {back}. Opening hours: {hours}."),
            "{zone} {tag}"
        );
    }
    for (tag, formats) in [
        ("en", "en-150"),
        ("en-US", "en-US"),
        ("de", "de"),
        ("de-AT", "de-AT"),
        ("ar", "ar-u-nu-latn"),
    ] {
        assert_eq!(answers.formats_for(tag), formats, "{tag}");
    }
}

#[test]
fn what_needs_an_unknown_fact_is_left_out() {
    let answers = bundled(&["en"]);
    for text in [Text::Handoff, Text::HandoffAgain, Text::OutOfHours, Text::Clarify] {
        assert_eq!(say(&answers, Part::Text(text), &context(), "en").text, "", "{text:?}");
    }
    let unknown = say(&answers, answer("no.such"), &context(), "en");
    assert_eq!(
        (unknown.text.as_str(), unknown.answers.len(), unknown.language.as_str()),
        ("", 0, "en")
    );
    // A text of the bot's own is no answer.
    assert_eq!(say(&answers, answer("text.also"), &context(), "en").text, "");
    assert!(!answers.has("text.also", "en"));
}

#[test]
fn what_customers_write_is_shown_and_never_read_as_markdown() {
    let answers = english_with(
        "## own.answer\n\n```toml\ntitle = \"Own\"\n```\n\nNone.\n\n### if order\n\n{order} is **{order}**.\n",
    );
    for (order, text, markdown) in [
        ("#10234", "#10234 is #10234.", r"\#10234 is **#10234**."),
        ("*a*_b_", "*a*_b_ is *a*_b_.", r"\*a\*\_b\_ is **\*a\*\_b\_**."),
        ("<b>[x](y)", "<b>[x](y) is <b>[x](y).", r"\<b\>\[x\](y) is **\<b\>\[x\](y)**."),
        ("a\nb\u{0}c", "a b c is a b c.", "a b c is **a b c**."),
        ("{order}", "{order} is {order}.", "{order} is **{order}**."),
    ] {
        let context = Context { order: Some(order.to_owned()), ..context() };
        let said = say(&answers, answer("own.answer"), &context, "en");
        assert_eq!((said.text.as_str(), said.markdown.as_str()), (text, markdown), "{order}");
    }
    for blank in ["", " ", "\n"] {
        let context = Context { order: Some(blank.to_owned()), ..context() };
        assert_eq!(say(&answers, answer("own.answer"), &context, "en").text, "None.");
    }
    let long = Context { order: Some("9".repeat(500)), ..context() };
    assert!(say(&answers, answer("own.answer"), &long, "en").text.len() < 150);
}

#[test]
fn text_of_another_script_is_isolated_in_sentences_from_right_to_left() {
    let mut files = bundled_sources(&["en"]);
    for (path, bytes) in
        bundled_sources(&["en"]).into_iter().filter(|(path, _)| path.starts_with("en/"))
    {
        let text = String::from_utf8(bytes)
            .unwrap()
            .replace("tag = \"en\"", "tag = \"ar\"")
            .replace("\"en-150\"", "\"ar\"");
        files.push((path.replace("en/", "ar/"), text.into_bytes()));
    }
    let answers = compiled(&files);
    let said = say(&answers, Part::Text(Text::CollectOrderNumber), &context(), "ar-SA").text;
    assert_eq!(said, "What is your order number? It looks like this: \u{2068}#10234\u{2069}.");
}

#[test]
fn parts_are_paragraphs_and_a_second_answer_is_joined() {
    let answers = bundled(&["en"]);
    let parts = vec![
        Part::Text(Text::Disclosure),
        answer("account.edit"),
        answer("no.such"),
        answer("service.review"),
    ];
    let composition = Composition { parts, ..Composition::default() };
    let said = answers.render(&composition, &context(), "en");
    let paragraphs: Vec<_> = said.text.split("\n\n").collect();
    assert_eq!(paragraphs.len(), 4, "{paragraphs:?}");
    assert_eq!(paragraphs[0], "Hello, I am the automated assistant of Northwind Goods.");
    assert_eq!(paragraphs[2], "About your other question:");
    assert_eq!(said.answers, ["account.edit", "service.review"]);
    assert_eq!(said, answers.render(&composition, &context(), "en"), "the same again");
}

#[test]
fn buttons_are_offered_once_and_never_for_what_was_answered() {
    let answers = bundled(&["en"]);
    let composition = Composition {
        parts: vec![answer("shipping.time"), answer("returns.policy")],
        offers: vec![
            Offer::Clarify("order.cancel".to_owned()),
            Offer::Intent("shipping.cost".to_owned()),
            Offer::Intent("no.such".to_owned()),
            Offer::Human,
            Offer::Yes,
            Offer::No,
            Offer::Human,
        ],
        related: 2,
    };
    let said = answers.render(&composition, &context(), "en");
    let button = |title: &str, payload: &str| Button {
        title: title.to_owned(),
        payload: payload.to_owned(),
    };
    // shipping.time relates to shipping.cost first, which is offered already.
    let expected = [
        button("Cancel an order", "clarify:order.cancel"),
        button("Delivery cost", "intent:shipping.cost"),
        button("Talk to a person", "human"),
        button("Yes", "yes"),
        button("No", "no"),
        button("Return postage", "intent:returns.cost"),
        button("Where is my order?", "intent:tracking.status"),
    ];
    assert_eq!(said.buttons, expected);
}

#[test]
fn marks_are_numbers_and_five_have_stars() {
    let answers = bundled(&["en"]);
    let offers = vec![Offer::Csat(2), Offer::Ces(7), Offer::Nps(0), Offer::Nps(10)];
    let said = answers.render(&Composition { offers, ..Composition::default() }, &context(), "en");
    let told: Vec<(&str, &str)> =
        said.buttons.iter().map(|button| (&*button.title, &*button.payload)).collect();
    assert_eq!(told, [("2 ★★☆☆☆", "csat:2"), ("7", "ces:7"), ("0", "nps:0"), ("10", "nps:10")]);
}

#[test]
fn an_answer_that_a_locale_lacks_stands_in_the_next() {
    let mut files = bundled_sources(&["en"]);
    for (path, bytes) in bundled_sources(&["en"])
        .into_iter()
        .filter(|(path, _)| path == "en/names.toml" || path == "en/texts.md")
    {
        let text = String::from_utf8(bytes)
            .unwrap()
            .replace("tag = \"en\"", "tag = \"es\"")
            .replace("automated assistant", "asistente");
        files.push((path.replace("en/", "es/"), text.into_bytes()));
    }
    let answers = compiled(&files);
    assert_eq!(
        (answers.locale_for("es-AR"), answers.answer_locale("account.edit", "es-AR")),
        ("es", Some("en"))
    );
    let parts = vec![Part::Text(Text::Disclosure), answer("account.edit")];
    let said =
        answers.render(&Composition { parts, ..Composition::default() }, &context(), "es-AR");
    assert_eq!(said.language, "es");
    assert!(
        said.text.starts_with("Hello, I am the asistente of Northwind Goods.\n\nLog in at"),
        "{}",
        said.text
    );
}

#[test]
fn what_an_answer_becomes_better_by_is_known() {
    let answers = bundled(&["en"]);
    for (id, order, country) in [
        ("shipping.time", false, true),
        ("order.cancel", true, false),
        ("tracking.status", true, true),
        ("account.edit", false, false),
        ("no.such", false, false),
    ] {
        let uses = answers.uses(id);
        assert_eq!((uses.order, uses.country), (order, country), "{id}");
    }
}
