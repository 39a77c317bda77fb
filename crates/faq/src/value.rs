//! The value of a fact for one customer, in the words of one locale.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::content::Fact;
use crate::render::Speaker;
use crate::{Context, Country, Hours, Period, PeriodUnit};

/// The longest text of the customer's that is repeated.
const SAID_CHARS: usize = 64;

/// So long two clocks have to agree to be one: through every change of a year.
const YEAR: SignedDuration = SignedDuration::from_hours(24 * 366);

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
        Fact::HoursWeek => written(match Clock::of(&shop.hours, context) {
            Clock::Shared => writer.week(&shop.hours),
            Clock::Theirs(_) | Clock::Shops => {
                writer.zoned(&writer.week(&shop.hours), &shop.hours.zone_name)
            }
        }),
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

/// By whose clock times are told. One reply may hold a moment and the opening hours: either no
/// zone is named in it, since there is but one, or with each time whose it is.
enum Clock<'a> {
    /// The customer's and the shop's clocks show the same.
    Shared,
    /// They do not: moments are told by the customer's, opening hours by the shop's.
    Theirs(&'a TimeZone),
    /// The customer's is not known: all is told by the shop's.
    Shops,
}

impl<'a> Clock<'a> {
    fn of(hours: &Hours, context: &'a Context) -> Self {
        match &context.time_zone {
            None => Self::Shops,
            Some(zone) if agree(zone, &hours.time_zone, context.now) => Self::Shared,
            Some(zone) => Self::Theirs(zone),
        }
    }
}

/// Whether two zones show the same time for a year from now on.
fn agree(a: &TimeZone, b: &TimeZone, now: Timestamp) -> bool {
    let end = now.checked_add(YEAR).unwrap_or(Timestamp::MAX);
    let same = |at: Timestamp| a.to_offset(at) == b.to_offset(at);
    let through = |zone: &TimeZone| {
        zone.following(now).map(|change| change.timestamp()).take_while(|at| *at <= end).all(same)
    };
    same(now) && through(a) && through(b)
}

/// A moment by the customer's clock; by the shop's when the customer's is not known.
fn moment(speaker: &Speaker<'_>, fact: Fact, context: &Context) -> Option<Value> {
    let (hours, writer) = (&speaker.answers.shop.hours, speaker.writer());
    let moments = &speaker.pack.names.moments;
    let (pattern, at) = match fact {
        Fact::Due => (&moments.due, context.due?),
        _ => (&moments.opens, context.next_opening?),
    };
    let told = |zone: &TimeZone| writer.moment(pattern, at, context.now, zone);
    Some(Value::Written(match Clock::of(hours, context) {
        Clock::Shared => told(&hours.time_zone),
        Clock::Theirs(zone) => writer.own(&told(zone)),
        Clock::Shops => writer.zoned(&told(&hours.time_zone), &hours.zone_name),
    }))
}

/// What the customer wrote, on one line and not at any length.
fn said(text: &str) -> Option<String> {
    let line: String =
        text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(SAID_CHARS).collect();
    let line = line.trim();
    (!line.is_empty()).then(|| line.to_owned())
}
