//! What pressing a button means.

use std::fmt;

use intent::IntentId;

/// The meaning of a button, as the bot offered it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Payload {
    /// `intent:<id>`: asks this.
    Intent(IntentId),
    /// `clarify:<id>`: meant this one of two.
    Clarify(IntentId),
    /// `option:<id>`: chooses this way out of a dispute.
    Option(String),
    /// `csat:<n>`: the customer's mark, 1 to 5.
    Csat(u8),
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
                    "csat" => id.parse().ok().filter(|n| (1..=5).contains(n)).map(Self::Csat),
                    _ => None,
                }
            }
        }
    }
}

impl fmt::Display for Payload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Intent(id) => write!(f, "intent:{id}"),
            Self::Clarify(id) => write!(f, "clarify:{id}"),
            Self::Option(id) => write!(f, "option:{id}"),
            Self::Csat(n) => write!(f, "csat:{n}"),
            Self::Human => f.write_str("human"),
            Self::Yes => f.write_str("yes"),
            Self::No => f.write_str("no"),
        }
    }
}
