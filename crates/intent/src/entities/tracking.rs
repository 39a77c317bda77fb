//! Tracking numbers by the carriers' own formats, check digits included.

use super::{Message, add};
use crate::analysis::{Entity, EntityKind};

/// Finds tracking numbers. A run of letters and digits is tried as a whole; digits may be
/// grouped by single spaces, as carriers print them.
pub(super) fn find(message: &Message<'_>, found: &mut Vec<Entity>) {
    for (start, end) in runs(message.text) {
        let slice = &message.text[start..end];
        let number: String = slice
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .map(|c| c.to_ascii_uppercase())
            .collect();
        if let Some(carrier) = carrier(&number) {
            add(found, EntityKind::TrackingNumber, start, end, format!("{carrier}:{number}"));
        }
    }
}

/// Runs of ASCII letters and digits that hold a digit, then runs of digit groups.
fn runs(text: &str) -> Vec<(usize, usize)> {
    let bytes = text.as_bytes();
    let mut runs = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        if !bytes[at].is_ascii_alphanumeric() {
            at += 1;
            continue;
        }
        let start = at;
        while at < bytes.len() && bytes[at].is_ascii_alphanumeric() {
            at += 1;
        }
        if (8..=34).contains(&(at - start)) && bytes[start..at].iter().any(u8::is_ascii_digit) {
            runs.push((start, at));
        }
    }
    runs.extend(grouped(bytes));
    runs
}

/// `RR 123 456 785 CN`, `1Z 999 AA1 01 2345 6784`, `9400 1118 9922 3100 0000 00`.
fn grouped(bytes: &[u8]) -> Vec<(usize, usize)> {
    let mut groups: Vec<(usize, usize)> = Vec::new();
    let mut runs = Vec::new();
    let mut at = 0;
    while at <= bytes.len() {
        let start = at;
        while at < bytes.len() && (bytes[at].is_ascii_digit() || bytes[at].is_ascii_uppercase()) {
            at += 1;
        }
        if at > start {
            groups.push((start, at));
        }
        let one_space = bytes.get(at) == Some(&b' ') && at > start;
        if !one_space {
            // The longest run of groups first, then shorter ones without its first words.
            for from in 0..groups.len().saturating_sub(1).min(6) {
                runs.push((groups[from].0, groups[groups.len() - 1].1));
            }
            groups.clear();
        }
        at += 1;
    }
    runs.retain(|(start, end)| (9..=44).contains(&(end - start)));
    runs
}

/// The carrier whose format and check digit a number has.
fn carrier(number: &str) -> Option<&'static str> {
    let bytes = number.as_bytes();
    let digits = bytes.iter().all(u8::is_ascii_digit);
    if bytes.len() == 13 && is_s10(bytes) {
        return Some("UPU");
    }
    if bytes.len() == 18 && number.starts_with("1Z") {
        return is_ups(bytes).then_some("UPS");
    }
    if !digits {
        return prefixed(number);
    }
    match bytes.len() {
        20 | 22 if bytes[0] == b'9' && modulo_10(bytes, 3) => Some("USPS"),
        20 if number.starts_with("00") && modulo_10(bytes, 3) => Some("DHL"),
        12 if is_fedex_12(bytes) => Some("FedEx"),
        15 if modulo_10(bytes, 3) => Some("FedEx"),
        10 if is_dhl_express(number) => Some("DHL"),
        _ => None,
    }
}

/// Formats with a carrier's letters and no public check digit.
fn prefixed(number: &str) -> Option<&'static str> {
    let tail = |prefix: &str| {
        number
            .strip_prefix(prefix)
            .filter(|rest| rest.bytes().all(|b| b.is_ascii_digit()))
            .map(str::len)
    };
    if tail("SF").is_some_and(|n| (12..=13).contains(&n)) {
        return Some("SF");
    }
    if tail("LP").is_some_and(|n| (14..=16).contains(&n)) || tail("CNG").is_some_and(|n| n >= 10) {
        return Some("Cainiao");
    }
    if tail("JJD").is_some_and(|n| (16..=20).contains(&n)) || tail("JD").is_some_and(|n| n == 18) {
        return Some("DHL");
    }
    let yanwen = number.len() == 13
        && number.ends_with("YP")
        && number.starts_with(['U', 'Y', 'A', 'B', 'V', 'S']);
    (yanwen && number[2..11].bytes().all(|b| b.is_ascii_digit())).then_some("Yanwen")
}

fn digit(byte: u8) -> u32 {
    u32::from(byte - b'0')
}

/// UPU S10: two letters, eight digits, a check digit, a country. The digits are weighted
/// 8 6 4 2 3 5 9 7; the check is 11 minus the sum modulo 11, with 10 as 0 and 11 as 5.
fn is_s10(bytes: &[u8]) -> bool {
    let letters = bytes[..2].iter().chain(&bytes[11..]).all(u8::is_ascii_uppercase);
    if !letters || !bytes[2..11].iter().all(u8::is_ascii_digit) {
        return false;
    }
    let sum: u32 = bytes[2..10]
        .iter()
        .zip([8, 6, 4, 2, 3, 5, 9, 7])
        .map(|(&b, weight)| digit(b) * weight)
        .sum();
    let check = match 11 - sum % 11 {
        10 => 0,
        11 => 5,
        check => check,
    };
    check == digit(bytes[10])
}

/// UPS: after `1Z` letters count as (code - 63) modulo 10, every second place doubles.
fn is_ups(bytes: &[u8]) -> bool {
    let value = |b: u8| if b.is_ascii_digit() { digit(b) } else { (u32::from(b) - 63) % 10 };
    let body = &bytes[2..17];
    let odd: u32 = body.iter().step_by(2).map(|&b| value(b)).sum();
    let even: u32 = body.iter().skip(1).step_by(2).map(|&b| value(b)).sum();
    bytes[17].is_ascii_digit() && (10 - (odd + 2 * even) % 10) % 10 == digit(bytes[17])
}

/// Modulo 10 with the given weight on every second digit, counted from the check digit.
fn modulo_10(bytes: &[u8], weight: u32) -> bool {
    let (check, body) = match bytes.split_last() {
        Some((check, body)) => (digit(*check), body),
        None => return false,
    };
    let sum: u32 = body
        .iter()
        .rev()
        .enumerate()
        .map(|(i, &b)| digit(b) * if i % 2 == 0 { weight } else { 1 })
        .sum();
    (10 - sum % 10) % 10 == check
}

/// FedEx Express: eleven digits weighted 3 1 7 …, modulo 11, 10 counts as 0.
fn is_fedex_12(bytes: &[u8]) -> bool {
    let sum: u32 = bytes[..11]
        .iter()
        .zip([3, 1, 7].into_iter().cycle())
        .map(|(&b, weight)| digit(b) * weight)
        .sum();
    sum % 11 % 10 == digit(bytes[11])
}

/// DHL Express waybill: nine digits modulo 7 give the tenth.
fn is_dhl_express(number: &str) -> bool {
    let body: u64 = number[..9].parse().unwrap_or(0);
    body > 0 && body % 7 == u64::from(digit(number.as_bytes()[9]))
}
