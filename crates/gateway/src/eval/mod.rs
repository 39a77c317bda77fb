//! How good the packs are: labelled messages in, figures out.
//!
//! A message counts as right when the top intent is its label or one labelled beside it.
//! The analyzer sees the text alone, never the label of the language.

mod difference;
mod figures;
mod html;
mod labelled;
mod outcome;
mod report;
#[cfg(test)]
pub(crate) mod tests;

pub use difference::{Change, Difference, Verdict};
pub use figures::{Bin, IntentFigures, MEASURES, Measure, Point, Share, Tally};
pub use html::page;
pub use labelled::{BadLine, Labelled, read};
pub use outcome::{Outcome, Reason, judge};
pub use report::{
    BinBody, ConfusionBody, FORMAT, IntentBody, LanguageBody, MessageBody, PointBody, Report,
    Unbarred,
};
