//! The figures as one page that needs nothing beside it: no script, no font, no picture.
//! Every chart stands beside a table that says the same.

mod chart;

use std::collections::BTreeMap;
use std::fmt::{self, Write};

use super::report::{IntentBody, LanguageBody, MessageBody, Report};
use super::{Difference, MEASURES, Verdict};

const STYLE: &str = include_str!("style.css");

/// How many intents the confusion matrix shows, and how many wrong messages are told.
const MATRIX: usize = 60;
const WORST: usize = 200;

/// Writes the page.
#[must_use]
pub fn page(report: &Report, difference: Option<&Difference<'_>>) -> String {
    let mut out = String::new();
    // Writing to a string does not fail.
    let _ = write_page(&mut out, report, difference);
    out
}

fn write_page(
    out: &mut String,
    report: &Report,
    difference: Option<&Difference<'_>>,
) -> fmt::Result {
    let (messages, languages) = (report.messages.len(), report.languages.len());
    write!(
        out,
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <title>Evaluation of {messages} messages</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n\
         <header><h1>Evaluation</h1>\n<p>{messages} labelled messages in {languages} groups, packs <code>{}</code>. \
         A message is right when its top intent is the label or one labelled beside it.</p></header>\n<main>\n",
        text(&report.packs)
    )?;
    overview(out, report)?;
    if let Some(difference) = difference {
        changes(out, difference)?;
    }
    by_language(out, &report.languages)?;
    curves(out, report)?;
    matrix(out, report)?;
    by_intent(out, &report.intents)?;
    worst(out, report)?;
    out.push_str("</main>\n</body>\n</html>\n");
    Ok(())
}

/// Text from outside as HTML.
struct Text<'t>(&'t str);

fn text(text: &str) -> Text<'_> {
    Text(text)
}

impl fmt::Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for c in self.0.chars() {
            match c {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '"' => f.write_str("&quot;")?,
                '\'' => f.write_str("&#39;")?,
                // What no HTML may hold.
                '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{7f}'..='\u{9f}' => {
                    f.write_char('\u{fffd}')?;
                }
                _ => f.write_char(c)?,
            }
        }
        Ok(())
    }
}

/// A share for people; a dash where there was nothing to measure.
fn share(value: Option<f64>) -> String {
    value.map_or_else(|| "–".to_owned(), |value| format!("{value:.3}"))
}

fn overview(out: &mut String, report: &Report) -> fmt::Result {
    out.push_str("<section><h2>At a glance</h2>\n<dl class=\"figures\">\n");
    let titles = MEASURES.iter().map(|m| (m.name, m.title));
    let more = [("f1_macro", "mean F1 of intents"), ("calibration_error", "calibration error")];
    for (name, title) in titles.chain(more) {
        if let Some(value) = report.figures.get(name) {
            writeln!(out, "<div><dt>{title}</dt><dd>{value:.3}</dd></div>")?;
        }
    }
    out.push_str("</dl>\n");
    if !report.unknown_labels.is_empty() {
        out.push_str("<p>Labels that the packs do not declare, and which nothing can reach:");
        for (label, count) in &report.unknown_labels {
            write!(out, " <code>{}</code> ({count})", text(label))?;
        }
        out.push_str("</p>\n");
    }
    out.push_str("</section>\n");
    Ok(())
}

fn changes(out: &mut String, difference: &Difference<'_>) -> fmt::Result {
    out.push_str("<section><h2>Against the baseline</h2>\n<ul>\n");
    for verdict in [Verdict::Broken, Verdict::Moved, Verdict::Mended] {
        writeln!(out, "<li>{}: {}</li>", verdict.as_str(), difference.count(verdict))?;
    }
    let Difference { common, new, gone, .. } = difference;
    write!(out, "<li>{common} messages in both, {new} new, {gone} gone</li>\n</ul>\n")?;
    if difference.changes.is_empty() {
        out.push_str("</section>\n");
        return Ok(());
    }
    out.push_str("<div class=\"wide\" role=\"region\" aria-label=\"Changed messages\" tabindex=\"0\"><table>\n<thead><tr><th scope=\"col\">change</th><th scope=\"col\">message</th><th scope=\"col\">label</th><th scope=\"col\">before</th><th scope=\"col\">now</th></tr></thead>\n<tbody>\n");
    for change in difference.changes.iter().take(WORST) {
        let (verdict, before, after) = (change.verdict.as_str(), change.before, change.after);
        writeln!(
            out,
            "<tr class=\"{verdict}\"><th scope=\"row\">{verdict}</th><td dir=\"auto\">{}</td><td>{}</td><td>{} {:.2}</td><td>{} {:.2}</td></tr>",
            text(&after.text),
            text(&after.intent),
            text(&before.got),
            before.confidence,
            text(&after.got),
            after.confidence,
        )?;
    }
    out.push_str("</tbody></table></div></section>\n");
    Ok(())
}

fn by_language(out: &mut String, languages: &[LanguageBody]) -> fmt::Result {
    out.push_str("<section><h2>By language</h2>\n");
    chart::bars(out, languages)?;
    out.push_str("<div class=\"wide\" role=\"region\" aria-label=\"Figures by language\" tabindex=\"0\"><table>\n<thead><tr><th scope=\"col\">language</th><th scope=\"col\">messages</th>");
    for measure in &MEASURES {
        write!(out, "<th scope=\"col\">{}</th>", measure.title)?;
    }
    out.push_str("</tr></thead>\n<tbody>\n");
    for language in languages {
        let (lang, messages) = (text(&language.lang), language.messages);
        write!(out, "<tr><th scope=\"row\">{lang}</th><td>{messages}</td>")?;
        for measure in &MEASURES {
            write!(out, "<td>{}</td>", share(language.figures.get(measure.name).copied()))?;
        }
        out.push_str("</tr>\n");
    }
    out.push_str("</tbody></table></div></section>\n");
    Ok(())
}

fn curves(out: &mut String, report: &Report) -> fmt::Result {
    out.push_str("<section><h2>Answered, and right of those answered</h2>\n<p>As the bar of confidence rises, fewer messages are answered and more of the answers are right.</p>\n");
    chart::curve(out, &report.curve)?;
    out.push_str("<details><summary>As a table</summary><table>\n<thead><tr><th scope=\"col\">bar</th><th scope=\"col\">answered</th><th scope=\"col\">right of those</th></tr></thead>\n<tbody>\n");
    for point in &report.curve {
        let (bar, answered, accuracy) = (point.bar, point.answered, share(point.accuracy));
        writeln!(
            out,
            "<tr><th scope=\"row\">{bar:.3}</th><td>{answered:.3}</td><td>{accuracy}</td></tr>"
        )?;
    }
    out.push_str("</tbody></table></details></section>\n<section><h2>Calibration</h2>\n<p>What was said with a confidence of 0.9 should be right nine times in ten.</p>\n");
    chart::calibration(out, &report.calibration)?;
    out.push_str("<details><summary>As a table</summary><table>\n<thead><tr><th scope=\"col\">confidence</th><th scope=\"col\">messages</th><th scope=\"col\">mean confidence</th><th scope=\"col\">right</th></tr></thead>\n<tbody>\n");
    for bin in &report.calibration {
        let (confidence, accuracy) = (share(bin.confidence), share(bin.accuracy));
        writeln!(
            out,
            "<tr><th scope=\"row\">{:.1} to {:.1}</th><td>{}</td><td>{confidence}</td><td>{accuracy}</td></tr>",
            bin.from, bin.to, bin.messages
        )?;
    }
    out.push_str("</tbody></table></details></section>\n");
    Ok(())
}

/// The intents that are confused most, each label against what it was taken for.
fn matrix(out: &mut String, report: &Report) -> fmt::Result {
    out.push_str("<section><h2>What is taken for what</h2>\n");
    if report.confusions.is_empty() {
        out.push_str("<p>Nothing is confused.</p></section>\n");
        return Ok(());
    }
    let mut weight: BTreeMap<&str, usize> = BTreeMap::new();
    for confusion in &report.confusions {
        for id in [&confusion.labelled, &confusion.got] {
            *weight.entry(id).or_default() += confusion.messages;
        }
    }
    let mut ids: Vec<&str> = weight.keys().copied().collect();
    ids.sort_by_key(|id| (std::cmp::Reverse(weight[id]), *id));
    let left_out = ids.len().saturating_sub(MATRIX);
    ids.truncate(MATRIX);
    ids.sort_unstable();
    let right: BTreeMap<&str, usize> =
        report.intents.iter().map(|intent| (intent.id.as_str(), intent.right)).collect();
    let cell: BTreeMap<(&str, &str), usize> = report
        .confusions
        .iter()
        .map(|c| ((c.labelled.as_str(), c.got.as_str()), c.messages))
        .collect();
    writeln!(
        out,
        "<p>Rows are labels, columns what was understood, the diagonal what is right. Intents that are never confused are left out{}.</p>",
        if left_out > 0 { format!(", and {left_out} that seldom are") } else { String::new() }
    )?;
    out.push_str("<div class=\"wide\" role=\"region\" aria-label=\"Confusion matrix\" tabindex=\"0\"><table class=\"matrix\">\n<thead><tr><td></td>");
    for id in &ids {
        write!(out, "<th scope=\"col\"><span>{}</span></th>", text(id))?;
    }
    out.push_str("</tr></thead>\n<tbody>\n");
    let most = cell.values().copied().max().unwrap_or(1).max(1);
    for row in &ids {
        write!(out, "<tr><th scope=\"row\">{}</th>", text(row))?;
        for column in &ids {
            if row == column {
                let count = right.get(row).copied().unwrap_or_default();
                write!(out, "<td class=\"right\">{count}</td>")?;
                continue;
            }
            match cell.get(&(*row, *column)) {
                None => out.push_str("<td></td>"),
                Some(count) => {
                    let heat = (count * 4).div_ceil(most);
                    write!(out, "<td class=\"wrong heat{heat}\">{count}</td>")?;
                }
            }
        }
        out.push_str("</tr>\n");
    }
    out.push_str("</tbody></table></div></section>\n");
    Ok(())
}

fn by_intent(out: &mut String, intents: &[IntentBody]) -> fmt::Result {
    out.push_str("<section><h2>By intent</h2>\n<div class=\"wide\" role=\"region\" aria-label=\"Figures by intent\" tabindex=\"0\"><table>\n<thead><tr><th scope=\"col\">intent</th><th scope=\"col\">labelled</th><th scope=\"col\">taken</th><th scope=\"col\">precision</th><th scope=\"col\">recall</th><th scope=\"col\">F1</th></tr></thead>\n<tbody>\n");
    let mut sorted: Vec<&IntentBody> = intents.iter().collect();
    sorted.sort_by(|a, b| a.f1.unwrap_or(2.0).total_cmp(&b.f1.unwrap_or(2.0)));
    for intent in sorted {
        let (id, labelled, taken) = (text(&intent.id), intent.labelled, intent.taken);
        let (p, r, f1) = (share(intent.precision), share(intent.recall), share(intent.f1));
        writeln!(
            out,
            "<tr><th scope=\"row\">{id}</th><td>{labelled}</td><td>{taken}</td><td>{p}</td><td>{r}</td><td>{f1}</td></tr>"
        )?;
    }
    out.push_str("</tbody></table></div></section>\n");
    Ok(())
}

fn worst(out: &mut String, report: &Report) -> fmt::Result {
    let wrong: Vec<&MessageBody> = report.worst().collect();
    writeln!(out, "<section><h2>Wrong, the surest first</h2>\n<p>{} messages.</p>", wrong.len())?;
    out.push_str("<ol>\n");
    for message in wrong.iter().take(WORST) {
        let MessageBody { lang, text: said, intent, got, confidence, .. } = message;
        write!(
            out,
            "<li><p class=\"said\" dir=\"auto\">{}</p><p>{}: is <code>{}</code>, taken for <code>{}</code> ({confidence:.2})</p>",
            text(said),
            text(lang),
            text(intent),
            text(got)
        )?;
        if !message.evidence.is_empty() {
            out.push_str("<details><summary>Why</summary><ul>");
            for reason in &message.evidence {
                let (weight, rule) = (reason.weight, text(&reason.rule));
                let (intent, words) = (text(&reason.intent), text(&reason.words));
                write!(
                    out,
                    "<li><code>{intent}</code> {weight:+} by <code>{rule}</code>: <bdi>{words}</bdi></li>"
                )?;
            }
            out.push_str("</ul></details>");
        }
        out.push_str("</li>\n");
    }
    out.push_str("</ol></section>\n");
    Ok(())
}
