//! What is in force and whence: flags over environment over `switchboard.toml` over
//! defaults. [`SETTINGS`] is the one list; flags, variables, file keys, the help text and
//! `switchboard config` are made from it.

mod inbox;
mod layers;
mod list;
mod outlet;
mod platform;
mod settings;
#[cfg(test)]
mod tests;

pub use inbox::{Colour, Inbox, OriginRule, Side, Widget};
pub use layers::{ConfigError, Given, GivenData, GivenShop, Origin, Resolved, unsecret};
pub use list::{SETTINGS, Setting};
pub(crate) use outlet::WEBHOOK;
pub use outlet::{Outlet, OutletKind};
pub use platform::Platform;
pub use settings::{LogFormat, RasaAccess, Rate, Secret, Settings};
