//! What Viber tells: one event a request. Its numbers exceed what a float can hold.

use serde_json::Value;

use crate::json;
use crate::shape::{Address, Contact, Event, Item, Kind, Media, MediaKind, State};

pub(super) fn items(body: &[u8]) -> Vec<Item> {
    match json::body(body) {
        Ok(body) => vec![read(&body)],
        Err(items) => items,
    }
}

fn read(body: &Value) -> Item {
    let Some(name) = json::text(body, "event") else { return json::bad("event", "no event") };
    let person = ["sender", "user"].into_iter().find_map(|path| json::at(body, path));
    let key =
        person.and_then(|person| json::id(person, "id")).or_else(|| json::id(body, "user_id"));
    let kind = kind(name, body);
    let from_somebody = !matches!(kind, Kind::System { .. } | Kind::Unknown { .. });
    if key.is_none() && from_somebody {
        return json::bad("event", "nobody did it: no sender.id, user.id or user_id");
    }
    let key = key.unwrap_or_default();
    let token = json::id(body, "message_token");
    let once = token.clone().unwrap_or_else(|| json::fingerprint(body));
    Ok(Event {
        dedupe: format!("{name}:{once}"),
        tenant: String::new(),
        sender: Contact {
            key: key.clone(),
            aliases: Vec::new(),
            name: person.and_then(|person| json::owned(person, "name")),
        },
        address: Address::new(key),
        message: token,
        at: json::millis(body, "timestamp"),
        locale: person.and_then(|person| json::owned(person, "language")),
        kind,
    })
}

fn kind(name: &str, body: &Value) -> Kind {
    let receipt = |state| Kind::Receipt {
        messages: json::id(body, "message_token").into_iter().collect(),
        until: None,
        state,
        code: None,
        key: None,
    };
    match name {
        "message" => said(body),
        "delivered" => receipt(State::Delivered),
        "seen" => receipt(State::Read),
        "failed" => receipt(State::Failed),
        "conversation_started" => Kind::Started { referral: json::owned(body, "context") },
        // Follows a conversation that has started.
        "subscribed" | "webhook" => Kind::System { name: name.to_owned() },
        "unsubscribed" => Kind::Left,
        _ => Kind::Unknown { name: name.to_owned() },
    }
}

fn said(body: &Value) -> Kind {
    let name = json::text(body, "message.type").unwrap_or("");
    let text = json::owned(body, "message.text");
    let unknown = || Kind::Unknown { name: format!("message {name}") };
    match name {
        "text" => match text {
            Some(text) => Kind::Text { text, quotes: None },
            None => unknown(),
        },
        "picture" | "video" | "file" | "url" | "contact" => Kind::Media {
            files: vec![Media {
                kind: MediaKind::named(name),
                reference: json::owned(body, "message.media"),
                mime: None,
                name: json::owned(body, "message.file_name"),
            }],
            caption: text,
        },
        "sticker" => Kind::Sticker {
            id: json::id(body, "message.sticker_id").unwrap_or_default(),
            emoji: None,
        },
        "location" => {
            let degree = |name: &str| {
                json::number(body, &format!("message.location.{name}"))
                    .or_else(|| json::number(body, &format!("message.{name}")))
            };
            match (degree("lat"), degree("lon")) {
                (Some(latitude), Some(longitude)) => Kind::Location {
                    latitude,
                    longitude,
                    name: json::owned(body, "message.location.address"),
                },
                _ => unknown(),
            }
        }
        _ => unknown(),
    }
}
