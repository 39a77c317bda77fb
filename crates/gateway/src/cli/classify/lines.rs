//! Lines of the input, as many at a time as have arrived.

#[cfg(test)]
mod tests;

use std::io::{self, BufRead, Read};

/// The longest line read, in bytes, its end left out.
pub(super) const MAX_BYTES: u64 = 4 * 1024 * 1024;
/// How many lines are handed over at once, at most.
const CHUNK_LINES: usize = 256;
/// How many bytes are handed over at once, more or less.
const CHUNK_BYTES: u64 = 256 * 1024;

/// A line of the input.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Line {
    /// From 1.
    pub(super) number: u64,
    /// Without its end.
    pub(super) bytes: Vec<u8>,
    /// It was longer than [`MAX_BYTES`]; the rest was passed over.
    pub(super) cut: bool,
}

/// Some lines, in order.
#[derive(Debug)]
pub(super) struct Chunk {
    pub(super) lines: Vec<Line>,
    /// How much of the input they take.
    pub(super) read_bytes: u64,
    /// Nothing more had arrived when they were read.
    pub(super) last_for_now: bool,
}

/// Reads lines.
#[derive(Debug)]
pub(super) struct LineReader<R> {
    input: io::BufReader<R>,
    number: u64,
}

impl<R: Read> LineReader<R> {
    pub(super) fn new(input: io::BufReader<R>) -> Self {
        Self { input, number: 0 }
    }

    /// The next lines: those that have arrived, so that whoever writes one line and waits
    /// for its answer gets it. None at the end.
    pub(super) fn next_chunk(&mut self) -> io::Result<Option<Chunk>> {
        let mut chunk = Chunk { lines: Vec::new(), read_bytes: 0, last_for_now: false };
        while chunk.lines.len() < CHUNK_LINES && chunk.read_bytes < CHUNK_BYTES {
            let Some((line, read)) = self.next_line()? else { break };
            chunk.lines.push(line);
            chunk.read_bytes += read;
            if !self.input.buffer().contains(&b'\n') {
                chunk.last_for_now = true;
                break;
            }
        }
        Ok((!chunk.lines.is_empty()).then_some(chunk))
    }

    fn next_line(&mut self) -> io::Result<Option<(Line, u64)>> {
        let mut bytes = Vec::new();
        let mut read = (&mut self.input).take(MAX_BYTES + 1).read_until(b'\n', &mut bytes)? as u64;
        if read == 0 {
            return Ok(None);
        }
        let mut cut = false;
        if bytes.last() == Some(&b'\n') {
            bytes.pop();
            if bytes.last() == Some(&b'\r') {
                bytes.pop();
            }
        } else if read > MAX_BYTES {
            cut = true;
            bytes.clear();
            read += self.input.skip_until(b'\n')? as u64;
        }
        self.number += 1;
        Ok(Some((Line { number: self.number, bytes, cut }, read)))
    }
}
