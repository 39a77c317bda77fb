//! What people do in Chatwoot.

use serde_json::Value;

use crate::json;
use crate::shape::{Address, Contact, Delivery, Event, Item, Kind};
use crate::text::strip;

pub(super) fn items(delivery: &Delivery) -> Vec<Item> {
    let body = match json::body(&delivery.body) {
        Ok(body) => body,
        Err(items) => return items,
    };
    let once = delivery.id.clone().unwrap_or_else(|| json::fingerprint(&body));
    let Some(name) = json::text(&body, "event") else {
        return vec![json::bad("event", "no event")];
    };
    let message = name.starts_with("message_");
    let path = if message { "conversation.id" } else { "id" };
    let Some(conversation) = json::id(&body, path) else {
        return vec![json::bad("event", format!("no {path}"))];
    };
    let id = json::id(&body, "id");
    let dedupe = match &id {
        Some(id) if name == "message_created" => format!("message:{id}"),
        _ => format!("{name}:{once}"),
    };
    let sender = Contact {
        key: json::id(&body, "sender.id").unwrap_or_default(),
        aliases: Vec::new(),
        name: json::owned(&body, "sender.name"),
    };
    vec![Ok(Event {
        dedupe,
        tenant: json::id(&body, "account.id").unwrap_or_default(),
        kind: kind(name, &body, &sender.key),
        sender,
        address: Address::new(conversation),
        message: id.filter(|_| message),
        at: json::seconds(&body, "created_at").or_else(|| json::millis(&body, "created_at")),
        locale: None,
    })]
}

fn kind(name: &str, body: &Value, agent: &str) -> Kind {
    let system = |name: &str| Kind::System { name: name.to_owned() };
    match name {
        "message_created" => {
            let person = json::text(body, "sender.type") == Some("user");
            let outgoing = json::text(body, "message_type") == Some("outgoing");
            match json::text(body, "content") {
                Some(text) if person && outgoing && !json::flag(body, "private") => {
                    Kind::AgentReply { agent: agent.to_owned(), text: strip(text) }
                }
                _ => system("message"),
            }
        }
        "conversation_resolved" => Kind::Closed,
        "conversation_status_changed" => match json::text(body, "status") {
            Some("resolved") => Kind::Closed,
            Some("pending") => Kind::Handover { to_us: true },
            _ => system(name),
        },
        "conversation_created"
        | "conversation_updated"
        | "conversation_opened"
        | "message_updated"
        | "conversation_typing_on"
        | "conversation_typing_off"
        | "webwidget_triggered" => system(name),
        _ => Kind::Unknown { name: name.to_owned() },
    }
}
