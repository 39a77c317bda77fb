//! Which form buttons take, and how the text around them is cut.

use crate::shape::{Button, Limit, Limits, Reply, Unsendable};
use crate::text::{list_label, listed, shorten, split};

/// One message as every platform has them: text, and something to choose from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Block {
    /// The text; with the numbered options where they are numbered.
    pub(crate) text: String,
    /// What is offered under it.
    pub(crate) choices: Choices,
}

/// What is offered, in the form that the platform shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Choices {
    /// Nothing.
    None,
    /// Buttons, labels fitted.
    Buttons(Vec<Button>),
    /// The rows of a list, labels fitted.
    List(Vec<Button>),
    /// Nothing to press: the options are numbered in the text.
    Numbered(Vec<Button>),
}

impl Block {
    /// What is numbered in its text.
    pub(crate) fn numbered(&self) -> Vec<Button> {
        match &self.choices {
            Choices::Numbered(options) => options.clone(),
            _ => Vec::new(),
        }
    }
}

/// Cuts a reply into messages; what can be chosen stands under the last.
pub(crate) fn layout(reply: &Reply, limits: &Limits) -> Result<Vec<Block>, Unsendable> {
    let options = distinct(&reply.buttons);
    if options.is_empty() && reply.text.trim().is_empty() {
        return Err(Unsendable::Empty);
    }
    let choices = choose(options, limits);
    let mut texts = match &choices {
        Choices::None => split(&reply.text, limits.text),
        Choices::Numbered(options) => split(&numbered(&reply.text, options), limits.text),
        Choices::Buttons(_) | Choices::List(_) => prompted(reply, limits),
    };
    let last = texts.pop().unwrap_or_default();
    let mut blocks: Vec<Block> =
        texts.into_iter().map(|text| Block { text, choices: Choices::None }).collect();
    blocks.push(Block { text: last, choices });
    Ok(blocks)
}

/// The text with the options below it, see [`listed`].
pub(crate) fn numbered(text: &str, options: &[Button]) -> String {
    let titles: Vec<&str> = options.iter().map(|option| option.title.as_str()).collect();
    format!("{}\n\n{}", text.trim(), listed(&titles)).trim().to_owned()
}

/// Text over something to press: the last part may be held shorter than the others, and
/// there has to be one.
fn prompted(reply: &Reply, limits: &Limits) -> Vec<String> {
    let mut texts = split(&reply.text, limits.text);
    match texts.pop() {
        Some(last) if limits.prompt.fits(&last) => texts.push(last),
        Some(last) => texts.extend(split(&last, limits.prompt)),
        None => {
            texts.push(shorten(list_label(reply), limits.prompt));
        }
    }
    texts
}

fn distinct(buttons: &[Button]) -> Vec<Button> {
    let mut kept: Vec<Button> = Vec::new();
    for button in buttons {
        if !button.title.trim().is_empty() && !kept.contains(button) {
            kept.push(button.clone());
        }
    }
    kept
}

fn choose(options: Vec<Button>, limits: &Limits) -> Choices {
    if options.is_empty() {
        return Choices::None;
    }
    let payloads = options.iter().all(|option| limits.payload.fits(&option.payload));
    let whole = |most: usize, label: Limit| {
        options.len() <= most && options.iter().all(|option| label.fits(&option.title))
    };
    if payloads {
        if whole(limits.buttons, limits.label) {
            return Choices::Buttons(options);
        }
        if whole(limits.rows, limits.row) {
            return Choices::List(options);
        }
        if let Some(short) = shortened(&options, limits.buttons, limits.label) {
            return Choices::Buttons(short);
        }
        if let Some(short) = shortened(&options, limits.rows, limits.row) {
            return Choices::List(short);
        }
    }
    Choices::Numbered(options)
}

/// The options with labels cut to what is shown, as long as each still differs.
fn shortened(options: &[Button], most: usize, label: Limit) -> Option<Vec<Button>> {
    if options.len() > most {
        return None;
    }
    let short: Vec<Button> = (options.iter())
        .map(|option| Button {
            title: shorten(&option.title, label),
            payload: option.payload.clone(),
        })
        .collect();
    let differ = short
        .iter()
        .enumerate()
        .all(|(index, option)| short[..index].iter().all(|before| before.title != option.title));
    differ.then_some(short)
}
