//! The service from outside, without sockets.

mod access;
mod classify;
mod conversations;
mod desk;
mod face;
mod requests;
mod support;
mod tickets;
mod turns;
