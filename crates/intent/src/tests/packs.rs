use super::{EN, INTENTS, sources};
use crate::{Analyzer, Compiled, Hints, Options, Source};

/// Compiles the small pack with one more file and expects these errors, as people see them.
#[track_caller]
fn check(path: &str, text: &[u8], expect: &str) {
    let mut all = sources();
    all.push(Source { path, bytes: text });
    let errors = Analyzer::compile(&all, &Options::default()).map(|_| ()).unwrap_err();
    assert_eq!(errors.to_string().trim(), expect.trim());
}

#[test]
fn a_broken_file_is_shown_with_its_place_and_a_remedy() {
    check(
        "en/refund.toml",
        b"[[intent]]\nid = 'refund.reqest'\n",
        "error[unknown-intent]: the intent `refund.reqest` is not declared
  --> en/refund.toml:2:6
   | id = 'refund.reqest'
   = help: did you mean `refund.request`? An intent of your own is declared in intents.toml
1 error(s)",
    );
    check(
        "en/concepts.toml",
        b"parcle = ['x']",
        "error[unknown-concept]: the concept `parcle` is not declared
  --> en/concepts.toml:1:1
   | parcle = ['x']
   = help: did you mean `parcel`? New concepts are declared in intents/concepts.toml
1 error(s)",
    );
}

#[test]
fn all_errors_are_reported_at_once_by_code() {
    for (path, text, codes) in [
        (
            "en/refund.toml",
            "[[intent]]\nid = 'refund.request'\n[[intent]]\nid = 'refund.request'\n",
            "duplicate-id",
        ),
        ("en/refund.toml", "[[intent]]\nid = 'tracking.status'\n", "wrong-file"),
        (
            "en/refund.toml",
            "[[intent]]\nid = 'refund.request'\nkeywords = ['\u{200b}', 7]\nsample = []\n",
            "wrong-type unknown-key",
        ),
        (
            "en/refund.toml",
            "[[intent]]\nid = 'refund.request'\nkeywords = ['\u{200b}']\n",
            "empty-keyword",
        ),
        (
            "en/refund.toml",
            "[[intent]]\nid = 'refund.request'\n[intent.patterns]\nA = '<want> …'\nb = '(a|b'\nc = '[a]'\nd = '<nope>'\n",
            "bad-name bad-pattern bad-pattern bad-pattern unknown-concept",
        ),
        ("en/refund.toml", "[[intent]]\nkeywords = [\n", "syntax no-id"),
        ("en/concepts.toml", "parcel = { stems = ['pa'] }", "short-stem"),
        ("xx/refund.toml", "[[intent]]\nid = 'refund.request'\n", "no-language"),
        ("en/what/ever.toml", "", "unknown-file"),
        ("en/language.toml", "tag = 'es'", "wrong-tag"),
        (
            "shared.toml",
            "[[intent]]\nid = 'refund.request'\n[intent.patterns]\na = '<want> money'\n",
            "word-in-shared",
        ),
        ("intents.toml", "[[intent]]\nid = 'Refund'\nseverity = 'rot'\n", "bad-id wrong-type"),
    ] {
        let mut all = sources();
        all.push(Source { path, bytes: text.as_bytes() });
        let errors = Analyzer::compile(&all, &Options::default()).map(|_| ()).unwrap_err();
        let mut found: Vec<_> = errors.0.iter().map(|e| e.code).collect();
        found.sort_unstable();
        let mut expect: Vec<_> = codes.split(' ').collect();
        expect.sort_unstable();
        assert_eq!(found, expect, "{path}: {text}\n{errors}");
    }
}

#[test]
fn bytes_that_are_no_text_are_refused() {
    check(
        "en/refund.toml",
        b"[[intent]]\nid = '\xff'\n",
        "error[not-utf8]: byte 17 is not UTF-8
  --> en/refund.toml:2:7
   | id = '\u{fffd}'
   = help: save the file as UTF-8
1 error(s)",
    );
    let large = vec![b'#'; 50 << 20];
    let errors =
        Analyzer::compile(&[Source { path: "en/refund.toml", bytes: &large }], &Options::default())
            .unwrap_err();
    assert_eq!(errors.0[0].code, "too-large");
}

#[test]
fn a_later_source_lays_over_an_earlier_one_by_id() {
    let mut all = sources();
    let shop =
        "[[intent]]\nid = 'refund.request'\nkeywords = [{ text = 'gimme', weight = 1500 }]\n";
    all.push(Source { path: "en/refund.toml", bytes: shop.as_bytes() });
    all.push(Source {
        path: "intents.toml",
        bytes: b"[[intent]]\nid = 'shop.own'\nmeans = 'x'\nseverity = 'blue'\ntier = 1\n",
    });
    let analyzer = Analyzer::compile(&all, &Options::default()).unwrap();
    assert_eq!(analyzer.intents().len(), INTENTS.matches("[[intent]]").count() + 1);
    let hints = crate::Hints::default();
    assert_eq!(analyzer.analyze("gimme", &hints).intent.as_str(), "refund.request");
    assert!(analyzer.analyze("M.D.N.C.", &hints).intents.is_empty());
    assert_eq!(analyzer.analyze("where is my parcel", &hints).intent.as_str(), "tracking.status");
}

#[test]
fn the_hash_names_the_packs() {
    let one = Analyzer::compile(&sources(), &Options::default()).unwrap();
    let two = Analyzer::compile(&sources(), &Options::default()).unwrap();
    assert_eq!(one.packs_hash(), two.packs_hash());
    let fewer: Vec<_> = sources().into_iter().filter(|s| s.path != EN[5].0).collect();
    assert_ne!(
        Analyzer::compile(&fewer, &Options::default()).unwrap().packs_hash(),
        one.packs_hash()
    );
}

proptest::proptest! {
    #[test]
    fn loading_never_panics(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..200), pattern in "[a-z()\\[\\]|<> …]{0,30}") {
        let _ = Analyzer::compile(&[Source { path: "en/refund.toml", bytes: &bytes }], &Options::default());
        let text = format!("[[intent]]\nid = 'refund.request'\n[intent.patterns]\np = '{pattern}'\n");
        let mut all = sources();
        all.push(Source { path: "en/refund.toml", bytes: text.as_bytes() });
        let _ = Analyzer::compile(&all, &Options::default());
    }
}

/// The bytes as a binary carries them: for as long as the process runs.
fn kept(compiled: &Compiled) -> &'static [u8] {
    Box::leak(compiled.to_bytes().into_boxed_slice())
}

#[test]
fn compiled_packs_read_messages_as_the_sources_do() {
    let compiled = Compiled::new(&sources()).unwrap();
    let kept = Compiled::from_bytes(kept(&compiled)).unwrap();
    let options = Options { order_number_patterns: vec!["#[0-9]{5}".into()], ..Options::default() };
    let linked = Analyzer::link(kept, &options).unwrap();
    let fresh = Analyzer::compile(&sources(), &options).unwrap();
    assert_eq!(linked.packs_hash(), fresh.packs_hash());
    for text in ["where is my parcel #10234", "i don't want a refund", "我要refund", ""] {
        let read = |analyzer: &Analyzer| analyzer.analyze(text, &Hints::default());
        assert_eq!(read(&linked), read(&fresh));
    }
}

#[test]
fn bytes_that_are_no_compiled_packs_are_refused() {
    let bytes = kept(&Compiled::new(&sources()).unwrap());
    for broken in [&[][..], b"0.0.0", &bytes[..bytes.len() / 2]] {
        assert!(Compiled::from_bytes(broken).is_none());
    }
}
