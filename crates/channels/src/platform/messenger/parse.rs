//! What Messenger and Instagram tell.

use serde_json::Value;

use super::MARK;
use crate::json;
use crate::shape::{Address, By, Contact, Event, Item, Kind, Media, MediaKind, Settings, State};

pub(super) fn items(settings: &Settings, body: &[u8]) -> Vec<Item> {
    let body = match json::body(body) {
        Ok(body) => body,
        Err(items) => return items,
    };
    let mut items = Vec::new();
    for (e, entry) in json::list(&body, "entry").iter().enumerate() {
        let page = json::id(entry, "id").unwrap_or_default();
        for (index, item) in json::list(entry, "messaging").iter().enumerate() {
            let at = format!("entry[{e}].messaging[{index}]");
            items.push(read(settings, &at, &page, item));
        }
        // Another app has the thread.
        for item in json::list(entry, "standby") {
            items.push(Ok(notice(&page, "standby", item)));
        }
        // Comments, and the console's button for tests.
        for change in json::list(entry, "changes") {
            let name = json::text(change, "field").unwrap_or("changes");
            items.push(Ok(notice(&page, name, change)));
        }
    }
    items
}

fn notice(page: &str, name: &str, item: &Value) -> Event {
    Event {
        dedupe: format!("notice:{}", json::fingerprint(item)),
        tenant: page.to_owned(),
        sender: Contact::new(json::id(item, "sender.id").unwrap_or_default()),
        address: Address::new(json::id(item, "sender.id").unwrap_or_default()),
        message: None,
        at: json::millis(item, "timestamp"),
        locale: None,
        kind: Kind::System { name: name.to_owned() },
    }
}

fn read(settings: &Settings, at: &str, page: &str, item: &Value) -> Item {
    let sender = json::id(item, "sender.id");
    let echo = json::flag(item, "message.is_echo");
    // In an echo the page is the sender.
    let customer = if echo { json::id(item, "recipient.id") } else { sender.clone() };
    let Some(customer) = customer else {
        return json::bad(at, "nobody sent it: no sender.id");
    };
    let message = ["message.mid", "postback.mid", "message_edit.mid", "reaction.mid"]
        .into_iter()
        .find_map(|path| json::id(item, path));
    let said = json::at(item, "message").is_some_and(Value::is_object);
    if said && message.is_none() {
        return json::bad(at, "no message.mid");
    }
    let deleted = json::flag(item, "message.is_deleted");
    let dedupe = match &message {
        Some(mid) if echo => format!("echo:{mid}"),
        Some(mid) if said && deleted => format!("deleted:{mid}"),
        Some(mid) if said => format!("message:{mid}"),
        Some(mid) if json::at(item, "postback").is_some() => format!("postback:{mid}"),
        _ => format!("item:{}", json::fingerprint(item)),
    };
    Ok(Event {
        dedupe,
        tenant: page.to_owned(),
        sender: Contact::new(sender.unwrap_or_default()),
        address: Address::new(customer),
        at: json::millis(item, "timestamp"),
        locale: None,
        kind: kind(settings, item, message.as_deref().unwrap_or("")),
        message,
    })
}

fn kind(settings: &Settings, item: &Value, mid: &str) -> Kind {
    if let Some(message) = json::at(item, "message").filter(|message| message.is_object()) {
        return said(message, mid);
    }
    if let Some(postback) = json::at(item, "postback") {
        return pressed(settings, postback);
    }
    if let Some(reaction) = json::at(item, "reaction") {
        let taken = json::text(reaction, "action") == Some("unreact");
        let emoji = json::owned(reaction, "emoji").or_else(|| json::owned(reaction, "reaction"));
        return Kind::Reaction { to: mid.to_owned(), emoji: emoji.filter(|_| !taken) };
    }
    if let Some(edit) = json::at(item, "message_edit") {
        return Kind::Edited { of: mid.to_owned(), text: json::owned(edit, "text") };
    }
    for (name, state) in [("delivery", State::Delivered), ("read", State::Read)] {
        if let Some(receipt) = json::at(item, name) {
            let messages = json::list(receipt, "mids").iter().filter_map(Value::as_str);
            return Kind::Receipt {
                messages: messages.map(str::to_owned).chain(json::id(receipt, "mid")).collect(),
                until: json::millis(receipt, "watermark"),
                state,
                code: None,
                key: None,
            };
        }
    }
    if let Some(referral) = json::at(item, "referral") {
        return Kind::Started { referral: json::owned(referral, "ref") };
    }
    if let Some(passed) = json::at(item, "pass_thread_control") {
        let to = json::id(passed, "new_owner_app_id");
        return Kind::Handover {
            to_us: to.is_some() && to.as_deref() == settings.optional("app_id"),
        };
    }
    if json::at(item, "take_thread_control").is_some() {
        return Kind::Handover { to_us: false };
    }
    let known =
        ["optin", "policy_enforcement", "account_linking", "request_thread_control", "app_roles"];
    match known.into_iter().find(|name| json::at(item, name).is_some()) {
        Some(name) => Kind::System { name: name.to_owned() },
        None => Kind::Unknown { name: "messaging".to_owned() },
    }
}

fn said(message: &Value, mid: &str) -> Kind {
    let text = json::owned(message, "text");
    if json::flag(message, "is_echo") {
        let ours = json::text(message, "metadata").is_some_and(|mark| mark.starts_with(MARK));
        return Kind::Echo { by: if ours { By::Us } else { By::Human }, text };
    }
    if json::flag(message, "is_deleted") {
        return Kind::Deleted { of: mid.to_owned() };
    }
    if let Some(payload) = json::owned(message, "quick_reply.payload") {
        return Kind::Pressed { payload, title: text, ack: None };
    }
    let attachments = json::list(message, "attachments");
    let is = |name| move |file: &&Value| json::text(file, "type") == Some(name);
    if let Some(sticker) = attachments.iter().find(is("sticker")) {
        let id = ["payload.sticker_id", "sticker_id"]
            .into_iter()
            .find_map(|path| json::id(sticker, path));
        return Kind::Sticker { id: id.unwrap_or_default(), emoji: None };
    }
    if let Some(place) = attachments.iter().find(is("location")) {
        let degree = |name: &str| json::number(place, &format!("payload.coordinates.{name}"));
        if let (Some(latitude), Some(longitude)) = (degree("lat"), degree("long")) {
            return Kind::Location { latitude, longitude, name: json::owned(place, "title") };
        }
    }
    // What Messenger makes of a link in a text says nothing that the text does not.
    let files: Vec<Media> = (attachments.iter())
        .filter(|file| json::text(file, "type") != Some("fallback"))
        .map(|file| Media {
            kind: MediaKind::named(json::text(file, "type").unwrap_or("")),
            reference: json::owned(file, "payload.url"),
            mime: None,
            name: json::owned(file, "title"),
        })
        .collect();
    match text {
        caption if !files.is_empty() => Kind::Media { files, caption },
        Some(text) => Kind::Text { text, quotes: json::id(message, "reply_to.mid") },
        None => Kind::Unknown { name: "message".to_owned() },
    }
}

fn pressed(settings: &Settings, postback: &Value) -> Kind {
    match json::owned(postback, "payload") {
        Some(payload) if payload == settings.text("get_started") => {
            Kind::Started { referral: json::owned(postback, "referral.ref") }
        }
        Some(payload) => {
            Kind::Pressed { payload, title: json::owned(postback, "title"), ack: None }
        }
        None => Kind::Unknown { name: "postback".to_owned() },
    }
}
