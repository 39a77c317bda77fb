//! What the program tells that receives the shop's mail.

use serde_json::Value;

use super::compose::address;
use crate::json;
use crate::shape::{
    Address, Contact, Delivery, Event, Item, Kind, Media, MediaKind, Settings, State,
};
use crate::text::strip;

pub(super) fn items(settings: &Settings, delivery: &Delivery) -> Vec<Item> {
    let body = match json::body(&delivery.body) {
        Ok(body) => body,
        Err(items) => return items,
    };
    let Some(data) = json::at(&body, "data").filter(|data| data.is_object()) else {
        return vec![json::bad("body", "no data")];
    };
    let once = delivery.id.clone().unwrap_or_else(|| json::fingerprint(&body));
    match json::text(&body, "type") {
        Some("mail.received") => vec![received(settings, &body, data, &once)],
        Some("mail.bounced") => vec![bounced(&body, data, &once)],
        other => {
            let name = other.unwrap_or("").to_owned();
            vec![Ok(event(
                &body,
                once,
                Contact::default(),
                Address::default(),
                Kind::Unknown { name },
            ))]
        }
    }
}

fn event(body: &Value, once: String, sender: Contact, address: Address, kind: Kind) -> Event {
    Event {
        dedupe: once,
        tenant: String::new(),
        sender,
        address,
        message: json::owned(body, "data.message_id"),
        at: json::millis(body, "timestamp"),
        locale: None,
        kind,
    }
}

fn received(settings: &Settings, body: &Value, data: &Value, once: &str) -> Item {
    let Some(from) = json::text(data, "from.address").map(str::to_lowercase) else {
        return json::bad("data", "no from.address");
    };
    let name = json::owned(data, "from.name");
    let raw = json::owned(data, "text")
        .or_else(|| json::text(data, "html").map(strip))
        .unwrap_or_default();
    let text = newest(&raw);
    let kind = if automatic(settings, data, &from) {
        Kind::System { name: "automatic mail".to_owned() }
    } else {
        said(data, &text)
    };
    let excerpt: String = text.chars().take(EXCERPT).collect();
    let references = json::owned(data, "references").or_else(|| json::owned(data, "in_reply_to"));
    let address = Address::new(from.clone())
        .with("name", name.clone())
        .with("subject", json::owned(data, "subject"))
        .with("message_id", json::owned(data, "message_id"))
        .with("references", references)
        .with("said", Some(excerpt).filter(|text| !text.is_empty()));
    let dedupe = match json::text(data, "message_id") {
        Some(id) => format!("mail:{id}"),
        None => format!("mail:{once}"),
    };
    let sender = Contact { key: from, aliases: Vec::new(), name };
    Ok(event(body, dedupe, sender, address, kind))
}

/// How much of a mail is quoted in the answer.
const EXCERPT: usize = 200;

/// Mail that a program wrote is never answered: two programs would go on for ever.
fn automatic(settings: &Settings, data: &Value, from: &str) -> bool {
    let header =
        |name: &str| json::text(data, &format!("headers.{name}")).unwrap_or("").to_lowercase();
    let local = from.split('@').next().unwrap_or("");
    let auto = header("auto-submitted");
    from == address(settings.text("from")).to_lowercase()
        || matches!(local, "mailer-daemon" | "postmaster" | "no-reply" | "noreply" | "donotreply")
        || !(auto.is_empty() || auto == "no")
        || matches!(header("precedence").as_str(), "bulk" | "junk" | "list" | "auto_reply")
        || !header("list-id").is_empty()
        || !header("x-autoreply").is_empty()
}

fn said(data: &Value, text: &str) -> Kind {
    let files: Vec<Media> = (json::list(data, "attachments").iter())
        .map(|file| {
            let mime = json::owned(file, "mime");
            let kind = mime.as_deref().and_then(|mime| mime.split('/').next()).unwrap_or("");
            let kind = match MediaKind::named(kind) {
                MediaKind::Other => MediaKind::File,
                kind => kind,
            };
            Media {
                kind,
                reference: json::owned(file, "url"),
                mime,
                name: json::owned(file, "name"),
            }
        })
        .collect();
    // Some write all they have to say into the subject.
    let text = Some(text.to_owned())
        .filter(|text| !text.is_empty())
        .or_else(|| json::owned(data, "subject"));
    match text {
        caption if !files.is_empty() => Kind::Media { files, caption },
        Some(text) => Kind::Text { text, quotes: json::owned(data, "in_reply_to") },
        None => Kind::Unknown { name: "mail without text".to_owned() },
    }
}

/// What is new in a mail: without the signature, and without what it quotes at its end.
fn newest(text: &str) -> String {
    let mut kept: Vec<&str> = Vec::new();
    for line in text.lines() {
        if line == "-- " || line.starts_with("-----Original Message") {
            break;
        }
        kept.push(line);
    }
    let quote = |line: &&&str| line.trim_start().starts_with('>') || line.trim().is_empty();
    let quoted = kept.iter().rev().take_while(quote).count();
    let begins = kept.len() - quoted;
    if kept[begins..].iter().any(|line| line.trim_start().starts_with('>')) {
        kept.truncate(begins);
        // The line above a quotation says whose it is, in any language, and ends in a colon;
        // long ones are wrapped.
        if kept.last().is_some_and(|line| line.trim_end().ends_with([':', '：'])) {
            kept.pop();
            if kept.last().is_some_and(|line| line.contains('@') || line.contains('<')) {
                kept.pop();
            }
        }
    }
    kept.join("\n").trim().to_owned()
}

fn bounced(body: &Value, data: &Value, once: &str) -> Item {
    let Some(of) = json::owned(data, "of") else {
        return json::bad("data", "no of: the Message-ID that came back");
    };
    let to = json::text(data, "to").unwrap_or("").to_lowercase();
    let kind = Kind::Receipt {
        messages: vec![of],
        until: None,
        state: State::Failed,
        code: json::id(data, "code"),
        key: None,
    };
    Ok(event(body, format!("bounce:{once}"), Contact::new(to.clone()), Address::new(to), kind))
}
