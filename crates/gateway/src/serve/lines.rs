//! The way of the log's lines to standard error: those of a moment go together, since a call
//! of the system for each would cost a request more than its routing does.

use std::io::{self, Write};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use tracing::{Level, Metadata};
use tracing_subscriber::fmt::MakeWriter;

/// How long a line waits for others. Warnings and errors wait for none.
const MOMENT: Duration = Duration::from_millis(20);
/// How many bytes wait for a reader that is too slow; what comes then is dropped and counted.
const MOST: usize = 1 << 20;

/// Takes lines; a clone is the same.
#[derive(Clone, Debug, Default)]
pub(super) struct Lines(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    waiting: Mutex<Waiting>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct Waiting {
    bytes: Vec<u8>,
    dropped: u64,
    urgent: bool,
    ended: bool,
}

/// Writes lines until it is dropped; then all that were taken are written.
#[derive(Debug)]
pub(super) struct LineWriter {
    lines: Lines,
    thread: Option<JoinHandle<()>>,
}

impl LineWriter {
    /// Begins to write.
    ///
    /// # Errors
    /// The system gives no thread.
    pub(super) fn start(lines: &Lines, to: impl Write + Send + 'static) -> io::Result<Self> {
        let shared = Arc::clone(&lines.0);
        let run = move || shared.write_to(to);
        let thread = thread::Builder::new().name("log".to_owned()).spawn(run)?;
        Ok(Self { lines: lines.clone(), thread: Some(thread) })
    }
}

impl Drop for LineWriter {
    fn drop(&mut self) {
        self.lines.0.waiting().ended = true;
        self.lines.0.changed.notify_all();
        if let Some(thread) = self.thread.take() {
            // It writes to whoever reads, and has nothing to tell.
            let _ = thread.join();
        }
    }
}

impl Shared {
    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        // Between two statements it holds whole lines.
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(&self, line: &[u8], urgent: bool) {
        let mut waiting = self.waiting();
        if waiting.ended {
            // Nobody writes any more but who has something to say.
            drop(waiting);
            let _ = io::stderr().write_all(line);
            return;
        }
        if waiting.bytes.len() + line.len() > MOST {
            waiting.dropped += 1;
            return;
        }
        let wakes = waiting.bytes.is_empty() || (urgent && !waiting.urgent);
        waiting.bytes.extend_from_slice(line);
        waiting.urgent |= urgent;
        drop(waiting);
        if wakes {
            self.changed.notify_one();
        }
    }

    fn write_to(&self, mut to: impl Write) {
        let mut bytes = Vec::new();
        let poisoned = PoisonError::into_inner;
        loop {
            let idle = |waiting: &mut Waiting| waiting.bytes.is_empty() && !waiting.ended;
            let waiting = self.changed.wait_while(self.waiting(), idle);
            let patient = |waiting: &mut Waiting| !waiting.urgent && !waiting.ended;
            let waiting = waiting.unwrap_or_else(poisoned);
            let waited = self.changed.wait_timeout_while(waiting, MOMENT, patient);
            let mut waiting = waited.unwrap_or_else(|error| error.into_inner()).0;
            std::mem::swap(&mut waiting.bytes, &mut bytes);
            let dropped = std::mem::take(&mut waiting.dropped);
            let ended = waiting.ended;
            waiting.urgent = false;
            drop(waiting);
            // A log that nobody can read is no reason to stop.
            let _ = to.write_all(&bytes);
            if dropped > 0 {
                let _ = writeln!(to, "{dropped} lines of the log were dropped: too slow a reader");
            }
            let _ = to.flush();
            bytes.clear();
            if ended {
                return;
            }
        }
    }
}

/// One line on its way.
#[derive(Debug)]
pub(super) struct Line<'a> {
    to: &'a Shared,
    urgent: bool,
}

impl Write for Line<'_> {
    /// Takes a whole line, as the log writes them.
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        self.to.take(line, self.urgent);
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Lines {
    type Writer = Line<'a>;

    fn make_writer(&'a self) -> Line<'a> {
        Line { to: &self.0, urgent: false }
    }

    fn make_writer_for(&'a self, meta: &Metadata<'_>) -> Line<'a> {
        Line { to: &self.0, urgent: *meta.level() <= Level::WARN }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

    use super::*;

    /// Somebody who reads what was written only when the test lets them.
    struct Reader(SyncSender<Vec<u8>>);

    impl Write for Reader {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let gone = |_| io::Error::from(io::ErrorKind::BrokenPipe);
            self.0.send(bytes.to_vec()).map_err(gone)?;
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn read(from: &Receiver<Vec<u8>>) -> String {
        String::from_utf8(from.iter().flatten().collect()).unwrap()
    }

    #[test]
    fn every_line_is_written_in_order_by_the_end() {
        let (to, from) = sync_channel(100);
        let lines = Lines::default();
        let writer = LineWriter::start(&lines, Reader(to)).unwrap();
        for n in 0..50 {
            writeln!(Line { to: &lines.0, urgent: n % 7 == 0 }, "line {n}").unwrap();
        }
        drop(writer);
        let expected: String = (0..50).map(|n| format!("line {n}\n")).collect();
        assert_eq!(read(&from), expected);
    }

    #[test]
    fn what_a_slow_reader_leaves_is_dropped_and_counted() {
        let (to, from) = sync_channel(0);
        let lines = Lines::default();
        let writer = LineWriter::start(&lines, Reader(to)).unwrap();
        lines.0.take(b"first\n", true);
        let long = [b'x'; MOST / 2];
        // The first is on its way to a reader who does not read, or waits with those that fit.
        for _ in 0..5 {
            lines.0.take(&long, true);
        }
        let reader = thread::spawn(move || read(&from));
        drop(writer);
        let text = reader.join().unwrap();
        assert!(text.starts_with("first\n"));
        assert!(
            text.ends_with("lines of the log were dropped: too slow a reader\n"),
            "{}",
            text.len()
        );
        assert!(text.len() < 3 * MOST);
    }
}
