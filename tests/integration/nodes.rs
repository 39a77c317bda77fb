//! Two nodes on one PostgreSQL: whatever a customer or a person does on one is seen on the
//! other, and is done once. Killed, a node takes nothing with it.
#![cfg(unix)]

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use channels::Sample;
use harness::{DEADLINE, Options, Postgres, Service};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::BINARY;
use crate::channels::stub::{Stub, Trouble};
use crate::channels::{SAID, configure, settings, told};
use crate::crashes::{rounds, said};

/// Two nodes. They are gone before the server they stand on.
struct Two {
    a: Service,
    b: Service,
    url: String,
    folder: tempfile::TempDir,
    server: Postgres,
}

fn start(url: &str, data: &Path, flags: &[&str]) -> Service {
    let flags = flags.iter().chain(&["--database", url]).map(|flag| (*flag).to_owned()).collect();
    Service::with(BINARY, Options { flags, data: Some(data.to_owned()), ..Options::default() })
}

impl Two {
    fn start(flags: &[&str]) -> Self {
        let server = Postgres::start();
        let url = server.database();
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        let (a, b) = (start(&url, &data, flags), start(&url, &data, flags));
        Self { a, b, url, folder, server }
    }
}

/// Server-sent events, as they come.
struct Events(BufReader<TcpStream>);

impl Events {
    fn of(service: &Service, path: &str, header: &str) -> Self {
        let mut stream = TcpStream::connect(service.address).unwrap();
        stream.set_read_timeout(Some(DEADLINE)).unwrap();
        let head = format!("GET {path} HTTP/1.1\r\nhost: x\r\n{header}\r\n\r\n");
        stream.write_all(head.as_bytes()).unwrap();
        let mut events = Self(BufReader::new(stream));
        events.until("retry:");
        events
    }

    /// The next line that holds these words.
    fn until(&mut self, words: &str) -> String {
        let mut seen = String::new();
        loop {
            let mut line = String::new();
            let read = self.0.read_line(&mut line);
            assert!(read.is_ok_and(|count| count > 0), "{words:?} does not come: {seen}");
            if line.contains(words) {
                return line;
            }
            seen.push_str(&line);
        }
    }
}

/// Signs in by the form, and gives the cookie.
fn sign_in(service: &Service, name: &str, password: &str) -> String {
    let body = format!("name={name}&password={password}");
    let request = format!(
        "POST /console/sign-in HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\
         content-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    let answer = harness::raw(service.address, request.as_bytes());
    let cookie = answer.lines().find_map(|line| line.strip_prefix("set-cookie: "));
    cookie.unwrap_or_else(|| panic!("{answer}")).split(';').next().unwrap().to_owned()
}

/// Runs the binary over the same database, with a line on standard input.
fn command_line(folder: &Path, url: &str, arguments: &[&str], line: &str) -> Output {
    let mut child = Command::new(BINARY)
        .args(arguments)
        .args(["--database", url, "--data"])
        .arg(folder.join("data"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // It may end without reading.
    let _ = writeln!(child.stdin.take().unwrap(), "{line}");
    child.wait_with_output().unwrap()
}

#[test]
fn what_is_said_on_one_node_is_seen_on_another() {
    let Two { a, b, url, folder, server } = &Two::start(&[]);
    let begun = a.post("/v1/messages", None, &json!({ "text": "I will sue you" })).ok();
    let conversation = begun["conversation_id"].as_str().unwrap();
    let token = begun["conversation_token"].as_str().unwrap();
    let ticket = begun["ticket"]["id"].as_str().unwrap();
    let path = format!("/v1/conversations/{conversation}/events");
    let mut customer = Events::of(a, &path, &format!("authorization: Bearer {token}"));
    customer.until("sue you");

    let typing = format!("/v1/conversations/{conversation}/typing");
    assert_eq!(b.post(&typing, Some(&b.admin), &json!({})).status, 204);
    customer.until("event: typing");
    let reply = json!({ "text": "This is Ana, I see to it.", "agent": "ana" });
    let path = format!("/v1/tickets/{ticket}/reply");
    assert_eq!(b.post(&path, Some(&b.admin), &reply).status, 200);
    assert!(customer.until("This is Ana").starts_with("data: "), "as a message");
    // And the other way: what the customer writes reaches a person's page.
    for name in ["ana", "ben"] {
        let add = ["user", "add", name, "--role", "agent", "--language", "en"];
        let done = command_line(folder.path(), url, &add, "correct-horse-battery");
        assert!(done.status.success(), "{done:?}");
    }
    let ben = sign_in(b, "ben", "correct-horse-battery");
    let live = format!("/console/live?ticket={ticket}");
    let mut page = Events::of(b, &live, &format!("cookie: {ben}"));
    let body = json!({ "conversation_id": conversation, "text": "hurry" });
    assert_eq!(a.post("/v1/messages", Some(token), &body).status, 200);
    page.until("event: changed");
    // Two people at one ticket see each other, wherever their pages come from.
    let ana = sign_in(a, "ana", "correct-horse-battery");
    let others = Events::of(a, &live, &format!("cookie: {ana}"));
    page.until("event: viewers");
    let shown = |service: &Service, cookie: &str| {
        let request = format!(
            "GET /console/tickets/{ticket} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\
             cookie: {cookie}\r\n\r\n"
        );
        harness::raw(service.address, request.as_bytes())
    };
    let text = shown(b, &ben);
    assert!(text.contains("ana is here too"), "{text}");
    drop(others);

    // A node that ends well gives back its number; one that is killed is missed later.
    assert_eq!(server.sql(url, "SELECT count(*) FROM nodes"), "2");
    b.signal("TERM");
    assert!(b.end().success(), "{}", b.log());
    assert_eq!(server.sql(url, "SELECT count(*) FROM nodes"), "1");
    drop(page);
    // Backups are PostgreSQL's own affair.
    let file = folder.path().join("copy");
    let refused = command_line(folder.path(), url, &["backup", file.to_str().unwrap()], "");
    let said = String::from_utf8_lossy(&refused.stderr);
    assert!(refused.status.code() == Some(2) && said.contains("pg_dump"), "{said}");
    assert!(!file.exists());
}

#[test]
fn a_delivery_that_comes_to_both_nodes_at_once_has_its_effect_once() {
    const SENDERS: usize = 6;
    let settings_folder = tempfile::tempdir().unwrap();
    let stub = Stub::start(Trouble::None);
    let hook = channels::channel("hook").unwrap();
    let config = configure(settings_folder.path(), &[hook], &stub);
    let Two { a, b, .. } = &Two::start(&["--config", &config]);
    let settings = settings(hook, &stub);
    let send = |service: &Service, number: usize| {
        let (sender, id) = (format!("s{}", number % SENDERS), number.to_string());
        let now = Timestamp::now();
        let text = SAID[number / SENDERS];
        let sample = Sample { text, sender: &sender, id: &id, now };
        let sample = hook.sample(&settings, &sample).unwrap();
        let path = "/v1/inboxes/hook/webhook";
        assert_eq!(harness::post(service.address, path, &sample.headers, &sample.body), Some(200));
    };
    for number in 0..SENDERS * SAID.len() {
        thread::scope(|scope| {
            for service in [a, b] {
                scope.spawn(|| send(service, number));
            }
        });
    }
    stub.wait_until(|| {
        let rows = a.get("/v1/channels", Some(&a.admin)).ok();
        rows.as_array().unwrap().iter().all(|row| row["inbound"] == 0 && row["outbound"] == 0)
    });
    let rows = b.get("/v1/channels", Some(&b.admin)).ok();
    let row = &rows.as_array().unwrap()[0];
    let counted = ["events", "repeated", "sent", "dead"].map(|key| row[key].as_u64().unwrap());
    let messages = (SENDERS * SAID.len()) as u64;
    assert_eq!(counted, [messages, messages, messages, 0], "{row}");
    let seen = stub.seen();
    for sender in (0..SENDERS).map(|number| format!("s{number}")) {
        assert_eq!(told(b, "hook", &sender).len(), SAID.len(), "{sender}");
        let got = seen.get(&("hook", sender)).map(Vec::len);
        assert_eq!(got, Some(SAID.len()), "each reply is sent once");
    }
}

/// Eight turns a conversation, whoever takes them.
fn conversation(n: usize) -> String {
    format!("c-{}", n / 8)
}

/// Takes a turn on the first node that answers.
fn turn(nodes: [&Service; 2], n: usize) -> String {
    let id = format!("m-{n}");
    let body = json!({ "conversation_id": conversation(n), "message_id": id, "text": said(&id) });
    for service in nodes {
        // The connection breaks when the node is killed: nobody knows what became of it.
        if let Ok(got) = service.try_post("/v1/messages", Some(&service.admin), &body) {
            assert_eq!(got.status, 200, "{got:?}\n{}", service.log());
            return got.text;
        }
    }
    panic!("both nodes are gone");
}

#[test]
fn a_node_that_is_killed_takes_nothing_with_it() {
    let Two { a, b: first, url, folder, server: _server } = Two::start(&[]);
    let data = folder.path().join("data");
    let next = AtomicUsize::new(0);
    let answers: Mutex<BTreeMap<usize, String>> = Mutex::default();
    let mut b = first;
    for round in 0..rounds() {
        let (begun, killed) = (next.load(Ordering::SeqCst), &b);
        thread::scope(|scope| {
            for worker in 0..4 {
                let (a, next, answers) = (&a, &next, &answers);
                scope.spawn(move || {
                    // Two at each node, and neighbours in one conversation.
                    let nodes = if worker % 2 == 0 { [a, killed] } else { [killed, a] };
                    loop {
                        let n = next.fetch_add(1, Ordering::SeqCst);
                        if n >= begun + 120 {
                            break;
                        }
                        if n == begun + 60 {
                            killed.signal("KILL");
                        }
                        let answer = turn(nodes, n);
                        answers.lock().unwrap().insert(n, answer);
                    }
                });
            }
        });
        assert!(!b.end().success(), "round {round}");
        b = start(&url, &data, &[]);
    }
    let answers = answers.into_inner().unwrap();
    let mut conversations: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for (n, answer) in &answers {
        assert_eq!(&turn([&b, &a], *n), answer, "{n} is lost or changed");
        conversations.entry(conversation(*n)).or_insert_with(|| {
            let path = format!("/v1/conversations/{}/messages", conversation(*n));
            let messages = a.get(&path, Some(&a.admin)).ok();
            messages["messages"].as_array().unwrap().clone()
        });
        let messages = &conversations[&conversation(*n)];
        let text = said(&format!("m-{n}"));
        let times = messages.iter().filter(|message| message["text"] == text).count();
        assert_eq!(times, 1, "{n} was taken {times} times");
    }
    assert_eq!(answers.len(), rounds() * 120);
}
