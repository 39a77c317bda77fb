//! A platform as data: what configuration, the command line and the docs are made from.

use jiff::SignedDuration;

use crate::{Unit, WindowRule};

/// What there is to know of a platform before it is set up.
#[derive(Debug)]
pub struct Spec {
    /// Its name in configuration and in addresses: `whatsapp`.
    pub name: &'static str,
    /// Its name for people.
    pub title: &'static str,
    /// Its settings, in the order in which one fills them in.
    pub fields: &'static [Field],
    /// Names of settings of which at least one has to be there.
    pub any_of: &'static [&'static str],
    /// The setting that [`crate::Event::tenant`] is compared with, where one webhook carries
    /// events of several inboxes.
    pub tenant: Option<&'static str>,
    /// How large a body the platform may send, in bytes.
    pub body_limit: usize,
    /// How long the platform waits for our answer before it counts the delivery as failed.
    pub deadline: SignedDuration,
    /// Until when answers may be sent.
    pub window: WindowRule,
    /// How many requests a second one inbox may send; none where the platform states none.
    pub rate: Option<u32>,
    /// Whether a request that is sent twice arrives once.
    pub idempotency: Idempotency,
    /// Whether a 2xx is said of nothing but what was taken: then the head of an answer is
    /// enough where the rest is cut off, and [`crate::Outlet::read`] looks no further. False
    /// where errors come with a 200 as well, where nobody says that they do not, and where one
    /// cannot go on without what the answer names (a ticket).
    pub status_tells: bool,
    /// Whether [`crate::Outlet::request`] needs an access token from
    /// [`crate::Outlet::renew`].
    pub renews: bool,
}

/// Whether a request that is sent twice arrives once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Idempotency {
    /// The platform knows the second one by [`crate::Dispatch::key`].
    Key,
    /// It arrives twice. The key comes back in receipts, so that a send whose end is unknown
    /// can be settled before it is repeated.
    Echoed,
    /// It arrives twice.
    None,
}

/// One setting.
#[derive(Debug)]
pub struct Field {
    /// Its name in configuration.
    pub name: &'static str,
    /// What it holds.
    pub kind: FieldKind,
    /// Whether nothing works without it.
    pub required: bool,
    /// Its value where it is not given.
    pub default: Option<&'static str>,
    /// What it is and where it is found, in a sentence or two.
    pub help: &'static str,
}

/// What a setting holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldKind {
    /// A secret. Several may be given, separated by spaces, while one is being replaced:
    /// what comes in may be signed by any, what goes out uses the first.
    Secret,
    /// Any text.
    Text,
    /// An absolute `https` address; `http` for a host of this machine alone.
    Url,
    /// A whole number in this range.
    Number(u64, u64),
    /// `true` or `false`.
    Flag,
    /// One of these.
    Choice(&'static [&'static str]),
    /// Texts separated by commas.
    List,
}

/// How much of something fits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    /// At most.
    pub max: usize,
    /// Counted in.
    pub unit: Unit,
}

/// What fits into a platform's messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The text of a message.
    pub text: Limit,
    /// The text of a message with buttons.
    pub prompt: Limit,
    /// How many buttons; 0: none are shown, options are numbered.
    pub buttons: usize,
    /// A button's label.
    pub label: Limit,
    /// What is behind a button.
    pub payload: Limit,
    /// How many rows a list has, where there are lists; else 0.
    pub rows: usize,
    /// A row's label.
    pub row: Limit,
}

impl Limit {
    /// Whether it fits.
    #[must_use]
    pub fn fits(self, text: &str) -> bool {
        self.unit.len(text) <= self.max
    }
}

impl Field {
    /// A setting that has to be there.
    pub(crate) const fn required(name: &'static str, kind: FieldKind, help: &'static str) -> Self {
        Self { name, kind, required: true, default: None, help }
    }

    /// A setting that may be there.
    pub(crate) const fn optional(name: &'static str, kind: FieldKind, help: &'static str) -> Self {
        Self { name, kind, required: false, default: None, help }
    }

    /// A setting with a value of its own.
    pub(crate) const fn preset(
        name: &'static str,
        kind: FieldKind,
        default: &'static str,
        help: &'static str,
    ) -> Self {
        Self { name, kind, required: false, default: Some(default), help }
    }
}

impl Spec {
    /// The setting with this name.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&'static Field> {
        self.fields.iter().find(|field| field.name == name)
    }
}

impl FieldKind {
    /// What it holds, in words.
    #[must_use]
    pub fn describe(self) -> String {
        match self {
            Self::Secret => "a secret".to_owned(),
            Self::Text => "text".to_owned(),
            Self::Url => "an https address".to_owned(),
            Self::Number(least, most) => format!("a whole number from {least} to {most}"),
            Self::Flag => "true or false".to_owned(),
            Self::Choice(names) => format!("one of: {}", names.join(", ")),
            Self::List => "texts separated by commas".to_owned(),
        }
    }
}
