//! Units in which platforms state their limits.

use unicode_segmentation::UnicodeSegmentation;

/// What a limit on text is counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Unicode code points.
    CodePoints,
    /// UTF-16 code units: an emoji counts two.
    Utf16,
    /// Bytes in UTF-8.
    Bytes,
    /// What people take for one character.
    Graphemes,
}

impl Unit {
    /// How much a text counts.
    #[must_use]
    pub fn len(self, text: &str) -> usize {
        match self {
            Self::CodePoints => text.chars().count(),
            Self::Utf16 => text.encode_utf16().count(),
            Self::Bytes => text.len(),
            Self::Graphemes => text.graphemes(true).count(),
        }
    }
}
