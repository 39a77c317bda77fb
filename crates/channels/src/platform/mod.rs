//! Every platform. A new one is a folder here and its line in [`CHANNELS`].

pub(crate) mod chatwoot;
mod email;
mod hook;
mod kakao;
mod line;
mod messenger;
mod meta;
pub(crate) mod slack;
mod sunshine;
mod telegram;
#[cfg(test)]
pub(crate) mod tests;
mod viber;
mod wechat;
mod whatsapp;
mod zalo;

use crate::Channel;

/// The platforms on which customers write, by name.
pub static CHANNELS: &[&dyn Channel] = &[
    // One line a platform, in the order of names.
    &chatwoot::Chatwoot,
    &email::Email,
    &hook::Hook,
    &messenger::INSTAGRAM,
    &kakao::Kakao,
    &line::Line,
    &messenger::MESSENGER,
    &slack::Slack,
    &sunshine::Sunshine,
    &telegram::Telegram,
    &viber::Viber,
    &wechat::WeChat,
    &whatsapp::WhatsApp,
    &zalo::Zalo,
];

/// The platform with this name.
#[must_use]
pub fn channel(name: &str) -> Option<&'static dyn Channel> {
    CHANNELS.iter().copied().find(|channel| channel.spec().name == name)
}
