//! What Telegram shows: text, and a keyboard under it.

use serde_json::{Value, json};

use crate::shape::{Button, Limit, Limits, Piece, Reply, Unsendable};
use crate::text::{Choices, Unit, layout, rows};

/// Telegram counts characters; UTF-16 units are never fewer.
const TEXT: Limit = Limit { max: 4096, unit: Unit::Utf16 };

/// No limit is documented for labels; a longer one could not be read on a phone.
const LABEL: Limit = Limit { max: 60, unit: Unit::Graphemes };

const LIMITS: Limits = Limits {
    text: TEXT,
    prompt: TEXT,
    buttons: 100,
    label: LABEL,
    payload: Limit { max: 64, unit: Unit::Bytes },
    rows: 0,
    row: LABEL,
};

/// Without `parse_mode`, since a stray `_` in a text would be refused.
pub(super) fn pieces(reply: &Reply) -> Result<Vec<Piece>, Unsendable> {
    let pieces = layout(reply, &LIMITS)?.into_iter().map(|block| {
        let mut body = json!({"text": block.text});
        if let Choices::Buttons(buttons) = &block.choices {
            let key =
                |button: &Button| json!({"text": button.title, "callback_data": button.payload});
            let rows: Vec<Value> = rows(buttons).map(|row| row.iter().map(key).collect()).collect();
            body["reply_markup"] = json!({"inline_keyboard": rows});
        }
        let numbered = block.numbered();
        Piece { op: "message".to_owned(), body, shown: block.text, numbered }
    });
    Ok(pieces.collect())
}
