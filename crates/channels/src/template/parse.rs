//! What the platform tells. Item by item: one that cannot be read is a bad item, and the
//! others go on. What this version does not know is `Unknown`, never an error.

use serde_json::Value;

use crate::json;
use crate::shape::{Address, Contact, Event, Item, Kind, State};

pub(super) fn items(body: &[u8]) -> Vec<Item> {
    let body = match json::body(body) {
        Ok(body) => body,
        Err(items) => return items,
    };
    (json::list(&body, "events").iter().enumerate())
        .map(|(index, event)| read(&format!("events[{index}]"), event))
        .collect()
}

fn read(at: &str, event: &Value) -> Item {
    // Say where and what, never the customer's words.
    let Some(user) = json::id(event, "user") else { return json::bad(at, "no user") };
    // The platform's own id makes a repeated delivery one event.
    let id = json::id(event, "id").unwrap_or_else(|| json::fingerprint(event));
    let name = json::text(event, "type").unwrap_or("");
    Ok(Event {
        dedupe: format!("{name}:{id}"),
        tenant: String::new(),
        sender: Contact::new(user.clone()),
        address: Address::new(user),
        message: Some(id.clone()),
        at: json::millis(event, "time"),
        locale: json::owned(event, "language"),
        kind: match (name, json::owned(event, "text")) {
            ("text", Some(text)) => Kind::Text { text, quotes: None },
            ("button", title) => Kind::Pressed {
                payload: json::owned(event, "data").unwrap_or_default(),
                title,
                ack: None,
            },
            ("read", _) => Kind::Receipt {
                messages: vec![id],
                until: None,
                state: State::Read,
                code: None,
                key: None,
            },
            _ => Kind::Unknown { name: name.to_owned() },
        },
    })
}
