//! What customers are asked after a resolved ticket, and the marks that they give.

mod typed;

use std::fmt;
use std::ops::RangeInclusive;

use crate::decision::Text;

pub(crate) use typed::typed;

/// A question of how it went, as service people ask it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Survey {
    /// Customer satisfaction: how good the help was, 1 to 5.
    Csat,
    /// Customer effort (CES 2.0): whether the shop made it easy, 1 (not at all) to 7 (very).
    Ces,
    /// Net promoter score: how likely the customer is to recommend the shop, 0 to 10.
    Nps,
}

impl Survey {
    /// Every question.
    pub const ALL: [Self; 3] = [Self::Csat, Self::Ces, Self::Nps];

    /// The name in files, payloads and on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Csat => "csat",
            Self::Ces => "ces",
            Self::Nps => "nps",
        }
    }

    /// The inverse of [`Survey::as_str`].
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|survey| survey.as_str() == name)
    }

    /// The name for people.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Csat => "CSAT",
            Self::Ces => "CES",
            Self::Nps => "NPS",
        }
    }

    /// The marks there are.
    #[must_use]
    pub fn scale(self) -> RangeInclusive<u8> {
        match self {
            Self::Csat => 1..=5,
            Self::Ces => 1..=7,
            Self::Nps => 0..=10,
        }
    }

    /// The marks that speak for the shop: satisfied, easy, promoters.
    #[must_use]
    pub fn good(self) -> RangeInclusive<u8> {
        match self {
            Self::Csat => 4..=5,
            Self::Ces => 5..=7,
            Self::Nps => 9..=10,
        }
    }

    /// The marks that speak against it: dissatisfied, hard, detractors.
    #[must_use]
    pub fn low(self) -> RangeInclusive<u8> {
        match self {
            Self::Csat => 1..=2,
            Self::Ces => 1..=3,
            Self::Nps => 0..=6,
        }
    }

    /// What is asked.
    pub(crate) fn question(self) -> Text {
        match self {
            Self::Csat => Text::FollowUp,
            Self::Ces => Text::FollowUpCes,
            Self::Nps => Text::FollowUpNps,
        }
    }

    /// What is said to a mark.
    pub(crate) fn thanks(self) -> Text {
        match self {
            Self::Csat => Text::CsatThanks,
            Self::Ces => Text::CesThanks,
            Self::Nps => Text::NpsThanks,
        }
    }

    /// What is said to a mark that opens the ticket again.
    pub(crate) fn reopens(self) -> Text {
        match self {
            Self::Csat => Text::CsatLow,
            Self::Ces => Text::CesLow,
            Self::Nps => Text::NpsLow,
        }
    }
}

/// A mark with the question that it answers: `CES 6 of 7`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Rating {
    survey: Survey,
    mark: u8,
}

impl Rating {
    /// None where the scale has no such mark.
    #[must_use]
    pub fn new(survey: Survey, mark: u8) -> Option<Self> {
        survey.scale().contains(&mark).then_some(Self { survey, mark })
    }

    /// The question.
    #[must_use]
    pub fn survey(self) -> Survey {
        self.survey
    }

    /// The mark, within [`Survey::scale`].
    #[must_use]
    pub fn mark(self) -> u8 {
        self.mark
    }
}

impl fmt::Display for Rating {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { survey, mark } = self;
        write!(f, "{} {mark} of {}", survey.title(), survey.scale().end())
    }
}
