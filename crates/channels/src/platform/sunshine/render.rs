//! What Sunshine Conversations carries on: text, and replies to tap.

use serde_json::{Value, json};

use crate::shape::{Limit, Limits, Piece, Reply, Settings, Unsendable};
use crate::text::{Choices, Unit, layout};

pub(super) fn pieces(settings: &Settings, reply: &Reply) -> Result<Vec<Piece>, Unsendable> {
    let text = Limit { max: 4096, unit: Unit::CodePoints };
    let label = settings.limit("label_limit", Unit::CodePoints);
    let limits = Limits {
        text,
        prompt: text,
        buttons: usize::try_from(settings.number("buttons_limit")).unwrap_or(0),
        label,
        payload: Limit { max: 1000, unit: Unit::CodePoints },
        rows: 0,
        row: label,
    };
    let mut author = json!({"type": "business"});
    if settings.flag("ai_disclosure") && !reply.by_person {
        author["subtypes"] = json!(["AI"]);
    }
    let pieces = layout(reply, &limits)?.into_iter().map(|block| {
        let mut content = json!({"type": "text", "text": block.text});
        if let Choices::Buttons(buttons) = &block.choices {
            let actions: Vec<Value> = (buttons.iter())
                .map(|button| {
                    json!({
                        "type": "reply", "text": button.title, "payload": button.payload,
                    })
                })
                .collect();
            content["actions"] = actions.into();
        }
        let numbered = block.numbered();
        let body = json!({"author": author, "content": content});
        Piece { op: "message".to_owned(), body, shown: block.text, numbered }
    });
    Ok(pieces.collect())
}
