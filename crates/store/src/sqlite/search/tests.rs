use super::query;
use crate::words::cut;

#[test]
fn queries_hold_words_and_nothing_else() {
    for (typed, expected) in [
        ("parcel", Some("\"parcel\"*")),
        ("lost parcel", Some("\"lost\"* \"parcel\"*")),
        ("#10234", Some("\"10234\"*")),
        ("退款", Some("\"退 款\"")),
        ("杯子 broken", Some("\"杯 子\" \"broken\"*")),
        ("maria.lopez", Some("\"maria lopez\"*")),
        // The syntax of the index means nothing here.
        ("\"a\" OR NEAR(b*)", Some("\"a\"* \"OR\"* \"NEAR b\"*")),
        ("name:x -y", Some("\"name x\"* \"y\"*")),
        ("  ", None),
        ("?!*\"", None),
        ("\0", None),
    ] {
        assert_eq!(query(typed).as_deref(), expected, "{typed:?}");
    }
    assert_eq!(cut("我要refund"), " 我  要 refund");
}
