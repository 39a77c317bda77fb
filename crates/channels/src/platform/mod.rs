//! Every platform. A new one is a folder here and its line in [`CHANNELS`].

pub(crate) mod chatwoot;
mod hook;
mod line;
mod meta;
pub(crate) mod slack;
mod telegram;
#[cfg(test)]
pub(crate) mod tests;
mod whatsapp;

use crate::Channel;

/// The platforms on which customers write, by name.
pub static CHANNELS: &[&dyn Channel] = &[
    // One line a platform, in the order of names.
    &chatwoot::Chatwoot,
    &hook::Hook,
    &line::Line,
    &slack::Slack,
    &telegram::Telegram,
    &whatsapp::WhatsApp,
];

/// The platform with this name.
#[must_use]
pub fn channel(name: &str) -> Option<&'static dyn Channel> {
    CHANNELS.iter().copied().find(|channel| channel.spec().name == name)
}
