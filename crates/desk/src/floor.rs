//! Who is there, and who gets what: routing to people.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};

use crate::book::Book;
use crate::calendar::Calendar;
use crate::ids::{AgentId, TeamId};

#[cfg(test)]
mod tests;

/// A person who answers customers, as routing sees them.
#[derive(Clone, Debug)]
pub struct Agent {
    /// Who.
    pub id: AgentId,
    /// In which teams.
    pub teams: BTreeSet<TeamId>,
    /// Which languages they read, as BCP 47 tags; regions do not matter.
    pub languages: BTreeSet<String>,
    /// What they can do.
    pub skills: BTreeSet<String>,
    /// How many tickets at once; 0 is none.
    pub capacity: u32,
    /// How many they have.
    pub load: u32,
    /// When they work, in their own time zone; always where there are no shifts.
    pub shifts: Option<Calendar>,
    /// They say that they are there.
    pub available: bool,
}

impl Agent {
    /// Whether they are there now.
    #[must_use]
    pub fn on_duty(&self, now: Timestamp) -> bool {
        self.available && self.shifts.as_ref().is_none_or(|shifts| shifts.is_open(now))
    }

    fn reads(&self, language: &str) -> bool {
        let primary = |tag: &str| tag.split('-').next().unwrap_or_default().to_ascii_lowercase();
        self.languages.iter().any(|own| primary(own) == primary(language))
    }
}

/// The state of the floor when somebody is to be found.
#[derive(Clone, Debug, Default)]
pub struct Floor {
    /// Everybody who answers customers, there or not. Empty where the desk keeps no people:
    /// tickets then wait until somebody takes them.
    pub agents: Vec<Agent>,
    /// Tickets that wait for a person, by tier.
    pub waiting: [u32; 3],
    /// What a ticket took lately; none without figures.
    pub handling: Option<SignedDuration>,
}

/// What a ticket needs of a person.
#[derive(Clone, Copy, Debug)]
pub struct Need<'a> {
    /// The tier.
    pub tier: u8,
    /// The language the customer writes.
    pub language: Option<&'a str>,
    /// The customer is one of those whom the shop treats first.
    pub vip: bool,
}

/// Where a ticket goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Route {
    /// To this person at once.
    To(AgentId),
    /// Everybody is busy.
    Queue {
        /// Its place in line, from 1.
        place: u32,
        /// How long it will take, as far as anybody knows.
        wait: SignedDuration,
    },
    /// Nobody of the tier is there.
    Nobody,
    /// The desk keeps no people.
    Open,
}

/// A way, and whether anybody at its end reads the customer's language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Routed {
    /// Where it goes.
    pub route: Route,
    /// Nobody on duty reads the customer's language: somebody has to translate.
    pub translator: bool,
}

impl Floor {
    /// Finds who takes a ticket: of the tier, with the skills of the team, there and with
    /// room, reading the language where anybody there does; for a VIP whoever has the skill
    /// `vip`, then the least loaded. Equal ones go by name.
    #[must_use]
    pub fn route(&self, need: &Need<'_>, book: &Book, now: Timestamp) -> Routed {
        if self.agents.is_empty() {
            return Routed { route: Route::Open, translator: false };
        }
        let team = |agent: &Agent| {
            book.teams.iter().any(|team| {
                team.tier == need.tier
                    && agent.teams.contains(&team.id)
                    && team.skills.iter().all(|skill| agent.skills.contains(skill))
            })
        };
        let there: Vec<&Agent> =
            self.agents.iter().filter(|agent| team(agent) && agent.on_duty(now)).collect();
        let reads = |agent: &Agent| need.language.is_none_or(|language| agent.reads(language));
        let translator = !there.iter().any(|agent| reads(agent));
        // Whoever reads the language and is there is worth waiting for.
        let there: Vec<&Agent> =
            there.into_iter().filter(|agent| translator || reads(agent)).collect();
        let route = if there.is_empty() {
            Route::Nobody
        } else {
            let free = there.iter().filter(|agent| agent.load < agent.capacity);
            let best = free.min_by_key(|agent| {
                let special = need.vip && agent.skills.contains("vip");
                let load = u64::from(agent.load) * 1000 / u64::from(agent.capacity.max(1));
                (Reverse(special), load, &agent.id)
            });
            best.map_or_else(|| self.queue(need, &there, book), |best| Route::To(best.id.clone()))
        };
        Routed { route, translator: translator && !there.is_empty() }
    }

    /// Places at work come free one after another: those before and this one, over the
    /// places there are, each as long as a ticket takes.
    fn queue(&self, need: &Need<'_>, there: &[&Agent], book: &Book) -> Route {
        let index = usize::from(need.tier.clamp(1, 3)) - 1;
        let place = self.waiting[index].saturating_add(1);
        let places: u32 = there.iter().map(|agent| agent.capacity).sum();
        let handling = self.handling.unwrap_or(book.handling);
        let rounds = place.div_ceil(places.max(1));
        Route::Queue { place, wait: handling * i32::try_from(rounds).unwrap_or(i32::MAX) }
    }
}
