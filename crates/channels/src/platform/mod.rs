//! Every platform. A new one is a folder here and its line in [`CHANNELS`].

mod chatwoot;
mod hook;
mod line;
mod meta;
mod telegram;
#[cfg(test)]
mod tests;
mod whatsapp;

use crate::Channel;

/// The platforms on which customers write, by name.
pub static CHANNELS: &[&dyn Channel] =
    &[&chatwoot::Chatwoot, &hook::Hook, &line::Line, &telegram::Telegram, &whatsapp::WhatsApp];

/// The platform with this name.
#[must_use]
pub fn channel(name: &str) -> Option<&'static dyn Channel> {
    CHANNELS.iter().copied().find(|channel| channel.spec().name == name)
}
