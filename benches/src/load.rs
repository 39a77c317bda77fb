//! Load over HTTP: clients that each keep one connection and have one request under way.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// A request as bytes, and what its answer must hold.
#[derive(Clone, Debug)]
pub struct Request {
    bytes: Vec<u8>,
    expect: String,
}

impl Request {
    /// A POST of JSON, with an API token where one is given.
    #[must_use]
    pub fn post(path: &str, token: &str, body: &str, expect: String) -> Self {
        let authorization = match token {
            "" => String::new(),
            token => format!("authorization: Bearer {token}\r\n"),
        };
        let length = body.len();
        let bytes = format!(
            "POST {path} HTTP/1.1\r\nhost: bench\r\ncontent-type: application/json\r\n\
             {authorization}content-length: {length}\r\n\r\n{body}"
        );
        Self { bytes: bytes.into_bytes(), expect }
    }

    /// A GET with an API token.
    #[must_use]
    pub fn get(path: &str, token: &str, expect: String) -> Self {
        let bytes =
            format!("GET {path} HTTP/1.1\r\nhost: bench\r\nauthorization: Bearer {token}\r\n\r\n");
        Self { bytes: bytes.into_bytes(), expect }
    }
}

impl Request {
    /// A POST of a body with these headers, answered with 200 and nothing in particular.
    #[must_use]
    pub fn signed(path: &str, headers: &[(String, String)], body: &[u8]) -> Self {
        let mut head = format!("POST {path} HTTP/1.1\r\nhost: bench\r\n");
        for (name, value) in headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head.push_str(&format!("content-length: {}\r\n\r\n", body.len()));
        Self { bytes: [head.as_bytes(), body].concat(), expect: String::new() }
    }
}

/// Who asks, where and for how long.
#[derive(Clone, Copy, Debug)]
pub struct Load {
    /// The service.
    pub address: SocketAddr,
    /// How many ask at once.
    pub clients: usize,
    /// For how long each begins another request.
    pub window: Duration,
}

/// How long each request took.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    micros: Vec<u64>,
    /// The most requests that one client sent.
    pub most: usize,
}

impl Seen {
    /// How many requests were answered.
    #[must_use]
    pub fn count(&self) -> usize {
        self.micros.len()
    }

    /// So many in a hundred took this long or less, in milliseconds.
    #[must_use]
    pub fn percentile(&self, percent: usize) -> f64 {
        let place = (self.micros.len() * percent / 100).min(self.micros.len().saturating_sub(1));
        self.micros.get(place).map_or(0.0, |micros| *micros as f64 / 1e3)
    }
}

/// Runs a load; `request` makes the n-th request of a client.
///
/// # Panics
/// A request is not answered as it must be.
#[must_use]
pub fn run(load: &Load, request: impl Fn(usize, usize) -> Request + Copy + Send + 'static) -> Seen {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.expect("a runtime");
    runtime.block_on(async {
        let load = *load;
        let clients: Vec<_> = (0..load.clients)
            .map(|client| tokio::spawn(one(load, move |n| request(client, n))))
            .collect();
        let mut seen = Seen::default();
        for client in clients {
            let micros = client.await.expect("every answer is right");
            seen.most = seen.most.max(micros.len());
            seen.micros.extend(micros);
        }
        seen.micros.sort_unstable();
        seen
    })
}

/// Sends each request at its time, whatever the answers take: the n-th is due n times `every`
/// after the beginning, and how long it took counts from there. Without a time between them
/// each client sends as fast as it is answered, and it counts from the sending.
///
/// # Panics
/// A request is not answered as it must be.
#[must_use]
pub fn paced(address: SocketAddr, clients: usize, every: Duration, requests: Vec<Request>) -> Seen {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.expect("a runtime");
    let requests = std::sync::Arc::new(requests);
    runtime.block_on(async {
        let began = Instant::now() + Duration::from_millis(100);
        let client = |client: usize| {
            let requests = std::sync::Arc::clone(&requests);
            async move {
                let mut stream = TcpStream::connect(address).await.expect("the service listens");
                stream.set_nodelay(true).expect("a socket");
                let mut answer = Vec::with_capacity(16 << 10);
                let mut micros = Vec::new();
                for n in (client..requests.len()).step_by(clients) {
                    let request = &requests[n];
                    let mut due = began + every * u32::try_from(n).expect("no more than billions");
                    if every.is_zero() {
                        due = Instant::now();
                    } else {
                        tokio::time::sleep_until(due.into()).await;
                    }
                    stream.write_all(&request.bytes).await.expect("taken");
                    read(&mut stream, &mut answer).await;
                    micros.push(u64::try_from(due.elapsed().as_micros()).unwrap_or(u64::MAX));
                    let text = String::from_utf8_lossy(&answer);
                    let right = text.starts_with("HTTP/1.1 200 ") && text.contains(&request.expect);
                    assert!(right, "{text}");
                }
                micros
            }
        };
        let clients: Vec<_> = (0..clients).map(|n| tokio::spawn(client(n))).collect();
        let mut seen = Seen::default();
        for client in clients {
            seen.micros.extend(client.await.expect("every answer is right"));
        }
        seen.micros.sort_unstable();
        seen
    })
}

async fn one(load: Load, request: impl Fn(usize) -> Request) -> Vec<u64> {
    let mut stream = TcpStream::connect(load.address).await.expect("the service listens");
    stream.set_nodelay(true).expect("a socket");
    let mut answer = Vec::with_capacity(16 << 10);
    let mut micros = Vec::new();
    let began = Instant::now();
    while began.elapsed() < load.window {
        let request = request(micros.len());
        let sent = Instant::now();
        stream.write_all(&request.bytes).await.expect("taken");
        read(&mut stream, &mut answer).await;
        micros.push(u64::try_from(sent.elapsed().as_micros()).unwrap_or(u64::MAX));
        let text = String::from_utf8_lossy(&answer);
        assert!(text.starts_with("HTTP/1.1 200 ") && text.contains(&request.expect), "{text}");
    }
    micros
}

/// Reads one answer, which says its length.
async fn read(stream: &mut TcpStream, answer: &mut Vec<u8>) {
    answer.clear();
    let mut whole = usize::MAX;
    while answer.len() < whole {
        let read = stream.read_buf(answer).await.expect("an answer");
        assert!(read > 0, "the connection ended: {}", String::from_utf8_lossy(answer));
        if whole == usize::MAX
            && let Some(head) = answer.windows(4).position(|window| window == b"\r\n\r\n")
        {
            let text = String::from_utf8_lossy(&answer[..head]).to_ascii_lowercase();
            let length = text.split_once("content-length: ").expect("a length").1;
            let length: usize = length.lines().next().unwrap_or_default().parse().expect("digits");
            whole = head + 4 + length;
        }
    }
}

/// A program that says on its first line where it listens. Killed when dropped.
#[derive(Debug)]
pub struct Program {
    child: Child,
    /// Where it listens.
    pub address: SocketAddr,
    /// Its process.
    pub pid: u32,
}

impl Program {
    /// Starts it and waits for its first line.
    ///
    /// # Panics
    /// It does not start.
    #[must_use]
    pub fn start(program: &str, argument: &str) -> Self {
        let mut command = Command::new(program);
        command.arg(argument).stdin(Stdio::null()).stdout(Stdio::piped());
        let mut child = command.spawn().expect("it starts");
        let mut line = String::new();
        let out = child.stdout.take().expect("a pipe");
        BufReader::new(out).read_line(&mut line).expect("a line");
        let address = line.trim().trim_start_matches("http://").parse().expect("an address");
        Self { address, pid: child.id(), child }
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // One that has ended by itself needs no end.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
