use jiff::SignedDuration;

use super::markdown::{INLINE, markdown};
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

#[test]
fn answers_are_shown_as_the_customer_sees_them() {
    let link = |to: &str, label: &str| {
        format!(
            "<a href=\"{to}\" target=\"_blank\" rel=\"noopener noreferrer nofollow\" dir=\"auto\">{label}</a>"
        )
    };
    let web = link("https://shop.example/a?b=c&amp;d", "the *page*").replace("*", "");
    for (said, shown) in [
        ("one\ntwo\n\nthree", "<p dir=\"auto\">one<br>two</p><p dir=\"auto\">three</p>"),
        (
            "**bo*ld** *em* `a*b*c`",
            "<p dir=\"auto\">*<em>bo</em>ld** <em>em</em> <code>a*b*c</code></p>",
        ),
        (
            "**[x](tel:+49)**",
            &format!("<p dir=\"auto\"><strong>{}</strong></p>", link("tel:+49", "x")),
        ),
        (
            "- a\n* b\n1. c\n2) d\n-e",
            "<ul dir=\"auto\"><li>a</li><li>b</li></ul><ol dir=\"auto\"><li>c</li><li>d</li></ol><p dir=\"auto\">-e</p>",
        ),
        (
            "> - a\n> > b",
            "<blockquote dir=\"auto\"><ul dir=\"auto\"><li>a</li></ul><p dir=\"auto\">&gt; b</p></blockquote>",
        ),
        ("[the page](https://shop.example/a?b=c&d)", &format!("<p dir=\"auto\">{web}</p>")),
        (
            "See https://shop.example/x.",
            &format!(
                "<p dir=\"auto\">See {}.</p>",
                link("https://shop.example/x", "https://shop.example/x")
            ),
        ),
        (
            "![cup](https://shop.example/c.png)",
            &format!("<p dir=\"auto\">{}</p>", link("https://shop.example/c.png", "cup")),
        ),
        // What leads elsewhere, and what is no Markdown of ours, stays text.
        ("[x](javascript:alert`1`)", "<p dir=\"auto\">[x](javascript:alert`1`)</p>"),
        (
            "[x](data:text/html,1) [y](https://)",
            "<p dir=\"auto\">[x](data:text/html,1) [y](https://)</p>",
        ),
        (
            "[x](https://a\"onclick=\"b)",
            &format!("<p dir=\"auto\">{}</p>", link("https://a&quot;onclick=&quot;b", "x")),
        ),
        ("# a <b>c</b> __d__", "<p dir=\"auto\"># a &lt;b&gt;c&lt;/b&gt; __d__</p>"),
        (r"\*a\* \_ \& \=", "<p dir=\"auto\">*a* _ &amp; =</p>"),
        (
            "**a\u{202e}b**",
            "<p dir=\"auto\"><strong>a<span class=\"odd\" title=\"a character that is not seen\">U+202E</span>b</strong></p>",
        ),
    ] {
        let got = markdown(said).into_string();
        assert_eq!(got, format!("<div class=\"rich\" dir=\"auto\">{shown}</div>"), "{said:?}");
    }
}

#[test]
fn console_and_widget_know_the_same_markdown() {
    let widget = include_str!("../../../assets/widget/markdown.js");
    let (_, list) = widget.split_once("new RegExp([\n").unwrap();
    let (list, _) = list.split_once("].join(\"|\")").unwrap();
    let unescaped = |line: &str| {
        let line = line.trim().trim_start_matches('"').trim_end_matches("\",");
        line.replace("\\\\", "\\").replace("\\\"", "\"")
    };
    let unbounded = |mut part: String| {
        while let Some(at) = part.find("{0,").or_else(|| part.find("{1,")) {
            let end = at + part[at..].find('}').unwrap();
            let sign = if part[at..].starts_with("{0") { "*" } else { "+" };
            part.replace_range(at..=end, sign);
        }
        part
    };
    let theirs: Vec<String> = list.lines().map(|line| unbounded(unescaped(line))).collect();
    assert_eq!(theirs, INLINE);
}
