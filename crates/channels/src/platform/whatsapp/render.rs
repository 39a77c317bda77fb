//! What WhatsApp shows: text, up to three buttons, or a list of up to ten rows.

use serde_json::{Value, json};

use crate::shape::{Button, Limit, Limits, Piece, Reply, Settings, Unsendable, Window};
use crate::text::{Block, Choices, Unit, layout, list_label, shorten};

const fn limit(max: usize) -> Limit {
    Limit { max, unit: Unit::CodePoints }
}

const LIMITS: Limits = Limits {
    text: limit(4096),
    prompt: limit(1024),
    buttons: 3,
    label: limit(20),
    // An id of a row; one of a button may be longer.
    payload: limit(200),
    rows: 10,
    row: limit(24),
};

pub(super) fn pieces(
    settings: &Settings,
    reply: &Reply,
    window: Window,
) -> Result<Vec<Piece>, Unsendable> {
    let blocks = layout(reply, &LIMITS)?;
    if window != Window::Open {
        return template(settings, reply).map(|piece| vec![piece]);
    }
    Ok(blocks.into_iter().map(|block| message(reply, block)).collect())
}

fn message(reply: &Reply, block: Block) -> Piece {
    let numbered = block.numbered();
    let Block { text, choices } = block;
    let body = match choices {
        Choices::Buttons(buttons) => {
            let buttons: Vec<Value> = (buttons.iter())
                .map(|button| json!({"type": "reply", "reply": item(button)}))
                .collect();
            json!({"type": "interactive", "interactive": {
                "type": "button", "body": {"text": text}, "action": {"buttons": buttons},
            }})
        }
        Choices::List(rows) => {
            let rows: Vec<Value> = rows.iter().map(item).collect();
            json!({"type": "interactive", "interactive": {
                "type": "list",
                "body": {"text": text},
                "action": {
                    "button": shorten(list_label(reply), LIMITS.label),
                    "sections": [{"rows": rows}],
                },
            }})
        }
        Choices::None | Choices::Numbered(_) => {
            json!({"type": "text", "text": {"body": text, "preview_url": false}})
        }
    };
    Piece { op: "message".to_owned(), body, shown: text, numbered }
}

fn item(button: &Button) -> Value {
    json!({"id": button.payload, "title": button.title})
}

/// The template that the shop had approved, in the language nearest to the reply's.
fn template(settings: &Settings, reply: &Reply) -> Result<Piece, Unsendable> {
    let name = settings.optional("template").ok_or(Unsendable::Window)?;
    let wanted = reply.language.replace('-', "_").to_lowercase();
    let base = wanted.split('_').next().unwrap_or("").to_owned();
    let languages: Vec<&str> = settings.list("template_languages").collect();
    let language = (languages.iter())
        .find(|language| language.to_lowercase() == wanted)
        .or_else(|| {
            languages.iter().find(|language| {
                language.to_lowercase().split('_').next().is_some_and(|name| name == base)
            })
        })
        .or_else(|| languages.first())
        .ok_or(Unsendable::Setting("template_languages"))?;
    let body = json!({"type": "template", "template": {
        "name": name, "language": {"code": language},
    }});
    Ok(Piece {
        op: "message".to_owned(),
        body,
        shown: format!("[{name} {language}]"),
        numbered: Vec::new(),
    })
}
