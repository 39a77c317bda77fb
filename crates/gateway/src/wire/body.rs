//! What `/v1/classify` takes, and the bounds on text.

use serde::{Deserialize, Serialize};
use unicode_segmentation::UnicodeSegmentation;
use utoipa::ToSchema;

use super::AnalysisBody;

/// The longest text, in characters as people see them (grapheme clusters).
pub const MAX_GRAPHEMES: usize = 4_000;

/// The most messages in a batch.
pub const MAX_BATCH: usize = 1_000;

/// What is wrong with a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextFault {
    /// More than [`MAX_GRAPHEMES`].
    TooLong,
}

/// Checks the length of a text.
///
/// # Errors
/// [`TextFault::TooLong`].
pub fn checked_text(text: &str) -> Result<&str, TextFault> {
    // A grapheme has at least one byte, so most texts need no counting.
    if text.len() > MAX_GRAPHEMES && text.graphemes(true).nth(MAX_GRAPHEMES).is_some() {
        return Err(TextFault::TooLong);
    }
    Ok(text)
}

/// A BCP 47 locale as browsers and channels send it. It weighs and never decides.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Deserialize, ToSchema)]
#[serde(try_from = "String")]
#[schema(value_type = String, example = "es-MX")]
pub struct Locale(String);

impl Locale {
    /// The tag, with `-` between its parts.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Locale {
    type Error = String;

    fn try_from(tag: String) -> Result<Self, String> {
        let parts: Vec<&str> = tag.split(['-', '_']).collect();
        let fits = |part: &&str| {
            (1..=8).contains(&part.len())
                && part.is_ascii()
                && part.bytes().all(|b| b.is_ascii_alphanumeric())
        };
        if tag.len() <= 35 && parts.iter().all(fits) && parts.first().is_some_and(|p| p.len() > 1) {
            Ok(Self(parts.join("-")))
        } else {
            Err("not a locale such as es, pt-BR or zh-Hant".to_owned())
        }
    }
}

/// One message, or many as `messages`.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ClassifyRequest {
    /// The message.
    #[serde(default)]
    pub text: Option<String>,
    /// What page, browser or channel say of the language.
    #[serde(default)]
    pub locale: Option<Locale>,
    /// Many messages instead, at most 1,000.
    #[serde(default)]
    pub messages: Option<Vec<ClassifyItem>>,
}

/// A message of a batch.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ClassifyItem {
    /// The message.
    pub text: String,
    /// What page, browser or channel say of the language.
    #[serde(default)]
    pub locale: Option<Locale>,
}

/// The analyses of a batch, in its order.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ClassifyResults<'a> {
    /// One a message.
    pub results: Vec<AnalysisBody<'a>>,
}

/// An analysis, or those of a batch.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(untagged)]
pub enum ClassifyAnswer<'a> {
    /// Of one message.
    One(AnalysisBody<'a>),
    /// Of a batch.
    Batch(ClassifyResults<'a>),
}
