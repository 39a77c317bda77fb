//! Many threads read messages, one writes the answers, in the order of the lines.

use std::collections::BTreeMap;
use std::io::{self, Read};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread;

use super::lines::{Chunk, LineReader};
use crate::packs::Knowledge;

/// The answers to some lines.
#[derive(Debug, Default)]
pub(super) struct Answers {
    /// One line a line.
    pub(super) bytes: Vec<u8>,
    /// How much of the input they answer.
    pub(super) read_bytes: u64,
    /// Nothing more had arrived: whoever waits is to see them.
    pub(super) last_for_now: bool,
    tally: Tally,
}

/// How many lines there were.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Tally {
    pub(super) lines: u64,
    /// Those that could not be read.
    pub(super) bad: u64,
}

/// What a worker hands on: the place of some lines, and their answers.
type Answered = (u64, io::Result<Answers>);

/// Answers every line of the input; `write` gets the answers in order.
///
/// The calling thread writes, since the standard output stays locked by it; another reads.
pub(super) fn run<R: Read + Send>(
    knowledge: &Knowledge,
    mut reader: LineReader<R>,
    threads: usize,
    write: &mut dyn FnMut(Answers) -> io::Result<()>,
) -> io::Result<Tally> {
    // Bounded, so that a fast reader does not fill the memory ahead of a slow writer.
    let (give, take) = mpsc::sync_channel::<(u64, io::Result<Chunk>)>(2 * threads);
    let (hand_on, collect) = mpsc::sync_channel::<Answered>(2 * threads);
    // The workers' own: when the last has gone, the reader has nobody to give to and ends.
    let take = Arc::new(Mutex::new(take));
    thread::scope(|scope| {
        scope.spawn(move || {
            for place in 0.. {
                let chunk = match reader.next_chunk() {
                    Ok(None) => break,
                    Ok(Some(chunk)) => Ok(chunk),
                    Err(error) => Err(error),
                };
                let broken = chunk.is_err();
                // Nobody takes any more once the writer has failed.
                if give.send((place, chunk)).is_err() || broken {
                    break;
                }
            }
        });
        for _ in 0..threads {
            let (take, hand_on) = (Arc::clone(&take), hand_on.clone());
            scope.spawn(move || {
                loop {
                    let next = take.lock().unwrap_or_else(PoisonError::into_inner).recv();
                    let Ok((place, chunk)) = next else { break };
                    let answers = chunk.and_then(|chunk| answer(knowledge, &chunk));
                    if hand_on.send((place, answers)).is_err() {
                        break;
                    }
                }
            });
        }
        drop((take, hand_on));
        in_order(collect, write)
    })
}

fn answer(knowledge: &Knowledge, chunk: &Chunk) -> io::Result<Answers> {
    let mut answers = Answers {
        read_bytes: chunk.read_bytes,
        last_for_now: chunk.last_for_now,
        ..Answers::default()
    };
    for line in &chunk.lines {
        let read = super::answer(knowledge, line, &mut answers.bytes)?;
        answers.tally.lines += 1;
        answers.tally.bad += u64::from(!read);
    }
    Ok(answers)
}

fn in_order(
    collect: mpsc::Receiver<Answered>,
    write: &mut dyn FnMut(Answers) -> io::Result<()>,
) -> io::Result<Tally> {
    let mut waiting = BTreeMap::new();
    let mut next = 0;
    let mut tally = Tally::default();
    for (place, answers) in collect {
        waiting.insert(place, answers);
        while let Some(answers) = waiting.remove(&next) {
            let answers = answers?;
            tally.lines += answers.tally.lines;
            tally.bad += answers.tally.bad;
            write(answers)?;
            next += 1;
        }
    }
    Ok(tally)
}
