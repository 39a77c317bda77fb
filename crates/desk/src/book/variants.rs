//! Which manner of speaking is tried on which customer.

use std::collections::BTreeMap;

/// The manners that answers are written in; `plain` is without one.
pub const MANNERS: [&str; 4] = ["plain", "formal", "friendly", "concise"];

/// Manners that are tried against each other, with their shares of customers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Variants {
    /// Shares by manner; they need not add up to a hundred.
    pub shares: BTreeMap<String, u16>,
    /// What follows once one of them is known to do better.
    pub rotation: Option<Rotation>,
}

/// How the manner that does better comes to more customers by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rotation {
    /// By what it does better.
    pub by: Outcome,
    /// So many outcomes of each manner are needed.
    pub after: u32,
    /// Outcomes of so many days up to now count.
    pub days: u16,
    /// What it gets, in percent of customers. The rest goes on being tried.
    pub share: u8,
}

/// What shows that a manner does well.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The conversation was never handed over to people.
    Contained,
    /// A button was pressed.
    Pressed,
    /// The customer gave a mark of satisfaction (CSAT) of 4 or 5.
    Marks,
}

impl Outcome {
    /// Every outcome.
    pub const ALL: [Self; 3] = [Self::Contained, Self::Pressed, Self::Marks];

    /// The name in files.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Contained => "contained",
            Self::Pressed => "pressed",
            Self::Marks => "marks",
        }
    }
}

impl Variants {
    /// The manner for a customer; none where nothing is tried. The same customer has the same
    /// one for as long as the shares stay: it follows from a hash of the name alone.
    #[must_use]
    pub fn pick(&self, customer: &str) -> Option<&str> {
        let shares = self.shares.iter().map(|(name, share)| (name.as_str(), *share));
        pick(shares, number("switchboard answer variant", customer))
    }

    /// The same where a manner is known to do better. Of the customers of the others as many
    /// come to it as bring it to its share; which follows from a hash of the name as well. So
    /// nobody changes between two others, and those who came go back where it is not better
    /// after all.
    #[must_use]
    pub fn pick_with(&self, customer: &str, favoured: Option<&str>) -> Option<&str> {
        let picked = self.pick(customer)?;
        let favoured = favoured.and_then(|name| self.shares.get_key_value(name));
        let (Some(rotation), Some((name, own))) = (self.rotation, favoured) else {
            return Some(picked);
        };
        // With shares s of the whole w, and p percent for it: (p/100 - s/w) / (1 - s/w).
        let (all, own) = (self.all(), u64::from(*own));
        let part = (u64::from(rotation.share) * all).saturating_sub(100 * own);
        let comes = number("switchboard answer rotation", customer)
            .checked_rem(100 * all.saturating_sub(own))
            .is_some_and(|place| place < part);
        Some(if comes { name } else { picked })
    }

    fn all(&self) -> u64 {
        self.shares.values().map(|share| u64::from(*share)).sum()
    }
}

/// What a number falls to among things with shares; none where no share is above 0.
pub(super) fn pick<T>(shares: impl Iterator<Item = (T, u16)> + Clone, number: u64) -> Option<T> {
    let all: u64 = shares.clone().map(|(_, share)| u64::from(share)).sum();
    let mut place = number.checked_rem(all)?;
    let mut shares = shares.map(|(what, share)| (what, u64::from(share)));
    shares.find_map(|(what, share)| {
        let found = place < share;
        place = place.saturating_sub(share);
        found.then_some(what)
    })
}

/// A number of a customer or ticket, another for each purpose.
pub(super) fn number(purpose: &str, name: &str) -> u64 {
    let hash = blake3::derive_key(purpose, name.as_bytes());
    hash.iter().take(8).fold(0, |sum, byte| sum << 8 | u64::from(*byte))
}
