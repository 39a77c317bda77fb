//! Why a request is not believed.

use std::fmt;

/// Why a request is not the platform's, or cannot be told to be. Nothing of it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The proof is missing.
    Missing(&'static str),
    /// The proof is there twice: one of them is somebody else's.
    Repeated(&'static str),
    /// The proof is not in its form.
    Malformed(&'static str),
    /// The proof is wrong.
    Mismatch(&'static str),
    /// The proof is right, and of another time.
    Stale {
        /// How far from now, in seconds; negative when it is of the past.
        seconds: i64,
        /// How far it may be.
        tolerance: i64,
    },
    /// A verb that the platform does not use.
    Method,
    /// The inbox lacks the setting that the proof is checked against.
    NotSet(&'static str),
}

impl Refusal {
    /// A stable code for machines.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Missing(_) => "signature-missing",
            Self::Repeated(_) => "signature-repeated",
            Self::Malformed(_) => "signature-malformed",
            Self::Mismatch(_) => "signature-mismatch",
            Self::Stale { .. } => "signature-stale",
            Self::Method => "method-not-allowed",
            Self::NotSet(_) => "channel-not-set-up",
        }
    }

    /// The status to answer with. A platform's own retries of a request that we refuse
    /// change nothing, but for a setting that is being put right.
    #[must_use]
    pub fn status(&self) -> u16 {
        match self {
            Self::Method => 405,
            Self::NotSet(_) => 503,
            _ => 401,
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing(what) => write!(f, "{what} is missing: the request is not signed"),
            Self::Repeated(what) => write!(f, "{what} is there more than once"),
            Self::Malformed(what) => write!(f, "{what} is not in the form the platform uses"),
            Self::Mismatch(what) => write!(
                f,
                "{what} is not right: compare the inbox's secret with the platform's, and see \
                 that nothing on the way changes the body"
            ),
            Self::Stale { seconds, tolerance } => write!(
                f,
                "signed {seconds} s from now, {tolerance} s are allowed: compare the clocks"
            ),
            Self::Method => f.write_str("the platform does not use this method"),
            Self::NotSet(what) => write!(f, "the inbox lacks the setting {what}"),
        }
    }
}

impl std::error::Error for Refusal {}
