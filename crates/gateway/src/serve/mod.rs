//! `switchboard serve`: from nothing to ready, and to a clean end.

mod connections;
mod lines;
mod telemetry;

use std::io::Write;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use store::{ApiToken, Nodes, Store, StoreError, TokenHash};
use tokio::net::TcpListener;
use tokio::runtime::{Builder, Handle};
use tokio::task::AbortHandle;

use crate::app::App;
use crate::channel;
use crate::clock::{Clock, Stopwatch};
use crate::config::Settings;
use crate::database;
use crate::entropy::{self, NoEntropy, TokenKind};
use crate::files::{self, FileError};
use crate::http;
use crate::message_log::{LogError, MessageLog};
use crate::nodes;
use crate::packs::{Faults, Knowledge, PackFiles};
use crate::turn;

/// The name of the token made at first start.
const ADMIN: &str = "admin";
/// How often callers who were not seen for a while are forgotten.
const FORGET_EVERY: Duration = Duration::from_secs(60);
/// What threads in the background have as their niceness: a tenth of the weight of others
/// where processors are short, all of a processor that is idle.
#[cfg(target_os = "linux")]
const BACKGROUND_NICE: i32 = 10;

/// Why the service did not start, or did not end well.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// A folder or file cannot be used.
    #[error("{0}")]
    Files(#[from] FileError),
    /// Packs, answers or facts are broken.
    #[error("{0}")]
    Faults(#[from] Faults),
    /// The database cannot be used.
    #[error("{error}\nhelp: {}", error.help())]
    Store {
        /// As the store says it.
        #[from]
        error: StoreError,
    },
    /// The address cannot be listened on.
    #[error("cannot listen on {address}: {error}\nhelp: choose another with --listen")]
    Listen {
        /// Which.
        address: SocketAddr,
        /// As the system says it.
        error: std::io::Error,
    },
    /// Messages cannot be kept where the settings say.
    #[error("{0}\nhelp: name another file with --message-log, or leave it out")]
    MessageLog(#[from] LogError),
    /// The system refuses something that every service needs.
    #[error("{0}")]
    System(#[from] std::io::Error),
    /// No randomness for the admin token.
    #[error("{0}")]
    NoEntropy(#[from] NoEntropy),
}

/// Runs the service until it is told to stop. Blocks.
///
/// # Errors
/// Why it did not start, or what could not be finished.
pub fn run(settings: &Settings) -> Result<(), ServeError> {
    let _log = telemetry::start(settings)?;
    let runtime = Builder::new_multi_thread().enable_all().build()?;
    let background = Builder::new_multi_thread()
        .thread_name("background")
        .on_thread_start(give_way)
        .enable_all()
        .build()?;
    runtime.block_on(serve(settings, background.handle()))
}

/// Lets other threads go first. Where the system has no priority of a single thread, this one
/// takes its turn as all do.
fn give_way() {
    #[cfg(target_os = "linux")]
    if let Err(error) = rustix::process::setpriority_process(None, BACKGROUND_NICE) {
        tracing::debug!(%error, "work in the background has the priority of everything else");
    }
}

/// `background` is for what nobody waits for at the other end of a connection.
async fn serve(settings: &Settings, background: &Handle) -> Result<(), ServeError> {
    let watch = Stopwatch::start();
    let knowledge = Knowledge::compile(&PackFiles::gather(&settings.packs)?)?;
    files::make_private_folder(&settings.data)?;
    let store = database::open(settings).await?;
    let mut app = App::new(settings, knowledge, store, Clock::system());
    if let Some(path) = &settings.message_log {
        app = app.with_message_log(MessageLog::start(path)?);
        tracing::info!(path = %path.display(), "messages are kept for replay, masked");
    }
    let app = Arc::new(app);
    let token_path = settings.data.join("admin-token");
    make_admin_token(&app, &token_path).await?;

    let listener = TcpListener::bind(settings.listen)
        .await
        .map_err(|error| ServeError::Listen { address: settings.listen, error })?;
    let address = listener.local_addr()?;
    let knowledge = app.knowledge();
    tracing::info!(
        listen = %address,
        packs.hash = knowledge.analyzer.packs_hash(),
        languages = knowledge.analyzer.languages().len(),
        start_ms = watch.seconds() * 1e3,
        "ready"
    );
    drop(knowledge);
    // Signals are heard before anybody is told that the service is there.
    let mut stop = connections::StopSignals::listen()?;
    let mut helpers = vec![
        tokio::spawn(housekeeping(Arc::clone(&app))).abort_handle(),
        tokio::spawn(turn::keep_time(Arc::clone(&app))).abort_handle(),
    ];
    if let Some(hearing) = app.store.join().await? {
        let node = entropy::id(app.clock.now())?;
        helpers.push(tokio::spawn(nodes::hear(Arc::clone(&app), hearing, node)).abort_handle());
    }
    helpers.extend(channel::start(&app, background).await?);
    #[cfg(unix)]
    helpers.push(reload_when_told(Arc::clone(&app))?);
    announce(address, &token_path)?;

    let router = http::router(Arc::clone(&app));
    let limits =
        connections::Limits { connections: settings.max_connections, drain: settings.drain };
    connections::serve(listener, router, &app, &limits, &mut stop).await;
    helpers.iter().for_each(AbortHandle::abort);
    if app.message_log.is_some() {
        let app = Arc::clone(&app);
        let flush = move || app.message_log.iter().for_each(MessageLog::flush);
        // It writes a file, and may wait for the disk.
        let _ = tokio::task::spawn_blocking(flush).await;
    }
    app.store.close().await?;
    tracing::info!("stopped");
    Ok(())
}

/// Writes the admin token where the store has none. The file comes first: a token that is
/// known to the store alone would be lost.
async fn make_admin_token(app: &App, path: &Path) -> Result<(), ServeError> {
    if app.store.api_tokens().await?.iter().any(|token| token.name == ADMIN) {
        return Ok(());
    }
    let secret = entropy::token(TokenKind::Api)?;
    files::write_secret(path, &secret)?;
    let created_at = app.clock.now();
    let hash = TokenHash::of(&secret);
    let token = ApiToken {
        name: ADMIN.to_owned(),
        hash,
        created_at,
        revoked_at: None,
        scopes: store::Scopes::all(),
    };
    app.store.put_api_token(token).await?;
    tracing::info!(path = %path.display(), "an admin token is written");
    Ok(())
}

/// Tells whoever started it, on standard output, where to go.
fn announce(address: SocketAddr, token: &Path) -> std::io::Result<()> {
    let mut out = anstream::stdout().lock();
    writeln!(out, "Switchboard listens on http://{address} (open it to try it by hand)")?;
    if token.exists() {
        writeln!(out, "The API token is in {}", token.display())?;
    } else {
        writeln!(out, "The API token is where the node that came first has written it")?;
    }
    out.flush()
}

async fn housekeeping(app: Arc<App>) {
    let mut tick = tokio::time::interval(FORGET_EVERY);
    loop {
        tick.tick().await;
        app.limits.forget();
    }
}

/// Reloads packs and answers at each SIGHUP.
#[cfg(unix)]
fn reload_when_told(app: Arc<App>) -> std::io::Result<AbortHandle> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut hangups = signal(SignalKind::hangup())?;
    let reloads = tokio::spawn(async move {
        while hangups.recv().await.is_some() {
            // What is wrong is in the log; the old packs stay.
            let _ = app.reload().await;
        }
    });
    Ok(reloads.abort_handle())
}
