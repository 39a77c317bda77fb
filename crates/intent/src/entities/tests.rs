use super::{EntityFinder, find};
use crate::Hints;
use crate::analyzer::Options;
use crate::pack::Source;
use crate::scan::Scan;

#[track_caller]
fn check(text: &str, expect: &[(&str, &str, &str)]) {
    let options = Options {
        order_number_patterns: vec!["#?[1-9][0-9]{4,7}".to_owned()],
        products: vec![("p1".to_owned(), vec!["Aurora Lamp".to_owned()])],
    };
    let finder = EntityFinder::compile(&options).unwrap();
    let sources: [Source<'_>; 0] = [];
    let packs = crate::pack::packs::read(&sources, crate::pack::packs::Samples::Skip).unwrap();
    let model = crate::compiled::model(&packs, &sources).unwrap();
    let mut scan = Scan::default();
    scan.fill(&model, None, text, &Hints::default());
    let found = find(&finder, text, &scan);
    let found: Vec<_> =
        found.iter().map(|e| (e.kind.as_str(), e.span.of(text), e.value.as_str())).collect();
    assert_eq!(found, expect, "in {text:?}");
}

#[test]
fn order_numbers_follow_the_shops_pattern() {
    check("where is #10234?", &[("order_number", "#10234", "10234")]);
    check("订单10234还没到", &[("order_number", "10234", "10234")]);
    check("code 123456789012345678", &[]);
    check("it cost 10234.50", &[]);
}

#[test]
fn tracking_numbers_must_have_a_right_check_digit() {
    // Published examples of the carriers and of UPU S10.
    check("RR473124829GB", &[("tracking_number", "RR473124829GB", "UPU:RR473124829GB")]);
    check(
        "track RB 123 456 785 SG pls",
        &[("tracking_number", "RB 123 456 785 SG", "UPU:RB123456785SG")],
    );
    check("RR473124828GB", &[]);
    check(
        "1Z999AA10123456784",
        &[("tracking_number", "1Z999AA10123456784", "UPS:1Z999AA10123456784")],
    );
    check("1Z999AA10123456785", &[]);
    check("9400111206206200000000", &[]);
    check("986578788855", &[("tracking_number", "986578788855", "FedEx:986578788855")]);
    check("SF1234567890123", &[("tracking_number", "SF1234567890123", "SF:SF1234567890123")]);
    check(
        "LP00123456789012",
        &[("tracking_number", "LP00123456789012", "Cainiao:LP00123456789012")],
    );
}

#[test]
fn money_is_read_in_any_notation() {
    for (text, span, value) in [
        ("it was 1.000,50 € total", "1.000,50 €", "1000.50 EUR"),
        ("$1,000.50 charged", "$1,000.50", "1000.50 USD"),
        ("12 euros", "12 euros", "12 EUR"),
        ("2400円です", "2400円", "2400 JPY"),
        ("about 35,5 zł", "35,5 zł", "35.50 PLN"),
    ] {
        check(text, &[("money", span, value)]);
    }
    check("ref 12 hours", &[]);
}

#[test]
fn dates_are_iso_8601() {
    for (text, span, value) in [
        ("since 2026-11-03 nothing", "2026-11-03", "2026-11-03"),
        ("am 3.11.2026 bestellt", "3.11.2026", "2026-11-03"),
        ("on 11/23", "11/23", "--11-23"),
        ("ordered 3 November", "3 November", "--11-03"),
        ("March 5th, 2026", "March 5th, 2026", "2026-03-05"),
        ("el 5 de marzo", "5 de marzo", "--03-05"),
        ("12月3日に注文", "12月3日", "--12-03"),
    ] {
        check(text, &[("date", span, value)]);
    }
}

#[test]
fn people_and_places() {
    check("mail Me.Too@Example.com.", &[("email", "Me.Too@Example.com", "me.too@example.com")]);
    check(
        "see https://shop.example/a?b=1.",
        &[("url", "https://shop.example/a?b=1", "https://shop.example/a?b=1")],
    );
    check("call +49 30 5550100", &[("phone", "+49 30 5550100", "+49305550100")]);
    check("ship to México?", &[("country", "México", "MX")]);
    check("寄到日本", &[("country", "日本", "JP")]);
    check("التوصيل للسعودية", &[("country", "للسعودية", "SA")]);
    check("a jersey in red", &[]);
    check("where is my parcel", &[]);
    check("한국까지 배송비", &[("country", "한국까지", "KR")]);
    check("доставка в Германию", &[("country", "Германию", "DE")]);
    check("германозаврик", &[]);
    check("ship to the UK?", &[("country", "UK", "GB")]);
    check("the aurora lamp", &[("product", "aurora lamp", "p1")]);
}

#[test]
fn sizes_and_quantities() {
    check("do you have XL", &[("size", "XL", "XL")]);
    check("talla 38 por favor", &[("size", "talla 38", "38")]);
    check("I'm M. it's S", &[("size", "M", "M"), ("size", "S", "S")]);
    check("要3件", &[("quantity", "3件", "3")]);
    check("20 pcs", &[("quantity", "20 pcs", "20")]);
    check("take it x2", &[("quantity", "x2", "2")]);
}
