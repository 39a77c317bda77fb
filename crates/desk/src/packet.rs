//! What a person finds with a ticket: everything at a glance, made by rule from what is
//! stored.

use std::collections::BTreeSet;
use std::fmt::Write;

use jiff::Timestamp;

use crate::book::{Playbook, Rung};
use crate::conversation::Conversation;
use crate::ledger::Mark;
use crate::message::{Author, Message};
use crate::policy::Policy;
use crate::ticket::{FollowUp, Ticket};

#[cfg(test)]
mod tests;

/// What a packet is made of.
#[derive(Clone, Copy)]
#[expect(missing_debug_implementations, reason = "it borrows functions")]
pub struct Material<'a> {
    /// The conversation.
    pub conversation: &'a Conversation,
    /// Its ticket, open or resolved.
    pub ticket: &'a Ticket,
    /// Its messages, in order.
    pub messages: &'a [Message],
    /// The customer's other tickets, the latest first.
    pub earlier: &'a [Ticket],
    /// What the shop decided.
    pub policy: &'a Policy,
    /// How an intent is called in the language of whoever reads the packet.
    pub name: &'a dyn Fn(&str) -> String,
    /// What would be answered to an intent, in the customer's language.
    pub suggest: &'a dyn Fn(&str) -> Option<String>,
}

/// Everything about a matter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Packet {
    /// Which ticket.
    pub ticket: Ticket,
    /// What there is to know first, a line each: what it is about, and the line.
    pub summary: Vec<(&'static str, String)>,
    /// What the customer wants, with the customer's own words.
    pub intents: Vec<Glossed>,
    /// What was named, each once: kind and value.
    pub entities: Vec<(String, String)>,
    /// The mood of each message of the customer that showed one.
    pub moods: Vec<Mood>,
    /// What made the matter graver.
    pub ledger: Vec<Mark>,
    /// The sum of it, in a line.
    pub arithmetic: String,
    /// Earlier matters of the customer, in a line each.
    pub earlier: Vec<String>,
    /// The dispute, where it is one.
    pub dispute: Option<Dispute>,
    /// What may be answered: the intent, and the text in the customer's language.
    pub suggestions: Vec<(String, String)>,
    /// What was said.
    pub transcript: Vec<Message>,
}

/// An intent in the reader's language, with the customer's words for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Glossed {
    /// Its id.
    pub id: String,
    /// Its name in the reader's language.
    pub name: String,
    /// In which message.
    pub seq: u64,
    /// In thousandths.
    pub confidence: u16,
    /// The customer's words.
    pub words: Vec<String>,
}

/// The mood of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mood {
    /// Which message.
    pub seq: u64,
    /// Its label.
    pub label: String,
    /// The level of anger.
    pub anger: u8,
    /// What spoke for it.
    pub reasons: Vec<String>,
}

/// A dispute where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dispute {
    /// Its playbook.
    pub playbook: String,
    /// The stage.
    pub stage: String,
    /// What is done in it.
    pub what: String,
    /// Where it may go from here.
    pub next: Vec<String>,
    /// What is asked for and kept.
    pub evidence: Vec<String>,
    /// What the customer may choose from.
    pub options: Vec<String>,
    /// What the customer chose.
    pub choice: Option<String>,
    /// What may be offered on top, the least first; nothing above its bound is here.
    pub offers: Vec<Rung>,
}

/// Makes the packet of a ticket.
#[must_use]
pub fn packet(material: &Material<'_>) -> Packet {
    let Material { conversation, ticket, messages, earlier, policy, name, suggest } = *material;
    let said: Vec<&Message> =
        messages.iter().filter(|message| message.author == Author::Customer).collect();
    let mut intents: Vec<Glossed> = Vec::new();
    let mut entities = Vec::new();
    let mut moods = Vec::new();
    for message in &said {
        let Some(notes) = &message.notes else { continue };
        for noted in &notes.intents {
            let word = |&(from, to): &(usize, usize)| message.text.get(from..to).map(str::to_owned);
            intents.push(Glossed {
                id: noted.id.clone(),
                name: name(&noted.id),
                seq: message.seq,
                confidence: noted.confidence,
                words: noted.spans.iter().filter_map(word).collect(),
            });
        }
        for entity in &notes.entities {
            if !entities.contains(entity) {
                entities.push(entity.clone());
            }
        }
        if notes.anger > 0 || notes.mood != "neutral" {
            moods.push(Mood {
                seq: message.seq,
                label: notes.mood.clone(),
                anger: notes.anger,
                reasons: notes.reasons.clone(),
            });
        }
    }
    let ledger = conversation.memory.ledger.clone();
    let arithmetic = policy.book.weights.arithmetic(&ledger);
    let mut wanted: Vec<String> = ticket.intents.iter().map(ToString::to_string).collect();
    wanted.retain(|id| id != "none");
    let suggestions = wanted.iter().filter_map(|id| Some((id.clone(), suggest(id)?))).collect();
    Packet {
        ticket: ticket.clone(),
        summary: summary(material, &said, &wanted),
        intents,
        entities,
        moods,
        ledger,
        arithmetic,
        earlier: (earlier.iter().filter(|other| other.id != ticket.id))
            .map(|other| before(other, name))
            .collect(),
        dispute: dispute(ticket, policy),
        suggestions,
        transcript: messages.to_vec(),
    }
}

fn summary(
    material: &Material<'_>,
    said: &[&Message],
    wanted: &[String],
) -> Vec<(&'static str, String)> {
    let Material { conversation, ticket, messages, name, .. } = *material;
    let memory = &conversation.memory;
    let mut lines = Vec::new();
    let mut who = conversation.contact.clone().unwrap_or_else(|| "unknown customer".to_owned());
    if memory.vip {
        who.push_str(", VIP");
    }
    if memory.order_value_cents > 0 {
        let (whole, rest) = (memory.order_value_cents / 100, memory.order_value_cents % 100);
        let _ = write!(who, ", orders worth {whole}.{rest:02}");
    }
    if let Some(country) = &memory.country {
        let _ = write!(who, ", {country}");
    }
    if let Some(language) = ticket.language.as_ref().or(memory.language.as_ref()) {
        let _ = write!(who, ", writes {language}");
    }
    lines.push(("who", who));
    let names: Vec<String> = wanted.iter().map(|id| name(id)).collect();
    lines.push((
        "what",
        if names.is_empty() { "not understood".to_owned() } else { names.join("; ") },
    ));
    lines.push(("why here", ticket.why.clone()));
    lines.push(("order", ticket.order.clone().unwrap_or_else(|| "not named".to_owned())));
    let since = said.first().map_or(conversation.started_at, |message| message.at);
    let count = said.len();
    lines.push(("since", format!("{} ({count} messages of the customer)", minute(since))));
    let asked: Vec<String> = memory
        .collected
        .iter()
        .map(|collected| format!("{} (message {})", collected.need.as_str(), collected.seq))
        .collect();
    if !asked.is_empty() {
        lines.push(("asked", asked.join("; ")));
    }
    let mut told = BTreeSet::new();
    let bot = messages.iter().filter(|message| message.author == Author::Bot);
    let answers = bot.flat_map(|message| &message.answers).filter(|id| told.insert(*id));
    let answers: Vec<String> = answers.map(|id| name(id)).collect();
    if !answers.is_empty() {
        lines.push(("told by the bot", answers.join("; ")));
    }
    match ticket.follow_up {
        FollowUp::Asked(survey, at) => {
            lines.push(("mark", format!("{}: asked {}, no answer", survey.title(), minute(at))));
        }
        FollowUp::Rated(rating) => lines.push(("mark", rating.to_string())),
        FollowUp::None | FollowUp::Due(_) => {}
    }
    for promise in &ticket.promises {
        let state = match promise.kept_at {
            Some(at) => format!("kept {}", minute(at)),
            None if promise.is_open() => "open".to_owned(),
            None => "BROKEN".to_owned(),
        };
        let (by, until) = (&promise.by, minute(promise.deadline.due_at));
        lines.push(("promised", format!("{} until {until}, by {by}: {state}", promise.text)));
    }
    lines
}

fn before(ticket: &Ticket, name: &dyn Fn(&str) -> String) -> String {
    let what: Vec<String> = ticket.intents.iter().map(|id| name(id.as_str())).collect();
    let mut line = format!(
        "{}: {} ({})",
        minute(ticket.opened_at),
        what.join("; "),
        ticket.outcome.map_or(ticket.state.as_str(), |outcome| outcome.as_str()),
    );
    if let Some(rating) = ticket.follow_up.rating() {
        let _ = write!(line, ", {rating}");
    }
    line
}

fn dispute(ticket: &Ticket, policy: &Policy) -> Option<Dispute> {
    let progress = ticket.playbook.as_ref()?;
    let playbook: &Playbook = policy.book.playbooks.get(&progress.playbook)?;
    let stage = playbook.stage(&progress.stage);
    Some(Dispute {
        playbook: playbook.id.clone(),
        stage: progress.stage.clone(),
        what: stage.map_or_else(String::new, |stage| stage.what.clone()),
        next: stage.map_or_else(Vec::new, |stage| stage.next.clone()),
        evidence: playbook.evidence.clone(),
        options: playbook.options.clone(),
        choice: progress.choice.clone(),
        offers: policy.book.offers(playbook, ticket.tier, ticket.severity),
    })
}

/// A moment as people read it, in UTC.
fn minute(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M").to_string()
}

impl Packet {
    /// The packet as plain text, in the reader's order: what to know first, then what to do,
    /// then what was said.
    #[must_use]
    pub fn text(&self) -> String {
        let ticket = &self.ticket;
        let mut out = String::new();
        // Writing to a string does not fail.
        let mut line = |text: String| {
            out.push_str(&text);
            out.push('\n');
        };
        let due = ticket.due_at().map_or_else(
            || "the customer is awaited".to_owned(),
            |due| format!("answer due {} UTC", minute(due)),
        );
        let (severity, tier) = (ticket.severity.as_str(), ticket.tier);
        line(format!("Ticket {} · {severity} · tier {tier} · {due}", ticket.id));
        for (key, text) in &self.summary {
            line(format!("{key:>16}: {text}"));
        }
        line(format!("{:>16}: {}", "gravity", self.arithmetic));
        if let Some(dispute) = &self.dispute {
            line(format!("\nDispute: {}, stage {}", dispute.playbook, dispute.stage));
            line(format!("  do: {}", dispute.what));
            line(format!("  then: {}", dispute.next.join(" or ")));
            line(format!("  keep: {}", dispute.evidence.join("; ")));
            line(format!("  to choose from: {}", dispute.options.join(", ")));
            if let Some(choice) = &dispute.choice {
                line(format!("  chosen: {choice}"));
            }
            let offers: Vec<String> = dispute
                .offers
                .iter()
                .map(|rung| format!("{} {} %", rung.offer, rung.percent))
                .collect();
            let offers = if offers.is_empty() { "nothing".to_owned() } else { offers.join(", ") };
            line(format!("  may be offered on top: {offers}"));
        }
        if !self.intents.is_empty() {
            line("\nWhat the customer said:".to_owned());
        }
        for intent in &self.intents {
            let words: Vec<String> = intent.words.iter().map(|word| format!("“{word}”")).collect();
            line(format!("  [{}] {}: {}", intent.seq, intent.name, words.join(" ")));
        }
        for (kind, value) in &self.entities {
            line(format!("  {kind}: {value}"));
        }
        for mood in &self.moods {
            let reasons = mood.reasons.join(", ");
            line(format!("  [{}] {}, anger {}: {reasons}", mood.seq, mood.label, mood.anger));
        }
        for earlier in &self.earlier {
            line(format!("  before: {earlier}"));
        }
        for (id, text) in &self.suggestions {
            line(format!("\nMay be answered to {id}:\n  {}", text.replace('\n', "\n  ")));
        }
        line("\nTranscript (UTC):".to_owned());
        for message in &self.transcript {
            let author = match &message.author {
                Author::Customer => "customer",
                Author::Bot => "bot",
                Author::Agent(agent) => agent.as_str(),
            };
            let text = message.text.replace('\n', "\n      ");
            line(format!("  [{}] {} {author}: {text}", message.seq, minute(message.at)));
        }
        out
    }
}
