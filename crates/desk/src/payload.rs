//! What pressing a button means.

use std::fmt;

use intent::IntentId;

use crate::survey::{Rating, Survey};

/// The meaning of a button, as the bot offered it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Payload {
    /// `intent:<id>`: asks this.
    Intent(IntentId),
    /// `clarify:<id>`: meant this one of two.
    Clarify(IntentId),
    /// `option:<id>`: chooses this way out of a dispute.
    Option(String),
    /// `csat:<n>`, `ces:<n>`, `nps:<n>`: the customer's mark.
    Mark(Rating),
    /// `human`: wants a person.
    Human,
    /// `yes`.
    Yes,
    /// `no`.
    No,
}

impl Payload {
    /// Reads a payload; none when it is not one of ours.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "human" => Some(Self::Human),
            "yes" => Some(Self::Yes),
            "no" => Some(Self::No),
            _ => {
                let (kind, id) = text.split_once(':')?;
                if id.is_empty() {
                    return None;
                }
                match kind {
                    "intent" => Some(Self::Intent(IntentId::new(id))),
                    "clarify" => Some(Self::Clarify(IntentId::new(id))),
                    "option" => Some(Self::Option(id.to_owned())),
                    kind => Rating::new(Survey::parse(kind)?, id.parse().ok()?).map(Self::Mark),
                }
            }
        }
    }

    /// The intent that it names, which the packs may not know any more.
    #[must_use]
    pub fn intent(&self) -> Option<&IntentId> {
        match self {
            Self::Intent(id) | Self::Clarify(id) => Some(id),
            Self::Option(_) | Self::Mark(_) | Self::Human | Self::Yes | Self::No => None,
        }
    }
}

impl fmt::Display for Payload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Intent(id) => write!(f, "intent:{id}"),
            Self::Clarify(id) => write!(f, "clarify:{id}"),
            Self::Option(id) => write!(f, "option:{id}"),
            Self::Mark(rating) => write!(f, "{}:{}", rating.survey().as_str(), rating.mark()),
            Self::Human => f.write_str("human"),
            Self::Yes => f.write_str("yes"),
            Self::No => f.write_str("no"),
        }
    }
}
