//! What LINE shows: five texts a request, quick replies under the last.

use serde_json::{Value, json};

use crate::shape::{Limit, Limits, Piece, Reply, Settings, Unsendable};
use crate::text::{Block, Choices, Unit, layout, shorten};

/// Messages in one request.
const BATCH: usize = 5;

fn limits(settings: &Settings) -> Limits {
    let text = Limit { max: 5000, unit: Unit::Utf16 };
    let label = settings.limit("label_limit", Unit::Graphemes);
    let payload = Limit { max: 300, unit: Unit::Utf16 };
    Limits { text, prompt: text, buttons: 13, label, payload, rows: 0, row: label }
}

pub(super) fn pieces(settings: &Settings, reply: &Reply) -> Result<Vec<Piece>, Unsendable> {
    let limits = limits(settings);
    let blocks = layout(reply, &limits)?;
    let pieces = blocks.chunks(BATCH).map(|blocks| {
        let messages: Vec<Value> = (blocks.iter())
            .map(|block| {
                // Plain `text`: in `textV2` braces have a meaning.
                let mut message = json!({"type": "text", "text": block.text});
                if let Choices::Buttons(buttons) = &block.choices {
                    let items: Vec<Value> = (buttons.iter())
                        .map(|button| json!({"type": "action", "action": {
                            "type": "postback",
                            "label": button.title,
                            "data": button.payload,
                            "displayText": shorten(&full(reply, &button.payload, &button.title), limits.payload),
                        }}))
                        .collect();
                    message["quickReply"] = json!({"items": items});
                }
                message
            })
            .collect();
        let shown: Vec<&str> = blocks.iter().map(|block| block.text.as_str()).collect();
        Piece {
            op: "message".to_owned(),
            body: json!({"messages": messages}),
            shown: shown.join("\n\n"),
            numbered: blocks.last().map(Block::numbered).unwrap_or_default(),
        }
    });
    Ok(pieces.collect())
}

/// The title before it was cut to a label.
fn full(reply: &Reply, payload: &str, label: &str) -> String {
    let button = reply.buttons.iter().find(|button| button.payload == payload);
    button.map_or(label, |button| &button.title).to_owned()
}
