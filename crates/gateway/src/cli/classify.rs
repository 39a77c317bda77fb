//! `switchboard classify`: JSON lines in, JSON lines out, in the same order.

mod lines;
mod pool;

use std::io::{self, BufReader, IsTerminal, Write};

use clap::Args;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use intent::Hints;
use serde::{Deserialize, Serialize};

use super::{Done, Failure};
use crate::config::GivenShop;
use crate::packs::Knowledge;
use crate::wire::{self, AnalysisBody, Locale};
use lines::{Line, LineReader};

/// Read messages as JSON lines, write an analysis a line, in order
#[derive(Debug, Args)]
#[command(after_help = "\
Of each line `text` and `locale` are read, and nothing else. Every line in gives one line out;
a line that cannot be read gives {\"error\":{\"line\":3,\"code\":\"invalid-json\",…}} in its place, and
the exit code is 1 at the end.

  switchboard classify < messages.jsonl > analyses.jsonl
  echo '{\"text\":\"wo ist mein Paket?\",\"locale\":\"de\"}' | switchboard classify | jq .intent")]
pub(super) struct Classify {
    /// How many threads read messages [default: one a processor]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    threads: Option<u16>,
    #[command(flatten)]
    shop: GivenShop,
}

/// What is read of a line. Whatever else it says stays unread.
#[derive(Debug, Deserialize)]
struct Message {
    text: String,
    #[serde(default)]
    locale: Option<Locale>,
}

/// What stands in the place of a line that cannot be read.
#[derive(Debug, Serialize)]
struct BadLine<'a> {
    error: LineError<'a>,
}

#[derive(Debug, Serialize)]
struct LineError<'a> {
    line: u64,
    code: &'static str,
    message: &'a str,
}

impl Classify {
    pub(super) fn run(self) -> Done {
        let knowledge = super::load(self.shop)?;
        let threads = match self.threads {
            Some(threads) => usize::from(threads),
            None => std::thread::available_parallelism().map_or(1, usize::from),
        };
        let input = io::stdin();
        let bar = progress(&input);
        let reader = LineReader::new(BufReader::with_capacity(256 * 1024, input));
        let mut out = io::BufWriter::with_capacity(256 * 1024, io::stdout().lock());
        let tally = pool::run(&knowledge, reader, threads, &mut |answer: pool::Answers| {
            out.write_all(&answer.bytes)?;
            if answer.last_for_now {
                out.flush()?;
            }
            bar.inc(answer.read_bytes);
            Ok(())
        })?;
        out.flush()?;
        bar.finish_and_clear();
        if tally.bad == 0 {
            return Ok(());
        }
        let (bad, lines) = (tally.bad, tally.lines);
        writeln!(anstream::stderr(), "{bad} of {lines} lines could not be read")?;
        Err(Failure::Expectation)
    }
}

/// A bar on standard error, where that is a terminal and the input is not.
fn progress(input: &io::Stdin) -> ProgressBar {
    if !io::stderr().is_terminal() || input.is_terminal() {
        return ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden());
    }
    let bar = match length(input) {
        Some(bytes) => ProgressBar::new(bytes),
        None => ProgressBar::no_length(),
    };
    let template = "{bar:40} {bytes}/{total_bytes} {bytes_per_sec} {eta}";
    ProgressStyle::with_template(template).map(|style| bar.clone().with_style(style)).unwrap_or(bar)
}

/// The length of the input, when it is a file.
fn length(input: &io::Stdin) -> Option<u64> {
    #[cfg(unix)]
    {
        use std::os::fd::AsFd;
        let file = std::fs::File::from(input.as_fd().try_clone_to_owned().ok()?);
        let metadata = file.metadata().ok()?;
        metadata.is_file().then_some(metadata.len())
    }
    #[cfg(not(unix))]
    {
        let _ = input;
        None
    }
}

/// Writes the answer to one line; says whether the line could be read.
fn answer(knowledge: &Knowledge, line: &Line, out: &mut Vec<u8>) -> serde_json::Result<bool> {
    let error = |code, message: &str, out: &mut Vec<u8>| {
        let error = LineError { line: line.number, code, message };
        serde_json::to_writer(&mut *out, &BadLine { error })?;
        out.push(b'\n');
        Ok(false)
    };
    if line.cut {
        return error("line-too-long", &format!("longer than {} bytes", lines::MAX_BYTES), out);
    }
    if let Err(broken) = std::str::from_utf8(&line.bytes) {
        return error("not-utf8", &format!("byte {} is not UTF-8", broken.valid_up_to()), out);
    }
    let message: Message = match serde_json::from_slice(&wire::mend(&line.bytes)) {
        Ok(message) => message,
        Err(broken) => {
            let code = if broken.is_data() { "invalid-line" } else { "invalid-json" };
            // The line is said beside it already, and is the only one.
            let said = broken.to_string().replace(" at line 1 column ", " at column ");
            return error(code, &said, out);
        }
    };
    let locale = message.locale.as_ref().map(Locale::as_str);
    let hints = Hints { locale, conversation: None };
    let analysis = knowledge.analyzer.analyze(&message.text, &hints);
    let packs = knowledge.analyzer.packs_hash();
    serde_json::to_writer(&mut *out, &AnalysisBody::of(&message.text, &analysis, packs))?;
    out.push(b'\n');
    Ok(true)
}
