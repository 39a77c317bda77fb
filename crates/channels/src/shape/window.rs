//! Until when a platform lets us answer.

use jiff::{SignedDuration, Timestamp};

/// A platform's rule about answering.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WindowRule {
    /// How long after the customer's last message anything may be sent; none: always.
    pub open: Option<SignedDuration>,
    /// How many messages in that time; none: as many as needed.
    pub messages: Option<u32>,
    /// How long a person of the shop may write, where that is longer.
    pub people: Option<SignedDuration>,
}

/// What is known of a conversation when something is to be sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// When the customer last wrote; none where they never did.
    pub heard: Option<Timestamp>,
    /// How many messages of ours were sent since.
    pub sent: u32,
}

/// What may be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Window {
    /// Anything.
    Open,
    /// What a person of the shop wrote, marked as such.
    PeopleOnly,
    /// A template that the platform approved, or nothing.
    Closed,
}

impl WindowRule {
    /// A platform without a rule.
    pub const ALWAYS: Self = Self { open: None, messages: None, people: None };

    /// What may be sent now.
    #[must_use]
    pub fn at(&self, standing: Standing, now: Timestamp) -> Window {
        let Some(open) = self.open else { return Window::Open };
        let Some(heard) = standing.heard else { return Window::Closed };
        let since = now.duration_since(heard);
        let left = self.messages.is_none_or(|most| standing.sent < most);
        if since < open && left {
            Window::Open
        } else if self.people.is_some_and(|people| since < people) {
            Window::PeopleOnly
        } else {
            Window::Closed
        }
    }

    /// When it closes by time, where it does.
    #[must_use]
    pub fn closes(&self, standing: Standing) -> Option<Timestamp> {
        standing.heard?.checked_add(self.open?).ok()
    }
}
