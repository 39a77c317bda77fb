//! A message of a conversation as a platform is sent it.

use channels::{Button, Piece, Reply, Standing, Unsendable, Window};
use desk::{Author, Message, Offer};
use jiff::Timestamp;
use store::OutboxRow;

use crate::config::Platform;

fn buttons(offers: &[Offer]) -> Vec<Button> {
    let button =
        |offer: &Offer| Button { title: offer.title.clone(), payload: offer.payload.clone() };
    offers.iter().map(button).collect()
}

/// What a message says.
pub(super) fn reply(message: &Message) -> Reply {
    Reply {
        text: message.text.clone(),
        buttons: buttons(&message.buttons),
        language: message.language.clone().unwrap_or_default(),
        list_label: None,
        by_person: matches!(message.author, Author::Agent(_)),
        subject: None,
    }
}

/// The parts of a message that leave as exactly this text.
pub(super) fn parts_saying(inbox: &Platform, message: &Message, text: &str) -> Vec<u32> {
    let pieces = inbox.channel.render(&inbox.settings, &reply(message), Window::Open);
    let pieces = pieces.unwrap_or_default();
    let said = (0..).zip(&pieces).filter(|(_, piece)| piece.shown.trim() == text.trim());
    said.map(|(part, _)| part).collect()
}

/// What a message leaves as. The same at every try: what was sent of it already does not
/// count against its own window.
pub(super) fn pieces(
    inbox: &Platform,
    row: &OutboxRow,
    message: &Message,
    closed: bool,
    now: Timestamp,
) -> Result<Vec<Piece>, Unsendable> {
    let standing = Standing {
        heard: row.address.as_ref().map(|address| address.last_inbound_at),
        sent: row.sent_since.saturating_sub(row.parts),
    };
    let window =
        if closed { Window::Closed } else { inbox.channel.spec().window.at(standing, now) };
    inbox.channel.render(&inbox.settings, &reply(message), window)
}

/// The options that were numbered in the text, where the platform showed no buttons for
/// what the bot offered last.
pub(super) fn numbered(inbox: &Platform, offered: &[Offer]) -> Vec<Button> {
    if offered.is_empty() {
        return Vec::new();
    }
    let reply = Reply { buttons: buttons(offered), ..Reply::text("?") };
    let pieces = inbox.channel.render(&inbox.settings, &reply, Window::Open).unwrap_or_default();
    pieces.into_iter().next_back().map(|piece| piece.numbered).unwrap_or_default()
}
