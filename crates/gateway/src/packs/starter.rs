//! What `switchboard init` writes: a shop's own folder, to be edited.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use super::embedded;
use crate::config::SETTINGS;
use crate::files::{self, FileError};

/// The files of a shop's own that are the same for everybody.
const FILES: [(&str, &str); 4] = [
    ("README.md", include_str!("../../starter/README.md")),
    ("intents/intents.toml", include_str!("../../starter/intents/intents.toml")),
    ("intents/en/events.toml", include_str!("../../starter/intents/en/events.toml")),
    ("faq/en/events.md", include_str!("../../starter/faq/en/events.md")),
];

/// Writes a shop's own folder. What is there already stays; says of each file whether it
/// was written.
///
/// # Errors
/// A file or folder that cannot be written.
pub fn write_starter(dir: &Path) -> Result<Vec<(PathBuf, bool)>, FileError> {
    let shop = embedded::FAQ.iter().find(|(path, _)| *path == "shop.toml");
    let facts = shop.map(|(_, bytes)| ("faq/shop.toml", *bytes));
    let settings = settings();
    let all = FILES
        .iter()
        .map(|(path, text)| (*path, text.as_bytes()))
        .chain(facts)
        .chain([("switchboard.toml", settings.as_bytes())]);
    let mut written = Vec::new();
    for (path, bytes) in all {
        let file = dir.join(path);
        let new = !file.exists();
        if new {
            files::write_new(&file, bytes)?;
        }
        written.push((file, new));
    }
    Ok(written)
}

/// `switchboard.toml` with every setting as a comment.
fn settings() -> String {
    let mut text = String::from(
        "# Settings of the service; `switchboard config` shows those in force. Each can be\n\
         # given as a flag or in the environment too, which both win over this file.\n",
    );
    for setting in &SETTINGS {
        let value = setting.default.unwrap_or_default();
        let quoted = if value.parse::<u64>().is_ok() { value.into() } else { format!("{value:?}") };
        // Writing to a string does not fail.
        let _ = write!(text, "\n# {}\n#{} = {quoted}\n", setting.help, setting.key);
    }
    // The folder in which this file stands is the shop's.
    text.replace("#shop = \"\"", "shop = \".\"")
}
