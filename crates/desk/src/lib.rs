//! The help desk as pure rules: what to do with a message, who owns a
//! conversation, which ticket people work on and until when they have to answer.
//!
//! One turn goes [`decide`] → the caller renders [`Decision::say`] → [`turn`] →
//! the caller stores the [`Change`]. What people do goes [`assign`], [`reply`],
//! [`resolve`], [`hand_back`]. Nothing here does I/O, reads a clock or makes an id:
//! time and ids are arguments, and the same arguments give the same result.

mod apply;
mod calendar;
mod compose;
mod conversation;
mod decide;
mod decision;
mod error;
mod ids;
mod message;
mod payload;
mod policy;
mod reading;
mod ticket;

#[cfg(test)]
mod testing;

pub use apply::{Change, Utterance, assign, hand_back, reply, resolve, turn};
pub use calendar::{Calendar, CalendarError, Interval};
pub use conversation::{Asked, Conversation, Customer, Memory, Need, Owner, Pending, Question};
pub use decide::decide;
pub use decision::{Action, Decision, Handoff, Input, Part, Rule, Text};
pub use error::DeskError;
pub use ids::{AgentId, ConversationId, Fence, TicketId};
pub use message::{Author, Message, Offer, Reply};
pub use payload::Payload;
pub use policy::{Clock, IntentRule, Policy, ResponseTime, Then, Thresholds};
pub use ticket::{Outcome, Ticket, TicketState};
