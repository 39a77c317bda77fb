//! The widget in a real browser: on a shop's page of another origin, under a strict policy.
//!
//! Pictures of what was seen are kept in `target/screenshots`.
#![expect(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "tests start programs and write files, and stop where something is amiss"
)]

mod access;
mod console;
mod hostile;
mod pages;
mod scene;
mod story;

/// The binary under test.
const BINARY: &str = env!("CARGO_BIN_EXE_switchboard");
