use super::fold;

#[track_caller]
fn check(input: &str, expect: &str) {
    let folded = fold(input);
    assert_eq!(folded.text, expect, "folding of {input:?}");
    assert_eq!(fold(&folded.text).text, expect, "folding twice of {input:?}");
}

#[test]
fn differences_that_do_not_matter_vanish() {
    for (input, expect) in [
        ("ReFund", "refund"),
        ("ｒｅｆｕｎｄ", "refund"),
        ("envío ENVI\u{301}O", "envio envio"),
        ("Straße Größe", "strasse grosse"),
        ("İADE ıslak", "iade islak"),
        ("don’t don`t", "don't don't"),
        ("pick-up e‑mail -5", "pick up e mail -5"),
        ("a \t b\n\n c  ", "a b\nc"),
        ("pleeeease sooo 10000", "pleease soo 10000"),
        ("re\u{200b}fu\u{ad}nd", "refund"),
        ("這個貨運費裡後發", "这个货运费里后发"),
        ("ｶﾞｷﾞ か\u{3099} ガ", "ガギ が ガ"),
        ("\u{1112}\u{1161}\u{11ab}\u{1100}\u{1173}\u{11af} ㅋㅋㅠㅠ", "한글 ㅋㅋㅠㅠ"),
        ("ёлка мои\u{306}", "елка мой"),
        ("أين الطَّلَبِيَّة إلى ٣٥٠", "اين الطلبيه الي 350"),
        ("مـــرحبا", "مرحبا"),
        ("Ελλάς", "ελλασ"),
        ("Đơn hàng của tôi", "don hang cua toi"),
        ("ไม่ได้", "ไม่ได้"),
        ("¿Dónde?！", "¿donde?!"),
        ("\0a\u{7}b", "a b"),
        ("", ""),
        (" \n ", ""),
    ] {
        check(input, expect);
    }
}

#[test]
fn spans_lead_back_to_what_was_typed() {
    for (input, word, expect) in [
        ("¿Dónde está?", "donde", "Dónde"),
        ("x ENVI\u{301}O y", "envio", "ENVI\u{301}O"),
        ("Straße", "strasse", "Straße"),
        ("ｶﾞｷﾞ", "ガ", "ｶﾞ"),
        ("soooo good", "soo", "soooo"),
        ("我要退貨", "退货", "退貨"),
    ] {
        let folded = fold(input);
        let start = folded.text.find(word).unwrap();
        let span = folded.span(start, start + word.len(), input);
        // A run that was shortened keeps the offset of the letters that stayed.
        assert!(
            expect.starts_with(span.of(input)) && !span.of(input).is_empty(),
            "{input}: {:?}",
            span.of(input)
        );
        if !input.contains("oooo") {
            assert_eq!(span.of(input), expect);
        }
    }
}

proptest::proptest! {
    #[test]
    fn folding_is_idempotent_and_spans_are_on_boundaries(input in "\\PC{0,80}") {
        let folded = fold(&input);
        let again = fold(&folded.text);
        proptest::prop_assert_eq!(&again.text, &folded.text);
        for (at, c) in folded.text.char_indices() {
            let span = folded.span(at, at + c.len_utf8(), &input);
            proptest::prop_assert!(input.get(span.start..span.end).is_some());
        }
    }
}
