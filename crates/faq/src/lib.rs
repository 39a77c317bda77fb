//! What the shop says: answers in every locale, varied by what is known of the
//! customer, with the shop's facts written the locale's way.
//!
//! [`Answers::compile`] checks every file against the facts and is the only thing that
//! can fail; [`Answers::render`] is total and deterministic, and reads neither files nor
//! a clock: the moment of speaking is part of the [`Context`].

mod answers;
mod error;
mod reply;
mod shop;

pub use answers::{Answers, Coverage, Finding, LocaleCoverage, Uses};
pub use error::{AnswerError, AnswerErrors, Source};
pub use reply::{Button, Composition, Context, Offer, Part, Rendered, Style, Text};
pub use shop::{
    Country, CountryDelivery, Delivery, Duties, FirstResponse, Hours, Interval, Money, Orders,
    Payer, Payment, Period, PeriodUnit, Promo, Refunds, ReturnCondition, Returns, Shop,
    WorkingDays,
};
