//! Any bytes in any file of a pack: an analyzer or errors, never a panic.
#![no_main]

use intent::{Analyzer, Hints, Options, Source};
use libfuzzer_sys::fuzz_target;

const PATHS: [&str; 6] =
    ["intents.toml", "concepts.toml", "shared.toml", "en/language.toml", "en/concepts.toml", "en/tracking.toml"];

fuzz_target!(|input: (u8, &[u8])| {
    let mut sources = vec![
        Source { path: "intents.toml", bytes: include_bytes!("../../../intents/intents.toml") },
        Source { path: "concepts.toml", bytes: include_bytes!("../../../intents/concepts.toml") },
        Source { path: "en/language.toml", bytes: b"tag = 'en'\n" },
    ];
    sources.push(Source { path: PATHS[usize::from(input.0) % PATHS.len()], bytes: input.1 });
    match Analyzer::compile(&sources, &Options::default()) {
        Ok(analyzer) => drop(analyzer.analyze("where is my parcel", &Hints::default())),
        Err(errors) => assert!(!errors.0.is_empty() && errors.0.iter().all(|e| e.line > 0 && !e.help.is_empty())),
    }
});
