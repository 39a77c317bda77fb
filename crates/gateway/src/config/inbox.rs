//! Inboxes: the places where customers write, each with the settings of its channel.
//!
//! ```toml
//! [inbox.shop]
//! channel = "widget"
//! origins = ["https://shop.example"]
//! identity_secret_env = "SHOP_IDENTITY_SECRET"
//!
//! [inbox.shop.greeting]
//! es = "¡Hola! ¿En qué podemos ayudarte?"
//! ```
//!
//! What a setting means is its channel's affair; here stands how they are written. A secret
//! called `NAME` is named by `NAME_env` or `NAME_file`, since a file of settings is copied
//! and committed; whoever wants it in there all the same writes `NAME_plain`.

#[cfg(test)]
mod tests;
mod widget;

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::layers::{ConfigError, relative_to};
use super::settings::Secret;
use crate::files;

pub use widget::{Colour, OriginRule, Side, Widget};

/// The key under which inboxes stand.
pub(super) const KEY: &str = "inbox";
/// The key under which help desks and webhooks stand, written in the same way.
pub(super) const OUTLET: &str = "outlet";
/// The longest name of an inbox.
const MAX_NAME: usize = 64;
/// How a secret may be named.
const SOURCES: [&str; 3] = ["_env", "_file", "_plain"];
/// Words of a key that say that its value is a secret.
const SECRET_WORDS: [&str; 4] = ["secret", "token", "password", "key"];

/// Where something stands in the file of settings. Both count from 1; columns are characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    path: PathBuf,
    line: usize,
    column: usize,
}

impl Place {
    /// The place of a byte of the text.
    pub(super) fn of(path: &Path, text: &str, at: usize) -> Self {
        let before = text.get(..at).unwrap_or(text);
        let line = 1 + before.bytes().filter(|byte| *byte == b'\n').count();
        let start = before.rfind('\n').map_or(0, |end| end + 1);
        Self { path: path.to_owned(), line, column: 1 + before[start..].chars().count() }
    }

    pub(super) fn line(&self) -> usize {
        self.line
    }

    pub(super) fn refuse(&self, message: String) -> ConfigError {
        ConfigError::File { path: self.path.clone(), line: self.line, column: self.column, message }
    }
}

/// The value of a setting.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Value {
    Text(String),
    List(Vec<String>),
}

/// A secret, or why there is none.
#[derive(Clone, Debug)]
struct Named {
    /// `$SHOP_SECRET`, the path of a file, or that it stands in the settings.
    source: String,
    value: Result<Secret, String>,
    place: Place,
}

/// A place where customers write.
#[derive(Clone, Debug)]
pub struct Inbox {
    section: &'static str,
    name: String,
    channel: String,
    place: Place,
    values: BTreeMap<String, (Value, Place)>,
    secrets: BTreeMap<String, Named>,
}

impl Inbox {
    /// Its name: part of addresses, `^[a-z0-9][a-z0-9_-]*$`, 64 characters at most.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The channel: `widget`, or the name of a platform.
    #[must_use]
    pub fn channel(&self) -> &str {
        &self.channel
    }

    /// A setting; numbers and booleans as they are written. `table.key` in a table.
    #[must_use]
    pub fn text(&self, key: &str) -> Option<&str> {
        match self.values.get(key) {
            Some((Value::Text(text), _)) => Some(text),
            Some((Value::List(_), _)) | None => None,
        }
    }

    /// A list; one text is a list of one, nothing is an empty list.
    #[must_use]
    pub fn list(&self, key: &str) -> Vec<&str> {
        match self.values.get(key) {
            Some((Value::Text(text), _)) => vec![text],
            Some((Value::List(texts), _)) => texts.iter().map(String::as_str).collect(),
            None => Vec::new(),
        }
    }

    /// What stands in a table, by key.
    pub fn table(&self, name: &str) -> impl Iterator<Item = (&str, &str)> {
        self.values.iter().filter_map(move |(key, (value, _))| {
            let key = key.strip_prefix(name)?.strip_prefix('.')?;
            match value {
                Value::Text(text) => Some((key, text.as_str())),
                Value::List(_) => None,
            }
        })
    }

    /// The secret called so.
    #[must_use]
    pub fn secret(&self, name: &str) -> Option<&Secret> {
        self.secrets.get(name)?.value.as_ref().ok()
    }

    /// Says that a setting or secret is wrong, or missing, with its place.
    #[must_use]
    pub fn refuse(&self, key: &str, message: &str) -> ConfigError {
        let value = self.values.get(key).map(|(_, place)| place);
        let secret = self.secrets.get(key).map(|named| &named.place);
        let place = value.or(secret).unwrap_or(&self.place);
        place.refuse(format!("{} {:?}: `{key}` {message}", self.section, self.name))
    }

    /// Everything that is not among these settings, tables and secrets, and every secret
    /// that could not be read.
    #[must_use]
    pub fn check(&self, settings: &[&str], tables: &[&str], secrets: &[&str]) -> Vec<ConfigError> {
        let known = || {
            let secrets = secrets.iter().map(|name| format!("{name}_env (or _file)"));
            let tables = tables.iter().map(|name| format!("{name}.…"));
            let settings = settings.iter().map(|name| (*name).to_owned());
            settings.chain(tables).chain(secrets).collect::<Vec<_>>().join(", ")
        };
        let in_table =
            |key: &str| key.split_once('.').is_some_and(|(table, _)| tables.contains(&table));
        let unknown = (self.values.keys())
            .filter(|key| !settings.contains(&key.as_str()) && !in_table(key))
            .chain(self.secrets.keys().filter(|name| !secrets.contains(&name.as_str())));
        let unknown = unknown.map(|key| {
            self.refuse(
                key,
                &format!("is no setting of the channel {}; known: {}", self.channel, known()),
            )
        });
        let unread = self.secrets.iter().filter_map(|(name, named)| {
            named.value.as_ref().err().map(|why| self.refuse(name, why))
        });
        unknown.chain(unread).collect()
    }

    /// Every setting as people may see it: key, value with secrets left out, place.
    pub fn shown(&self) -> impl Iterator<Item = (String, String, String)> {
        let key = |key: &str| format!("{}.{}.{key}", self.section, self.name);
        let origin = |place: &Place| format!("{}:{}", place.path.display(), place.line);
        let name = if self.section == OUTLET { "kind" } else { "channel" };
        let channel = (key(name), self.channel.clone(), origin(&self.place));
        let values = self.values.iter().map(move |(name, (value, place))| {
            let value = match value {
                Value::Text(text) => text.clone(),
                Value::List(texts) => texts.join(", "),
            };
            (key(name), value, origin(place))
        });
        let secrets = self.secrets.iter().map(move |(name, named)| {
            let state = if named.value.is_ok() { "set" } else { "missing" };
            (
                key(name),
                format!("(secret, {state})"),
                format!("{} at {}", named.source, origin(&named.place)),
            )
        });
        std::iter::once(channel).chain(values).chain(secrets)
    }
}

/// Reads `[inbox.…]` or `[outlet.…]` of a file. `environment` answers for the variables that hold secrets.
pub(super) fn read(
    section: &'static str,
    path: &Path,
    text: &str,
    value: &Spanned<DeValue<'_>>,
    environment: &dyn Fn(&str) -> Option<OsString>,
    errors: &mut Vec<ConfigError>,
) -> Vec<Inbox> {
    let place = |at: usize| Place::of(path, text, at);
    let DeValue::Table(inboxes) = value.get_ref() else {
        errors.push(place(value.span().start).refuse(format!(
            "`{section}` takes tables, one each: [{section}.shop] and its settings below"
        )));
        return Vec::new();
    };
    let mut reader = Reader { section, path, text, environment, errors };
    let mut entries: Vec<_> = inboxes.iter().collect();
    entries.sort_by_key(|(name, _)| name.span().start);
    entries
        .into_iter()
        .filter_map(|(name, value)| reader.inbox(name.get_ref(), &place(name.span().start), value))
        .collect()
}

struct Reader<'r> {
    section: &'static str,
    path: &'r Path,
    text: &'r str,
    environment: &'r dyn Fn(&str) -> Option<OsString>,
    errors: &'r mut Vec<ConfigError>,
}

impl Reader<'_> {
    fn refuse(&mut self, place: &Place, message: String) {
        self.errors.push(place.refuse(message));
    }

    fn inbox(&mut self, name: &str, place: &Place, value: &Spanned<DeValue<'_>>) -> Option<Inbox> {
        let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "_-".contains(c);
        let begins = name.starts_with(|c: char| c.is_ascii_alphanumeric());
        if name.len() > MAX_NAME || !begins || !name.chars().all(fits) {
            let message = format!(
                "{name:?} is no name of an inbox: it takes a-z, 0-9, - and _, {MAX_NAME} at most"
            );
            self.refuse(place, message);
            return None;
        }
        let DeValue::Table(table) = value.get_ref() else {
            self.refuse(place, format!("write [{}.{name}] and its settings below", self.section));
            return None;
        };
        let mut inbox = Inbox {
            section: self.section,
            name: name.to_owned(),
            channel: String::new(),
            place: place.clone(),
            values: BTreeMap::new(),
            secrets: BTreeMap::new(),
        };
        self.settings(&mut inbox, "", table);
        // Some help desks have a setting called `channel`.
        let (key, example) =
            if self.section == OUTLET { ("kind", "webhook") } else { ("channel", "widget") };
        match inbox.values.remove(key) {
            Some((Value::Text(channel), _)) => inbox.channel = channel,
            Some((Value::List(_), at)) => {
                self.refuse(&at, format!("{} {name:?}: `{key}` takes one name", self.section));
                return None;
            }
            None => {
                let section = self.section;
                self.refuse(
                    place,
                    format!("{section} {name:?} has no {key}; add {key} = {example:?} or another"),
                );
                return None;
            }
        }
        Some(inbox)
    }

    fn settings(&mut self, inbox: &mut Inbox, under: &str, table: &DeTable<'_>) {
        let mut entries: Vec<_> = table.iter().collect();
        entries.sort_by_key(|(key, _)| key.span().start);
        for (key, value) in entries {
            let place = Place::of(self.path, self.text, key.span().start);
            let name = format!("{under}{}", key.get_ref());
            let value = match value.get_ref() {
                DeValue::Table(table) if under.is_empty() => {
                    self.settings(inbox, &format!("{name}."), table);
                    continue;
                }
                other => value_of(other),
            };
            let Some(value) = value else {
                let message = format!(
                    "inbox {:?}: `{name}` takes a text, a number, true, false or a list of texts",
                    inbox.name
                );
                self.refuse(&place, message);
                continue;
            };
            self.setting(inbox, name, value, place);
        }
    }

    fn setting(&mut self, inbox: &mut Inbox, name: String, value: Value, place: Place) {
        let source = SOURCES.iter().find_map(|source| Some((name.strip_suffix(source)?, *source)));
        if let (Some((secret, source)), Value::Text(text)) = (source, &value) {
            let named = self.secret(source, text, &place);
            match inbox.secrets.entry(secret.to_owned()) {
                Entry::Vacant(free) => drop(free.insert(named)),
                Entry::Occupied(_) => {
                    let message = format!("inbox {:?}: `{secret}` is named twice", inbox.name);
                    self.refuse(&place, message);
                }
            }
            return;
        }
        if name.split(['_', '.']).any(|word| SECRET_WORDS.contains(&word)) {
            let message = format!(
                "inbox {:?}: `{name}` is a secret and does not belong in this file; name a variable \
                 by {name}_env or a file by {name}_file (or write {name}_plain, if it must be)",
                inbox.name
            );
            self.refuse(&place, message);
            return;
        }
        inbox.values.insert(name, (value, place));
    }

    fn secret(&self, source: &str, text: &str, place: &Place) -> Named {
        let (source, value) = match source {
            "_env" => {
                let value = (self.environment)(text).filter(|value| !value.is_empty());
                let value = value.ok_or_else(|| format!("is in ${text}, which is not set"));
                (format!("${text}"), value.map(|value| value.to_string_lossy().into_owned()))
            }
            "_file" => {
                let path = relative_to(self.path, text);
                let read = files::read(Path::new(&path)).map_err(|error| format!("is in {error}"));
                let value = read.and_then(|bytes| {
                    String::from_utf8(bytes)
                        .map_err(|_| format!("is in {path}, which is not UTF-8"))
                });
                (path, value)
            }
            _ => ("in plain".to_owned(), Ok(text.to_owned())),
        };
        let value = value.and_then(|value| match value.trim() {
            "" => Err("is empty".to_owned()),
            value => Ok(Secret::new(value)),
        });
        Named { source, value, place: place.clone() }
    }
}

fn value_of(value: &DeValue<'_>) -> Option<Value> {
    let text = |value: &DeValue<'_>| match value {
        DeValue::String(text) => Some(text.clone().into_owned()),
        DeValue::Integer(number) => Some(number.as_str().to_owned()),
        DeValue::Float(number) => Some(number.as_str().to_owned()),
        DeValue::Boolean(yes) => Some(yes.to_string()),
        DeValue::Datetime(_) | DeValue::Array(_) | DeValue::Table(_) => None,
    };
    match value {
        DeValue::Array(items) => {
            items.iter().map(|item| text(item.get_ref())).collect::<Option<_>>().map(Value::List)
        }
        other => text(other).map(Value::Text),
    }
}
