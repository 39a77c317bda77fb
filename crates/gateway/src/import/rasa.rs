//! Rasa's training data, as version 2 and 3 write it.

use super::yaml::{self, Node, Value};
use super::{Document, MOST_FAULTS, Sample, markup};
use crate::packs::Fault;

const SHAPE: &str = "an entry is `- intent: name` with `examples: |` and a line `- …` each below";

pub(super) fn read(document: Document<'_>, text: &str) -> Result<Vec<Sample>, Vec<Fault>> {
    if let Some((line, help)) = other_format(text) {
        let message = "this is not the YAML of Rasa 2 and 3";
        return Err(vec![document.fault(line, "not-rasa", message, help)]);
    }
    let root = yaml::parse(text).map_err(|error| {
        let message = format!("this is not YAML: {}", error.message);
        let help = "mend the line, or export the file anew with `rasa data convert nlu`";
        vec![document.fault(error.line, "not-yaml", message, help)]
    })?;
    let Some(entries) = root.get("nlu").and_then(Node::list) else {
        let keys = root.keys();
        let message = match keys.as_slice() {
            [] => "the file has no `nlu:` with a list below it".to_owned(),
            keys => format!("the file has no `nlu:`, but {}", keys.join(", ")),
        };
        let help = "samples stand under `nlu:`, mostly in data/nlu.yml";
        return Err(vec![document.fault(1, "not-rasa", message, help)]);
    };
    let (mut samples, mut faults) = (Vec::new(), Vec::new());
    for entry in entries {
        // Synonyms, regular expressions and lookup tables are not samples.
        let Some(label) = entry.get("intent") else { continue };
        match intent(label, entry) {
            Ok(found) => samples.extend(found),
            Err((line, message)) => faults.push(document.fault(line, "not-rasa", message, SHAPE)),
        }
        if faults.len() == MOST_FAULTS {
            break;
        }
    }
    if faults.is_empty() { Ok(samples) } else { Err(faults) }
}

/// Rasa's older formats, by what they begin with.
fn other_format(text: &str) -> Option<(usize, &'static str)> {
    let (line, first) = (1..).zip(text.lines()).find(|(_, line)| !line.trim().is_empty())?;
    let first = first.trim_start();
    if first.starts_with("## ") {
        return Some((
            line,
            "this is Rasa's Markdown; `rasa data convert nlu` of Rasa 2 makes YAML of it",
        ));
    }
    let json = first.starts_with(['{', '[']);
    json.then_some((line, "this is JSON; JSON lines are read by --from jsonl, Rasa's JSON is converted by `rasa data convert nlu`"))
}

type Wrong = (usize, String);

fn intent(label: &Node, entry: &Node) -> Result<Vec<Sample>, Wrong> {
    let Some(label_text) = label.text().filter(|text| !text.trim().is_empty()) else {
        return Err((label.line, "the intent has no name".to_owned()));
    };
    let Some(examples) = entry.get("examples") else {
        return Err((label.line, format!("the intent `{label_text}` has no `examples:`")));
    };
    let sample = |text: &str, line: usize| Sample {
        label: label_text.to_owned(),
        text: markup::plain(text).trim().to_owned(),
        lang: None,
        line,
    };
    match &examples.value {
        Value::Text(block) => {
            let mut samples = Vec::new();
            for (line, text) in (examples.line..).zip(block.lines()) {
                let text = text.trim();
                if text.is_empty() {
                    continue;
                }
                let Some(text) = text.strip_prefix('-') else {
                    let message = format!("an example of `{label_text}` does not begin with `-`");
                    return Err((line, message));
                };
                samples.push(sample(text, line));
            }
            Ok(samples)
        }
        Value::List(items) => items
            .iter()
            .map(|item| {
                let text = item.get("text").unwrap_or(item);
                let Some(found) = text.text() else {
                    return Err((item.line, format!("an example of `{label_text}` is no text")));
                };
                // `text: |` holds one example, with or without its dash.
                let found = found.trim();
                Ok(sample(found.strip_prefix("- ").unwrap_or(found), text.line))
            })
            .collect(),
        Value::Map(_) => {
            Err((examples.line, format!("the examples of `{label_text}` are no list")))
        }
    }
}
