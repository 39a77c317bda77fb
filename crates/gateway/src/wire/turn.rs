//! A turn of a conversation: what is sent and what is answered.

use desk::{Decision, Reply};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{AnalysisBody, Locale, TicketBrief};

/// One message of a customer.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TurnRequest {
    /// The message. May be left out where a button was pressed.
    #[serde(default)]
    pub text: Option<String>,
    /// The payload of the button that was pressed.
    #[serde(default)]
    pub payload: Option<String>,
    /// The conversation to go on with; a new one is started where it is left out. With an
    /// API token the caller may name a new one.
    #[serde(default)]
    pub conversation_id: Option<String>,
    /// The secret that came with a visitor's first reply.
    #[serde(default)]
    pub conversation_token: Option<String>,
    /// The caller's own id of this message: the same again gets the same answer, and
    /// nothing is done twice.
    #[serde(default)]
    pub message_id: Option<String>,
    /// What page, browser or channel say of the language.
    #[serde(default)]
    pub locale: Option<Locale>,
    /// The customer's time zone, as `America/Mexico_City`: times are told in it.
    #[serde(default)]
    pub time_zone: Option<String>,
    /// Who the customer is. Only with an API token.
    #[serde(default)]
    pub customer: Option<CustomerClaims>,
    /// The widget's inbox that it comes from; the first where left out.
    #[serde(default)]
    pub inbox: Option<String>,
    /// Who the customer is, signed by the shop for this inbox.
    #[serde(default)]
    pub identity: Option<IdentityBody>,
    /// The ids of files sent before, at most 10. A message of files alone needs no text.
    #[serde(default)]
    pub attachments: Vec<String>,
}

/// A signed identity: a token, or an id with its hash.
#[derive(Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Identity)]
pub struct IdentityBody {
    /// A JSON Web Token, HS256 with the inbox's `identity_secret`: `sub` (or `user_id`),
    /// `exp` an hour ahead at most; may claim `country`, `vip`, `order_value`, `prefers`.
    #[serde(default)]
    pub jwt: Option<String>,
    /// The customer's id, where a hash is sent instead.
    #[serde(default)]
    pub user_id: Option<String>,
    /// Its HMAC-SHA256 in hexadecimal; taken where the inbox has `identity_hash = true`.
    #[serde(default)]
    pub hash: Option<String>,
}

impl std::fmt::Debug for IdentityBody {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Whoever has it is the customer.
        f.write_str("IdentityBody(…)")
    }
}

/// Who the customer is, as the shop's own server knows it.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CustomerClaims {
    /// The shop's own name for the customer.
    #[serde(default)]
    pub id: Option<String>,
    /// Where the customer lives, ISO 3166-1 alpha-2.
    #[serde(default)]
    pub country: Option<String>,
    /// One of those whom the shop treats first.
    #[serde(default)]
    pub vip: Option<bool>,
    /// What the customer's orders are worth, in the shop's currency.
    #[serde(default)]
    pub order_value: Option<f64>,
    /// The way out of a dispute that the customer is known to prefer: `refund`.
    #[serde(default)]
    pub prefers: Option<String>,
}

/// What came of a message.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TurnAnswer<'a> {
    /// To go on with.
    pub conversation_id: &'a str,
    /// The secret of a visitor's new conversation; said once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conversation_token: Option<&'a str>,
    /// What is said; null where the bot is silent.
    pub reply: Option<ReplyBody>,
    /// What was understood.
    pub analysis: AnalysisBody<'a>,
    /// What was decided, and why.
    pub decision: DecisionBody<'a>,
    /// The matter that people see to, where there is one.
    pub ticket: Option<TicketBrief>,
}

/// What the bot says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Reply)]
pub struct ReplyBody {
    /// Plain text.
    pub text: String,
    /// The same in Markdown: bold, lists and links only.
    pub markdown: String,
    /// The locale it is written in, BCP 47.
    pub language: String,
    /// What is offered with it.
    pub buttons: Vec<ButtonBody>,
    /// The answers it holds, by id.
    pub answers: Vec<String>,
}

/// A button under a reply.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Button)]
pub struct ButtonBody {
    /// The label.
    pub title: String,
    /// To be sent back as `payload` when it is pressed.
    pub payload: String,
}

/// What is done with a message.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Decision)]
pub struct DecisionBody<'a> {
    /// `answer`, `clarify`, `collect`, `handoff`, `fallback`, `silent`.
    pub action: &'static str,
    /// The name of the rule that decided.
    pub rule: &'a str,
    /// Why, in a sentence with the numbers.
    pub why: &'a str,
}

impl From<&Reply> for ReplyBody {
    fn from(reply: &Reply) -> Self {
        Self {
            text: reply.text.clone(),
            markdown: reply.markdown.clone(),
            language: reply.language.clone(),
            buttons: reply.buttons.iter().map(ButtonBody::from).collect(),
            answers: reply.answers.clone(),
        }
    }
}

impl From<&desk::Offer> for ButtonBody {
    fn from(offer: &desk::Offer) -> Self {
        Self { title: offer.title.clone(), payload: offer.payload.clone() }
    }
}

impl<'a> From<&'a Decision> for DecisionBody<'a> {
    fn from(decision: &'a Decision) -> Self {
        Self { action: decision.action.as_str(), rule: decision.rule.as_str(), why: &decision.why }
    }
}
