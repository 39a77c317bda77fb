//! The edge of Switchboard: HTTP, the command line, configuration, files, telemetry.
//!
//! Everything that touches the world is here, each kind in one place: files in [`files`],
//! the clock in [`clock`], randomness in [`entropy`], the environment in [`mod@config`].
//! What to make of a message is the affair of the crates below.

mod cli;

mod access;
pub mod app;
mod attachments;
pub mod channel;
pub mod clock;
pub mod config;
mod console;
pub mod database;
pub mod entropy;
pub mod eval;
mod figures;
pub mod files;
pub mod http;
mod identity;
pub mod import;
mod limits;
pub mod live;
pub mod mail;
pub mod message_log;
pub mod metrics;
mod nodes;
pub mod packs;
mod practice;
pub mod replay;
pub mod serve;
pub mod turn;
mod widget;
pub mod wire;

pub use cli::run;
