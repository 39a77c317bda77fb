//! What the widget is made of: one script, and its texts by locale.

#[cfg(test)]
mod tests;
mod texts;

use std::io::Write;
use std::sync::OnceLock;

use flate2::Compression;
use flate2::write::GzEncoder;

pub(crate) use texts::{Texts, direction, formats, texts};

/// The parts of the script, in their order. They share one scope.
const PARTS: &[&str] = &[
    include_str!("../assets/widget/base.js"),
    include_str!("../assets/widget/markdown.js"),
    include_str!("../assets/widget/net.js"),
    include_str!("../assets/widget/stream.js"),
    include_str!("../assets/widget/panel.js"),
    include_str!("../assets/widget/messages.js"),
    include_str!("../assets/widget/compose.js"),
    include_str!("../assets/widget/main.js"),
];
const STYLE: &str = include_str!("../assets/widget/widget.css");
const LICENCE: &str = "/*! Switchboard widget, MIT OR Apache-2.0 */\n";

/// Something that browsers load: plain and smaller, each with its tag.
#[derive(Debug)]
pub(crate) struct Asset {
    pub(crate) text: String,
    pub(crate) tag: String,
    pub(crate) zipped: Vec<u8>,
    pub(crate) zipped_tag: String,
}

/// `/widget.js`: made once, when it is first asked for.
pub(crate) fn script() -> &'static Asset {
    static SCRIPT: OnceLock<Asset> = OnceLock::new();
    SCRIPT.get_or_init(|| {
        let text = joined();
        let tag = blake3::hash(text.as_bytes()).to_hex();
        let zipped = zip(text.as_bytes());
        Asset {
            tag: format!("\"{}\"", &tag[..16]),
            zipped_tag: format!("\"{}-gz\"", &tag[..16]),
            text,
            zipped,
        }
    })
}

/// The parts and the style in one function, without what is there for people alone.
fn joined() -> String {
    let mut script = format!("{LICENCE}(()=>{{\"use strict\";\nconst CSS=");
    script.push_str(&serde_json::to_string(&lines(STYLE)).unwrap_or_default());
    script.push_str(";\n");
    for part in PARTS {
        script.push_str(&lines(part));
    }
    script.push_str("})();\n");
    script
}

/// Lines without their indentation, and no comment that has a line of its own. No text of
/// the parts goes over several lines, which a test holds.
fn lines(text: &str) -> String {
    let lines = text.lines().map(str::trim);
    let lines = lines.filter(|line| !line.is_empty() && !line.starts_with("//"));
    lines.flat_map(|line| [line, "\n"]).collect()
}

fn zip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    // Memory takes everything.
    let _ = encoder.write_all(bytes);
    encoder.finish().unwrap_or_default()
}
