//! The case of a ticket as others can check it: what was said when, what was promised,
//! decided and done, and how each message is tied to those before.

use std::fmt::Write;

use desk::{Message, Packet, TicketId};
use maud::Render;
use serde_json::json;
use store::{EventQuery, Store};

use super::packet::{Whole, whole_packet};
use crate::app::App;
use crate::http::{Answer, Problem};
use crate::wire::{EventBody, MessageBody, TicketBody};

/// What is noted of a message that its customer took back.
pub(crate) const TAKEN_BACK: &str = "taken_back";
/// Events of a ticket at most.
const EVENTS: usize = 10_000;

/// A case.
#[derive(Clone, Debug)]
pub struct Case {
    /// Files by name, in the order in which they are listed.
    pub files: Vec<(&'static str, String)>,
    /// `seq` of the first message that does not fit those before it.
    pub broken: Option<u64>,
}

/// Gathers the case of a ticket; intents are named in `reader`.
///
/// # Errors
/// [`crate::http::Code::TicketNotFound`].
pub async fn evidence(app: &App, id: &TicketId, reader: &str) -> Answer<Case> {
    let Whole { packet, messages, .. } = whole_packet(app, id, reader).await?;
    let conversation = packet.ticket.conversation.clone();
    let query =
        EventQuery { conversation: Some(conversation), limit: EVENTS, ..EventQuery::default() };
    let events: Vec<EventBody> =
        app.store.events(&query).await?.iter().map(EventBody::of).collect();
    let broken = broken(&messages);
    let mut lines = String::new();
    for message in &messages {
        let mut line =
            serde_json::to_value(MessageBody::of(message, true)).map_err(Problem::internal)?;
        line["hash"] = json!(message.hash.map(hex));
        line["rule"] = json!(message.notes.as_ref().map(|notes| &notes.rule));
        line["why"] = json!(message.notes.as_ref().map(|notes| &notes.why));
        push(&mut lines, &line)?;
    }
    let mut happened = String::new();
    for event in &events {
        push(&mut happened, event)?;
    }
    let ticket =
        serde_json::to_string_pretty(&TicketBody::of(&packet.ticket)).map_err(Problem::internal)?;
    let page = page(&packet, &messages, &events, broken, &app.clock.now().to_string());
    let files = vec![
        ("ticket.json", ticket + "\n"),
        ("messages.jsonl", lines),
        ("events.jsonl", happened),
        ("summary.txt", packet.text()),
        ("evidence.html", page),
    ];
    Ok(Case { files, broken })
}

fn push(lines: &mut String, value: &impl serde::Serialize) -> Answer<()> {
    lines.push_str(&serde_json::to_string(value).map_err(Problem::internal)?);
    lines.push('\n');
    Ok(())
}

/// The first message whose hash is not that of what it says after those before it.
/// Messages of before there were hashes stand at the beginning and prove nothing.
fn broken(messages: &[Message]) -> Option<u64> {
    let mut before = None;
    for (place, message) in messages.iter().enumerate() {
        let gap = message.seq != place as u64 + 1;
        match message.hash {
            None if before.is_none() && !gap => {}
            // What its customer took back is shown as such, and has no words to be checked.
            Some(hash) if !gap && (taken_back(message) || hash == message.chained(before)) => {
                before = Some(hash);
            }
            _ => return Some(message.seq),
        }
    }
    None
}

/// Whether the customer took the message back through the channel.
fn taken_back(message: &Message) -> bool {
    let rule = message.notes.as_ref().map(|notes| notes.rule.as_str());
    message.author == desk::Author::Customer && message.text.is_empty() && rule == Some(TAKEN_BACK)
}

fn hex(hash: [u8; 32]) -> String {
    blake3::Hash::from_bytes(hash).to_hex().to_string()
}

/// Everything on one page to be printed: no script, nothing from elsewhere.
fn page(
    packet: &Packet,
    messages: &[Message],
    events: &[EventBody],
    broken: Option<u64>,
    now: &str,
) -> String {
    let ticket = &packet.ticket;
    let mut out = format!(
        "<!doctype html>\n<html lang=\"en\"><meta charset=\"utf-8\"><title>Ticket {id}</title>\n\
         <style>body{{font:11pt/1.4 sans-serif;max-width:48em;margin:2em auto}}\
         table{{border-collapse:collapse;width:100%}}td,th{{border:1px solid #999;padding:.3em;\
         text-align:left;vertical-align:top}}td.h{{font:8pt monospace;word-break:break-all;\
         width:11em}}tr{{break-inside:avoid}}</style>\n<h1>Ticket {id}</h1>\n\
         <p>Written {now}. All times are UTC.</p>\n<table>\n",
        id = escaped(ticket.id.as_str()),
    );
    // Writing to a string does not fail.
    for (key, text) in &packet.summary {
        let _ = writeln!(out, "<tr><th>{key}<td>{}", escaped(text));
    }
    out.push_str("</table>\n<h2>What was said</h2>\n<table>\n");
    for message in messages {
        let author = match &message.author {
            desk::Author::Customer => "customer",
            desk::Author::Bot => "automated assistant",
            desk::Author::Agent(agent) => agent.as_str(),
        };
        let _ = writeln!(
            out,
            "<tr><td>{}<td>{}<td>{}<td dir=\"auto\">{}<td class=\"h\">{}",
            message.seq,
            message.at,
            escaped(author),
            escaped(&message.text).replace('\n', "<br>"),
            message.hash.map(hex).unwrap_or_default(),
        );
    }
    out.push_str("</table>\n<h2>What was promised</h2>\n<table>\n");
    for promise in &ticket.promises {
        let kept = match promise.kept_at {
            Some(at) => format!("kept {at}"),
            None if promise.is_open() => "open".to_owned(),
            None => "not kept".to_owned(),
        };
        let _ = writeln!(
            out,
            "<tr><td>{}<td>{}<td>until {}<td>{}<td>{kept}",
            promise.made_at,
            escaped(promise.by.as_str()),
            promise.deadline.due_at,
            escaped(&promise.text),
        );
    }
    out.push_str("</table>\n<h2>What was decided and done</h2>\n<table>\n");
    for event in events {
        let _ = writeln!(
            out,
            "<tr><td>{}<td>{}<td>{}<td>{}",
            event.at,
            event.kind,
            escaped(event.by.as_deref().unwrap_or("by rule")),
            escaped(&event.detail),
        );
    }
    let last = messages.iter().rev().find_map(|message| message.hash).map(hex);
    let chain = match (broken, last) {
        (Some(seq), _) => format!("The chain of hashes is <b>broken</b> at message {seq}."),
        (None, Some(last)) => format!(
            "Each message's hash is BLAKE3 over the hash of the message before and its number, \
             time in microseconds, author and text. The chain is whole; its end is {last}."
        ),
        (None, None) => "These messages are older than the chain of hashes.".to_owned(),
    };
    let _ = writeln!(out, "</table>\n<h2>Hashes</h2>\n<p>{chain}</p>\n</html>");
    out
}

fn escaped(text: &str) -> String {
    text.render().into_string()
}
