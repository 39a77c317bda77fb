//! Findings for people.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

use intent::Level;

use super::super::marks::{BAD, DIM, END, GOOD, STRONG, WARN, harmless};
use super::Score;
use super::items::{Item, counts, rules as every_rule};
use crate::packs::{Knowledge, PackFiles, Sample};

/// The rules that `--rule` takes.
pub(super) fn rules(out: &mut impl Write) -> io::Result<()> {
    for (id, means) in every_rule() {
        writeln!(out, "{STRONG}{id:<28}{END} {means}")?;
    }
    Ok(())
}

/// Each finding, the worst first; what to do is said once a rule.
pub(super) fn findings(out: &mut impl Write, items: &[Item], shown: Level) -> io::Result<()> {
    let mut helped: BTreeSet<(&str, &str)> = BTreeSet::new();
    for item in items.iter().filter(|item| item.level <= shown) {
        let Item { rule, level, file, line, column, message, example, help, .. } = item;
        let colour = match level {
            Level::Error => BAD,
            Level::Warning => WARN,
            Level::Note => DIM,
        };
        let place = match (line, column) {
            (0, _) => file.clone(),
            (line, 0) => format!("{file}:{line}"),
            (line, column) => format!("{file}:{line}:{column}"),
        };
        let (level, message) = (level.as_str(), harmless(message));
        writeln!(out, "{colour}{level}[{rule}]{END} {place}: {message}")?;
        if let Some(example) = example {
            writeln!(out, "    {DIM}example:{END} {}", harmless(example))?;
        }
        if helped.insert((rule, help)) {
            writeln!(out, "    {DIM}help: {}{END}", harmless(help))?;
        }
    }
    Ok(())
}

/// The last line: how much was found, and how the samples did.
pub(super) fn summary(
    out: &mut impl Write,
    items: &[Item],
    scores: &BTreeMap<String, Score>,
) -> io::Result<()> {
    let [errors, warnings, notes] = counts(items);
    let (tried, held) = scores.values().fold((0, 0), |(t, h), s| (t + s.tried, h + s.held));
    writeln!(
        out,
        "\n{tried} samples, {held} hold; {errors} errors, {warnings} warnings, {notes} notes"
    )
}

/// By language, the intents that have samples.
pub(super) fn understood(samples: &[Sample]) -> BTreeMap<&str, BTreeSet<&str>> {
    let mut understood: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for sample in samples {
        understood.entry(&sample.language).or_default().insert(&sample.intent);
    }
    understood
}

/// Progress by language: what is understood, and what is said in the locales beside it.
pub(super) fn progress(
    out: &mut impl Write,
    knowledge: &Knowledge,
    files: &PackFiles,
    scores: &BTreeMap<String, Score>,
) -> io::Result<()> {
    let intents = knowledge.analyzer.intents().len();
    let samples = files.samples();
    let understood = understood(&samples);
    writeln!(
        out,
        "\n{STRONG}{:<9} {:>8}  {:>8}  {:>6}{END}",
        "language", "intents", "samples", "hold"
    )?;
    for language in knowledge.analyzer.languages() {
        let known = understood.get(language.as_str()).map_or(0, BTreeSet::len);
        let score = scores.get(language.as_str()).copied().unwrap_or_default();
        write!(out, "{language:<9} {:>8}  {:>8}", format!("{known}/{intents}"), score.tried)?;
        match (score.held * 1000).checked_div(score.tried) {
            Some(1000) => writeln!(out, "  {GOOD}{:>6}{END}", "100 %")?,
            Some(permille) => {
                let share = format!("{}.{} %", permille / 10, permille % 10);
                writeln!(out, "  {WARN}{share:>6}{END}")?;
            }
            None => writeln!(out, "  {DIM}{:>6}{END}", "-")?,
        }
    }
    let coverage = knowledge.answers.coverage();
    writeln!(out, "\n{STRONG}{:<9} {:>8}  missing{END}", "locale", "answers")?;
    for locale in &coverage.locales {
        let missing: Vec<&str> =
            locale.missing.iter().chain(&locale.missing_names).map(String::as_str).collect();
        let missing = match missing.as_slice() {
            [] => format!("{GOOD}nothing{END}"),
            few if few.len() <= 6 => few.join(", "),
            [first, second, third, rest @ ..] => {
                format!("{first}, {second}, {third} and {} more", rest.len())
            }
            _ => missing.join(", "),
        };
        let (tag, answers) = (&locale.tag, locale.answers.len());
        writeln!(out, "{tag:<9} {answers:>8}  {missing}")?;
    }
    Ok(())
}
