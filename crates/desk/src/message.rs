//! What was said, as it is kept.

use intent::Analysis;
use jiff::Timestamp;

use crate::ids::AgentId;

/// Who said it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Author {
    /// The customer.
    Customer,
    /// Switchboard.
    Bot,
    /// A person of the shop.
    Agent(AgentId),
}

/// One message of a conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Its place in the conversation, from 1, without holes.
    pub seq: u64,
    /// When it was taken in.
    pub at: Timestamp,
    /// Who said it.
    pub author: Author,
    /// The text; plain for the customer's and the bot's.
    pub text: String,
    /// The same in Markdown, where it was rendered so.
    pub markdown: Option<String>,
    /// BCP 47 tag of the text, where known.
    pub language: Option<String>,
    /// The buttons under it.
    pub buttons: Vec<Offer>,
    /// The answers it holds, by id.
    pub answers: Vec<String>,
    /// The files that came with it.
    pub attachments: Vec<Attachment>,
    /// How a customer's message was understood, and by which rule it was handled.
    pub notes: Option<Notes>,
    /// Ties the message to all before it: BLAKE3 over the hash of the one before and what
    /// this one says. None for messages of before there were hashes.
    pub hash: Option<[u8; 32]>,
}

/// A file that a customer sent; where it is kept is the affair of who took it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attachment {
    /// Its name among the files of the conversation.
    pub id: String,
    /// What the customer calls it.
    pub name: String,
    /// Its media type, by what it holds: `image/jpeg`.
    pub kind: String,
    /// Its length.
    pub bytes: u64,
    /// Its SHA-256, in hexadecimal.
    pub sha256: String,
}

/// How a message was understood, as it is kept for people and for disputes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notes {
    /// The rule that decided.
    pub rule: String,
    /// Why, in a sentence with the numbers.
    pub why: String,
    /// What the customer wants, the surest first; not what is denied.
    pub intents: Vec<NotedIntent>,
    /// What is named in it: kind, and value in its normal form.
    pub entities: Vec<(String, String)>,
    /// The mood, by its name on the wire.
    pub mood: String,
    /// The level of anger, 0 to 3.
    pub anger: u8,
    /// What spoke for the mood.
    pub reasons: Vec<String>,
}

impl Notes {
    /// Of a message that was not read for what it wants: who has the conversation is a
    /// person, or its words are gone.
    #[must_use]
    pub fn unread(rule: &str, why: &str) -> Self {
        Self {
            rule: rule.to_owned(),
            why: why.to_owned(),
            intents: Vec::new(),
            entities: Vec::new(),
            mood: "neutral".to_owned(),
            anger: 0,
            reasons: Vec::new(),
        }
    }
}

/// An intent with the customer's own words for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotedIntent {
    /// Which.
    pub id: String,
    /// In thousandths.
    pub confidence: u16,
    /// Where the words stand, in bytes of the text.
    pub spans: Vec<(usize, usize)>,
}

impl Notes {
    /// What is kept of an analysis.
    pub(crate) fn of(analysis: &Analysis, rule: &str, why: &str) -> Self {
        let intents = analysis.wishes().filter(|found| found.id.as_str() != "none");
        Self {
            rule: rule.to_owned(),
            why: why.to_owned(),
            intents: intents
                .map(|found| NotedIntent {
                    id: found.id.to_string(),
                    confidence: found.confidence.permille(),
                    spans: found.spans.iter().map(|span| (span.start, span.end)).collect(),
                })
                .collect(),
            entities: (analysis.entities.iter())
                .map(|entity| (entity.kind.as_str().to_owned(), entity.value.clone()))
                .collect(),
            mood: analysis.emotion.label.as_str().to_owned(),
            anger: analysis.emotion.level,
            reasons: (analysis.emotion.evidence.iter())
                .map(|evidence| format!("{} {:+}", evidence.rule, evidence.points))
                .collect(),
        }
    }
}

impl Message {
    /// The hash that ties this message to those before it.
    #[must_use]
    pub fn chained(&self, before: Option<[u8; 32]>) -> [u8; 32] {
        let mut hasher = blake3::Hasher::new();
        hasher.update(&before.unwrap_or_default());
        let (author, agent) = match &self.author {
            Author::Customer => ("customer", ""),
            Author::Bot => ("bot", ""),
            Author::Agent(agent) => ("agent", agent.as_str()),
        };
        hasher.update(&self.seq.to_be_bytes());
        hasher.update(&self.at.as_microsecond().to_be_bytes());
        // Lengths keep two fields from running into each other.
        for field in [author, agent, &self.text] {
            hasher.update(&(field.len() as u64).to_be_bytes());
            hasher.update(field.as_bytes());
        }
        for file in &self.attachments {
            hasher.update(file.sha256.as_bytes());
        }
        *hasher.finalize().as_bytes()
    }
}

/// A button as the customer saw it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// The label.
    pub title: String,
    /// What pressing it means, see [`crate::Payload`].
    pub payload: String,
}

/// What the bot says, rendered by the caller.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reply {
    /// Plain text.
    pub text: String,
    /// The same in Markdown.
    pub markdown: String,
    /// BCP 47 tag of the locale it is written in.
    pub language: String,
    /// The buttons under it, as offered.
    pub buttons: Vec<Offer>,
    /// The answers it holds, by id.
    pub answers: Vec<String>,
}
