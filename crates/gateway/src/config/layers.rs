//! Where a value comes from.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt;
use std::path::{Path, PathBuf};

use clap::parser::ValueSource;
use clap::{Arg, ArgMatches, Args, Command, FromArgMatches};
use toml::de::{DeTable, DeValue};

use super::inbox::{self, Inbox, Place};
use super::list::{SETTINGS, Setting};
use crate::files;

/// The file that is read where no other is named.
const FILE: &str = "switchboard.toml";
const FILE_ENV: &str = "SWITCHBOARD_CONFIG";

/// Where a value comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A flag of the command line.
    Flag(&'static str),
    /// A variable of the environment.
    Environment(&'static str),
    /// A line of a file.
    File(PathBuf, usize),
    /// Nobody said otherwise.
    Default,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag(flag) => write!(f, "--{flag}"),
            Self::Environment(name) => f.write_str(name),
            Self::File(path, line) => write!(f, "{}:{line}", path.display()),
            Self::Default => f.write_str("default"),
        }
    }
}

/// Something in the configuration is wrong.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// A value that cannot be read.
    #[error("{origin}: {key} is {value}; expected {expected}")]
    Value {
        /// Of what.
        key: &'static str,
        /// The value, masked where secret.
        value: String,
        /// Where it stands.
        origin: Origin,
        /// What could stand there.
        expected: String,
    },
    /// The file is broken, or has a key that means nothing.
    #[error("{}:{line}:{column}: {message}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// The column in characters, from 1.
        column: usize,
        /// What is wrong, and what to do.
        message: String,
    },
    /// The file cannot be read.
    #[error("{0}")]
    Unreadable(String),
}

impl ConfigError {
    pub(super) fn value(key: &'static str, value: &str, origin: &Origin, expected: &str) -> Self {
        let secret = SETTINGS.iter().any(|setting| setting.key == key && setting.secret);
        let value = match secret {
            true => "(secret)".to_owned(),
            false => format!("{:?}", unsecret(key, value)),
        };
        Self::Value { key, value, origin: origin.clone(), expected: expected.to_owned() }
    }
}

/// A value as people may see it: an address may hold a password.
#[must_use]
pub fn unsecret<'a>(key: &str, value: &'a str) -> Cow<'a, str> {
    if key != "database" {
        return Cow::Borrowed(value);
    }
    if let Some(at) = value.find("password") {
        return Cow::Owned(format!("{}password=…", &value[..at]));
    }
    let start = value.find("://").map_or(0, |at| at + 3);
    match (value[start..].find(':'), value.rfind('@')) {
        (Some(colon), Some(at)) if start + colon < at => {
            Cow::Owned(format!("{}:…{}", &value[..start + colon], &value[at..]))
        }
        _ => Cow::Borrowed(value),
    }
}

/// What flags and environment say of every setting.
#[derive(Clone, Debug, Default)]
pub struct Given {
    values: BTreeMap<&'static str, (String, Origin)>,
    file: Option<PathBuf>,
}

/// What flags and environment say of the packs alone, for commands that serve nobody.
#[derive(Clone, Debug, Default)]
pub struct GivenShop(pub Given);

/// What flags and environment say of the folders of state and shop, for commands that look
/// at what a service keeps.
#[derive(Clone, Debug, Default)]
pub struct GivenData(pub Given);

/// What is in force.
#[derive(Clone, Debug, Default)]
pub struct Resolved {
    values: Values,
    inboxes: Vec<Inbox>,
    outlets: Vec<Inbox>,
}

type Values = BTreeMap<&'static str, (String, Origin)>;

impl Given {
    /// Takes values as flags would give them.
    #[must_use]
    pub fn flags(values: &[(&str, &str)]) -> Self {
        let given = |setting: &Setting| {
            let (_, value) = values.iter().find(|(key, _)| *key == setting.key)?;
            Some((setting.key, ((*value).to_owned(), Origin::Flag(setting.flag))))
        };
        Self { values: SETTINGS.iter().filter_map(given).collect(), file: None }
    }

    /// Names the file to read, which must be there.
    #[must_use]
    pub fn with_file(self, path: &Path) -> Self {
        Self { file: Some(path.to_owned()), ..self }
    }

    /// Reads the file and lays the layers over each other. `environment` answers for the
    /// variables that are no flags.
    ///
    /// # Errors
    /// Everything wrong with the file.
    pub fn resolve(
        self,
        environment: impl Fn(&str) -> Option<OsString>,
    ) -> Result<Resolved, Vec<ConfigError>> {
        let mut values: Values = SETTINGS
            .iter()
            .filter_map(|s| Some((s.key, (s.default?.to_owned(), Origin::Default))))
            .collect();
        let path = self.file.clone().unwrap_or_else(|| PathBuf::from(FILE));
        let read = match self.file {
            Some(_) => files::read(&path).map(Some),
            None => files::read_if_there(&path),
        };
        let bytes = read.map_err(|error| vec![ConfigError::Unreadable(error.to_string())])?;
        let (mut inboxes, mut outlets) = (Vec::new(), Vec::new());
        if let Some(bytes) = bytes {
            let read = read_file(&path, &bytes, &environment)?;
            values.extend(read.values);
            inboxes = read.inboxes;
            outlets = read.outlets;
        }
        for setting in SETTINGS.iter().filter(|setting| setting.secret) {
            if let Some(value) = environment(setting.env).filter(|value| !value.is_empty()) {
                let value = value.to_string_lossy().into_owned();
                values.insert(setting.key, (value, Origin::Environment(setting.env)));
            }
        }
        values.extend(self.values);
        Ok(Resolved { values, inboxes, outlets })
    }
}

impl Resolved {
    /// The value of a setting and its origin.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<(&str, &Origin)> {
        self.values.get(key).map(|(value, origin)| (value.as_str(), origin))
    }

    /// The inboxes of the file, in its order. Their settings are not checked yet.
    #[must_use]
    pub fn inboxes(&self) -> &[Inbox] {
        &self.inboxes
    }
}

impl Resolved {
    /// Help desks and webhooks of the file, in its order. Their settings are not checked yet.
    #[must_use]
    pub fn outlets(&self) -> &[Inbox] {
        &self.outlets
    }
}

fn read_file(
    path: &Path,
    bytes: &[u8],
    environment: &dyn Fn(&str) -> Option<OsString>,
) -> Result<Resolved, Vec<ConfigError>> {
    let Ok(text) = std::str::from_utf8(bytes) else {
        let start = Place::of(path, "", 0);
        return Err(vec![start.refuse("not UTF-8; save the file as UTF-8".to_owned())]);
    };
    let place = |at: usize| Place::of(path, text, at);
    let table = DeTable::parse(text).map_err(|broken| {
        let at = broken.span().map_or(0, |span| span.start);
        vec![place(at).refuse(format!("this is not TOML: {}", broken.message()))]
    })?;
    let mut values = BTreeMap::new();
    let (mut inboxes, mut outlets) = (Vec::new(), Vec::new());
    let mut errors = Vec::new();
    let mut entries: Vec<_> = table.get_ref().iter().collect();
    entries.sort_by_key(|(key, _)| key.span().start);
    for (key, value) in entries {
        if key.get_ref() == inbox::KEY {
            inboxes = inbox::read(inbox::KEY, path, text, value, environment, &mut errors);
            continue;
        }
        if key.get_ref() == inbox::OUTLET {
            outlets = inbox::read(inbox::OUTLET, path, text, value, environment, &mut errors);
            continue;
        }
        let at = place(key.span().start);
        let Some(setting) = SETTINGS.iter().find(|s| s.key == key.get_ref().as_ref()) else {
            let known: Vec<_> =
                SETTINGS.iter().map(|s| s.key).chain([inbox::KEY, inbox::OUTLET]).collect();
            let known = known.join(", ");
            errors.push(at.refuse(format!("`{}` is no setting; known: {known}", key.get_ref())));
            continue;
        };
        let value = match value.get_ref() {
            DeValue::String(text) => text.clone().into_owned(),
            DeValue::Integer(number) => number.as_str().to_owned(),
            DeValue::Boolean(yes) => yes.to_string(),
            other => {
                let kind = other.type_str();
                errors.push(at.refuse(format!("`{}` takes a value, not {kind}", setting.key)));
                continue;
            }
        };
        let value = if setting.path { relative_to(path, &value) } else { value };
        values.insert(setting.key, (value, Origin::File(path.to_owned(), at.line())));
    }
    if errors.is_empty() { Ok(Resolved { values, inboxes, outlets }) } else { Err(errors) }
}

/// A path of a file is meant from the file's own folder.
pub(super) fn relative_to(file: &Path, value: &str) -> String {
    let folder = file.parent().unwrap_or(Path::new(""));
    folder.join(value).to_string_lossy().into_owned()
}

fn argument(setting: &Setting) -> Arg {
    Arg::new(setting.key)
        .long(setting.flag)
        .env(setting.env)
        .value_name(setting.value)
        .hide_env_values(true)
        .help(match setting.default {
            Some(default) => format!("{} [default: {default}]", setting.help),
            None => setting.help.to_owned(),
        })
}

fn augment(command: Command, of: impl Fn(&Setting) -> bool) -> Command {
    let settings = SETTINGS.iter().filter(|s| !s.secret && of(s)).map(argument);
    command.args(settings).arg(
        Arg::new("config")
            .long("config")
            .env(FILE_ENV)
            .value_name("FILE")
            .hide_env_values(true)
            .value_parser(clap::value_parser!(PathBuf))
            .help(format!("Where settings are read from [default: {FILE}, when it is there]")),
    )
}

fn collect(matches: &ArgMatches) -> Given {
    let mut given = Given::default();
    for setting in &SETTINGS {
        let Ok(Some(value)) = matches.try_get_one::<String>(setting.key) else { continue };
        let origin = match matches.value_source(setting.key) {
            Some(ValueSource::EnvVariable) => Origin::Environment(setting.env),
            _ => Origin::Flag(setting.flag),
        };
        // A variable that is set to nothing is not set.
        if !(value.is_empty() && matches!(origin, Origin::Environment(_))) {
            given.values.insert(setting.key, (value.clone(), origin));
        }
    }
    let file = matches.try_get_one::<PathBuf>("config").ok().flatten();
    given.file = file.filter(|path| !path.as_os_str().is_empty()).cloned();
    given
}

impl FromArgMatches for Given {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        Ok(collect(matches))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = collect(matches);
        Ok(())
    }
}

impl Args for Given {
    fn augment_args(command: Command) -> Command {
        augment(command, |_| true)
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for GivenData {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        Ok(Self(collect(matches)))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        self.0 = collect(matches);
        Ok(())
    }
}

impl Args for GivenData {
    fn augment_args(command: Command) -> Command {
        augment(command, |setting| {
            matches!(setting.key, "data" | "shop" | "database" | "database_password_file")
        })
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for GivenShop {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        Ok(Self(collect(matches)))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        self.0 = collect(matches);
        Ok(())
    }
}

impl Args for GivenShop {
    fn augment_args(command: Command) -> Command {
        augment(command, |setting| matches!(setting.key, "shop" | "intents"))
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}
