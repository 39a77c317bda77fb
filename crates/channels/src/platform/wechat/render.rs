//! What WeChat shows: text, or a menu between two texts. Five messages answer one of the
//! customer's, so few are made.

use serde_json::{Value, json};

use crate::shape::{Limit, Limits, Piece, Reply, Settings, Unsendable};
use crate::text::{Choices, Unit, layout};

pub(super) fn pieces(settings: &Settings, reply: &Reply) -> Result<Vec<Piece>, Unsendable> {
    let text = settings.limit("text_limit", Unit::Bytes);
    let label = Limit { max: 120, unit: Unit::Bytes };
    let buttons = if settings.text("options") == "menu" { 10 } else { 0 };
    let limits = Limits { text, prompt: text, buttons, label, payload: label, rows: 0, row: label };
    let pieces = layout(reply, &limits)?.into_iter().map(|block| {
        let body = match &block.choices {
            Choices::Buttons(buttons) => {
                let list: Vec<Value> = (buttons.iter())
                    .map(|button| json!({"id": button.payload, "content": button.title}))
                    .collect();
                json!({"msgtype": "msgmenu", "msgmenu": {
                    "head_content": block.text, "list": list, "tail_content": "",
                }})
            }
            _ => json!({"msgtype": "text", "text": {"content": block.text}}),
        };
        // A tap may come back as the option's text alone.
        let numbered = match &block.choices {
            Choices::Buttons(buttons) => buttons.clone(),
            _ => block.numbered(),
        };
        Piece { op: "message".to_owned(), body, shown: block.text, numbered }
    });
    Ok(pieces.collect())
}
