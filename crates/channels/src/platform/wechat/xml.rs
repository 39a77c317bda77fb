//! WeChat's XML: one level of named texts, and nothing that XML can do besides.

use std::collections::BTreeMap;

use quick_xml::Reader;
use quick_xml::events::Event;

/// Why a body is no message.
#[derive(Debug)]
pub(super) struct BadXml(pub(super) &'static str);

/// The texts below the root, by name; what is nested deeper is passed over. Documents with
/// a DTD are refused, and only XML's own entities are known: nothing expands.
pub(super) fn read(bytes: &[u8]) -> Result<BTreeMap<String, String>, BadXml> {
    let text = std::str::from_utf8(bytes).map_err(|_| BadXml("not UTF-8"))?;
    let mut reader = Reader::from_str(text);
    let mut fields = BTreeMap::new();
    let mut path: Vec<String> = Vec::new();
    let mut value = String::new();
    loop {
        match reader.read_event().map_err(|_| BadXml("not well-formed"))? {
            Event::Start(tag) => {
                path.push(tag.name().as_ref().to_owned());
                value.clear();
            }
            Event::End(_) => {
                let name = path.pop();
                if let (1, Some(name)) = (path.len(), name) {
                    fields.insert(name, std::mem::take(&mut value));
                }
            }
            Event::Text(text) if path.len() == 2 => value.push_str(&text.xml10_content()),
            Event::CData(text) if path.len() == 2 => value.push_str(&text.xml10_content()),
            Event::GeneralRef(entity) if path.len() == 2 => {
                let named = match &*entity.xml10_content() {
                    "amp" => Some('&'),
                    "lt" => Some('<'),
                    "gt" => Some('>'),
                    "quot" => Some('"'),
                    "apos" => Some('\''),
                    _ => entity.resolve_char_ref().ok().flatten(),
                };
                value.push(named.ok_or(BadXml("an entity that XML does not know"))?);
            }
            Event::DocType(_) => return Err(BadXml("a DTD")),
            Event::Eof => break,
            _ => {}
        }
    }
    if !path.is_empty() {
        return Err(BadXml("it ends too early"));
    }
    if fields.is_empty() { Err(BadXml("no fields")) } else { Ok(fields) }
}

/// One named text.
pub(super) fn field(name: &str, text: &str) -> String {
    format!("<{name}>{}</{name}>", quick_xml::escape::escape(text))
}
