//! The command line.

mod ask;
mod backup;
mod bench;
mod channels;
mod check;
mod classify;
mod compile;
mod eval;
mod evidence;
mod import;
mod marks;
mod replay;
mod settings;
mod user;

use std::ffi::OsString;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand};
use clap_complete::Shell;

use crate::config::{ConfigError, Given, GivenShop, Settings};
use crate::files::FileError;
use crate::packs::{self, Faults, Knowledge, PackFiles};
use crate::serve;

const EXAMPLES: &str = "\
Try it:
  switchboard ask \"where is my parcel? order #10234\"
  switchboard ask --why \"我要refund\"
  switchboard serve                          then open http://127.0.0.1:8080

Make it your own:
  switchboard init myshop                    writes facts, answers and packs to edit
  switchboard check --shop myshop            says what is wrong with them, and where
  switchboard serve --shop myshop --data /var/lib/switchboard

Exit codes: 0 all well, 1 something expected did not hold, 2 cannot be done as asked.";

/// Reads customers' messages in many languages, answers what it knows, hands the rest to people
#[derive(Debug, Parser)]
#[command(name = "switchboard", version, after_help = EXAMPLES, arg_required_else_help = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the service: HTTP API, Rasa's addresses, and a page to try it by hand
    #[command(after_help = "\
Settings come from flags, else the environment, else switchboard.toml, else defaults;
`switchboard config` shows which. SIGHUP reloads packs and answers; SIGTERM finishes what
was accepted and stops.

  switchboard serve --listen 127.0.0.1:8080 --data data
  curl -s localhost:8080/v1/messages -H 'content-type: application/json' \\
       -d '{\"text\":\"how long does delivery to Mexico take?\"}'")]
    Serve(Given),
    /// Write a folder with your shop's facts, answers and packs to edit
    Init {
        /// The folder; files that are there already are left alone
        dir: PathBuf,
    },
    /// Make a pack of another system's samples: Rasa, CSV, JSON lines
    Import(import::Import),
    /// Say what is understood of one message, and what is answered
    Ask(ask::Ask),
    /// Read messages as JSON lines, write an analysis a line, in order
    Classify(classify::Classify),
    /// Check packs and answers: they load, samples hold, every intent is answered or handed over
    Check(check::Check),
    /// Measure how often labelled messages are understood, and in which way they are not
    Eval(eval::Eval),
    /// Say which decisions change when yesterday's messages meet other packs
    Replay(replay::ReplayLog),
    /// Measure how long messages take with the packs at hand
    Bench(bench::Bench),
    /// Fit weights to the samples and write the weights.lock files
    Compile(compile::Compile),
    /// Add people who answer customers, or change and list them
    User(user::User),
    /// Show inboxes and other destinations: since when, how much, what fails, what waits
    Channels(channels::ShowChannels),
    /// List what could not be sent, and try it again
    Outbox(channels::Outbox),
    /// Send a running service a message as a platform would, rightly signed
    Simulate(channels::Simulate),
    /// Copy everything the service keeps into one file, while it runs
    #[command(after_help = "  switchboard backup /var/backups/switchboard-$(date +%F).db")]
    Backup(backup::Backup),
    /// Put a backup in the place of what the service keeps; the service must not run
    Restore(backup::Restore),
    /// Write what a marketplace or bank asks for in a dispute: a folder, and one page to print
    Evidence(evidence::Evidence),
    /// Show every setting in force, and where it comes from
    Config(Given),
    /// Write completions for a shell to standard output
    #[command(after_help = "  switchboard completions bash > /etc/bash_completion.d/switchboard")]
    Completions {
        /// For which shell
        shell: Shell,
    },
}

/// Why a command did not end well.
#[derive(Debug, thiserror::Error)]
enum Failure {
    /// Something that was expected does not hold; it was said already.
    #[error("")]
    Expectation,
    /// It cannot be done as asked.
    #[error("{0}")]
    Invalid(String),
    /// Whoever reads the output has gone: no reason to complain.
    #[error("")]
    NobodyReads,
}

type Done = Result<(), Failure>;

/// Runs the command line; the arguments begin with the program's name.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let cli = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version are no failures; where they cannot be printed, nobody reads.
            let _ = error.print();
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2));
        }
    };
    let done = match cli.command {
        Command::Serve(given) => run_service(given),
        Command::Init { dir } => init(&dir),
        Command::Import(import) => import.run(),
        Command::Ask(ask) => ask.run(),
        Command::Classify(classify) => classify.run(),
        Command::Check(check) => check.run(),
        Command::Eval(eval) => eval.run(),
        Command::Replay(replay) => replay.run(),
        Command::Bench(bench) => bench.run(),
        Command::Compile(compile) => compile.run(),
        Command::User(user) => user.run(),
        Command::Channels(channels) => channels.run(),
        Command::Outbox(outbox) => outbox.run(),
        Command::Simulate(simulate) => simulate.run(),
        Command::Backup(backup) => backup.run(),
        Command::Restore(restore) => restore.run(),
        Command::Evidence(evidence) => evidence.run(),
        Command::Config(given) => settings::show(given),
        Command::Completions { shell } => completions(shell),
    };
    match done {
        Ok(()) | Err(Failure::NobodyReads) => ExitCode::SUCCESS,
        Err(Failure::Expectation) => ExitCode::from(1),
        Err(Failure::Invalid(why)) => {
            let _ = writeln!(anstream::stderr(), "{}error:{} {why}", marks::BAD, marks::END);
            ExitCode::from(2)
        }
    }
}

fn run_service(given: Given) -> Done {
    serve::run(&read(given)?).map_err(|error| Failure::Invalid(error.to_string()))
}

fn init(dir: &std::path::Path) -> Done {
    let written = packs::write_starter(dir)?;
    let mut out = anstream::stdout().lock();
    for (path, new) in &written {
        let word = if *new { "wrote" } else { "kept " };
        writeln!(out, "{word} {}", path.display())?;
    }
    let dir = dir.display();
    writeln!(out, "\nEdit {dir}/faq/shop.toml first, then: switchboard check --shop {dir}")?;
    Ok(())
}

fn completions(shell: Shell) -> Done {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "switchboard", &mut script);
    io::stdout().lock().write_all(&script)?;
    Ok(())
}

/// Reads the settings of a command.
fn read(given: Given) -> Result<Settings, Failure> {
    let settings = resolve(given).and_then(|resolved| Settings::read(&resolved));
    settings.map_err(|errors| {
        let errors: Vec<String> = errors.iter().map(ToString::to_string).collect();
        Failure::Invalid(errors.join("\n       "))
    })
}

#[expect(clippy::disallowed_methods, reason = "the environment is a layer of the configuration")]
fn resolve(given: Given) -> Result<crate::config::Resolved, Vec<ConfigError>> {
    given.resolve(|name| std::env::var_os(name))
}

/// Gathers the packs at hand.
fn gather(given: GivenShop) -> Result<PackFiles, Failure> {
    let settings = read(given.0)?;
    Ok(PackFiles::gather(&settings.packs)?)
}

/// Compiles the packs at hand.
fn load(given: GivenShop) -> Result<Knowledge, Failure> {
    Ok(Knowledge::compile(&gather(given)?)?)
}

impl From<store::StoreError> for Failure {
    fn from(error: store::StoreError) -> Self {
        Self::Invalid(format!("{error}\nhelp: {}", error.help()))
    }
}

impl From<crate::http::Problem> for Failure {
    fn from(problem: crate::http::Problem) -> Self {
        Self::Invalid(problem.to_string())
    }
}

/// Runs something that waits for the store.
fn wait<T>(work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(work)
}

impl From<FileError> for Failure {
    fn from(error: FileError) -> Self {
        Self::Invalid(error.to_string())
    }
}

impl From<Faults> for Failure {
    fn from(faults: Faults) -> Self {
        Self::Invalid(format!("the packs are broken\n\n{faults}"))
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Self::NobodyReads,
            _ => Self::Invalid(error.to_string()),
        }
    }
}

impl From<serde_json::Error> for Failure {
    fn from(error: serde_json::Error) -> Self {
        Self::from(io::Error::from(error))
    }
}
