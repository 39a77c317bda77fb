//! The packet of a ticket on the wire.

use desk::Packet;
use serde::Serialize;
use utoipa::ToSchema;

use super::{MessageBody, TicketBody};

/// Everything about a ticket at a glance.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Packet)]
pub struct PacketBody {
    /// The ticket.
    pub ticket: TicketBody,
    /// What there is to know first.
    pub summary: Vec<SummaryLine>,
    /// What the customer wants, with the customer's own words, named in the reader's language.
    pub intents: Vec<GlossedBody>,
    /// What was named.
    pub entities: Vec<NamedBody>,
    /// The mood of each message that showed one.
    pub moods: Vec<MoodBody>,
    /// What made the matter graver.
    pub ledger: Vec<MarkBody>,
    /// The sum of it in a line.
    pub arithmetic: String,
    /// Earlier matters of the customer.
    pub earlier: Vec<String>,
    /// The dispute, where it is one.
    pub dispute: Option<DisputeBody>,
    /// What may be answered, in the customer's language.
    pub suggestions: Vec<SuggestionBody>,
    /// What was said.
    pub transcript: Vec<MessageBody>,
}

/// One line of a summary.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SummaryLine {
    /// What it is about: `who`, `what`, `order`, `since` …
    pub key: &'static str,
    /// The line.
    pub text: String,
}

/// An intent with the customer's words.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = GlossedIntent)]
pub struct GlossedBody {
    /// Its id.
    pub id: String,
    /// Its name in the reader's language.
    pub name: String,
    /// In which message.
    pub seq: u64,
    /// 0 to 1.
    pub confidence: f64,
    /// The customer's words.
    pub words: Vec<String>,
}

/// Something that was named.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = NamedEntity)]
pub struct NamedBody {
    /// `order_number`, `date` …
    pub kind: String,
    /// In its normal form.
    pub value: String,
}

/// The mood of a message.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Mood)]
pub struct MoodBody {
    /// Which message.
    pub seq: u64,
    /// `angry`, `worried` …
    pub label: String,
    /// 0 to 3.
    pub anger: u8,
    /// What spoke for it.
    pub reasons: Vec<String>,
}

/// One entry of the ledger of gravity.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = LedgerMark)]
pub struct MarkBody {
    /// `repeated`, `failed`, `anger`, `waited`, `promise`.
    pub cause: &'static str,
    /// How much it weighs.
    pub points: u16,
    /// When, RFC 3339.
    pub at: String,
}

/// A dispute where it stands.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Dispute)]
pub struct DisputeBody {
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
    /// What may be offered on top, the least first.
    pub offers: Vec<OfferBody>,
}

/// Something that may be offered.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = CompensationOffer)]
pub struct OfferBody {
    /// `voucher`, `partial_refund`, `full_refund`.
    pub offer: String,
    /// Of the order's value.
    pub percent: u8,
}

/// Something that may be answered.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Suggestion)]
pub struct SuggestionBody {
    /// To which intent.
    pub intent: String,
    /// The text, in the customer's language.
    pub text: String,
}

impl PacketBody {
    /// Writes a packet.
    #[must_use]
    pub fn of(packet: &Packet) -> Self {
        Self {
            ticket: TicketBody::of(&packet.ticket),
            summary: (packet.summary.iter())
                .map(|(key, text)| SummaryLine { key, text: text.clone() })
                .collect(),
            intents: (packet.intents.iter())
                .map(|intent| GlossedBody {
                    id: intent.id.clone(),
                    name: intent.name.clone(),
                    seq: intent.seq,
                    confidence: f64::from(intent.confidence) / 1000.0,
                    words: intent.words.clone(),
                })
                .collect(),
            entities: (packet.entities.iter().cloned())
                .map(|(kind, value)| NamedBody { kind, value })
                .collect(),
            moods: (packet.moods.iter())
                .map(|mood| MoodBody {
                    seq: mood.seq,
                    label: mood.label.clone(),
                    anger: mood.anger,
                    reasons: mood.reasons.clone(),
                })
                .collect(),
            ledger: (packet.ledger.iter())
                .map(|mark| MarkBody {
                    cause: mark.cause.as_str(),
                    points: mark.points,
                    at: mark.at.to_string(),
                })
                .collect(),
            arithmetic: packet.arithmetic.clone(),
            earlier: packet.earlier.clone(),
            dispute: packet.dispute.clone().map(|dispute| DisputeBody {
                playbook: dispute.playbook,
                stage: dispute.stage,
                what: dispute.what,
                next: dispute.next,
                evidence: dispute.evidence,
                options: dispute.options,
                choice: dispute.choice,
                offers: (dispute.offers.into_iter())
                    .map(|rung| OfferBody { offer: rung.offer, percent: rung.percent })
                    .collect(),
            }),
            suggestions: (packet.suggestions.iter().cloned())
                .map(|(intent, text)| SuggestionBody { intent, text })
                .collect(),
            transcript: packet.transcript.iter().map(|m| MessageBody::of(m, true)).collect(),
        }
    }
}
