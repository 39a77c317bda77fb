//! Reads `shop.toml` into [`Shop`].

use super::read_values::{
    country, currency, duties, money, one_of, optional_texts, period, some_texts, time_zone,
    web_address, week, working_days,
};
use super::{
    Country, CountryDelivery, Delivery, Duties, FirstResponse, Hours, Orders, Payer, Payment,
    Promo, Refunds, ReturnCondition, Returns, Shop,
};
use crate::Style;
use crate::load::{Diagnostics, Fields, Node};

/// Reads the facts; whatever is missing or wrong is noted, and then there are none.
pub(crate) fn shop(root: &Node, diagnostics: &mut Diagnostics<'_>) -> Option<Shop> {
    let mut fields = root.fields(diagnostics)?;
    let identity = fields.table("shop", diagnostics);
    let hours = fields.table("hours", diagnostics).and_then(|fields| hours(fields, diagnostics));
    let orders = fields.table("orders", diagnostics).and_then(|fields| orders(fields, diagnostics));
    let returns =
        fields.table("returns", diagnostics).and_then(|fields| returns(fields, diagnostics));
    let refunds =
        fields.table("refunds", diagnostics).and_then(|fields| refunds(fields, diagnostics));
    let payment =
        fields.table("payment", diagnostics).and_then(|fields| payment(fields, diagnostics));
    let warranty = fields.table("warranty", diagnostics).and_then(|mut fields| {
        let period = period(fields.required("period", diagnostics)?, diagnostics);
        fields.finish(diagnostics);
        period
    });
    let promo = match fields.optional("promo") {
        Some(node) => node.fields(diagnostics).and_then(|fields| promo(fields, diagnostics)),
        None => Some(Promo::default()),
    };
    let delivery =
        fields.table("delivery", diagnostics).and_then(|fields| delivery(fields, diagnostics));
    let first_response =
        fields.table("support", diagnostics).and_then(|fields| support(fields, diagnostics));
    fields.finish(diagnostics);

    let mut identity = identity?;
    let name = identity.text("name", diagnostics);
    let legal_name = identity.text("legal_name", diagnostics);
    let home =
        identity.required("country", diagnostics).and_then(|node| country(node, diagnostics));
    let currency =
        identity.required("currency", diagnostics).and_then(|node| currency(node, diagnostics));
    let website =
        identity.required("website", diagnostics).and_then(|node| web_address(node, diagnostics));
    let email = identity.text("email", diagnostics);
    let phone = identity.optional_text("phone", diagnostics);
    let address = identity.text("address", diagnostics);
    let styles = Style::ALL.map(|style| (style.as_str(), style));
    let style = identity.optional("style").and_then(|node| one_of(node, &styles, diagnostics));
    identity.finish(diagnostics);
    Some(Shop {
        name: name?,
        legal_name: legal_name?,
        country: home?,
        currency: currency?,
        website: website?,
        email: email?,
        phone,
        address: address?,
        style,
        hours: hours?,
        orders: orders?,
        returns: returns?,
        refunds: refunds?,
        payment: payment?,
        warranty: warranty?,
        promo: promo?,
        delivery: delivery?,
        first_response: first_response?,
    })
}

fn hours(mut fields: Fields<'_>, diagnostics: &mut Diagnostics<'_>) -> Option<Hours> {
    let zone =
        fields.required("timezone", diagnostics).and_then(|node| time_zone(node, diagnostics));
    let week = week(&mut fields, diagnostics);
    let mut holidays = std::collections::BTreeSet::new();
    if let Some(node) = fields.optional("holidays") {
        for (text, place) in node.texts(diagnostics)? {
            match text.parse() {
                Ok(date) => {
                    holidays.insert(date);
                }
                Err(_) => diagnostics.error(
                    place,
                    "bad-value",
                    format!("{text} is no date"),
                    "write year, month and day: 2026-12-24",
                ),
            }
        }
    }
    fields.finish(diagnostics);
    let (zone_name, time_zone) = zone?;
    Some(Hours { zone_name, time_zone, week: week?, holidays })
}

fn orders(mut fields: Fields<'_>, diagnostics: &mut Diagnostics<'_>) -> Option<Orders> {
    let number_patterns = some_texts(&mut fields, "number_patterns", diagnostics);
    let number_example = fields.text("number_example", diagnostics);
    let processing =
        fields.required("processing", diagnostics).and_then(|node| working_days(node, diagnostics));
    let cancel_within =
        fields.required("cancel_within", diagnostics).and_then(|node| period(node, diagnostics));
    let tracking_page =
        fields.optional("tracking_page").and_then(|node| web_address(node, diagnostics));
    fields.finish(diagnostics);
    Some(Orders {
        number_patterns: number_patterns?,
        number_example: number_example?,
        processing: processing?,
        cancel_within: cancel_within?,
        tracking_page,
    })
}

fn returns(mut fields: Fields<'_>, diagnostics: &mut Diagnostics<'_>) -> Option<Returns> {
    let window = fields.required("window", diagnostics).and_then(|node| period(node, diagnostics));
    let window_eu =
        fields.required("window_eu", diagnostics).and_then(|node| period(node, diagnostics));
    let payers = [("shop", Payer::Shop), ("customer", Payer::Customer)];
    let postage =
        fields.required("postage", diagnostics).and_then(|node| one_of(node, &payers, diagnostics));
    let conditions = [("unused", ReturnCondition::Unused), ("any", ReturnCondition::Any)];
    let condition = fields
        .required("condition", diagnostics)
        .and_then(|node| one_of(node, &conditions, diagnostics));
    fields.finish(diagnostics);
    Some(Returns {
        window: window?,
        window_eu: window_eu?,
        postage: postage?,
        condition: condition?,
    })
}

fn refunds(mut fields: Fields<'_>, diagnostics: &mut Diagnostics<'_>) -> Option<Refunds> {
    let processing =
        fields.required("processing", diagnostics).and_then(|node| working_days(node, diagnostics));
    let bank =
        fields.required("bank", diagnostics).and_then(|node| working_days(node, diagnostics));
    fields.finish(diagnostics);
    Some(Refunds { processing: processing?, bank: bank? })
}

fn payment(mut fields: Fields<'_>, diagnostics: &mut Diagnostics<'_>) -> Option<Payment> {
    let methods = some_texts(&mut fields, "methods", diagnostics);
    let not_offered = optional_texts(&mut fields, "not_offered", diagnostics);
    let instalments = fields.optional_text("instalments", diagnostics);
    fields.finish(diagnostics);
    Some(Payment { methods: methods?, not_offered, instalments })
}

fn promo(mut fields: Fields<'_>, diagnostics: &mut Diagnostics<'_>) -> Option<Promo> {
    let first_order_percent = match fields.optional("first_order_percent") {
        Some(node) => {
            let mut inner = node.fields(diagnostics)?;
            let percent = inner.required("percent", diagnostics)?.number(100, diagnostics);
            inner.finish(diagnostics);
            percent.and_then(|percent| u8::try_from(percent).ok())
        }
        None => None,
    };
    let newsletter_code = fields.optional_text("newsletter_code", diagnostics);
    fields.finish(diagnostics);
    Some(Promo { first_order_percent, newsletter_code })
}

fn delivery(mut fields: Fields<'_>, diagnostics: &mut Diagnostics<'_>) -> Option<Delivery> {
    let default = fields.required("duties", diagnostics).and_then(|node| duties(node, diagnostics));
    let ships_from = fields.required("ships_from", diagnostics).and_then(|node| {
        let from: Vec<_> =
            node.list(diagnostics)?.iter().filter_map(|node| country(node, diagnostics)).collect();
        if from.is_empty() {
            let help = "name the country the parcels leave from: [\"DE\"]";
            diagnostics.error(node.place, "bad-value", "ships_from names no country", help);
        }
        Some(from)
    });
    let mut countries = Vec::new();
    if let Some(table) = fields.table("countries", diagnostics) {
        for (code, (place, node)) in table.entries {
            let Some(known) = Country::parse(code).filter(|known| known.as_str() == code) else {
                let help = "use the two capital letters of ISO 3166-1: MX";
                diagnostics.error(*place, "bad-value", format!("{code} is no country code"), help);
                continue;
            };
            let delivered = node
                .fields(diagnostics)
                .and_then(|fields| to_country(fields, default, diagnostics));
            if let Some(delivered) = delivered {
                countries.push((*place, known, delivered));
            }
        }
        if table.entries.is_empty() {
            let help = "add a table for each country delivered to: [delivery.countries.DE]";
            diagnostics.error(table.place, "bad-value", "no country is delivered to", help);
        }
    }
    fields.finish(diagnostics);
    // The author's order is the order in which countries are told.
    countries.sort_by_key(|(place, ..)| *place);
    let order = countries.iter().map(|(_, country, _)| *country).collect();
    let countries =
        countries.into_iter().map(|(_, country, delivered)| (country, delivered)).collect();
    Some(Delivery { duties: default?, ships_from: ships_from?, order, countries })
}

fn to_country(
    mut fields: Fields<'_>,
    default: Option<Duties>,
    diagnostics: &mut Diagnostics<'_>,
) -> Option<CountryDelivery> {
    let days =
        fields.required("days", diagnostics).and_then(|node| working_days(node, diagnostics));
    let cost = fields.required("cost", diagnostics).and_then(|node| money(node, diagnostics));
    let free_from = fields.optional("free_from").and_then(|node| money(node, diagnostics));
    let carriers = some_texts(&mut fields, "carriers", diagnostics);
    let duties = match fields.optional("duties") {
        Some(node) => duties(node, diagnostics),
        None => default,
    };
    fields.finish(diagnostics);
    Some(CountryDelivery {
        days: days?,
        cost: cost?,
        free_from,
        carriers: carriers?,
        duties: duties?,
    })
}

fn support(mut fields: Fields<'_>, diagnostics: &mut Diagnostics<'_>) -> Option<FirstResponse> {
    let response = fields.table("first_response", diagnostics).and_then(|mut fields| {
        let mut severity =
            |key| fields.required(key, diagnostics).and_then(|node| period(node, diagnostics));
        let (red, yellow, blue) = (severity("red"), severity("yellow"), severity("blue"));
        fields.finish(diagnostics);
        Some(FirstResponse { red: red?, yellow: yellow?, blue: blue? })
    });
    fields.finish(diagnostics);
    response
}
