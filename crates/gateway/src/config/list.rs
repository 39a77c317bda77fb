//! The list of the settings: how each is written, its default, and what it does.

/// One setting, as people write it.
#[derive(Clone, Copy, Debug)]
pub struct Setting {
    /// The key in `switchboard.toml`.
    pub key: &'static str,
    /// The flag, without the dashes before it.
    pub flag: &'static str,
    /// The environment variable.
    pub env: &'static str,
    /// What stands for the value in the help text.
    pub value: &'static str,
    /// In force where nothing else is said; `None` is absent.
    pub default: Option<&'static str>,
    /// Never shown, and no flag: a command line is public on its machine.
    pub secret: bool,
    /// A path, relative to the file it is written in.
    pub path: bool,
    /// What it does, with its unit.
    pub help: &'static str,
}

const PLAIN: Setting = Setting {
    key: "",
    flag: "",
    env: "",
    value: "",
    default: None,
    secret: false,
    path: false,
    help: "",
};

/// Every setting, in the order in which they are shown.
pub const SETTINGS: [Setting; 19] = [
    Setting {
        key: "listen",
        flag: "listen",
        env: "SWITCHBOARD_LISTEN",
        value: "ADDRESS",
        default: Some("127.0.0.1:8080"),
        help: "Address and port to listen on; port 0 takes a free one",
        ..PLAIN
    },
    Setting {
        key: "data",
        flag: "data",
        env: "SWITCHBOARD_DATA",
        value: "DIR",
        default: Some("data"),
        path: true,
        help: "Folder of the database, the admin token and customers' files; made when missing",
        ..PLAIN
    },
    Setting {
        key: "database",
        flag: "database",
        env: "SWITCHBOARD_DATABASE",
        value: "URL",
        help: "A PostgreSQL database instead of the file in DIR, which several nodes may share: \
               postgres://USER@HOST/NAME. As a flag without a password",
        ..PLAIN
    },
    Setting {
        key: "database_password_file",
        flag: "database-password-file",
        env: "SWITCHBOARD_DATABASE_PASSWORD_FILE",
        value: "FILE",
        path: true,
        help: "The file with the password for the PostgreSQL database",
        ..PLAIN
    },
    Setting {
        key: "database_password",
        flag: "database-password",
        env: "SWITCHBOARD_DATABASE_PASSWORD",
        value: "SECRET",
        secret: true,
        help: "The password itself. Not a flag: environment or file only",
        ..PLAIN
    },
    Setting {
        key: "shop",
        flag: "shop",
        env: "SWITCHBOARD_SHOP",
        value: "DIR",
        path: true,
        help: "Your own intents/ and faq/, laid over the bundled ones (see `switchboard init`)",
        ..PLAIN
    },
    Setting {
        key: "intents",
        flag: "intents",
        env: "SWITCHBOARD_INTENTS",
        value: "WHICH",
        default: Some("all"),
        help: "Which intents are understood: all (yours beside the bundled ones) or own (those of \
               your shop's folder alone, in the languages it has a folder for)",
        ..PLAIN
    },
    Setting {
        key: "message_log",
        flag: "message-log",
        env: "SWITCHBOARD_MESSAGE_LOG",
        value: "FILE",
        path: true,
        help: "Keeps what customers write in this file, for `switchboard replay`, with numbers, \
               addresses and links masked; without it nothing is kept",
        ..PLAIN
    },
    Setting {
        key: "log",
        flag: "log",
        env: "SWITCHBOARD_LOG",
        value: "FILTER",
        default: Some("info"),
        help: "What is logged: error, warn, info, debug, or a filter such as gateway=debug",
        ..PLAIN
    },
    Setting {
        key: "log_format",
        flag: "log-format",
        env: "SWITCHBOARD_LOG_FORMAT",
        value: "FORMAT",
        default: Some("text"),
        help: "How it is logged, on standard error: text or json",
        ..PLAIN
    },
    Setting {
        key: "timeout_seconds",
        flag: "timeout-seconds",
        env: "SWITCHBOARD_TIMEOUT_SECONDS",
        value: "N",
        default: Some("10"),
        help: "How long a request may take, its body included",
        ..PLAIN
    },
    Setting {
        key: "drain_seconds",
        flag: "drain-seconds",
        env: "SWITCHBOARD_DRAIN_SECONDS",
        value: "N",
        default: Some("20"),
        help: "How long requests under way are waited for when the service stops",
        ..PLAIN
    },
    Setting {
        key: "max_connections",
        flag: "max-connections",
        env: "SWITCHBOARD_MAX_CONNECTIONS",
        value: "N",
        default: Some("4096"),
        help: "How many connections are served at once; more wait",
        ..PLAIN
    },
    Setting {
        key: "visitor_requests_per_minute",
        flag: "visitor-requests-per-minute",
        env: "SWITCHBOARD_VISITOR_REQUESTS_PER_MINUTE",
        value: "N",
        default: Some("120"),
        help: "Requests a minute from one address without an API token; 0 is no limit",
        ..PLAIN
    },
    Setting {
        key: "api_requests_per_minute",
        flag: "api-requests-per-minute",
        env: "SWITCHBOARD_API_REQUESTS_PER_MINUTE",
        value: "N",
        default: Some("60000"),
        help: "Requests a minute with one API token; 0 is no limit",
        ..PLAIN
    },
    Setting {
        key: "trusted_proxies",
        flag: "trusted-proxies",
        env: "SWITCHBOARD_TRUSTED_PROXIES",
        value: "N",
        default: Some("0"),
        help: "How many proxies of yours stand in front and add to X-Forwarded-For",
        ..PLAIN
    },
    Setting {
        key: "rasa",
        flag: "rasa",
        env: "SWITCHBOARD_RASA",
        value: "ACCESS",
        default: Some("token"),
        help: "Who may use Rasa's REST webhook: token (an API token), open (anyone; whoever \
               knows a `sender` speaks for it, as in Rasa), off",
        ..PLAIN
    },
    Setting {
        key: "outbound_allow_private",
        flag: "outbound-allow-private",
        env: "SWITCHBOARD_OUTBOUND_ALLOW_PRIVATE",
        value: "BOOL",
        default: Some("false"),
        help: "Whether replies and webhooks may go to hosts of this machine or a private network: \
               true or false",
        ..PLAIN
    },
    Setting {
        key: "api_token",
        flag: "api-token",
        env: "SWITCHBOARD_API_TOKEN",
        value: "SECRET",
        secret: true,
        help: "An API token of your choosing, beside the one in DIR/admin-token; 32 characters \
               or more. Not a flag: environment or file only",
        ..PLAIN
    },
];
