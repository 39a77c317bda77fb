//! The help desk as pure rules: what to do with a message, who owns a
//! conversation, which ticket people work on and until when they have to answer.
//!
//! One turn goes [`decide`] → the caller renders [`Decision::say`] → [`turn`] →
//! the caller stores the [`Change`]. What people do is an [`Act`]. What time does goes
//! [`wake`] → the caller renders [`Step::say`] → [`step`]. How people work is a [`Book`],
//! compiled from files. Nothing here does I/O, reads a clock or makes an id: time and ids
//! are arguments, and the same arguments give the same result.

mod apply;
mod book;
mod calendar;
mod compose;
mod conversation;
mod deadline;
mod decide;
mod decision;
mod error;
mod event;
mod floor;
mod ids;
mod ledger;
mod message;
mod packet;
mod payload;
mod people;
mod policy;
mod reading;
mod survey;
mod ticket;
mod wake;

#[cfg(test)]
mod testing;

pub use apply::{Change, Utterance, hear, turn};
pub use book::{
    Book, BookError, Bounds, MANNERS, Playbook, Rotation, Rung, Source, Stage, Surveys, Team,
    Terms, Times, VariantOutcome, Variants, parse_interval,
};
pub use calendar::{Calendar, CalendarError, Interval};
pub use conversation::{
    Asked, Collected, Conversation, Customer, Memory, Need, Owner, Pending, Question,
};
pub use deadline::{Deadline, Promise, Resolution};
pub use decide::decide;
pub use decision::{Action, Decision, Handoff, Input, Part, Rule, Text};
pub use error::DeskError;
pub use event::{Event, EventKind};
pub use floor::{Agent, Floor, Need as Wanted, Route, Routed};
pub use ids::{AgentId, ConversationId, Fence, TeamId, TicketId};
pub use ledger::{Cause, Mark, Weights};
pub use message::{Attachment, Author, Message, NotedIntent, Notes, Offer, Reply};
pub use packet::{Dispute, Glossed, Material, Mood, Packet, packet};
pub use payload::Payload;
pub use people::{Act, Person, act, take_over};
pub use policy::{Clock, IntentRule, Policy, ResponseTime, Then, Thresholds};
pub use survey::{Rating, Survey};
pub use ticket::{FollowUp, Outcome, Owed, Problem, Progress, Ticket, TicketState};
pub use wake::{Due, Step, dispatch, step, wake};
