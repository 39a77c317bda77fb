//! Labelled messages: one JSON object a line.

use serde::Deserialize;

/// A message and what a person says of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Labelled {
    /// The language it is in, or the name of the file where the line does not say.
    pub group: String,
    /// The language, where the line says it.
    pub lang: Option<String>,
    /// What the customer typed.
    pub text: String,
    /// The intent to act on first.
    pub intent: String,
    /// Further intents clearly in it; each is right too.
    pub also: Vec<String>,
    /// Whether the customer is angry, where the line says anything of the mood.
    pub angry: Option<bool>,
}

/// A line that is no labelled message.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}: {what}")]
pub struct BadLine {
    /// The file, as it was named.
    pub file: String,
    /// From 1.
    pub line: usize,
    /// What is wrong and what to do.
    pub what: String,
}

/// A line of the file. What else it says (`style`, an id) stays unread.
#[derive(Debug, Deserialize)]
struct Line {
    text: String,
    intent: String,
    #[serde(default)]
    lang: Option<String>,
    #[serde(default)]
    also: Vec<String>,
    #[serde(default)]
    emotion: Option<String>,
}

/// Reads a file of labelled messages; empty lines are passed over. `name` is how it is
/// called in errors, `group` what its messages are counted under where they name no
/// language.
///
/// # Errors
/// Every line that is none, at most twenty of them.
pub fn read(name: &str, group: &str, bytes: &[u8]) -> Result<Vec<Labelled>, Vec<BadLine>> {
    let mut messages = Vec::new();
    let mut bad = Vec::new();
    for (number, line) in (1..).zip(bytes.split(|byte| *byte == b'\n')) {
        if line.trim_ascii().is_empty() {
            continue;
        }
        match parse(line, group) {
            Ok(message) => messages.push(message),
            Err(what) => bad.push(BadLine { file: name.to_owned(), line: number, what }),
        }
        if bad.len() == 20 {
            break;
        }
    }
    if bad.is_empty() { Ok(messages) } else { Err(bad) }
}

fn parse(line: &[u8], group: &str) -> Result<Labelled, String> {
    const SHAPE: &str = "a line is {\"text\":\"…\",\"intent\":\"domain.name\"}, and may have \"lang\", \"also\" and \"emotion\"";
    let line = std::str::from_utf8(line)
        .map_err(|error| format!("byte {} is not UTF-8; save it as UTF-8", error.valid_up_to()))?;
    let line: Line = serde_json::from_str(line).map_err(|error| {
        let said = error.to_string().replace(" at line 1 column ", " at column ");
        format!("{said}; {SHAPE}")
    })?;
    if line.intent.is_empty() {
        return Err(format!("the intent is empty; {SHAPE}"));
    }
    Ok(Labelled {
        group: line.lang.clone().unwrap_or_else(|| group.to_owned()),
        lang: line.lang,
        text: line.text,
        intent: line.intent,
        also: line.also,
        angry: line.emotion.map(|emotion| emotion == "angry"),
    })
}
