//! What KakaoTalk shows: three texts in one answer, and quick replies under them.

use serde_json::{Value, json};

use crate::shape::{Button, Limit, Limits, Piece, Reply, Settings, Unsendable};
use crate::text::{Choices, Unit, layout, shorten};

/// Texts in one answer.
const OUTPUTS: usize = 3;

/// A pressed quick reply comes back as its text, so [`crate::pick`] finds the option again.
pub(super) fn piece(settings: &Settings, reply: &Reply) -> Result<Piece, Unsendable> {
    let text = settings.limit("text_limit", Unit::CodePoints);
    let label = settings.limit("label_limit", Unit::CodePoints);
    let limits = Limits {
        text,
        prompt: text,
        buttons: 10,
        label,
        payload: Limit { max: usize::MAX, unit: Unit::Bytes },
        rows: 0,
        row: label,
    };
    let blocks = layout(reply, &limits)?;
    let mut texts: Vec<String> = blocks.iter().map(|block| block.text.clone()).collect();
    if texts.len() > OUTPUTS {
        // Nothing can be sent after the answer: the beginning and the options at the end stay,
        // and where something is missing a sign stands.
        let end = texts.pop().unwrap_or_default();
        texts.truncate(OUTPUTS - 1);
        if let Some(before) = texts.last_mut() {
            *before = shorten(&format!("{before} …"), limits.text);
        }
        texts.push(end);
    }
    let last = blocks.last();
    let buttons = match last.map(|block| &block.choices) {
        Some(Choices::Buttons(buttons)) => buttons.as_slice(),
        _ => &[],
    };
    let numbered = if buttons.is_empty() {
        last.map(crate::text::Block::numbered).unwrap_or_default()
    } else {
        buttons.to_vec()
    };
    Ok(Piece {
        op: "message".to_owned(),
        body: response(&texts, buttons),
        shown: texts.join("\n\n"),
        numbered,
    })
}

/// An answer in the form that version 2 of the skill API takes.
pub(super) fn response(texts: &[String], buttons: &[Button]) -> Value {
    let outputs: Vec<Value> =
        texts.iter().map(|text| json!({"simpleText": {"text": text}})).collect();
    let mut template = json!({"outputs": outputs});
    if !buttons.is_empty() {
        let replies: Vec<Value> = (buttons.iter())
            .map(|button| {
                json!({
                    "label": button.title, "action": "message", "messageText": button.title,
                })
            })
            .collect();
        template["quickReplies"] = replies.into();
    }
    json!({"version": "2.0", "template": template})
}
