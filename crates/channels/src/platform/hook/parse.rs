//! What a program of the shop tells. One event, or `events` with several.

use serde_json::Value;

use crate::json;
use crate::shape::{Address, By, Contact, Delivery, Event, Item, Kind, Media, MediaKind, State};

pub(super) fn items(delivery: &Delivery) -> Vec<Item> {
    let body = match json::body(&delivery.body) {
        Ok(body) => body,
        Err(items) => return items,
    };
    let id = delivery.id.as_deref().unwrap_or("");
    match json::at(&body, "events").and_then(Value::as_array) {
        Some(events) => (events.iter().enumerate())
            .map(|(index, event)| {
                read(&format!("events[{index}]"), &format!("{id}:{index}"), event)
            })
            .collect(),
        None => vec![read("body", id, &body)],
    }
}

fn read(at: &str, dedupe: &str, event: &Value) -> Item {
    let Some(name) = json::text(event, "type") else { return json::bad(at, "no type") };
    let Some(data) = json::at(event, "data").filter(|data| data.is_object()) else {
        return json::bad(at, "no data");
    };
    let Some(conversation) = json::id(data, "conversation") else {
        return json::bad(at, "no data.conversation");
    };
    let sender = Contact {
        key: json::id(data, "sender.id").unwrap_or_else(|| conversation.clone()),
        aliases: (json::list(data, "sender.aliases").iter())
            .filter_map(|alias| alias.as_str().map(str::to_owned))
            .collect(),
        name: json::owned(data, "sender.name"),
    };
    let message = json::id(data, "id");
    Ok(Event {
        // By the message where it names one: the same message may come in two requests.
        dedupe: match &message {
            // A message may be changed more than once.
            Some(id) if name != "message.updated" => format!("{name}:{id}"),
            _ => format!("{name}:{dedupe}"),
        },
        tenant: json::id(data, "account").unwrap_or_default(),
        sender,
        address: Address::new(conversation),
        at: json::millis(event, "timestamp"),
        locale: json::owned(data, "locale"),
        kind: match kind(name, data, message.as_deref()) {
            Ok(kind) => kind,
            Err(why) => return json::bad(at, why),
        },
        message,
    })
}

fn kind(name: &str, data: &Value, id: Option<&str>) -> Result<Kind, &'static str> {
    let of = || id.map(str::to_owned).ok_or("no data.id");
    let text = || json::owned(data, "text");
    let receipt = |state| {
        Ok(Kind::Receipt {
            messages: vec![of()?],
            until: None,
            state,
            code: json::id(data, "code"),
            key: json::owned(data, "key"),
        })
    };
    match name {
        "message.created" => said(data),
        "message.updated" => Ok(Kind::Edited { of: of()?, text: text() }),
        "message.deleted" => Ok(Kind::Deleted { of: of()? }),
        "message.sent" => receipt(State::Sent),
        "message.delivered" => receipt(State::Delivered),
        "message.read" => receipt(State::Read),
        "message.failed" => receipt(State::Failed),
        // The customer has seen it already.
        "agent.message" => Ok(Kind::Echo { by: By::Human, text: text() }),
        // The customer has not.
        "agent.reply" => Ok(Kind::AgentReply {
            agent: json::id(data, "agent").unwrap_or_default(),
            text: text().ok_or("no data.text")?,
        }),
        "conversation.started" => Ok(Kind::Started { referral: json::owned(data, "referral") }),
        "conversation.left" => Ok(Kind::Left),
        "conversation.closed" => Ok(Kind::Closed),
        "conversation.taken" => Ok(Kind::Handover { to_us: false }),
        "conversation.returned" => Ok(Kind::Handover { to_us: true }),
        _ => Ok(Kind::Unknown { name: name.to_owned() }),
    }
}

fn said(data: &Value) -> Result<Kind, &'static str> {
    let text = json::owned(data, "text");
    if let Some(payload) = json::owned(data, "payload") {
        return Ok(Kind::Pressed { payload, title: text, ack: None });
    }
    let files: Vec<Media> = (json::list(data, "files").iter())
        .map(|file| Media {
            kind: MediaKind::named(json::text(file, "type").unwrap_or("")),
            reference: json::owned(file, "url"),
            mime: json::owned(file, "mime"),
            name: json::owned(file, "name"),
        })
        .collect();
    match text {
        caption if !files.is_empty() => Ok(Kind::Media { files, caption }),
        Some(text) => Ok(Kind::Text { text, quotes: json::id(data, "quotes") }),
        None => Err("neither data.text nor data.payload nor data.files"),
    }
}
