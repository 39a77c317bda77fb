//! A dispute's file.

use intent::Severity;
use serde::Deserialize;
use toml::Spanned;

use super::super::{Bounds, Playbook, Rung, Stage};
use super::{Errors, File, Text};
use crate::conversation::Need;

/// More stages than any dispute takes.
const STAGES: usize = 32;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PlaybookFile {
    id: Text,
    intents: Vec<Text>,
    collect: Vec<Text>,
    evidence: Vec<String>,
    options: Spanned<Vec<String>>,
    stage: Spanned<Vec<StageRow>>,
    #[serde(default)]
    ladder: Vec<RungRow>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StageRow {
    id: Text,
    #[serde(rename = "do")]
    what: String,
    #[serde(default)]
    next: Vec<Text>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RungRow {
    offer: String,
    percent: Spanned<u8>,
    tier: Spanned<u8>,
    severity: Text,
}

pub(super) fn playbook(
    file: &File<'_>,
    bounds: &Bounds,
    known: &dyn Fn(&str) -> bool,
    errors: &mut Errors,
) -> Option<Playbook> {
    let read: PlaybookFile = errors.parse(file)?;
    for id in read.intents.iter().filter(|id| file.own && !known(id.get_ref())) {
        let message = format!("there is no intent {}", id.get_ref());
        errors.at(file, Some(id.span()), "unknown-intent", message, "see intents/intents.toml");
    }
    let mut collect = Vec::new();
    for text in &read.collect {
        match Need::parse(text.get_ref()) {
            Some(need) => collect.push(need),
            None => {
                let message = format!("{:?} cannot be asked for", text.get_ref());
                let help = "write order_number, photo, what_happened or country";
                errors.at(file, Some(text.span()), "unknown-need", message, help);
            }
        }
    }
    if collect.len() > 2 {
        let span = read.collect.get(2).map(Spanned::span);
        let help = "ask for the two that help most; people ask for the rest";
        errors.at(file, span, "too-many-questions", "more than two questions", help);
    }
    if read.options.get_ref().len() < 2 {
        let help = "a customer who has one option has none: offer two or more";
        errors.at(file, Some(read.options.span()), "too-few-options", "not two options", help);
    }
    for option in read.options.get_ref() {
        if read.ladder.iter().any(|rung| rung.offer == *option) {
            let message = format!("{option} is an option and on the ladder");
            let help = "an option is what the customer may choose anyway; the ladder is what is \
                        given on top: name them apart";
            errors.at(file, Some(read.options.span()), "option-on-ladder", message, help);
        }
    }
    let ladder = read.ladder.iter().filter_map(|row| rung(file, row, bounds, errors)).collect();
    let rows = read.stage.get_ref();
    if rows.is_empty() || rows.len() > STAGES {
        let message = format!("{} stages", rows.len());
        let help = format!("write between 1 and {STAGES}");
        errors.at(file, Some(read.stage.span()), "bad-stages", message, help);
    }
    for next in rows.iter().flat_map(|row| &row.next) {
        if rows.iter().all(|row| row.id.get_ref() != next.get_ref()) {
            let message = format!("there is no stage {}", next.get_ref());
            errors.at(file, Some(next.span()), "unknown-stage", message, "name one of this file");
        }
    }
    let stages = rows.iter().map(|row| Stage {
        id: row.id.get_ref().clone(),
        what: row.what.clone(),
        next: row.next.iter().map(|next| next.get_ref().clone()).collect(),
    });
    let playbook = Playbook {
        id: read.id.get_ref().clone(),
        intents: read.intents.iter().map(|id| id.get_ref().clone()).collect(),
        collect,
        evidence: read.evidence,
        options: read.options.get_ref().clone(),
        stages: stages.collect(),
        ladder,
    };
    let span_of = |id: &str| rows.iter().find(|row| row.id.get_ref() == id).map(|r| r.id.span());
    if let Some(stage) = playbook.endless() {
        let message = format!("the stage {} may go on for ever", stage.id);
        let help = "let every way end in a stage without `next`";
        errors.at(file, span_of(&stage.id), "endless-playbook", message, help);
    } else if let Some(stage) = playbook.unreached() {
        let message = format!("no way leads to the stage {}", stage.id);
        let help = "name it in the `next` of another stage, or remove it";
        errors.at(file, span_of(&stage.id), "unreached-stage", message, help);
    }
    Some(playbook)
}

fn rung(file: &File<'_>, row: &RungRow, bounds: &Bounds, errors: &mut Errors) -> Option<Rung> {
    let Some(severity) = Severity::parse(row.severity.get_ref()) else {
        let message = format!("{:?} is no severity", row.severity.get_ref());
        errors.at(file, Some(row.severity.span()), "bad-severity", message, "red, yellow or blue");
        return None;
    };
    let tier = errors.number(file, &row.tier, (1, 3));
    let percent = *row.percent.get_ref();
    let most = bounds.of(tier, severity);
    if percent > most {
        let message = format!(
            "{} of {percent} % is above the bound of tier {tier} for {}, {most} %",
            row.offer,
            severity.as_str()
        );
        let help = "lower it, give it to a higher tier, or raise [compensation] in desk.toml";
        errors.at(file, Some(row.percent.span()), "above-bound", message, help);
    }
    Some(Rung { offer: row.offer.clone(), percent, tier, severity })
}
