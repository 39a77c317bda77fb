//! What Kakao asks.

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use crate::json;
use crate::shape::{Address, Contact, Event, Item, Kind, Settings, Token};

pub(super) fn items(settings: &Settings, body: &[u8], received: Timestamp) -> Vec<Item> {
    match json::body(body) {
        Ok(body) => vec![read(settings, &body, received)],
        Err(items) => items,
    }
}

fn read(settings: &Settings, body: &Value, received: Timestamp) -> Item {
    let Some(user) = json::id(body, "userRequest.user.id") else {
        return json::bad("userRequest", "no user.id");
    };
    let properties = ["plusfriendUserKey", "botUserKey", "appUserId"];
    let aliases = (properties.into_iter())
        .filter_map(|name| json::id(body, &format!("userRequest.user.properties.{name}")))
        .filter(|id| *id != user)
        .collect();
    let seconds = i64::try_from(settings.number("callback_seconds")).unwrap_or(0);
    let until = received.checked_add(SignedDuration::from_secs(seconds)).unwrap_or(received);
    let token = json::owned(body, "userRequest.callbackUrl").map(|value| Token { value, until });
    let address = Address { token, ..Address::new(user.clone()) };
    // No id and no time: the same words of the same person in the same second are the same.
    let mut said = body.clone();
    if let Some(request) = said.get_mut("userRequest").and_then(Value::as_object_mut) {
        request.remove("callbackUrl");
    }
    let once = format!("{}:{}", received.as_second(), json::fingerprint(&said));
    Ok(Event {
        dedupe: format!("utterance:{once}"),
        tenant: json::id(body, "bot.id").unwrap_or_default(),
        sender: Contact { key: user, aliases, name: None },
        address,
        message: None,
        at: Some(received),
        locale: json::owned(body, "userRequest.lang"),
        kind: kind(body),
    })
}

fn kind(body: &Value) -> Kind {
    let text = json::text(body, "userRequest.utterance").map(str::trim);
    let text = text.filter(|text| !text.is_empty()).map(str::to_owned);
    if let Some(payload) = json::owned(body, "action.clientExtra.payload") {
        return Kind::Pressed { payload, title: text, ack: None };
    }
    match text {
        Some(text) => Kind::Text { text, quotes: None },
        None => Kind::Unknown { name: "utterance".to_owned() },
    }
}
