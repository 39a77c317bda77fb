//! Short texts with named slots: `{amount} {symbol}`.

use crate::load::{Diagnostics, Node};

/// A text with slots, each known to be one that is filled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Pattern(String);

impl Pattern {
    /// A pattern of this crate's own.
    pub(crate) fn fixed(text: &'static str) -> Self {
        Self(text.to_owned())
    }

    /// Reads a pattern that has to hold every slot of `required` and may hold those of
    /// `optional`.
    pub(crate) fn read(
        node: &Node,
        required: &[&'static str],
        optional: &[&'static str],
        diagnostics: &mut Diagnostics<'_>,
    ) -> Option<Self> {
        let text = node.text(diagnostics)?;
        let mut rest = text.clone();
        for slot in required.iter().chain(optional) {
            let mark = format!("{{{slot}}}");
            if required.contains(slot) && !rest.contains(&mark) {
                let message = format!("{mark} is missing here");
                diagnostics.error(
                    node.place,
                    "bad-value",
                    message,
                    format!("say where it stands: \"… {mark} …\""),
                );
                return None;
            }
            rest = rest.replace(&mark, "");
        }
        if rest.contains(['{', '}']) {
            let known: Vec<_> =
                required.iter().chain(optional).map(|slot| format!("{{{slot}}}")).collect();
            let help = format!("the braces that mean something here: {}", known.join(" "));
            diagnostics.error(
                node.place,
                "bad-value",
                "this text holds braces that nothing fills",
                help,
            );
            return None;
        }
        Some(Self(text))
    }

    /// The text with its slots filled. What is filled in is never searched for slots.
    pub(crate) fn fill(&self, values: &[(&str, &str)]) -> String {
        let mut out = String::with_capacity(self.0.len() + 16);
        let mut rest = self.0.as_str();
        while let Some((before, after)) = rest.split_once('{') {
            out.push_str(before);
            let (slot, behind) = after.split_once('}').unwrap_or((after, ""));
            out.push_str(
                values.iter().find(|(name, _)| *name == slot).map_or("", |(_, value)| value),
            );
            rest = behind;
        }
        out.push_str(rest);
        out
    }
}
