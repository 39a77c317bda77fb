//! What the trigger of docs/channels/zendesk.md tells.

use serde_json::Value;

use crate::json;
use crate::shape::{Address, Contact, Delivery, Event, Item, Kind};
use crate::text::strip;

pub(super) fn items(delivery: &Delivery) -> Vec<Item> {
    let body = match body(&delivery.body) {
        Ok(body) => body,
        Err(items) => return items,
    };
    let Some(ticket) = json::id(&body, "ticketId") else {
        return vec![json::bad("body", "no ticketId: see that the trigger sends our template")];
    };
    let agent = json::id(&body, "currentUser.id").unwrap_or_default();
    let comment = json::id(&body, "commentId");
    let name = json::text(&body, "type").unwrap_or("");
    let once = comment.clone().or_else(|| delivery.id.clone());
    let once = once.unwrap_or_else(|| json::fingerprint(&body));
    let status = json::text(&body, "status").unwrap_or("").to_lowercase();
    let conversation = json::owned(&body, "externalId");
    let event = |dedupe: String, kind: Kind| {
        Ok(Event {
            dedupe,
            tenant: String::new(),
            sender: Contact::new(agent.clone()),
            address: Address::new(ticket.clone()).with("conversation", conversation.clone()),
            message: comment.clone(),
            at: None,
            locale: None,
            kind,
        })
    };
    let mut items = vec![event(format!("{name}:{ticket}:{once}"), kind(name, &body, &agent))];
    if matches!(status.as_str(), "solved" | "closed") {
        items.push(event(format!("{status}:{ticket}:{once}"), Kind::Closed));
    }
    items
}

fn kind(name: &str, body: &Value, agent: &str) -> Kind {
    let role = json::text(body, "currentUser.role").unwrap_or("").to_lowercase();
    // The id of what the system does by itself is -1.
    let person = agent != "-1" && !role.starts_with("end");
    match (name, json::text(body, "comment").map(strip)) {
        ("newMessage", Some(text)) if person && !text.is_empty() => {
            Kind::AgentReply { agent: agent.to_owned(), text }
        }
        ("newMessage" | "statusChanged", _) => Kind::System { name: name.to_owned() },
        _ => Kind::Unknown { name: name.to_owned() },
    }
}

/// Templates put line ends into JSON texts as they are.
fn body(bytes: &[u8]) -> Result<Value, Vec<Item>> {
    if let Ok(body) = serde_json::from_slice(bytes) {
        return Ok(body);
    }
    let mut mended = Vec::with_capacity(bytes.len());
    let mut quoted = false;
    let mut escaped = false;
    for byte in bytes {
        match byte {
            b'\n' if quoted => mended.extend(b"\\n"),
            b'\r' if quoted => {}
            b'\t' if quoted => mended.extend(b"\\t"),
            _ => mended.push(*byte),
        }
        if *byte == b'"' && !escaped {
            quoted = !quoted;
        }
        escaped = *byte == b'\\' && !escaped;
    }
    json::body(&mended)
}
