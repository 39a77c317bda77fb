//! What Slack shows: a section of plain text, and buttons under it.

use serde_json::{Value, json};

use crate::shape::{Limit, Limits, Piece, Reply, Unsendable};
use crate::text::{Choices, Unit, layout};

const fn limit(max: usize) -> Limit {
    Limit { max, unit: Unit::Utf16 }
}

const LIMITS: Limits = Limits {
    text: limit(3000),
    prompt: limit(3000),
    buttons: 25,
    label: limit(75),
    payload: limit(2000),
    rows: 0,
    row: limit(75),
};

/// Plain text in the block, where nothing is markup; what notifications show is escaped.
pub(super) fn pieces(reply: &Reply) -> Result<Vec<Piece>, Unsendable> {
    let pieces = layout(reply, &LIMITS)?.into_iter().map(|block| {
        let mut blocks = vec![json!({
            "type": "section",
            "text": {"type": "plain_text", "text": block.text, "emoji": false},
        })];
        if let Choices::Buttons(buttons) = &block.choices {
            let elements: Vec<Value> = (buttons.iter().enumerate())
                .map(|(index, button)| {
                    json!({
                        "type": "button",
                        "action_id": format!("option-{index}"),
                        "text": {"type": "plain_text", "text": button.title},
                        "value": button.payload,
                    })
                })
                .collect();
            blocks.push(json!({"type": "actions", "elements": elements}));
        }
        let body = json!({
            "text": escape(&block.text),
            "blocks": blocks,
            "unfurl_links": false,
            "unfurl_media": false,
        });
        let numbered = block.numbered();
        Piece { op: "message".to_owned(), body, shown: block.text, numbered }
    });
    Ok(pieces.collect())
}

/// Slack's three signs: `<!channel>` in a customer's text would call everybody.
pub(crate) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
