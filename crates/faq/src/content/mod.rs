//! The sentences: answers and texts, their variants, and what these may name.

mod condition;
mod document;
mod fact;
mod template;
#[cfg(test)]
mod tests;

pub(crate) use condition::Condition;
pub(crate) use document::{Entry, Variant, read};
pub(crate) use fact::{Fact, Known};
pub(crate) use template::{Piece, Template, unspaced};
