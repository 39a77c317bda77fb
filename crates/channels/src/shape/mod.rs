//! The types that all platforms share.

mod event;
mod inbound;
mod outbound;
mod outcome;
mod receipt;
mod refusal;
mod reply;
mod settings;
mod spec;
#[cfg(test)]
mod tests;
mod window;

pub use event::{Address, BadItem, By, Contact, Event, Item, Kind, Media, MediaKind, Token};
pub use inbound::{
    Answer, Channel, Delivery, Inlet, Method, Replay, Request, Respond, Sample, SampleRequest,
    Verified,
};
pub(crate) use outbound::segment;
pub use outbound::{
    Access, Call, Dispatch, HandOver, HelpDesk, Line, Mail, Outgoing, Outlet, Priority, Unsendable,
};
pub use outcome::{Outcome, Response};
pub use receipt::State;
pub use refusal::Refusal;
pub use reply::{Button, Piece, Reply};
pub(crate) use settings::TOLERANCE;
pub use settings::{SettingProblem, Settings};
pub use spec::{Field, FieldKind, Idempotency, Limit, Limits, Spec};
pub use window::{Standing, Window, WindowRule};
