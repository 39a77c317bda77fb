//! Help desks that conversations are handed over to. A new one is a folder here and its line
//! in [`HELP_DESKS`].

mod chatwoot;
mod freshdesk;
mod slack;
#[cfg(test)]
mod tests;
mod zendesk;

use serde_json::Value;

use crate::shape::{HelpDesk, Piece};

/// The help desks, by name.
pub static HELP_DESKS: &[&dyn HelpDesk] =
    &[&chatwoot::Desk, &freshdesk::Freshdesk, &slack::Desk, &zendesk::Zendesk];

/// The help desk with this name.
#[must_use]
pub fn help_desk(name: &str) -> Option<&'static dyn HelpDesk> {
    HELP_DESKS.iter().copied().find(|desk| desk.spec().name == name)
}

/// A piece that people of the shop see, not the customer.
fn piece(op: &str, body: Value, shown: impl Into<String>) -> Piece {
    Piece { op: op.to_owned(), body, shown: shown.into(), numbered: Vec::new() }
}
