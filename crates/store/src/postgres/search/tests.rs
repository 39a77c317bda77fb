use super::{query, tokens, vector};

#[test]
fn words_are_compared_without_case_and_marks() {
    for (text, expected) in [
        ("¿Dónde está mi CAFÉ?", vec!["donde", "esta", "mi", "cafe"]),
        ("Tiếng Việt", vec!["tieng", "viet"]),
        ("e\u{301}a", vec!["ea"]),
        ("İstanbul Straße ΟΔΟΣ", vec!["istanbul", "straße", "οδοσ"]),
        ("Мой заказ", vec!["мой", "заказ"]),
        ("我要refund", vec!["我", "要", "refund"]),
        ("がか", vec!["が", "か"]),
        ("a.b_c-d'e", vec!["a", "b", "c", "d", "e"]),
        ("'); DROP \\ \0", vec!["drop"]),
        ("", vec![]),
    ] {
        assert_eq!(tokens(text), expected, "{text:?}");
    }
    let long = "é".repeat(5_000);
    assert_eq!(tokens(&long)[0].len(), super::WORD, "cut where a character ends");
}

#[test]
fn queries_hold_words_and_nothing_else() {
    for (typed, expected) in [
        ("Parcel", Some("('parcel':*)")),
        ("lost parcel", Some("('lost':*) & ('parcel':*)")),
        ("退款", Some("('退' <-> '款')")),
        ("maria.lopez", Some("('maria' <-> 'lopez':*)")),
        ("a' | !b & (c)", Some("('a':*) & ('b':*) & ('c':*)")),
        ("?!*\"", None),
        ("\0", None),
    ] {
        assert_eq!(query(typed).as_deref(), expected, "{typed:?}");
    }
}

#[test]
fn a_name_stands_apart_from_the_text() {
    assert_eq!(vector("a b", Some("c")), "'a':1 'b':2 'c':19 ");
    assert_eq!(vector("", None), "");
}
