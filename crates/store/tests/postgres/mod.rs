//! The suite in PostgreSQL, and what is PostgreSQL's own: its format, several nodes, a server
//! that goes away.
#![cfg(unix)]

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use desk::{Event, EventKind, TicketId};
use harness::Postgres;
use store::{
    Batch, Committed, Delivery, EventQuery, Heard, Item, Nodes, Outbound, PostgresOptions,
    PostgresStore, Record, Sending, Server, Store, StoreError, Version,
};
use tokio::task::JoinSet;

use crate::suite::{self, Backend, conversation, id, time};

/// A database of one's own.
struct Database(String);

impl Backend for Database {
    type Store = PostgresStore;

    async fn open(&self) -> PostgresStore {
        open(&self.0).await
    }
}

async fn open(url: &str) -> PostgresStore {
    let server = Server::parse(url).expect("an address");
    PostgresStore::open(&server, PostgresOptions::default()).await.expect("it opens")
}

/// How many parts of the suite run at once.
const AT_ONCE: usize = 4;

type Part = (&'static str, fn(Database) -> std::pin::Pin<Box<dyn Future<Output = ()> + Send>>);

macro_rules! parts {
    ($($name:ident),* $(,)?) => {
        const PARTS: &[Part] = &[$(
            (stringify!($name), |database| Box::pin(crate::suite::$name(database))),
        )*];
    };
}
crate::every_part!(parts);

/// Every part on one server, which takes longer to be made than all of them to run.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_suite_passes() {
    let server = Arc::new(Postgres::start());
    let mut running = JoinSet::new();
    let mut failed = Vec::new();
    let mut wait = async |running: &mut JoinSet<_>| {
        if let Some(ended) = running.join_next().await {
            let (name, result): (&str, Result<(), _>) = ended.expect("a part is caught");
            failed.extend(result.is_err().then_some(name));
        }
    };
    for (name, part) in PARTS {
        while running.len() >= AT_ONCE {
            wait(&mut running).await;
        }
        let server = Arc::clone(&server);
        running.spawn(async move {
            let url = tokio::task::spawn_blocking(move || server.database()).await;
            let part = tokio::spawn(part(Database(url.expect("a database"))));
            (*name, AssertUnwindSafe(part).await)
        });
    }
    while !running.is_empty() {
        wait(&mut running).await;
    }
    assert!(failed.is_empty(), "not in PostgreSQL: {failed:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_its_own() {
    let server = Postgres::start();
    nodes_that_come_at_once_make_the_tables_once(&server).await;
    other_databases_are_left_alone(&server).await;
    marks_of_before_there_were_surveys_are_of_satisfaction(&server).await;
    of_two_nodes_one_takes_up_a_row(&server).await;
    what_a_node_had_is_others_when_it_is_gone(&server).await;
    nodes_hear_each_other(&server).await;
    events_are_numbered_as_they_are_committed(&server).await;
    what_ends_sees_what_is_put_in(&server).await;
    a_broken_connection_is_made_again(&server).await;
}

async fn nodes_that_come_at_once_make_the_tables_once(server: &Postgres) {
    let url = server.database();
    let opened = (0..8).map(|_| open(&url));
    let nodes = futures_util::future::join_all(opened).await;
    assert_eq!(server.sql(&url, "SELECT count(*) FROM switchboard"), "1");
    for node in nodes {
        assert_eq!(node.close().await, Ok(()));
        assert_eq!(node.close().await, Ok(()), "closing twice does no harm");
    }
}

async fn marks_of_before_there_were_surveys_are_of_satisfaction(server: &Postgres) {
    let url = server.database();
    let marker =
        "CREATE TABLE switchboard (format BIGINT NOT NULL); INSERT INTO switchboard VALUES (1);";
    let before = suite::before_there_were_surveys(Some(("problem", "false")));
    let first = include_str!("../../src/postgres/001.sql");
    let _ = server.sql(&url, &[marker, first, &before].concat());
    let store = open(&url).await;
    suite::what_was_asked_was_satisfaction(&store).await;
}

async fn refused(url: &str) -> StoreError {
    let server = Server::parse(url).expect("an address");
    let opened = PostgresStore::open(&server, PostgresOptions::default()).await;
    opened.expect_err("refused")
}

async fn other_databases_are_left_alone(server: &Postgres) {
    let url = server.database();
    let _ = server.sql(&url, "CREATE TABLE messages (recipe text)");
    assert_eq!(refused(&url).await.code(), "store-foreign-file");
    assert_eq!(
        server.sql(&url, "SELECT count(*) FROM pg_tables WHERE tablename = 'switchboard'"),
        "0"
    );

    let url = server.database();
    open(&url).await.close().await.expect("closed");
    let _ = server.sql(&url, "UPDATE switchboard SET format = format + 1");
    let error = refused(&url).await;
    assert!(matches!(error, StoreError::NewerFormat { found, known } if found == known + 1));

    let nowhere = server.url("nowhere");
    assert_eq!(refused(&nowhere).await.code(), "store-unavailable");
}

fn outbound(name: &str) -> Outbound {
    Outbound {
        id: name.to_owned(),
        destination: "shop".to_owned(),
        lane: None,
        kind: "event".to_owned(),
        seq: None,
        body: "{}".to_owned(),
        not_before: None,
    }
}

/// A conversation with this many things to be sent.
async fn fill(store: &PostgresStore, name: &str, count: usize) {
    let outbound = (0..count).map(|number| outbound(&format!("{name}-{number}")));
    let batch = Batch { outbound: outbound.collect(), ..Batch::of(conversation(name), vec![]) };
    assert_eq!(store.commit(batch, None).await, Ok(Committed::Stored(Version(1))));
}

/// Takes up everything, three at a time.
async fn take_all(store: &PostgresStore, now: i64) -> Vec<u64> {
    let mut taken = Vec::new();
    loop {
        let rows = store.claim_outbox("shop", time(now), time(now + 90), 3).await;
        let rows = rows.expect("claimed");
        if rows.is_empty() {
            return taken;
        }
        taken.extend(rows.iter().map(|row| row.n));
    }
}

async fn of_two_nodes_one_takes_up_a_row(server: &Postgres) {
    let url = server.database();
    let (a, b) = (open(&url).await, open(&url).await);
    fill(&a, "c", 60).await;
    let delivery = |place| Delivery {
        inbox: "shop".to_owned(),
        body: vec![0, 1, 2],
        received_at: time(0),
        items: vec![Item {
            event: format!("e{place}"),
            lane: format!("l{place}"),
            place,
            body: "{}".to_owned(),
            fault: None,
        }],
        once: None,
        held: None,
    };
    // The same sixty brought to both at once come in once.
    let both = async |place| tokio::join!(a.receive(delivery(place)), b.receive(delivery(place)));
    for place in 0..60 {
        let (a, b) = both(place).await;
        let (a, b) = (a.expect("stored"), b.expect("stored"));
        assert_eq!((a.new.len() + b.new.len(), a.repeated + b.repeated), (1, 1));
    }
    let (by_a, by_b) = tokio::join!(take_all(&a, 1), take_all(&b, 1));
    let mut all: Vec<u64> = by_a.iter().chain(&by_b).copied().collect();
    all.sort_unstable();
    assert_eq!(all, (1..=60).collect::<Vec<u64>>(), "{by_a:?} and {by_b:?}");
    let claim = |store| {
        let store: &PostgresStore = store;
        store.claim_inbox(time(1), time(91), 60)
    };
    let (by_a, by_b) = tokio::join!(claim(&a), claim(&b));
    let count = by_a.expect("claimed").len() + by_b.expect("claimed").len();
    assert_eq!(count, 60);
}

async fn what_a_node_had_is_others_when_it_is_gone(server: &Postgres) {
    let url = server.database();
    let (a, b) = (open(&url).await, open(&url).await);
    for node in [&a, &b] {
        assert!(node.join().await.expect("joined").is_some());
    }
    fill(&a, "c", 6).await;
    let had = a.claim_outbox("shop", time(1), time(91), 3).await.expect("claimed").len();
    assert_eq!(had, 3);
    let rest = b.claim_outbox("shop", time(1), time(91), 9).await.expect("claimed").len();
    assert_eq!(rest, 3, "what a node has is its own");
    // It ends well: at once.
    assert_eq!(a.close().await, Ok(()));
    let taken = b.claim_outbox("shop", time(2), time(92), 9).await.expect("claimed");
    assert_eq!((taken.len(), taken.iter().all(|row| row.unsure)), (3, true));
    // It was not seen for a while: whoever joins next looks.
    let _ = server.sql(&url, "UPDATE nodes SET seen_at = now() - interval '1 minute'");
    let c = open(&url).await;
    assert!(c.join().await.expect("joined").is_some());
    let taken = c.claim_outbox("shop", time(3), time(93), 9).await.expect("claimed").len();
    assert_eq!(taken, 6);
}

async fn nodes_hear_each_other(server: &Postgres) {
    let url = server.database();
    let (a, b) = (open(&url).await, open(&url).await);
    a.tell("before anybody joins".to_owned());
    let mut at_a = a.join().await.expect("joined").expect("shared");
    let mut at_b = b.join().await.expect("joined").expect("shared");
    for word in ["changed\tc'1\\", "two\nlines", "退款 \u{1a}0", &"x".repeat(1001), "last"] {
        a.tell(word.to_owned());
    }
    // Those that are no words are left out; what is told at once comes in any order.
    let word = |word: &str| Heard::Word(word.to_owned());
    let mut heard = Vec::new();
    for _ in 0..3 {
        heard.push(at_b.next().await.expect("told"));
    }
    for told in ["changed\tc'1\\", "退款 \u{1a}0", "last"] {
        assert!(heard.contains(&word(told)), "{told:?} is not among {heard:?}");
    }
    b.tell("to a".to_owned());
    assert_eq!(at_a.next().await, Some(word("to a")), "and not what it told itself");
    // A connection that breaks is made again, and whoever listened is told to look.
    let kill = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity \
                WHERE datname = current_database() AND pid <> pg_backend_pid()";
    let _ = server.sql(&url, kill);
    while at_a.next().await != Some(Heard::Lost) {}
    while at_b.next().await != Some(Heard::Lost) {}
    b.tell("again".to_owned());
    while at_a.next().await != Some(word("again")) {}
}

/// Holds commits whose row is called `slow`, until it is let go.
struct Held {
    client: tokio_postgres::Client,
}

impl Held {
    /// Rows of this table for which that holds.
    async fn rows(url: &str, table: &str, which: &str) -> Self {
        let (client, connection) =
            tokio_postgres::connect(url, tokio_postgres::NoTls).await.expect("a connection");
        tokio::spawn(connection);
        let sql = format!(
            "CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
             PERFORM pg_advisory_xact_lock(1); RETURN NULL; END $$; \
             CREATE CONSTRAINT TRIGGER held AFTER INSERT ON {table} \
             DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN ({which}) EXECUTE FUNCTION wait(); \
             SELECT pg_advisory_lock(1)"
        );
        client.batch_execute(&sql).await.expect("a trigger");
        Self { client }
    }

    /// Until so many wait for a lock, or this has ended all the same.
    async fn waited<T>(&self, count: i64, task: &tokio::task::JoinHandle<T>) {
        let sql = "SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype = 'advisory'";
        while !task.is_finished() {
            let row = self.client.query_one(sql, &[]).await.expect("readable");
            if row.get::<_, i64>(0) >= count {
                return;
            }
        }
    }

    async fn let_go(&self) {
        self.client.batch_execute("SELECT pg_advisory_unlock(1)").await.expect("let go");
    }
}

/// Whoever follows the numbers of events passes none over that is committed later.
async fn events_are_numbered_as_they_are_committed(server: &Postgres) {
    let url = server.database();
    let store = Arc::new(open(&url).await);
    let held = Held::rows(&url, "events", "NEW.detail = 'slow'").await;
    let commit = |detail: &'static str| {
        let store = Arc::clone(&store);
        let event =
            |kind| Event { kind, ticket: TicketId::new("t"), by: None, detail: detail.to_owned() };
        let events = vec![event(EventKind::Opened)];
        let batch = Batch { events, ..Batch::of(conversation(detail), vec![]) };
        tokio::spawn(async move { store.commit(batch, None).await })
    };
    let slow = commit("slow");
    held.waited(1, &slow).await;
    let fast = commit("fast");
    held.waited(2, &fast).await;
    let all = EventQuery { limit: 10, ..EventQuery::default() };
    assert_eq!(store.events(&all).await, Ok(vec![]), "the second is not there before the first");
    held.let_go().await;
    for commit in [slow, fast] {
        assert_eq!(commit.await.expect("ends"), Ok(Committed::Stored(Version(1))));
    }
    let found = store.events(&all).await.expect("readable");
    let told: Vec<_> = found.iter().map(|event| event.event.detail.as_str()).collect();
    assert_eq!(told, ["slow", "fast"]);
}

/// What is put into a lane is sent, also where the one before it ends in the same moment.
async fn what_ends_sees_what_is_put_in(server: &Postgres) {
    let url = server.database();
    let store = Arc::new(open(&url).await);
    let put = |name: &'static str| {
        let outbound = Outbound { lane: Some("one".to_owned()), ..outbound(name) };
        let outbound = vec![outbound];
        let batch = Batch { outbound, ..Batch::of(conversation(name), vec![]) };
        let store = Arc::clone(&store);
        tokio::spawn(async move { store.commit(batch, None).await })
    };
    assert!(put("first").await.expect("ends").is_ok());
    assert_eq!(take_all(&store, 1).await, [1]);
    let held = Held::rows(&url, "outbox", "NEW.id = 'slow'").await;
    let second = put("slow");
    held.waited(1, &second).await;
    let ended = tokio::spawn({
        let store = Arc::clone(&store);
        let sending = Sending::Sent { at: time(2) };
        async move { store.put(vec![Record::Sending { n: 1, sending }]).await }
    });
    held.waited(2, &ended).await;
    held.let_go().await;
    assert!(second.await.expect("ends").is_ok());
    assert_eq!(ended.await.expect("ends"), Ok(()));
    assert_eq!(take_all(&store, 3).await, [2]);
}

async fn a_broken_connection_is_made_again(server: &Postgres) {
    let url = server.database();
    let store = open(&url).await;
    assert_eq!(store.check().await, Ok(()));
    // While nobody may connect, what needs a connection says so.
    let database = url.rsplit('/').next().expect("a name").to_owned();
    let other = server.database();
    let _ = server.sql(&other, &format!("ALTER DATABASE {database} ALLOW_CONNECTIONS false"));
    let kill = format!(
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity \
         WHERE datname = '{database}'"
    );
    let _ = server.sql(&other, &kill);
    for _ in 0..3 {
        let error = store.conversation(&id("c")).await.expect_err("no connection");
        assert_eq!(error.code(), "store-unavailable");
    }
    let _ = server.sql(&other, &format!("ALTER DATABASE {database} ALLOW_CONNECTIONS true"));
    assert_eq!(store.conversation(&id("c")).await, Ok(None));
    assert_eq!(store.check().await, Ok(()));
    fill(&store, "c", 1).await;
}

/// What an address comes to, and what it does not show.
#[test]
fn an_address_keeps_its_password_to_itself() {
    for (url, name) in [
        ("postgres://u:hush@db.example:5433/shop", "shop on db.example"),
        ("postgresql://u@localhost/shop?sslmode=verify-full", "shop on localhost"),
        ("postgres://u@%2Frun%2Fpostgresql/shop", "shop on /run/postgresql"),
    ] {
        let server = Server::parse(url).expect("an address").with_password("hush");
        assert_eq!(server.name(), name);
        assert!(server.has_password());
        assert_eq!(format!("{server:?}"), format!("Server({name})"));
    }
    for (url, wrong) in [
        ("postgres://u@/shop", "no host"),
        ("postgres://db.example", "no database"),
        ("mysql://u:hush@h/shop", "invalid"),
        ("postgres://u:hush@h/shop?sslmode=sometimes", "sslmode"),
    ] {
        let error = Server::parse(url).expect_err("refused");
        assert!(error.contains(wrong) && !error.contains("hush"), "{url}: {error}");
    }
}
