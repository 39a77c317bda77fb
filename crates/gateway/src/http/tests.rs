//! The service from outside, without sockets.

mod classify;
mod conversations;
mod face;
mod requests;
mod support;
mod tickets;
mod turns;
