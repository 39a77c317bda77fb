//! The packet of a ticket, from what is stored.

use desk::{Conversation, Material, Message, Packet, Ticket, TicketId};
use faq::{Composition, Context, Part, Rendered};
use store::Store;

use crate::app::App;
use crate::http::{Answer, Code, Problem};
use crate::packs::Knowledge;

/// Messages read at once.
const PAGE: usize = 500;
/// Messages of a packet at most: more than anybody reads.
const MOST: usize = 5000;

/// Every message of a conversation.
pub(crate) async fn messages(app: &App, id: &desk::ConversationId) -> Answer<Vec<Message>> {
    let mut all: Vec<Message> = Vec::new();
    loop {
        let after = all.last().map_or(0, |message| message.seq);
        let page = app.store.messages(id, after, PAGE).await?;
        let last = page.len() < PAGE;
        all.extend(page);
        if last || all.len() >= MOST {
            return Ok(all);
        }
    }
}

/// A packet, and what it was made from.
#[derive(Debug)]
pub(crate) struct Whole {
    pub(crate) packet: Packet,
    pub(crate) conversation: Conversation,
    pub(crate) messages: Vec<Message>,
}

/// Makes the packet of a ticket for somebody who reads `reader`.
///
/// # Errors
/// [`Code::TicketNotFound`].
pub async fn packet(app: &App, id: &TicketId, reader: &str) -> Answer<Packet> {
    whole_packet(app, id, reader).await.map(|whole| whole.packet)
}

/// The same, with what was read for it.
pub(crate) async fn whole_packet(app: &App, id: &TicketId, reader: &str) -> Answer<Whole> {
    let ticket = app.store.ticket(id).await?.ok_or(Code::TicketNotFound)?;
    let stored = app.store.conversation(&ticket.conversation).await?;
    let conversation =
        stored.ok_or_else(|| Problem::internal("a ticket's conversation is not there"))?;
    let conversation = conversation.conversation;
    let messages = messages(app, &ticket.conversation).await?;
    let earlier = match &conversation.contact {
        Some(contact) => app.store.tickets_of(contact).await?,
        None => Vec::new(),
    };
    let knowledge = app.knowledge();
    let now = app.clock.now();
    let language = ticket.language.as_deref().unwrap_or("en");
    let suggest = |id: &str| answer(&knowledge, &ticket, id, language, now).map(|said| said.text);
    let packet = desk::packet(&Material {
        conversation: &conversation,
        ticket: &ticket,
        messages: &messages,
        earlier: &earlier,
        policy: &knowledge.policy,
        name: &|id| name(&knowledge, id, reader),
        suggest: &suggest,
    });
    Ok(Whole { packet, conversation, messages })
}

/// An intent by its title in the reader's language, else by what it means.
pub(crate) fn name(knowledge: &Knowledge, id: &str, reader: &str) -> String {
    if let Some(title) = knowledge.answers.title(id, reader) {
        return title.to_owned();
    }
    let spec = knowledge.analyzer.intents().iter().find(|spec| spec.id.as_str() == id);
    spec.map_or_else(|| id.to_owned(), |spec| spec.means.clone())
}

/// An answer by its id as the customer of a ticket would read it in this language; none
/// where there is no such answer.
pub(crate) fn answer(
    knowledge: &Knowledge,
    ticket: &Ticket,
    id: &str,
    language: &str,
    now: jiff::Timestamp,
) -> Option<Rendered> {
    let composition =
        Composition { parts: vec![Part::Answer(id.to_owned())], ..Composition::default() };
    let context = Context { order: ticket.order.clone(), ..Context::at(now) };
    let said = knowledge.answers.render(&composition, &context, language);
    (!said.answers.is_empty()).then_some(said)
}
