//! The tables of `desk.toml`.

use std::collections::BTreeMap;

use intent::Confidence;
use jiff::SignedDuration;
use serde::Deserialize;
use toml::Spanned;

use super::hours::{HoursRow, calendar};
use super::{Errors, File, Text};
use crate::book::{
    Bounds, MANNERS, Rotation, Surveys, Team, Terms, Times, VariantOutcome, Variants,
};
use crate::ids::TeamId;
use crate::ledger::Weights;
use crate::survey::Survey;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DeskFile {
    #[serde(default)]
    team: Vec<TeamRow>,
    deadlines: Option<DeadlinesRow>,
    queue: Option<QueueRow>,
    severity: Option<WeightsRow>,
    follow_up: Option<FollowUpRow>,
    survey: Option<BTreeMap<Text, TermsRow>>,
    compensation: Option<CompensationRow>,
    variants: Option<BTreeMap<Text, u16>>,
    rotation: Option<RotationRow>,
    understanding: Option<UnderstandingRow>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct UnderstandingRow {
    act_from_percent: Spanned<u8>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RotationRow {
    by: Text,
    after: Spanned<u32>,
    days: Spanned<u16>,
    share: Spanned<u8>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TeamRow {
    id: Spanned<String>,
    tier: Spanned<u8>,
    #[serde(default)]
    skills: Vec<String>,
    hours: Option<HoursRow>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TimesRow {
    pub(super) red: Text,
    pub(super) yellow: Text,
    pub(super) blue: Text,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DeadlinesRow {
    next: TimesRow,
    resolution: TimesRow,
    warn_percent: Spanned<u8>,
    silence: Text,
    translator: Text,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct QueueRow {
    handling_minutes: Spanned<u16>,
    capacity: Spanned<u32>,
    order_value: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WeightsRow {
    repeated: u16,
    failed: u16,
    anger: u16,
    waited: u16,
    promise: u16,
    yellow: Spanned<u16>,
    red: Spanned<u16>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FollowUpRow {
    after: Text,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TermsRow {
    share: Spanned<u16>,
    reopen_at_most: Option<Spanned<u8>>,
    target: Option<Spanned<f64>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CompensationRow {
    tier_1: BoundRow,
    tier_2: BoundRow,
    tier_3: BoundRow,
    apology: Spanned<u8>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BoundRow {
    blue: Spanned<u8>,
    yellow: Spanned<u8>,
    red: Spanned<u8>,
}

/// The tables of `desk.toml`, each from the last file that has it.
#[derive(Default)]
pub(super) struct Tables {
    pub(super) teams: Option<Vec<Team>>,
    pub(super) deadlines: Option<(Times, Times, u8, SignedDuration, SignedDuration)>,
    pub(super) queue: Option<(SignedDuration, u32, u64)>,
    pub(super) weights: Option<Weights>,
    pub(super) follow_up: Option<SignedDuration>,
    pub(super) surveys: Option<Surveys>,
    pub(super) compensation: Option<(Bounds, u8)>,
    pub(super) variants: Variants,
    pub(super) act_from: Option<Confidence>,
}

fn rotation(file: &File<'_>, row: &RotationRow, errors: &mut Errors) -> Option<Rotation> {
    let by = VariantOutcome::ALL.into_iter().find(|by| by.as_str() == row.by.get_ref());
    if by.is_none() {
        let message = format!("manners are not compared by {}", row.by.get_ref());
        let help =
            format!("name one of {}", VariantOutcome::ALL.map(VariantOutcome::as_str).join(", "));
        errors.at(file, Some(row.by.span()), "unknown-outcome", message, help);
    }
    let after = errors.number(file, &row.after, (30, 1_000_000));
    let days = errors.number(file, &row.days, (1, 366));
    // The others go on being tried: what is not tried cannot be found to do better.
    let share = errors.number(file, &row.share, (1, 95));
    by.map(|by| Rotation { by, after, days, share })
}

fn surveys(file: &File<'_>, rows: &BTreeMap<Text, TermsRow>, errors: &mut Errors) -> Surveys {
    let mut terms = BTreeMap::new();
    for (name, row) in rows {
        let Some(survey) = Survey::parse(name.get_ref()) else {
            let message = format!("customers are not asked for {}", name.get_ref());
            let help = format!("name some of {}", Survey::ALL.map(Survey::as_str).join(", "));
            errors.at(file, Some(name.span()), "unknown-survey", message, help);
            continue;
        };
        let marks = survey.scale();
        let mut mark = |value| errors.number(file, value, (*marks.start(), *marks.end()));
        let reopen_at_most = row.reopen_at_most.as_ref().map(&mut mark);
        let mut target = |value| errors.number(file, value, Terms::targets(survey));
        let target = row.target.as_ref().map(&mut target);
        let share = errors.number(file, &row.share, (0, 1000));
        terms.insert(survey, Terms { share, reopen_at_most, target });
    }
    Surveys { terms }
}

impl Tables {
    pub(super) fn take(&mut self, file: &File<'_>, read: &DeskFile, errors: &mut Errors) {
        if let Some(shares) = &read.variants {
            for name in shares.keys().filter(|name| !MANNERS.contains(&name.get_ref().as_str())) {
                let message = format!("answers are written in no manner called {}", name.get_ref());
                let help = format!("name some of {}", MANNERS.join(", "));
                errors.at(file, Some(name.span()), "unknown-manner", message, help);
            }
            let shares = shares.iter().map(|(name, share)| (name.get_ref().clone(), *share));
            self.variants.shares = shares.collect();
        }
        if let Some(row) = &read.rotation {
            self.variants.rotation = rotation(file, row, errors);
        }
        if let Some(row) = &read.understanding {
            let percent = errors.number(file, &row.act_from_percent, (1, 99));
            self.act_from = Some(Confidence::from_permille(u16::from(percent) * 10));
        }
        if !read.team.is_empty() {
            self.teams = Some(teams(file, &read.team, errors));
        }
        if let Some(row) = &read.deadlines {
            self.deadlines = Some((
                errors.times(file, &row.next),
                errors.times(file, &row.resolution),
                errors.number(file, &row.warn_percent, (1, 99)),
                errors.time(file, &row.silence),
                errors.time(file, &row.translator),
            ));
        }
        if let Some(row) = &read.queue {
            let minutes = errors.number(file, &row.handling_minutes, (1, 1440));
            self.queue = Some((
                SignedDuration::from_mins(i64::from(minutes)),
                errors.number(file, &row.capacity, (1, 100)),
                u64::from(row.order_value) * 100,
            ));
        }
        if let Some(row) = &read.severity {
            let (yellow, red) = (*row.yellow.get_ref(), *row.red.get_ref());
            if yellow == 0 || red <= yellow {
                let help = "write a sum for yellow above 0 and a higher one for red";
                let message = format!("yellow at {yellow} and red at {red} leave no way between");
                errors.at(file, Some(row.red.span()), "bad-severity", message, help);
            }
            let WeightsRow { repeated, failed, anger, waited, promise, .. } = *row;
            self.weights = Some(Weights { repeated, failed, anger, waited, promise, yellow, red });
        }
        if let Some(row) = &read.follow_up {
            self.follow_up = Some(errors.time(file, &row.after));
        }
        if let Some(rows) = &read.survey {
            self.surveys = Some(surveys(file, rows, errors));
        }
        if let Some(row) = &read.compensation {
            let mut percent = |value: &Spanned<u8>| errors.number(file, value, (0, 100));
            let mut tier = |row: &BoundRow| [&row.blue, &row.yellow, &row.red].map(&mut percent);
            let bounds =
                Bounds { percent: [tier(&row.tier_1), tier(&row.tier_2), tier(&row.tier_3)] };
            self.compensation = Some((bounds, percent(&row.apology)));
        }
    }
}

fn teams(file: &File<'_>, rows: &[TeamRow], errors: &mut Errors) -> Vec<Team> {
    let mut teams: Vec<Team> = Vec::new();
    for row in rows {
        let id = TeamId::new(row.id.get_ref());
        if teams.iter().any(|team| team.id == id) {
            let message = format!("the team {id} is there twice");
            errors.at(file, Some(row.id.span()), "duplicate-team", message, "name each once");
        }
        let tier = errors.number(file, &row.tier, (1, 3));
        let hours = row.hours.as_ref().and_then(|hours| calendar(file, hours, errors));
        teams.push(Team { id, tier, skills: row.skills.clone(), hours });
    }
    for tier in 1..=3 {
        if teams.iter().all(|team| team.tier != tier) {
            let span = rows.first().map(|row| row.id.span());
            let message = format!("no team takes tier {tier}");
            errors.at(file, span, "tier-without-team", message, "add a [[team]] with this tier");
        }
    }
    teams
}
