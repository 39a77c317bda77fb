use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use desk::{Author, Conversation, ConversationId, Message};
use jiff::Timestamp;

use super::super::checkpoint::Checkpointer;
use super::super::{reads, schema};
use super::*;

fn batch(name: &str, text: &str) -> Batch {
    let mut conversation = Conversation::start(ConversationId::new(name), Timestamp::UNIX_EPOCH);
    conversation.messages = 1;
    let message = Message {
        seq: 1,
        at: Timestamp::UNIX_EPOCH,
        author: Author::Customer,
        text: text.to_owned(),
        markdown: None,
        language: None,
        buttons: Vec::new(),
        answers: Vec::new(),
        attachments: Vec::new(),
        notes: None,
        hash: None,
    };
    Batch::of(conversation, vec![message])
}

type Answered = oneshot::Receiver<Result<Committed, StoreError>>;

/// A writer that has not begun yet, with these jobs in its queue.
fn loaded(path: &Path, jobs: Vec<Batch>, group: usize) -> (Writer, Vec<Answered>) {
    let (queue, received) = mpsc::channel(jobs.len().max(1));
    let answers = jobs
        .into_iter()
        .map(|batch| {
            let (answer, answered) = oneshot::channel();
            queue.try_send(Job::Commit(Box::new(batch), None, answer)).expect("room");
            answered
        })
        .collect();
    let connection = schema::open_writer(path).expect("opens");
    let checkpoints = schema::open_checkpointer(path).expect("opens");
    let checkpointer = Checkpointer::start(checkpoints).expect("starts");
    let recent = Arc::new(Recent::new());
    let writer = Writer::new(connection, checkpointer, received, group, recent);
    (writer.expect("ready"), answers)
}

#[test]
fn what_waits_shares_a_commit() {
    for (waiting, group, commits) in [(1, 256, 1), (100, 256, 1), (100, 40, 3), (5, 1, 5)] {
        let folder = tempfile::tempdir().expect("a folder");
        let jobs = (0..waiting).map(|number| batch(&format!("c{number}"), "hi")).collect();
        let path = folder.path().join("db");
        let (mut writer, answers) = loaded(&path, jobs, group);
        let counted = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&counted);
        let count = move || {
            counter.fetch_add(1, Ordering::Relaxed);
            false
        };
        writer.connection.commit_hook(Some(count)).expect("hooked");
        // The queue's other end is gone: it works off what waits, and ends.
        writer.run();
        assert_eq!(counted.load(Ordering::Relaxed), commits, "{waiting} in groups of {group}");
        for mut answered in answers {
            let answer = answered.try_recv().expect("answered");
            assert_eq!(answer, Ok(Committed::Stored(Version(1))));
        }
        // A statement behind a savepoint would write out the words before it.
        let parts: isize = schema::open_reader(&path)
            .expect("opens")
            .query_row("SELECT count(DISTINCT segid) FROM message_words_idx", [], |row| row.get(0))
            .expect("a number");
        assert!(
            parts.unsigned_abs() <= commits,
            "{parts} parts of the index of words from {commits} commits"
        );
    }
}

#[test]
fn a_full_disk_is_reported_to_all_whom_it_concerns_and_passes() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("db");
    let big = "x".repeat(100_000);
    let jobs = vec![batch("a", "small"), batch("b", &big), batch("c", "small"), batch("d", &big)];
    let (writer, answers) = loaded(&path, jobs, 2);
    // The disk holds this many pages more: not enough for a big message.
    let pages: i64 =
        writer.connection.query_row("PRAGMA page_count", [], |row| row.get(0)).expect("a number");
    let full = format!("PRAGMA max_page_count = {}", pages + 10);
    writer.connection.query_row(&full, [], |_| Ok(())).expect("set");
    writer.run();

    let stored = schema::open_reader(&path).expect("opens");
    for (mut answered, name) in answers.into_iter().zip(["a", "b", "c", "d"]) {
        let answer = answered.try_recv().expect("answered");
        let there = reads::conversation(&stored, &ConversationId::new(name)).expect("readable");
        assert_eq!(there.is_some(), answer.is_ok(), "{name}: {answer:?}");
        if let Err(error) = answer {
            assert_eq!(error.code(), "store-unavailable", "{name}: {error}");
        }
    }
    // Once there is room again, the same is stored.
    let (writer, answers) = loaded(&path, vec![batch("b", &big)], 2);
    writer.run();
    for mut answered in answers {
        assert!(answered.try_recv().expect("answered").is_ok());
    }
}

#[test]
fn a_delivery_goes_before_what_can_wait() {
    let folder = tempfile::tempdir().expect("a folder");
    let (waiting, beside) = (40, BESIDE_URGENT);
    let jobs = (0..waiting).map(|number| batch(&format!("c{number}"), "hi")).collect();
    let (mut writer, mut answers) = loaded(&folder.path().join("db"), jobs, 64);
    let (queue, received) = mpsc::channel(waiting + 1);
    while let Ok(job) = writer.queue.try_recv() {
        queue.try_send(job).expect("room");
    }
    let (answer, mut acknowledged) = oneshot::channel();
    let delivery = Delivery {
        inbox: "app".to_owned(),
        body: b"{}".to_vec(),
        received_at: Timestamp::UNIX_EPOCH,
        items: Vec::new(),
        once: None,
        held: None,
    };
    queue.try_send(Job::Receive(delivery, answer)).expect("room");
    drop(queue);
    writer.queue = received;

    let (mut later, mut jobs) = (VecDeque::new(), Vec::new());
    assert!(writer.next_group(&mut later, &mut jobs));
    assert_eq!((jobs.len(), later.len()), (1 + beside, waiting - beside));
    writer.write(&mut jobs);
    assert!(acknowledged.try_recv().expect("acknowledged").is_ok());
    let done = |answers: &mut Vec<Answered>| {
        answers.iter_mut().map(|answered| answered.try_recv().is_ok()).collect::<Vec<_>>()
    };
    let first = done(&mut answers);
    assert!(first[..beside].iter().all(|done| *done) && first[beside..].iter().all(|done| !done));
    // Then the others, in their order, and nothing is left.
    assert!(writer.next_group(&mut later, &mut jobs));
    assert_eq!((jobs.len(), later.len()), (waiting - beside, 0));
    writer.write(&mut jobs);
    assert!(done(&mut answers)[beside..].iter().all(|done| *done));
    assert!(!writer.next_group(&mut later, &mut jobs));
}
