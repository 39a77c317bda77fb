//! What WhatsApp tells.

use serde_json::Value;

use crate::json;
use crate::shape::{Address, By, Contact, Event, Item, Kind, Media, MediaKind, State};

/// The events of a body, item by item.
pub(super) fn items(body: &[u8]) -> Vec<Item> {
    let body = match json::body(body) {
        Ok(body) => body,
        Err(items) => return items,
    };
    let mut items = Vec::new();
    for (e, entry) in json::list(&body, "entry").iter().enumerate() {
        for (c, change) in json::list(entry, "changes").iter().enumerate() {
            let at = format!("entry[{e}].changes[{c}]");
            items.extend(read_change(&at, change));
        }
    }
    items
}

fn read_change(at: &str, change: &Value) -> Vec<Item> {
    let Some(value) = json::at(change, "value") else {
        return vec![json::bad(at, "no value")];
    };
    let field = json::text(change, "field").unwrap_or("");
    let mut items = Vec::new();
    for (index, message) in json::list(value, "messages").iter().enumerate() {
        items.push(read_message(&format!("{at}.messages[{index}]"), value, message));
    }
    for (index, echo) in json::list(value, "message_echoes").iter().enumerate() {
        items.push(read_echo(&format!("{at}.message_echoes[{index}]"), value, echo));
    }
    for (index, status) in json::list(value, "statuses").iter().enumerate() {
        items.push(read_status(&format!("{at}.statuses[{index}]"), value, status));
    }
    if items.is_empty() {
        items.push(Ok(Event {
            dedupe: format!("notice:{}", json::fingerprint(change)),
            tenant: tenant(value),
            sender: Contact::default(),
            address: Address::default(),
            message: None,
            at: None,
            locale: None,
            kind: Kind::System { name: field.to_owned() },
        }));
    }
    items
}

fn tenant(value: &Value) -> String {
    json::id(value, "metadata.phone_number_id").unwrap_or_default()
}

/// The person behind a number, a user id, or both. The number may be missing since customers
/// can hide it behind a user name; the user id is new with a new number.
fn person(
    value: &Value,
    number: Option<String>,
    user: Option<String>,
) -> Option<(Contact, Address)> {
    let contacts = json::list(value, "contacts");
    let known = contacts
        .iter()
        .find(|contact| {
            let same =
                |path: &str, id: &Option<String>| id.is_some() && json::id(contact, path) == *id;
            same("wa_id", &number) || same("user_id", &user)
        })
        .or_else(|| contacts.first().filter(|_| contacts.len() == 1));
    let number = number.or_else(|| json::id(known?, "wa_id"));
    let user = user.or_else(|| json::id(known?, "user_id"));
    let key = user.clone().or_else(|| number.clone())?;
    let name = known.and_then(|contact| {
        json::owned(contact, "profile.name").or_else(|| json::owned(contact, "profile.username"))
    });
    let aliases = number.iter().filter(|number| **number != key).cloned().collect();
    let address = Address::new(key.clone()).with("wa_id", number).with("user_id", user);
    Some((Contact { key, aliases, name }, address))
}

fn read_message(at: &str, value: &Value, message: &Value) -> Item {
    let Some(id) = json::id(message, "id") else { return json::bad(at, "no id") };
    let number = json::id(message, "from");
    let user = json::id(message, "from_user_id");
    let Some((sender, address)) = person(value, number, user) else {
        return json::bad(at, "nobody sent it: neither from nor a user id");
    };
    let kind = kind(message);
    let address = match &kind {
        Kind::Renamed { to, .. } => Address::new(to.clone())
            .with("wa_id", new_number(message))
            .with("user_id", json::id(message, "system.user_id")),
        _ => address,
    };
    Ok(Event {
        dedupe: format!("message:{id}"),
        tenant: tenant(value),
        sender,
        address,
        message: Some(id),
        at: json::seconds(message, "timestamp"),
        locale: None,
        kind,
    })
}

fn new_number(message: &Value) -> Option<String> {
    json::id(message, "system.wa_id").or_else(|| json::id(message, "system.new_wa_id"))
}

fn kind(message: &Value) -> Kind {
    let name = json::text(message, "type").unwrap_or("");
    let unknown = |name: &str| Kind::Unknown { name: name.to_owned() };
    let pressed = |payload: Option<String>, title: Option<String>| {
        payload.map_or_else(|| unknown(name), |payload| Kind::Pressed { payload, title, ack: None })
    };
    match name {
        "text" => match json::text(message, "text.body") {
            Some(text) => {
                Kind::Text { text: text.to_owned(), quotes: json::id(message, "context.id") }
            }
            None => unknown("text"),
        },
        "interactive" => {
            let reply = ["interactive.button_reply", "interactive.list_reply"]
                .into_iter()
                .find_map(|path| json::at(message, path));
            match reply {
                Some(reply) => pressed(json::id(reply, "id"), json::owned(reply, "title")),
                None => unknown("interactive"),
            }
        }
        "button" => {
            pressed(json::id(message, "button.payload"), json::owned(message, "button.text"))
        }
        "image" | "video" | "document" | "audio" => {
            let file = json::at(message, name).unwrap_or(&Value::Null);
            Kind::Media { files: vec![media(name, file)], caption: json::owned(file, "caption") }
        }
        "contacts" | "order" => Kind::Media {
            files: vec![Media {
                kind: MediaKind::Other,
                reference: None,
                mime: None,
                name: Some(name.to_owned()),
            }],
            caption: json::owned(message, "order.text"),
        },
        "sticker" => Kind::Sticker {
            id: json::id(message, "sticker.id").unwrap_or_default(),
            emoji: json::owned(message, "sticker.emoji"),
        },
        "location" => {
            let degree = |path| json::number(message, path);
            match (degree("location.latitude"), degree("location.longitude")) {
                (Some(latitude), Some(longitude)) => Kind::Location {
                    latitude,
                    longitude,
                    name: json::owned(message, "location.name")
                        .or_else(|| json::owned(message, "location.address")),
                },
                _ => unknown("location"),
            }
        }
        // An emoji that is empty or absent takes the reaction away.
        "reaction" => match json::id(message, "reaction.message_id") {
            Some(to) => Kind::Reaction { to, emoji: json::owned(message, "reaction.emoji") },
            None => unknown("reaction"),
        },
        "edit" => match json::id(message, "edit.original_message_id") {
            Some(of) => {
                let text = ["edit.message.text.body", "edit.message.image.caption"]
                    .into_iter()
                    .find_map(|path| json::owned(message, path));
                Kind::Edited { of, text }
            }
            None => unknown("edit"),
        },
        "revoke" => match json::id(message, "revoke.original_message_id") {
            Some(of) => Kind::Deleted { of },
            None => unknown("revoke"),
        },
        "system" => system(message),
        _ => unknown(name),
    }
}

fn system(message: &Value) -> Kind {
    let name = json::text(message, "system.type").unwrap_or("system");
    let to = json::id(message, "system.user_id").or_else(|| new_number(message));
    let from = json::id(message, "from");
    match (name, from, to) {
        ("user_changed_number", Some(from), Some(to)) if from != to => Kind::Renamed { from, to },
        _ => Kind::System { name: name.to_owned() },
    }
}

fn media(name: &str, file: &Value) -> Media {
    Media {
        kind: MediaKind::named(name),
        reference: json::id(file, "id"),
        mime: json::owned(file, "mime_type"),
        name: json::owned(file, "filename"),
    }
}

/// A person of the shop wrote from the app on the phone.
fn read_echo(at: &str, value: &Value, echo: &Value) -> Item {
    let Some(id) = json::id(echo, "id") else { return json::bad(at, "no id") };
    let number = json::id(echo, "to");
    let user = json::id(echo, "to_user_id");
    let Some((_, address)) = person(value, number, user) else {
        return json::bad(at, "nobody got it: neither to nor a user id");
    };
    Ok(Event {
        dedupe: format!("echo:{id}"),
        tenant: tenant(value),
        sender: Contact::new(json::id(echo, "from").unwrap_or_default()),
        address,
        message: Some(id),
        at: json::seconds(echo, "timestamp"),
        locale: None,
        kind: Kind::Echo { by: By::Human, text: json::owned(echo, "text.body") },
    })
}

fn read_status(at: &str, value: &Value, status: &Value) -> Item {
    let Some(id) = json::id(status, "id") else { return json::bad(at, "no id") };
    let name = json::text(status, "status").unwrap_or("");
    let state = match name {
        "sent" => Some(State::Sent),
        "delivered" => Some(State::Delivered),
        "read" | "played" => Some(State::Read),
        "failed" => Some(State::Failed),
        _ => None,
    };
    let number = json::id(status, "recipient_id");
    let user = json::id(status, "recipient_user_id");
    let (sender, address) = person(value, number, user).unwrap_or_default();
    Ok(Event {
        dedupe: format!("status:{id}:{name}"),
        tenant: tenant(value),
        sender,
        address,
        message: Some(id.clone()),
        at: json::seconds(status, "timestamp"),
        locale: None,
        kind: match state {
            Some(state) => Kind::Receipt {
                messages: vec![id],
                until: None,
                state,
                code: json::id(status, "errors.0.code"),
                key: json::id(status, "biz_opaque_callback_data"),
            },
            None => Kind::Unknown { name: format!("status {name}") },
        },
    })
}
