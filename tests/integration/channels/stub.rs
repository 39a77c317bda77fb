//! A platform that is sent to, over real sockets: it answers in every way that platforms do.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use harness::DEADLINE;
use serde_json::{Value, json};

/// How long everything may take in a long run.
const LONG: Duration = Duration::from_secs(900);

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trouble {
    None,
    /// The first message is refused for good.
    First,
    /// Refusals with and without a time, errors, half an answer, none.
    All,
}

/// By platform and customer: key and text of what was taken, in order.
pub(crate) type Taken = BTreeMap<(&'static str, String), Vec<(Option<String>, String)>>;

#[derive(Default)]
struct Seen {
    by_customer: Taken,
    /// Everything, as it came.
    bodies: Vec<String>,
    requests: usize,
    torn: usize,
    /// Of which messages without a key: whose, and the place among theirs.
    torn_at: Vec<((&'static str, String), usize)>,
    cut: usize,
}

struct Inner {
    seen: Mutex<Seen>,
    more: Condvar,
    trouble: Trouble,
}

/// The platform.
pub(crate) struct Stub {
    pub(crate) url: String,
    /// Where it takes mail.
    pub(crate) smtp: u16,
    inner: Arc<Inner>,
}

impl Stub {
    pub(crate) fn start(trouble: Trouble) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let inner = Arc::new(Inner { seen: Mutex::default(), more: Condvar::new(), trouble });
        let shared = Arc::clone(&inner);
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let inner = Arc::clone(&shared);
                thread::spawn(move || serve(&inner, stream));
            }
        });
        let mail = TcpListener::bind("127.0.0.1:0").unwrap();
        let smtp = mail.local_addr().unwrap().port();
        let shared = Arc::clone(&inner);
        thread::spawn(move || {
            for stream in mail.incoming().map_while(Result::ok) {
                let inner = Arc::clone(&shared);
                thread::spawn(move || take_mail(&inner, stream));
            }
        });
        Self { url, smtp, inner }
    }

    /// Waits until something holds; looks again whenever something came in.
    pub(crate) fn wait_until(&self, mut holds: impl FnMut() -> bool) {
        let deadline = Instant::now() + LONG;
        while !holds() {
            assert!(Instant::now() < deadline, "it does not come to an end");
            let seen = self.inner.seen.lock().unwrap();
            drop(self.inner.more.wait_timeout(seen, Duration::from_millis(200)).unwrap());
        }
    }

    /// Says that something may hold by now.
    pub(crate) fn wake(&self) {
        self.inner.more.notify_all();
    }

    /// Waits for a message with this in it, and takes everything that came.
    pub(crate) fn awaited(&self, words: &str, name: &str) -> String {
        let deadline = Instant::now() + DEADLINE;
        let mut seen = self.inner.seen.lock().unwrap();
        loop {
            if let Some(body) = seen.bodies.iter().find(|body| body.contains(words)).cloned() {
                seen.bodies.clear();
                return body;
            }
            let left = deadline.checked_duration_since(Instant::now());
            let left = left.unwrap_or_else(|| panic!("{name} was sent only {:?}", seen.bodies));
            seen = self.inner.more.wait_timeout(seen, left).unwrap().0;
        }
    }

    /// What each customer was sent.
    pub(crate) fn seen(&self) -> Taken {
        self.inner.seen.lock().unwrap().by_customer.clone()
    }

    /// How many messages were taken whose answer was torn behind its head; and how many
    /// without a key of which nothing was answered.
    pub(crate) fn torn_and_cut(&self) -> (usize, usize) {
        let seen = self.inner.seen.lock().unwrap();
        (seen.torn, seen.cut)
    }

    /// How many messages without a key came once more after an answer that was torn.
    pub(super) fn repeated_after_torn(&self) -> usize {
        let seen = self.inner.seen.lock().unwrap();
        let repeated = |(customer, at): &&((&'static str, String), usize)| {
            let texts = seen.by_customer[customer].iter().map(|(_, text)| text);
            texts.skip(*at).skip(1).any(|text| *text == seen.by_customer[customer][*at].1)
        };
        seen.torn_at.iter().filter(repeated).count()
    }
}

fn serve(inner: &Inner, stream: TcpStream) {
    let mut out = stream.try_clone().unwrap();
    let mut input = BufReader::new(stream);
    while let Some((path, body)) = request(&mut input) {
        let answer = inner.answer(&path, &body);
        let whole = !answer.is_empty() && !answer.ends_with(b"...");
        if out.write_all(&answer).is_err() || !whole {
            let _ = out.shutdown(std::net::Shutdown::Both);
            return;
        }
    }
}

/// A conversation by SMTP; keeps the mail as text. Ends where the other side ends.
fn take_mail(inner: &Inner, mut out: TcpStream) -> Option<()> {
    let mut input = BufReader::new(out.try_clone().ok()?);
    out.write_all(b"220 stub\r\n").ok()?;
    let (mut mail, mut line, mut data) = (String::new(), String::new(), false);
    while input.read_line(&mut line).ok()? > 0 {
        let command = line.trim_end();
        let answer = match (data, command) {
            (true, ".") => {
                // Cut where lines would be too long for SMTP.
                let whole = std::mem::take(&mut mail).replace("=\r\n", "");
                inner.seen.lock().unwrap().bodies.push(whole);
                inner.more.notify_all();
                data = false;
                "250 taken"
            }
            (true, _) => {
                mail.push_str(&line);
                line.clear();
                continue;
            }
            (false, "DATA") => {
                data = true;
                "354 go on"
            }
            (false, "QUIT") => "221 bye",
            (false, _) => "250 ok",
        };
        out.write_all(format!("{answer}\r\n").as_bytes()).ok()?;
        line.clear();
    }
    Some(())
}

/// The next request of a connection: path and body.
fn request(input: &mut impl BufRead) -> Option<(String, String)> {
    let mut line = String::new();
    input.read_line(&mut line).ok().filter(|length| *length > 0)?;
    let path = line.split(' ').nth(1)?.to_owned();
    let mut length = 0;
    loop {
        let mut header = String::new();
        input.read_line(&mut header).ok()?;
        let header = header.trim().to_ascii_lowercase();
        if header.is_empty() {
            break;
        }
        if let Some(value) = header.strip_prefix("content-length:") {
            length = value.trim().parse().ok()?;
        }
    }
    let mut body = vec![0; length];
    input.read_exact(&mut body).ok()?;
    Some((path, String::from_utf8_lossy(&body).into_owned()))
}

impl Inner {
    fn answer(&self, path: &str, body: &str) -> Vec<u8> {
        let parsed: Value = serde_json::from_str(body).unwrap_or_default();
        if path.contains("sendChatAction") || path.contains("loading/start") {
            return http(200, "", &json!({"ok": true, "result": true}));
        }
        let mut seen = self.seen.lock().unwrap();
        seen.requests += 1;
        let n = seen.requests;
        if self.trouble == Trouble::First && n == 1 {
            let blocked = json!({"ok": false, "error_code": 403, "description": "blocked"});
            drop(seen);
            self.more.notify_all();
            return http(403, "", &blocked);
        }
        if self.trouble == Trouble::All {
            if n.is_multiple_of(101) {
                let wait = json!({"ok": false, "error_code": 429, "description": "slow down",
                    "parameters": {"retry_after": 1}});
                return http(429, "retry-after: 1\r\n", &wait);
            }
            if n.is_multiple_of(23) {
                return http(500, "", &json!({"ok": false, "error_code": 500}));
            }
        }
        seen.bodies.push(body.to_owned());
        let torn = self.trouble == Trouble::All && n.is_multiple_of(37);
        let cut = self.trouble == Trouble::All && !torn && n.is_multiple_of(41);
        seen.torn += usize::from(torn);
        if let Some((customer, key, text)) = read(path, &parsed) {
            seen.cut += usize::from(cut && key.is_none());
            let at = seen.by_customer.get(&customer).map_or(0, Vec::len);
            if torn && key.is_none() {
                seen.torn_at.push((customer.clone(), at));
            }
            seen.by_customer.entry(customer).or_default().push((key, text));
        }
        drop(seen);
        self.more.notify_all();
        if cut {
            return Vec::new();
        }
        if torn {
            return b"HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\n{\"ok\": tr...".to_vec();
        }
        let name = format!("out-{n}");
        http(
            200,
            "",
            &json!({
                "ok": true, "result": {"message_id": n}, "messages": [{"id": name}],
                "sentMessages": [{"id": name}], "id": name, "message_id": name, "status": 0,
                "message_token": n, "ts": name, "error": 0, "errcode": 0,
                "access_token": "token", "expires_in": 7200, "data": {"message_id": name},
            }),
        )
    }
}

/// Who is sent what: platform and customer, the key where there is one, the text.
fn read(path: &str, body: &Value) -> Option<((&'static str, String), Option<String>, String)> {
    if path.contains("sendMessage") {
        let chat = match &body["chat_id"] {
            Value::String(chat) => chat.clone(),
            other => other.to_string(),
        };
        return Some((("telegram", chat), None, body["text"].as_str()?.to_owned()));
    }
    let data = &body["data"];
    let customer = data["conversation"].as_str()?.to_owned();
    let key = data["id"].as_str().map(str::to_owned);
    Some((("hook", customer), key, data["text"].as_str()?.to_owned()))
}

fn http(status: u16, headers: &str, body: &Value) -> Vec<u8> {
    let body = body.to_string();
    format!(
        "HTTP/1.1 {status} x\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\
         {headers}\r\n{body}",
        body.len()
    )
    .into_bytes()
}
