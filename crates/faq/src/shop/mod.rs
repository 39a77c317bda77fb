//! The facts of the shop, typed. No prose: sentences are the locales'.

mod hours;
mod read;
mod read_values;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::fmt;

pub use hours::{Hours, Interval};
pub(crate) use read::shop as read;

use crate::Style;

/// The shop's facts, as `shop.toml` states them.
#[derive(Clone, Debug)]
pub struct Shop {
    /// The name customers know.
    pub name: String,
    /// The name in law.
    pub legal_name: String,
    /// Where the shop is established, ISO 3166-1 alpha-2.
    pub country: Country,
    /// The currency it sells in, ISO 4217.
    pub currency: String,
    /// The storefront, an `https` address.
    pub website: String,
    /// The address that customers write to.
    pub email: String,
    /// Left out by a shop that answers no telephone.
    pub phone: Option<String>,
    /// The postal address on one line.
    pub address: String,
    /// The style of answers preferred where a variant has it.
    pub style: Option<Style>,
    /// When people answer.
    pub hours: Hours,
    /// Orders.
    pub orders: Orders,
    /// Returns.
    pub returns: Returns,
    /// Refunds.
    pub refunds: Refunds,
    /// Ways to pay.
    pub payment: Payment,
    /// The warranty's length.
    pub warranty: Period,
    /// Offers.
    pub promo: Promo,
    /// Where to, how fast, for how much.
    pub delivery: Delivery,
    /// How soon a person answers, by severity.
    pub first_response: FirstResponse,
}

/// Facts about orders.
#[derive(Clone, Debug)]
pub struct Orders {
    /// How an order number looks: regular expressions, tried in this order.
    pub number_patterns: Vec<String>,
    /// A number as customers see it, `#10234`.
    pub number_example: String,
    /// From payment to dispatch.
    pub processing: WorkingDays,
    /// Until when an order can be cancelled or changed, counted from payment.
    pub cancel_within: Period,
    /// Where a customer follows an order by its number, a web address.
    pub tracking_page: Option<String>,
}

/// Facts about returns.
#[derive(Clone, Debug)]
pub struct Returns {
    /// Counted from delivery.
    pub window: Period,
    /// The law's own window for consumers in the European Union.
    pub window_eu: Period,
    /// Who pays the postage of a return of something that is in order.
    pub postage: Payer,
    /// What state the goods have to be in.
    pub condition: ReturnCondition,
}

/// Facts about refunds.
#[derive(Clone, Debug)]
pub struct Refunds {
    /// From the arrival of a return until the money is sent back.
    pub processing: WorkingDays,
    /// From then until the bank shows it.
    pub bank: WorkingDays,
}

/// Facts about paying.
#[derive(Clone, Debug)]
pub struct Payment {
    /// Brand names, or ids with names in each locale.
    pub methods: Vec<String>,
    /// Ways to pay that customers ask for and the shop does not have.
    pub not_offered: Vec<String>,
    /// Who offers instalments.
    pub instalments: Option<String>,
}

/// Offers. What is absent is not offered, and no answer speaks of it.
#[derive(Clone, Debug, Default)]
pub struct Promo {
    /// Off the first order, in whole percent.
    pub first_order_percent: Option<u8>,
    /// A code for subscribers.
    pub newsletter_code: Option<String>,
}

/// Facts about delivery.
#[derive(Clone, Debug)]
pub struct Delivery {
    /// Who pays duties where the country does not say.
    pub duties: Duties,
    /// Where parcels start from.
    pub ships_from: Vec<Country>,
    /// The countries delivered to, in the order in which they are told.
    pub order: Vec<Country>,
    /// Delivery to each of them; no other country is delivered to.
    pub countries: BTreeMap<Country, CountryDelivery>,
}

/// Delivery to one country.
#[derive(Clone, Debug)]
pub struct CountryDelivery {
    /// From dispatch to the door.
    pub days: WorkingDays,
    /// What it costs.
    pub cost: Money,
    /// From what order value it is free.
    pub free_from: Option<Money>,
    /// Who carries it.
    pub carriers: Vec<String>,
    /// Who pays duties, the default applied.
    pub duties: Duties,
}

/// How soon a person answers first, within the opening hours.
#[derive(Clone, Copy, Debug)]
pub struct FirstResponse {
    /// For red matters.
    pub red: Period,
    /// For yellow matters.
    pub yellow: Period,
    /// For blue matters.
    pub blue: Period,
}

/// Where the consumer law of the European Union applies: its members, the other parties to
/// the European Economic Area, and the members' regions that have codes of their own.
const EU_CONSUMER_LAW: [&str; 37] = [
    "AT", "BE", "BG", "HR", "CY", "CZ", "DK", "EE", "FI", "FR", "DE", "GR", "HU", "IE", "IT", "LV",
    "LT", "LU", "MT", "NL", "PL", "PT", "RO", "SK", "SI", "ES", "SE", "IS", "LI", "NO", "AX", "GF",
    "GP", "MF", "MQ", "RE", "YT",
];

/// A country by its ISO 3166-1 alpha-2 code, upper case.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Country([u8; 2]);

/// A length of time as the shop states it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    /// How many.
    pub amount: u32,
    /// Of what.
    pub unit: PeriodUnit,
}

/// The unit of a [`Period`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PeriodUnit {
    /// Sixty seconds.
    Minutes,
    /// Sixty minutes.
    Hours,
    /// Calendar days.
    Days,
    /// Calendar months.
    Months,
}

/// A range of working days, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WorkingDays {
    /// At the least.
    pub from: u32,
    /// At the most.
    pub to: u32,
}

/// An amount of money, to the digit as the shop writes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Money {
    /// A decimal number with `.`, `3.90`.
    pub amount: String,
    /// ISO 4217.
    pub currency: String,
}

/// Who pays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Payer {
    /// The shop.
    Shop,
    /// The customer.
    Customer,
}

/// In what state goods can be returned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ReturnCondition {
    /// Unused only.
    Unused,
    /// Any.
    Any,
}

/// Who pays import duties and taxes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Duties {
    /// Included in the price.
    Shop,
    /// Paid by the customer on arrival.
    Customer,
    /// There are none between the two countries.
    None,
}

impl PeriodUnit {
    /// Every unit, the shortest first.
    pub const ALL: [Self; 4] = [Self::Minutes, Self::Hours, Self::Days, Self::Months];

    /// The name in files: `minutes`, `hours`, `days`, `months`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Minutes => "minutes",
            Self::Hours => "hours",
            Self::Days => "days",
            Self::Months => "months",
        }
    }
}

impl Period {
    /// The length in seconds; `None` for months, which have none of their own.
    #[must_use]
    pub fn seconds(self) -> Option<u64> {
        let unit = match self.unit {
            PeriodUnit::Minutes => 60,
            PeriodUnit::Hours => 3_600,
            PeriodUnit::Days => 86_400,
            PeriodUnit::Months => return None,
        };
        Some(u64::from(self.amount) * unit)
    }
}

impl Duties {
    /// Every value.
    pub const ALL: [Self; 3] = [Self::Shop, Self::Customer, Self::None];

    /// The name in files: `shop`, `customer`, `none`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Shop => "shop",
            Self::Customer => "customer",
            Self::None => "none",
        }
    }
}

impl Country {
    /// Reads a code of two ASCII letters, in either case.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        match *code.as_bytes() {
            [a, b] if a.is_ascii_alphabetic() && b.is_ascii_alphabetic() => {
                Some(Self([a.to_ascii_uppercase(), b.to_ascii_uppercase()]))
            }
            _ => None,
        }
    }

    /// Whether consumers there are protected by the consumer law of the European Union.
    #[must_use]
    pub fn in_eu(self) -> bool {
        EU_CONSUMER_LAW.contains(&self.as_str())
    }

    /// The code, `MX`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        // Two ASCII letters by construction.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl fmt::Display for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
