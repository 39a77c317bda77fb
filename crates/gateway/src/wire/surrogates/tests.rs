use super::mend;

#[track_caller]
fn check(json: &str, text: &str) {
    let mended = mend(json.as_bytes());
    let read: String = serde_json::from_slice(&mended).unwrap();
    assert_eq!(read, text, "{json}");
    assert_eq!(mended.len(), json.len());
}

#[test]
fn only_lone_surrogates_are_replaced() {
    check(r#""plain""#, "plain");
    check(r#""\ud83d\ude00""#, "😀");
    check(r#""a\ud83d""#, "a\u{fffd}");
    check(r#""\ude00\ud83d!""#, "\u{fffd}\u{fffd}!");
    check(r#""\ud83d\ud83d\ude00""#, "\u{fffd}😀");
    check(r#""\ud83d\n\ude00""#, "\u{fffd}\n\u{fffd}");
    check(r#""\\ud83d""#, "\\ud83d");
    check(r#""\\\ud83d""#, "\\\u{fffd}");
    check(r#""\u00e9\u0000""#, "é\0");
    check(r#""\uD83D""#, "\u{fffd}");
}

#[test]
fn what_is_broken_stays_as_it_is() {
    for json in ["\"\\", "\"\\u", "\"\\ud8", "\"\\u+d83", "\\", ""] {
        assert_eq!(&*mend(json.as_bytes()), json.as_bytes());
    }
}
