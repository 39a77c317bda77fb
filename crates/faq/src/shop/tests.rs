//! Reading facts, and the clock of the opening hours.

use super::{Country, Duties, Hours, Money, Period, PeriodUnit, Shop, WorkingDays, read};
use crate::load::{Diagnostics, Place, parse_toml};
use crate::tests::support::{at, bundled_sources};
use crate::{AnswerErrors, Source};

/// The bundled facts as text, one fact of it replaced.
fn facts(old: &str, new: &str) -> String {
    let (_, bytes) = bundled_sources(&[]).remove(0);
    let text = String::from_utf8(bytes).unwrap();
    assert!(text.contains(old), "{old} stands in shop.toml");
    text.replacen(old, new, 1)
}

fn shop(text: &str) -> Result<Shop, AnswerErrors> {
    let sources = [Source { path: "shop.toml", bytes: text.as_bytes() }];
    let mut diagnostics = Diagnostics::new(&sources);
    let node = parse_toml(text, Place::default(), &mut diagnostics);
    let shop = read(&node, &mut diagnostics);
    diagnostics.finish().map(|()| shop.unwrap())
}

#[test]
fn the_bundled_facts_are_read() {
    let shop = shop(&facts("[shop]", "[shop]")).unwrap();
    assert_eq!(
        (shop.name.as_str(), shop.country.as_str(), shop.currency.as_str()),
        ("Northwind Goods", "DE", "EUR")
    );
    assert_eq!(shop.orders.number_patterns, ["#?[1-9][0-9]{4,7}"]);
    assert_eq!(shop.returns.window, Period { amount: 30, unit: PeriodUnit::Days });
    assert_eq!(shop.first_response.red.seconds(), Some(900));
    assert_eq!(shop.first_response.blue.seconds(), Some(86_400));
    assert_eq!(shop.warranty.seconds(), None);
    let mexico = &shop.delivery.countries[&Country::parse("mx").unwrap()];
    assert_eq!(mexico.days, WorkingDays { from: 8, to: 14 });
    assert_eq!(mexico.cost, Money { amount: "349.00".to_owned(), currency: "MXN".to_owned() });
    // The default applies where the country does not say.
    assert_eq!(mexico.duties, Duties::Customer);
    assert_eq!(shop.delivery.order.first().map(Country::as_str), Some("DE"));
    assert_eq!(shop.delivery.order.len(), shop.delivery.countries.len());
}

#[test]
fn a_wrong_fact_is_told_by_place() {
    for (old, new, code, shown) in [
        ("name = \"Northwind Goods\"", "", "missing-key", "[shop]"),
        ("name = \"Northwind Goods\"", "name = \" \"", "bad-value", "name = \" \""),
        ("name = \"Northwind Goods\"", "name = 3", "wrong-type", "name = 3"),
        ("name = \"Northwind Goods\"", "name = ", "syntax", "name ="),
        ("name = \"Northwind Goods\"", "names = \"x\"", "unknown-key", "names = \"x\""),
        ("country = \"DE\"", "country = \"DEU\"", "bad-value", "country = \"DEU\""),
        ("currency = \"EUR\"", "currency = \"euro\"", "bad-value", "currency = \"euro\""),
        ("\"https://shop.example\"", "\"shop.example\"", "bad-value", "website = \"shop.example\""),
        ("# style = \"friendly\"", "style = \"rude\"", "bad-value", "style = \"rude\""),
        ("\"Europe/Berlin\"", "\"Mars/Olympus\"", "bad-value", "timezone = \"Mars/Olympus\""),
        (
            "monday = [\"09:00-18:00\"]",
            "monday = [\"18:00-09:00\"]",
            "bad-value",
            "monday = [\"18:00-09:00\"]",
        ),
        ("monday = [\"09:00-18:00\"]", "monday = [\"9-18\"]", "bad-value", "monday = [\"9-18\"]"),
        (
            "monday = [\"09:00-18:00\"]",
            "monday = [\"09:00-24:00\", \"12:00-13:00\"]",
            "bad-value",
            "monday = [\"09:00-24:00\", \"12:00-13:00\"]",
        ),
        (
            "\"2026-12-24\"",
            "\"2026-13-24\"",
            "bad-value",
            "holidays = [\"2026-13-24\", \"2026-12-25\", \"2026-12-26\", \"2027-01-01\"]",
        ),
        (
            "window = { days = 30 }",
            "window = { days = 30, months = 1 }",
            "bad-value",
            "window = { days = 30, months = 1 }",
        ),
        (
            "window = { days = 30 }",
            "window = { weeks = 4 }",
            "unknown-key",
            "window = { weeks = 4 }",
        ),
        ("window = { days = 30 }", "window = { days = -1 }", "bad-value", "window = { days = -1 }"),
        ("postage = \"customer\"", "postage = \"nobody\"", "bad-value", "postage = \"nobody\""),
        (
            "{ working_days = [1, 2] }",
            "{ working_days = [2, 1] }",
            "bad-value",
            "processing = { working_days = [2, 1] }",
        ),
        (
            "{ percent = 10 }",
            "{ percent = 110 }",
            "bad-value",
            "first_order_percent = { percent = 110 }",
        ),
        (
            "amount = \"3.90\"",
            "amount = \"3,90\"",
            "bad-value",
            "cost = { amount = \"3,90\", currency = \"EUR\" }",
        ),
        ("carriers = [\"DHL\"]", "carriers = []", "bad-value", "carriers = []"),
        (
            "[delivery.countries.DE]",
            "[delivery.countries.de]",
            "bad-value",
            "[delivery.countries.de]",
        ),
        ("ships_from = [\"DE\"]", "ships_from = []", "bad-value", "ships_from = []"),
        (
            "red = { minutes = 15 }, ",
            "",
            "missing-key",
            "first_response = { yellow = { hours = 2 }, blue = { hours = 24 } }",
        ),
    ] {
        let AnswerErrors(errors) = shop(&facts(old, new)).unwrap_err();
        let found = errors
            .iter()
            .find(|error| error.code == code)
            .unwrap_or_else(|| panic!("{new}: {errors:?}"));
        assert_eq!(found.excerpt.trim_end(), shown.trim_end(), "{found}");
        assert!(found.line > 0 && found.column > 0 && !found.help.is_empty(), "{found}");
    }
}

#[test]
fn all_that_is_wrong_is_told_at_once() {
    let text = facts("[shop]", "[shop]").replace("window =", "windows =").replace("method", "way");
    let AnswerErrors(errors) = shop(&text).unwrap_err();
    let codes: Vec<_> = errors.iter().map(|error| (error.code, error.line > 1)).collect();
    assert_eq!(
        codes,
        [
            ("missing-key", true),
            ("unknown-key", true),
            ("missing-key", true),
            ("unknown-key", true)
        ]
    );
}

#[test]
fn a_shop_that_never_opens_is_refused() {
    let mut text = facts("[shop]", "[shop]");
    for hours in ["[\"09:00-18:00\"]", "[\"09:00-17:00\"]"] {
        text = text.replace(hours, "[]");
    }
    let AnswerErrors(errors) = shop(&text).unwrap_err();
    assert_eq!(
        errors.iter().map(|error| error.message.as_str()).collect::<Vec<_>>(),
        ["the shop is never open"]
    );
}

#[test]
fn opening_hours_follow_the_shops_clock() {
    let hours: Hours = shop(&facts("[shop]", "[shop]")).unwrap().hours;
    for (now, open, next) in [
        // Saturday; Berlin is an hour ahead of UTC.
        ("2026-11-21T10:00:00Z", false, "2026-11-23T08:00:00Z"),
        ("2026-11-23T07:59:59Z", false, "2026-11-23T08:00:00Z"),
        ("2026-11-23T08:00:00Z", true, "2026-11-24T08:00:00Z"),
        ("2026-11-23T16:59:59Z", true, "2026-11-24T08:00:00Z"),
        ("2026-11-23T17:00:00Z", false, "2026-11-24T08:00:00Z"),
        // Friday ends an hour earlier.
        ("2026-11-27T16:30:00Z", false, "2026-11-30T08:00:00Z"),
        // The 24th and 25th of December 2026 are holidays, the 26th too, then comes a Sunday.
        ("2026-12-23T18:00:00Z", false, "2026-12-28T08:00:00Z"),
        // Summer time begins on 28 March 2027, a Sunday, and ends on 31 October.
        ("2027-03-26T18:00:00Z", false, "2027-03-29T07:00:00Z"),
        ("2027-10-29T18:00:00Z", false, "2027-11-01T08:00:00Z"),
    ] {
        assert_eq!(hours.is_open(at(now)), open, "{now}");
        assert_eq!(hours.next_opening(at(now)), Some(at(next)), "{now}");
    }
}

#[test]
fn an_opening_inside_the_skipped_hour_is_when_the_clock_has_passed_it() {
    let text = facts("sunday = []", "sunday = [\"02:30-05:00\", \"23:00-24:00\"]");
    let hours = shop(&text).unwrap().hours;
    // On 28 March 2027 Berlin's clock goes from 02:00 to 03:00.
    assert_eq!(hours.next_opening(at("2027-03-28T00:00:00Z")), Some(at("2027-03-28T01:30:00Z")));
    assert!(hours.is_open(at("2027-03-28T21:59:59Z")));
    assert!(!hours.is_open(at("2027-03-28T22:00:00Z")));
}

#[test]
fn countries_are_two_letters() {
    for (code, expected) in [
        ("mx", Some("MX")),
        ("De", Some("DE")),
        ("", None),
        ("D", None),
        ("DEU", None),
        ("é", None),
        ("1A", None),
    ] {
        assert_eq!(
            Country::parse(code).map(|country| country.to_string()).as_deref(),
            expected,
            "{code}"
        );
    }
    for (code, eu) in
        [("DE", true), ("NO", true), ("RE", true), ("CH", false), ("GB", false), ("MX", false)]
    {
        assert_eq!(Country::parse(code).is_some_and(Country::in_eu), eu, "{code}");
    }
}
