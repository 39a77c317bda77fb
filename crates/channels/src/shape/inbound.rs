//! What comes in: a request, the proof that it is the platform's, and what it says.

use std::borrow::Cow;
use std::fmt;

use jiff::{SignedDuration, Timestamp};

use crate::proof;
use crate::{
    Event, HandOver, Item, Outlet, Piece, Refusal, Reply, Secret, Settings, Unsendable, Window,
};

/// An HTTP verb.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// `GET`.
    Get,
    /// `POST`.
    Post,
    /// `PUT`.
    Put,
}

impl Method {
    /// As HTTP writes it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
        }
    }
}

/// A request as it came: nothing is decoded before it is proven.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// The verb.
    pub method: Method,
    /// What stands behind the `?`, as it came.
    pub query: &'a str,
    /// Every header, names in any case, repeated ones repeatedly.
    pub headers: &'a [(&'a str, &'a [u8])],
    /// The bytes, whole.
    pub body: &'a [u8],
}

/// What is answered to a platform.
#[derive(Clone, PartialEq, Eq)]
pub struct Answer {
    /// HTTP's.
    pub status: u16,
    /// Of the body.
    pub content_type: &'static str,
    /// The body.
    pub body: Vec<u8>,
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { status, content_type, body } = self;
        write!(f, "Answer({status} {content_type}, {} bytes)", body.len())
    }
}

impl Answer {
    /// 200 without a body.
    #[must_use]
    pub fn empty() -> Self {
        Self { status: 200, content_type: "text/plain; charset=utf-8", body: Vec::new() }
    }

    /// 200 with plain text.
    #[must_use]
    pub fn plain(text: impl Into<String>) -> Self {
        Self { body: text.into().into_bytes(), ..Self::empty() }
    }

    /// 200 with JSON.
    #[must_use]
    pub fn json(value: &serde_json::Value) -> Self {
        let body = value.to_string().into_bytes();
        Self { status: 200, content_type: "application/json; charset=utf-8", body }
    }
}

/// A request that is the platform's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verified {
    /// A question about the address itself. Answer; nothing is kept.
    Handshake(Answer),
    /// Something happened. Keep it durably, then answer.
    Delivery {
        /// What is kept, and handed to [`Inlet::parse`].
        delivery: Delivery,
        /// How to answer.
        respond: Respond,
        /// What may not come a second time, where the proof has a timestamp. A copy of a
        /// request is answered like the first, and not kept again.
        replay: Option<Replay>,
    },
}

/// What was proven.
#[derive(Clone, PartialEq, Eq)]
pub struct Delivery {
    /// The platform's id of the delivery, the same for a repeated one, where it is not in the
    /// body.
    pub id: Option<String>,
    /// The body, decrypted where it came encrypted.
    pub body: Vec<u8>,
}

impl fmt::Debug for Delivery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Delivery({:?}, {} bytes)", self.id, self.body.len())
    }
}

/// When the answer goes out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Respond {
    /// As soon as the delivery is kept.
    Now(Answer),
    /// The platform takes our reply in the answer, and in no other way. Work at once; answer
    /// with [`Channel::respond`] when the reply is there in time.
    Reply {
        /// How long the platform waits, with something to spare.
        within: SignedDuration,
        /// The answer where no reply is there by then, or none is due.
        otherwise: Answer,
    },
}

/// What a request is known by until its timestamp is too old anyway.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replay {
    /// The same for a copy of the request, and for nothing else.
    pub key: String,
    /// After this moment a copy is stale, and the key need not be kept.
    pub until: Timestamp,
}

/// What a sample request says, for `switchboard simulate` and for tests.
#[derive(Clone, Copy, Debug)]
pub struct Sample<'a> {
    /// What the customer writes.
    pub text: &'a str,
    /// The customer's id.
    pub sender: &'a str,
    /// The id of the message, and of what carries it: the same for a repeated delivery.
    pub id: &'a str,
    /// When.
    pub now: Timestamp,
}

/// A rightly signed request.
#[derive(Clone, PartialEq, Eq)]
pub struct SampleRequest {
    /// The verb.
    pub method: Method,
    /// What goes behind the `?`; empty for none.
    pub query: String,
    /// The headers.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl fmt::Debug for SampleRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SampleRequest({} {} bytes)", self.method.as_str(), self.body.len())
    }
}

impl SampleRequest {
    /// A `POST` of a body in this content type, with these headers.
    pub(crate) fn post(content: &str, headers: &[(&str, &str)], body: Vec<u8>) -> Self {
        let all = [("content-type", content)].into_iter().chain(headers.iter().copied());
        Self {
            method: Method::Post,
            query: String::new(),
            headers: all.map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
            body,
        }
    }

    /// The same at an address with the key that [`Request::key`] looks for.
    pub(crate) fn keyed(mut self, settings: &Settings) -> Self {
        if let Some(key) = settings.secret("url_key") {
            let mut query = form_urlencoded::Serializer::new(String::new());
            self.query = query.append_pair("key", key.expose()).finish();
        }
        self
    }
}

/// What sends us events: a platform, a help desk.
pub trait Inlet: Sync + fmt::Debug {
    /// Proves that a request is the platform's. Reads no more of it than the proof needs.
    ///
    /// # Errors
    /// Why it is not believed; nothing of it is kept.
    fn verify(
        &self,
        settings: &Settings,
        request: &Request<'_>,
        now: Timestamp,
    ) -> Result<Verified, Refusal>;

    /// What a delivery says, item by item. `received` is when it came in. Total: a body that
    /// is nothing but garbage is one bad item.
    fn parse(&self, settings: &Settings, delivery: &Delivery, received: Timestamp) -> Vec<Item>;

    /// A rightly signed request that says something, or `None` where a setting that the
    /// signature needs is not there. On a platform the customer says it; on a help desk a
    /// person of the shop does, in the conversation [`Sample::sender`].
    fn sample(&self, settings: &Settings, sample: &Sample<'_>) -> Option<SampleRequest>;
}

/// A platform on which customers write.
pub trait Channel: Inlet + Outlet {
    /// Cuts a reply to what the platform shows. Never empty.
    ///
    /// # Errors
    /// [`Unsendable`] where the window does not let anything through.
    fn render(
        &self,
        settings: &Settings,
        reply: &Reply,
        window: Window,
    ) -> Result<Vec<Piece>, Unsendable>;

    /// The answer that carries a reply, for [`Respond::Reply`]. What does not fit in it is
    /// left out; `None` on platforms that take no reply so.
    fn respond(&self, _settings: &Settings, _pieces: &[Piece]) -> Option<Answer> {
        None
    }

    /// What passes a conversation on to people on the platform itself, where the settings say
    /// that they are there. Sent behind everything that was said before.
    fn pass(&self, _settings: &Settings, _hand_over: &HandOver) -> Option<Piece> {
        None
    }

    /// A courtesy that the platform expects at once and that nothing depends on: the press of
    /// a button acknowledged, "typing". Sent once, after the event is kept, never repeated.
    fn courtesy(
        &self,
        _settings: &Settings,
        _event: &Event,
        _token: Option<&Secret>,
    ) -> Option<crate::Call> {
        None
    }
}

impl<'a> Request<'a> {
    /// A header that proves something: there once, and text.
    pub(crate) fn proof(&self, name: &'static str) -> Result<&'a str, Refusal> {
        let mut found = self.headers.iter().filter(|(key, _)| key.eq_ignore_ascii_case(name));
        let (_, value) = found.next().ok_or(Refusal::Missing(name))?;
        if found.next().is_some() {
            return Err(Refusal::Repeated(name));
        }
        std::str::from_utf8(value).map(str::trim).map_err(|_| Refusal::Malformed(name))
    }

    /// A header that says something; the first where there are several.
    pub(crate) fn header(&self, name: &str) -> Option<&'a str> {
        let (_, value) = self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name))?;
        std::str::from_utf8(value).ok().map(str::trim)
    }

    /// A parameter of the query that proves something: there once.
    pub(crate) fn parameter(&self, name: &'static str) -> Result<Cow<'a, str>, Refusal> {
        let mut found = form_urlencoded::parse(self.query.as_bytes())
            .filter(|(key, _)| key == name)
            .map(|(_, value)| value);
        let value = found.next().ok_or(Refusal::Missing(name))?;
        if found.next().is_some() { Err(Refusal::Repeated(name)) } else { Ok(value) }
    }

    /// The key in the address is one of the setting `url_key`, where there are any.
    pub(crate) fn key(&self, settings: &Settings) -> Result<(), Refusal> {
        match settings.secrets("url_key") {
            [] => Ok(()),
            keys => proof::check_shared("key", keys, &self.parameter("key")?),
        }
    }

    /// Events come by `POST`.
    pub(crate) fn post(&self) -> Result<(), Refusal> {
        if self.method == Method::Post { Ok(()) } else { Err(Refusal::Method) }
    }
}

impl Verified {
    /// What was proven, answered by an empty 200.
    pub(crate) fn delivery(body: &[u8], id: Option<String>) -> Self {
        Self::once(body, id, None)
    }

    /// The same, of which a copy is not kept again.
    pub(crate) fn once(body: &[u8], id: Option<String>, replay: Option<Replay>) -> Self {
        Self::Delivery {
            delivery: Delivery { id, body: body.to_vec() },
            respond: Respond::Now(Answer::empty()),
            replay,
        }
    }
}

impl Replay {
    /// A request known by its signature, or by what it names itself.
    pub(crate) fn new(proof: &[u8], at: Timestamp, tolerance: u64) -> Self {
        // One second more than the check allows.
        let seconds = i64::try_from(tolerance).unwrap_or(i64::MAX).saturating_add(1);
        let until = at.checked_add(SignedDuration::from_secs(seconds)).unwrap_or(Timestamp::MAX);
        Self { key: hex::encode(proof::sha256(&[proof])), until }
    }
}
