//! The console from outside, without a browser: pages, permissions, tokens, conflicts.

mod admin;
mod lead;
mod live;
mod pages;
mod practice;
mod support;
mod work;
