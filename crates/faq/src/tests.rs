//! The bundled answers, from outside.

mod support;

use crate::{Answers, Composition, Context, Country, Offer, Part, Text};
use support::{at, bundled, bundled_sources};

#[test]
fn show() {
    let answers = bundled(&["en"]);
    let mut c = Context::at(at("2026-11-21T10:00:00Z"));
    for country in [None, Some("MX"), Some("DE"), Some("JP"), Some("NG")] {
        c.country = country.and_then(Country::parse);
        for order in [None, Some("#10234")] {
            c.order = order.map(str::to_owned);
            for id in answers.ids() {
                let r = answers.render(
                    &Composition {
                        parts: vec![Part::Answer(id.to_owned())],
                        offers: vec![],
                        related: 3,
                    },
                    &c,
                    "en",
                );
                println!("{id} [{country:?} {order:?}]\n   {}\n", r.numbered());
            }
        }
    }
    c.open = false;
    c.next_opening = answers.shop().hours.next_opening(c.now);
    c.due = c.next_opening;
    c.team = Some(2);
    c.topics = Some(("order.cancel".into(), "order.modify".into()));
    for text in Text::ALL {
        let r = answers.render(
            &Composition { parts: vec![Part::Text(text)], offers: vec![Offer::Human], related: 3 },
            &c,
            "en",
        );
        println!("{}\n   {}\n", text.as_str(), r.markdown);
    }
    for f in answers.lint() {
        println!("{f:?}");
    }
    println!(
        "{:?}",
        answers
            .coverage()
            .locales
            .iter()
            .map(|l| (l.tag.clone(), l.answers.len(), l.styled, l.missing_names.clone()))
            .collect::<Vec<_>>()
    );
    let _ = Answers::compile(
        &bundled_sources(&["en"])
            .iter()
            .map(|(p, b)| crate::Source { path: p, bytes: b })
            .collect::<Vec<_>>(),
    );
}
