//! YAML as a small tree with lines: as much of it as training data needs. Anchors are
//! refused, since a few of them can stand for more text than there is memory.

use saphyr_parser::{Event, Parser, Span};

/// A value and where it begins.
#[derive(Debug)]
pub(super) struct Node {
    /// From 1. Of a block of text the line after its `|`.
    pub(super) line: usize,
    pub(super) value: Value,
}

#[derive(Debug)]
pub(super) enum Value {
    Text(String),
    List(Vec<Node>),
    Map(Vec<(String, Node)>),
}

/// Why it cannot be read, and on which line.
#[derive(Debug)]
pub(super) struct YamlError {
    pub(super) line: usize,
    pub(super) message: String,
}

const MAX_DEPTH: usize = 32;

impl Node {
    /// The value under a key; nothing of anything but a map.
    pub(super) fn get(&self, key: &str) -> Option<&Self> {
        let Value::Map(entries) = &self.value else { return None };
        entries.iter().find(|(name, _)| name == key).map(|(_, node)| node)
    }

    pub(super) fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    pub(super) fn list(&self) -> Option<&[Self]> {
        match &self.value {
            Value::List(items) => Some(items),
            _ => None,
        }
    }

    /// The keys of a map.
    pub(super) fn keys(&self) -> Vec<&str> {
        match &self.value {
            Value::Map(entries) => entries.iter().map(|(name, _)| name.as_str()).collect(),
            _ => Vec::new(),
        }
    }
}

/// Reads the first document.
pub(super) fn parse(text: &str) -> Result<Node, YamlError> {
    let mut reader = Reader { parser: Parser::new_from_str(text), depth: 0 };
    loop {
        let (event, span) = reader.next()?;
        match event {
            Event::Nothing | Event::StreamStart | Event::DocumentStart(_) => {}
            Event::StreamEnd | Event::DocumentEnd => {
                return Ok(Node { line: 1, value: Value::Map(Vec::new()) });
            }
            other => return reader.node(other, span),
        }
    }
}

struct Reader<'t> {
    parser: Parser<'t, saphyr_parser::StrInput<'t>>,
    depth: usize,
}

impl<'t> Reader<'t> {
    fn next(&mut self) -> Result<(Event<'t>, Span), YamlError> {
        match self.parser.next() {
            Some(Ok(event)) => Ok(event),
            Some(Err(error)) => {
                Err(YamlError { line: error.marker().line(), message: error.info().to_owned() })
            }
            None => Err(YamlError { line: 0, message: "it ends too early".to_owned() }),
        }
    }

    fn node(&mut self, event: Event<'t>, span: Span) -> Result<Node, YamlError> {
        let line = span.start.line();
        let refuse = |message: &str| Err(YamlError { line, message: message.to_owned() });
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return refuse("it is nested too deep");
        }
        let value = match event {
            Event::Scalar(text, ..) => Value::Text(text.into_owned()),
            Event::SequenceStart(..) => {
                let mut items = Vec::new();
                loop {
                    match self.next()? {
                        (Event::SequenceEnd, _) => break Value::List(items),
                        (event, span) => items.push(self.node(event, span)?),
                    }
                }
            }
            Event::MappingStart(..) => {
                let mut entries = Vec::new();
                loop {
                    let (event, span) = self.next()?;
                    if matches!(event, Event::MappingEnd) {
                        break Value::Map(entries);
                    }
                    let key = self.node(event, span)?;
                    let Value::Text(name) = key.value else {
                        return refuse("a key that is no word");
                    };
                    let (event, span) = self.next()?;
                    entries.push((name, self.node(event, span)?));
                }
            }
            Event::Alias(_) => return refuse("an alias (*name); write the value out"),
            _ => return refuse("it ends too early"),
        };
        self.depth -= 1;
        Ok(Node { line, value })
    }
}
