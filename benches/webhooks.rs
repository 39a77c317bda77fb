//! How soon a platform's webhook is acknowledged while what it brings is worked off, on SQLite;
//! and what a burst does to memory.
//!
//! `cargo bench -p benches --bench webhooks` sends 1,000 messages a second for ten seconds,
//! each at its time whatever the answers take, then 10,000 as fast as 64 connections are
//! answered; the first also to a bare handler, whose times are the machine's own. Every
//! acknowledgement is checked, and that each message is answered, by one request.
#![expect(
    clippy::unwrap_used,
    reason = "a bench whose service does not answer has nothing to measure"
)]
#![expect(clippy::disallowed_methods, reason = "benches start programs and measure time")]
#![expect(clippy::print_stdout, reason = "the figures are for people")]

use std::collections::{BTreeMap, BTreeSet};
use std::process::ExitCode;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::body::Bytes;
use axum::extract::Path;
use axum::routing::{get, post};
use axum::{Json, Router};
use benches::load::{Program, Request, Seen, paced};
use channels::{Sample, Settings};
use harness::{Options, Service};
use jiff::Timestamp;
use serde_json::{Value, json};

/// Connections that a platform keeps.
const CLIENTS: usize = 64;
/// Messages of each part.
const MESSAGES: usize = 10_000;
/// Between two of them: 1,000 a second.
const EVERY: Duration = Duration::from_millis(1);
/// Messages of one customer.
const OF_ONE: usize = 5;
/// How long what was brought may take to be answered.
const DRAINED: Duration = Duration::from_secs(600);
/// How long the platform is asked at a time.
const PATIENCE: Duration = Duration::from_secs(20);

/// Where messages are brought.
const WEBHOOK: &str = "/v1/inboxes/app/webhook";
const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const TEXTS: [&str; OF_ONE] = [
    "Where is my parcel?",
    "Which payment methods do you accept?",
    "Do you have a discount code?",
    "How long does delivery to Mexico take?",
    "How do I return an item?",
];

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args_os().collect();
    match arguments.get(1).and_then(|argument| argument.to_str()) {
        // The bench is its own server, so that all are built alike.
        Some("serve") => gateway::run(arguments),
        Some("platform") => platform(),
        _ => measure(),
    }
}

/// What replies go to: it counts them, and how many differ by their keys.
fn platform() -> ExitCode {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let seen: Arc<Mutex<BTreeSet<String>>> = Arc::default();
        let (count, counted) = tokio::sync::watch::channel((0, 0));
        let count = Arc::new(count);
        let take = async move |Json(said): Json<Value>| {
            let key = said["data"]["id"].as_str().unwrap_or_default().to_owned();
            let mut seen = seen.lock().unwrap();
            seen.insert(key.clone());
            count.send_modify(|(posts, replies)| {
                *posts += 1;
                *replies = seen.len();
            });
            Json(json!({ "id": key }))
        };
        // Answers when so many are there, or after a while.
        let until = async move |Path(wanted): Path<usize>| {
            let mut counted = counted.clone();
            let reached = counted.wait_for(|(_, replies)| *replies >= wanted);
            drop(tokio::time::timeout(PATIENCE, reached).await);
            let (posts, replies) = *counted.borrow();
            format!("{posts} {replies}")
        };
        let router = Router::new()
            .route("/reply", post(take))
            .route("/until/{n}", get(until))
            // The least that one can do with a message: read it and say that it is here.
            .route(WEBHOOK, post(async |body: Bytes| drop(body)));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        println!("http://{}", listener.local_addr().unwrap());
        axum::serve(listener, router).await.unwrap();
    });
    ExitCode::SUCCESS
}

struct World {
    service: Service,
    platform: Program,
    settings: Settings,
}

impl World {
    /// So many signed messages; none has been sent before.
    fn messages(&self, part: &str) -> Vec<Request> {
        let hook = channels::channel("hook").unwrap();
        let message = |n: usize| {
            // Those of a customer come one after the other, far enough apart to be answered.
            let customers = MESSAGES / OF_ONE;
            let (customer, place) = (n % customers, n / customers);
            let (sender, id) = (format!("{part}-{customer}"), format!("{part}-m{n}"));
            let now = Timestamp::now();
            let sample = Sample { text: TEXTS[place], sender: &sender, id: &id, now };
            let sample = hook.sample(&self.settings, &sample).unwrap();
            Request::signed(WEBHOOK, &sample.headers, &sample.body)
        };
        (0..MESSAGES).map(message).collect()
    }

    /// Waits until everything is answered and nothing is under way.
    fn drained(&self, answered: usize) {
        let began = Instant::now();
        let in_time = || assert!(began.elapsed() < DRAINED, "it does not come to an end");
        while self.counted(answered).1 < answered {
            in_time();
        }
        // What the platform has is written down within the next few commits.
        loop {
            let rows = self.service.get("/v1/channels", Some(&self.service.admin)).ok();
            let row = rows.as_array().unwrap().iter().find(|row| row["name"] == "app").unwrap();
            assert_eq!((&row["dead"], &row["unreadable"]), (&json!(0), &json!(0)), "{row}");
            if row["events"] == answered && row["inbound"] == 0 && row["outbound"] == 0 {
                break;
            }
            in_time();
        }
        let once = (answered, answered);
        assert_eq!(self.counted(answered), once, "each message is answered, and sent once");
    }

    /// How many requests the platform was sent and how many replies it has of them, as soon as
    /// it has so many, or after a while.
    fn counted(&self, wanted: usize) -> (usize, usize) {
        let request =
            format!("GET /until/{wanted} HTTP/1.1\r\nhost: bench\r\nconnection: close\r\n\r\n");
        let answer = harness::raw(self.platform.address, request.as_bytes());
        let body = answer.rsplit("\r\n\r\n").next().unwrap_or_default().trim();
        let (posts, replies) = body.split_once(' ').unwrap();
        (posts.parse().unwrap(), replies.parse().unwrap())
    }
}

fn measure() -> ExitCode {
    let program = std::env::current_exe().unwrap();
    let program = program.to_str().unwrap();
    let platform = Program::start(program, "platform");
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("switchboard.toml");
    let url = format!("http://{}/reply", platform.address);
    let file = format!(
        "outbound_allow_private = true\n[inbox.app]\nchannel = \"hook\"\n\
         secret_plain = \"{SECRET}\"\nreply_url = \"{url}\"\n"
    );
    std::fs::write(&config, file).unwrap();
    let given = [("secret", SECRET), ("reply_url", url.as_str())];
    let given: BTreeMap<String, String> =
        given.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
    let settings = Settings::new(channels::channel("hook").unwrap().spec(), &given).unwrap();
    let flags = vec!["--config".to_owned(), config.to_str().unwrap().to_owned()];
    let service = Service::with(program, Options { flags, ..Options::default() });
    let world = World { service, platform, settings };
    let address = world.service.address;

    let tell = |what: &str, seen: &Seen, seconds: f64| {
        println!(
            "{what:<10} {:>6} messages {:>8.0} acknowledged/s   p50 {:.2} ms   p99 {:.2} ms",
            seen.count(),
            seen.count() as f64 / seconds,
            seen.percentile(50),
            seen.percentile(99),
        );
    };
    let requests = world.messages("bare");
    let watch = Instant::now();
    let seen = paced(world.platform.address, CLIENTS, EVERY, requests);
    tell("bare", &seen, watch.elapsed().as_secs_f64());

    let requests = world.messages("paced");
    let watch = Instant::now();
    let seen = paced(address, CLIENTS, EVERY, requests);
    tell("paced", &seen, watch.elapsed().as_secs_f64());
    world.drained(MESSAGES);
    println!("           answered after {:.1} s", watch.elapsed().as_secs_f64());

    let requests = world.messages("burst");
    let pid = world.service.pid();
    let before = memory(pid, "VmRSS");
    forget_peak(pid);
    let watch = Instant::now();
    let seen = paced(address, CLIENTS, Duration::ZERO, requests);
    tell("burst", &seen, watch.elapsed().as_secs_f64());
    world.drained(2 * MESSAGES);
    println!("           answered after {:.1} s", watch.elapsed().as_secs_f64());
    let most = memory(pid, "VmHWM");
    let mib = |kib: u64| kib as f64 / 1024.0;
    println!(
        "memory     {:.1} MiB before, {:.1} MiB at most, {:.1} MiB more",
        mib(before),
        mib(most),
        mib(most.saturating_sub(before))
    );
    ExitCode::SUCCESS
}

/// From here on the most memory that a process held counts anew.
fn forget_peak(pid: u32) {
    std::fs::write(format!("/proc/{pid}/clear_refs"), "5").unwrap();
}

/// A line of the process's status, in KiB.
fn memory(pid: u32, what: &str) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix(what)).unwrap();
    line.trim_matches(|c: char| !c.is_ascii_digit()).parse().unwrap()
}
