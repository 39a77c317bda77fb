//! How far each language is, as a page of the documentation.

use std::collections::BTreeMap;
use std::io::{self, Write};

use super::Score;
use super::tell::understood;
use crate::eval::Report;
use crate::packs::{Knowledge, PackFiles};

const HEAD: &str = "\
# Languages

Made by `switchboard check --progress tests/eval/*.jsonl > docs/LANGUAGES.md`. A sample
holds where the packs understand it as they say; right are those of the project's own
labelled messages (`tests/eval`) that are understood.

| language | intents | samples | hold |
|---|---|---|---|
";

/// Writes the page.
pub(super) fn write(
    out: &mut impl Write,
    knowledge: &Knowledge,
    files: &PackFiles,
    scores: &BTreeMap<String, Score>,
    report: &Report,
) -> io::Result<()> {
    let intents = knowledge.analyzer.intents().len();
    let samples = files.samples();
    let understood = understood(&samples);
    write!(out, "{HEAD}")?;
    for language in knowledge.analyzer.languages() {
        let known = understood.get(language.as_str()).map_or(0, |intents| intents.len());
        let score = scores.get(language.as_str()).copied().unwrap_or_default();
        let held = percent(score.held as f64, score.tried);
        writeln!(out, "| {language} | {known} of {intents} | {} | {held} |", score.tried)?;
    }
    writeln!(out, "\n| locale | answers | missing |\n|---|---|---|")?;
    for locale in &knowledge.answers.coverage().locales {
        let missing = locale.missing.len() + locale.missing_names.len();
        writeln!(out, "| {} | {} | {missing} |", locale.tag, locale.answers.len())?;
    }
    if report.messages.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n| labelled messages | of them | right |\n|---|---|---|")?;
    for language in &report.languages {
        let right = language.figures.get("accuracy").map_or(0.0, |share| *share);
        writeln!(out, "| {} | {} | {} |", language.lang, language.messages, percent(right, 1))?;
    }
    Ok(())
}

fn percent(part: f64, of: usize) -> String {
    if of == 0 { "-".to_owned() } else { format!("{:.1} %", part * 100.0 / of as f64) }
}
