//! Help desks that conversations are handed over to. A new one is a folder here and its line
//! in [`HELP_DESKS`].

mod chatwoot;
mod freshdesk;
mod slack;
#[cfg(test)]
mod tests;
mod zendesk;

use serde_json::Value;

use crate::json;
use crate::shape::{HelpDesk, Outcome, Piece, Response};

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

/// What came of a request to an API that says so by status, and names what it made.
fn read(response: &Response<'_>, ids: &[&str], messages: &[&str]) -> Outcome {
    let body: Value = serde_json::from_slice(response.body).unwrap_or_default();
    match response.status {
        200..=299 => Outcome::Sent { id: ids.iter().find_map(|path| json::id(&body, path)) },
        status => {
            let message = messages.iter().find_map(|path| json::owned(&body, path));
            response.by_status(status.to_string(), message.unwrap_or_default())
        }
    }
}
