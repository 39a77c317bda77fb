//! What the shop says: answers in every locale, varied by what is known of the
//! customer, with the shop's facts written the locale's way.
//!
//! [`Answers::compile`] checks every file against the facts and is the only thing that
//! can fail; [`Answers::render`] is total and deterministic, and reads neither files nor
//! a clock: the moment of speaking is part of the [`Context`].

mod answers;
mod compile;
mod content;
mod error;
mod format;
mod lint;
mod load;
mod locale;
mod names;
mod pattern;
mod render;
mod reply;
mod report;
mod rules;
mod shop;
#[cfg(test)]
mod tests;
mod value;
mod voices;

pub use answers::{Answers, Uses};
pub use error::{AnswerError, AnswerErrors, Source};
pub use lint::Finding;
pub use reply::{Button, Composition, Context, Offer, Part, Rendered, Style, Text};
pub use report::{Coverage, LocaleCoverage};
pub use shop::{
    Country, CountryDelivery, Delivery, Duties, FirstResponse, Hours, Interval, Money, Orders,
    Payer, Payment, Period, PeriodUnit, Promo, Refunds, ReturnCondition, Returns, Shop,
    WorkingDays,
};
