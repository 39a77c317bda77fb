//! Starts the real `switchboard` binary and speaks to it over real sockets.
//!
//! Nothing here waits by sleeping: readiness is a line on standard output, events are
//! lines of the log, an end is the end of the process, each with a deadline.
#![expect(clippy::disallowed_methods, reason = "tests start programs and read files")]

pub mod browser;
mod http;
#[cfg(unix)]
mod postgres;
mod service;

pub use http::{Got, post, raw};
#[cfg(unix)]
pub use postgres::Postgres;
pub use service::{Options, Service};

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::Duration;

/// How long anything may take before it counts as hung. Generous: machines are shared.
pub const DEADLINE: Duration = Duration::from_secs(60);

/// The root of the workspace.
#[must_use]
pub fn workspace() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent();
    root.map(Path::to_path_buf).unwrap_or_default()
}

/// Runs the binary to its end with `input` on standard input, in an empty folder of its
/// own and without any setting from the environment.
///
/// # Panics
/// The binary cannot be started.
#[must_use]
pub fn run(binary: &str, arguments: &[&str], input: &[u8]) -> Output {
    use std::io::Write;
    let folder = tempfile::tempdir().expect("a folder");
    let mut child = command(binary)
        .args(arguments)
        .current_dir(folder.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary starts");
    let mut stdin = child.stdin.take().expect("a pipe");
    let input = input.to_vec();
    let feeding = std::thread::spawn(move || {
        // A program that ends without reading everything is no failure of ours.
        let _ = stdin.write_all(&input);
    });
    let output = child.wait_with_output().expect("the binary ends");
    feeding.join().expect("input is fed");
    output
}

/// The binary as a command, without any setting from the environment.
fn command(binary: &str) -> Command {
    let mut command = Command::new(binary);
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("SWITCHBOARD_") {
            command.env_remove(name);
        }
    }
    command.env("NO_COLOR", "1");
    command
}
