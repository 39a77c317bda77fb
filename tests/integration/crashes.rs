//! Kills and stops: nothing that was acknowledged is lost, nothing accepted is dropped.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use harness::{DEADLINE, Options, Service};
use serde_json::json;

use crate::BINARY;

/// How often the service is killed; `./test --soak` sets it higher.
pub(crate) fn rounds() -> usize {
    std::env::var("SWITCHBOARD_SOAK_ROUNDS").ok().and_then(|n| n.parse().ok()).unwrap_or(2)
}

#[test]
fn a_turn_that_was_acknowledged_survives_kill_9() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let start =
        || Service::with(BINARY, Options { data: Some(data.clone()), ..Options::default() });
    let mut acknowledged: BTreeMap<String, String> = BTreeMap::new();
    for round in 0..rounds() {
        let service = start();
        let admin = service.admin.clone();
        // Everything acknowledged before is there, and answers the same again.
        for (id, answer) in &acknowledged {
            assert_eq!(&turn(&service, &admin, id).unwrap().text, answer, "{id} changed");
        }
        let answers = Mutex::new(BTreeMap::new());
        let sent = AtomicUsize::new(0);
        thread::scope(|scope| {
            for worker in 0..4 {
                let (service, admin, answers, sent) = (&service, &admin, &answers, &sent);
                scope.spawn(move || {
                    for n in 0.. {
                        let id = format!("{round}-{worker}-{n}");
                        // The connection breaks when the service is killed.
                        let Ok(got) = turn(service, admin, &id) else { break };
                        assert_eq!(got.status, 200, "{got:?}");
                        answers.lock().unwrap().insert(id, got.text);
                        // In the middle of the others' turns.
                        if sent.fetch_add(1, Ordering::SeqCst) == 40 {
                            service.signal("KILL");
                        }
                    }
                });
            }
        });
        assert!(!service.end().success());
        let answers = answers.into_inner().unwrap();
        assert!(answers.len() > 40, "only {} turns", answers.len());
        acknowledged.extend(answers);
    }
    let service = start();
    for (id, answer) in &acknowledged {
        assert_eq!(&turn(&service, &service.admin, id).unwrap().text, answer, "{id} is lost");
        let path = format!("/v1/conversations/{}/messages", conversation(id));
        let messages = service.get(&path, Some(&service.admin)).ok();
        let texts: Vec<&str> = messages["messages"]
            .as_array()
            .unwrap()
            .iter()
            .filter_map(|message| message["text"].as_str())
            .filter(|text| *text == said(id))
            .collect();
        assert_eq!(texts.len(), 1, "{id} was taken {} times", texts.len());
    }
}

/// Eight turns a conversation.
fn conversation(id: &str) -> String {
    let (worker, n) = id.rsplit_once('-').unwrap();
    format!("c-{worker}-{}", n.parse::<usize>().unwrap() / 8)
}

pub(crate) fn said(id: &str) -> String {
    format!("where is my parcel? ({id})")
}

fn turn(service: &Service, admin: &str, id: &str) -> Result<harness::Got, String> {
    let body = json!({ "conversation_id": conversation(id), "message_id": id, "text": said(id) });
    service.try_post("/v1/messages", Some(admin), &body).map_err(|error| error.to_string())
}

#[test]
fn sigterm_finishes_what_was_accepted() {
    let service = Service::start(BINARY);
    let mut stream = TcpStream::connect(service.address).unwrap();
    stream.set_read_timeout(Some(DEADLINE)).unwrap();
    let body = json!({ "text": "where is my parcel?" }).to_string();
    let (first, rest) = body.split_at(10);
    let head = format!(
        "POST /v1/classify HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n\
         content-length: {}\r\n\r\n{first}",
        body.len()
    );
    stream.write_all(head.as_bytes()).unwrap();
    // The request has begun when another on the same service is answered after it.
    assert_eq!(service.get("/healthz", None).status, 200);
    service.signal("TERM");
    let _ = service.logged("no new connections", 1);
    assert!(TcpStream::connect(service.address).is_err(), "new connections are taken still");
    stream.write_all(rest.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
    assert!(answer.contains("\"tracking.status\""), "{answer}");
    assert!(service.end().success());
}

#[test]
fn a_request_that_never_ends_does_not_hold_up_the_stop() {
    let flags = ["--drain-seconds", "1", "--timeout-seconds", "300"].map(str::to_owned).to_vec();
    let service = Service::with(BINARY, Options { flags, ..Options::default() });
    let mut stream = TcpStream::connect(service.address).unwrap();
    let head = "POST /v1/classify HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n\
                content-length: 100\r\n\r\n{";
    stream.write_all(head.as_bytes()).unwrap();
    assert_eq!(service.get("/healthz", None).status, 200);
    service.signal("TERM");
    assert!(service.end().success(), "{}", service.log());
}

#[test]
fn the_admin_token_stays_the_same_and_private() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let start =
        || Service::with(BINARY, Options { data: Some(data.clone()), ..Options::default() });
    let first = start();
    let admin = first.admin.clone();
    assert!(admin.starts_with("swb_api_") && admin.len() == 8 + 64, "{admin}");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = |path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(first.file("admin-token")), 0o600);
        assert_eq!(mode(first.data.clone()), 0o700);
    }
    assert!(!first.log().contains(&admin), "the token is in the log");
    first.signal("TERM");
    assert!(first.end().success());
    let second = start();
    assert_eq!(second.admin, admin);
    assert_eq!(second.get("/v1/tickets", Some(&admin)).status, 200);
}
