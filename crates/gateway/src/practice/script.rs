//! Scripts as data.

use std::sync::LazyLock;

use serde::Deserialize;

/// A customer who says one line after the other.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Script {
    /// Its name in addresses.
    #[serde(skip)]
    pub(crate) id: String,
    /// What it is about.
    pub(crate) title: String,
    /// Who writes.
    pub(crate) customer: String,
    /// What whoever learns is told beforehand.
    pub(crate) brief: String,
    /// Within how many seconds an answer is aimed at.
    pub(crate) target_seconds: u32,
    /// What the customer says.
    pub(crate) line: Vec<Line>,
}

/// One line of the customer.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Line {
    /// What is said.
    pub(crate) says: String,
    /// What is said instead of the next line where the answer had less than half of what it
    /// should; once.
    #[serde(default)]
    pub(crate) otherwise: Option<String>,
    /// What a good answer has.
    #[serde(default)]
    pub(crate) wants: Vec<Rule>,
    /// What it has not.
    #[serde(default)]
    pub(crate) avoids: Vec<Rule>,
}

/// Something that an answer has or has not.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Rule {
    /// Its name.
    pub(crate) rule: String,
    /// One of these words is in it, in small letters.
    pub(crate) any: Vec<String>,
    /// What to do better.
    pub(crate) tip: String,
}

impl Rule {
    pub(super) fn holds(&self, small: &str) -> bool {
        self.any.iter().any(|words| small.contains(words.as_str()))
    }
}

macro_rules! scripts {
    ($($id:literal)*) => {
        /// Names and texts of the scripts there are.
        const SOURCES: &[(&str, &str)] =
            &[$(($id, include_str!(concat!("../../assets/practice/", $id, ".toml"))),)*];
    };
}

scripts!("late_parcel" "black_friday" "threat" "culture_clash");

/// Every script. A test holds that all of them can be read.
pub(crate) static SCRIPTS: LazyLock<Vec<Script>> = LazyLock::new(|| {
    let read = |(id, text): &(&str, &str)| {
        let script = toml::from_str::<Script>(text).ok()?;
        Some(Script { id: (*id).to_owned(), ..script })
    };
    SOURCES.iter().filter_map(read).collect()
});

#[cfg(test)]
pub(super) fn sources() -> &'static [(&'static str, &'static str)] {
    SOURCES
}

/// A script by its name.
pub(crate) fn script(id: &str) -> Option<&'static Script> {
    SCRIPTS.iter().find(|script| script.id == id)
}
