use jiff::SignedDuration;

use super::span;
use super::text::{Mark, marked, text};

#[test]
fn hostile_words_are_shown_as_text() {
    for (said, shown) in [
        ("<img src=x onerror=alert(1)>", "&lt;img src=x onerror=alert(1)&gt;"),
        ("\"><script>1</script>", "&quot;&gt;&lt;script&gt;1&lt;/script&gt;"),
        ("javascript:alert(1)", "javascript:alert(1)"),
        (
            "a\u{202e}b",
            "a<span class=\"odd\" title=\"a character that is not seen\">U+202E</span>b",
        ),
        ("a\0", "a<span class=\"odd\" title=\"a character that is not seen\">U+0000</span>"),
        ("one\ntwo", "one\ntwo"),
    ] {
        let got = text(said).into_string();
        assert_eq!(got, format!("<bdi class=\"text\" dir=\"auto\">{shown}</bdi>"), "{said:?}");
    }
}

#[test]
fn words_are_marked_where_they_stand() {
    let mark = |from, to, why: &str| Mark { from, to, why: why.to_owned() };
    for (marks, shown) in [
        (vec![mark(0, 2, "x")], "<mark title=\"x\">ab</mark>cdé"),
        (
            vec![mark(2, 4, "b"), mark(0, 1, "a")],
            "<mark title=\"a\">a</mark>b<mark title=\"b\">cd</mark>é",
        ),
        // Overlapping, outside, inside a character, empty, turned around.
        (vec![mark(0, 3, "a"), mark(2, 4, "b")], "<mark title=\"a\">abc</mark>dé"),
        (vec![mark(3, 99, "a"), mark(4, 5, "b"), mark(2, 2, "c"), mark(3, 1, "d")], "abcdé"),
        (vec![mark(4, 6, "<\">")], "abcd<mark title=\"&lt;&quot;&gt;\">é</mark>"),
    ] {
        let got = marked("abcdé", &marks).into_string();
        assert_eq!(got, format!("<bdi class=\"text\" dir=\"auto\">{shown}</bdi>"), "{marks:?}");
    }
}

#[test]
fn lengths_of_time_are_told_in_two_units() {
    for (seconds, told) in
        [(-5, "0 s"), (59, "59 s"), (60, "1 min"), (3_660, "1 h 01 min"), (90_000, "1 d 1 h")]
    {
        assert_eq!(span(SignedDuration::from_secs(seconds)), told);
    }
}
