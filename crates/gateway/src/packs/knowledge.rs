//! What packs, answers and facts compile to: everything the bot knows.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use desk::{Book, Calendar, Clock, Policy, ResponseTime};
use faq::{Answers, Hours, Period, PeriodUnit, Shop};
use intent::{Analyzer, Compiled, PackError, PackErrors};
use jiff::SignedDuration;

use super::{PackFile, PackFiles, sources};

/// Everything the bot knows. Immutable: a reload makes another one.
#[derive(Debug)]
pub struct Knowledge {
    /// Reads messages.
    pub analyzer: Analyzer,
    /// Says answers.
    pub answers: Answers,
    /// What the shop decided beforehand.
    pub policy: Policy,
    /// The shop's own files that it was made from, by path.
    pub own: BTreeMap<String, String>,
}

/// One thing wrong with packs, answers or facts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// A stable code: `unknown-intent`, `syntax`.
    pub code: &'static str,
    /// The file: on disk, or `intents/…` and `faq/…` for one that the binary carries.
    pub path: String,
    /// The line, from 1; 0 where it is the file as a whole.
    pub line: usize,
    /// The column in characters, from 1; 0 where it is the file as a whole.
    pub column: usize,
    /// The line itself.
    pub excerpt: String,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub help: String,
}

/// Everything wrong, in the order of files and lines. Never empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Faults(pub Vec<Fault>);

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { code, path, line, column, excerpt, message, help } = self;
        writeln!(f, "error[{code}]: {message}")?;
        if *line == 0 {
            writeln!(f, "  --> {path}")?;
        } else {
            writeln!(f, "  --> {path}:{line}:{column}")?;
            writeln!(f, "   | {excerpt}")?;
        }
        write!(f, "   = help: {help}")
    }
}

impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for fault in &self.0 {
            writeln!(f, "{fault}\n")?;
        }
        match self.0.len() {
            1 => f.write_str("1 error"),
            n => write!(f, "{n} errors"),
        }
    }
}

impl std::error::Error for Faults {}

impl Knowledge {
    /// Compiles every file.
    ///
    /// # Errors
    /// Everything that is wrong, at once.
    pub fn compile(files: &PackFiles) -> Result<Self, Faults> {
        let mut faults = Vec::new();
        let (answers, packs) = std::thread::scope(|scope| {
            let packs = scope.spawn(|| compile_packs(files));
            let answers = compile_answers(files, &mut faults);
            (answers, packs.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
        });
        let options = intent::Options {
            order_number_patterns: answers
                .as_ref()
                .map(|answers| answers.shop().orders.number_patterns.clone())
                .unwrap_or_default(),
            ..intent::Options::default()
        };
        let analyzer = match packs.and_then(|packs| Analyzer::link(packs, &options)) {
            Ok(analyzer) => Some(analyzer),
            Err(errors) => {
                faults.extend(Faults::of_packs(errors, &files.intents).0);
                None
            }
        };
        let hours = answers.as_ref().and_then(|answers| opening(answers.shop(), &mut faults));
        let book = compile_book(files, analyzer.as_ref(), &mut faults);
        match (analyzer, answers, hours, book) {
            (Some(analyzer), Some(answers), Some(hours), Some(book)) if faults.is_empty() => {
                let analyzer = analyzer.acting_from(book.act_from);
                let policy = policy(&analyzer, &answers, hours, book);
                Ok(Self { analyzer, answers, policy, own: files.own() })
            }
            _ => Err(Faults(faults)),
        }
    }
}

fn compile_answers(files: &PackFiles, faults: &mut Vec<Fault>) -> Option<Answers> {
    let names: Vec<String> = files.faq.iter().map(|pack| pack.name("faq")).collect();
    let sources: Vec<_> = (files.faq.iter().zip(&names))
        .map(|(pack, name)| faq::Source { path: name, bytes: &pack.bytes })
        .collect();
    match Answers::compile(&sources) {
        Ok(answers) => Some(answers),
        Err(errors) => {
            faults.extend(errors.0.into_iter().map(|error| Fault {
                code: error.code,
                path: error.path,
                line: error.line,
                column: error.column,
                excerpt: error.excerpt,
                message: error.message,
                help: error.help,
            }));
            None
        }
    }
}

fn compile_book(
    files: &PackFiles,
    analyzer: Option<&Analyzer>,
    faults: &mut Vec<Fault>,
) -> Option<Book> {
    let names: Vec<String> = files.desk.iter().map(|pack| pack.name("desk")).collect();
    let sources: Vec<_> = (files.desk.iter().zip(&names))
        .map(|(pack, name)| desk::Source {
            path: &pack.path,
            name,
            bytes: &pack.bytes,
            own: pack.file.is_some(),
        })
        .collect();
    // Where the packs are broken nothing can be said of a playbook's intents.
    let known =
        |id: &str| analyzer.is_none_or(|a| a.intents().iter().any(|spec| spec.id.as_str() == id));
    match Book::compile(&sources, &known) {
        Ok(book) => Some(book),
        Err(errors) => {
            faults.extend(errors.into_iter().map(|error| Fault {
                code: error.code,
                path: error.path,
                line: error.line,
                column: error.column,
                excerpt: error.excerpt,
                message: error.message,
                help: error.help,
            }));
            None
        }
    }
}

fn compile_packs(files: &PackFiles) -> Result<Compiled, PackErrors> {
    if let Some(compiled) = files.compiled() {
        return Ok(compiled);
    }
    Compiled::new(&sources(&files.intents))
}

impl Faults {
    /// What is wrong with packs, by the files they were read from.
    #[must_use]
    pub fn of_packs(errors: PackErrors, files: &[PackFile]) -> Self {
        // Of two files with one path the shop's is the later one, and the one in question:
        // the binary's own were tried before it was built.
        let places: BTreeMap<&str, String> =
            files.iter().map(|pack| (pack.path.as_str(), pack.name("intents"))).collect();
        let fault = |error: PackError| Fault {
            code: error.code,
            path: places.get(error.path.as_str()).cloned().unwrap_or(error.path),
            line: error.line,
            column: error.column,
            excerpt: error.excerpt,
            message: error.message,
            help: error.help,
        };
        Self(errors.0.into_iter().map(fault).collect())
    }
}

fn opening(shop: &Shop, faults: &mut Vec<Fault>) -> Option<Calendar> {
    let Hours { time_zone, week, holidays, .. } = &shop.hours;
    let week = week.each_ref().map(|day| day.iter().map(|i| (i.start, i.end)).collect());
    match Calendar::new(time_zone.clone(), week, holidays.iter().copied()) {
        Ok(calendar) => Some(calendar),
        Err(error) => {
            faults.push(Fault {
                code: error.code(),
                path: "shop.toml".to_owned(),
                line: 0,
                column: 0,
                excerpt: String::new(),
                message: error.to_string(),
                help: "mend the table [hours]".to_owned(),
            });
            None
        }
    }
}

fn policy(analyzer: &Analyzer, answers: &Answers, hours: Calendar, book: Book) -> Policy {
    let answerable: BTreeSet<&str> = answers.ids().collect();
    let mut policy =
        Policy::standard(analyzer.intents(), |id| answerable.contains(id.as_str()), hours, book);
    let first = answers.shop().first_response;
    policy.red = response(first.red);
    policy.yellow = response(first.yellow);
    policy.blue = response(first.blue);
    policy
}

/// A promise of a day or more counts days on which people are there; a shorter one
/// counts the hours in which they are.
fn response(period: Period) -> ResponseTime {
    let amount = i64::from(period.amount);
    let within = match period.unit {
        PeriodUnit::Minutes => SignedDuration::from_mins(amount),
        PeriodUnit::Hours => SignedDuration::from_hours(amount),
        PeriodUnit::Days => SignedDuration::from_hours(24 * amount),
        PeriodUnit::Months => SignedDuration::from_hours(24 * 30 * amount),
    };
    let clock =
        if within < SignedDuration::from_hours(24) { Clock::OpenTime } else { Clock::OpenDays };
    ResponseTime { within, clock }
}
