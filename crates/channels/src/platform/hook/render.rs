//! What the generic inbox gets: text, language, buttons.

use serde_json::{Value, json};

use crate::shape::{Limit, Limits, Piece, Reply, Settings, Unsendable};
use crate::text::{Choices, Unit, layout};

pub(super) fn pieces(settings: &Settings, reply: &Reply) -> Result<Vec<Piece>, Unsendable> {
    let text = settings.limit("text_limit", Unit::CodePoints);
    let label = Limit { max: 1000, unit: Unit::CodePoints };
    let buttons = usize::try_from(settings.number("buttons_limit")).unwrap_or(0);
    let limits = Limits { text, prompt: text, buttons, label, payload: label, rows: 0, row: label };
    let pieces = layout(reply, &limits)?.into_iter().map(|block| {
        let buttons: Vec<Value> = match &block.choices {
            Choices::Buttons(buttons) => (buttons.iter())
                .map(|button| json!({"title": button.title, "payload": button.payload}))
                .collect(),
            _ => Vec::new(),
        };
        let body = json!({
            "text": block.text,
            "language": reply.language,
            "by": if reply.by_person { "person" } else { "bot" },
            "buttons": buttons,
        });
        let numbered = block.numbered();
        Piece { op: "message".to_owned(), body, shown: block.text, numbered }
    });
    Ok(pieces.collect())
}
