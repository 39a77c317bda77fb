//! What goes over the wire: the shapes of the JSON contracts, and nothing else. The
//! crates below have types of their own that are not serialised.

mod analysis;
mod body;
mod channel;
mod conversation;
mod packet;
mod rasa;
mod surrogates;
mod ticket;
mod turn;

pub use analysis::{
    AnalysisBody, DeductionBody, EmotionBody, EmotionEvidenceBody, EntityBody, EvidenceBody,
    IntentBody, LanguageBody, SpanBody,
};
pub use body::{ClassifyAnswer, ClassifyItem, ClassifyRequest, ClassifyResults, Locale, TextFault};
pub use body::{MAX_BATCH, MAX_GRAPHEMES, checked_text};
pub use channel::{ChannelBody, OutboundBody};
pub use conversation::{
    AttachmentBody, AuthorBody, ConflictBody, ConversationBody, EventBody, MessageBody,
    MessagesBody, OwnerBody,
};
pub use packet::{
    DisputeBody, GlossedBody, MarkBody, MoodBody, NamedBody, OfferBody, PacketBody, SuggestionBody,
    SummaryLine,
};
pub use rasa::{
    RasaButton, RasaEntity, RasaIntent, RasaMessage, RasaParse, RasaParseRequest, RasaSend,
};
pub use surrogates::mend;
pub use ticket::{
    CauseBody, ProgressBody, PromiseBody, PromiseRequest, TicketAnswer, TicketBody, TicketBrief,
    TicketReplyRequest, TicketRequest, TicketsBody,
};
pub use turn::{
    ButtonBody, CustomerClaims, DecisionBody, IdentityBody, ReplyBody, TurnAnswer, TurnRequest,
};

/// A moment in UTC to the second, earlier rather than later.
pub(crate) fn seconds(at: jiff::Timestamp) -> String {
    jiff::Timestamp::from_second(at.as_second()).unwrap_or(at).to_string()
}
