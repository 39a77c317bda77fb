//! The value of a fact for one customer, in the words of one locale.

use crate::content::Fact;
use crate::render::Speaker;
use crate::{Context, Country, Period, PeriodUnit};

/// The longest text of the customer's that is repeated.
const SAID_CHARS: usize = 64;

/// A value in a sentence.
pub(crate) enum Value {
    /// As the shop or the customer wrote it, in whatever script.
    Text(String),
    /// As the locale writes it.
    Written(String),
}

/// The value of a fact; `None` when it is not known.
pub(crate) fn value(speaker: &Speaker<'_>, fact: Fact, context: &Context) -> Option<Value> {
    let shop = &speaker.answers.shop;
    let writer = speaker.writer();
    let delivered = || context.country.and_then(|country| shop.delivery.countries.get(&country));
    let countries = |countries: &[Country]| {
        let named: Vec<_> = countries.iter().map(|country| writer.country(*country)).collect();
        Some(Value::Written(writer.list(&named)))
    };
    let methods = |methods: &[String]| {
        let named: Vec<_> = methods.iter().map(|method| writer.payment_method(method)).collect();
        (!named.is_empty()).then(|| Value::Written(writer.list(&named)))
    };
    let topic = |first: bool| {
        let (a, b) = context.topics.as_ref()?;
        let id = if first { a } else { b };
        speaker.answers.title(id, speaker.tag).map(|title| Value::Text(title.to_owned()))
    };
    let text = |text: &str| Some(Value::Text(text.to_owned()));
    let written = |text: String| Some(Value::Written(text));
    match fact {
        Fact::ShopName => text(&shop.name),
        Fact::ShopLegalName => text(&shop.legal_name),
        Fact::ShopWebsite => text(&shop.website),
        Fact::ShopEmail => text(&shop.email),
        Fact::ShopPhone => shop.phone.clone().map(Value::Text),
        Fact::ShopAddress => text(&shop.address),
        Fact::HoursWeek => written(writer.week(&shop.hours)),
        Fact::OrdersNumberExample => text(&shop.orders.number_example),
        Fact::OrdersTrackingPage => shop.orders.tracking_page.clone().map(Value::Text),
        Fact::OrdersProcessing => written(writer.working_days(shop.orders.processing)),
        Fact::OrdersCancelWithin => written(writer.period(shop.orders.cancel_within)),
        Fact::RefundsProcessing => written(writer.working_days(shop.refunds.processing)),
        Fact::RefundsBank => written(writer.working_days(shop.refunds.bank)),
        Fact::ReturnsWindow => written(writer.period(shop.returns.window)),
        Fact::ReturnsWindowEu => written(writer.period(shop.returns.window_eu)),
        Fact::WarrantyPeriod => written(writer.period(shop.warranty)),
        Fact::PaymentMethods => methods(&shop.payment.methods),
        Fact::PaymentNotOffered => methods(&shop.payment.not_offered),
        Fact::PaymentInstalments => shop.payment.instalments.clone().map(Value::Text),
        Fact::PromoNewsletterCode => shop.promo.newsletter_code.clone().map(Value::Text),
        Fact::PromoFirstOrderPercent => written(writer.percent(shop.promo.first_order_percent?)),
        Fact::Country => written(writer.country(context.country?)),
        Fact::DeliveryDays => written(writer.working_days(delivered()?.days)),
        Fact::DeliveryCost => written(writer.money(&delivered()?.cost)),
        Fact::DeliveryCarriers => written(writer.list(&delivered()?.carriers)),
        Fact::DeliveryFreeFrom => written(writer.money(delivered()?.free_from.as_ref()?)),
        Fact::DeliveryShipsFrom => countries(&shop.delivery.ships_from),
        Fact::DeliveryAllCountries => countries(&shop.delivery.order),
        Fact::Order => said(context.order.as_deref()?).map(Value::Text),
        Fact::Team => written(speaker.pack.names.team(context.team?).to_owned()),
        Fact::HoursNextOpening | Fact::Due => moment(speaker, fact, context),
        Fact::TopicA => topic(true),
        Fact::TopicB => topic(false),
        Fact::QueuePlace => written(writer.count(context.place?)),
        Fact::QueueWait => {
            let minutes = context.wait_minutes?;
            let (amount, unit) = match minutes {
                0..100 => (minutes.max(1), PeriodUnit::Minutes),
                _ => (minutes.div_ceil(60), PeriodUnit::Hours),
            };
            written(writer.period(Period { amount, unit }))
        }
        Fact::Goodwill => written(writer.percent(context.goodwill_percent?)),
    }
}

/// A moment by the customer's clock; by the shop's, which is then named, when the
/// customer's is not known.
fn moment(speaker: &Speaker<'_>, fact: Fact, context: &Context) -> Option<Value> {
    let (hours, writer) = (&speaker.answers.shop.hours, speaker.writer());
    let moments = &speaker.pack.names.moments;
    let (pattern, at) = match fact {
        Fact::Due => (&moments.due, context.due?),
        _ => (&moments.opens, context.next_opening?),
    };
    let zone = context.time_zone.as_ref().unwrap_or(&hours.time_zone);
    let told = writer.moment(pattern, at, context.now, zone);
    Some(Value::Written(if context.time_zone.is_some() {
        told
    } else {
        writer.zoned(&told, &hours.zone_name)
    }))
}

/// What the customer wrote, on one line and not at any length.
fn said(text: &str) -> Option<String> {
    let line: String =
        text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(SAID_CHARS).collect();
    let line = line.trim();
    (!line.is_empty()).then(|| line.to_owned())
}
