//! A mail: greeting; what was asked, the answer, how to go on; the footer that the law wants.

use serde_json::json;

use super::words::Words;
use crate::proof;
use crate::shape::{Dispatch, Mail, Piece, Reply, Unsendable};
use crate::text::{escape, is_scale, listed, numbered};

/// The answer with its options; the customer's name and words come in when it is sent.
pub(super) fn piece(reply: &Reply) -> Result<Piece, Unsendable> {
    if reply.text.trim().is_empty() && reply.buttons.is_empty() {
        return Err(Unsendable::Empty);
    }
    let body = json!({
        "text": reply.text.trim(),
        "options": reply.buttons.iter().map(|button| button.title.as_str()).collect::<Vec<_>>(),
        "language": reply.language,
        "by_person": reply.by_person,
        "subject": reply.subject,
    });
    Ok(Piece {
        op: "mail".to_owned(),
        body,
        shown: numbered(&reply.text, &reply.buttons),
        numbered: reply.buttons.clone(),
    })
}

pub(super) fn mail(dispatch: &Dispatch<'_>) -> Result<Mail, Unsendable> {
    let Dispatch { settings, to, piece, key, .. } = dispatch;
    if !is_address(&to.key) {
        return Err(Unsendable::Address("key"));
    }
    let field = |name: &str| piece.body.get(name).and_then(|value| value.as_str());
    let language = field("language").unwrap_or("");
    let words = Words::of(language);
    let options = piece.body["options"].as_array().cloned().unwrap_or_default();
    let person = piece.body["by_person"] == true;

    let mut paragraphs = vec![words.greet(to.get("name"))];
    let asked = to.get("said").map(|said| format!("{} “{}”", words.about, one_line(said)));
    paragraphs.extend(asked.filter(|_| !person));
    paragraphs.extend(field("text").unwrap_or("").split("\n\n").map(str::to_owned));
    if !options.is_empty() {
        let titles: Vec<&str> = options.iter().filter_map(|title| title.as_str()).collect();
        // To marks the question itself says what the number is.
        let choose = if is_scale(&titles) { "" } else { words.choose };
        paragraphs.push(format!("{choose}\n{}", listed(&titles)).trim_start().to_owned());
    }
    paragraphs.push(words.go_on.to_owned());
    paragraphs.retain(|paragraph| !paragraph.trim().is_empty());
    let footer = settings.text("footer").split('|').map(str::trim).collect::<Vec<_>>().join("\n");

    let from = one_line(settings.text("from"));
    let domain =
        address(&from).split_once('@').map_or("localhost", |(_, domain)| domain).to_owned();
    let answered = to.get("message_id").map(one_line);
    let references: Vec<String> =
        to.get("references").map(one_line).into_iter().chain(answered.clone()).collect();
    let mut headers = Vec::new();
    if !references.is_empty() {
        headers.push(("References", references.join(" ")));
    }
    if !person {
        headers.push(("Auto-Submitted", "auto-replied".to_owned()));
        headers.push(("X-Auto-Response-Suppress", "All".to_owned()));
    }
    if !language.is_empty() {
        headers.push(("Content-Language", one_line(language)));
    }
    let given = field("subject").or_else(|| to.get("subject"));
    Ok(Mail {
        from,
        to: to.key.clone(),
        subject: subject(given.unwrap_or_else(|| settings.text("subject"))),
        text: format!("{}\n\n-- \n{footer}\n", paragraphs.join("\n\n")),
        html: html(&paragraphs, &footer, language, words.right_to_left),
        message_id: format!("<{}@{domain}>", proof::uuid_of(key)),
        in_reply_to: answered,
        headers,
    })
}

fn html(paragraphs: &[String], footer: &str, language: &str, right_to_left: bool) -> String {
    let direction = if right_to_left { "rtl" } else { "ltr" };
    let lines = |text: &str| escape(text).replace('\n', "<br>");
    let body: Vec<String> =
        paragraphs.iter().map(|paragraph| format!("<p>{}</p>", lines(paragraph))).collect();
    format!(
        "<!doctype html><html lang=\"{}\" dir=\"{direction}\"><body>{}<hr><p><small>{}</small></p>\
         </body></html>",
        escape(language),
        body.concat(),
        lines(footer)
    )
}

/// A subject that begins with one "Re:", however many there were.
fn subject(given: &str) -> String {
    let given = one_line(given);
    let mut rest = given.trim();
    while let Some(head) = rest.get(..3).filter(|head| head.eq_ignore_ascii_case("re:")) {
        rest = rest[head.len()..].trim_start();
    }
    format!("Re: {rest}")
}

/// Nothing that somebody wrote begins a header of its own.
fn one_line(text: &str) -> String {
    let line: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    line.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The address out of `Name <address>`.
pub(super) fn address(from: &str) -> &str {
    match from.rsplit_once('<') {
        Some((_, rest)) => rest.trim_end().trim_end_matches('>').trim(),
        None => from.trim(),
    }
}

fn is_address(text: &str) -> bool {
    let plain =
        text.chars().all(|c| !c.is_control() && !c.is_whitespace() && !"<>,;\"".contains(c));
    plain
        && text
            .split_once('@')
            .is_some_and(|(local, domain)| !local.is_empty() && !domain.is_empty())
}
