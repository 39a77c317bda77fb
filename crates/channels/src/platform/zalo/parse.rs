//! What Zalo tells: one event a request.

use serde_json::Value;

use crate::json;
use crate::shape::{Address, By, Contact, Event, Item, Kind, Media, MediaKind, State};

pub(super) fn items(body: &[u8]) -> Vec<Item> {
    match json::body(body) {
        Ok(body) => vec![read(&body)],
        Err(items) => items,
    }
}

fn read(body: &Value) -> Item {
    let Some(name) = json::text(body, "event_name") else {
        return json::bad("event", "no event_name");
    };
    let ours = name.starts_with("oa_");
    let person = |path: &str| json::id(body, &format!("{path}.id"));
    let customer = if ours { person("recipient") } else { person("sender") };
    let customer = customer.or_else(|| person("follower")).or_else(|| person("user"));
    let kind = kind(name, body);
    let from_somebody = !matches!(kind, Kind::System { .. } | Kind::Unknown { .. });
    let anonymous = name.starts_with("anonymous_");
    let conversation = json::id(body, "message.conversation_id")
        .or_else(|| json::id(body, "conversation_id"))
        .filter(|_| anonymous);
    let Some(key) =
        conversation.clone().or(customer.clone()).or((!from_somebody).then(String::new))
    else {
        return json::bad("event", "nobody did it: no sender.id");
    };
    let message = json::id(body, "message.msg_id");
    // A reaction names the message that it is put on, perhaps not for the first time.
    let own = message.clone().filter(|_| name != "user_reacted_message");
    let once = own.unwrap_or_else(|| json::fingerprint(body));
    let address = Address::new(key)
        .with("anonymous_id", customer.clone().filter(|_| anonymous))
        .with("conversation_id", conversation);
    Ok(Event {
        dedupe: format!("{name}:{once}"),
        tenant: json::id(body, "app_id").unwrap_or_default(),
        sender: Contact::new(if ours { person("sender") } else { customer }.unwrap_or_default()),
        address,
        message,
        at: json::millis(body, "timestamp"),
        // Zalo is used in Vietnam and says nothing of languages.
        locale: Some("vi".to_owned()),
        kind,
    })
}

fn kind(name: &str, body: &Value) -> Kind {
    let receipt = |state| Kind::Receipt {
        messages: ids(body).into_iter().chain(json::id(body, "message.msg_id")).collect(),
        until: None,
        state,
        code: None,
        key: None,
    };
    if name.starts_with("oa_send_") {
        return Kind::Echo { by: By::Unclear, text: json::owned(body, "message.text") };
    }
    match name {
        "user_send_text" | "anonymous_send_text" => match json::owned(body, "message.text") {
            Some(text) => Kind::Text { text, quotes: json::id(body, "message.quote_msg_id") },
            None => Kind::Unknown { name: name.to_owned() },
        },
        "user_send_image"
        | "user_send_gif"
        | "user_send_audio"
        | "user_send_video"
        | "user_send_file"
        | "user_send_link"
        | "user_send_business_card"
        | "anonymous_send_image"
        | "anonymous_send_file" => media(name, body),
        "user_send_sticker" | "anonymous_send_sticker" => Kind::Sticker {
            id: json::id(body, "message.attachments.0.payload.id").unwrap_or_default(),
            emoji: None,
        },
        "user_send_location" => {
            let degree = |name: &str| {
                let place = "message.attachments.0.payload.coordinates";
                json::number(body, &format!("{place}.{name}"))
            };
            match (degree("latitude"), degree("longitude")) {
                (Some(latitude), Some(longitude)) => {
                    Kind::Location { latitude, longitude, name: None }
                }
                _ => Kind::Unknown { name: name.to_owned() },
            }
        }
        "user_reacted_message" => match json::id(body, "message.msg_id") {
            Some(to) => Kind::Reaction { to, emoji: json::owned(body, "message.react_icon") },
            None => Kind::Unknown { name: name.to_owned() },
        },
        "user_received_message" => receipt(State::Delivered),
        "user_seen_message" => receipt(State::Read),
        "follow" => Kind::Started { referral: None },
        "unfollow" => Kind::Left,
        "user_submit_info" => Kind::System { name: name.to_owned() },
        _ => Kind::Unknown { name: name.to_owned() },
    }
}

fn ids(body: &Value) -> Vec<String> {
    let list = json::list(body, "message.msg_ids");
    list.iter().filter_map(Value::as_str).map(str::to_owned).collect()
}

fn media(name: &str, body: &Value) -> Kind {
    let what = name.rsplit('_').next().unwrap_or("");
    let files: Vec<Media> = (json::list(body, "message.attachments").iter())
        .map(|file| Media {
            kind: MediaKind::named(what),
            reference: json::owned(file, "payload.url"),
            mime: None,
            name: json::owned(file, "payload.name"),
        })
        .collect();
    let text = json::owned(body, "message.text");
    match (files.is_empty(), text) {
        (false, caption) => Kind::Media { files, caption },
        (true, Some(text)) => Kind::Text { text, quotes: None },
        (true, None) => Kind::Unknown { name: name.to_owned() },
    }
}
