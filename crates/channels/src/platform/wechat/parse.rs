//! What WeChat tells: one message or event a request.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::xml;
use crate::json;
use crate::shape::{Address, Contact, Event, Item, Kind, Media, MediaKind};

pub(super) fn item(body: &[u8]) -> Item {
    let fields = match xml::read(body) {
        Ok(fields) => fields,
        Err(error) => return json::bad("body", error.0),
    };
    let get = |name: &str| fields.get(name).cloned().filter(|text| !text.is_empty());
    let Some(from) = get("FromUserName") else { return json::bad("body", "no FromUserName") };
    let time = get("CreateTime").unwrap_or_default();
    let message = get("MsgId");
    let event = get("Event").unwrap_or_default();
    Ok(Event {
        dedupe: match &message {
            Some(id) => format!("message:{id}"),
            None => format!("event:{from}:{time}:{event}"),
        },
        tenant: get("ToUserName").unwrap_or_default(),
        sender: Contact::new(from.clone()),
        address: Address::new(from),
        message,
        at: time.parse().ok().and_then(|seconds| Timestamp::from_second(seconds).ok()),
        locale: None,
        kind: kind(&fields, &event),
    })
}

fn kind(fields: &BTreeMap<String, String>, event: &str) -> Kind {
    let get = |name: &str| fields.get(name).cloned().filter(|text| !text.is_empty());
    let name = get("MsgType").unwrap_or_default();
    let unknown = || Kind::Unknown { name: name.clone() };
    match name.as_str() {
        "text" => match (get("bizmsgmenuid"), get("Content")) {
            (Some(payload), title) => Kind::Pressed { payload, title, ack: None },
            (None, Some(text)) => Kind::Text { text, quotes: None },
            (None, None) => unknown(),
        },
        "image" | "voice" | "video" | "shortvideo" | "link" => Kind::Media {
            files: vec![Media {
                kind: MediaKind::named(&name),
                reference: get("MediaId").or_else(|| get("PicUrl")).or_else(|| get("Url")),
                mime: get("Format"),
                name: get("Title"),
            }],
            // What WeChat heard in a voice message, where the account has that.
            caption: get("Recognition"),
        },
        "location" => match (get("Location_X"), get("Location_Y")) {
            (Some(latitude), Some(longitude)) => {
                Kind::Location { latitude, longitude, name: get("Label") }
            }
            _ => unknown(),
        },
        "event" => match event {
            "subscribe" => Kind::Started {
                referral: get("EventKey").map(|key| key.trim_start_matches("qrscene_").to_owned()),
            },
            "unsubscribe" => Kind::Left,
            "CLICK" => match get("EventKey") {
                Some(payload) => Kind::Pressed { payload, title: None, ack: None },
                None => unknown(),
            },
            "SCAN" | "LOCATION" | "VIEW" | "TEMPLATESENDJOBFINISH" | "MASSSENDJOBFINISH" => {
                Kind::System { name: event.to_owned() }
            }
            _ => Kind::Unknown { name: event.to_owned() },
        },
        _ => unknown(),
    }
}
