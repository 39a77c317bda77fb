//! The `switchboard` binary; see `switchboard --help`.

use std::process::ExitCode;

fn main() -> ExitCode {
    gateway::run(std::env::args_os())
}
