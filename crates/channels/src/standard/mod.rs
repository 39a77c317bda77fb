//! [Standard Webhooks](https://www.standardwebhooks.com): the signature that our own
//! webhooks carry, and that the generic inbox expects.

#[cfg(test)]
mod tests;
mod webhook;

pub use webhook::{Webhook, event, hand_over, wants};

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use serde_json::Value;

use crate::proof::{self, Encoding, Secret};
use crate::shape::{Call, Outcome, Refusal, Response};

/// The header that names the message: the same at every attempt.
pub const ID: &str = "webhook-id";
/// The header with the time of this attempt, in seconds.
pub const TIMESTAMP: &str = "webhook-timestamp";
/// The header with the signatures.
pub const SIGNATURE: &str = "webhook-signature";

/// How far a timestamp may be from now, in seconds, where nothing else is said.
pub const TOLERANCE: u64 = 300;

/// A signing key.
#[derive(Clone)]
pub struct Key(Vec<u8>);

/// Why a text is no signing key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadKey;

impl fmt::Display for BadKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a signing secret is whsec_ and the base64 of 24 to 64 random bytes")
    }
}

impl std::error::Error for BadKey {}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(…)")
    }
}

impl Key {
    /// Reads `whsec_…`; the prefix may be missing.
    ///
    /// # Errors
    /// [`BadKey`] where it is not base64 of 24 to 64 bytes.
    pub fn parse(secret: &Secret) -> Result<Self, BadKey> {
        let text = secret.expose();
        let bytes = STANDARD.decode(text.strip_prefix("whsec_").unwrap_or(text));
        let bytes = bytes.ok().filter(|bytes| (24..=64).contains(&bytes.len()));
        bytes.map(Self).ok_or(BadKey)
    }

    fn code(&self, id: &str, seconds: &str, body: &[u8]) -> [u8; 32] {
        proof::hmac_sha256(&self.0, &[id.as_bytes(), b".", seconds.as_bytes(), b".", body])
    }
}

/// The value of [`SIGNATURE`]: one signature for each key, so that a receiver who knows the
/// old one or the new one is content while one replaces the other.
#[must_use]
pub fn sign(keys: &[Key], id: &str, at: Timestamp, body: &[u8]) -> String {
    let seconds = at.as_second().to_string();
    let signatures: Vec<String> = (keys.iter())
        .map(|key| format!("v1,{}", proof::base64(&key.code(id, &seconds, body))))
        .collect();
    signatures.join(" ")
}

/// Checks what three headers say about a body. Signatures of other versions are passed over;
/// one right one is enough.
///
/// # Errors
/// Why the request is not believed.
pub fn verify(
    keys: &[Key],
    id: &str,
    seconds: &str,
    signatures: &str,
    body: &[u8],
    now: Timestamp,
    tolerance: u64,
) -> Result<(), Refusal> {
    if id.is_empty() || id.contains('.') {
        return Err(Refusal::Malformed(ID));
    }
    let at = proof::seconds(TIMESTAMP, seconds)?;
    let mut readable = false;
    let mut good = false;
    for signature in signatures.split(' ') {
        let Ok(code) = proof::decode(SIGNATURE, signature, "v1,", Encoding::Base64) else {
            continue;
        };
        readable = true;
        for key in keys {
            good |= proof::same(&key.code(id, seconds, body), &code);
        }
    }
    if !readable {
        return Err(Refusal::Malformed(SIGNATURE));
    }
    if !good {
        return Err(Refusal::Mismatch(SIGNATURE));
    }
    // After the signature: who is told that the clock is wrong has the key.
    proof::check_time(at, now, tolerance)
}

/// Describes the request that delivers an event. `id` is the same at every attempt, and holds
/// no dot.
#[must_use]
pub fn call(url: &str, keys: &[Key], id: &str, now: Timestamp, body: &Value) -> Call {
    let id = id.replace('.', "-");
    let call = Call::post(url, body);
    let signature = sign(keys, &id, now, &call.body);
    call.header(ID, id).header(TIMESTAMP, now.as_second().to_string()).header(SIGNATURE, signature)
}

/// What came of it, as the specification has it: anything but a 2xx is a failure, redirects
/// among them; 410 means that nobody wants any more; what says that the request itself is bad
/// is final.
#[must_use]
pub fn read(response: &Response<'_>) -> Outcome {
    let code = response.status.to_string();
    match response.status {
        200..=299 => Outcome::Sent { id: None },
        300..=399 => Outcome::Final { code, message: "redirects are not followed".to_owned() },
        410 => Outcome::Gone { code, message: "the receiver is gone".to_owned() },
        400 | 405 | 413 | 415 | 422 => {
            Outcome::Final { code, message: "the receiver refuses the request".to_owned() }
        }
        _ => Outcome::Retry {
            after: response.retry_after(),
            code,
            message: "the receiver did not take it".to_owned(),
        },
    }
}
