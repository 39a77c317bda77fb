//! The only place that asks for randomness: ids and secrets.

use jiff::Timestamp;
use uuid::Builder;

/// The operating system gave no randomness. Nothing was made.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the operating system gave no randomness: {0}")]
pub struct NoEntropy(getrandom::Error);

fn bytes<const N: usize>() -> Result<[u8; N], NoEntropy> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(NoEntropy)?;
    Ok(bytes)
}

/// A new id: a UUID of version 7, so that ids sort by the time they were made.
///
/// # Errors
/// [`NoEntropy`].
pub fn id(now: Timestamp) -> Result<String, NoEntropy> {
    let millis = u64::try_from(now.as_millisecond()).unwrap_or_default();
    Ok(Builder::from_unix_timestamp_millis(millis, &bytes()?).into_uuid().to_string())
}

/// A number by chance, for waits that are not to be the same everywhere; 0 where there is no
/// randomness, since nothing depends on it.
#[must_use]
pub fn number() -> u64 {
    bytes().map(u64::from_le_bytes).unwrap_or_default()
}

/// What a token is for; part of its text, so that a secret scanner can tell a leak.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenKind {
    /// Calls the API in the shop's name.
    Api,
    /// Goes on with one conversation.
    Conversation,
    /// Stands for a person who has signed in.
    Session,
}

impl TokenKind {
    /// What every token of the kind begins with.
    #[must_use]
    pub fn prefix(self) -> &'static str {
        match self {
            Self::Api => "swb_api_",
            Self::Conversation => "swb_conv_",
            Self::Session => "swb_sess_",
        }
    }
}

/// A new salt for a password.
///
/// # Errors
/// [`NoEntropy`].
pub fn salt() -> Result<[u8; 16], NoEntropy> {
    bytes()
}

/// A new secret: 256 bits in hexadecimal behind the prefix of its kind.
///
/// # Errors
/// [`NoEntropy`].
pub fn token(kind: TokenKind) -> Result<String, NoEntropy> {
    let secret: [u8; 32] = bytes()?;
    Ok(format!("{}{}", kind.prefix(), blake3::Hash::from_bytes(secret).to_hex()))
}
