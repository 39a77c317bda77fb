//! Proofs: message authentication codes over raw bytes, compared in constant time.

mod secret;

pub use secret::Secret;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac};
use jiff::Timestamp;
use sha1::{Digest, Sha1};
use sha2::Sha256;
use subtle::ConstantTimeEq;

use crate::Refusal;

/// How a code is written.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Encoding {
    /// Hexadecimal, of either case.
    Hex,
    /// Base64 with padding.
    Base64,
}

/// The bytes of a code out of what a header says: behind its prefix, in its encoding.
pub(crate) fn decode(
    what: &'static str,
    value: &str,
    prefix: &str,
    encoding: Encoding,
) -> Result<Vec<u8>, Refusal> {
    let code = value.strip_prefix(prefix).ok_or(Refusal::Malformed(what))?;
    let bytes = match encoding {
        Encoding::Hex => hex::decode(code).ok(),
        Encoding::Base64 => STANDARD.decode(code).ok(),
    };
    bytes.filter(|bytes| !bytes.is_empty()).ok_or(Refusal::Malformed(what))
}

fn hmac_of(key: &[u8], parts: &[&[u8]]) -> Hmac<Sha256> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes a key of any length");
    for part in parts {
        mac.update(part);
    }
    mac
}

/// HMAC-SHA256 over the parts, one after the other.
pub(crate) fn hmac_sha256(key: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    hmac_of(key, parts).finalize().into_bytes().into()
}

/// Whether a code is right under one of the keys. Takes as long whichever it is.
pub(crate) fn check_hmac(
    what: &'static str,
    secrets: &[Secret],
    parts: &[&[u8]],
    code: &[u8],
) -> Result<(), Refusal> {
    if secrets.is_empty() {
        return Err(Refusal::NotSet(what));
    }
    let good = secrets.iter().fold(false, |good, secret| {
        good | hmac_of(secret.bytes(), parts).verify_slice(code).is_ok()
    });
    if good { Ok(()) } else { Err(Refusal::Mismatch(what)) }
}

/// Whether a plain shared secret is one of ours, in constant time for its length.
pub(crate) fn check_shared(
    what: &'static str,
    secrets: &[Secret],
    given: &str,
) -> Result<(), Refusal> {
    if secrets.is_empty() {
        return Err(Refusal::NotSet(what));
    }
    let given = Sha256::digest(given.as_bytes());
    let good = secrets.iter().fold(false, |good, secret| {
        good | bool::from(Sha256::digest(secret.bytes()).ct_eq(&given))
    });
    if good { Ok(()) } else { Err(Refusal::Mismatch(what)) }
}

/// Whether two codes are the same, in constant time for their length.
pub(crate) fn same(left: &[u8], right: &[u8]) -> bool {
    left.ct_eq(right).into()
}

/// SHA-1 over the parts.
pub(crate) fn sha1(parts: &[&[u8]]) -> [u8; 20] {
    let mut hash = Sha1::new();
    for part in parts {
        hash.update(part);
    }
    hash.finalize().into()
}

/// SHA-256 over the parts.
pub(crate) fn sha256(parts: &[&[u8]]) -> [u8; 32] {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part);
    }
    hash.finalize().into()
}

/// Base64 with padding.
pub(crate) fn base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// The time of a signature, written in seconds since 1970.
pub(crate) fn seconds(what: &'static str, text: &str) -> Result<Timestamp, Refusal> {
    let at = text.parse().ok().and_then(|seconds| Timestamp::from_second(seconds).ok());
    at.ok_or(Refusal::Malformed(what))
}

/// Whether a signature's own time is near enough to now, either way.
pub(crate) fn check_time(at: Timestamp, now: Timestamp, tolerance: u64) -> Result<(), Refusal> {
    let seconds = at.as_second().saturating_sub(now.as_second());
    if seconds.unsigned_abs() <= tolerance {
        Ok(())
    } else {
        Err(Refusal::Stale { seconds, tolerance: i64::try_from(tolerance).unwrap_or(i64::MAX) })
    }
}

/// A key in the form of a UUID: itself where it is one, else one made of it.
pub(crate) fn uuid_of(key: &str) -> String {
    let dashes = [8, 13, 18, 23];
    let is_uuid = key.len() == 36
        && key.bytes().enumerate().all(|(index, byte)| {
            if dashes.contains(&index) { byte == b'-' } else { byte.is_ascii_hexdigit() }
        });
    if is_uuid {
        return key.to_owned();
    }
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&sha256(&[b"switchboard", key.as_bytes()])[..16]);
    // RFC 9562: version 8, for ids made in a way of one's own.
    bytes[6] = bytes[6] & 0x0f | 0x80;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let text = hex::encode(bytes);
    [&text[..8], &text[8..12], &text[12..16], &text[16..20], &text[20..]].join("-")
}
