//! The conditions under which a variant is said.

use super::{Fact, Known};
use crate::{Context, Country, Duties, Payer, ReturnCondition, Shop};

/// One condition of a variant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Condition {
    /// The country is known and delivered to.
    Served,
    /// The country is known and not delivered to.
    NotServed,
    /// It is this country.
    In(Country),
    /// The consumer law of the European Union applies there.
    InEu,
    /// An order number was given.
    Order,
    /// People are there.
    Open,
    /// They are not.
    Closed,
    /// The shop states this fact, or has it for the country.
    Has(Fact),
    /// Who pays duties to the country, which is delivered to.
    Duties(Duties),
    /// Who pays the postage of returns.
    Postage(Payer),
    /// In what state goods are taken back.
    Goods(ReturnCondition),
}

/// What can be written after `if`, for help.
const FORMS: &str = "country, country not served, country = MX, country in EU, order, open, closed, \
                     duties = shop, returns.postage = shop, returns.condition = unused, or an optional fact";

impl Condition {
    /// Reads one condition; the error says what is wrong and what to do.
    pub(crate) fn parse(text: &str) -> Result<Self, (String, String)> {
        let unknown = || (format!("there is no condition {text}"), format!("use one of: {FORMS}"));
        let words: Vec<_> = text.split_whitespace().collect();
        match *words.as_slice() {
            ["country"] => Ok(Self::Served),
            ["country", "not", "served"] => Ok(Self::NotServed),
            ["country", "in", "EU"] => Ok(Self::InEu),
            ["country", "=", code] => {
                let country = Country::parse(code).filter(|country| country.as_str() == code);
                let help = "use the two capital letters of ISO 3166-1: country = MX".to_owned();
                country.map(Self::In).ok_or_else(|| (format!("{code} is no country code"), help))
            }
            ["order"] => Ok(Self::Order),
            ["open"] => Ok(Self::Open),
            ["closed"] => Ok(Self::Closed),
            [fact, "=", value] => Self::valued(fact, value).unwrap_or_else(|| Err(unknown())),
            [name] => match Fact::parse(name) {
                Some(fact)
                    if matches!(fact.known(), Known::Always | Known::Stated | Known::OwnName) =>
                {
                    Ok(Self::Has(fact))
                }
                _ => Err(unknown()),
            },
            _ => Err(unknown()),
        }
    }

    /// A fact that has one of a few values; `None` when it is no such fact.
    fn valued(fact: &str, value: &str) -> Option<Result<Self, (String, String)>> {
        let forms: Vec<(&str, Self)> = match fact {
            "duties" => Duties::ALL.map(|duties| (duties.as_str(), Self::Duties(duties))).to_vec(),
            "returns.postage" => {
                vec![
                    ("shop", Self::Postage(Payer::Shop)),
                    ("customer", Self::Postage(Payer::Customer)),
                ]
            }
            "returns.condition" => {
                vec![
                    ("unused", Self::Goods(ReturnCondition::Unused)),
                    ("any", Self::Goods(ReturnCondition::Any)),
                ]
            }
            _ => return None,
        };
        let found = forms.iter().find(|(name, _)| *name == value).map(|(_, condition)| *condition);
        Some(found.ok_or_else(|| {
            let names: Vec<_> = forms.iter().map(|(name, _)| format!("{fact} = {name}")).collect();
            (format!("{fact} is never {value}"), format!("use one of: {}", names.join(", ")))
        }))
    }

    /// Whether it holds.
    pub(crate) fn holds(self, shop: &Shop, context: &Context) -> bool {
        let delivered = context.country.and_then(|country| shop.delivery.countries.get(&country));
        match self {
            Self::Served => delivered.is_some(),
            Self::NotServed => context.country.is_some() && delivered.is_none(),
            Self::In(country) => context.country == Some(country),
            Self::InEu => context.country.is_some_and(Country::in_eu),
            Self::Order => context.order.is_some(),
            Self::Open => context.open,
            Self::Closed => !context.open,
            Self::Has(Fact::DeliveryFreeFrom) => {
                delivered.is_some_and(|delivered| delivered.free_from.is_some())
            }
            Self::Has(fact) => fact.stated(shop),
            Self::Duties(duties) => delivered.is_some_and(|delivered| delivered.duties == duties),
            Self::Postage(payer) => shop.returns.postage == payer,
            Self::Goods(condition) => shop.returns.condition == condition,
        }
    }

    /// Whether the country is known under it.
    pub(crate) fn knows_country(self) -> bool {
        matches!(
            self,
            Self::Served
                | Self::NotServed
                | Self::In(_)
                | Self::InEu
                | Self::Duties(_)
                | Self::Has(Fact::DeliveryFreeFrom)
        )
    }

    /// Whether the country is delivered to under it.
    pub(crate) fn is_served(self, shop: &Shop) -> bool {
        match self {
            Self::Served | Self::Duties(_) | Self::Has(Fact::DeliveryFreeFrom) => true,
            Self::In(country) => shop.delivery.countries.contains_key(&country),
            _ => false,
        }
    }

    /// How much it narrows down: of two variants with equally many conditions the narrower
    /// one is said.
    pub(crate) fn narrowness(self) -> u32 {
        match self {
            Self::In(_) => 3,
            Self::InEu => 2,
            Self::Has(_)
            | Self::Duties(_)
            | Self::Postage(_)
            | Self::Goods(_)
            | Self::NotServed
            | Self::Order => 1,
            Self::Served | Self::Open | Self::Closed => 0,
        }
    }
}
