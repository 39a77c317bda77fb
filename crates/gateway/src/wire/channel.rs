//! Channels and what is to be sent, as consoles and the command line show them.

use serde::Serialize;
use store::{ChannelFigures, OutboxEntry};
use utoipa::ToSchema;

/// An inbox or another destination.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Channel)]
pub struct ChannelBody {
    /// Its name.
    pub name: String,
    /// The platform; null where the settings no longer name it.
    pub platform: Option<&'static str>,
    /// When the first rightly signed request came, RFC 3339; null: none came yet.
    pub verified_since: Option<String>,
    /// When the last one did.
    pub last_event_at: Option<String>,
    /// Events taken in.
    pub events: u64,
    /// Events that came again and were passed over.
    pub repeated: u64,
    /// Requests without a right signature.
    pub refused: u64,
    /// When the last of them came.
    pub refused_at: Option<String>,
    /// Events nothing could be made of.
    pub unreadable: u64,
    /// Events that wait to be worked on.
    pub inbound: u64,
    /// Things that wait to be sent.
    pub outbound: u64,
    /// When the oldest of them was put in.
    pub oldest_at: Option<String>,
    /// Things that could not be sent: see `GET /v1/outbox`.
    pub dead: u64,
    /// Things sent.
    pub sent: u64,
    /// When the last was.
    pub sent_at: Option<String>,
    /// Tries that failed.
    pub failures: u64,
    /// When the last did.
    pub failed_at: Option<String>,
    /// What was wrong then.
    pub last_error: Option<String>,
    /// Things sent once more since the service was stopped while they were sent; what was sent
    /// again since nothing was answered is among `failures`.
    pub unsure: u64,
    /// Since when an endpoint is told nothing, since it said that nobody wants it any more (410).
    pub gone_at: Option<String>,
    /// Until when nothing is sent there, since it keeps failing or asked for it.
    pub closed_until: Option<String>,
}

impl ChannelBody {
    pub(crate) fn of(
        figures: ChannelFigures,
        platform: Option<&'static str>,
        closed_until: Option<jiff::Timestamp>,
    ) -> Self {
        let time = |at: Option<jiff::Timestamp>| at.map(super::seconds);
        Self {
            name: figures.name,
            platform,
            verified_since: time(figures.verified_since),
            last_event_at: time(figures.last_event_at),
            events: figures.events,
            repeated: figures.repeated,
            refused: figures.refused,
            refused_at: time(figures.refused_at),
            unreadable: figures.unreadable,
            inbound: figures.inbound,
            outbound: figures.outbound,
            oldest_at: time(figures.oldest_at),
            dead: figures.dead,
            sent: figures.sent,
            sent_at: time(figures.sent_at),
            failures: figures.failures,
            failed_at: time(figures.failed_at),
            last_error: figures.last_error,
            unsure: figures.unsure,
            gone_at: time(figures.gone_at),
            closed_until: time(closed_until),
        }
    }
}

/// Something that is sent, or was to be.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Outbound)]
pub struct OutboundBody {
    /// Its number.
    pub n: u64,
    /// Its name; the key by which a platform knows a repetition begins with it.
    pub id: String,
    /// To what.
    pub destination: String,
    /// `message`, `handover`, `follow` or `event`.
    pub kind: String,
    /// Of which conversation.
    pub conversation_id: Option<String>,
    /// The message's `seq` there.
    pub seq: Option<u64>,
    /// `waiting`, `sending`, `sent` or `dead`.
    pub state: &'static str,
    /// How often it was tried.
    pub attempts: u32,
    /// When it is tried next, RFC 3339; null while another of its conversation comes first.
    pub next_at: Option<String>,
    /// What was wrong the last time.
    pub error: Option<String>,
    /// When it was put in.
    pub made_at: String,
    /// When it was sent, or given up.
    pub ended_at: Option<String>,
    /// `sent`, `delivered`, `read` or `failed`, as the platform told.
    pub receipt: Option<&'static str>,
}

impl From<OutboxEntry> for OutboundBody {
    fn from(entry: OutboxEntry) -> Self {
        Self {
            n: entry.n,
            id: entry.id,
            destination: entry.destination,
            kind: entry.kind,
            conversation_id: entry.conversation.map(|id| id.to_string()),
            seq: entry.seq,
            state: entry.state.as_str(),
            attempts: entry.attempts,
            next_at: entry.next_at.map(super::seconds),
            error: entry.error,
            made_at: super::seconds(entry.made_at),
            ended_at: entry.ended_at.map(super::seconds),
            receipt: entry.receipt.map(store::Receipt::as_str),
        }
    }
}
