//! What Viber shows: text, and a keyboard in place of the customer's own.

use serde_json::{Value, json};

use crate::shape::{Button, Limit, Limits, Piece, Reply, Settings, Unsendable};
use crate::text::{Choices, Unit, layout};

/// A pressed key comes back as the text that stands behind it, for everybody to see: so the
/// title stands there, and [`crate::pick`] finds the option again.
pub(super) fn pieces(settings: &Settings, reply: &Reply) -> Result<Vec<Piece>, Unsendable> {
    let text = settings.limit("text_limit", Unit::CodePoints);
    let label = Limit { max: 120, unit: Unit::Graphemes };
    let limits = Limits {
        text,
        prompt: text,
        // Twelve rows of one.
        buttons: 12,
        label,
        payload: Limit { max: usize::MAX, unit: Unit::Bytes },
        rows: 0,
        row: label,
    };
    let pieces = layout(reply, &limits)?.into_iter().map(|block| {
        let mut body = json!({"type": "text", "text": block.text});
        let numbered: Vec<Button> = match &block.choices {
            Choices::Buttons(buttons) => {
                body["keyboard"] = keyboard(buttons);
                buttons.clone()
            }
            _ => block.numbered(),
        };
        Piece { op: "message".to_owned(), body, shown: block.text, numbered }
    });
    Ok(pieces.collect())
}

fn keyboard(buttons: &[Button]) -> Value {
    let keys: Vec<Value> = (buttons.iter())
        .map(|button| {
            json!({
                "Columns": 6,
                "Rows": 1,
                "ActionType": "reply",
                "ActionBody": button.title,
                "Text": crate::text::escape(&button.title),
            })
        })
        .collect();
    json!({"Type": "keyboard", "DefaultHeight": false, "Buttons": keys})
}
