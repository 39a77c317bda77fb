//! `switchboard config`: what is in force, and whence.

use std::io::Write;

use super::marks::{DIM, END};
use super::{Done, Failure};
use crate::config::{self, Given, Inbox, Origin, SETTINGS, Settings};

pub(super) fn show(given: Given) -> Done {
    let resolved = super::resolve(given).map_err(|errors| {
        let errors: Vec<String> = errors.iter().map(ToString::to_string).collect();
        Failure::Invalid(errors.join("\n       "))
    })?;
    let mut out = anstream::stdout().lock();
    let width = SETTINGS.iter().map(|setting| setting.key.len()).max().unwrap_or_default();
    for setting in &SETTINGS {
        let (value, origin) = match resolved.get(setting.key) {
            None => ("(none)".to_owned(), Origin::Default),
            Some((_, origin)) if setting.secret => ("(secret, set)".to_owned(), origin.clone()),
            Some((value, origin)) => {
                (config::unsecret(setting.key, value).into_owned(), origin.clone())
            }
        };
        let key = setting.key;
        writeln!(out, "{key:<width$}  {value}  {DIM}# {origin}{END}")?;
    }
    for (key, value, origin) in
        resolved.inboxes().iter().chain(resolved.outlets()).flat_map(Inbox::shown)
    {
        writeln!(out, "{key:<width$}  {value}  {DIM}# {origin}{END}")?;
    }
    out.flush()?;
    drop(out);
    // What is wrong is said after everything is shown.
    Settings::read(&resolved).map(drop).map_err(|errors| {
        let errors: Vec<String> = errors.iter().map(ToString::to_string).collect();
        Failure::Invalid(errors.join("\n       "))
    })
}
