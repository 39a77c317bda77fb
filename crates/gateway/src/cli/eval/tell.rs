//! The figures for people. Tables are Markdown too, so that they can be pasted.

use std::collections::BTreeMap;
use std::io::{self, Write};

use super::super::marks::{BAD, DIM, END, GOOD, STRONG, WARN, harmless};
use crate::eval::{
    BinBody, Change, ConfusionBody, Difference, IntentBody, MessageBody, PointBody, Report, Verdict,
};

/// The table by language, and the lists that follow it, each of `most` entries.
pub(super) fn report(out: &mut impl Write, report: &Report, most: usize) -> io::Result<()> {
    languages(out, report)?;
    headline(out, report)?;
    for (label, count) in &report.unknown_labels {
        writeln!(
            out,
            "{WARN}unknown label{END}  {} is declared in no intents.toml; {count} messages carry it and none can be right",
            harmless(label)
        )?;
    }
    if most == 0 {
        return Ok(());
    }
    curve(out, report)?;
    calibration(out, report)?;
    intents(out, report, most)?;
    confusions(out, report, most)?;
    worst(out, report, most)
}

fn share(value: Option<&f64>, places: usize) -> String {
    value.map_or_else(|| "-".to_owned(), |value| format!("{value:.places$}"))
}

/// A table with its columns under each other.
fn table<const N: usize>(
    out: &mut impl Write,
    head: [&str; N],
    rows: &[[String; N]],
) -> io::Result<()> {
    let mut widths = head.map(|cell| cell.chars().count());
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = cell.chars().count().max(*width);
        }
    }
    write!(out, "{STRONG}|")?;
    for (width, cell) in widths.iter().zip(head) {
        write!(out, " {cell:<width$} |")?;
    }
    write!(out, "{END}\n|")?;
    for width in widths {
        write!(out, "{:-<1$}|", "", width + 2)?;
    }
    writeln!(out)?;
    for row in rows {
        write!(out, "|")?;
        for (width, cell) in widths.iter().zip(row) {
            write!(out, " {cell:<width$} |")?;
        }
        writeln!(out)?;
    }
    Ok(())
}

fn languages(out: &mut impl Write, report: &Report) -> io::Result<()> {
    let mut rows: Vec<_> =
        report.languages.iter().map(|l| row(&l.lang, l.messages, &l.figures)).collect();
    if rows.len() > 1 {
        rows.push(row("all", report.messages.len(), &report.figures));
    }
    let head = [
        "language",
        "messages",
        "accuracy",
        "language told",
        "out of scope: recall / precision",
        "of those answered, right",
        "anger: recall / precision",
        "several wishes found",
    ];
    table(out, head, &rows)
}

fn row(lang: &str, messages: usize, figures: &BTreeMap<String, f64>) -> [String; 8] {
    let of = |name: &str, places| share(figures.get(name), places);
    [
        harmless(lang),
        messages.to_string(),
        of("accuracy", 3),
        of("language", 3),
        format!("{} / {}", of("none_recall", 2), of("none_precision", 2)),
        format!("{} at {}", of("answered_accuracy", 3), of("answered", 2)),
        format!("{} / {}", of("anger_recall", 2), of("anger_precision", 2)),
        of("wishes_found", 2),
    ]
}

fn headline(out: &mut impl Write, report: &Report) -> io::Result<()> {
    let of = |name: &str| share(report.figures.get(name), 3);
    writeln!(
        out,
        "\naccuracy {STRONG}{}{END} as the mean over languages, {} of all messages; mean F1 of intents {}; calibration error {}; packs {}",
        of("accuracy"),
        of("accuracy_pooled"),
        of("f1_macro"),
        of("calibration_error"),
        report.packs
    )
}

fn curve(out: &mut impl Write, report: &Report) -> io::Result<()> {
    let row = |point: &PointBody| {
        let accuracy = share(point.accuracy.as_ref(), 3);
        [format!("{:.1}", point.bar), format!("{:.3}", point.answered), accuracy]
    };
    let rows: Vec<_> = report.curve.iter().step_by(4).map(row).collect();
    writeln!(out)?;
    table(out, ["bar", "answered", "right of those"], &rows)
}

fn calibration(out: &mut impl Write, report: &Report) -> io::Result<()> {
    let row = |bin: &BinBody| {
        let (mean, right) = (share(bin.confidence.as_ref(), 3), share(bin.accuracy.as_ref(), 3));
        [format!("{:.1} to {:.1}", bin.from, bin.to), bin.messages.to_string(), mean, right]
    };
    let rows: Vec<_> = report.calibration.iter().filter(|b| b.messages > 0).map(row).collect();
    writeln!(out)?;
    table(out, ["confidence", "messages", "at the mean", "right"], &rows)
}

fn intents(out: &mut impl Write, report: &Report, most: usize) -> io::Result<()> {
    let mut sorted: Vec<&IntentBody> = report.intents.iter().filter(|i| i.labelled > 0).collect();
    sorted.sort_by(|a, b| a.f1.unwrap_or_default().total_cmp(&b.f1.unwrap_or_default()));
    let row = |intent: &IntentBody| {
        let shares = [intent.precision, intent.recall, intent.f1];
        let [precision, recall, f1] = shares.map(|value| share(value.as_ref(), 2));
        let (labelled, taken) = (intent.labelled.to_string(), intent.taken.to_string());
        [harmless(&intent.id), labelled, taken, precision, recall, f1]
    };
    let rows: Vec<_> = sorted.into_iter().take(most).map(row).collect();
    writeln!(out)?;
    table(out, ["weakest intents", "labelled", "taken", "precision", "recall", "F1"], &rows)
}

fn confusions(out: &mut impl Write, report: &Report, most: usize) -> io::Result<()> {
    if report.confusions.is_empty() {
        return Ok(());
    }
    let row = |c: &ConfusionBody| [harmless(&c.labelled), harmless(&c.got), c.messages.to_string()];
    let rows: Vec<_> = report.confusions.iter().take(most).map(row).collect();
    writeln!(out)?;
    table(out, ["label", "taken for", "messages"], &rows)
}

fn worst(out: &mut impl Write, report: &Report, most: usize) -> io::Result<()> {
    let wrong: Vec<&MessageBody> = report.worst().collect();
    if wrong.is_empty() {
        return writeln!(out, "\n{GOOD}every message is right{END}");
    }
    writeln!(out, "\n{STRONG}wrong: {}{END}; the surest first", wrong.len())?;
    for message in wrong.into_iter().take(most) {
        let MessageBody { lang, text, intent, got, confidence, .. } = message;
        let (lang, text) = (harmless(lang), harmless(text));
        writeln!(
            out,
            "\n{lang}  {text:?}\n    is {intent}, taken for {BAD}{got}{END} {confidence:.2}"
        )?;
        for reason in &message.evidence {
            let (words, weight) = (harmless(&reason.words), reason.weight);
            let (intent, rule) = (&reason.intent, harmless(&reason.rule));
            writeln!(out, "    {weight:>+6}  {intent}  {DIM}{rule}  {words}{END}")?;
        }
    }
    Ok(())
}

/// What changed since a baseline.
pub(super) fn difference(
    out: &mut impl Write,
    difference: &Difference<'_>,
    most: usize,
) -> io::Result<()> {
    let Difference { common, new, gone, figures, changes } = difference;
    writeln!(
        out,
        "\n{STRONG}against the baseline{END}: {common} messages in both, {new} new, {gone} gone"
    )?;
    for (name, was, is) in figures {
        writeln!(out, "    {name}  {was:.4} → {is:.4}  ({:+.4})", is - was)?;
    }
    for (verdict, colour) in
        [(Verdict::Broken, BAD), (Verdict::Moved, WARN), (Verdict::Mended, GOOD)]
    {
        writeln!(out, "\n{colour}{}{END} {}", verdict.as_str(), difference.count(verdict))?;
        for Change { before, after, .. } in
            changes.iter().filter(|change| change.verdict == verdict).take(most)
        {
            let (lang, text, label) =
                (harmless(&after.lang), harmless(&after.text), harmless(&after.intent));
            let (was, is) = (&before.got, &after.got);
            let (old, sure) = (before.confidence, after.confidence);
            writeln!(out, "    {lang}  {text:?}  is {label}: {was} {old:.2} → {is} {sure:.2}")?;
        }
    }
    Ok(())
}
