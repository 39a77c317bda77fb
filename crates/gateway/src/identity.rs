//! Who a customer is, where the shop's own server signed it.

#[cfg(test)]
pub(crate) mod tests;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use hmac::{Hmac, Mac};
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde_json::Value;
use sha2::Sha256;

use crate::config::{Secret, Widget};
use crate::wire::CustomerClaims;

/// How far two clocks may differ.
const LEEWAY: SignedDuration = SignedDuration::from_secs(60);
/// How long a token may be valid from now: one that leaks is of little use.
const LONGEST: SignedDuration = SignedDuration::from_hours(1);
/// The longest token read, in bytes.
const MAX_BYTES: usize = 4096;

/// Why an identity is not believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    /// It is none, is signed otherwise, or for something else.
    Invalid(&'static str),
    /// It was one.
    Expired,
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    #[serde(default)]
    crit: Option<Value>,
}

/// Names are the shop's to choose: what is not known here says nothing.
#[derive(Deserialize)]
struct Claims {
    #[serde(default)]
    sub: Option<String>,
    #[serde(default)]
    user_id: Option<String>,
    exp: f64,
    #[serde(default)]
    nbf: Option<f64>,
    #[serde(default)]
    aud: Option<Value>,
    #[serde(default)]
    country: Option<String>,
    #[serde(default)]
    vip: Option<bool>,
    #[serde(default)]
    order_value: Option<f64>,
    #[serde(default)]
    prefers: Option<String>,
}

/// Reads a JSON Web Token (RFC 7519), signed by HS256 and nothing else.
///
/// # Errors
/// Why it is not believed.
pub(crate) fn token(
    widget: &Widget,
    token: &str,
    now: Timestamp,
) -> Result<CustomerClaims, Refused> {
    const NONE: Refused = Refused::Invalid("not a JSON Web Token");
    if token.len() > MAX_BYTES {
        return Err(NONE);
    }
    let (signed, signature) = token.rsplit_once('.').ok_or(NONE)?;
    let (header, claims) = signed.split_once('.').ok_or(NONE)?;
    let part = |text: &str| BASE64.decode(text).map_err(|_| NONE);
    let header: Header = serde_json::from_slice(&part(header)?).map_err(|_| NONE)?;
    // Whoever writes the token must not choose how it is checked.
    if header.alg != "HS256" || header.crit.is_some() {
        return Err(Refused::Invalid("the token is not signed by HS256"));
    }
    if !signed_by(&widget.identity, signed.as_bytes(), &part(signature)?) {
        return Err(Refused::Invalid("the signature does not fit the inbox's secret"));
    }
    let claims: Claims = serde_json::from_slice(&part(claims)?)
        .map_err(|_| Refused::Invalid("the token needs exp, and every claim in its own type"))?;
    let seconds = |at: f64| at - now.as_second() as f64;
    if seconds(claims.exp) < -LEEWAY.as_secs_f64() {
        return Err(Refused::Expired);
    }
    if seconds(claims.exp) > (LONGEST + LEEWAY).as_secs_f64() {
        return Err(Refused::Invalid("exp is more than an hour ahead"));
    }
    if claims.nbf.is_some_and(|nbf| seconds(nbf) > LEEWAY.as_secs_f64()) {
        return Err(Refused::Invalid("the token is not valid yet"));
    }
    let named = |aud: &Value| aud.as_str() == Some(widget.name.as_str());
    let meant = match &claims.aud {
        None => true,
        Some(Value::Array(all)) => all.iter().any(named),
        Some(one) => named(one),
    };
    if !meant {
        return Err(Refused::Invalid("aud names another inbox"));
    }
    let id = claims.sub.or(claims.user_id).filter(|id| !id.is_empty());
    let id = id.ok_or(Refused::Invalid("the token names nobody in sub"))?;
    let Claims { country, vip, order_value, prefers, .. } = claims;
    Ok(CustomerClaims { id: Some(id), country, vip, order_value, prefers })
}

/// Believes an id whose HMAC-SHA256 somebody knows, in hexadecimal, where the inbox does.
///
/// # Errors
/// Why it is not believed.
pub(crate) fn hash(widget: &Widget, id: &str, hash: &str) -> Result<CustomerClaims, Refused> {
    if !widget.identity_hash {
        return Err(Refused::Invalid("the inbox takes no hashes, since they never expire"));
    }
    let bytes =
        hex::decode(hash).map_err(|_| Refused::Invalid("the hash is not in hexadecimal"))?;
    if id.is_empty() || !signed_by(&widget.identity, id.as_bytes(), &bytes) {
        return Err(Refused::Invalid("the hash does not fit the inbox's secret"));
    }
    Ok(CustomerClaims { id: Some(id.to_owned()), ..CustomerClaims::default() })
}

/// Whether one of the secrets signed this. Takes the same time whatever differs.
fn signed_by(secrets: &[Secret], bytes: &[u8], signature: &[u8]) -> bool {
    secrets.iter().any(|secret| {
        let mac = Hmac::<Sha256>::new_from_slice(secret.reveal().as_bytes());
        mac.is_ok_and(|mac| mac.chain_update(bytes).verify_slice(signature).is_ok())
    })
}
