//! The log: on standard error, without a word of any customer.

use std::io;
use std::panic;

use anstream::{AutoStream, ColorChoice};
use tracing_subscriber::Layer;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use super::lines::{LineWriter, Lines};
use crate::config::{LogFormat, Settings};

/// Starts the log, which is written until what is returned is dropped. A second start in one
/// process changes nothing.
///
/// # Errors
/// The system gives no thread to write it.
pub(super) fn start(settings: &Settings) -> io::Result<LineWriter> {
    // The settings were checked: what cannot be read is not here.
    let filter: Targets = settings.log.parse().unwrap_or_default();
    let colour = AutoStream::choice(&io::stderr()) != ColorChoice::Never;
    let lines = Lines::default();
    let writer = LineWriter::start(&lines, io::stderr())?;
    let layer = tracing_subscriber::fmt::layer().with_writer(lines.clone()).with_ansi(colour);
    let layer = match settings.log_format {
        LogFormat::Text => layer.with_target(false).boxed(),
        // A request has one span: a list of them would say it twice.
        LogFormat::Json => layer.json().flatten_event(true).with_span_list(false).boxed(),
    };
    let _ = tracing_subscriber::registry().with(layer.with_filter(filter)).try_init();
    panic::set_hook(Box::new(|info| {
        // What a panic says may hold a customer's words (slicing quotes its text).
        let place = info.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(place, "panic");
    }));
    Ok(writer)
}
