//! The settings as they are used: read from what is written, each with its type.

use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use super::inbox::Widget;
use super::layers::{ConfigError, Resolved};
use super::outlet::{self, Outlet};
use super::platform::{self, Platform};
use crate::files;
use crate::packs::{Intents, PackChoice};

/// Everything that can be set, read and ready.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where to listen.
    pub listen: SocketAddr,
    /// The folder of the database and the admin token.
    pub data: PathBuf,
    /// The database that is used in place of a file in that folder.
    pub database: Option<store::Server>,
    /// Which packs and answers.
    pub packs: PackChoice,
    /// Where messages are kept for replay; nowhere, if not said.
    pub message_log: Option<PathBuf>,
    /// The filter of the log.
    pub log: String,
    /// The form of the log.
    pub log_format: LogFormat,
    /// How long a request may take.
    pub timeout: Duration,
    /// How long requests under way are waited for at the end.
    pub drain: Duration,
    /// Connections served at once.
    pub max_connections: usize,
    /// For callers without an API token, each address.
    pub visitor_rate: Rate,
    /// For callers with an API token, each token.
    pub api_rate: Rate,
    /// How many entries at the end of `X-Forwarded-For` are ours.
    pub trusted_proxies: usize,
    /// Who may use Rasa's webhook.
    pub rasa: RasaAccess,
    /// An API token beside the admin token.
    pub api_token: Option<Secret>,
    /// Whether what is sent may go to hosts of a private network.
    pub allow_private: bool,
    /// Inboxes of messaging platforms.
    pub inboxes: Vec<Platform>,
    /// Help desks and webhooks.
    pub outlets: Vec<Outlet>,
    /// Widgets on pages of shops; the built-in one where the file names none. The first is
    /// meant by pages that name none.
    pub widgets: Vec<Widget>,
}

/// Requests a minute; 0 is no limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate(pub u32);

/// The form of the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// A line to be read by people.
    Text,
    /// A JSON object a line.
    Json,
}

/// Who may use Rasa's REST webhook.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RasaAccess {
    /// Callers with an API token.
    Token,
    /// Anyone. A sender is then known by its name alone.
    Open,
    /// Nobody.
    Off,
}

/// A value that is never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// A secret.
    pub(crate) fn new(value: &str) -> Self {
        Self(value.to_owned())
    }

    /// The value itself.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl Settings {
    /// Reads every value.
    ///
    /// # Errors
    /// Every value that cannot be read, with its origin.
    pub fn read(resolved: &Resolved) -> Result<Self, Vec<ConfigError>> {
        let mut errors = Vec::new();
        let (inboxes, widgets) = platform::inboxes(resolved, &mut errors);
        let outlets = outlet::outlets(resolved, &mut errors);
        let mut reader = Reader { resolved, errors: &mut errors };
        let settings = Self {
            listen: reader.need("listen", ([127, 0, 0, 1], 8080).into(), |text| {
                text.parse().map_err(|_| "an address and a port, such as 127.0.0.1:8080".into())
            }),
            data: reader.need("data", PathBuf::from("data"), |text| Ok(PathBuf::from(text))),
            database: reader.database(),
            packs: PackChoice {
                shop: reader.get("shop", |text| Ok(PathBuf::from(text))),
                intents: reader.need("intents", Intents::All, |text| match text {
                    "all" => Ok(Intents::All),
                    "own" if resolved.get("shop").is_some() => Ok(Intents::Own),
                    "own" => Err("all, or own together with --shop DIR".into()),
                    _ => Err("all or own".into()),
                }),
            },
            message_log: reader.get("message_log", |text| Ok(PathBuf::from(text))),
            log: reader.need("log", String::new(), |text| match text
                .parse::<tracing_subscriber::filter::Targets>(
            ) {
                Ok(_) => Ok(text.to_owned()),
                Err(error) => Err(format!("a filter such as info or gateway=debug ({error})")),
            }),
            log_format: reader.need("log_format", LogFormat::Text, |text| match text {
                "text" => Ok(LogFormat::Text),
                "json" => Ok(LogFormat::Json),
                _ => Err("text or json".into()),
            }),
            timeout: reader.need("timeout_seconds", Duration::ZERO, |text| seconds(text, 1, 300)),
            drain: reader.need("drain_seconds", Duration::ZERO, |text| seconds(text, 0, 3600)),
            max_connections: reader
                .need("max_connections", 1, |text| number(text, 1, 1_000_000).map(|n| n as usize)),
            visitor_rate: reader.need("visitor_requests_per_minute", Rate(0), rate),
            api_rate: reader.need("api_requests_per_minute", Rate(0), rate),
            trusted_proxies: reader
                .need("trusted_proxies", 0, |text| number(text, 0, 16).map(|n| n as usize)),
            rasa: reader.need("rasa", RasaAccess::Token, |text| match text {
                "token" => Ok(RasaAccess::Token),
                "open" => Ok(RasaAccess::Open),
                "off" => Ok(RasaAccess::Off),
                _ => Err("token, open or off".into()),
            }),
            api_token: reader.get("api_token", |text| {
                if text.chars().count() >= 32 && text.chars().all(|c| c.is_ascii_graphic()) {
                    Ok(Secret(text.to_owned()))
                } else {
                    Err("32 or more printable ASCII characters without spaces".into())
                }
            }),
            allow_private: reader.need("outbound_allow_private", false, |text| match text {
                "true" => Ok(true),
                "false" => Ok(false),
                _ => Err("true or false".into()),
            }),
            inboxes,
            outlets,
            widgets,
        };
        if errors.is_empty() { Ok(settings) } else { Err(errors) }
    }
}

struct Reader<'a> {
    resolved: &'a Resolved,
    errors: &'a mut Vec<ConfigError>,
}

impl Reader<'_> {
    fn get<T>(
        &mut self,
        key: &'static str,
        parse: impl FnOnce(&str) -> Result<T, String>,
    ) -> Option<T> {
        let (value, origin) = self.resolved.get(key)?;
        match parse(value) {
            Ok(parsed) => Some(parsed),
            Err(expected) => {
                self.errors.push(ConfigError::value(key, value, origin, &expected));
                None
            }
        }
    }

    /// The database, with its password from wherever that stands.
    fn database(&mut self) -> Option<store::Server> {
        let on_command_line =
            matches!(self.resolved.get("database"), Some((_, super::Origin::Flag(_))));
        let server = self.get("database", |url| {
            let server = store::Server::parse(url)
                .map_err(|error| format!("postgres://USER@HOST/NAME ({error})"))?;
            if on_command_line && server.has_password() {
                return Err("no password, because a command line is public on its machine; put \
                            it into SWITCHBOARD_DATABASE_PASSWORD or a file"
                    .into());
            }
            Ok(server)
        });
        let from_file = self.get("database_password_file", |path| {
            let bytes = files::read(std::path::Path::new(path));
            let bytes = bytes.map_err(|error| format!("a file that can be read ({error})"))?;
            let text = String::from_utf8(bytes).map_err(|_| "a file in UTF-8".to_owned())?;
            Ok(text.trim_end_matches(['\r', '\n']).to_owned())
        });
        let password = self.get("database_password", |text| Ok(text.to_owned())).or(from_file);
        let server = server?;
        Some(match password {
            Some(password) => server.with_password(&password),
            None => server,
        })
    }

    /// `unread` stands in where the value is wrong; the caller gets the errors instead.
    fn need<T>(
        &mut self,
        key: &'static str,
        unread: T,
        parse: impl FnOnce(&str) -> Result<T, String>,
    ) -> T {
        self.get(key, parse).unwrap_or(unread)
    }
}

fn number(text: &str, from: u32, to: u32) -> Result<u32, String> {
    match text.parse::<u32>() {
        Ok(number) if (from..=to).contains(&number) => Ok(number),
        _ => Err(format!("a whole number from {from} to {to}")),
    }
}

fn seconds(text: &str, from: u32, to: u32) -> Result<Duration, String> {
    number(text, from, to).map(|n| Duration::from_secs(u64::from(n)))
}

fn rate(text: &str) -> Result<Rate, String> {
    number(text, 0, 10_000_000).map(Rate)
}
