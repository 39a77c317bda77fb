//! What Chatwoot tells an agent bot.

use serde_json::Value;

use crate::json;
use crate::shape::{Address, By, Contact, Delivery, Event, Item, Kind, Media, MediaKind};

/// The event of a request; two where a message shows that people have the conversation.
pub(super) fn items(delivery: &Delivery) -> Vec<Item> {
    let body = match json::body(&delivery.body) {
        Ok(body) => body,
        Err(items) => return items,
    };
    let Some(name) = json::text(&body, "event") else {
        return vec![json::bad("event", "no event")];
    };
    let once = delivery.id.clone().unwrap_or_else(|| json::fingerprint(&body));
    match name {
        "message_created" => created(&body),
        "message_updated" => {
            let kind = updated(&body);
            // What was chosen is told again with every later change of the message.
            let dedupe = match (&kind, json::id(&body, "id")) {
                (Kind::Pressed { payload, .. }, Some(id)) => format!("pressed:{id}:{payload}"),
                _ => format!("message_updated:{once}"),
            };
            vec![message(&body, dedupe, kind)]
        }
        "conversation_opened" => {
            vec![conversation(&body, format!("{name}:{once}"), Kind::Handover { to_us: false })]
        }
        "conversation_resolved" => {
            vec![conversation(&body, format!("{name}:{once}"), Kind::Closed)]
        }
        "webwidget_triggered" => {
            let kind = Kind::System { name: name.to_owned() };
            vec![conversation(&body, format!("{name}:{once}"), kind)]
        }
        _ => {
            let kind = Kind::Unknown { name: name.to_owned() };
            vec![conversation(&body, format!("{name}:{once}"), kind)]
        }
    }
}

fn created(body: &Value) -> Vec<Item> {
    let Some(id) = json::id(body, "id") else { return vec![json::bad("message", "no id")] };
    let system = |name: &str| Kind::System { name: name.to_owned() };
    let dedupe = format!("message:{id}");
    let sender = json::text(body, "sender.type");
    if json::flag(body, "private") {
        return vec![message(body, dedupe, system("private note"))];
    }
    match json::text(body, "message_type") {
        Some("incoming") => {
            let mut items = Vec::new();
            // Only a conversation that is pending is the bot's.
            if json::text(body, "conversation.status") != Some("pending") {
                let kind = Kind::Handover { to_us: false };
                items.push(message(body, format!("people:{id}"), kind));
            }
            items.push(message(body, dedupe, said(body)));
            items
        }
        Some("outgoing") => {
            let by = match sender {
                Some("agent_bot") => By::Us,
                Some("user") => By::Human,
                _ => By::Unclear,
            };
            let kind = Kind::Echo { by, text: json::owned(body, "content") };
            vec![message(body, dedupe, kind)]
        }
        Some(name @ ("activity" | "template")) => vec![message(body, dedupe, system(name))],
        other => {
            let name = other.unwrap_or("message").to_owned();
            vec![message(body, dedupe, Kind::Unknown { name })]
        }
    }
}

fn said(body: &Value) -> Kind {
    let text = json::owned(body, "content");
    let files: Vec<Media> = (json::list(body, "attachments").iter())
        .map(|file| Media {
            kind: MediaKind::named(json::text(file, "file_type").unwrap_or("")),
            reference: json::owned(file, "data_url"),
            mime: None,
            name: None,
        })
        .collect();
    match text {
        caption if !files.is_empty() => Kind::Media { files, caption },
        Some(text) => Kind::Text { text, quotes: json::id(body, "content_attributes.in_reply_to") },
        None => Kind::Unknown {
            name: json::owned(body, "content_type").unwrap_or_else(|| "message".to_owned()),
        },
    }
}

/// A message changed: an option was chosen in the widget, or the message was taken back.
/// Changes of a delivery state come here too and mean nothing to us.
fn updated(body: &Value) -> Kind {
    let chosen = json::at(body, "content_attributes.submitted_values.0");
    if let Some(payload) = chosen.and_then(|chosen| json::id(chosen, "value")) {
        let title = chosen.and_then(|chosen| json::owned(chosen, "title"));
        return Kind::Pressed { payload, title, ack: None };
    }
    let of = json::id(body, "id");
    match of {
        Some(of) if json::flag(body, "content_attributes.deleted") => Kind::Deleted { of },
        _ => Kind::System { name: "message_updated".to_owned() },
    }
}

fn message(body: &Value, dedupe: String, kind: Kind) -> Item {
    let Some(conversation) = json::id(body, "conversation.id") else {
        return json::bad("message", "no conversation");
    };
    let pressed = matches!(kind, Kind::Pressed { .. });
    // What is chosen in the widget changes a message of ours, so its sender is not theirs.
    let person = if pressed { "conversation.meta.sender" } else { "sender" };
    Ok(event(body, dedupe, conversation, json::at(body, person), json::id(body, "id"), kind))
}

fn conversation(body: &Value, dedupe: String, kind: Kind) -> Item {
    let id = json::id(body, "id").or_else(|| json::id(body, "current_conversation.id"));
    let person = json::at(body, "meta.sender").or_else(|| json::at(body, "contact"));
    Ok(event(body, dedupe, id.unwrap_or_default(), person, None, kind))
}

fn event(
    body: &Value,
    dedupe: String,
    conversation: String,
    person: Option<&Value>,
    message: Option<String>,
    kind: Kind,
) -> Event {
    let sender = Contact {
        key: person.and_then(|person| json::id(person, "id")).unwrap_or_default(),
        aliases: Vec::new(),
        name: person.and_then(|person| json::owned(person, "name")),
    };
    let language = ["conversation.additional_attributes", "additional_attributes"]
        .into_iter()
        .find_map(|path| json::owned(json::at(body, path)?, "browser_language"));
    let account = ["account.id", "account_id", "messages.0.account_id"];
    Event {
        dedupe,
        tenant: account.into_iter().find_map(|path| json::id(body, path)).unwrap_or_default(),
        sender,
        address: Address::new(conversation),
        message,
        // ISO 8601 in messages, seconds in conversations.
        at: json::seconds(body, "created_at").or_else(|| json::millis(body, "created_at")),
        locale: language,
        kind,
    }
}
