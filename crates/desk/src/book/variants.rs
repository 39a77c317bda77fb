//! Which manner of speaking is tried on which customer.

use std::collections::BTreeMap;

/// The manners that answers are written in; `plain` is without one.
pub const MANNERS: [&str; 4] = ["plain", "formal", "friendly", "concise"];

/// Manners that are tried against each other, with their shares of customers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Variants {
    /// Shares by manner; they need not add up to a hundred.
    pub shares: BTreeMap<String, u16>,
}

impl Variants {
    /// The manner for a customer; none where nothing is tried. The same customer has the same
    /// one for as long as the shares stay: it follows from a hash of the name alone.
    #[must_use]
    pub fn pick(&self, customer: &str) -> Option<&str> {
        let all: u64 = self.shares.values().map(|share| u64::from(*share)).sum();
        let hash = blake3::derive_key("switchboard answer variant", customer.as_bytes());
        let number = hash.iter().take(8).fold(0, |sum, byte| sum << 8 | u64::from(*byte));
        let mut place = number.checked_rem(all)?;
        self.shares.iter().find_map(|(name, share)| {
            let share = u64::from(*share);
            if place < share {
                return Some(name.as_str());
            }
            place -= share;
            None
        })
    }
}
