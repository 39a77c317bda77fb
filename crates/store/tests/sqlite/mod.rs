//! What is SQLite's own: the file, its format, its limits, and what a crash leaves.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use desk::Author;
use rusqlite::Connection;
use store::{Batch, Committed, Options, SqliteStore, Store, StoreError, TokenHash, Version};

use crate::Sqlite;
use crate::suite::{self, Backend, Script, batch, conversation, id, message};

fn open(path: &Path) -> Result<SqliteStore, StoreError> {
    SqliteStore::open(path, Options::default())
}

#[tokio::test]
async fn the_file_is_for_its_owner_alone() {
    let backend = Sqlite::new();
    let store = backend.open().await;
    let sent = batch(Script::Fresh, "c");
    let sent = Batch { visitor_token: Some(TokenHash::of("open sesame")), ..sent };
    let _ = store.commit(sent, None).await.expect("stored");
    #[cfg(unix)]
    for name in ["switchboard.db", "switchboard.db-wal", "switchboard.db-shm"] {
        use std::os::unix::fs::PermissionsExt;
        let meta = std::fs::metadata(backend.0.path().join(name)).expect("there");
        assert_eq!(meta.permissions().mode() & 0o777, 0o600, "{name}");
    }
    store.close().await.expect("closed");
    let bytes = read(&backend.path());
    let holds = |text: &str| bytes.windows(text.len()).any(|part| part == text.as_bytes());
    assert!(holds("message 1"), "the log was moved into the file");
    assert!(!holds("open sesame"), "a secret is kept as a hash");
}

#[expect(clippy::disallowed_methods, reason = "a test looks at the file")]
fn read(path: &Path) -> Vec<u8> {
    std::fs::read(path).expect("readable")
}

#[expect(clippy::disallowed_methods, reason = "a test makes a file")]
fn write(path: &Path, bytes: &[u8]) {
    std::fs::write(path, bytes).expect("writable");
}

#[tokio::test]
async fn files_of_others_are_left_alone() {
    let backend = Sqlite::new();
    let path = backend.path();
    let foreign = |result: Result<SqliteStore, StoreError>| {
        let error = result.expect_err("refused");
        assert_eq!(error.code(), "store-foreign-file", "{error}");
    };

    let text = "Dear diary, ".repeat(1000);
    write(&path, text.as_bytes());
    foreign(open(&path));
    assert_eq!(read(&path), text.as_bytes(), "not a byte was changed");

    let other = backend.0.path().join("other.db");
    let connection = Connection::open(&other).expect("opens");
    connection.execute_batch("CREATE TABLE recipes (name TEXT)").expect("a table");
    foreign(open(&other));
    connection.pragma_update(None, "application_id", 4711).expect("set");
    foreign(open(&other));
    drop(connection);

    let missing = backend.0.path().join("no/such/folder/switchboard.db");
    assert_eq!(open(&missing).expect_err("refused").code(), "store-unavailable");
}

#[tokio::test]
async fn a_newer_format_is_refused_and_an_unfinished_one_made_anew() {
    let backend = Sqlite::new();
    let path = backend.path();
    // An empty file, as a crash right after its creation leaves it.
    write(&path, b"");
    backend.open().await.close().await.expect("closed");

    let connection = Connection::open(&path).expect("opens");
    let format = |sql| connection.query_row(sql, [], |row| row.get::<_, i64>(0)).expect("a number");
    let known = format("PRAGMA user_version");
    assert!(known >= 1);
    assert_eq!(format("SELECT count(*) FROM pragma_foreign_key_check"), 0);
    connection.pragma_update(None, "user_version", known + 1).expect("set");
    let error = open(&path).expect_err("refused");
    assert_eq!(error, StoreError::NewerFormat { found: known + 1, known });
    connection.pragma_update(None, "user_version", known).expect("set");
    drop(connection);
    backend.open().await.close().await.expect("closed");
}

/// What the version before this one wrote comes out as it was, and goes on.
#[tokio::test]
async fn the_format_before_is_brought_up_to_date() {
    let backend = Sqlite::new();
    let path = backend.path();
    let before = Connection::open(&path).expect("opens");
    before.execute_batch(include_str!("../../src/sqlite/001.sql")).expect("the first format");
    before.execute_batch(include_str!("001-data.sql")).expect("its data");
    before.pragma_update(None, "user_version", 1).expect("set");
    before.pragma_update(None, "application_id", 0x5377_4264).expect("set");
    drop(before);

    let store = open(&path).expect("opens");
    let read = async |name: &str| {
        store.conversation(&id(name)).await.expect("readable").expect("there").conversation
    };
    let open_one = read("c-open").await;
    let ticket = open_one.ticket.clone().expect("its ticket is open");
    let due = ticket.answer.expect("an answer is due");
    assert_eq!(due.due_at.as_microsecond(), 1_795_000_900_000_000);
    assert!(due.warned && !due.breached, "{due:?}");
    assert_eq!(open_one.wake_at(), Some(due.due_at), "what was promised is watched over");
    assert_eq!(open_one.memory.language.as_deref(), Some("es"));
    assert_eq!(store.due(due.due_at, 10).await, Ok(vec![id("c-open")]));

    let done = read("c-done").await;
    assert_eq!(done.ticket, None);
    assert_eq!(done.past.expect("the last one").assignee, Some(desk::AgentId::new("ana")));
    let messages = store.messages(&id("c-done"), 0, 10).await.expect("readable");
    assert_eq!(messages.len(), 2);
    assert!(messages.iter().all(|message| message.hash.is_none() && message.notes.is_none()));
    let tokens = store.api_tokens().await.expect("readable");
    assert_eq!(tokens[0].scopes, store::Scopes::all(), "it could do everything and still can");

    // A copy made while the service runs opens as the same.
    let copy = backend.0.path().join("copy.db");
    store.backup(&copy).await.expect("written");
    assert_eq!(
        store.backup(&copy).await.expect_err("never over a file").code(),
        "store-unavailable"
    );
    let copied = open(&copy).expect("opens");
    assert_eq!(copied.conversation(&id("c-open")).await, store.conversation(&id("c-open")).await);
}

/// The second format, with everything that it could hold, goes on as it was; and channels
/// begin in it.
#[tokio::test]
async fn the_second_format_is_brought_up_to_date() {
    let backend = Sqlite::new();
    let path = backend.path();
    let before = Connection::open(&path).expect("opens");
    for step in [
        include_str!("../../src/sqlite/001.sql"),
        include_str!("001-data.sql"),
        include_str!("../../src/sqlite/002.sql"),
        include_str!("002-data.sql"),
    ] {
        before.execute_batch(step).expect("the second format");
    }
    before.pragma_update(None, "user_version", 2).expect("set");
    before.pragma_update(None, "application_id", 0x5377_4264).expect("set");
    drop(before);

    let store = open(&path).expect("opens");
    let stored = store.conversation(&id("c-desk")).await.expect("readable").expect("there");
    assert_eq!(stored.address, None, "it came through no channel");
    let found = store::Reports::search(&store, "humain", 10).await.expect("readable");
    assert_eq!(found[0].conversation, id("c-desk"), "what was said before is found");
    let ticket = stored.conversation.ticket.clone().expect("its ticket is open");
    assert_eq!(
        (ticket.assignee.as_ref().map(desk::AgentId::as_str), ticket.priority),
        (Some("ana"), 200)
    );
    assert_eq!(stored.conversation.contact.as_deref(), Some("c-1"));
    let query = store::EventQuery { limit: 10, ..store::EventQuery::default() };
    let events = store.events(&query).await.expect("readable");
    assert_eq!(events.len(), 1);
    assert_eq!(events[0].event.kind, desk::EventKind::Opened);
    assert!(store.contact("c-1").await.expect("readable").expect("there").vip);
    assert_eq!(store.users().await.expect("readable").len(), 1);
    assert_eq!(store.channel_figures().await, Ok(vec![]));

    let address = store::Address {
        inbox: "shop".to_owned(),
        sender: "+34".to_owned(),
        detail: "{}".to_owned(),
        last_inbound_at: stored.conversation.updated_at,
    };
    let batch =
        Batch { address: Some(address.clone()), ..Batch::of(stored.conversation, Vec::new()) };
    let _ = store.commit(batch, Some(stored.version)).await.expect("stored");
    let stored = store.conversation(&id("c-desk")).await.expect("readable").expect("there");
    assert_eq!(stored.address, Some(address));
}

#[tokio::test]
async fn marks_of_before_there_were_surveys_are_of_satisfaction() {
    let backend = Sqlite::new();
    let path = backend.path();
    let before = Connection::open(&path).expect("opens");
    for step in [
        include_str!("../../src/sqlite/001.sql"),
        include_str!("../../src/sqlite/002.sql"),
        include_str!("../../src/sqlite/003.sql"),
        include_str!("../../src/sqlite/004.sql"),
        include_str!("../../src/sqlite/005.sql"),
        &suite::before_there_were_surveys(None),
    ] {
        before.execute_batch(step).expect("the fifth format");
    }
    before.pragma_update(None, "user_version", 5).expect("set");
    before.pragma_update(None, "application_id", 0x5377_4264).expect("set");
    drop(before);
    let store = open(&path).expect("opens");
    suite::what_was_asked_was_satisfaction(&store).await;
}

fn add(name: &str) -> Batch {
    let mut conversation = conversation(name);
    conversation.messages = 1;
    let messages = vec![message(1, Author::Customer)];
    Batch::of(conversation, messages)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn more_than_the_queue_holds_is_refused_and_not_done() {
    const QUEUE: usize = 8;
    let backend = Sqlite::new();
    let options = Options { queue: QUEUE, group: 4, ..Options::default() };
    let store = Arc::new(SqliteStore::open(&backend.path(), options).expect("opens"));
    // While another connection holds the lock, the writer cannot begin.
    let lock = Connection::open(backend.path()).expect("opens");
    lock.execute_batch("BEGIN IMMEDIATE").expect("locked");
    let mut senders = tokio::task::JoinSet::new();
    for number in 0..10 * QUEUE {
        let store = Arc::clone(&store);
        senders.spawn(async move {
            let name = format!("c{number}");
            (name.clone(), store.commit(add(&name), None).await)
        });
    }
    // At least this many cannot have been taken: the queue and one group under way.
    let mut refused = 0;
    while refused < 10 * QUEUE - QUEUE - options.group {
        let (_, result) = senders.join_next().await.expect("one more").expect("ends well");
        assert_eq!(result, Err(StoreError::Overloaded));
        refused += 1;
    }
    lock.execute_batch("ROLLBACK").expect("unlocked");
    let mut stored = 0;
    while let Some(result) = senders.join_next().await {
        let (name, result) = result.expect("ends well");
        let there = store.conversation(&id(&name)).await.expect("readable").is_some();
        assert_eq!(there, result.is_ok(), "{name}: {result:?}");
        stored += usize::from(there);
    }
    assert!(stored >= QUEUE, "what the queue took was done: {stored}");
    assert_eq!(store.check().await, Ok(()), "and it goes on");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn readers_do_not_wait_for_the_writer() {
    let backend = Sqlite::new();
    let store = backend.open().await;
    let _ = store.commit(add("c"), None).await.expect("stored");
    let lock = Connection::open(backend.path()).expect("opens");
    lock.execute_batch("BEGIN IMMEDIATE").expect("locked");
    assert!(store.conversation(&id("c")).await.expect("readable").is_some());
    assert_eq!(store.messages(&id("c"), 0, 9).await.expect("readable").len(), 1);
}

/// The log under a load without a pause is moved and begun anew.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_log_does_not_grow_for_ever() {
    let backend = Sqlite::new();
    let store = backend.open().await;
    let text = "x".repeat(200_000);
    // 120 MB: some 30,000 pages, through a log of 16,000 at most.
    for number in 0..600 {
        let mut batch = add(&format!("c{number}"));
        batch.messages[0].text.clone_from(&text);
        let _ = store.commit(batch, None).await.expect("stored");
    }
    let wal = backend.0.path().join("switchboard.db-wal");
    let before = std::fs::metadata(&wal).expect("a log").len();
    assert!(before < 70_000_000, "never moved: {before} bytes");
    store.close().await.expect("closed");
    let after = std::fs::metadata(&wal).map_or(0, |meta| meta.len());
    assert_eq!(after, 0, "closing moves all of it");
}

/// A copy of file and log, taken in the middle of writing, is what a power cut leaves. It
/// has everything that was acknowledged before, and no part of anything.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_crash_loses_nothing_that_was_acknowledged() {
    const WRITERS: u64 = 4;
    const MESSAGES_A_CUT: u64 = 10;
    let backend = Sqlite::new();
    let store = Arc::new(backend.open().await);
    // However slow the copies are, the log stays short.
    let allowed = Arc::new(AtomicU64::new(0));
    let acknowledged: Arc<[AtomicU64]> = (0..WRITERS).map(|_| AtomicU64::new(0)).collect();
    let stop = Arc::new(std::sync::atomic::AtomicBool::new(false));
    let mut writers = tokio::task::JoinSet::new();
    for writer in 0..WRITERS {
        let (store, stop) = (Arc::clone(&store), Arc::clone(&stop));
        let (acknowledged, allowed) = (Arc::clone(&acknowledged), Arc::clone(&allowed));
        writers.spawn(async move {
            let mut conversation = conversation(&format!("w{writer}"));
            let mut expected = None;
            while !stop.load(Ordering::Relaxed) {
                if conversation.messages >= allowed.load(Ordering::Relaxed) {
                    tokio::task::yield_now().await;
                    continue;
                }
                conversation.messages += 2;
                let last = conversation.messages;
                let messages =
                    vec![message(last - 1, Author::Customer), message(last, Author::Bot)];
                let conversation = conversation.clone();
                let batch = Batch::of(conversation, messages);
                match store.commit(batch, expected).await.expect("stored") {
                    Committed::Stored(version) => expected = Some(version),
                    Committed::Replayed(_) => panic!("there is no key"),
                }
                acknowledged[usize::try_from(writer).expect("small")].store(last, Ordering::SeqCst);
            }
        });
    }
    for cut in 1..=10_u64 {
        // Later and later, but within the first 2,000 pages: a copy of a file into which the
        // log is being moved would be no picture of one moment.
        let wanted = cut * MESSAGES_A_CUT;
        allowed.store(wanted + MESSAGES_A_CUT, Ordering::Relaxed);
        while acknowledged.iter().any(|last| last.load(Ordering::SeqCst) < wanted) {
            tokio::task::yield_now().await;
        }
        let promised: Vec<u64> =
            acknowledged.iter().map(|last| last.load(Ordering::SeqCst)).collect();
        let crashed = Sqlite::new();
        for suffix in ["", "-wal"] {
            let bytes = read(&backend.0.path().join(format!("switchboard.db{suffix}")));
            write(&crashed.0.path().join(format!("switchboard.db{suffix}")), &bytes);
        }
        let store = crashed.open().await;
        for (writer, promised) in promised.into_iter().enumerate() {
            let id = id(&format!("w{writer}"));
            let stored = store.conversation(&id).await.expect("readable").expect("there");
            let messages = store.messages(&id, 0, 100_000).await.expect("readable");
            let last = stored.conversation.messages;
            assert!(last >= promised, "cut {cut}: {promised} were promised, {last} are there");
            assert_eq!(messages.len() as u64, last, "cut {cut}: whole turns");
            assert_eq!(stored.version, Version(last / 2));
        }
    }
    stop.store(true, Ordering::Relaxed);
    while let Some(done) = writers.join_next().await {
        done.expect("ends well");
    }
    let pages =
        std::fs::metadata(backend.0.path().join("switchboard.db-wal")).expect("a log").len();
    assert!(pages < 2_000 * 4_096, "the log was never moved while it was copied: {pages} bytes");
}
