use proptest::prelude::*;
use unicode_segmentation::UnicodeSegmentation;

use super::{Choices, Unit, escape, layout, listed, pick, rows, shorten, split, strip};
use crate::shape::{Button, Limit, Limits, Reply, Unsendable};

const UNITS: [Unit; 4] = [Unit::CodePoints, Unit::Utf16, Unit::Bytes, Unit::Graphemes];

fn limit(max: usize) -> Limit {
    Limit { max, unit: Unit::CodePoints }
}

#[test]
fn units_count_what_they_say() {
    let counts = |text: &str| UNITS.map(|unit| unit.len(text));
    assert_eq!(counts("abc"), [3, 3, 3, 3]);
    assert_eq!(counts("é"), [1, 1, 2, 1]);
    assert_eq!(counts("e\u{301}"), [2, 2, 3, 1]);
    assert_eq!(counts("👍🏽"), [2, 4, 8, 1]);
    assert_eq!(counts("👩‍👩‍👧"), [5, 8, 18, 1]);
}

#[test]
fn a_text_is_cut_where_it_hurts_least() {
    let cases: [(&str, usize, &[&str]); 9] = [
        ("short", 20, &["short"]),
        ("", 20, &[]),
        (" \n ", 20, &[]),
        ("One two three.\n\nFour five six.", 20, &["One two three.", "Four five six."]),
        ("One two three\nfour five six", 20, &["One two three", "four five six"]),
        ("One two three. Four five six.", 20, &["One two three.", "Four five six."]),
        ("one two three four five six", 14, &["one two three", "four five six"]),
        ("您好。您的包裹已经发出。请稍候。", 8, &["您好。", "您的包裹已经发出", "。请稍候。"]),
        ("abcdefghij", 4, &["abcd", "efgh", "ij"]),
    ];
    for (text, max, expected) in cases {
        assert_eq!(split(text, limit(max)), expected, "{text}");
    }
}

#[test]
fn what_people_take_for_one_character_stays_whole() {
    let family = "👩‍👩‍👧";
    let limit = Limit { max: 20, unit: Unit::Bytes };
    assert_eq!(split(&family.repeat(3), limit), [family; 3]);
    // Only where a single one is longer than the limit is it cut.
    let tower = format!("a{}", "\u{301}".repeat(30));
    let parts = split(&tower, Limit { max: 10, unit: Unit::CodePoints });
    assert_eq!(parts.concat(), tower);
    assert!(parts.iter().all(|part| part.chars().count() <= 10));
}

proptest! {
    #[test]
    fn parts_fit_and_lose_nothing(
        text in "(\\PC|[a-z]{1,9}|[ \n]|[。.!?] |👩‍👩‍👧|é|🇩🇪|ก็){0,60}",
        max in 30_usize..60,
        unit in prop::sample::select(&UNITS),
    ) {
        let limit = Limit { max, unit };
        let parts = split(&text, limit);
        for part in &parts {
            prop_assert!(limit.fits(part), "{part:?} does not fit {limit:?}");
            prop_assert!(!part.trim().is_empty() || !part.is_empty());
        }
        let bare = |text: &str| text.split_whitespace().collect::<String>();
        prop_assert_eq!(bare(&parts.concat()), bare(&text));
        // Every cut is one between graphemes, as long as each of them fits.
        if text.graphemes(true).all(|grapheme| limit.fits(grapheme)) {
            let whole: Vec<&str> =
                text.graphemes(true).filter(|grapheme| !grapheme.trim().is_empty()).collect();
            let cut: Vec<&str> = (parts.iter().flat_map(|part| part.graphemes(true)))
                .filter(|grapheme| !grapheme.trim().is_empty())
                .collect();
            prop_assert_eq!(whole, cut);
        }
    }

    #[test]
    fn a_shortened_text_fits(
        text in "\\PC{0,80}", max in 5_usize..40, unit in prop::sample::select(&UNITS),
    ) {
        let limit = Limit { max, unit };
        prop_assert!(limit.fits(&shorten(&text, limit)));
    }

    #[test]
    fn nothing_in_escaped_text_is_markup(text in "\\PC{0,40}|(<|>|&|\"|'|script){0,20}") {
        let escaped = escape(&text);
        prop_assert!(!escaped.contains(['<', '>', '"', '\'']));
        strip(&text);
    }
}

fn buttons(titles: &[&str]) -> Vec<Button> {
    titles
        .iter()
        .map(|title| Button { title: (*title).to_owned(), payload: format!("intent:{title}") })
        .collect()
}

const LIMITS: Limits = Limits {
    text: limit_of(200),
    prompt: limit_of(60),
    buttons: 3,
    label: limit_of(10),
    payload: limit_of(40),
    rows: 5,
    row: limit_of(14),
};

const fn limit_of(max: usize) -> Limit {
    Limit { max, unit: Unit::CodePoints }
}

#[test]
fn options_take_the_form_that_shows_them_whole() {
    let form = |titles: &[&str]| {
        let reply = Reply { buttons: buttons(titles), ..Reply::text("Choose.") };
        let blocks = layout(&reply, &LIMITS).unwrap();
        let last = blocks.last().unwrap();
        match &last.choices {
            Choices::None => "none".to_owned(),
            Choices::Buttons(buttons) => format!("buttons {}", titles_of(buttons)),
            Choices::List(rows) => format!("list {}", titles_of(rows)),
            Choices::Numbered(_) => last.text.clone(),
        }
    };
    assert_eq!(form(&[]), "none");
    assert_eq!(form(&["a", "b"]), "buttons a,b");
    assert_eq!(form(&["a", "a"]), "buttons a");
    assert_eq!(form(&["a", "b", "c", "d"]), "list a,b,c,d");
    assert_eq!(form(&["Where is it?"]), "list Where is it?");
    // Too long for both: cut, as long as they differ.
    assert_eq!(form(&["Where is my parcel", "b"]), "buttons Where is…,b");
    assert_eq!(
        form(&["Where is my parcel", "Where is my purse"]),
        "Choose.\n\n1. Where is my parcel\n2. Where is my purse"
    );
    assert_eq!(
        form(&["u", "v", "w", "x", "y", "z"]),
        "Choose.\n\n1. u\n2. v\n3. w\n4. x\n5. y\n6. z"
    );
    assert_eq!(form(&["1", "2", "3", "4", "5", "6"]), "Choose.\n\n1 – 6");
    // What is behind a button does not fit.
    let long = "x".repeat(41);
    let reply = Reply {
        buttons: vec![Button { title: "a".to_owned(), payload: long }],
        ..Reply::text("Choose.")
    };
    assert!(matches!(layout(&reply, &LIMITS).unwrap()[0].choices, Choices::Numbered(_)));
}

fn titles_of(buttons: &[Button]) -> String {
    buttons.iter().map(|button| button.title.as_str()).collect::<Vec<_>>().join(",")
}

#[test]
fn options_stand_under_the_last_message() {
    let reply = Reply { buttons: buttons(&["a"]), ..Reply::text("Word. ".repeat(50)) };
    let blocks = layout(&reply, &LIMITS).unwrap();
    assert!(blocks.len() > 2);
    let (last, before) = blocks.split_last().unwrap();
    assert!(before.iter().all(|block| block.choices == Choices::None));
    assert!(matches!(last.choices, Choices::Buttons(_)));
    assert!(LIMITS.prompt.fits(&last.text));
    assert_eq!(layout(&Reply::text("  "), &LIMITS), Err(Unsendable::Empty));
    // Something to press without words still needs a word.
    let bare = Reply {
        buttons: buttons(&["a"]),
        list_label: Some("Choose".to_owned()),
        ..Reply::default()
    };
    assert_eq!(layout(&bare, &LIMITS).unwrap()[0].text, "Choose");
}

#[test]
fn an_answer_to_a_numbered_list_is_one_of_it_or_free_text() {
    let options = buttons(&["Track order", "Refund", "Human"]);
    for (text, expected) in [
        ("2", Some(1)),
        (" 2. ", Some(1)),
        ("(3)", Some(2)),
        ("２", Some(1)),
        ("٣", Some(2)),
        ("१", Some(0)),
        ("๑", Some(0)),
        ("refund", Some(1)),
        ("TRACK ORDER", Some(0)),
        ("0", None),
        ("4", None),
        ("2 refunds please", None),
        ("12345678901234567890", None),
        ("", None),
        ("…", None),
    ] {
        assert_eq!(pick(text, &options), expected, "{text:?}");
    }
    assert_eq!(pick("same", &buttons(&["same", "Same"])), None);
}

const STARS: [&str; 5] = ["5 ★★★★★", "4 ★★★★☆", "3 ★★★☆☆", "2 ★★☆☆☆", "1 ★☆☆☆☆"];

#[test]
fn a_scale_is_shown_as_one_and_its_numbers_are_marks() {
    let upto = |from: u8, to: u8| (from..=to).map(|n| n.to_string()).collect::<Vec<_>>();
    let (ten, seven) = (upto(0, 10), upto(1, 7));
    let ten: Vec<&str> = ten.iter().map(String::as_str).collect();
    let seven: Vec<&str> = seven.iter().map(String::as_str).collect();
    let plain = ["Refund", "2 parcels"];
    let sizes = ["36", "38", "40"];
    for (titles, told, per_row, picks) in [
        (&ten[..], "0 – 10", &[6, 5][..], &[("0", Some(0)), ("10", Some(10)), ("11", None)][..]),
        (&seven[..], "1 – 7", &[4, 3], &[("٧", Some(6)), ("0", None), ("(3)", Some(2))]),
        (
            &STARS[..],
            "5 ★★★★★\n4 ★★★★☆\n3 ★★★☆☆\n2 ★★☆☆☆\n1 ★☆☆☆☆",
            &[1, 1, 1, 1, 1],
            &[("5", Some(0)), ("１", Some(4)), ("6", None), ("3 ★★★☆☆", Some(2))],
        ),
        (&sizes[..], "36\n38\n40", &[3], &[("38", Some(1)), ("1", None)]),
        (&plain[..], "1. Refund\n2. 2 parcels", &[1, 1], &[("2", Some(1)), ("2 parcels", Some(1))]),
        (&["7"][..], "1. 7", &[1], &[("1", Some(0))]),
    ] {
        assert_eq!(listed(titles), told);
        let options = buttons(titles);
        let lengths: Vec<usize> = rows(&options).map(<[Button]>::len).collect();
        assert_eq!(lengths, per_row, "{titles:?}");
        for (text, expected) in picks {
            assert_eq!(pick(text, &options), *expected, "{text:?} of {titles:?}");
        }
    }
}

#[test]
fn of_html_people_read_the_text() {
    for (html, text) in [
        ("<p>One</p><p>Two</p>", "One\nTwo"),
        ("a<br>b<br/>c", "a\nb\nc"),
        ("1 &lt; 2 &amp;&amp; 3 &gt; 2&nbsp;!", "1 < 2 && 3 > 2 !"),
        ("I <3 it, 1 < 2", "I <3 it, 1 < 2"),
        ("&amp;lt;", "&lt;"),
        ("<a href=\"https://x\">link</a>", "link"),
        ("cut <b", "cut <b"),
    ] {
        assert_eq!(strip(html), text, "{html}");
    }
}

#[test]
fn the_word_over_a_list_is_in_the_replys_language() {
    let word = |language: &str, own: Option<&str>| {
        let list_label = own.map(str::to_owned);
        let reply = Reply { language: language.to_owned(), list_label, ..Reply::default() };
        list_label_of(&reply)
    };
    assert_eq!(word("pt-BR", None), "Escolher");
    assert_eq!(word("zh-Hant", None), "選擇");
    assert_eq!(word("zh_TW", None), "選擇");
    assert_eq!(word("zh-Hans", None), "选择");
    assert_eq!(word("xx", None), "☰");
    assert_eq!(word("", Some("Menu")), "Menu");
}

fn list_label_of(reply: &Reply) -> String {
    super::list_label(reply).to_owned()
}
