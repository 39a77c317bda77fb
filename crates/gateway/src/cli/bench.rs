//! `switchboard bench`: how long messages take with the packs at hand.

use std::io::Write;
use std::panic::resume_unwind;
use std::thread;

use clap::Args;
use intent::Hints;

use super::marks::{DIM, END, STRONG};
use super::{Done, Failure};
use crate::clock::Stopwatch;
use crate::config::GivenShop;
use crate::packs::{Knowledge, PackFiles};

/// Measure how long messages take with the packs at hand
#[derive(Debug, Args)]
#[command(after_help = "\
The messages are the packs' own samples, in a fixed mixed order. Run it on a quiet machine,
and more than once: what counts is the comparison of two runs, not one number.")]
pub(super) struct Bench {
    /// How long to measure, in seconds, each time
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u8).range(1..=120))]
    seconds: u8,
    #[command(flatten)]
    shop: GivenShop,
}

impl Bench {
    pub(super) fn run(self) -> Done {
        let files = super::gather(self.shop)?;
        let watch = Stopwatch::start();
        let knowledge = Knowledge::compile(&files)?;
        let load_ms = watch.seconds() * 1e3;
        let messages = messages(&files);
        if messages.is_empty() {
            return Err(Failure::Invalid("the packs have no samples to measure with".to_owned()));
        }
        let mut out = anstream::stdout().lock();
        let bytes: usize = messages.iter().map(String::len).sum();
        let languages = knowledge.analyzer.languages().join(" ");
        let mean = bytes / messages.len();
        writeln!(out, "{DIM}packs{END}     {} ({languages})", knowledge.analyzer.packs_hash())?;
        writeln!(out, "{DIM}load{END}      {load_ms:.1} ms")?;
        writeln!(out, "{DIM}messages{END}  {} of {mean} bytes at the mean", messages.len())?;

        // Once unmeasured: caches fill, and the answers are known that every pass must give.
        let expected: Vec<String> = messages.iter().map(|m| top(&knowledge, m)).collect();
        let seconds = f64::from(self.seconds);
        let (mut nanos, wrong) = one_by_one(&knowledge, &messages, &expected, seconds);
        nanos.sort_unstable();
        let at = |permille: usize| {
            let index = (nanos.len() * permille / 1000).min(nanos.len() - 1);
            nanos.get(index).map_or(0.0, |nanos| *nanos as f64 / 1e3)
        };
        let (p50, p99, p999) = (at(500), at(990), at(999));
        writeln!(
            out,
            "{DIM}latency{END}   p50 {STRONG}{p50:.1} µs{END}  p99 {p99:.1} µs  p99.9 {p999:.1} µs  ({} readings)",
            nanos.len()
        )?;
        for threads in thread_counts() {
            let rate = throughput(&knowledge, &messages, threads, seconds);
            let unit = if threads == 1 { "thread" } else { "threads" };
            writeln!(out, "{DIM}rate{END}      {rate:.0} messages/s on {threads} {unit}")?;
        }
        out.flush()?;
        if wrong == 0 {
            return Ok(());
        }
        writeln!(out, "{wrong} readings differ from the first of the same message")?;
        Err(Failure::Expectation)
    }
}

/// One thread, and as many as there are processors.
fn thread_counts() -> Vec<usize> {
    let all = thread::available_parallelism().map_or(1, usize::from);
    if all == 1 { vec![1] } else { vec![1, all] }
}

/// The samples, languages and intents mixed: each step goes a fixed stride on, so that no
/// cache is kept warm by neighbours.
fn messages(files: &PackFiles) -> Vec<String> {
    let samples = files.samples();
    let count = samples.len();
    // Prime and larger than any pack, so it meets every sample once.
    let stride = 1_000_003 % count.max(1);
    let mut order: Vec<usize> = (0..count).collect();
    order.sort_by_key(|index| (index * stride % count.max(1), *index));
    order.into_iter().filter_map(|index| samples.get(index)).map(|s| s.text.clone()).collect()
}

fn top(knowledge: &Knowledge, message: &str) -> String {
    knowledge.analyzer.analyze(message, &Hints::default()).intent.as_str().to_owned()
}

/// Times each reading; counts those whose answer is another than the first time.
fn one_by_one(
    knowledge: &Knowledge,
    messages: &[String],
    expected: &[String],
    seconds: f64,
) -> (Vec<u64>, usize) {
    let (mut nanos, mut wrong) = (Vec::new(), 0);
    let whole = Stopwatch::start();
    for (message, expected) in messages.iter().zip(expected).cycle() {
        let watch = Stopwatch::start();
        let analysis = knowledge.analyzer.analyze(message, &Hints::default());
        nanos.push(watch.nanoseconds());
        wrong += usize::from(analysis.intent.as_str() != expected);
        if whole.seconds() >= seconds {
            break;
        }
    }
    (nanos, wrong)
}

/// Messages a second over all threads.
fn throughput(knowledge: &Knowledge, messages: &[String], threads: usize, seconds: f64) -> f64 {
    let whole = Stopwatch::start();
    let read: usize = thread::scope(|scope| {
        let workers: Vec<_> = (0..threads)
            .map(|worker| {
                scope.spawn(move || {
                    let mut read = 0;
                    for (index, message) in messages.iter().cycle().skip(worker).enumerate() {
                        // Looking at the clock is not free: now and then is enough.
                        if index % 64 == 0 && whole.seconds() >= seconds {
                            break;
                        }
                        std::hint::black_box(
                            knowledge.analyzer.analyze(message, &Hints::default()),
                        );
                        read += 1;
                    }
                    read
                })
            })
            .collect();
        workers.into_iter().map(|worker| worker.join().unwrap_or_else(|p| resume_unwind(p))).sum()
    });
    read as f64 / whole.seconds()
}
