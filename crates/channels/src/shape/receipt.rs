//! What becomes of a message, which only ever goes on.

use serde::{Deserialize, Serialize};

/// What became of a message of ours, in the order in which one overrides another: receipts
/// come late, twice and in any order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// The platform took it.
    Sent,
    /// It will not arrive.
    Failed,
    /// It arrived, so it did not fail.
    Delivered,
    /// It was read, or played.
    Read,
}

impl State {
    /// The state after one more receipt; the same where the receipt is older.
    #[must_use]
    pub fn advance(self, receipt: Self) -> Self {
        self.max(receipt)
    }

    /// The name on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::Failed => "failed",
            Self::Delivered => "delivered",
            Self::Read => "read",
        }
    }
}
