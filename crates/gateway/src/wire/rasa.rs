//! Rasa's own shapes, for front ends and bots that were made for Rasa.

use desk::Reply;
use intent::Analysis;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What `POST /model/parse` takes. Fields that Rasa knows and we do not are passed over.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct RasaParseRequest {
    /// The message.
    pub text: String,
    /// Passed over.
    #[serde(default)]
    pub message_id: Option<String>,
}

/// What `POST /model/parse` answers.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RasaParse<'a> {
    /// The message.
    pub text: &'a str,
    /// The intent to act on; its name is null when nothing reaches the bar.
    pub intent: RasaIntent<'a>,
    /// Things named.
    pub entities: Vec<RasaEntity<'a>>,
    /// Every intent that is not denied, the surest first.
    pub intent_ranking: Vec<RasaIntent<'a>>,
}

/// An intent.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RasaIntent<'a> {
    /// Its id.
    pub name: Option<&'a str>,
    /// 0 to 1.
    pub confidence: f64,
}

/// A thing named.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RasaEntity<'a> {
    /// Of which kind.
    pub entity: &'static str,
    /// The normal form.
    pub value: &'a str,
    /// In characters (code points), as Rasa counts.
    pub start: usize,
    /// One past the last character.
    pub end: usize,
    /// By what it was found.
    pub extractor: &'static str,
}

/// What `POST /webhooks/rest/webhook` takes. Other fields are passed over, as Rasa does.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct RasaMessage {
    /// Who writes; names the conversation.
    pub sender: String,
    /// The message, or the payload of a button.
    pub message: String,
}

/// One of the messages that it answers with.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RasaSend {
    /// Who wrote.
    pub recipient_id: String,
    /// What is said.
    pub text: String,
    /// What is offered with it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub buttons: Vec<RasaButton>,
}

/// A button.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RasaButton {
    /// The label.
    pub title: String,
    /// Sent back as the message when it is pressed; begins with `/`, as Rasa's do.
    pub payload: String,
}

impl<'a> RasaParse<'a> {
    /// Writes an analysis Rasa's way.
    #[must_use]
    pub fn of(text: &'a str, analysis: &'a Analysis) -> Self {
        let characters = |bytes: usize| text.get(..bytes).map_or(0, |part| part.chars().count());
        let none = analysis.intent.as_str() == "none";
        Self {
            text,
            intent: RasaIntent {
                name: (!none).then_some(analysis.intent.as_str()),
                confidence: if none { 0.0 } else { analysis.confidence.as_f64() },
            },
            entities: (analysis.entities.iter())
                .map(|entity| RasaEntity {
                    entity: entity.kind.as_str(),
                    value: &entity.value,
                    start: characters(entity.span.start),
                    end: characters(entity.span.end),
                    extractor: "switchboard",
                })
                .collect(),
            intent_ranking: (analysis.wishes())
                .map(|found| RasaIntent {
                    name: Some(found.id.as_str()),
                    confidence: found.confidence.as_f64(),
                })
                .collect(),
        }
    }
}

impl RasaSend {
    /// Writes a reply Rasa's way.
    #[must_use]
    pub fn of(sender: &str, reply: &Reply) -> Self {
        let button = |offer: &desk::Offer| RasaButton {
            title: offer.title.clone(),
            payload: format!("/{}", offer.payload),
        };
        Self {
            recipient_id: sender.to_owned(),
            text: reply.text.clone(),
            buttons: reply.buttons.iter().map(button).collect(),
        }
    }
}
