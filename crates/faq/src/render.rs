//! Says a composition: chooses wordings, fills facts in, collects buttons.

use std::cmp::Reverse;

use crate::answers::{Answers, Pack};
use crate::content::{Entry, Fact, Piece, Template, Variant};
use crate::format::{Formats, Writer};
use crate::value::{Value, value};
use crate::voices::Voice;
use crate::{Button, Composition, Context, Offer, Part, Rendered, Style, Text};

/// Between two paragraphs, in Markdown as in plain text.
const PARAGRAPH: &str = "\n\n";

pub(crate) fn render(
    answers: &Answers,
    composition: &Composition,
    context: &Context,
    tag: &str,
) -> Rendered {
    let voices = answers.voices.of(answers, tag);
    let speakers: Vec<_> = voices.iter().filter_map(|voice| Speaker::new(answers, voice)).collect();
    let mut rendered = Rendered {
        language: speakers.first().map_or("en", |speaker| speaker.tag).to_owned(),
        ..Rendered::default()
    };
    for part in &composition.parts {
        match part {
            Part::Text(text) => {
                // Whatever a locale lacks the next of its chain says, English at last; only an
                // unknown fact leaves a text out.
                let has = |speaker: &&Speaker<'_>| speaker.has(text.as_str());
                let speaker = speakers.iter().find(has);
                let said = speaker.and_then(|speaker| speaker.entry(text.as_str(), context));
                append(&mut rendered, said);
            }
            Part::Answer(id) => {
                let Some(speaker) = speakers.iter().find(|speaker| speaker.answers(id)) else {
                    continue;
                };
                let Some(said) = speaker.entry(id, context) else { continue };
                if !rendered.answers.is_empty() {
                    append(&mut rendered, speaker.entry(Text::Also.as_str(), context));
                }
                append(&mut rendered, Some(said));
                rendered.answers.push(id.clone());
            }
        }
    }
    rendered.buttons = buttons(&speakers, composition, context, &rendered.answers);
    rendered
}

fn append(rendered: &mut Rendered, said: Option<Said>) {
    let Some(said) = said else { return };
    for (whole, part) in [(&mut rendered.text, said.plain), (&mut rendered.markdown, said.markdown)]
    {
        if !whole.is_empty() {
            whole.push_str(PARAGRAPH);
        }
        whole.push_str(&part);
    }
}

fn buttons(
    speakers: &[Speaker<'_>],
    composition: &Composition,
    context: &Context,
    given: &[String],
) -> Vec<Button> {
    let answer = |id: &str| speakers.iter().find(|speaker| speaker.answers(id));
    let titled = |id: &str, payload: String| {
        Some(Button { title: answer(id)?.pack.entries.get(id)?.title.clone(), payload })
    };
    let label_of = |id: &str| {
        let speaker = speakers.iter().find(|speaker| speaker.has(id))?;
        Some(speaker.entry(id, context)?.plain)
    };
    let label = |text: Text, payload: &str| {
        Some(Button { title: label_of(text.as_str())?, payload: payload.to_owned() })
    };
    // A way out of a shop's own that nobody has named is better shown by its id than not.
    let option = |id: &str| {
        let title = label_of(&format!("text.option.{id}"));
        let title = title.unwrap_or_else(|| id.replace('_', " "));
        Some(Button { title, payload: format!("option:{id}") })
    };
    // The question says what the ends of the scale mean.
    let bare = |kind: &str, mark: u8| {
        Some(Button { title: mark.to_string(), payload: format!("{kind}:{mark}") })
    };
    let mut buttons: Vec<Button> = Vec::new();
    let mut push = |button: Option<Button>| {
        let new =
            button.filter(|button| buttons.iter().all(|shown| shown.payload != button.payload));
        let shown = new.is_some();
        buttons.extend(new);
        shown
    };
    for offer in &composition.offers {
        push(match offer {
            Offer::Intent(id) => titled(id, format!("intent:{id}")),
            Offer::Clarify(id) => titled(id, format!("clarify:{id}")),
            Offer::Human => label(Text::ButtonHuman, "human"),
            Offer::Option(id) => option(id),
            Offer::Csat(mark) => {
                let mark = usize::from(*mark).clamp(1, 5);
                let stars = "★".repeat(mark) + &"☆".repeat(5 - mark);
                Some(Button { title: format!("{mark} {stars}"), payload: format!("csat:{mark}") })
            }
            Offer::Ces(mark) => bare("ces", *mark),
            Offer::Nps(mark) => bare("nps", *mark),
            Offer::Yes => label(Text::ButtonYes, "yes"),
            Offer::No => label(Text::ButtonNo, "no"),
        });
    }
    // The first related question of each answer before the second of any.
    let lists: Vec<&[String]> = given
        .iter()
        .filter_map(|id| Some(answer(id)?.pack.entries.get(id)?.related.as_slice()))
        .collect();
    let longest = lists.iter().map(|list| list.len()).max().unwrap_or_default();
    let related = (0..longest).flat_map(|rank| lists.iter().filter_map(move |list| list.get(rank)));
    let mut left = composition.related;
    for id in related.filter(|id| !given.contains(id)) {
        if left == 0 {
            break;
        }
        left -= usize::from(push(titled(id, format!("intent:{id}"))));
    }
    buttons
}

/// What was said, both ways.
struct Said {
    plain: String,
    markdown: String,
}

/// One locale speaking to one customer.
pub(crate) struct Speaker<'a> {
    pub(crate) answers: &'a Answers,
    pub(crate) tag: &'a str,
    pub(crate) pack: &'a Pack,
    formats: &'a Formats,
}

impl<'a> Speaker<'a> {
    fn new(answers: &'a Answers, voice: &'a Voice) -> Option<Self> {
        let pack = answers.packs.get(&voice.tag)?;
        Some(Self { answers, tag: &voice.tag, pack, formats: &voice.formats })
    }

    pub(crate) fn writer(&self) -> Writer<'_> {
        let english = self.answers.packs.get("en").map(|pack| &pack.names);
        Writer { names: &self.pack.names, formats: self.formats, english }
    }

    fn has(&self, id: &str) -> bool {
        self.pack.entries.contains_key(id)
    }

    fn answers(&self, id: &str) -> bool {
        self.pack.entries.get(id).is_some_and(|entry| entry.text.is_none())
    }

    /// An entry in its best wording, `None` when every wording needs a fact that is not known.
    fn entry(&self, id: &str, context: &Context) -> Option<Said> {
        let entry = self.pack.entries.get(id)?;
        self.ranked(entry, context)
            .into_iter()
            .find_map(|variant| self.say(&variant.template, context))
    }

    /// The wordings whose conditions hold, the best first: the one with the most conditions,
    /// of these the narrowest, of these the one in the style, of these the plain one, of
    /// these the first.
    fn ranked(&self, entry: &'a Entry, context: &Context) -> Vec<&'a Variant> {
        let shop = &self.answers.shop;
        let style: Option<Style> = context.style.or(shop.style);
        let holds = |variant: &&Variant| {
            variant.conditions.iter().all(|condition| condition.holds(shop, context))
        };
        let mut variants: Vec<_> = entry.variants.iter().filter(holds).collect();
        variants.sort_by_key(|variant| {
            let narrow: u32 =
                variant.conditions.iter().map(|condition| condition.narrowness()).sum();
            let styled = style.is_some() && variant.style == style;
            Reverse((variant.conditions.len(), narrow, styled, variant.style.is_none()))
        });
        variants
    }

    fn say(&self, template: &Template, context: &Context) -> Option<Said> {
        let mut said = Said { plain: String::new(), markdown: String::new() };
        for piece in &template.pieces {
            match piece {
                Piece::Words { markdown, plain } => {
                    said.markdown.push_str(markdown);
                    said.plain.push_str(plain);
                }
                Piece::Fact(fact, _) => {
                    let text = self.shown(*fact, context)?;
                    let begins_line = said.markdown.is_empty() || said.markdown.ends_with('\n');
                    said.markdown.push_str(&escaped(&text, begins_line));
                    said.plain.push_str(&text);
                }
                Piece::Target(fact, _) => {
                    let Value::Text(address) = value(self, *fact, context)? else { return None };
                    said.markdown.push_str(&address);
                    said.plain.push_str(&address);
                }
            }
        }
        Some(said)
    }

    /// A fact as it stands in a sentence. Text of another script would drag its signs along
    /// in a sentence from right to left (`#10234` as `10234#`), so there it is isolated.
    fn shown(&self, fact: Fact, context: &Context) -> Option<String> {
        Some(match value(self, fact, context)? {
            Value::Text(text) if self.formats.right_to_left => format!("\u{2068}{text}\u{2069}"),
            Value::Text(text) | Value::Written(text) => text,
        })
    }
}

/// A value as Markdown shows it unchanged.
fn escaped(text: &str, begins_line: bool) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for (index, c) in text.chars().enumerate() {
        let first = index == 0 && begins_line;
        if matches!(c, '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '~' | '|' | '&')
            || (first && matches!(c, '#' | '+' | '-' | '='))
        {
            out.push('\\');
        }
        out.push(c);
    }
    out
}
