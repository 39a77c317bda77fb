//! From files to a book. The shape is serde's affair, what it means is checked here.

mod hours;
mod playbook;
mod tables;

use std::collections::BTreeMap;
use std::ops::Range;

use intent::Analysis;
use jiff::SignedDuration;
use toml::Spanned;

pub use self::hours::interval;
use self::playbook::playbook;
use self::tables::{DeskFile, Tables, TimesRow};
use super::{Book, BookError, Source, Times};

type Text = Spanned<String>;

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
        // What is not a number is neither above nor below.
        if !(least..=most).contains(&number) {
            let message = format!("{number} cannot be here");
            let help = format!("write a number from {least} to {most}");
            self.at(file, Some(value.span()), "bad-number", message, help);
        }
        number
    }
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
    let Tables {
        teams,
        deadlines,
        queue,
        weights,
        follow_up,
        surveys,
        compensation,
        variants,
        act_from,
    } = tables;
    let (
        Some(teams),
        Some((next, resolution, warn_percent, silence, translator)),
        Some((handling, capacity, order_value_cents)),
        Some(weights),
        Some(follow_up),
        Some(surveys),
        Some((bounds, apology_percent)),
    ) = (teams, deadlines, queue, weights, follow_up, surveys, compensation)
    else {
        if errors.0.is_empty() {
            let file = File { name: "desk/desk.toml", text: "", own: false };
            let message = "a table is missing: team, deadlines, queue, severity, follow_up, \
                           survey and compensation are all needed";
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
        act_from: act_from.unwrap_or(Analysis::ACT_FROM),
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
        surveys,
        bounds,
        apology_percent,
        playbooks,
    })
}
