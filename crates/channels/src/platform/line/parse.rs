//! What LINE tells.

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use crate::json;
use crate::shape::{Address, Contact, Event, Item, Kind, Media, MediaKind, Settings, Token};

/// The events of a body, item by item. The console's test has none.
pub(super) fn items(settings: &Settings, body: &[u8], received: Timestamp) -> Vec<Item> {
    let body = match json::body(body) {
        Ok(body) => body,
        Err(items) => return items,
    };
    let tenant = json::id(&body, "destination").unwrap_or_default();
    let good_for = i64::try_from(settings.number("reply_seconds")).unwrap_or(0);
    let until = received.checked_add(SignedDuration::from_secs(good_for)).unwrap_or(received);
    (json::list(&body, "events").iter().enumerate())
        .map(|(index, event)| read(&format!("events[{index}]"), &tenant, event, until))
        .collect()
}

fn read(at: &str, tenant: &str, event: &Value, until: Timestamp) -> Item {
    let Some(name) = json::text(event, "type") else { return json::bad(at, "no type") };
    let source = json::text(event, "source.type").unwrap_or("user");
    let user = json::id(event, "source.userId");
    let group = json::id(event, "source.groupId").or_else(|| json::id(event, "source.roomId"));
    let sender = user.clone().or_else(|| group.clone());
    let place = group.or(user);
    let kind = kind(name, source, event);
    let from_somebody = !matches!(kind, Kind::System { .. } | Kind::Unknown { .. });
    if place.is_none() && from_somebody {
        return json::bad(at, "nobody sent it: no userId, groupId or roomId");
    }
    let token = json::owned(event, "replyToken").map(|value| Token { value, until });
    let address = Address { token, ..Address::new(place.unwrap_or_default()) };
    let id = json::id(event, "webhookEventId").unwrap_or_else(|| json::fingerprint(event));
    Ok(Event {
        dedupe: format!("event:{id}"),
        tenant: tenant.to_owned(),
        sender: Contact::new(sender.unwrap_or_default()),
        address: address.with("type", Some(source)),
        message: json::id(event, "message.id").or_else(|| json::id(event, "unsend.messageId")),
        at: json::millis(event, "timestamp"),
        locale: None,
        kind,
    })
}

fn kind(name: &str, source: &str, event: &Value) -> Kind {
    let unknown = || Kind::Unknown { name: name.to_owned() };
    let system = || Kind::System { name: name.to_owned() };
    // Another module has the conversation.
    if json::text(event, "mode") == Some("standby") {
        return Kind::System { name: format!("standby {name}") };
    }
    match name {
        "message" if !to_us(source, event) => {
            Kind::System { name: "message in a group".to_owned() }
        }
        "message" => message(event),
        "messageEdited" => match json::id(event, "message.id") {
            Some(of) => Kind::Edited { of, text: json::owned(event, "message.text") },
            None => unknown(),
        },
        "unsend" => match json::id(event, "unsend.messageId") {
            Some(of) => Kind::Deleted { of },
            None => unknown(),
        },
        "postback" => match json::owned(event, "postback.data") {
            Some(payload) => Kind::Pressed { payload, title: None, ack: None },
            None => unknown(),
        },
        "follow" => Kind::Started { referral: None },
        "unfollow" | "leave" => Kind::Left,
        "join" | "memberJoined" => Kind::Joined,
        "memberLeft" | "videoPlayComplete" | "beacon" | "accountLink" | "membership" | "module"
        | "activated" | "deactivated" | "botSuspended" | "botResumed" | "delivery" => system(),
        _ => unknown(),
    }
}

/// In a group we answer who names us, and nobody else.
fn to_us(source: &str, event: &Value) -> bool {
    source == "user"
        || json::list(event, "message.mention.mentionees")
            .iter()
            .any(|person| json::flag(person, "isSelf"))
}

fn message(event: &Value) -> Kind {
    let name = json::text(event, "message.type").unwrap_or("");
    let unknown = || Kind::Unknown { name: format!("message {name}") };
    match name {
        "text" => match json::owned(event, "message.text") {
            Some(text) => Kind::Text { text, quotes: json::id(event, "message.quotedMessageId") },
            None => unknown(),
        },
        "image" | "video" | "audio" | "file" => Kind::Media {
            files: vec![Media {
                kind: MediaKind::named(name),
                reference: json::owned(event, "message.contentProvider.originalContentUrl")
                    .or_else(|| json::id(event, "message.id")),
                mime: None,
                name: json::owned(event, "message.fileName"),
            }],
            caption: None,
        },
        "sticker" => Kind::Sticker {
            id: json::id(event, "message.stickerId").unwrap_or_default(),
            emoji: json::owned(event, "message.text")
                .or_else(|| json::owned(event, "message.keywords.0")),
        },
        "location" => {
            let degree = |path| json::number(event, path);
            match (degree("message.latitude"), degree("message.longitude")) {
                (Some(latitude), Some(longitude)) => Kind::Location {
                    latitude,
                    longitude,
                    name: json::owned(event, "message.title")
                        .or_else(|| json::owned(event, "message.address")),
                },
                _ => unknown(),
            }
        }
        _ => unknown(),
    }
}
