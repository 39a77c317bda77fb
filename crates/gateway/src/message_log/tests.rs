use intent::{Analyzer, EntityKind, Hints};

use super::*;
use crate::packs::{Knowledge, PackFiles};

fn analyzer() -> Analyzer {
    Knowledge::compile(&PackFiles::embedded()).unwrap_or_else(|f| panic!("{f}")).analyzer
}

#[test]
fn what_names_somebody_is_replaced() {
    let analyzer = analyzer();
    for (text, masked) in [
        ("where is #10234?", "where is #11111?"),
        ("mail Jo.Doe@shop.co.uk please.", "mail name@example.com please."),
        ("call +34 612 345 678", "call +11 111 111 111"),
        ("rufen Sie 0621 1234567 an", "rufen Sie 0111 1111111 an"),
        ("card 4111 1111-2222.3333 exp", "card 1111 1111-1111.1111 exp"),
        ("see https://x.example/u/77?a=b!", "see https://example.com/!"),
        ("ig @maria_92, dm me", "ig @name, dm me"),
        ("IBAN DE89 3704 0044 0532 0130 00", "IBAN DE11 1111 1111 1111 1111 11"),
        ("رقمي ٠٥٠١٢٣٤٥٦٧", "رقمي 1111111111"),
        // What names nobody stays.
        ("2 pieces, size 42, $12,50", "2 pieces, size 42, $12,50"),
        ("ordered on 2026-03-14", "ordered on 2026-03-14"),
        ("12345 EUR", "12345 EUR"),
        ("a@ @ 3 weeks", "a@ @ 3 weeks"),
        ("我的订单 3 天", "我的订单 3 天"),
        ("", ""),
    ] {
        let entities = analyzer.analyze(text, &Hints::default()).entities;
        assert_eq!(mask(text, &entities), masked, "{entities:?}");
    }
}

#[test]
fn a_masked_message_is_understood_as_before() {
    let analyzer = analyzer();
    for text in [
        "where is my order 10234? write to jo@shop.example",
        "¿dónde está mi pedido #10234? me llamo al +34 612 345 678",
        "我的订单10234到哪里了",
    ] {
        let before = analyzer.analyze(text, &Hints::default());
        let masked = mask(text, &before.entities);
        assert_ne!(masked, text);
        let after = analyzer.analyze(&masked, &Hints::default());
        assert_eq!(after.intent, before.intent, "{masked}");
        let kinds = |analysis: &Analysis| -> Vec<EntityKind> {
            analysis.entities.iter().map(|entity| entity.kind).collect()
        };
        assert_eq!(kinds(&after), kinds(&before), "{masked}");
    }
}
