//! A hand-over as people read it.

use crate::shape::HandOver;

/// Everything about a hand-over as plain text: what it is about first, what was said last.
pub(crate) fn note(hand_over: &HandOver) -> String {
    let mut out = String::new();
    let mut paragraph = |text: &str| {
        if !text.trim().is_empty() {
            if !out.is_empty() {
                out.push_str("\n\n");
            }
            out.push_str(text.trim());
        }
    };
    paragraph(&hand_over.summary);
    let facts: Vec<String> =
        facts(hand_over).into_iter().map(|(name, value)| format!("{name}: {value}")).collect();
    paragraph(&facts.join("\n"));
    let lines: Vec<String> = (hand_over.transcript.iter())
        .map(|line| format!("[{}] {}: {}", line.at.strftime("%F %R UTC"), line.who, line.text))
        .collect();
    paragraph(&lines.join("\n"));
    out
}

/// Who, where and what, by name.
fn facts(hand_over: &HandOver) -> Vec<(String, String)> {
    let known = |name: &str, value: Option<&str>| {
        let value = value.filter(|value| !value.is_empty())?;
        Some((name.to_owned(), value.to_owned()))
    };
    [
        known("Customer", hand_over.name.as_deref()),
        known("Channel", Some(&hand_over.channel)),
        known("Language", Some(&hand_over.language)),
        known("E-mail", hand_over.email.as_deref()),
        known("Phone", hand_over.phone.as_deref()),
        known("Ticket", Some(&hand_over.ticket)),
    ]
    .into_iter()
    .flatten()
    .chain(hand_over.fields.iter().cloned())
    .chain(known("Conversation", hand_over.link.as_deref()))
    .collect()
}
