//! What goes out: requests as data.

use std::fmt;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::proof;
use crate::{Address, Inlet, Method, Outcome, Piece, Response, Secret, Settings, Spec};

/// What sends pieces: a platform, a help desk, a webhook.
pub trait Outlet: Sync + fmt::Debug {
    /// What there is to know of it.
    fn spec(&self) -> &'static Spec;

    /// Describes what sends one piece.
    ///
    /// # Errors
    /// [`Unsendable`] where the address or the settings lack what is needed.
    fn request(&self, dispatch: &Dispatch<'_>) -> Result<Outgoing, Unsendable>;

    /// What came of it, out of status, headers and body; on several platforms an error comes
    /// with a 200.
    fn read(&self, response: &Response<'_>) -> Outcome;

    /// Describes the request for an access token, on platforms whose tokens expire. The token
    /// is shared by all nodes: on some platforms a new one ends the old one.
    fn renew(&self, _settings: &Settings, _refresh: Option<&Secret>) -> Option<Call> {
        None
    }

    /// Reads the answer to [`Outlet::renew`].
    ///
    /// # Errors
    /// What came of it instead.
    fn renewed(&self, response: &Response<'_>) -> Result<Access, Outcome> {
        Err(self.read(response))
    }
}

/// A help desk that conversations are handed over to, and that people answer from.
///
/// The pieces of a hand-over go out in order, to one [`Address`] that begins empty (or as
/// [`HandOver::there`]). The id that a piece's answer names is put into [`Address::route`]
/// under [`Piece::op`] before the next one goes; that of [`HelpDesk::anchor`] becomes
/// [`Address::key`] as well. What people do comes back as events with that key.
pub trait HelpDesk: Inlet + Outlet {
    /// The piece whose answer names the ticket or thread.
    fn anchor(&self) -> &'static str;

    /// What hands a conversation over.
    fn open(&self, settings: &Settings, hand_over: &HandOver) -> Vec<Piece>;

    /// What the customer writes while people have it, for the ticket that is there; empty on
    /// desks that see the customer's messages by themselves.
    fn follow(&self, settings: &Settings, hand_over: &HandOver, text: &str) -> Vec<Piece>;
}

/// One piece on its way to one address.
#[derive(Clone, Copy, Debug)]
pub struct Dispatch<'a> {
    /// The inbox's or help desk's.
    pub settings: &'a Settings,
    /// To whom.
    pub to: &'a Address,
    /// What.
    pub piece: &'a Piece,
    /// The idempotency key: the same at every attempt, different for every piece.
    pub key: &'a str,
    /// The time of this attempt.
    pub now: Timestamp,
    /// The access token, on platforms that renew theirs.
    pub token: Option<&'a Secret>,
}

/// What sends something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outgoing {
    /// An HTTP request.
    Http(Call),
    /// A mail.
    Mail(Mail),
}

/// An HTTP request as data.
#[derive(Clone, PartialEq, Eq)]
pub struct Call {
    /// The verb.
    pub method: Method,
    /// The whole address. On some platforms it holds the credentials.
    pub url: Secret,
    /// The same for people, credentials left out.
    pub shown: String,
    /// The headers, values unseen.
    pub headers: Vec<(&'static str, Secret)>,
    /// The body.
    pub body: Vec<u8>,
}

/// A mail as data.
#[derive(Clone, PartialEq, Eq)]
pub struct Mail {
    /// The sender's address, perhaps with a name.
    pub from: String,
    /// The recipient's.
    pub to: String,
    /// One line.
    pub subject: String,
    /// Plain text.
    pub text: String,
    /// HTML of the same.
    pub html: String,
    /// `Message-ID`, made of the key: a mail that is sent twice is the same mail.
    pub message_id: String,
    /// The `Message-ID` that is answered.
    pub in_reply_to: Option<String>,
    /// More headers (`Auto-Submitted` …), in order.
    pub headers: Vec<(&'static str, String)>,
}

/// An access token and how long it is good for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Access {
    /// The token.
    pub token: Secret,
    /// Not used after.
    pub until: Timestamp,
    /// What the next one is asked for with. Where it is there, the one used is spent: keep
    /// both in one commit.
    pub refresh: Option<Secret>,
}

/// Why something cannot be sent. Trying again changes nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unsendable {
    /// The window is closed and there is no template: tell the agent.
    Window,
    /// The address lacks this.
    Address(&'static str),
    /// The settings lack this.
    Setting(&'static str),
    /// The address would lead elsewhere than the platform.
    Host,
    /// This outlet has no such request.
    Op,
    /// There is nothing to say.
    Empty,
}

impl Access {
    /// A token that is good for so many seconds, less five minutes for clocks and requests
    /// under way.
    pub(crate) fn new(token: &str, now: Timestamp, seconds: i64, refresh: Option<Secret>) -> Self {
        let left = SignedDuration::from_secs(seconds.saturating_sub(300).max(0));
        let until = now.checked_add(left).unwrap_or(now);
        Self { token: Secret::new(token), until, refresh }
    }
}

impl Unsendable {
    /// A stable code for machines.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Window => "window-closed",
            Self::Address(_) => "address-incomplete",
            Self::Setting(_) => "channel-not-set-up",
            Self::Host => "host-not-allowed",
            Self::Op => "unknown-request",
            Self::Empty => "nothing-to-send",
        }
    }
}

impl fmt::Display for Unsendable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Window => f.write_str(
                "the platform's time for answers is over: set up a template, or wait until the \
                 customer writes",
            ),
            Self::Address(what) => write!(f, "the address lacks {what}"),
            Self::Setting(what) => write!(f, "the setting {what} is not there"),
            Self::Host => f.write_str("the address leads to a host that is not the platform's"),
            Self::Op => f.write_str("there is no such request here"),
            Self::Empty => f.write_str("there is nothing to send"),
        }
    }
}

impl std::error::Error for Unsendable {}

/// How urgent a hand-over is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Priority {
    /// Whenever.
    Low,
    /// As usual.
    Normal,
    /// Before others.
    High,
    /// At once.
    Urgent,
}

impl Priority {
    /// Its name.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Normal => "normal",
            Self::High => "high",
            Self::Urgent => "urgent",
        }
    }
}

/// A conversation that people are to take over, with what they need.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HandOver {
    /// Our id of the conversation.
    pub conversation: String,
    /// Where it is in the help desk, when the customer writes in that help desk itself.
    pub there: Option<Address>,
    /// Our number of the ticket.
    pub ticket: String,
    /// Where the customer writes, for people: `WhatsApp`.
    pub channel: String,
    /// What they call themselves.
    pub name: Option<String>,
    /// The customer's e-mail, where known.
    pub email: Option<String>,
    /// The customer's phone number, where known.
    pub phone: Option<String>,
    /// The customer's locale, BCP 47.
    pub language: String,
    /// One line: what it is about.
    pub subject: String,
    /// A few lines: what happened, what the customer wants, what was promised.
    pub summary: String,
    /// How urgent.
    pub priority: Priority,
    /// The team, by the name the help desk's settings know it under.
    pub team: Option<String>,
    /// Labels, lower case.
    pub tags: Vec<String>,
    /// What was said, oldest first.
    pub transcript: Vec<Line>,
    /// More facts by name: order number, country.
    pub fields: Vec<(String, String)>,
    /// Where a person sees all of it.
    pub link: Option<String>,
}

impl HandOver {
    /// What the setting `teams` calls the team, where it knows it.
    pub(crate) fn team_in<'a>(&self, settings: &'a Settings) -> Option<&'a str> {
        self.team.as_deref().and_then(|team| settings.lookup("teams", team))
    }

    /// What the customer says, with who it is, for people.
    pub(crate) fn said(&self, text: &str) -> String {
        format!("{}: {text}", self.name.as_deref().unwrap_or("Customer"))
    }

    /// Everything as plain text, for a note that people read.
    #[must_use]
    pub fn note(&self) -> String {
        crate::text::note(self)
    }
}

/// One message of a transcript.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Who, for people: `Ana P.`, `Bot`.
    pub who: String,
    /// When.
    pub at: Timestamp,
    /// What.
    pub text: String,
}

impl Call {
    /// A `POST` of JSON.
    pub(crate) fn post(url: impl Into<String>, body: &Value) -> Self {
        let url = url.into();
        Self {
            method: Method::Post,
            shown: url.clone(),
            url: Secret::new(url),
            headers: vec![("content-type", Secret::new("application/json; charset=utf-8"))],
            body: body.to_string().into_bytes(),
        }
    }

    /// The same with one more header.
    pub(crate) fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, Secret::new(value)));
        self
    }

    /// The same with a bearer token.
    pub(crate) fn bearer(self, token: &Secret) -> Self {
        let value = format!("Bearer {}", token.expose());
        self.header("authorization", value)
    }

    /// The same with a name and a password.
    pub(crate) fn basic(self, name: &str, password: &str) -> Self {
        let code = proof::base64(format!("{name}:{password}").as_bytes());
        self.header("authorization", format!("Basic {code}"))
    }

    /// The same with another address to show, since the real one holds a secret.
    pub(crate) fn shown_as(mut self, shown: impl Into<String>) -> Self {
        self.shown = shown.into();
        self
    }

    /// How long to wait for an answer to this at most: longer than any platform's own time.
    pub const TIMEOUT: SignedDuration = SignedDuration::from_secs(30);
}

/// An id as one segment of a path: nothing in it leads elsewhere.
pub(crate) fn segment(id: &str) -> String {
    let mut out = String::with_capacity(id.len());
    for byte in id.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'~' => out.push(byte.into()),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

impl From<Call> for Outgoing {
    fn from(call: Call) -> Self {
        Self::Http(call)
    }
}

impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.headers.iter().map(|(name, _)| *name).collect();
        let Self { method, shown, body, .. } = self;
        write!(f, "Call({} {shown} {names:?}, {} bytes)", method.as_str(), body.len())
    }
}

impl fmt::Debug for Mail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Mail({}, {} bytes)", self.message_id, self.text.len() + self.html.len())
    }
}
