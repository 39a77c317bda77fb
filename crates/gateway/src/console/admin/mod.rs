//! What admins see: people, tokens, the trail, packs, channels.

mod channels;
mod packs;
mod people;
mod tokens;
mod trail;

use axum::Router;
use axum::middleware::from_fn;
use axum::routing::{get, post};
use maud::Markup;

use super::gate::{self, Who};
use super::shell;
use crate::http::Shared;

/// The pages for admins.
pub(super) fn router() -> Router<Shared> {
    Router::new()
        .route("/console/admin", get(people::page).post(people::add))
        .route("/console/admin/people/{id}", post(people::change))
        .route("/console/admin/tokens", get(tokens::page).post(tokens::add))
        .route("/console/admin/tokens/{id}/revoke", post(tokens::revoke))
        .route("/console/admin/trail", get(trail::page))
        .route("/console/admin/packs", get(packs::page))
        .route("/console/admin/packs/{verb}", post(packs::act))
        .route("/console/admin/channels", get(channels::page))
        .route("/console/admin/outbox/{id}/replay", post(channels::replay))
        .layer(from_fn(gate::admins))
}

const PAGES: [(&str, &str); 5] = [
    ("/console/admin", "People"),
    ("/console/admin/tokens", "Tokens"),
    ("/console/admin/trail", "Audit trail"),
    ("/console/admin/packs", "Packs"),
    ("/console/admin/channels", "Channels"),
];

/// A page with the admins' own tabs.
fn page(who: &Who, here: &str, title: &str, body: &Markup) -> axum::response::Response {
    shell::tabbed(who, &PAGES, "Administration", here, title, body)
}
