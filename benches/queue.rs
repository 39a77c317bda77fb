//! The pages of the queue where a million conversations and a hundred and ten thousand
//! tickets are stored, ten thousand of them open: each through the whole service, one at a
//! time, on a connection that stays open.
//!
//! `cargo bench -p benches --bench queue` makes the store by SQL in a new folder (some 400 MB
//! below the system's place for temporary files) and prints for each page how often it was
//! read, the 50th and 99th percentile and the longest. Every answer is checked for its size.
#![expect(clippy::unwrap_used, reason = "a bench that cannot fill its store measures nothing")]
#![expect(clippy::disallowed_methods, reason = "benches start programs and measure time")]
#![expect(clippy::print_stdout, reason = "the figures are for people")]

use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use benches::load::{Load, Request, run};
use harness::{Options, Service};
use jiff::Timestamp;
use rusqlite::{Connection, named_params};

const CONVERSATIONS: u32 = 1_000_000;
/// Every so many conversations one has an open ticket, and as many have none any more.
const OPEN_EVERY: u32 = 100;
const RESOLVED_EVERY: u32 = 10;
/// How long each page is asked for.
const WINDOW: Duration = Duration::from_secs(3);

/// Conversations, and the tickets of some: a half waits for anybody, a quarter each is with
/// one of fifty people and waits for the customer. What is due is spread over two weeks from
/// an hour on, in no order.
const FILL: [&str; 3] = [
    "WITH RECURSIVE every (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM every WHERE n < :many) \
     INSERT INTO conversations (n, id, version, owner, agent, fence, started_at, updated_at, \
     messages, memory, contact) \
     SELECT n, printf('b-%07d', n), 1, \
     CASE WHEN n % :open <> 0 THEN 'bot' WHEN n / :open % 4 < 2 THEN 'queue' ELSE 'agent' END, \
     CASE WHEN n % :open = 0 AND n / :open % 4 >= 2 THEN 'agent-' || (n / :open % 50) END, \
     1, :now - n * 1000000, :now - n * 900000, 2, '{\"language\":\"en\"}', 'customer-' || n \
     FROM every",
    "INSERT INTO tickets (id, conversation, state, severity, tier, rule, why, intents, \
     language, order_number, assignee, opened_at, due_at, next_at, resolved_at, outcome, team, \
     priority, detail) \
     SELECT printf('t-%07d', n), n, \
     CASE WHEN n % :open <> 0 THEN 'resolved' WHEN owner = 'queue' THEN 'open' \
     WHEN n / :open % 4 = 2 THEN 'assigned' ELSE 'waiting' END, \
     n / 7 % 3, 1 + n / 11 % 3, 'asked', 'the customer asks for a person', \
     '[\"return.damaged\"]', 'en', '#' || (10000 + n), agent, started_at, \
     CASE WHEN n % :open = 0 THEN :now + 3600000000 + n * 7919 % 1209600 * 1000000 END, \
     CASE WHEN n % :open = 0 THEN :now + 3600000000 + n * 7919 % 1209600 * 1000000 END, \
     CASE WHEN n % :open <> 0 THEN updated_at END, \
     CASE WHEN n % :open <> 0 THEN 'resolved' END, \
     CASE n / 11 % 3 WHEN 0 THEN 'care' WHEN 1 THEN 'specialists' ELSE 'lead' END, n % 5, \
     printf('{\"resolution\":{\"due_at\":%d,\"warn_at\":%d}}', :now + 3600000000 + n * 7919 % \
     1209600 * 1000000, :now + 1800000000) \
     FROM conversations WHERE n % :open = 0 OR n % :resolved = 5",
    "UPDATE conversations SET ticket = t.n, wake_at = t.next_at FROM tickets t \
     WHERE t.conversation = conversations.n",
];

/// What is asked for, and how many tickets the page must hold.
const PAGES: [(&str, &str, usize); 10] = [
    ("the first page", "", 50),
    ("the first 200", "limit=200", 200),
    ("severity red", "severity=red", 50),
    ("tier 3", "tier=3", 50),
    ("a team", "team=lead", 50),
    ("waiting for the customer", "state=waiting", 50),
    ("of one person", "assignee=agent-7", 50),
    ("of nobody who is there", "assignee=nobody", 0),
    ("resolved", "state=resolved", 50),
    ("resolved, of one team", "state=resolved&team=lead&limit=200", 200),
];

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args_os().collect();
    if arguments.get(1).is_some_and(|argument| argument == "serve") {
        return gateway::run(arguments);
    }
    let program = std::env::current_exe().unwrap();
    let program = program.to_str().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let service = || {
        let flags = ["--api-requests-per-minute", "0"].map(str::to_owned).to_vec();
        Service::with(program, Options { flags, data: Some(data.clone()), ..Options::default() })
    };
    // The service makes the file, and knows its format.
    let made = service();
    made.signal("TERM");
    assert!(made.end().success(), "it ends");
    let watch = Instant::now();
    fill(&data.join("switchboard.db"));
    println!("filled in {:.1} s", watch.elapsed().as_secs_f64());

    let service = service();
    let token = &*service.admin.clone().leak();
    println!("{:<26} {:>7} {:>8} {:>8} {:>8}", "", "read", "p50 ms", "p99 ms", "longest");
    let mut pages: Vec<(&str, String, usize)> =
        PAGES.map(|(name, query, tickets)| (name, query.to_owned(), tickets)).to_vec();
    pages.push(("the last page", last_page(&service), 200));
    for (name, query, tickets) in pages {
        let path: &'static str = format!("/v1/tickets?{query}").leak();
        let got = service.get(path, Some(token)).ok();
        assert_eq!(got["tickets"].as_array().unwrap().len(), tickets, "{name}");
        let load = Load { address: service.address, clients: 1, window: WINDOW };
        let seen = run(&load, move |_, _| Request::get(path, token, "\"tickets\":[".to_owned()));
        println!(
            "{name:<26} {:>7} {:>8.2} {:>8.2} {:>8.2}",
            seen.count(),
            seen.percentile(50),
            seen.percentile(99),
            seen.percentile(100),
        );
    }
    ExitCode::SUCCESS
}

fn fill(file: &Path) {
    let db = Connection::open(file).unwrap();
    let now = Timestamp::now().as_microsecond();
    db.execute_batch("PRAGMA synchronous = OFF; BEGIN").unwrap();
    for sql in FILL {
        let values = named_params! {
            ":many": CONVERSATIONS, ":open": OPEN_EVERY, ":resolved": RESOLVED_EVERY, ":now": now,
        };
        let mut statement = db.prepare(sql).unwrap();
        // Not each takes all.
        for (name, value) in values {
            if let Some(place) = statement.parameter_index(name).unwrap() {
                statement.raw_bind_parameter(place, value).unwrap();
            }
        }
        statement.raw_execute().unwrap();
    }
    db.execute_batch("COMMIT; PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
}

/// The query of the page behind which there is none, found by turning all pages.
fn last_page(service: &Service) -> String {
    let mut query = "limit=200".to_owned();
    let mut tickets = 0;
    loop {
        let got = service.get(&format!("/v1/tickets?{query}"), Some(&service.admin)).ok();
        tickets += got["tickets"].as_array().unwrap().len();
        match got["next"].as_str() {
            Some(next) => query = format!("limit=200&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(tickets, (CONVERSATIONS / OPEN_EVERY) as usize, "every open ticket once");
    query
}
