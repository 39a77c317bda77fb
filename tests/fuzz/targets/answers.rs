//! Any bytes in any file of answers: answers or errors, never a panic.
#![no_main]

use faq::{Answers, Source};
use libfuzzer_sys::fuzz_target;

const PATHS: [&str; 4] = ["shop.toml", "en/names.toml", "en/texts.md", "en/tracking.md"];

fuzz_target!(|input: (u8, &[u8])| {
    let sources = [
        Source { path: "shop.toml", bytes: include_bytes!("../../../faq/shop.toml") },
        Source { path: "en/names.toml", bytes: include_bytes!("../../../faq/en/names.toml") },
        Source { path: "en/texts.md", bytes: include_bytes!("../../../faq/en/texts.md") },
        Source { path: PATHS[usize::from(input.0) % PATHS.len()], bytes: input.1 },
    ];
    if let Err(errors) = Answers::compile(&sources) {
        assert!(!errors.to_string().is_empty());
    }
});
