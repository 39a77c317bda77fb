//! What Telegram tells: one update a request.

use serde_json::Value;

use crate::json;
use crate::shape::{Address, Contact, Event, Item, Kind, Media, MediaKind, Settings};

pub(super) fn items(settings: &Settings, body: &[u8]) -> Vec<Item> {
    match json::body(body) {
        Ok(update) => vec![read(settings, &update)],
        Err(items) => items,
    }
}

fn read(settings: &Settings, update: &Value) -> Item {
    let Some(id) = json::id(update, "update_id") else {
        return json::bad("update", "no update_id");
    };
    let dedupe = format!("update:{id}");
    // Exactly one other key stands in an update.
    let Some((name, inner)) =
        update.as_object().and_then(|map| map.iter().find(|(key, _)| *key != "update_id"))
    else {
        return json::bad("update", "empty");
    };
    let (message, kind) = match name.as_str() {
        "message" => (inner, message(settings, inner)),
        "edited_message" => (inner, edited(inner)),
        "callback_query" => (json::at(inner, "message").unwrap_or(&Value::Null), pressed(inner)),
        "my_chat_member" => (inner, member(inner)),
        "message_reaction" => (inner, reaction(inner)),
        "channel_post"
        | "edited_channel_post"
        | "inline_query"
        | "chosen_inline_result"
        | "shipping_query"
        | "pre_checkout_query"
        | "purchased_paid_media"
        | "poll"
        | "poll_answer"
        | "chat_member"
        | "chat_join_request"
        | "chat_boost"
        | "removed_chat_boost"
        | "message_reaction_count" => (inner, Kind::System { name: name.clone() }),
        _ => (inner, Kind::Unknown { name: name.clone() }),
    };
    let from = ["from", "user"].into_iter().find_map(|path| json::at(inner, path));
    let sender = from.map(person).unwrap_or_default();
    let chat = json::id(message, "chat.id").unwrap_or_else(|| sender.key.clone());
    if chat.is_empty() && !matches!(kind, Kind::System { .. } | Kind::Unknown { .. }) {
        return json::bad(name.as_str(), "no chat");
    }
    let address = match &kind {
        Kind::Renamed { to, .. } => Address::new(to.clone()),
        _ => Address::new(chat),
    };
    Ok(Event {
        dedupe,
        tenant: String::new(),
        sender,
        address,
        message: json::id(message, "message_id"),
        at: json::seconds(inner, "date"),
        locale: from.and_then(|from| json::owned(from, "language_code")),
        kind,
    })
}

fn person(from: &Value) -> Contact {
    let names = ["first_name", "last_name"].into_iter().filter_map(|path| json::text(from, path));
    let name: Vec<&str> = names.collect();
    Contact {
        key: json::id(from, "id").unwrap_or_default(),
        aliases: Vec::new(),
        name: (!name.is_empty()).then(|| name.join(" ")),
    }
}

fn message(settings: &Settings, message: &Value) -> Kind {
    let system = |name: &str| Kind::System { name: name.to_owned() };
    if let (Some(from), Some(to)) =
        (json::id(message, "chat.id"), json::id(message, "migrate_to_chat_id"))
    {
        return Kind::Renamed { from, to };
    }
    if json::flag(message, "from.is_bot") {
        return system("message of a bot");
    }
    if !json::list(message, "new_chat_members").is_empty() {
        return Kind::Joined;
    }
    let private = json::text(message, "chat.type") == Some("private");
    let name = settings.optional("bot_username").map(|name| format!("@{name}"));
    let text = json::text(message, "text");
    if !private && !named(text, name.as_deref()) {
        return system("message in a group");
    }
    match text {
        Some(text) => said(text, name.as_deref(), message),
        None => other(message),
    }
}

/// Whether a message in a group is meant for us.
fn named(text: Option<&str>, name: Option<&str>) -> bool {
    match (text, name) {
        (Some(text), Some(name)) => text.to_lowercase().contains(&name.to_lowercase()),
        _ => false,
    }
}

fn said(text: &str, name: Option<&str>, message: &Value) -> Kind {
    let mut words = text.splitn(2, char::is_whitespace);
    let command = words.next().unwrap_or("");
    let command = name.and_then(|name| command.strip_suffix(name)).unwrap_or(command);
    if command == "/start" {
        let referral = words.next().map(str::trim).filter(|rest| !rest.is_empty());
        return Kind::Started { referral: referral.map(str::to_owned) };
    }
    let said = match name {
        Some(name) => text.replace(name, " ").trim().to_owned(),
        None => text.to_owned(),
    };
    Kind::Text { text: said, quotes: json::id(message, "reply_to_message.message_id") }
}

/// Everything without a text.
fn other(message: &Value) -> Kind {
    const FILES: [&str; 7] =
        ["animation", "photo", "video", "video_note", "voice", "audio", "document"];
    if let Some(name) = FILES.into_iter().find(|name| message.get(name).is_some()) {
        // The last one of a photo is the largest.
        let file = json::list(message, name).last().or_else(|| json::at(message, name));
        let file = file.unwrap_or(&Value::Null);
        let media = Media {
            kind: MediaKind::named(name),
            reference: json::id(file, "file_id"),
            mime: json::owned(file, "mime_type"),
            name: json::owned(file, "file_name"),
        };
        return Kind::Media { files: vec![media], caption: json::owned(message, "caption") };
    }
    if let Some(sticker) = json::at(message, "sticker") {
        return Kind::Sticker {
            id: json::id(sticker, "file_unique_id").unwrap_or_default(),
            emoji: json::owned(sticker, "emoji"),
        };
    }
    let degree = |path| json::number(message, path);
    if let (Some(latitude), Some(longitude)) =
        (degree("location.latitude"), degree("location.longitude"))
    {
        return Kind::Location { latitude, longitude, name: json::owned(message, "venue.title") };
    }
    if json::at(message, "contact").is_some() {
        let card = Media {
            kind: MediaKind::Other,
            reference: None,
            mime: None,
            name: Some("contact".to_owned()),
        };
        return Kind::Media { files: vec![card], caption: None };
    }
    // A notice of the chat: pinned, renamed, somebody left …
    const ALWAYS: [&str; 5] = ["message_id", "date", "chat", "from", "message_thread_id"];
    let name =
        message.as_object().and_then(|map| map.keys().find(|key| !ALWAYS.contains(&key.as_str())));
    Kind::System { name: name.cloned().unwrap_or_else(|| "message".to_owned()) }
}

fn edited(message: &Value) -> Kind {
    match json::id(message, "message_id") {
        Some(of) => Kind::Edited {
            of,
            text: json::owned(message, "text").or_else(|| json::owned(message, "caption")),
        },
        None => Kind::Unknown { name: "edited_message".to_owned() },
    }
}

fn pressed(query: &Value) -> Kind {
    let Some(payload) = json::owned(query, "data") else {
        return Kind::Unknown { name: "callback_query".to_owned() };
    };
    let rows = json::list(query, "message.reply_markup.inline_keyboard");
    let button = (rows.iter().filter_map(Value::as_array).flatten())
        .find(|button| json::text(button, "callback_data") == Some(&payload));
    Kind::Pressed {
        title: button.and_then(|button| json::owned(button, "text")),
        payload,
        ack: json::id(query, "id"),
    }
}

/// Our own standing in a chat changed: in a private one the customer blocked us or came back.
fn member(change: &Value) -> Kind {
    match json::text(change, "new_chat_member.status") {
        Some("kicked" | "left" | "restricted") => Kind::Left,
        Some("member" | "administrator") => Kind::Joined,
        _ => Kind::System { name: "my_chat_member".to_owned() },
    }
}

fn reaction(reaction: &Value) -> Kind {
    match json::id(reaction, "message_id") {
        Some(to) => Kind::Reaction { to, emoji: json::owned(reaction, "new_reaction.0.emoji") },
        None => Kind::Unknown { name: "message_reaction".to_owned() },
    }
}
