//! The console from outside, without a browser: pages, permissions, tokens, conflicts.

mod pages;
mod support;
mod work;
