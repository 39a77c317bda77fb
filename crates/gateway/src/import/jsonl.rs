//! JSON lines.

use serde::Deserialize;

use super::{Document, MOST_FAULTS, Sample};
use crate::packs::Fault;

/// What is read of a line; what else it says stays unread, so that labelled messages for
/// `switchboard eval` can be imported too.
#[derive(Debug, Deserialize)]
struct Line {
    text: String,
    intent: String,
    #[serde(default)]
    lang: Option<String>,
}

pub(super) fn read(document: Document<'_>, text: &str) -> Result<Vec<Sample>, Vec<Fault>> {
    const SHAPE: &str = "write one object a line: {\"text\":\"…\",\"intent\":\"…\"}";
    let (mut samples, mut faults) = (Vec::new(), Vec::new());
    for (line, json) in (1..).zip(text.lines()).filter(|(_, json)| !json.trim().is_empty()) {
        match serde_json::from_str::<Line>(json) {
            Ok(Line { text, intent, lang }) => {
                samples.push(Sample { label: intent, text, lang, line });
            }
            Err(error) => {
                let said = error.to_string().replace(" at line 1 column ", " at column ");
                faults.push(document.fault(line, "not-jsonl", said, SHAPE));
            }
        }
        if faults.len() == MOST_FAULTS {
            break;
        }
    }
    if faults.is_empty() { Ok(samples) } else { Err(faults) }
}
