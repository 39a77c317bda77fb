//! Answers as callers see them.

mod bundled;
mod loading;
mod properties;
mod rendering;
pub(crate) mod support;
