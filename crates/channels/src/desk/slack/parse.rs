//! What people do in the channel for hand-overs.

use serde_json::Value;

use crate::json;
use crate::platform::slack;
use crate::shape::{Address, By, Contact, Event, Item, Kind};

pub(super) fn items(bytes: &[u8]) -> Vec<Item> {
    let body = match slack::body(bytes) {
        Ok(body) => body,
        Err(items) => return items,
    };
    match json::text(&body, "type") {
        Some("block_actions") => (json::list(&body, "actions").iter().enumerate())
            .map(|(index, action)| claimed(&format!("actions[{index}]"), &body, action))
            .collect(),
        Some("event_callback") => vec![event(&body)],
        other => vec![json::bad("type", format!("of no kind we know: {}", other.unwrap_or("")))],
    }
}

fn claimed(at: &str, body: &Value, action: &Value) -> Item {
    let Some(thread) = json::id(body, "message.thread_ts").or_else(|| json::id(body, "message.ts"))
    else {
        return json::bad(at, "no message");
    };
    let agent = json::id(body, "user.id").unwrap_or_default();
    let when = json::id(action, "action_ts").unwrap_or_else(|| json::fingerprint(action));
    let kind = match (json::text(action, "action_id"), json::owned(action, "value")) {
        (Some("claim"), Some(payload)) => Kind::Claimed { agent: agent.clone(), payload },
        _ => Kind::Unknown { name: "block_actions".to_owned() },
    };
    Ok(Event {
        dedupe: format!("action:{agent}:{when}"),
        tenant: json::id(body, "team.id").unwrap_or_default(),
        sender: person(body, "user", agent),
        address: Address::new(thread).with("channel", json::id(body, "channel.id")),
        message: json::id(body, "message.ts"),
        at: None,
        locale: None,
        kind,
    })
}

fn person(body: &Value, path: &str, key: String) -> Contact {
    let name = json::at(body, path)
        .and_then(|user| json::owned(user, "name").or_else(|| json::owned(user, "username")));
    Contact { key, aliases: Vec::new(), name }
}

fn event(body: &Value) -> Item {
    let Some(event) = json::at(body, "event").filter(|event| event.is_object()) else {
        return json::bad("event", "no event");
    };
    let name = json::text(event, "type").unwrap_or("");
    let agent = json::id(event, "user").unwrap_or_default();
    let thread = json::id(event, "thread_ts");
    let system = |name: &str| Kind::System { name: name.to_owned() };
    let bot = json::at(event, "bot_id").is_some_and(|id| !id.is_null());
    let subtype = json::text(event, "subtype");
    let kind = match name {
        "message" if bot || subtype == Some("bot_message") => Kind::Echo { by: By::Us, text: None },
        "message" if thread.is_none() => system("message outside a thread"),
        "message" => match subtype {
            None | Some("thread_broadcast" | "file_share") if !json::flag(event, "hidden") => {
                match json::text(event, "text").map(slack::clean) {
                    Some(text) if !text.is_empty() => {
                        Kind::AgentReply { agent: agent.clone(), text }
                    }
                    _ => system("message without text"),
                }
            }
            other => system(other.unwrap_or("hidden message")),
        },
        "app_mention" | "reaction_added" | "reaction_removed" | "member_joined_channel" => {
            system(name)
        }
        _ => Kind::Unknown { name: name.to_owned() },
    };
    let id = json::id(body, "event_id").unwrap_or_else(|| json::fingerprint(body));
    Ok(Event {
        dedupe: format!("event:{id}"),
        tenant: json::id(body, "team_id").unwrap_or_default(),
        sender: person(event, "user_profile", agent),
        address: Address::new(thread.unwrap_or_default())
            .with("channel", json::id(event, "channel")),
        message: json::id(event, "ts"),
        at: json::seconds(body, "event_time"),
        locale: None,
        kind,
    })
}
