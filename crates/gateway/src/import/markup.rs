//! Rasa's markup of entities, taken out: `[Berlin](city)` is Berlin.

/// The text as a customer types it.
pub(super) fn plain(example: &str) -> String {
    let mut out = String::with_capacity(example.len());
    let mut rest = example;
    while let Some(open) = rest.find('[') {
        out.push_str(&rest[..open]);
        let inner = &rest[open + 1..];
        let after = inner.find(']').map(|close| (&inner[..close], &inner[close + 1..]));
        match after.and_then(|(words, after)| Some((words, annotation(after)?))) {
            Some((words, after)) => {
                out.push_str(words);
                rest = after;
            }
            // A bracket that a customer typed.
            None => {
                out.push('[');
                rest = inner;
            }
        }
    }
    out.push_str(rest);
    out
}

/// What follows an annotation, when one stands here: `(city)`, `{"entity": "city"}` or a list
/// of the latter.
fn annotation(text: &str) -> Option<&str> {
    match text.chars().next()? {
        '(' => text.find(')').map(|close| &text[close + 1..]),
        '{' | '[' => {
            // A customer's own "[a] [b]" is no list of objects.
            let mut values = serde_json::Deserializer::from_str(text).into_iter();
            let value: serde_json::Value = values.next()?.ok()?;
            let objects = value.is_object()
                || value.as_array().is_some_and(|list| list.iter().all(|v| v.is_object()));
            objects.then(|| &text[values.byte_offset()..])
        }
        _ => None,
    }
}
