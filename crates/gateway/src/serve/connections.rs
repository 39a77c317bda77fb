//! Connections: how many, how long they may dawdle, and an end that waits for them.

use std::convert::Infallible;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tower::Service;

use crate::app::App;
use crate::http::Peer;

/// How long a client may take over the head of a request, or keep quiet between two.
const HEAD: Duration = Duration::from_secs(30);
/// The largest head of a request, in bytes.
const MAX_HEAD_BYTES: usize = 64 * 1024;
/// How long nothing is accepted after the system refused to, out of file handles say.
const REFUSED: Duration = Duration::from_millis(100);

/// Bounds on connections.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    /// How many at once.
    pub(super) connections: usize,
    /// How long requests under way are waited for at the end.
    pub(super) drain: Duration,
}

/// SIGTERM and SIGINT; Ctrl-C where there are no signals.
pub(super) struct StopSignals {
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
}

impl StopSignals {
    /// Takes the signals over from the system's own habit of ending the process.
    pub(super) fn listen() -> io::Result<Self> {
        #[cfg(unix)]
        {
            use tokio::signal::unix::{SignalKind, signal};
            let terminate = signal(SignalKind::terminate())?;
            let interrupt = signal(SignalKind::interrupt())?;
            Ok(Self { terminate, interrupt })
        }
        #[cfg(not(unix))]
        Ok(Self {})
    }

    /// Waits for the next.
    async fn next(&mut self) {
        #[cfg(unix)]
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
        #[cfg(not(unix))]
        let _ = tokio::signal::ctrl_c().await;
    }
}

/// Serves until told to stop, then finishes what was accepted, within bounds.
pub(super) async fn serve(
    listener: TcpListener,
    router: Router,
    app: &Arc<App>,
    limits: &Limits,
    stop: &mut StopSignals,
) {
    let graceful = GracefulShutdown::new();
    let places = Arc::new(Semaphore::new(limits.connections));
    loop {
        let accepted = tokio::select! {
            // Nothing is accepted that there is no place for: it waits in the system's queue.
            accepted = async {
                let place = Arc::clone(&places).acquire_owned().await;
                (place, listener.accept().await)
            } => accepted,
            () = stop.next() => break,
        };
        match accepted {
            (Ok(place), Ok((stream, _))) => {
                let connection = graceful.watch(connection(stream, router.clone()));
                let app = Arc::clone(app);
                tokio::spawn(async move {
                    app.metrics.connected();
                    if let Err(error) = connection.await {
                        tracing::debug!(%error, "connection ended early");
                    }
                    app.metrics.disconnected();
                    drop(place);
                });
            }
            (_, Err(error)) => {
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(REFUSED).await;
            }
            // Nobody closes the semaphore.
            (Err(_), _) => break,
        }
    }
    app.stop();
    drop(listener);
    tracing::info!(drain_seconds = limits.drain.as_secs(), "stopping: no new connections");
    tokio::select! {
        () = graceful.shutdown() => tracing::info!("every request is finished"),
        () = tokio::time::sleep(limits.drain) => {
            tracing::warn!("some requests took longer than drain_seconds and are dropped");
        }
        () = stop.next() => tracing::warn!("told to stop twice: requests are dropped"),
    }
}

/// One connection, as HTTP/1.1.
fn connection(
    stream: TcpStream,
    router: Router,
) -> http1::Connection<
    TokioIo<TcpStream>,
    impl hyper::service::Service<
        Request<Incoming>,
        Response = axum::response::Response,
        Error = Infallible,
        Future: Send,
    >,
> {
    let peer = stream.peer_addr();
    // Replies are small and awaited.
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |request: Request<Incoming>| {
        let mut request = request.map(Body::new);
        if let Ok(peer) = peer {
            request.extensions_mut().insert(Peer(peer));
        }
        router.clone().call(request)
    });
    http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD)
        .max_buf_size(MAX_HEAD_BYTES)
        .serve_connection(TokioIo::new(stream), service)
}
