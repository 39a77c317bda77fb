//! What happened in a period, counted: what figures are made of.

use std::future::Future;

use desk::{ConversationId, Rating, Survey, TicketId};
use jiff::Timestamp;

use crate::batch::StoredEvent;
use crate::error::StoreError;

/// Microseconds of an hour.
pub(crate) const HOUR: i64 = 3_600_000_000;
/// What follows within so many microseconds of an answer is held against it.
pub(crate) const AFTER: i64 = HOUR / 2;
/// A ticket that follows within so many microseconds was not settled the first time.
pub(crate) const AGAIN: i64 = 7 * 24 * HOUR;

/// From when on, and until before when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    /// The first moment in it.
    pub from: Timestamp,
    /// The first moment after it.
    pub to: Timestamp,
}

/// Conversations that began in an hour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HourCount {
    /// When the hour began.
    pub hour: Timestamp,
    /// Conversations.
    pub conversations: u64,
    /// Of them, handed over to people.
    pub handed_over: u64,
}

/// One ticket of the period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TicketFigure {
    /// Which.
    pub id: TicketId,
    /// When it was handed over.
    pub opened_at: Timestamp,
    /// When a person first answered.
    pub first_response_at: Option<Timestamp>,
    /// When it was resolved.
    pub resolved_at: Option<Timestamp>,
    /// Who has it, or had it last.
    pub assignee: Option<String>,
    /// The rule that handed over.
    pub rule: String,
    /// What the customer was asked afterwards.
    pub survey: Option<Survey>,
    /// The mark that the customer gave to it.
    pub rating: Option<Rating>,
    /// The first answer was not given in time.
    pub late: bool,
    /// It was opened again, or another ticket of the conversation followed within seven days
    /// of its end.
    pub again: bool,
}

/// Counts of a period. Conversations are those that began in it, tickets those handed over.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// Conversations by the hour, in order.
    pub hours: Vec<HourCount>,
    /// Those never handed over whose last message is an answer of the bot.
    pub settled: u64,
    /// Customers' messages in them.
    pub messages: u64,
    /// Of these, those in which no intent was found.
    pub not_understood: u64,
    /// Conversations in which a customer complained.
    pub complaints: u64,
    /// Conversations by language, and of them handed over; the most first.
    pub languages: Vec<(Option<String>, u64, u64)>,
    /// Tickets in order.
    pub tickets: Vec<TicketFigure>,
}

/// How an answer did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnswerFigure {
    /// Its id.
    pub answer: String,
    /// How often the bot gave it.
    pub given: u64,
    /// How often people had to take over within half an hour of it.
    pub handed_over: u64,
}

/// How a button did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ButtonFigure {
    /// What pressing it means: `intent:tracking.status`.
    pub payload: String,
    /// How often it was offered.
    pub offered: u64,
    /// How often the customer's next message was its label.
    pub picked: u64,
}

/// How a manner of speaking did that was tried on some customers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct VariantFigure {
    /// Its name.
    pub variant: String,
    /// Conversations in it.
    pub conversations: u64,
    /// Of them, never handed over to people.
    pub contained: u64,
    /// Of them, those in which a button was pressed.
    pub pressed: u64,
    /// Marks of satisfaction (CSAT) that customers gave.
    pub marks: u64,
    /// Of them, those of 4 and 5.
    pub good: u64,
}

/// A message of a customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// In which conversation.
    pub conversation: ConversationId,
    /// When.
    pub at: Timestamp,
    /// BCP 47 tag, where understood.
    pub language: Option<String>,
    /// The words.
    pub text: String,
}

/// Which messages of customers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SaidWhere {
    /// Every one.
    Anywhere,
    /// Those in which no intent was found.
    NotUnderstood,
    /// Those of conversations whose customer gave a low mark ([`Survey::low`]).
    LowMark,
    /// Those that follow the question for a mark.
    AfterMark,
}

/// Whether a ticket `t` has a low mark.
pub(crate) fn low_mark() -> String {
    let low = |survey: Survey| {
        format!("t.survey = '{}' AND t.mark <= {}", survey.as_str(), survey.low().end())
    };
    Survey::ALL.map(low).join(" OR ")
}

/// What figures are made of. Every implementation of [`crate::Store`] has it.
pub trait Figuring: Send + Sync + 'static {
    /// Counts of a period; `complaint` is the intent of a customer who complains.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    fn figures(
        &self,
        period: Period,
        complaint: &str,
    ) -> impl Future<Output = Result<Figures, StoreError>> + Send;

    /// How answers did in conversations that began in a period, the most given first.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    fn answer_figures(
        &self,
        period: Period,
    ) -> impl Future<Output = Result<Vec<AnswerFigure>, StoreError>> + Send;

    /// How buttons did in conversations that began in a period, the most offered first.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    fn button_figures(
        &self,
        period: Period,
    ) -> impl Future<Output = Result<Vec<ButtonFigure>, StoreError>> + Send;

    /// How manners of speaking did in conversations that began in a period, by name.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    fn variant_figures(
        &self,
        period: Period,
    ) -> impl Future<Output = Result<Vec<VariantFigure>, StoreError>> + Send;

    /// Messages of customers in conversations that began in a period, the latest first.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    fn said(
        &self,
        period: Period,
        which: SaidWhere,
        limit: usize,
    ) -> impl Future<Output = Result<Vec<Said>, StoreError>> + Send;

    /// Deadlines that passed, broken promises and messages not answered on their day, the
    /// latest first.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    fn breaches(
        &self,
        period: Period,
        limit: usize,
    ) -> impl Future<Output = Result<Vec<StoredEvent>, StoreError>> + Send;
}
