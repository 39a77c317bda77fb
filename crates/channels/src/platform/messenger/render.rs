//! What Messenger and Instagram show: text, and quick replies under it.

use serde_json::{Value, json};

use crate::shape::{Limit, Limits, Piece, Reply, Settings, Unsendable, Window};
use crate::text::{Choices, Unit, layout};

pub(super) fn pieces(
    settings: &Settings,
    instagram: bool,
    reply: &Reply,
    window: Window,
) -> Result<Vec<Piece>, Unsendable> {
    let unit = if instagram { Unit::Bytes } else { Unit::CodePoints };
    let text = settings.limit("text_limit", unit);
    let label = Limit { max: 20, unit: Unit::CodePoints };
    let limits = Limits {
        text,
        prompt: text,
        buttons: 13,
        label,
        payload: settings.limit("payload_limit", Unit::CodePoints),
        rows: 0,
        row: label,
    };
    let blocks = layout(reply, &limits)?;
    let tagged = match window {
        Window::Open => false,
        Window::PeopleOnly if reply.by_person && settings.flag("human_agent") => true,
        Window::PeopleOnly | Window::Closed => return Err(Unsendable::Window),
    };
    let pieces =
        blocks.into_iter().map(|block| {
            let mut message = json!({"text": block.text});
            if let Choices::Buttons(buttons) = &block.choices {
                let replies: Vec<Value> = (buttons.iter())
                .map(|button| json!({
                    "content_type": "text", "title": button.title, "payload": button.payload,
                }))
                .collect();
                message["quick_replies"] = replies.into();
            }
            let mut body = json!({"messaging_type": "RESPONSE", "message": message});
            if tagged {
                body["messaging_type"] = "MESSAGE_TAG".into();
                body["tag"] = "HUMAN_AGENT".into();
            }
            let numbered = block.numbered();
            Piece { op: "message".to_owned(), body, shown: block.text, numbered }
        });
    Ok(pieces.collect())
}
