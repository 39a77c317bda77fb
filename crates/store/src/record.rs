//! What is kept beside conversations, as a change to be made.

use jiff::Timestamp;

use crate::access::{Audit, Contact, Session, Task, User};
use crate::channel::{Access, Receipt, Sending, Worked};
use crate::secret::TokenHash;

/// Something that is stored beside conversations.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Record {
    /// A person, new or changed.
    User(Box<User>),
    /// Somebody signed in, or was seen again.
    Session(Session),
    /// A session ends.
    EndSession(TokenHash),
    /// Every session of a person ends.
    EndSessionsOf(String),
    /// An API token, new or changed.
    ApiToken(crate::ApiToken),
    /// A customer.
    Contact(Contact),
    /// A task, new or changed.
    Task(Box<Task>),
    /// What a person wrote for colleagues.
    Note(crate::Note),
    /// A line of the trail.
    Audit(Audit),
    /// What came of working on an event of a channel.
    Worked {
        /// Its number.
        n: u64,
        /// What.
        worked: Worked,
    },
    /// What came of sending something.
    Sending {
        /// Its number.
        n: u64,
        /// What.
        sending: Sending,
    },
    /// How far something that was sent has come. What is known already does not go back.
    Receipt {
        /// Where it was sent to.
        destination: String,
        /// The platform's name for it.
        platform_id: String,
        /// How far.
        receipt: Receipt,
        /// When.
        at: Timestamp,
    },
    /// How far everything has come that was sent until a moment.
    ReceiptsUntil {
        /// In this conversation.
        conversation: desk::ConversationId,
        /// The moment.
        until: Timestamp,
        /// How far.
        receipt: Receipt,
        /// When it was told.
        at: Timestamp,
    },
    /// Requests without a right signature.
    Refused {
        /// To which inbox.
        inbox: String,
        /// How many.
        count: u64,
        /// When the last came.
        at: Timestamp,
    },
    /// A conversation is answered elsewhere, or in another way; when the customer wrote last
    /// stays.
    Detail {
        /// Which conversation.
        conversation: desk::ConversationId,
        /// As [`crate::Address::sender`].
        sender: String,
        /// As [`crate::Address::detail`].
        detail: String,
    },
    /// Where a help desk has a conversation.
    Thread {
        /// The help desk, as [`crate::Outbound::destination`].
        destination: String,
        /// Which conversation.
        conversation: desk::ConversationId,
        /// What the help desk calls its ticket or thread; empty while it has not said.
        key: String,
        /// What is needed to write there, in the channel's own form.
        detail: String,
    },
    /// An access token of a platform.
    Access(Access),
    /// Nobody is at work: whoever was has been stopped. What they had may be taken up at once.
    Release {
        /// From when on.
        at: Timestamp,
    },
    /// Something that was given up is sent after all.
    Replay {
        /// Its number.
        n: u64,
        /// From when on.
        at: Timestamp,
    },
    /// A part was sent, as the platform tells by the name and part that we gave it.
    Settle {
        /// The name, as [`crate::Outbound::id`].
        id: String,
        /// Which part, from 0.
        part: u32,
        /// The platform's name for it.
        platform_id: Option<String>,
        /// When.
        at: Timestamp,
    },
    /// A part that was sent without a name has this one, as its echo tells. Nothing changes
    /// where it has a name, or was not sent.
    Name {
        /// The name, as [`crate::Outbound::id`].
        id: String,
        /// Which part, from 0.
        part: u32,
        /// The platform's name for it.
        platform_id: String,
    },
    /// Nothing that waits for a conversation's customer is sent any more.
    Drop {
        /// Which conversation.
        conversation: desk::ConversationId,
        /// When.
        at: Timestamp,
        /// Why.
        error: String,
    },
    /// A destination said that nobody wants anything there any more: what waits for it is
    /// given up. The next thing that is sent there after all takes it back.
    Gone {
        /// Which.
        destination: String,
        /// When.
        at: Timestamp,
        /// What it said.
        error: String,
    },
    /// The customer took a message back: its words are forgotten, its place is kept.
    Redact {
        /// In which conversation.
        conversation: desk::ConversationId,
        /// The message, as its channel calls it.
        name: String,
        /// The rule that is noted in place of the words.
        rule: &'static str,
        /// Why, in a sentence.
        why: String,
    },
    /// What is no longer needed of channels is forgotten.
    Forget {
        /// Bodies of before, where they are worked off.
        bodies: Timestamp,
        /// Names of events, and what was sent, of before.
        names: Timestamp,
    },
}
