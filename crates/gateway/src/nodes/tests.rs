use super::*;

#[test]
fn a_word_is_read_as_it_was_told() {
    let id = ConversationId::new("shop c/1");
    for (word, line) in [
        (Word::Stored(id.clone(), true), "changed\tshop c/1"),
        (Word::Stored(id.clone(), false), "settled\tshop c/1"),
        (Word::Types(id.clone(), Typist::Customer), "customer\tshop c/1"),
        (Word::Types(id.clone(), Typist::Agent), "agent\tshop c/1"),
        (Word::Sees(id.clone(), "n".to_owned(), vec![]), "sees\tshop c/1\tn"),
        (
            Word::Sees(
                id.clone(),
                "n".to_owned(),
                vec![("Ana Ruiz".to_owned(), true), ("李".to_owned(), false)],
            ),
            "sees\tshop c/1\tn\tAna Ruiz\twrites\t李\tlooks",
        ),
    ] {
        assert_eq!(word.line(), line);
        assert_eq!(Word::read(line), Some(word));
    }
    for strange in ["", "changed", "sings\tc", "sees\tc"] {
        assert_eq!(Word::read(strange), None, "{strange:?}");
    }
}
