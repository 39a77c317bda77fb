//! The service from outside, without sockets.

mod access;
mod channels;
mod classify;
mod conversations;
mod desk;
mod face;
pub(crate) mod platforms;
mod races;
mod requests;
mod story;
mod stub;
pub(crate) mod support;
mod tickets;
mod turns;
mod widget;
