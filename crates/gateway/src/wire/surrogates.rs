//! Lone surrogates in JSON: what a program sends that cut a text between the two halves
//! of an emoji. JSON's grammar allows them and no text can hold them; the rest of a
//! customer's message is too good to be refused for one.

#[cfg(test)]
mod tests;

use std::borrow::Cow;

/// Replaces each escape of a lone surrogate (`\ud83d` without its other half) by that of
/// U+FFFD. The length does not change, so places in error messages stay true.
#[must_use]
pub fn mend(json: &[u8]) -> Cow<'_, [u8]> {
    let mut mended: Option<Vec<u8>> = None;
    let mut at = 0;
    // A backslash stands nowhere in JSON but in strings.
    while let Some(found) = json.get(at..).and_then(|rest| rest.iter().position(|b| *b == b'\\')) {
        let escape = at + found;
        at = match unit(json, escape) {
            None => escape + 2,
            Some(0xD800..=0xDBFF) if matches!(unit(json, escape + 6), Some(0xDC00..=0xDFFF)) => {
                escape + 12
            }
            Some(0xD800..=0xDFFF) => {
                let copy = mended.get_or_insert_with(|| json.to_vec());
                if let Some(digits) = copy.get_mut(escape + 2..escape + 6) {
                    digits.copy_from_slice(b"fffd");
                }
                escape + 6
            }
            Some(_) => escape + 6,
        };
    }
    mended.map_or(Cow::Borrowed(json), Cow::Owned)
}

/// The code unit that `\uXXXX` at this place means.
fn unit(json: &[u8], at: usize) -> Option<u16> {
    let digits = json.get(at..at + 6)?.strip_prefix(b"\\u")?;
    // `from_str_radix` takes a sign, JSON does not.
    if !digits.iter().all(u8::is_ascii_hexdigit) {
        return None;
    }
    u16::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
}
