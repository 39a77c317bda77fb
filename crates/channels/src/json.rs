//! Reading JSON that somebody else wrote: everything may be missing, or of another type.

use jiff::Timestamp;
use serde_json::Value;

use crate::proof;
use crate::shape::{BadItem, Item};

/// What stands at a path of names, `a.b.c`; an index is a name too.
pub(crate) fn at<'a>(value: &'a Value, path: &str) -> Option<&'a Value> {
    path.split('.').try_fold(value, |value, name| match value {
        Value::Array(list) => list.get(name.parse::<usize>().ok()?),
        _ => value.get(name),
    })
}

/// A text that is not empty.
pub(crate) fn text<'a>(value: &'a Value, path: &str) -> Option<&'a str> {
    at(value, path)?.as_str().filter(|text| !text.is_empty())
}

/// The same, kept.
pub(crate) fn owned(value: &Value, path: &str) -> Option<String> {
    text(value, path).map(str::to_owned)
}

/// An id: a text, or a whole number as it is written. Never through a float, which would
/// change large ones.
pub(crate) fn id(value: &Value, path: &str) -> Option<String> {
    match at(value, path)? {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) if number.is_i64() || number.is_u64() => Some(number.to_string()),
        _ => None,
    }
}

/// A whole number, perhaps written as a text.
pub(crate) fn whole(value: &Value, path: &str) -> Option<i64> {
    match at(value, path)? {
        Value::Number(number) => number.as_i64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

/// Whether it is there and true.
pub(crate) fn flag(value: &Value, path: &str) -> bool {
    at(value, path).and_then(Value::as_bool).unwrap_or(false)
}

/// The items of a list; none where there is no list.
pub(crate) fn list<'a>(value: &'a Value, path: &str) -> &'a [Value] {
    at(value, path).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// A number as it is written, for coordinates.
pub(crate) fn number(value: &Value, path: &str) -> Option<String> {
    match at(value, path)? {
        Value::Number(number) => Some(number.to_string()),
        Value::String(text) if text.trim().parse::<f64>().is_ok() => Some(text.trim().to_owned()),
        _ => None,
    }
}

/// A time in seconds since 1970, as number or text.
pub(crate) fn seconds(value: &Value, path: &str) -> Option<Timestamp> {
    Timestamp::from_second(whole(value, path)?).ok()
}

/// A time in milliseconds since 1970, as number or text, or in ISO 8601.
pub(crate) fn millis(value: &Value, path: &str) -> Option<Timestamp> {
    match whole(value, path) {
        Some(millis) => Timestamp::from_millisecond(millis).ok(),
        None => text(value, path)?.parse().ok(),
    }
}

/// Stands for an id where a platform gives none: the same for the same item.
pub(crate) fn fingerprint(value: &Value) -> String {
    hex::encode(&proof::sha256(&[value.to_string().as_bytes()])[..16])
}

/// The body as JSON, or the one bad item that it is.
pub(crate) fn body(bytes: &[u8]) -> Result<Value, Vec<Item>> {
    serde_json::from_slice(bytes).map_err(|error| {
        vec![Err(BadItem { at: "body".to_owned(), why: format!("not JSON: {}", place(&error)) })]
    })
}

/// Where JSON ended; serde's own message may quote what it read.
fn place(error: &serde_json::Error) -> String {
    format!("{:?} error at line {}, column {}", error.classify(), error.line(), error.column())
}

/// A bad item.
pub(crate) fn bad(at: impl Into<String>, why: impl Into<String>) -> Item {
    Err(BadItem { at: at.into(), why: why.into() })
}
