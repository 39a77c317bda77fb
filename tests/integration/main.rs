//! The real binary, over real sockets: what holds when everything is put together.
//!
//! One executable, so that it is linked once. What can be checked without a process is
//! checked in the crates.
#![expect(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "tests start programs and read files, and stop where something is amiss"
)]

mod channels;
mod check;
mod cli;
mod crashes;
mod desk;
mod eval;
mod import;
mod nodes;
mod purity;
mod replay;
mod service;
mod sockets;
mod transcript;

/// The binary under test.
const BINARY: &str = env!("CARGO_BIN_EXE_switchboard");
