//! Who may do what, and what was done: people, their sessions, scopes of tokens, the trail.

use std::collections::BTreeSet;
use std::fmt;

use jiff::Timestamp;

use crate::secret::TokenHash;

/// What a person may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Answers customers.
    Agent,
    /// Sees to agents as well: assigns, reads figures and trails.
    Lead,
    /// Everything: people, tokens, packs.
    Admin,
}

impl Role {
    /// Every role, the least first.
    pub const ALL: [Self; 3] = [Self::Agent, Self::Lead, Self::Admin];

    /// The name on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Agent => "agent",
            Self::Lead => "lead",
            Self::Admin => "admin",
        }
    }

    /// The inverse of [`Role::as_str`].
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == name)
    }
}

/// A person who signs in.
#[derive(Clone, PartialEq, Eq)]
pub struct User {
    /// Their name, unique; also their name as an agent.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// The hash of their password, in the PHC string format.
    pub password: String,
    /// What routing goes by.
    pub profile: Profile,
    /// They say that they are there.
    pub available: bool,
    /// Wrong passwords in a row.
    pub failures: u32,
    /// Until when no password is tried after too many wrong ones.
    pub locked_until: Option<Timestamp>,
    /// When they were shut out.
    pub disabled_at: Option<Timestamp>,
    /// When they were made.
    pub created_at: Timestamp,
}

impl fmt::Debug for User {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("User")
            .field("name", &self.name)
            .field("role", &self.role)
            .finish_non_exhaustive()
    }
}

/// What routing goes by.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Profile {
    /// In which teams.
    pub teams: BTreeSet<String>,
    /// Which languages they read, BCP 47; the first they want to read themselves.
    pub languages: Vec<String>,
    /// What they can do.
    pub skills: BTreeSet<String>,
    /// Tickets at once; the book's where none is said.
    pub capacity: Option<u32>,
    /// When they work; always where it is not said.
    pub shifts: Option<Shifts>,
    /// The name that customers see; their own where it is not said.
    pub known_as: Option<String>,
}

/// When a person works, as written: checked by whoever makes a calendar of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shifts {
    /// A name of the IANA database.
    pub time_zone: String,
    /// Monday first, each `09:00-13:00`.
    pub week: [Vec<String>; 7],
    /// Days off, each `2026-12-24`.
    pub days_off: Vec<String>,
}

/// A person who has signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// The hash of the cookie's secret.
    pub hash: TokenHash,
    /// Who.
    pub user: String,
    /// The hash of the secret that a page has to send with what it changes.
    pub csrf: TokenHash,
    /// When they signed in.
    pub created_at: Timestamp,
    /// When they were last there, to the minute.
    pub seen_at: Timestamp,
    /// When it ends, whatever they do.
    pub expires_at: Timestamp,
}

/// What an API token may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// Everything, this list included.
    All,
    /// Take turns as customers' channels do, and read conversations.
    Messages,
    /// Read tickets, queues, packets.
    TicketsRead,
    /// Act on tickets in a person's name.
    TicketsWrite,
    /// Reload packs and answers.
    Packs,
    /// People, tokens, trails.
    Admin,
}

impl Scope {
    /// Every scope, in order.
    pub const ALL: [Self; 6] = [
        Self::All,
        Self::Messages,
        Self::TicketsRead,
        Self::TicketsWrite,
        Self::Packs,
        Self::Admin,
    ];

    /// The name on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Messages => "messages",
            Self::TicketsRead => "tickets:read",
            Self::TicketsWrite => "tickets:write",
            Self::Packs => "packs",
            Self::Admin => "admin",
        }
    }

    /// The inverse of [`Scope::as_str`].
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.as_str() == name)
    }
}

/// Several scopes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scopes(pub BTreeSet<Scope>);

impl Scopes {
    /// Everything.
    #[must_use]
    pub fn all() -> Self {
        Self(BTreeSet::from([Scope::All]))
    }

    /// Whether this is among them.
    #[must_use]
    pub fn allow(&self, scope: Scope) -> bool {
        self.0.contains(&Scope::All) || self.0.contains(&scope)
    }

    /// Reads names with spaces between.
    ///
    /// # Errors
    /// The first name that is no scope.
    pub fn parse(text: &str) -> Result<Self, String> {
        let scope = |name: &str| Scope::parse(name).ok_or_else(|| format!("no scope: {name}"));
        Ok(Self(text.split_whitespace().map(scope).collect::<Result<_, _>>()?))
    }
}

impl fmt::Display for Scopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.0.iter().map(|scope| scope.as_str()).collect();
        f.write_str(&names.join(" "))
    }
}

/// One line of the trail: who did what to what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Audit {
    /// When.
    pub at: Timestamp,
    /// `user:ana`, `token:shop`, `command line`.
    pub actor: String,
    /// `user.add`, `session.start`, `token.revoke`.
    pub action: String,
    /// Its name.
    pub object: String,
    /// What else there is to say. Never a secret or a customer's words.
    pub detail: String,
}

/// What is known of a customer beyond a conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contact {
    /// The shop's own name for the customer.
    pub id: String,
    /// One of those whom the shop treats first.
    pub vip: bool,
    /// What the orders are worth, in hundredths of the shop's currency.
    pub order_value_cents: u64,
    /// The way out of a dispute that was chosen last.
    pub prefers: Option<String>,
    /// When it was learnt.
    pub updated_at: Timestamp,
}

/// Something that another department does for a ticket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Task {
    /// Its name.
    pub id: String,
    /// The ticket.
    pub ticket: desk::TicketId,
    /// `warehouse`, `finance`, `legal`.
    pub department: String,
    /// What is to be done.
    pub what: String,
    /// Who asks.
    pub created_by: String,
    /// When it was asked.
    pub created_at: Timestamp,
    /// Until when.
    pub due_at: Timestamp,
    /// That it is late was told.
    pub alarmed: bool,
    /// When it was done.
    pub done_at: Option<Timestamp>,
    /// By whom.
    pub done_by: Option<String>,
    /// What came of it.
    pub result: Option<String>,
}
