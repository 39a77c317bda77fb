//! Platforms over real sockets: what `simulate` sends is answered on each of them, and what
//! breaks (the service killed, a platform that retries, repeats, refuses, tears its answers)
//! loses nothing and mixes nothing up.

pub(crate) mod stub;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex};
use std::thread;

use channels::{Channel, Sample, Settings, Spec};
use harness::{DEADLINE, Options, Service};
use jiff::Timestamp;
use serde_json::Value;
use stub::{Stub, Trouble};

use crate::BINARY;

/// Of 24 bytes in base64, which every platform takes for a secret.
const KEY: &str = "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/// What a setting holds that is needed; none where it has a value of its own.
fn value(field: &channels::Field, stub: &Stub) -> Option<String> {
    let port = || stub.smtp.to_string();
    match field.kind {
        _ if field.name == "smtp_host" => Some("127.0.0.1".to_owned()),
        _ if field.name == "smtp_port" => Some(port()),
        _ if field.name == "smtp_security" => Some("none".to_owned()),
        _ if field.name == "from" => Some("Shop <help@shop.example>".to_owned()),
        channels::FieldKind::Secret if field.name == "encoding_aes_key" => {
            Some(format!("{KEY}{}", &KEY[..11]))
        }
        channels::FieldKind::Secret => Some(KEY.to_owned()),
        channels::FieldKind::Url => Some(stub.url.clone()),
        _ if field.required => Some("4711".to_owned()),
        _ => None,
    }
}

fn inbox(spec: &Spec, stub: &Stub) -> String {
    let mut text = format!("[inbox.{0}]\nchannel = \"{0}\"\n", spec.name);
    for field in spec.fields {
        let Some(value) = value(field, stub) else { continue };
        let plain = if field.kind == channels::FieldKind::Secret { "_plain" } else { "" };
        let _ = writeln!(text, "{}{plain} = \"{value}\"", field.name);
    }
    text
}

pub(crate) fn settings(channel: &dyn Channel, stub: &Stub) -> Settings {
    let given: BTreeMap<String, String> = (channel.spec().fields.iter())
        .filter_map(|field| Some((field.name.to_owned(), value(field, stub)?)))
        .collect();
    Settings::new(channel.spec(), &given).unwrap()
}

/// Writes the settings of a service with these platforms.
pub(crate) fn configure(folder: &Path, platforms: &[&dyn Channel], stub: &Stub) -> String {
    let inboxes: String = platforms.iter().map(|channel| inbox(channel.spec(), stub)).collect();
    let path = folder.join("switchboard.toml");
    std::fs::write(&path, format!("outbound_allow_private = true\n{inboxes}")).unwrap();
    path.to_str().unwrap().to_owned()
}

#[test]
fn what_is_simulated_on_each_platform_is_answered_there() {
    let folder = tempfile::tempdir().unwrap();
    let stub = Stub::start(Trouble::None);
    let platforms = channels::CHANNELS;
    let config = configure(folder.path(), platforms, &stub);
    let data = folder.path().join("data");
    let flags = vec!["--config".to_owned(), config.clone()];
    let service =
        Service::with(BINARY, Options { flags, data: Some(data.clone()), ..Options::default() });
    for channel in platforms {
        let name = channel.spec().name;
        let output = Command::new(BINARY)
            .args(["simulate", name, "how long does delivery to Mexico take?"])
            .args(["--server", &format!("http://{}", service.address), "--config", &config])
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success(), "{name}: {output:?}\n{}", service.log());
        // Some platforms take the reply in the answer; the others are sent it.
        let seen = if said.contains("Mexico") { said } else { stub.awaited("Mexico", name) };
        assert!(seen.contains("days"), "{name}: {seen}");
    }
    let list = |verb: &[&str]| look(&data, &config, verb);
    let (_, json) = list(&["channels", "--json"]);
    let rows: Value = serde_json::from_str(&json).unwrap();
    for row in rows.as_array().unwrap() {
        assert_eq!(row["events"], 1, "{row}");
        assert!(row["verified_since"].is_string(), "{row}");
        assert_eq!(row["dead"], 0, "{row}");
    }
    let (_, text) = list(&["channels"]);
    assert!(text.contains("telegram (telegram)"), "{text}");
    assert_eq!(list(&["outbox", "list"]).1, "0 in all\n");
}

/// What the command line says of a running service's files: exit code and text.
fn look(data: &Path, config: &str, verb: &[&str]) -> (Option<i32>, String) {
    let arguments = [verb, &["--data", data.to_str().unwrap(), "--config", config]].concat();
    let output = Command::new(BINARY).args(arguments).output().unwrap();
    (output.status.code(), String::from_utf8(output.stdout).unwrap())
}

#[test]
fn a_dead_letter_is_listed_and_replayed_while_the_service_runs() {
    let folder = tempfile::tempdir().unwrap();
    let stub = Stub::start(Trouble::First);
    let telegram = channels::channel("telegram").unwrap();
    let config = configure(folder.path(), &[telegram], &stub);
    let data = folder.path().join("data");
    let flags = vec!["--config".to_owned(), config.clone()];
    let service =
        Service::with(BINARY, Options { flags, data: Some(data.clone()), ..Options::default() });
    let server = format!("http://{}", service.address);
    let verb = ["simulate", "telegram", "do you accept paypal?", "--server", &server];
    assert_eq!(look(&data, &config, &verb), (Some(0), "200 \n".to_owned()));
    stub.wait_until(|| look(&data, &config, &["outbox", "list"]).1.ends_with("1 in all\n"));
    let (_, letters) = look(&data, &config, &["outbox", "list"]);
    assert!(letters.contains("message to telegram of telegram-"), "{letters}");
    assert!(letters.contains("403: blocked"), "{letters}");
    let (code, channels) = look(&data, &config, &["channels"]);
    assert_eq!(code, Some(1), "{channels}");
    assert!(channels.contains("1 could not be sent"), "{channels}");
    let number = letters.split_whitespace().next().unwrap();
    let replay = |what: &str| look(&data, &config, &["outbox", "replay", what]);
    assert_eq!(replay("4711").0, Some(2), "what is not there is refused");
    assert_eq!(replay(number), (Some(0), "1 wait to be sent again\n".to_owned()));
    assert!(stub.awaited("PayPal", "telegram").contains("chat_id"));
    stub.wait_until(|| look(&data, &config, &["channels"]).0 == Some(0));
}

/// How much is sent; `./test --soak` sends ten thousand.
fn load() -> (usize, usize) {
    let soak = std::env::var("SWITCHBOARD_SOAK_ROUNDS").is_ok();
    if soak { (2_500, 10) } else { (30, 2) }
}

/// One message after the other of a conversation.
pub(crate) const SAID: [&str; 4] = [
    "hello",
    "how long does delivery to Mexico take?",
    "do you accept paypal?",
    "how do i return an item?",
];

/// The service that runs now, and the number of its life.
struct Running {
    service: Mutex<(usize, Option<Service>)>,
    changed: Condvar,
}

impl Running {
    /// Sends a request until it is acknowledged. Says how often it was sent.
    fn send(&self, path: &str, sample: &channels::SampleRequest) -> usize {
        let mut sent = 0;
        loop {
            let mut guard = self.service.lock().unwrap();
            while guard.1.is_none() {
                guard = self.changed.wait(guard).unwrap();
            }
            let life = guard.0;
            let address = guard.1.as_ref().unwrap().address;
            drop(guard);
            sent += 1;
            if harness::post(address, path, &sample.headers, &sample.body) == Some(200) {
                return sent;
            }
            // Whoever answered nothing is gone, or goes: the next life is waited for.
            let guard = self.service.lock().unwrap();
            let gone = |held: &mut (usize, Option<Service>)| held.0 == life && held.1.is_none();
            let (_guard, _) =
                self.changed.wait_timeout_while(guard, DEADLINE, |held| gone(held)).unwrap();
        }
    }
}

#[test]
fn kills_and_bad_platforms_lose_nothing_and_mix_nothing_up() {
    let (conversations, kills) = load();
    let folder = tempfile::tempdir().unwrap();
    let stub = Stub::start(Trouble::All);
    let platforms: Vec<&dyn Channel> =
        ["hook", "telegram"].into_iter().filter_map(channels::channel).collect();
    let config = configure(folder.path(), &platforms, &stub);
    let data = folder.path().join("data");
    let start = || {
        let flags = vec!["--config".to_owned(), config.clone()];
        Service::with(BINARY, Options { flags, data: Some(data.clone()), ..Options::default() })
    };
    let running = Running { service: Mutex::new((0, Some(start()))), changed: Condvar::new() };
    let total = conversations * SAID.len();
    let (next, acknowledged) = (AtomicUsize::new(0), AtomicUsize::new(0));
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                loop {
                    let c = next.fetch_add(1, Ordering::SeqCst);
                    if c >= conversations {
                        break;
                    }
                    let channel = platforms[c % platforms.len()];
                    let settings = settings(channel, &stub);
                    let sender = (100_000 + c).to_string();
                    for (place, text) in SAID.iter().enumerate() {
                        let id = (c * SAID.len() + place + 1).to_string();
                        let now = Timestamp::now();
                        let sample = Sample { text, sender: &sender, id: &id, now };
                        let sample = channel.sample(&settings, &sample).unwrap();
                        let path = format!("/v1/inboxes/{}/webhook", channel.spec().name);
                        running.send(&path, &sample);
                        // A platform that saw no answer, or saw it too late.
                        if (c + place).is_multiple_of(5) {
                            running.send(&path, &sample);
                        }
                        acknowledged.fetch_add(1, Ordering::SeqCst);
                        stub.wake();
                    }
                }
            });
        }
        for kill in 1..=kills {
            // In the middle of everything.
            stub.wait_until(|| acknowledged.load(Ordering::SeqCst) >= total * kill / (kills + 1));
            let mut held = running.service.lock().unwrap();
            let service = held.1.take().unwrap();
            service.signal("KILL");
            assert!(!service.end().success());
            drop(service);
            *held = (kill, Some(start()));
            drop(held);
            running.changed.notify_all();
        }
    });
    let held = running.service.lock().unwrap();
    let service = held.1.as_ref().unwrap();
    stub.wait_until(|| {
        let rows = service.get("/v1/channels", Some(&service.admin)).ok();
        rows.as_array().unwrap().iter().all(|row| row["inbound"] == 0 && row["outbound"] == 0)
    });
    let rows = service.get("/v1/channels", Some(&service.admin)).ok();
    for row in rows.as_array().unwrap() {
        assert_eq!((&row["dead"], &row["unreadable"]), (&0.into(), &0.into()), "{row}");
    }
    let figures = check(service, &stub, &platforms, conversations);
    let (torn, cut) = stub.torn_and_cut();
    let row = |name: &str| rows.as_array().unwrap().iter().find(|row| row["name"] == name);
    // Under way when the service was killed, to the platform without keys.
    let stopped = row("telegram").and_then(|row| row["unsure"].as_u64()).unwrap() as usize;
    let _ = writeln!(
        std::io::stderr(),
        "{total} messages, {kills} kills, {torn} answers torn behind their heads: {} replies; \
         with keys {} sent twice and {} seen twice; without keys {} seen twice, of {stopped} \
         under way at a kill and {cut} of which nothing was answered",
        figures.replies,
        figures.repeated_with_key,
        figures.seen_twice_with_key,
        figures.seen_twice,
    );
    assert_eq!(figures.replies, total, "every message is answered once");
    assert_eq!(figures.seen_twice_with_key, 0, "a platform with keys shows nothing twice");
    // A torn answer settles what it answers, unless we were stopped before that was written
    // down; sixteen at most are under way at once.
    let repeated = stub.repeated_after_torn();
    assert!(torn > 0, "no answer was torn");
    assert!(repeated <= stopped, "{repeated} came again after a torn answer");
    assert!(figures.seen_twice <= stopped + cut, "{} twice", figures.seen_twice);
    assert!(stopped <= kills * 16, "{stopped} under way at {kills} kills");
}

#[derive(Default)]
struct Figures {
    replies: usize,
    repeated_with_key: usize,
    seen_twice_with_key: usize,
    seen_twice: usize,
}

/// Compares what each customer was sent with what the conversation says they were told.
fn check(
    service: &Service,
    stub: &Stub,
    platforms: &[&dyn Channel],
    conversations: usize,
) -> Figures {
    let mut figures = Figures::default();
    let seen = stub.seen();
    for c in 0..conversations {
        let name = platforms[c % platforms.len()].spec().name;
        let sender = (100_000 + c).to_string();
        let got = seen.get(&(name, sender.clone())).cloned().unwrap_or_default();
        let told = told(service, name, &sender);
        assert_eq!(told.len(), SAID.len(), "{name} {sender}: {told:?}");
        figures.replies += told.len();
        let mut expected = told.iter().peekable();
        let mut last: Option<&str> = None;
        let mut keys = std::collections::BTreeSet::new();
        for (key, text) in &got {
            if let Some(key) = key
                && !keys.insert(key.clone())
            {
                // The platform knows it by its key, and shows it once.
                figures.repeated_with_key += 1;
                continue;
            }
            let is = |told: &str| text.contains(told);
            if expected.peek().is_some_and(|told| is(told)) {
                last = expected.next().map(String::as_str);
            } else if last.is_some_and(is) {
                if name == "hook" {
                    figures.seen_twice_with_key += 1;
                } else {
                    figures.seen_twice += 1;
                }
            } else {
                panic!("{name} {sender} out of order: {text:?} after {last:?} of {told:?}");
            }
        }
        assert_eq!(expected.count(), 0, "{name} {sender} lost something of {told:?}: {got:?}");
    }
    figures
}

/// What the conversation says its customer was told: the first line of each.
pub(crate) fn told(service: &Service, inbox: &str, sender: &str) -> Vec<String> {
    let id = conversation(inbox, sender);
    let path = format!("/v1/conversations/{id}/messages");
    let messages = service.get(&path, Some(&service.admin)).ok();
    (messages["messages"].as_array().unwrap().iter())
        .filter(|message| message["author"] != "customer")
        .map(|message| message["text"].as_str().unwrap().lines().next().unwrap().to_owned())
        .collect()
}

/// The conversation's name is made of its address, so that no node has to ask for it.
fn conversation(inbox: &str, key: &str) -> String {
    let mut hasher = blake3::Hasher::new_derive_key("switchboard 2026 conversation of a channel");
    hasher.update(&(inbox.len() as u64).to_be_bytes());
    hasher.update(inbox.as_bytes());
    hasher.update(key.as_bytes());
    format!("{inbox}-{}", &hasher.finalize().to_hex().as_str()[..32])
}
