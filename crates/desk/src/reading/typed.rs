//! What customers type who do not press a button.

use crate::conversation::Conversation;
use crate::payload::Payload;
use crate::survey;

/// Where buttons cannot be pressed, people type what they say.
pub(super) fn label(text: &str, conversation: &Conversation) -> Option<Payload> {
    let offered = &conversation.memory.offered;
    if offered.is_empty() {
        return None;
    }
    let typed = text.trim().to_lowercase();
    let offer = offered.iter().find(|offer| offer.title.trim().to_lowercase() == typed)?;
    Payload::parse(&offer.payload)
}

/// Who types the number instead of pressing it gives the mark, while the question for it is
/// the last thing that was said.
pub(super) fn mark(text: &str, conversation: &Conversation) -> Option<Payload> {
    let asked = conversation.past.as_ref()?.follow_up.survey()?;
    let offer = Payload::parse(&conversation.memory.offered.first()?.payload)?;
    let last = matches!(offer, Payload::Mark(rating) if rating.survey() == asked);
    survey::typed(text, asked).filter(|_| last).map(Payload::Mark)
}
