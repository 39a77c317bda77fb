//! Samples of another system as a pack: read, named, and laid out as files.

mod csv;
mod jsonl;
mod markup;
mod names;
mod plan;
mod rasa;
#[cfg(test)]
mod tests;
mod yaml;

use crate::packs::Fault;

pub use plan::{Imported, Plan, Target, plan};

/// A message that stands for an intent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sample {
    /// The intent, as the other system calls it.
    pub label: String,
    /// What a customer types.
    pub text: String,
    /// The language, where the file says it.
    pub lang: Option<String>,
    /// Where it stands, from 1.
    pub line: usize,
}

/// What kind of file samples are read from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// Rasa's training data: nlu.yml
    Rasa,
    /// A table with the columns text, intent and, if you like, lang
    Csv,
    /// A JSON object a line with text, intent and, if you like, lang
    Jsonl,
}

/// Reads a file. `name` is how it is called in errors.
///
/// # Errors
/// Everything that is wrong with it, with places.
pub fn read(format: Format, name: &str, bytes: &[u8]) -> Result<Vec<Sample>, Vec<Fault>> {
    let document = Document { name };
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text.strip_prefix('\u{feff}').unwrap_or(text),
        Err(error) => {
            let at = error.valid_up_to();
            let line = 1 + bytes[..at].iter().filter(|byte| **byte == b'\n').count();
            let message = format!("byte {at} is not UTF-8");
            return Err(vec![document.fault(line, "not-utf8", message, "save the file as UTF-8")]);
        }
    };
    let samples = match format {
        Format::Rasa => rasa::read(document, text),
        Format::Csv => csv::read(document, text),
        Format::Jsonl => jsonl::read(document, text),
    }?;
    if samples.is_empty() {
        let help = "a sample is a message and its intent; see `switchboard import --help`";
        let message = "the file holds no samples".to_owned();
        return Err(vec![document.fault(0, "no-samples", message, help)]);
    }
    Ok(samples)
}

/// The file under reading.
#[derive(Clone, Copy, Debug)]
struct Document<'n> {
    name: &'n str,
}

impl Document<'_> {
    fn fault(
        self,
        line: usize,
        code: &'static str,
        message: impl Into<String>,
        help: impl Into<String>,
    ) -> Fault {
        Fault {
            code,
            path: self.name.to_owned(),
            line,
            column: usize::from(line > 0),
            excerpt: String::new(),
            message: message.into(),
            help: help.into(),
        }
    }
}

/// No more than so many errors are told of one file.
const MOST_FAULTS: usize = 20;
