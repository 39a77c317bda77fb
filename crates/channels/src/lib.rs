//! Messaging platforms and help desks: what they send us, and what they are to be sent.
//!
//! Inwards, [`Inlet::verify`] proves that a request is the platform's, over its raw bytes;
//! [`Inlet::parse`] makes [`Event`]s of what was proven, item by item. Outwards,
//! [`Channel::render`] makes [`Piece`]s of a [`Reply`] within the platform's limits,
//! [`Outlet::request`] describes the HTTP request (or the mail) that sends one, and
//! [`Outlet::read`] says what came of it. [`HelpDesk::open`] does for a hand-over what
//! `render` does for a reply.
//!
//! Nothing here opens a socket, reads a clock or makes an id: time and ids are arguments,
//! and the same arguments give the same bytes. Nothing here knows intents.
//!
//! The platforms are in the [`CHANNELS`]; docs/CHANNELS.md tells how to add one.

mod desk;
mod json;
mod platform;
mod proof;
mod shape;
#[cfg(test)]
mod template;
mod text;

pub mod standard;

pub use desk::{HELP_DESKS, help_desk};
pub use platform::{CHANNELS, channel};
pub use proof::Secret;
pub use shape::*;
pub use text::{Unit, pick, split};
