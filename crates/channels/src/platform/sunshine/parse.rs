//! What Sunshine Conversations tells.

use serde_json::Value;

use crate::json;
use crate::shape::{Address, By, Contact, Event, Item, Kind, Media, MediaKind, Settings, State};

pub(super) fn items(settings: &Settings, body: &[u8]) -> Vec<Item> {
    let body = match json::body(body) {
        Ok(body) => body,
        Err(items) => return items,
    };
    let app = json::id(&body, "app.id").unwrap_or_default();
    (json::list(&body, "events").iter().enumerate())
        .flat_map(|(index, event)| read(settings, &format!("events[{index}]"), &app, event))
        .collect()
}

fn read(settings: &Settings, at: &str, app: &str, event: &Value) -> Vec<Item> {
    let Some(name) = json::text(event, "type") else { return vec![json::bad(at, "no type")] };
    let id = json::id(event, "id").unwrap_or_else(|| json::fingerprint(event));
    let Some(payload) = json::at(event, "payload") else {
        return vec![json::bad(at, "no payload")];
    };
    let kind = kind(settings, name, payload);
    let Some(conversation) = json::id(payload, "conversation.id")
        .or_else(|| matches!(kind, Kind::System { .. } | Kind::Unknown { .. }).then(String::new))
    else {
        return vec![json::bad(at, "no conversation.id")];
    };
    let user =
        ["message.author", "user", "author"].into_iter().find_map(|path| json::at(payload, path));
    let user_id = user.and_then(|user| {
        ["userId", "id", "user.id"].into_iter().find_map(|path| json::id(user, path))
    });
    let name_of = user.and_then(|user| json::owned(user, "displayName"));
    let external = user.and_then(|user| {
        ["user.externalId", "externalId"].into_iter().find_map(|path| json::id(user, path))
    });
    let locale =
        ["conversation.metadata.lang", "user.profile.locale", "message.author.user.profile.locale"]
            .into_iter()
            .find_map(|path| json::owned(payload, path));
    let make = |dedupe: String, kind: Kind| {
        Ok(Event {
            dedupe,
            tenant: app.to_owned(),
            sender: Contact {
                key: user_id.clone().unwrap_or_default(),
                aliases: external.clone().into_iter().collect(),
                name: name_of.clone(),
            },
            address: Address::new(conversation.clone()),
            message: json::id(payload, "message.id"),
            at: json::millis(payload, "message.received")
                .or_else(|| json::millis(event, "createdAt")),
            locale: locale.clone(),
            kind,
        })
    };
    let mut items = Vec::new();
    let from_customer =
        matches!(kind, Kind::Text { .. } | Kind::Pressed { .. } | Kind::Media { .. });
    if from_customer
        && ours(settings, payload, "conversation.activeSwitchboardIntegration") == Some(false)
    {
        items.push(make(format!("control:{id}"), Kind::Handover { to_us: false }));
    }
    items.push(make(format!("event:{id}"), kind));
    items
}

/// Whether an integration is ours; none where it is not told, or not set.
fn ours(settings: &Settings, payload: &Value, path: &str) -> Option<bool> {
    let own = settings.optional("integration")?;
    let active = json::at(payload, path).filter(|active| active.is_object())?;
    let names = ["id", "name", "integrationId"].into_iter();
    Some(names.filter_map(|name| json::id(active, name)).any(|name| name == own))
}

fn kind(settings: &Settings, name: &str, payload: &Value) -> Kind {
    let receipt = |state, until: Option<&str>| Kind::Receipt {
        messages: json::id(payload, "message.id").into_iter().collect(),
        until: until.and_then(|path| json::millis(payload, path)),
        state,
        code: json::id(payload, "error.code"),
        key: None,
    };
    match name {
        "conversation:message" => message(payload),
        "conversation:postback" => match json::owned(payload, "postback.payload") {
            Some(pressed) => Kind::Pressed {
                payload: pressed,
                title: json::owned(payload, "postback.title"),
                ack: None,
            },
            None => Kind::Unknown { name: name.to_owned() },
        },
        "conversation:create" => Kind::Started { referral: json::owned(payload, "referral.code") },
        "conversation:referral" => {
            Kind::Started { referral: json::owned(payload, "referral.code") }
        }
        "conversation:join" => Kind::Joined,
        "conversation:message:delivery:channel" => receipt(State::Sent, None),
        "conversation:message:delivery:user" => receipt(State::Delivered, None),
        "conversation:message:delivery:failure" => receipt(State::Failed, None),
        "conversation:read" => receipt(State::Read, Some("activity.createdAt")),
        "switchboard:passControl" | "switchboard:acceptControl" => {
            let path = "conversation.activeSwitchboardIntegration";
            match ours(settings, payload, path) {
                Some(to_us) => Kind::Handover { to_us },
                None => Kind::System { name: name.to_owned() },
            }
        }
        _ if ["conversation:", "client:", "user:", "switchboard:", "passthrough:"]
            .iter()
            .any(|prefix| name.starts_with(prefix)) =>
        {
            Kind::System { name: name.to_owned() }
        }
        _ => Kind::Unknown { name: name.to_owned() },
    }
}

fn message(payload: &Value) -> Kind {
    let Some(message) = json::at(payload, "message") else {
        return Kind::Unknown { name: "message".to_owned() };
    };
    let text = json::owned(message, "content.text");
    if json::text(message, "author.type") != Some("user") {
        let source = json::text(message, "source.type").unwrap_or("");
        let by = if source.contains("agentWorkspace") { By::Human } else { By::Unclear };
        return Kind::Echo { by, text };
    }
    if json::flag(message, "deleted") {
        return Kind::Deleted { of: json::id(message, "id").unwrap_or_default() };
    }
    if let Some(payload) = json::owned(message, "content.payload") {
        return Kind::Pressed { payload, title: text, ack: None };
    }
    let name = json::text(message, "content.type").unwrap_or("");
    match (name, text) {
        ("text", Some(text)) => Kind::Text { text, quotes: json::id(message, "quotedMessage.id") },
        ("image" | "file", caption) => Kind::Media {
            files: vec![Media {
                kind: MediaKind::named(name),
                reference: json::owned(message, "content.mediaUrl"),
                mime: json::owned(message, "content.mediaType"),
                name: json::owned(message, "content.altText"),
            }],
            caption,
        },
        ("location", _) => {
            let degree = |name: &str| json::number(message, &format!("content.coordinates.{name}"));
            match (degree("lat"), degree("long")) {
                (Some(latitude), Some(longitude)) => Kind::Location {
                    latitude,
                    longitude,
                    name: json::owned(message, "content.location.name"),
                },
                _ => Kind::Unknown { name: name.to_owned() },
            }
        }
        _ => Kind::Unknown { name: format!("message {name}") },
    }
}
