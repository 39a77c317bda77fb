//! What Chatwoot shows: long texts, and one list to choose from.

use serde_json::{Value, json};

use crate::shape::{Limit, Limits, Piece, Reply, Settings, Unsendable};
use crate::text::{Choices, Unit, layout};

const TEXT: Limit = Limit { max: 150_000, unit: Unit::CodePoints };

/// The reply as `messages` takes it.
pub(crate) fn pieces(settings: &Settings, reply: &Reply) -> Result<Vec<Piece>, Unsendable> {
    let buttons = if settings.text("options") == "buttons" { 50 } else { 0 };
    let limits = Limits {
        text: TEXT,
        prompt: TEXT,
        buttons,
        label: Limit { max: 255, unit: Unit::CodePoints },
        payload: TEXT,
        rows: 0,
        row: TEXT,
    };
    let pieces = layout(reply, &limits)?.into_iter().map(|block| {
        let mut body = json!({"content": block.text, "message_type": "outgoing", "private": false});
        if let Choices::Buttons(buttons) = &block.choices {
            let items: Vec<Value> = (buttons.iter())
                .map(|button| json!({"title": button.title, "value": button.payload}))
                .collect();
            body["content_type"] = "input_select".into();
            body["content_attributes"] = json!({"items": items});
        }
        let numbered = block.numbered();
        Piece { op: "message".to_owned(), body, shown: block.text, numbered }
    });
    Ok(pieces.collect())
}
