//! The console from outside, without a browser: pages, permissions, tokens, conflicts.

mod live;
mod pages;
mod support;
mod work;
