//! Tables: comma, semicolon or tab between the columns.

use super::{Document, MOST_FAULTS, Sample};
use crate::packs::Fault;

/// Where the columns stand.
struct Columns {
    text: usize,
    intent: usize,
    lang: Option<usize>,
}

pub(super) fn read(document: Document<'_>, text: &str) -> Result<Vec<Sample>, Vec<Fault>> {
    let header = text.lines().next().unwrap_or_default();
    let found = [b',', b';', b'\t'].into_iter().find_map(|delimiter| {
        let mut reader = reader(text, delimiter);
        columns(reader.headers().ok()?).map(|columns| (reader, columns))
    });
    let Some((mut reader, columns)) = found else {
        let shown: String = header.chars().take(80).collect();
        let message = format!("the first line names no columns `text` and `intent`: {shown:?}");
        let help = match header.trim_start().chars().next() {
            Some('{' | '[') => "this looks like JSON; JSON lines are read by --from jsonl",
            _ => "begin the file with the line text,intent or text,intent,lang",
        };
        return Err(vec![document.fault(1, "no-header", message, help)]);
    };
    let (mut samples, mut faults) = (Vec::new(), Vec::new());
    let mut lines = Lines { text, at: 0, line: 1 };
    for record in reader.records() {
        match record {
            Ok(record) => {
                let line = lines.of(record.position());
                let cell = |at: usize| record.get(at).unwrap_or_default();
                samples.push(Sample {
                    label: cell(columns.intent).to_owned(),
                    text: cell(columns.text).to_owned(),
                    lang: columns.lang.map(cell).filter(|l| !l.is_empty()).map(str::to_owned),
                    line,
                });
            }
            Err(error) => {
                let line = lines.of(error.position());
                let message = match error.kind() {
                    ::csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
                        format!("{len} columns where the first line has {expected_len}")
                    }
                    _ => error.to_string(),
                };
                let help = "a cell that holds a comma or a line break stands in \"quotes\"; a quote in it is doubled";
                faults.push(document.fault(line, "bad-row", message, help));
            }
        }
        if faults.len() == MOST_FAULTS {
            break;
        }
    }
    if faults.is_empty() { Ok(samples) } else { Err(faults) }
}

/// Finds the lines of records, which come in order. (The reader's own count lags behind
/// where lines end in CR LF.)
struct Lines<'t> {
    text: &'t str,
    at: usize,
    line: usize,
}

impl Lines<'_> {
    fn of(&mut self, place: Option<&::csv::Position>) -> usize {
        let bytes = self.text.as_bytes();
        let begins = place.map_or(0, |place| place.byte() as usize).min(bytes.len());
        let ends = bytes[begins..].iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        let to = (begins + ends).max(self.at);
        self.line += bytes[self.at..to].iter().filter(|byte| **byte == b'\n').count();
        self.at = to;
        self.line
    }
}

fn reader(text: &str, delimiter: u8) -> ::csv::Reader<&[u8]> {
    ::csv::ReaderBuilder::new().delimiter(delimiter).from_reader(text.as_bytes())
}

fn columns(header: &::csv::StringRecord) -> Option<Columns> {
    let find = |name: &str| header.iter().position(|cell| cell.trim().eq_ignore_ascii_case(name));
    Some(Columns { text: find("text")?, intent: find("intent")?, lang: find("lang") })
}
