//! The facts that sentences name in braces, and when each is known.

use super::Condition;
use crate::{Shop, Text};

/// A fact by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Fact {
    ShopName,
    ShopLegalName,
    ShopWebsite,
    ShopEmail,
    ShopPhone,
    ShopAddress,
    HoursWeek,
    HoursNextOpening,
    OrdersNumberExample,
    OrdersTrackingPage,
    OrdersProcessing,
    OrdersCancelWithin,
    RefundsProcessing,
    RefundsBank,
    ReturnsWindow,
    ReturnsWindowEu,
    WarrantyPeriod,
    PaymentMethods,
    PaymentNotOffered,
    PaymentInstalments,
    PromoNewsletterCode,
    PromoFirstOrderPercent,
    Country,
    DeliveryDays,
    DeliveryCost,
    DeliveryCarriers,
    DeliveryFreeFrom,
    DeliveryShipsFrom,
    DeliveryAllCountries,
    Order,
    Team,
    Due,
    TopicA,
    TopicB,
    QueuePlace,
    QueueWait,
    Goodwill,
}

/// When a fact is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Known {
    /// Always: every shop states it.
    Always,
    /// When this shop states it.
    Stated,
    /// Under a condition of the fact's own name.
    OwnName,
    /// Under any condition on the country.
    Country,
    /// When the country is delivered to.
    Served,
    /// When an order number was given.
    Order,
    /// While people are not there.
    Closed,
    /// In the texts of a hand-over.
    Handoff,
    /// In the texts of a clarifying question.
    Clarify,
    /// In the text of the line.
    Queue,
    /// In the text of what is given.
    Goodwill,
}

impl Fact {
    /// Every fact with its name and when it is known.
    const ALL: [(Self, &'static str, Known); 37] = [
        (Self::ShopName, "shop.name", Known::Always),
        (Self::ShopLegalName, "shop.legal_name", Known::Always),
        (Self::ShopWebsite, "shop.website", Known::Always),
        (Self::ShopEmail, "shop.email", Known::Always),
        (Self::ShopPhone, "shop.phone", Known::OwnName),
        (Self::ShopAddress, "shop.address", Known::Always),
        (Self::HoursWeek, "hours.week", Known::Always),
        (Self::HoursNextOpening, "hours.next_opening", Known::Closed),
        (Self::OrdersNumberExample, "orders.number_example", Known::Always),
        (Self::OrdersTrackingPage, "orders.tracking_page", Known::OwnName),
        (Self::OrdersProcessing, "orders.processing", Known::Always),
        (Self::OrdersCancelWithin, "orders.cancel_within", Known::Always),
        (Self::RefundsProcessing, "refunds.processing", Known::Always),
        (Self::RefundsBank, "refunds.bank", Known::Always),
        (Self::ReturnsWindow, "returns.window", Known::Always),
        (Self::ReturnsWindowEu, "returns.window_eu", Known::Always),
        (Self::WarrantyPeriod, "warranty.period", Known::Always),
        (Self::PaymentMethods, "payment.methods", Known::Always),
        (Self::PaymentNotOffered, "payment.not_offered", Known::Stated),
        (Self::PaymentInstalments, "payment.instalments", Known::OwnName),
        (Self::PromoNewsletterCode, "promo.newsletter_code", Known::OwnName),
        (Self::PromoFirstOrderPercent, "promo.first_order_percent", Known::OwnName),
        (Self::Country, "country", Known::Country),
        (Self::DeliveryDays, "delivery.days", Known::Served),
        (Self::DeliveryCost, "delivery.cost", Known::Served),
        (Self::DeliveryCarriers, "delivery.carriers", Known::Served),
        (Self::DeliveryFreeFrom, "delivery.free_from", Known::OwnName),
        (Self::DeliveryShipsFrom, "delivery.ships_from", Known::Always),
        (Self::DeliveryAllCountries, "delivery.all_countries", Known::Always),
        (Self::Order, "order", Known::Order),
        (Self::Team, "team", Known::Handoff),
        (Self::Due, "due", Known::Handoff),
        (Self::TopicA, "topic.a", Known::Clarify),
        (Self::TopicB, "topic.b", Known::Clarify),
        (Self::QueuePlace, "queue.place", Known::Queue),
        (Self::QueueWait, "queue.wait", Known::Queue),
        (Self::Goodwill, "goodwill", Known::Goodwill),
    ];

    /// The fact of a name.
    pub(crate) fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, known, _)| *known == name).map(|(fact, ..)| *fact)
    }

    /// The name in braces.
    pub(crate) fn name(self) -> &'static str {
        self.row().1
    }

    /// When it is known.
    pub(crate) fn known(self) -> Known {
        self.row().2
    }

    fn row(self) -> &'static (Self, &'static str, Known) {
        // Every fact has a row, which a test holds; the first is never used.
        Self::ALL.iter().find(|(fact, ..)| *fact == self).unwrap_or(&Self::ALL[0])
    }

    /// The known name nearest to one that is not known.
    pub(crate) fn nearest(name: &str) -> &'static str {
        let score = |known: &str| {
            let common = known.bytes().zip(name.bytes()).take_while(|(a, b)| a == b).count();
            let tail =
                known.bytes().rev().zip(name.bytes().rev()).take_while(|(a, b)| a == b).count();
            (common + tail).min(known.len().min(name.len()))
        };
        Self::ALL
            .iter()
            .map(|(_, known, _)| *known)
            .max_by_key(|known| score(known))
            .unwrap_or("shop.name")
    }

    /// Whether it may stand as the target of a link.
    pub(crate) fn is_address(self) -> bool {
        matches!(self, Self::ShopWebsite | Self::OrdersTrackingPage)
    }

    /// Whether the shop states it, for those facts that a shop may leave out.
    pub(crate) fn stated(self, shop: &Shop) -> bool {
        match self {
            Self::ShopPhone => shop.phone.is_some(),
            Self::OrdersTrackingPage => shop.orders.tracking_page.is_some(),
            Self::PaymentNotOffered => !shop.payment.not_offered.is_empty(),
            Self::PaymentInstalments => shop.payment.instalments.is_some(),
            Self::PromoNewsletterCode => shop.promo.newsletter_code.is_some(),
            Self::PromoFirstOrderPercent => shop.promo.first_order_percent.is_some(),
            _ => true,
        }
    }

    /// Why it may not be named in `entry` under `conditions`: code, message and help.
    pub(crate) fn refused(
        self,
        entry: Option<Text>,
        conditions: &[Condition],
        shop: &Shop,
    ) -> Option<(&'static str, String, String)> {
        let name = self.name();
        let under = |what: &str| {
            let message = format!("{{{name}}} is not always known");
            Some(("conditional-fact", message, format!("name it in a variant only: ### if {what}")))
        };
        let only = |where_: &str| {
            let message = format!("{{{name}}} is known only in {where_}");
            Some((
                "unknown-fact",
                message,
                "remove it here; docs/ANSWERS.md lists what each text may name".to_owned(),
            ))
        };
        let named = conditions.contains(&Condition::Has(self));
        match self.known() {
            Known::Always => None,
            Known::Stated if named || self.stated(shop) => None,
            Known::Stated => {
                let help =
                    format!("state it in shop.toml, or name it in a variant only: ### if {name}");
                Some(("missing-fact", format!("the shop does not state {name}"), help))
            }
            Known::OwnName if named => None,
            Known::OwnName => under(name),
            Known::Country if conditions.iter().any(|condition| condition.knows_country()) => None,
            Known::Served if conditions.iter().any(|condition| condition.is_served(shop)) => None,
            Known::Country | Known::Served => under("country"),
            Known::Order if conditions.contains(&Condition::Order) => None,
            Known::Order => under("order"),
            Known::Closed
                if conditions.contains(&Condition::Closed) || entry == Some(Text::OutOfHours) =>
            {
                None
            }
            Known::Closed => under("closed"),
            Known::Handoff
                if matches!(
                    entry,
                    Some(
                        Text::Handoff
                            | Text::HandoffAgain
                            | Text::QueueNobody
                            | Text::Translator
                            | Text::CsatLow
                            | Text::CesLow
                            | Text::NpsLow
                            | Text::Apology
                    )
                ) =>
            {
                None
            }
            Known::Handoff => only("the texts of a hand-over"),
            Known::Queue if entry == Some(Text::QueuePlace) => None,
            Known::Queue => only("text.queue.place"),
            Known::Goodwill if entry == Some(Text::Goodwill) => None,
            Known::Goodwill => only("text.goodwill"),
            Known::Clarify if entry == Some(Text::Clarify) => None,
            Known::Clarify => only("text.clarify"),
        }
    }
}
