//! What is asked of whom after a resolved ticket, and what follows from the mark.

use std::collections::BTreeMap;

use super::variants::{number, pick};
use crate::survey::{Rating, Survey};

/// The questions of which one is asked after each resolved ticket.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Surveys {
    /// By question; what is not here is not asked.
    pub terms: BTreeMap<Survey, Terms>,
}

/// How one question is asked.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Terms {
    /// Its share of tickets; the shares need not add up to a hundred, and 0 is none.
    pub share: u16,
    /// A mark up to this one opens the ticket again; none where no mark does.
    pub reopen_at_most: Option<u8>,
    /// What is aimed at: CSAT in percent of marks of 4 and 5, CES as the mean mark, NPS in
    /// points.
    pub target: Option<f64>,
}

impl Terms {
    /// What can be aimed at.
    pub(super) fn targets(survey: Survey) -> (f64, f64) {
        match survey {
            Survey::Csat => (0.0, 100.0),
            Survey::Ces => (1.0, 7.0),
            Survey::Nps => (-100.0, 100.0),
        }
    }
}

impl Surveys {
    /// How a question is asked; none where the shop does not name it.
    #[must_use]
    pub fn of(&self, survey: Survey) -> Option<&Terms> {
        self.terms.get(&survey)
    }

    /// Whether anything is asked of anybody.
    #[must_use]
    pub fn asks(&self) -> bool {
        self.terms.values().any(|terms| terms.share > 0)
    }

    /// What is asked after a ticket; none where nothing is. It follows from a hash of the
    /// ticket's id, so that it is the same however often it is looked for.
    #[must_use]
    pub fn pick(&self, ticket: &str) -> Option<Survey> {
        let shares = self.terms.iter().map(|(survey, terms)| (*survey, terms.share));
        pick(shares, number("switchboard survey of ticket", ticket))
    }

    /// Whether a mark opens its ticket again.
    #[must_use]
    pub fn reopens(&self, rating: Rating) -> bool {
        let most = self.of(rating.survey()).and_then(|terms| terms.reopen_at_most);
        most.is_some_and(|most| rating.mark() <= most)
    }
}
