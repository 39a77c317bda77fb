//! Any text is read without a panic, twice the same, with spans on character boundaries.
#![no_main]

use std::sync::LazyLock;

use intent::{Analyzer, Hints, Options, Source};
use libfuzzer_sys::fuzz_target;

const FILES: &[(&str, &[u8])] = &[
    ("intents.toml", include_bytes!("../../../intents/intents.toml")),
    ("concepts.toml", include_bytes!("../../../intents/concepts.toml")),
    ("shared.toml", include_bytes!("../../../intents/shared.toml")),
    ("en/language.toml", include_bytes!("../../../intents/en/language.toml")),
    ("en/concepts.toml", include_bytes!("../../../intents/en/concepts.toml")),
    ("en/tracking.toml", include_bytes!("../../../intents/en/tracking.toml")),
    ("zh/language.toml", include_bytes!("../../../intents/zh/language.toml")),
    ("zh/concepts.toml", include_bytes!("../../../intents/zh/concepts.toml")),
];

static ANALYZER: LazyLock<Analyzer> = LazyLock::new(|| {
    let sources: Vec<Source<'_>> = FILES.iter().map(|(path, bytes)| Source { path, bytes }).collect();
    let options = Options { order_number_patterns: vec!["#?[1-9][0-9]{4,7}".to_owned()], products: Vec::new() };
    Analyzer::compile(&sources, &options).expect("the packs of the repository compile")
});

fuzz_target!(|text: &str| {
    let first = ANALYZER.analyze(text, &Hints::default());
    assert_eq!(first, ANALYZER.analyze(text, &Hints::default()));
    let spans = first.intents.iter().flat_map(|found| found.evidence.iter().map(|e| e.span).chain([found.clause]));
    for span in spans.chain(first.entities.iter().map(|e| e.span)).chain(first.emotion.evidence.iter().map(|e| e.span)) {
        assert!(text.get(span.start..span.end).is_some(), "{span:?} is no span of the text");
    }
});
