//! How people work, as data: teams, deadlines, points, bounds, playbooks. Compiled from
//! the files of `desk/`; everything that is wrong is told at once, with its place.

mod compensation;
mod playbook;
mod read;
mod surveys;
#[cfg(test)]
mod tests;
mod variants;

use std::collections::BTreeMap;
use std::fmt;

use intent::{Confidence, Severity};
use jiff::SignedDuration;

use crate::calendar::Calendar;
use crate::ids::TeamId;
use crate::ledger::Weights;

pub use compensation::{Bounds, Rung};
pub use playbook::{Playbook, Stage};
pub use read::interval as parse_interval;
pub use surveys::{Surveys, Terms};
pub use variants::{MANNERS, Outcome as VariantOutcome, Rotation, Variants};

/// A file as path and bytes. The path is relative to the folder: `desk.toml`,
/// `playbooks/damaged.toml`; of two with one path the later one counts.
#[derive(Clone, Copy, Debug)]
pub struct Source<'a> {
    /// The path that the rules go by.
    pub path: &'a str,
    /// How it is named to people.
    pub name: &'a str,
    /// What it holds.
    pub bytes: &'a [u8],
    /// A shop wrote it: an intent that does not exist is then a mistake. Bundled playbooks
    /// of intents that a shop does without are never reached, no more.
    pub own: bool,
}

/// One thing wrong with a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BookError {
    /// A stable code.
    pub code: &'static str,
    /// The file.
    pub path: String,
    /// From 1; 0 where it is the file as a whole.
    pub line: usize,
    /// In characters, from 1; 0 where it is the file as a whole.
    pub column: usize,
    /// The line itself.
    pub excerpt: String,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub help: String,
}

impl fmt::Display for BookError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { code, path, line, column, message, .. } = self;
        write!(f, "{path}:{line}:{column}: {message} [{code}]")
    }
}

impl std::error::Error for BookError {}

/// Some people of one tier.
#[derive(Clone, Debug)]
pub struct Team {
    /// Its name.
    pub id: TeamId,
    /// Which tier it takes, 1 to 3.
    pub tier: u8,
    /// What its tickets need of a person.
    pub skills: Vec<String>,
    /// Its own hours; the shop's where there are none.
    pub hours: Option<Calendar>,
}

/// Times by severity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Times {
    /// For red.
    pub red: SignedDuration,
    /// For yellow.
    pub yellow: SignedDuration,
    /// For blue.
    pub blue: SignedDuration,
}

impl Times {
    pub(crate) fn of(&self, severity: Severity) -> SignedDuration {
        match severity {
            Severity::Red => self.red,
            Severity::Yellow => self.yellow,
            Severity::Blue => self.blue,
        }
    }
}

/// How people work.
#[derive(Clone, Debug)]
pub struct Book {
    /// Who is there; at least one of each tier.
    pub teams: Vec<Team>,
    /// From this confidence on what is understood is acted on.
    pub act_from: Confidence,
    /// Manners of speaking that are tried against each other.
    pub variants: Variants,
    /// Until a person's next answer, in open time.
    pub next: Times,
    /// Until the matter is settled, in open time.
    pub resolution: Times,
    /// When those who have to do something are warned, in percent of the time they have.
    pub warn_percent: u8,
    /// How long a customer is silent before the bot takes the conversation back.
    pub silence: SignedDuration,
    /// How much later an answer is due that somebody has to translate.
    pub translator: SignedDuration,
    /// What a ticket takes while there are no figures.
    pub handling: SignedDuration,
    /// Tickets a person has at once, unless said of the person.
    pub capacity: u32,
    /// From which worth on a customer's orders raise the priority, in hundredths.
    pub order_value_cents: u64,
    /// What makes a matter graver.
    pub weights: Weights,
    /// How long after it was resolved a ticket is followed up.
    pub follow_up: SignedDuration,
    /// What is asked then.
    pub surveys: Surveys,
    /// What may be offered at most.
    pub bounds: Bounds,
    /// What is offered with the apology for a broken promise, in percent; 0 is nothing.
    pub apology_percent: u8,
    /// By id.
    pub playbooks: BTreeMap<String, Playbook>,
}

impl Book {
    /// Compiles the files; `known` says whether an intent exists.
    ///
    /// # Errors
    /// Everything that is wrong, at once.
    pub fn compile(
        sources: &[Source<'_>],
        known: &dyn Fn(&str) -> bool,
    ) -> Result<Self, Vec<BookError>> {
        read::compile(sources, known)
    }

    /// The team that takes a tier first.
    #[must_use]
    pub fn team(&self, tier: u8) -> Option<&Team> {
        self.teams.iter().find(|team| team.tier == tier)
    }

    /// The highest tier that somebody of these teams is there for; the first for who is in none.
    #[must_use]
    pub fn reach<'a>(&self, teams: impl Iterator<Item = &'a str>) -> u8 {
        let tier =
            |id: &str| self.teams.iter().find(|team| team.id.as_str() == id).map(|team| team.tier);
        teams.filter_map(tier).max().unwrap_or(1)
    }

    /// The playbook for one of these intents, the first first.
    #[must_use]
    pub fn playbook_of<'a>(&self, mut intents: impl Iterator<Item = &'a str>) -> Option<&Playbook> {
        intents.find_map(|id| {
            self.playbooks.values().find(|playbook| playbook.intents.iter().any(|own| own == id))
        })
    }

    /// What may be offered in a matter now, the least first: the rungs of its ladder that
    /// are within the bounds of this tier and severity.
    #[must_use]
    pub fn offers(&self, playbook: &Playbook, tier: u8, severity: Severity) -> Vec<Rung> {
        let within = |rung: &&Rung| {
            rung.tier <= tier
                && rung.severity <= severity
                && rung.percent <= self.bounds.of(tier, severity)
        };
        let mut offers: Vec<Rung> = playbook.ladder.iter().filter(within).cloned().collect();
        offers.sort_by_key(|rung| rung.percent);
        offers
    }

    /// What goes with an apology, in percent: nothing above the bound of tier and severity.
    #[must_use]
    pub fn apology(&self, tier: u8, severity: Severity) -> u8 {
        self.apology_percent.min(self.bounds.of(tier, severity))
    }
}
