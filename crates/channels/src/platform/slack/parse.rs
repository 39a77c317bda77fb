//! What Slack tells: an event, or the press of a button.

use serde_json::Value;

use crate::json;
use crate::shape::{Address, By, Contact, Event, Item, Kind, Media, MediaKind, Settings};

/// The body as JSON; that of a pressed button stands in a form.
pub(crate) fn body(bytes: &[u8]) -> Result<Value, Vec<Item>> {
    if bytes.trim_ascii_start().starts_with(b"{") {
        return json::body(bytes);
    }
    match form_urlencoded::parse(bytes).find(|(name, _)| name == "payload") {
        Some((_, payload)) => json::body(payload.as_bytes()),
        None => Err(vec![json::bad("body", "neither JSON nor a form with a payload")]),
    }
}

pub(super) fn items(settings: &Settings, bytes: &[u8]) -> Vec<Item> {
    let body = match body(bytes) {
        Ok(body) => body,
        Err(items) => return items,
    };
    match json::text(&body, "type") {
        Some("block_actions") => (json::list(&body, "actions").iter().enumerate())
            .map(|(index, action)| pressed(&format!("actions[{index}]"), &body, action))
            .collect(),
        Some("event_callback") => vec![event(settings, &body)],
        other => vec![json::bad("type", format!("of no kind we know: {}", other.unwrap_or("")))],
    }
}

fn pressed(at: &str, body: &Value, action: &Value) -> Item {
    let Some(channel) = json::id(body, "channel.id") else { return json::bad(at, "no channel") };
    let user = json::id(body, "user.id").unwrap_or_default();
    let when = json::id(action, "action_ts").unwrap_or_else(|| json::fingerprint(action));
    let payload = json::owned(action, "value");
    let thread = json::id(body, "message.thread_ts");
    Ok(Event {
        dedupe: format!("action:{user}:{when}"),
        tenant: json::id(body, "team.id").unwrap_or_default(),
        sender: Contact::new(user),
        address: address(channel, thread),
        message: json::id(body, "message.ts"),
        at: None,
        locale: None,
        kind: match payload {
            Some(payload) => {
                Kind::Pressed { payload, title: json::owned(action, "text.text"), ack: None }
            }
            None => Kind::Unknown { name: "block_actions".to_owned() },
        },
    })
}

/// A thread is a conversation of its own; so is a talk between two.
fn address(channel: String, thread: Option<String>) -> Address {
    let key = match &thread {
        Some(thread) => format!("{channel}:{thread}"),
        None => channel.clone(),
    };
    Address::new(key).with("channel", Some(channel)).with("thread", thread)
}

fn event(settings: &Settings, body: &Value) -> Item {
    let Some(event) = json::at(body, "event").filter(|event| event.is_object()) else {
        return json::bad("event", "no event");
    };
    let name = json::text(event, "type").unwrap_or("");
    let kind = match name {
        "message" => message(settings, event),
        "reaction_added" | "reaction_removed" => reaction(name, event),
        "member_joined_channel" => Kind::Joined,
        "app_home_opened"
        | "app_mention"
        | "member_left_channel"
        | "team_join"
        | "channel_rename"
        | "app_uninstalled"
        | "tokens_revoked" => Kind::System { name: name.to_owned() },
        _ => Kind::Unknown { name: name.to_owned() },
    };
    let channel = json::id(event, "channel").or_else(|| json::id(event, "item.channel"));
    let address = match channel {
        // In a channel an answer goes into a thread, below what it answers.
        Some(channel) => {
            let thread = json::id(event, "thread_ts").or_else(|| {
                let direct = json::text(event, "channel_type") == Some("im");
                json::id(event, "ts").filter(|_| !direct)
            });
            address(channel, thread)
        }
        None if matches!(kind, Kind::System { .. } | Kind::Unknown { .. }) => Address::default(),
        None => return json::bad("event", "no channel"),
    };
    let id = json::id(body, "event_id").unwrap_or_else(|| json::fingerprint(body));
    let user = json::id(event, "user").or_else(|| json::id(event, "message.user"));
    Ok(Event {
        dedupe: format!("event:{id}"),
        tenant: json::id(body, "team_id").unwrap_or_default(),
        sender: Contact::new(user.unwrap_or_default()),
        address,
        message: json::id(event, "ts"),
        at: json::seconds(body, "event_time"),
        locale: None,
        kind,
    })
}

fn message(settings: &Settings, event: &Value) -> Kind {
    let system = |name: &str| Kind::System { name: name.to_owned() };
    let bot = settings.optional("bot_user_id");
    let ours = bot.is_some() && json::text(event, "user") == bot;
    if ours || json::at(event, "bot_id").is_some_and(|id| !id.is_null()) {
        return Kind::Echo { by: By::Us, text: None };
    }
    match json::text(event, "subtype") {
        None | Some("thread_broadcast" | "file_share") => {}
        Some("message_changed") => {
            let of = json::id(event, "message.ts").unwrap_or_default();
            return Kind::Edited { of, text: json::text(event, "message.text").map(clean) };
        }
        Some("message_deleted") => {
            return Kind::Deleted { of: json::id(event, "deleted_ts").unwrap_or_default() };
        }
        Some("bot_message") => return Kind::Echo { by: By::Us, text: None },
        Some("channel_join") => return Kind::Joined,
        Some(other) => return system(other),
    }
    if json::flag(event, "hidden") {
        return system("hidden message");
    }
    let raw = json::text(event, "text").unwrap_or("");
    let direct = json::text(event, "channel_type") == Some("im");
    let named = bot.is_none_or(|bot| raw.contains(&format!("<@{bot}>")));
    if !direct && !named {
        return system("message in a channel");
    }
    let text = clean(raw);
    let files: Vec<Media> = (json::list(event, "files").iter())
        .map(|file| Media {
            kind: MediaKind::named(
                json::text(file, "mimetype").and_then(|mime| mime.split('/').next()).unwrap_or(""),
            ),
            reference: json::owned(file, "url_private"),
            mime: json::owned(file, "mimetype"),
            name: json::owned(file, "name"),
        })
        .collect();
    match (text.is_empty(), files.is_empty()) {
        (empty, false) => Kind::Media { files, caption: (!empty).then_some(text) },
        (false, true) => Kind::Text { text, quotes: None },
        (true, true) => system("message without text"),
    }
}

fn reaction(name: &str, event: &Value) -> Kind {
    match json::id(event, "item.ts") {
        Some(to) => {
            let emoji = json::owned(event, "reaction").filter(|_| name == "reaction_added");
            Kind::Reaction { to, emoji }
        }
        None => Kind::Unknown { name: name.to_owned() },
    }
}

/// What a person reads of Slack's markup: names of people gone, links by their labels.
pub(crate) fn clean(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('<') {
        let (before, tag) = rest.split_at(at);
        out.push_str(before);
        let Some(end) = tag.find('>') else { break };
        let inner = &tag[1..end];
        if !inner.starts_with('@') {
            let (link, label) = inner.split_once('|').unwrap_or((inner, ""));
            let link = link.trim_start_matches("mailto:").trim_start_matches("tel:");
            out.push_str(if label.is_empty() { link } else { label });
        }
        rest = &tag[end + 1..];
    }
    out.push_str(rest);
    out.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&").trim().to_owned()
}
