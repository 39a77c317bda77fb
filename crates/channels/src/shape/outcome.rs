//! What came of a request of ours.

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use crate::json;

/// What a platform answered.
#[derive(Clone, Copy, Debug)]
pub struct Response<'a> {
    /// HTTP's.
    pub status: u16,
    /// Names in any case.
    pub headers: &'a [(&'a str, &'a [u8])],
    /// As it came, bounded by the caller.
    pub body: &'a [u8],
    /// When it came: `Retry-After` may be a date.
    pub now: Timestamp,
}

/// What came of a request. Codes and messages are the platform's, without a customer's words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The platform has it.
    Sent {
        /// Its id of the message or ticket.
        id: Option<String>,
    },
    /// Not now. Try the same request again after a while of one's own choice, no sooner than
    /// `after`.
    Retry {
        /// What the platform asks for.
        after: Option<SignedDuration>,
        /// What it said.
        code: String,
        /// In words.
        message: String,
    },
    /// It was answered, and yet it is not known whether the platform has it: what says so in
    /// each of its answers is missing, though the status is good. Try again, and count it.
    Unknown {
        /// The status.
        code: String,
        /// What is missing.
        message: String,
    },
    /// Never: the same request will fail again. To the dead letters, and the agent is told.
    Final {
        /// What it said.
        code: String,
        /// In words.
        message: String,
    },
    /// Nobody wants anything there any more: to the dead letters, and an endpoint is told
    /// nothing else until somebody acts.
    Gone {
        /// What it said.
        code: String,
        /// In words.
        message: String,
    },
    /// Too late for a free answer: render again with [`crate::Window::Closed`].
    WindowClosed {
        /// What it said.
        code: String,
        /// In words.
        message: String,
    },
    /// The address's [`crate::Token`] was used or is too old: drop it and ask for the request
    /// again.
    TokenSpent,
    /// The conversation has another address now (a group that became a supergroup): keep it,
    /// and ask for the request again.
    Moved {
        /// The key of the new address.
        to: String,
    },
    /// The access token is no longer good: get one with [`crate::Outlet::renew`] and try once
    /// more.
    Renew {
        /// What it said.
        code: String,
    },
    /// The inbox's credentials are refused: nothing will go out until somebody acts. What
    /// waits stays.
    Unauthorized {
        /// What it said.
        code: String,
        /// In words.
        message: String,
    },
}

impl Response<'_> {
    /// The body as JSON; `null` where it is none.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(self.body).unwrap_or_default()
    }

    /// What came of a request to an API that says so by status: the id of what was made stands
    /// at the first of `ids` that is there, the reason of an error at one of `messages`.
    pub(crate) fn named(&self, ids: &[&str], messages: &[&str]) -> Outcome {
        let body = self.json();
        match self.status {
            200..=299 => Outcome::Sent { id: ids.iter().find_map(|path| json::id(&body, path)) },
            status => {
                let message = messages.iter().find_map(|path| json::owned(&body, path));
                self.by_status(status.to_string(), message.unwrap_or_default())
            }
        }
    }

    /// What came of a request whose answer lacks what the platform says in each. Where the
    /// status is good it was cut off on the way: whether it was sent is not known.
    pub(crate) fn without(&self, what: &str, message: String) -> Outcome {
        let code = self.status.to_string();
        match self.status {
            200..=299 => Outcome::Unknown { code, message: format!("no {what} in the answer") },
            _ => self.by_status(code, message),
        }
    }

    /// The value of a header that is text; the first where there are several.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        let (_, value) = self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name))?;
        std::str::from_utf8(value).ok().map(str::trim)
    }

    /// How long `Retry-After` asks to wait: seconds or a date, a day at most.
    #[must_use]
    pub fn retry_after(&self) -> Option<SignedDuration> {
        let value = self.header("retry-after")?;
        let wait = match value.parse::<u32>() {
            Ok(seconds) => SignedDuration::from_secs(seconds.into()),
            Err(_) => {
                let date = jiff::fmt::rfc2822::parse(value).ok()?;
                date.timestamp().duration_since(self.now)
            }
        };
        Some(wait.clamp(SignedDuration::ZERO, SignedDuration::from_hours(24)))
    }

    /// By the status alone, as HTTP means it: for whatever a platform's own codes do not
    /// decide.
    pub(crate) fn by_status(&self, code: String, message: String) -> Outcome {
        match self.status {
            200..=299 => Outcome::Sent { id: None },
            408 | 425 | 429 | 500..=599 => {
                Outcome::Retry { after: self.retry_after(), code, message }
            }
            401 | 403 => Outcome::Unauthorized { code, message },
            _ => Outcome::Final { code, message },
        }
    }
}
