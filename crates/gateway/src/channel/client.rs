//! The one way out: requests to platforms, help desks and endpoints.
//!
//! No address that data names is connected to where it is private: the check is made on what
//! a name resolves to, at the moment of connecting, so that no name can mean one host when it
//! is checked and another when it is used. Redirects are not followed, answers are bounded
//! in size and time.

use std::future::Future;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::pin::Pin;
use std::sync::OnceLock;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::http::Uri;
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Bytes;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client as Pool;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use tokio::net::TcpStream;
use tower::Service;

#[cfg(test)]
mod tests;

/// How long a connection may take to be made.
const CONNECT: Duration = Duration::from_secs(5);
/// How long an unused connection is kept.
const IDLE: Duration = Duration::from_secs(30);
/// Unused connections to one host.
const IDLE_PER_HOST: usize = 8;
/// The largest answer that is read, in bytes.
const MAX_ANSWER_BYTES: usize = 1 << 20;

/// What came back.
#[derive(Clone, Debug)]
pub(crate) struct Answered {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, Vec<u8>)>,
    pub(crate) body: Vec<u8>,
}

/// Why nothing came back.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CallError {
    /// Nothing was sent: the request cannot be made so.
    #[error("{0}")]
    Unsendable(String),
    /// Nothing was sent: there is no connection.
    #[error("no connection: {0}")]
    Connect(String),
    /// It is not known whether the other end has it.
    #[error("no answer: {0}")]
    Unknown(String),
    /// The head of an answer came, the rest was cut off, too late or too large.
    #[error("the answer was cut off after its status, {}", .0.status)]
    Torn(Answered),
}

/// Connections that are kept.
type Kept = Pool<HttpsConnector<Guard>, Full<Bytes>>;

/// Calls other hosts.
#[derive(Debug)]
pub(crate) struct Client {
    guard: Guard,
    /// Made at the first call: reading the system's certificates takes time.
    pool: OnceLock<Result<Kept, String>>,
}

impl Client {
    pub(crate) fn new(allow_private: bool) -> Self {
        Self { guard: Guard { allow_private }, pool: OnceLock::new() }
    }

    fn pool(&self) -> Result<&Kept, CallError> {
        let made = self.pool.get_or_init(|| {
            let tls = HttpsConnectorBuilder::new()
                .with_native_roots()
                .map_err(|error| format!("the system's certificates cannot be read: {error}"))?;
            let connector = tls.https_or_http().enable_http1().wrap_connector(self.guard);
            Ok(Pool::builder(TokioExecutor::new())
                .pool_timer(TokioTimer::new())
                .pool_idle_timeout(IDLE)
                .pool_max_idle_per_host(IDLE_PER_HOST)
                // Whether to try again is for whoever knows what a repetition does.
                .retry_canceled_requests(false)
                .build(connector))
        });
        made.as_ref().map_err(|error| CallError::Unsendable(error.clone()))
    }

    /// Sends a request and reads the answer, in `within` altogether.
    pub(crate) async fn call(
        &self,
        request: &channels::Call,
        within: Duration,
    ) -> Result<Answered, CallError> {
        let wrong = |error: String| CallError::Unsendable(error);
        let mut built = hyper::Request::builder()
            .method(request.method.as_str())
            .uri(request.url.expose())
            .header("user-agent", concat!("switchboard/", env!("CARGO_PKG_VERSION")));
        for (name, value) in &request.headers {
            built = built.header(*name, value.expose());
        }
        // What is wrong with an address is not told: it may hold a secret.
        let built = built
            .body(Full::new(Bytes::from(request.body.clone())))
            .map_err(|_| wrong(format!("not an address or header: {}", request.shown)))?;
        if built.uri().host().is_none() {
            return Err(wrong(format!("not an address: {}", request.shown)));
        }
        self.send(built, within).await
    }

    /// Sends a sample as a platform would.
    pub(crate) async fn post(
        &self,
        url: &str,
        sample: &channels::SampleRequest,
        within: Duration,
    ) -> Result<Answered, CallError> {
        let mut built = hyper::Request::builder().method(sample.method.as_str()).uri(url);
        for (name, value) in &sample.headers {
            built = built.header(name, value);
        }
        let built = built.body(Full::new(Bytes::from(sample.body.clone())));
        let built = built.map_err(|_| CallError::Unsendable(format!("not an address: {url}")))?;
        self.send(built, within).await
    }

    async fn send(
        &self,
        request: hyper::Request<Full<Bytes>>,
        within: Duration,
    ) -> Result<Answered, CallError> {
        let pool = self.pool()?;
        let mut head = None;
        match tokio::time::timeout(within, exchange(pool, request, &mut head)).await {
            Ok(answered) => answered,
            Err(_) => Err(match head {
                Some(head) => CallError::Torn(head),
                None => CallError::Unknown(format!("not within {} s", within.as_secs())),
            }),
        }
    }
}

/// Sends a request and reads the answer, whose head is kept as soon as it is there.
async fn exchange(
    pool: &Kept,
    request: hyper::Request<Full<Bytes>>,
    kept: &mut Option<Answered>,
) -> Result<Answered, CallError> {
    let response = pool.request(request).await.map_err(|error| {
        let why = root(&error);
        if error.is_connect() { CallError::Connect(why) } else { CallError::Unknown(why) }
    })?;
    let (head, body) = response.into_parts();
    let headers =
        head.headers.iter().map(|(name, value)| (name.to_string(), value.as_bytes().to_vec()));
    let status = head.status.as_u16();
    let head = kept.insert(Answered { status, headers: headers.collect(), body: Vec::new() });
    match Limited::new(body, MAX_ANSWER_BYTES).collect().await {
        Ok(body) => Ok(Answered { body: body.to_bytes().to_vec(), ..head.clone() }),
        Err(_) => Err(CallError::Torn(head.clone())),
    }
}

/// The innermost cause: the others say that there is one.
fn root(error: &dyn std::error::Error) -> String {
    let mut cause = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    cause.to_string()
}

/// Makes connections, to public addresses alone unless told otherwise.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Guard {
    allow_private: bool,
}

impl Service<Uri> for Guard {
    type Response = TokioIo<TcpStream>;
    type Error = io::Error;
    type Future = Pin<Box<dyn Future<Output = io::Result<Self::Response>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        let guard = *self;
        Box::pin(async move { guard.connect(&uri).await.map(TokioIo::new) })
    }
}

impl Guard {
    async fn connect(self, uri: &Uri) -> io::Result<TcpStream> {
        let host = uri.host().unwrap_or_default().trim_matches(['[', ']']);
        let standard = if uri.scheme_str() == Some("https") { 443 } else { 80 };
        let port = uri.port_u16().unwrap_or(standard);
        let mut last = io::Error::new(io::ErrorKind::NotFound, format!("{host} has no address"));
        for address in tokio::net::lookup_host((host, port)).await? {
            if !self.allows(address.ip()) {
                let why = format!(
                    "{host} is a private address; set outbound_allow_private where that is meant"
                );
                last = io::Error::new(io::ErrorKind::PermissionDenied, why);
                continue;
            }
            match tokio::time::timeout(CONNECT, TcpStream::connect(address)).await {
                Ok(Ok(stream)) => {
                    stream.set_nodelay(true)?;
                    return Ok(stream);
                }
                Ok(Err(error)) => last = error,
                Err(_) => last = io::Error::new(io::ErrorKind::TimedOut, "no connection in time"),
            }
        }
        Err(last)
    }

    fn allows(self, address: IpAddr) -> bool {
        self.allow_private || is_public(address)
    }
}

/// Whether an address belongs to the Internet: not this machine, not a private network, not
/// a link, not a tunnel into one of them.
fn is_public(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(v4) => is_public_v4(v4),
        IpAddr::V6(v6) => is_public_v6(v6),
    }
}

fn is_public_v4(v4: Ipv4Addr) -> bool {
    let [a, b, c, _] = v4.octets();
    !(v4.is_private()
        || v4.is_loopback()
        || v4.is_link_local()
        || v4.is_multicast()
        || v4.is_documentation()
        || a == 0
        || a >= 240
        // Shared by providers; protocol assignments; benchmarks; the old way to IPv6.
        || (a == 100 && (64..128).contains(&b))
        || (a == 192 && b == 0 && c == 0)
        || (a == 192 && b == 88 && c == 99)
        || (a == 198 && (b == 18 || b == 19)))
}

fn is_public_v6(v6: Ipv6Addr) -> bool {
    let [a, b, c, d, e, f, g, h] = v6.segments();
    let within = |high: u16, low: u16| {
        let [a, b] = high.to_be_bytes();
        let [c, d] = low.to_be_bytes();
        is_public_v4(Ipv4Addr::new(a, b, c, d))
    };
    match a {
        // NAT64 and 6to4 lead to the address they hold.
        0x64 if b == 0xff9b => [c, d, e, f] == [0; 4] && within(g, h),
        0x2002 => within(b, c),
        // Teredo, ORCHID, documentation; all else that is not 2000::/3 is not the Internet.
        0x2001 => b >= 0x200 && b != 0xdb8,
        0x3fff => b >= 0x1000,
        _ => a & 0xe000 == 0x2000,
    }
}
