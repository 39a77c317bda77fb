//! Connections: where to, how secured, how many, and what a failure of one means.

use std::future::Future;
use std::pin::Pin;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use deadpool_postgres::{
    Manager, ManagerConfig, Object, Pool, PoolError, RecyclingMethod, Runtime,
};
use rustls::pki_types::CertificateDer;
use rustls::{ClientConfig, RootCertStore};
use tokio_postgres::config::{Host, SslMode};
use tokio_postgres::error::SqlState;
use tokio_postgres::{Client, Config, NoTls};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::Options;
use crate::error::StoreError;

/// How long a connection may take to be made.
const CONNECT: Duration = Duration::from_secs(5);
/// After so long without an answer to what was sent, the network is taken for broken.
const SILENCE: Duration = Duration::from_secs(15);
/// What every connection begins with: no statement, wait for a lock or forgotten transaction
/// lasts for ever, and what is acknowledged is on disk.
const SESSION: &str = "-c statement_timeout=60s -c lock_timeout=20s \
     -c idle_in_transaction_session_timeout=60s -c synchronous_commit=on \
     -c client_encoding=UTF8 -c timezone=UTC -c jit=off";

/// A database to connect to: read from a URL or `key=value` pairs, never shown with its
/// password.
#[derive(Clone, PartialEq, Eq)]
pub struct Server {
    config: Config,
}

impl std::fmt::Debug for Server {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Server({})", self.name())
    }
}

impl Server {
    /// Reads `postgres://user@host:port/database?sslmode=require`. Without a `sslmode` what goes
    /// over a network is encrypted and the server's name proven, what stays on this machine
    /// is not.
    ///
    /// # Errors
    /// What is wrong with it, without its password.
    pub fn parse(url: &str) -> Result<Self, String> {
        // Names that libpq has for what is always done here: the certificate is checked.
        let plain = url
            .replace("sslmode=verify-full", "sslmode=require")
            .replace("sslmode=verify-ca", "sslmode=require");
        let mut config = Config::from_str(&plain).map_err(|error| {
            use std::error::Error;
            let source = error.source().map(|source| format!(": {source}")).unwrap_or_default();
            format!("{error}{source}")
        })?;
        if config.get_hosts().is_empty() {
            return Err("no host: postgres://user@host/database".to_owned());
        }
        if config.get_dbname().is_none() {
            return Err("no database: postgres://user@host/database".to_owned());
        }
        if !plain.contains("sslmode=") {
            let near = config.get_hosts().iter().all(is_near);
            config.ssl_mode(if near { SslMode::Disable } else { SslMode::Require });
        }
        let options = config.get_options().map(|own| format!("{SESSION} {own}"));
        config
            .options(options.as_deref().unwrap_or(SESSION))
            .application_name("switchboard")
            .connect_timeout(CONNECT)
            .tcp_user_timeout(SILENCE);
        Ok(Self { config })
    }

    /// With this password.
    #[must_use]
    pub fn with_password(mut self, password: &str) -> Self {
        self.config.password(password);
        self
    }

    /// Whether it has a password.
    #[must_use]
    pub fn has_password(&self) -> bool {
        self.config.get_password().is_some()
    }

    /// Its name, for messages.
    #[must_use]
    pub fn name(&self) -> String {
        let host = self.config.get_hosts().first().map(|host| match host {
            Host::Tcp(name) => name.clone(),
            Host::Unix(path) => path.display().to_string(),
        });
        let database = self.config.get_dbname().unwrap_or_default();
        format!("{} on {}", database, host.unwrap_or_default())
    }

    fn tls(&self) -> Result<Tls, StoreError> {
        let local = self.config.get_hosts().iter().all(|host| matches!(host, Host::Unix(_)));
        if local || self.config.get_ssl_mode() == SslMode::Disable {
            return Ok(Tls::None);
        }
        let found = rustls_native_certs::load_native_certs();
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(found.certs.into_iter().map(CertificateDer::into_owned));
        if roots.is_empty() {
            let detail = "no roots of certificates on this system; name a file of them by the \
                          variable SSL_CERT_FILE"
                .to_owned();
            return Err(StoreError::Unavailable { detail });
        }
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(unavailable)?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(Tls::Rustls(Box::new(MakeRustlsConnect::new(config))))
    }
}

/// On this machine.
fn is_near(host: &Host) -> bool {
    match host {
        Host::Unix(_) => true,
        Host::Tcp(name) => {
            name == "localhost"
                || name.parse().is_ok_and(|address: std::net::IpAddr| address.is_loopback())
        }
    }
}

#[derive(Clone)]
enum Tls {
    None,
    Rustls(Box<MakeRustlsConnect>),
}

/// The connections of a node.
pub(super) fn pool(server: &Server, options: &Options) -> Result<Pool, StoreError> {
    let settings = ManagerConfig { recycling_method: RecyclingMethod::Fast };
    let manager = match server.tls()? {
        Tls::None => Manager::from_config(server.config.clone(), NoTls, settings),
        Tls::Rustls(tls) => Manager::from_config(server.config.clone(), *tls, settings),
    };
    Pool::builder(manager)
        .max_size(options.connections.max(1))
        .wait_timeout(Some(options.wait))
        .create_timeout(Some(CONNECT))
        .recycle_timeout(Some(CONNECT))
        .runtime(Runtime::Tokio1)
        .build()
        .map_err(unavailable)
}

/// What a connection brings beside answers, as it comes; the connection ends with it.
type Driver = Pin<Box<dyn Future<Output = ()> + Send>>;

/// A connection of its own, which says by `heard` what others notify.
pub(super) async fn lone(
    server: &Server,
    heard: impl FnMut(tokio_postgres::Notification) + Send + 'static,
) -> Result<(Client, Driver), StoreError> {
    match server.tls()? {
        Tls::None => {
            let (client, connection) = server.config.connect(NoTls).await?;
            Ok((client, Box::pin(drive(connection, heard))))
        }
        Tls::Rustls(tls) => {
            let (client, connection) = server.config.connect(*tls).await?;
            Ok((client, Box::pin(drive(connection, heard))))
        }
    }
}

async fn drive<S, T>(
    mut connection: tokio_postgres::Connection<S, T>,
    mut heard: impl FnMut(tokio_postgres::Notification),
) where
    S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin,
    T: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin,
{
    loop {
        match std::future::poll_fn(|context| connection.poll_message(context)).await {
            Some(Ok(tokio_postgres::AsyncMessage::Notification(told))) => heard(told),
            Some(Ok(_)) => {}
            Some(Err(_)) | None => return,
        }
    }
}

/// A connection out of the pool.
pub(super) async fn take(pool: &Pool) -> Result<Object, StoreError> {
    pool.get().await.map_err(|error| match error {
        PoolError::Timeout(deadpool_postgres::TimeoutType::Wait) => StoreError::Overloaded,
        PoolError::Closed => StoreError::Closed,
        PoolError::Backend(error) => error.into(),
        error => unavailable(error),
    })
}

pub(super) fn unavailable(error: impl std::fmt::Display) -> StoreError {
    StoreError::Unavailable { detail: error.to_string() }
}

impl From<tokio_postgres::Error> for StoreError {
    fn from(error: tokio_postgres::Error) -> Self {
        use std::error::Error;
        // What a statement held is customers' own: only what went wrong is told.
        let detail = match (error.as_db_error(), error.source()) {
            (Some(told), _) => format!("{} ({})", told.message(), told.code().code()),
            (None, Some(source)) => format!("{error}: {source}"),
            (None, None) => error.to_string(),
        };
        Self::Unavailable { detail }
    }
}

/// Whether the same may succeed at once: two transactions stood in each other's way.
pub(super) fn is_clash(error: &tokio_postgres::Error) -> bool {
    matches!(
        error.code(),
        Some(&SqlState::T_R_DEADLOCK_DETECTED | &SqlState::T_R_SERIALIZATION_FAILURE)
    )
}

/// Whether a row of the same name is there.
pub(super) fn is_double(error: &tokio_postgres::Error) -> bool {
    error.code() == Some(&SqlState::UNIQUE_VIOLATION)
}
