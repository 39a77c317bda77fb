use super::*;
use crate::pack::pattern;

#[track_caller]
fn check(text: &str, expect: &[&str]) {
    let words = Words::from([
        ("parcel", vec!["parcel", "box", "third"]),
        ("where", vec!["where"]),
        ("包", vec!["包裹"]),
        ("none", Vec::new()),
    ]);
    let node = pattern::parse(text).unwrap();
    let (said, all) = of(&node, &words, 1000);
    assert_eq!(said, expect, "{text}");
    assert_eq!(all, expect.len() as u64, "{text}");
}

#[test]
fn every_sentence_of_a_pattern_is_said_once() {
    check(
        "<where> is [my] <parcel>",
        &["where is parcel", "where is my parcel", "where is box", "where is my box"],
    );
    check("(a|b <where>|<none>) … c", &["a c", "b where c"]);
    check("de[l] paquete", &["del paquete", "de paquete"]);
    check("<none> … <where>", &[]);
    check("退款 到 哪 <where>", &["退款到哪 where"]);
}

#[test]
fn of_many_sentences_some_are_said_evenly() {
    let node = pattern::parse("(a|b|c|d) (a|b|c|d) (a|b|c|d) (a|b|c|d)").unwrap();
    let (said, all) = of(&node, &Words::new(), 8);
    assert_eq!((said.len(), all), (8, 256));
    // The first and the last choice differ among them.
    for at in [0, 6] {
        let letters: std::collections::BTreeSet<_> = said.iter().map(|s| &s[at..=at]).collect();
        assert!(at == 0 || letters.len() > 2, "{said:?}");
    }
}

#[test]
fn a_pattern_of_more_sentences_than_can_be_counted_is_tried() {
    let choice = "(a|b|c|d|e|f|g|h|i|j|k|l|m|n|o|p|q|r|s|t) ".repeat(6);
    let node = pattern::parse(choice.trim()).unwrap();
    let (said, all) = of(&node, &Words::new(), 3);
    assert_eq!((said.len(), all), (3, 20_u64.pow(6)));
}
