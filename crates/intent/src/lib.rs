//! Understands customer messages: folding of text, one keyword automaton over all
//! languages, sentence patterns, scoring, entities, emotion and severity.
//!
//! [`Analyzer::compile`] turns packs into an analyzer and is the only thing that can
//! fail; [`Analyzer::analyze`] is total, deterministic to the byte, and does no I/O.

mod analysis;
mod analyzer;
mod bare;
mod compile;
mod compiled;
mod emotion;
mod entities;
mod features;
mod fit;
mod fitted;
mod fold;
mod lexicon;
mod lock;
mod model;
mod nfa;
mod own_words;
mod pack;
mod packed;
mod parallel;
mod prove;
mod scan;
mod score;
mod segment;
mod vote;
mod wishes;

#[cfg(test)]
mod tests;

pub use analysis::*;
pub use analyzer::{Analyzer, Hints, IntentSpec, Options};
pub use bare::Bare;
pub use compiled::Compiled;
pub use fit::{Progress, fit};
pub use fold::decimal_digit;
pub use lock::{Lock, weights_are_stale};
pub use pack::{PackError, PackErrors, Source};
pub use prove::{FINDINGS, Finding, Level};
