//! TOML values that know their place, and the reading of tables key by key.

use std::collections::{BTreeMap, BTreeSet};

use toml::de::{DeTable, DeValue};

use super::{Diagnostics, Place};

/// A value and where it stands.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    pub(crate) place: Place,
    pub(crate) value: Value,
}

/// A TOML value, reduced to what these files hold.
#[derive(Clone, Debug)]
pub(crate) enum Value {
    Text(String),
    Integer(i64),
    Flag(bool),
    List(Vec<Node>),
    /// Every key with the place of the key itself.
    Table(BTreeMap<String, (Place, Node)>),
    /// A kind of value that no key of these files takes, by its name.
    Other(&'static str),
}

impl Value {
    fn kind(&self) -> &'static str {
        match self {
            Self::Text(_) => "a string",
            Self::Integer(_) => "a whole number",
            Self::Flag(_) => "true or false",
            Self::List(_) => "a list",
            Self::Table(_) => "a table",
            Self::Other(kind) => kind,
        }
    }
}

/// Parses TOML that begins at `place` of its source. Syntax errors are noted; what could
/// be read is returned all the same.
pub(crate) fn parse_toml(text: &str, place: Place, diagnostics: &mut Diagnostics<'_>) -> Node {
    let (table, errors) = DeTable::parse_recoverable(text);
    for error in errors {
        let at = error.span().map_or(0, |span| span.start);
        let message = error.message().lines().next().unwrap_or("this is not TOML").to_owned();
        diagnostics.error(
            place.plus(at),
            "syntax",
            message,
            "write it as TOML 1.0: key = value, text in quotes",
        );
    }
    Node { place, value: Value::Table(entries(table.get_ref(), place)) }
}

fn entries(table: &DeTable<'_>, base: Place) -> BTreeMap<String, (Place, Node)> {
    table
        .iter()
        .map(|(key, value)| {
            let place = base.plus(value.span().start);
            (
                key.get_ref().to_string(),
                (base.plus(key.span().start), node(value.get_ref(), place, base)),
            )
        })
        .collect()
}

fn node(value: &DeValue<'_>, place: Place, base: Place) -> Node {
    let value = match value {
        DeValue::String(text) => Value::Text(text.to_string()),
        DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix())
            .map_or(Value::Other("a number too large"), Value::Integer),
        DeValue::Array(items) => Value::List(
            items
                .iter()
                .map(|item| node(item.get_ref(), base.plus(item.span().start), base))
                .collect(),
        ),
        DeValue::Table(table) => Value::Table(entries(table, base)),
        DeValue::Float(_) => Value::Other("a number with a point"),
        DeValue::Boolean(flag) => Value::Flag(*flag),
        DeValue::Datetime(_) => Value::Other("a date"),
    };
    Node { place, value }
}

impl Node {
    /// Lays `over` on top: tables key by key down to the values, anything else whole.
    pub(crate) fn overlay(&mut self, over: Self) {
        match (&mut self.value, over.value) {
            (Value::Table(mine), Value::Table(theirs)) => {
                for (key, (place, node)) in theirs {
                    match mine.get_mut(&key) {
                        Some((_, old)) => old.overlay(node),
                        None => {
                            mine.insert(key, (place, node));
                        }
                    }
                }
            }
            (value, theirs) => {
                *value = theirs;
                self.place = over.place;
            }
        }
    }

    pub(crate) fn text(&self, diagnostics: &mut Diagnostics<'_>) -> Option<String> {
        match &self.value {
            Value::Text(text) if !text.trim().is_empty() => Some(text.clone()),
            Value::Text(_) => {
                diagnostics.error(
                    self.place,
                    "bad-value",
                    "this text is empty",
                    "write it, or leave the key out",
                );
                None
            }
            _ => self.wrong(diagnostics, "a string"),
        }
    }

    /// Every text in it with its key, `countries.MX`, and its place.
    pub(crate) fn all_texts(&self) -> Vec<(String, String, Place)> {
        fn walk(key: &str, node: &Node, found: &mut Vec<(String, String, Place)>) {
            match &node.value {
                Value::Text(text) => found.push((key.to_owned(), text.clone(), node.place)),
                Value::Table(entries) => {
                    for (name, (_, node)) in entries {
                        let dot = if key.is_empty() { "" } else { "." };
                        walk(&format!("{key}{dot}{name}"), node, found);
                    }
                }
                _ => {}
            }
        }
        let mut found = Vec::new();
        walk("", self, &mut found);
        found
    }

    /// A whole number of `0..=max`.
    pub(crate) fn number(&self, max: u32, diagnostics: &mut Diagnostics<'_>) -> Option<u32> {
        let Value::Integer(number) = self.value else {
            return self.wrong(diagnostics, "a whole number");
        };
        let fits = u32::try_from(number).ok().filter(|number| *number <= max);
        if fits.is_none() {
            let message = format!("{number} is not a number from 0 to {max}");
            diagnostics.error(self.place, "bad-value", message, "correct the number");
        }
        fits
    }

    pub(crate) fn flag(&self, diagnostics: &mut Diagnostics<'_>) -> Option<bool> {
        match self.value {
            Value::Flag(flag) => Some(flag),
            _ => self.wrong(diagnostics, "true or false"),
        }
    }

    pub(crate) fn list(&self, diagnostics: &mut Diagnostics<'_>) -> Option<&[Self]> {
        match &self.value {
            Value::List(items) => Some(items),
            _ => self.wrong(diagnostics, "a list"),
        }
    }

    /// The strings of a list; those that are none are noted and left out.
    pub(crate) fn texts(&self, diagnostics: &mut Diagnostics<'_>) -> Option<Vec<(String, Place)>> {
        let items = self.list(diagnostics)?;
        Some(items.iter().filter_map(|item| Some((item.text(diagnostics)?, item.place))).collect())
    }

    /// The fields of a table.
    pub(crate) fn fields(&self, diagnostics: &mut Diagnostics<'_>) -> Option<Fields<'_>> {
        match &self.value {
            Value::Table(entries) => {
                Some(Fields { place: self.place, entries, asked: BTreeSet::new() })
            }
            _ => self.wrong(diagnostics, "a table"),
        }
    }

    fn wrong<T>(&self, diagnostics: &mut Diagnostics<'_>, wanted: &str) -> Option<T> {
        let message = format!("this is {}, and {wanted} is needed", self.value.kind());
        diagnostics.error(
            self.place,
            "wrong-type",
            message,
            format!("write {wanted}; docs/ANSWERS.md shows each key"),
        );
        None
    }
}

/// A table that is read key by key and complains of keys that nobody asked for.
#[derive(Debug)]
pub(crate) struct Fields<'n> {
    pub(crate) place: Place,
    pub(crate) entries: &'n BTreeMap<String, (Place, Node)>,
    asked: BTreeSet<&'static str>,
}

impl<'n> Fields<'n> {
    /// A key that may be left out.
    pub(crate) fn optional(&mut self, key: &'static str) -> Option<&'n Node> {
        self.asked.insert(key);
        self.entries.get(key).map(|(_, node)| node)
    }

    /// A key that has to be there.
    pub(crate) fn required(
        &mut self,
        key: &'static str,
        diagnostics: &mut Diagnostics<'_>,
    ) -> Option<&'n Node> {
        let found = self.optional(key);
        if found.is_none() {
            diagnostics.error(
                self.place,
                "missing-key",
                format!("the key {key} is missing"),
                format!("add {key} = …"),
            );
        }
        found
    }

    /// A text that has to be there.
    pub(crate) fn text(
        &mut self,
        key: &'static str,
        diagnostics: &mut Diagnostics<'_>,
    ) -> Option<String> {
        self.required(key, diagnostics)?.text(diagnostics)
    }

    /// A text that may be left out.
    pub(crate) fn optional_text(
        &mut self,
        key: &'static str,
        diagnostics: &mut Diagnostics<'_>,
    ) -> Option<String> {
        self.optional(key)?.text(diagnostics)
    }

    /// A table that has to be there.
    pub(crate) fn table(
        &mut self,
        key: &'static str,
        diagnostics: &mut Diagnostics<'_>,
    ) -> Option<Fields<'n>> {
        self.required(key, diagnostics)?.fields(diagnostics)
    }

    /// Notes every key that was not asked for.
    pub(crate) fn finish(self, diagnostics: &mut Diagnostics<'_>) {
        for (key, (place, _)) in
            self.entries.iter().filter(|(key, _)| !self.asked.contains(key.as_str()))
        {
            let known: Vec<_> = self.asked.iter().copied().collect();
            let help = format!("remove it, or use one of: {}", known.join(", "));
            diagnostics.error(*place, "unknown-key", format!("nothing reads the key {key}"), help);
        }
    }
}
