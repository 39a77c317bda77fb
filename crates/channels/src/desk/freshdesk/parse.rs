//! What the automation rule of docs/channels/freshdesk.md tells.

use crate::json;
use crate::shape::{Address, Contact, Delivery, Event, Item, Kind};
use crate::text::strip;

pub(super) fn items(delivery: &Delivery) -> Vec<Item> {
    let body = match json::body(&delivery.body) {
        Ok(body) => body,
        Err(items) => return items,
    };
    // Placeholders fill numbers in as texts.
    let Some(ticket) = json::id(&body, "ticket_id") else {
        return vec![json::bad("body", "no ticket_id: see that the rule sends our template")];
    };
    let name = json::text(&body, "type").unwrap_or("");
    let agent = json::id(&body, "agent").unwrap_or_default();
    let status = json::text(&body, "status").unwrap_or("").to_lowercase();
    let kind = match (name, json::text(&body, "text").map(strip)) {
        ("reply", Some(text)) if !text.is_empty() => {
            Kind::AgentReply { agent: agent.clone(), text }
        }
        ("status", _) if matches!(status.as_str(), "resolved" | "closed") => Kind::Closed,
        ("reply" | "status", _) => Kind::System { name: name.to_owned() },
        _ => Kind::Unknown { name: name.to_owned() },
    };
    // Freshdesk names no delivery; the whole of it, with the time of the change, is its name.
    vec![Ok(Event {
        dedupe: format!("{name}:{ticket}:{}", json::fingerprint(&body)),
        tenant: String::new(),
        sender: Contact::new(agent),
        address: Address::new(ticket),
        message: None,
        at: json::millis(&body, "updated_at"),
        locale: None,
        kind,
    })]
}
