//! From files to a book. The shape is serde's affair, what it means is checked here.

mod hours;
mod playbook;

use std::collections::BTreeMap;
use std::ops::Range;

use jiff::SignedDuration;
use serde::Deserialize;
use toml::Spanned;

pub use self::hours::interval;
use self::hours::{HoursRow, calendar};
use self::playbook::playbook;
use super::{
    Book, BookError, Bounds, MANNERS, Rotation, Source, Team, Times, VariantOutcome, Variants,
};
use crate::ids::TeamId;
use crate::ledger::Weights;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DeskFile {
    #[serde(default)]
    team: Vec<TeamRow>,
    deadlines: Option<DeadlinesRow>,
    queue: Option<QueueRow>,
    severity: Option<WeightsRow>,
    follow_up: Option<FollowUpRow>,
    compensation: Option<CompensationRow>,
    variants: Option<BTreeMap<Text, u16>>,
    rotation: Option<RotationRow>,
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

type Text = Spanned<String>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TimesRow {
    red: Text,
    yellow: Text,
    blue: Text,
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
    reopen_at_most: Spanned<u8>,
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

/// One file under reading.
struct File<'a> {
    name: &'a str,
    text: &'a str,
    own: bool,
}

/// Notes what is wrong.
#[derive(Default)]
struct Errors(Vec<BookError>);

impl Errors {
    fn at(
        &mut self,
        file: &File<'_>,
        span: Option<Range<usize>>,
        code: &'static str,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        let (line, column, excerpt) = span.map_or((0, 0, String::new()), |span| {
            let before = file.text.get(..span.start).unwrap_or_default();
            let begin = before.rfind('\n').map_or(0, |at| at + 1);
            let excerpt = file.text.get(begin..).unwrap_or_default().lines().next();
            let column = before.get(begin..).unwrap_or_default().chars().count() + 1;
            (before.matches('\n').count() + 1, column, excerpt.unwrap_or_default().to_owned())
        });
        self.0.push(BookError {
            code,
            path: file.name.to_owned(),
            line,
            column,
            excerpt,
            message: message.into(),
            help: help.into(),
        });
    }

    fn parse<T: serde::de::DeserializeOwned>(&mut self, file: &File<'_>) -> Option<T> {
        match toml::from_str(file.text) {
            Ok(read) => Some(read),
            Err(error) => {
                let help = "docs/DESK.md lists what each file takes";
                self.at(file, error.span(), "bad-desk-file", error.message(), help);
                None
            }
        }
    }

    fn time(&mut self, file: &File<'_>, text: &Text) -> SignedDuration {
        match text.get_ref().parse::<SignedDuration>() {
            Ok(time) if time > SignedDuration::ZERO => time,
            _ => {
                let message = format!("{:?} is no length of time", text.get_ref());
                let help = "write a number with its unit: 15m, 2h, 36h";
                self.at(file, Some(text.span()), "bad-duration", message, help);
                SignedDuration::ZERO
            }
        }
    }

    fn times(&mut self, file: &File<'_>, row: &TimesRow) -> Times {
        Times {
            red: self.time(file, &row.red),
            yellow: self.time(file, &row.yellow),
            blue: self.time(file, &row.blue),
        }
    }

    /// A number between two bounds.
    fn number<N: Copy + PartialOrd + std::fmt::Display>(
        &mut self,
        file: &File<'_>,
        value: &Spanned<N>,
        (least, most): (N, N),
    ) -> N {
        let number = *value.get_ref();
        if number < least || number > most {
            let message = format!("{number} cannot be here");
            let help = format!("write a number from {least} to {most}");
            self.at(file, Some(value.span()), "bad-number", message, help);
        }
        number
    }
}

/// The tables of `desk.toml`, each from the last file that has it.
#[derive(Default)]
struct Tables {
    teams: Option<Vec<Team>>,
    deadlines: Option<(Times, Times, u8, SignedDuration, SignedDuration)>,
    queue: Option<(SignedDuration, u32, u64)>,
    weights: Option<Weights>,
    follow_up: Option<(SignedDuration, u8)>,
    compensation: Option<(Bounds, u8)>,
    variants: Variants,
}

pub(super) fn compile(
    sources: &[Source<'_>],
    known: &dyn Fn(&str) -> bool,
) -> Result<Book, Vec<BookError>> {
    let mut errors = Errors::default();
    let mut tables = Tables::default();
    let mut files = Vec::new();
    for source in sources {
        let Ok(text) = std::str::from_utf8(source.bytes) else {
            let file = File { name: source.name, text: "", own: source.own };
            errors.at(&file, None, "not-utf8", "the file is not UTF-8", "save it as UTF-8");
            continue;
        };
        let file = File { name: source.name, text, own: source.own };
        if source.path == "desk.toml" {
            if let Some(read) = errors.parse::<DeskFile>(&file) {
                tables.take(&file, &read, &mut errors);
            }
        } else if source.path.starts_with("playbooks/") {
            files.push((source.path, file));
        } else {
            let help = "the folder holds desk.toml and playbooks/*.toml";
            errors.at(&file, None, "unknown-desk-file", "nothing reads this file", help);
        }
    }
    // Bounds come first: ladders are held against them.
    let Tables { teams, deadlines, queue, weights, follow_up, compensation, variants } = tables;
    let (
        Some(teams),
        Some((next, resolution, warn_percent, silence, translator)),
        Some((handling, capacity, order_value_cents)),
        Some(weights),
        Some((follow_up, reopen_at_most)),
        Some((bounds, apology_percent)),
    ) = (teams, deadlines, queue, weights, follow_up, compensation)
    else {
        if errors.0.is_empty() {
            let file = File { name: "desk/desk.toml", text: "", own: false };
            let message = "a table is missing: team, deadlines, queue, severity, follow_up and \
                           compensation are all needed";
            errors.at(&file, None, "missing-table", message, "docs/DESK.md lists them");
        }
        return Err(errors.0);
    };
    let mut playbooks = BTreeMap::new();
    for (path, file) in &files {
        // A shop's file replaces the one of the same name.
        if files.iter().rev().find(|(other, _)| other == path).map(|(_, last)| last.name)
            != Some(file.name)
        {
            continue;
        }
        if let Some(playbook) = playbook(file, &bounds, known, &mut errors)
            && let Some(before) = playbooks.insert(playbook.id.clone(), playbook)
        {
            let message = format!("the playbook {} stands in two files", before.id);
            errors.at(file, None, "duplicate-playbook", message, "give each its own id");
        }
    }
    if !errors.0.is_empty() {
        return Err(errors.0);
    }
    Ok(Book {
        teams,
        variants,
        next,
        resolution,
        warn_percent,
        silence,
        translator,
        handling,
        capacity,
        order_value_cents,
        weights,
        follow_up,
        reopen_at_most,
        bounds,
        apology_percent,
        playbooks,
    })
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

impl Tables {
    fn take(&mut self, file: &File<'_>, read: &DeskFile, errors: &mut Errors) {
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
            let most = errors.number(file, &row.reopen_at_most, (0, 5));
            self.follow_up = Some((errors.time(file, &row.after), most));
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
