//! Reads a file of answers or texts.

use super::{Condition, Fact, Template};
use crate::load::{Diagnostics, Node, Place, parse_toml};
use crate::{Style, Text};

/// An answer or text in one locale.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) id: String,
    pub(crate) place: Place,
    /// The text it is, for those of the bot's own.
    pub(crate) text: Option<Text>,
    pub(crate) title: String,
    pub(crate) title_place: Place,
    pub(crate) related: Vec<String>,
    pub(crate) related_places: Vec<Place>,
    /// Facts that other locales name in it and this one leaves out on purpose.
    pub(crate) omits: Vec<Fact>,
    /// The first is what is said when nothing is known.
    pub(crate) variants: Vec<Variant>,
}

/// One wording of an entry.
#[derive(Clone, Debug)]
pub(crate) struct Variant {
    pub(crate) place: Place,
    pub(crate) style: Option<Style>,
    pub(crate) conditions: Vec<Condition>,
    pub(crate) template: Template,
}

/// Reads every entry of a file, in its order.
pub(crate) fn read(text: &str, source: usize, diagnostics: &mut Diagnostics<'_>) -> Vec<Entry> {
    let mut reader = Reader { source, text, entries: Vec::new(), section: None, diagnostics };
    reader.run();
    reader.entries
}

struct Reader<'r, 'd> {
    source: usize,
    text: &'r str,
    entries: Vec<Entry>,
    /// The wording being read: where its body begins and ends.
    section: Option<Section>,
    diagnostics: &'r mut Diagnostics<'d>,
}

struct Section {
    place: Place,
    style: Option<Style>,
    conditions: Vec<Condition>,
    body: std::ops::Range<usize>,
    /// Whether this wording begins with its heading, as all but the first of an entry do.
    headed: bool,
}

impl Reader<'_, '_> {
    fn run(&mut self) {
        let text = self.text;
        let mut at = 0;
        let mut fence: Option<(usize, usize)> = None;
        for line in text.split_inclusive('\n') {
            let (start, end) = (at, at + line.len());
            at = end;
            let trimmed = line.trim_end();
            if let Some((open, body)) = fence {
                if trimmed == "```" {
                    self.meta(open, body..start, end);
                    fence = None;
                }
            } else if let Some(id) = trimmed.strip_prefix("## ") {
                self.close();
                self.open(id.trim(), start + 3, end);
            } else if let Some(heading) = trimmed.strip_prefix("### ") {
                self.close();
                self.variant(heading.trim(), start + 4, end);
            } else if trimmed == "```toml" && self.takes_meta() {
                fence = Some((start, end));
            } else if let Some(section) = &mut self.section {
                section.body.end = end;
            }
        }
        if let Some((open, _)) = fence {
            self.complain(
                open,
                "syntax",
                "this block is not closed",
                "close it with a line of ```",
            );
        }
        self.close();
    }

    /// Whether a block of TOML may stand here: once, before the first sentence of an entry.
    fn takes_meta(&self) -> bool {
        let blank = |section: &Section| {
            !section.headed && self.text[section.body.clone()].trim().is_empty()
        };
        self.section.as_ref().is_some_and(blank)
    }

    fn open(&mut self, id: &str, at: usize, body: usize) {
        let place = self.place(at);
        let legal = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_' || c == '.';
        if !id.contains('.') || !id.chars().all(legal) || id.starts_with('.') || id.ends_with('.') {
            let message = format!("{id} is no id");
            self.complain(
                at,
                "bad-value",
                &message,
                "write domain.name in small letters: ## shipping.time",
            );
        }
        let text = Text::parse(id);
        if text.is_none() && id.starts_with("text.") {
            let known: Vec<_> = Text::ALL.iter().map(|text| text.as_str()).collect();
            let help = format!("use one of: {}", known.join(", "));
            self.complain(at, "unknown-text", &format!("nothing says {id}"), &help);
        }
        if self.entries.iter().any(|entry| entry.id == id) {
            let message = format!("{id} stands in this file twice");
            self.complain(
                at,
                "duplicate-id",
                &message,
                "keep one; wordings of one answer begin with ###",
            );
        }
        self.entries.push(Entry {
            id: id.to_owned(),
            place,
            text,
            title: String::new(),
            title_place: place,
            related: Vec::new(),
            related_places: Vec::new(),
            omits: Vec::new(),
            variants: Vec::new(),
        });
        self.section = Some(Section {
            place,
            style: None,
            conditions: Vec::new(),
            body: body..body,
            headed: false,
        });
    }

    fn variant(&mut self, heading: &str, at: usize, body: usize) {
        let place = self.place(at);
        if self.entries.is_empty() {
            self.complain(
                at,
                "syntax",
                "this variant belongs to no answer",
                "begin the answer first: ## shipping.time",
            );
            return;
        }
        let (style, conditions) = match heading.split_once("if ") {
            Some((style, conditions))
                if style.trim_end().is_empty() || style.trim_end().ends_with(',') =>
            {
                (style.trim_end().trim_end_matches(',').trim_end(), Some(conditions))
            }
            _ => (heading, None),
        };
        let style = match Style::parse(style) {
            None if !style.is_empty() => {
                let message = format!("there is no style {style}");
                let help = "begin a variant with: ### friendly, ### if country, or ### friendly, if country and order";
                self.complain(at, "unknown-style", &message, help);
                None
            }
            style => style,
        };
        let mut read = Vec::new();
        for condition in conditions.iter().flat_map(|conditions| conditions.split(" and ")) {
            match Condition::parse(condition) {
                Ok(condition) if read.contains(&condition) => {}
                Ok(condition) => read.push(condition),
                Err((message, help)) => self.complain(at, "unknown-condition", &message, &help),
            }
        }
        read.sort();
        self.section =
            Some(Section { place, style, conditions: read, body: body..body, headed: true });
    }

    /// Ends the wording being read.
    fn close(&mut self) {
        let Some(section) = self.section.take() else { return };
        let raw = &self.text[section.body.clone()];
        let body = raw.trim();
        let start = section.body.start + (raw.len() - raw.trim_start().len());
        let place = Place { source: self.source, at: start };
        if body.is_empty() {
            let (code, message) = if section.headed {
                ("empty-body", "this variant says nothing")
            } else {
                ("no-default", "this answer says nothing when nothing is known")
            };
            self.diagnostics.error(
                section.place,
                code,
                message,
                "write its sentences below the heading",
            );
            return;
        }
        let template = Template::parse(body, place, self.diagnostics);
        let Some(entry) = self.entries.last_mut() else { return };
        let same = |variant: &Variant| {
            variant.style == section.style && variant.conditions == section.conditions
        };
        if entry.variants.iter().any(same) {
            let help = "keep one: both are said on the same occasion";
            self.diagnostics.error(
                section.place,
                "duplicate-variant",
                "this variant stands here twice",
                help,
            );
            return;
        }
        let Section { style, conditions, .. } = section;
        entry.variants.push(Variant { place: section.place, style, conditions, template });
    }

    /// The block of TOML of an entry, which is `block`; behind `end` the sentences begin.
    fn meta(&mut self, open: usize, block: std::ops::Range<usize>, end: usize) {
        if let Some(section) = &mut self.section {
            section.body = end..end;
        }
        let node = parse_toml(&self.text[block.clone()], self.place(block.start), self.diagnostics);
        let place = self.place(open);
        let Some(entry) = self.entries.last_mut() else { return };
        meta(&Node { place, ..node }, entry, self.diagnostics);
    }

    fn place(&self, at: usize) -> Place {
        Place { source: self.source, at }
    }

    fn complain(&mut self, at: usize, code: &'static str, message: &str, help: &str) {
        self.diagnostics.error(self.place(at), code, message, help);
    }
}

fn meta(node: &Node, entry: &mut Entry, diagnostics: &mut Diagnostics<'_>) {
    let Some(mut fields) = node.fields(diagnostics) else { return };
    if let Some(node) = fields.optional("title") {
        entry.title_place = node.place;
        entry.title = node.text(diagnostics).unwrap_or_default();
    }
    let related =
        fields.optional("related").and_then(|node| node.texts(diagnostics)).unwrap_or_default();
    (entry.related, entry.related_places) = related.into_iter().unzip();
    let omits = fields.optional("omits").and_then(|node| node.texts(diagnostics));
    for (name, place) in omits.into_iter().flatten() {
        match Fact::parse(&name) {
            Some(fact) => entry.omits.push(fact),
            None => {
                let help = format!("did you mean {}?", Fact::nearest(&name));
                diagnostics.error(place, "unknown-fact", format!("there is no fact {name}"), help);
            }
        }
    }
    fields.finish(diagnostics);
}
