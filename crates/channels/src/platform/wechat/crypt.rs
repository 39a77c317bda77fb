//! WeChat's signature, and the encryption of its safe mode.

use aes::Aes256;
use base64::Engine;
use base64::alphabet::STANDARD as ALPHABET;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use cbc::cipher::block_padding::NoPadding;
use cbc::cipher::{BlockDecryptMut, BlockEncryptMut, KeyIvInit};

use crate::proof::{self, Secret};
use crate::shape::Refusal;

/// The key has 43 characters, whose last carries bits that mean nothing.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &ALPHABET,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Padding goes to this many bytes, though the cipher's block has sixteen.
const PAD: usize = 32;

/// Random bytes before, length, text, app id.
const RANDOM: usize = 16;

fn digest(token: &Secret, time: &str, nonce: &str, encrypted: Option<&str>) -> [u8; 20] {
    let mut parts: Vec<&[u8]> = vec![token.bytes(), time.as_bytes(), nonce.as_bytes()];
    parts.extend(encrypted.map(str::as_bytes));
    parts.sort_unstable();
    proof::sha1(&parts)
}

/// SHA-1 over the sorted parts, as hex.
pub(super) fn sign(token: &Secret, time: &str, nonce: &str, encrypted: Option<&str>) -> String {
    hex::encode(digest(token, time, nonce, encrypted))
}

/// Whether a signature is right under one of the tokens.
pub(super) fn check(
    what: &'static str,
    tokens: &[Secret],
    time: &str,
    nonce: &str,
    encrypted: Option<&str>,
    given: &str,
) -> Result<(), Refusal> {
    if tokens.is_empty() {
        return Err(Refusal::NotSet("token"));
    }
    let given = hex::decode(given).map_err(|_| Refusal::Malformed(what))?;
    let good = tokens.iter().fold(false, |good, token| {
        good | proof::same(&digest(token, time, nonce, encrypted), &given)
    });
    if good { Ok(()) } else { Err(Refusal::Mismatch(what)) }
}

fn key(secret: &Secret) -> Option<[u8; 32]> {
    LENIENT.decode(secret.expose()).ok()?.try_into().ok()
}

/// Decrypts what a signature covered; one of the keys has to lead to our app id.
pub(super) fn open(keys: &[Secret], app_id: &str, encrypted: &str) -> Result<Vec<u8>, Refusal> {
    let bytes = LENIENT.decode(encrypted).map_err(|_| Refusal::Malformed("Encrypt"))?;
    let keys: Vec<[u8; 32]> = keys.iter().filter_map(key).collect();
    if keys.is_empty() {
        return Err(Refusal::NotSet("encoding_aes_key"));
    }
    keys.iter()
        .find_map(|key| decrypt(key, app_id, bytes.clone()))
        .ok_or(Refusal::Mismatch("Encrypt"))
}

fn decrypt(key: &[u8; 32], app_id: &str, mut bytes: Vec<u8>) -> Option<Vec<u8>> {
    let (iv, _) = key.split_first_chunk::<16>()?;
    let plain = cbc::Decryptor::<Aes256>::new(key.into(), iv.into())
        .decrypt_padded_mut::<NoPadding>(&mut bytes)
        .ok()?;
    let pad = usize::from(*plain.last()?);
    let plain = plain.get(..plain.len().checked_sub(pad).filter(|_| (1..=PAD).contains(&pad))?)?;
    let rest = plain.get(RANDOM..)?;
    let (length, rest) = rest.split_first_chunk::<4>()?;
    let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
    let (text, id) = rest.split_at_checked(length)?;
    (id == app_id.as_bytes()).then(|| text.to_vec())
}

/// Encrypts a text the way WeChat does, for samples.
pub(super) fn seal(secret: &Secret, app_id: &str, salt: &str, text: &str) -> Option<String> {
    let key = key(secret)?;
    let (iv, _) = key.split_first_chunk::<16>()?;
    let mut bytes = proof::sha256(&[salt.as_bytes()])[..RANDOM].to_vec();
    bytes.extend(u32::try_from(text.len()).ok()?.to_be_bytes());
    bytes.extend(text.as_bytes());
    bytes.extend(app_id.as_bytes());
    let pad = PAD - bytes.len() % PAD;
    bytes.extend(std::iter::repeat_n(u8::try_from(pad).ok()?, pad));
    let length = bytes.len();
    let sealed = cbc::Encryptor::<Aes256>::new(&key.into(), iv.into())
        .encrypt_padded_mut::<NoPadding>(&mut bytes, length)
        .ok()?;
    Some(proof::base64(sealed))
}
