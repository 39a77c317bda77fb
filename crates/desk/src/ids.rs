//! Names of things. The caller makes them; the desk only carries them.

use std::fmt;
use std::sync::Arc;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        ///
        /// Cloning is a reference count.
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Arc<str>);

        impl $name {
            /// Takes the name as given.
            #[must_use]
            pub fn new(id: &str) -> Self {
                Self(Arc::from(id))
            }

            /// The name as given.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

id! {
    /// One conversation with one customer.
    ConversationId
}
id! {
    /// One matter that people see to.
    TicketId
}
id! {
    /// A person of the shop, or a system that acts for one.
    AgentId
}

id! {
    /// A team of people, as `desk/desk.toml` names it.
    TeamId
}

/// Rises whenever a conversation changes its owner. What was computed under an
/// older one must not be sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fence(pub u64);

impl Fence {
    /// The one after this.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}
