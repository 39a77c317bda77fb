//! Reading sources: places, complaints, TOML values.

mod diagnostics;
mod node;

pub(crate) use diagnostics::{Diagnostics, Place};
pub(crate) use node::{Fields, Node, Value, parse_toml};
