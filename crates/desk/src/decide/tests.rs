mod people;
mod property;
mod questions;

use std::collections::BTreeSet;

use crate::testing::{Chat, RULES, check};
use crate::{Part, Text};

#[test]
fn known_questions_are_answered() {
    check(
        &mut Chat::new(),
        &[
            ("payment.methods", "answer: payment.methods"),
            ("chat.greeting product.price", "answer: product.price"),
            ("product.specs payment.methods", "answer: product.specs payment.methods"),
            // Two at most, the rest as buttons.
            (
                "product.price promo.discount tracking.status refund.status",
                "answer: product.price promo.discount [intent:tracking.status intent:refund.status]",
            ),
            (">intent:tracking.status", "answer: tracking.status"),
            ("worried tracking.delayed", "answer: soothe.worried tracking.delayed"),
            ("!refund.request tracking.status", "answer: tracking.status"),
            ("chat.bot_identity", "answer: chat.bot_identity"),
        ],
    );
}

#[test]
fn the_first_reply_says_that_an_assistant_speaks() {
    let mut chat = Chat::new();
    assert_eq!(chat.says("chat.greeting").say[0], Part::Text(Text::Disclosure));
    assert_eq!(
        chat.says("payment.methods").say,
        [Part::Answer(intent::IntentId::new("payment.methods"))]
    );
    // Also in a hand-over.
    assert_eq!(Chat::new().says("risk.legal_threat").say[0], Part::Text(Text::Disclosure));
}

#[test]
fn the_same_answer_is_not_given_twice_in_a_row() {
    check(
        &mut Chat::new(),
        &[
            ("tracking.status", "answer: tracking.status"),
            ("tracking.status", "answer already_answered: already_answered [human]"),
            (
                "tracking.status",
                "handoff repeated: acknowledge.neutral handoff -> yellow 1 Tue 12:02",
            ),
        ],
    );
    // The offer of a person is taken, or not.
    check(
        &mut Chat::new(),
        &[
            ("tracking.status", "answer: tracking.status"),
            ("tracking.status", "answer already_answered: already_answered [human]"),
            ("chat.deny", "answer small_talk: greeting [human]"),
            ("payment.methods", "answer: payment.methods"),
            ("payment.methods", "answer already_answered: already_answered [human]"),
            (
                "chat.affirm",
                "handoff person_asked: acknowledge.neutral handoff -> yellow 1 Tue 12:05",
            ),
        ],
    );
    // A new question beside an old one is answered alone.
    check(
        &mut Chat::new(),
        &[
            ("tracking.status", "answer: tracking.status"),
            ("tracking.status payment.methods", "answer: payment.methods"),
        ],
    );
    // About another country it is another question.
    check(
        &mut Chat::new(),
        &[
            ("shipping.time country=MX", "answer: shipping.time"),
            ("shipping.time country=JP", "answer: shipping.time"),
            ("country=US", "answer: shipping.time"),
            ("shipping.time", "answer already_answered: already_answered [human]"),
        ],
    );
    // A day later it may be asked again.
    check(
        &mut Chat::new(),
        &[
            ("tracking.status", "answer: tracking.status"),
            ("payment.methods", "answer: payment.methods"),
            ("tracking.status", "answer: tracking.status"),
            ("payment.methods", "answer: payment.methods"),
            ("+1440", ""),
            ("tracking.status", "answer: tracking.status"),
        ],
    );
}

#[test]
fn small_talk_is_no_failure() {
    check(
        &mut Chat::new(),
        &[
            ("chat.greeting", "answer small_talk: greeting"),
            ("chat.greeting", "answer small_talk: chat.greeting"),
            ("chat.greeting", "answer small_talk: greeting"),
            ("chat.thanks", "answer small_talk: chat.thanks"),
            ("chat.thanks", "silent small_talk_again"),
            ("chat.goodbye", "answer small_talk: chat.goodbye"),
            ("chat.affirm", "answer small_talk: chat.thanks"),
            ("chat.deny", "answer small_talk: greeting [human]"),
            ("", "fallback: fallback [human]"),
        ],
    );
}

#[test]
fn the_language_and_the_country_are_remembered() {
    let mut chat = Chat::new();
    chat.hears("lang=es tracking.status");
    assert_eq!(chat.conversation.memory.language.as_deref(), Some("es"));
    chat.hears("lang=und");
    assert_eq!(chat.conversation.memory.language.as_deref(), Some("es"));
    // The label of a button is in the bot's words.
    chat.hears(">intent:payment.methods");
    assert_eq!(chat.conversation.memory.language.as_deref(), Some("es"));
    // "Is it made in China" says nothing of where it shall go.
    chat.hears("product.specs country=CN");
    assert_eq!(chat.conversation.memory.country, None);
    chat.hears("shipping.time country=MX");
    assert_eq!(chat.conversation.memory.country.as_deref(), Some("MX"));
}

#[test]
fn the_why_has_the_numbers() {
    let cases = [
        (
            "tracking.lost:930",
            "tracking.lost is red (answered within 15 minutes), confidence 0.930",
        ),
        ("angry3 payment.methods", "anger is at level 3 of 3 (2 hands over)"),
        (
            "angry2 risk.legal_threat service.human",
            "the customer asks for a person; risk.legal_threat is red (answered within 15 minutes), confidence 0.900; risk.legal_threat is always handed to people, confidence 0.900; anger is at level 2 of 3 (2 hands over); risk.legal_threat has no answer, confidence 0.900",
        ),
        (
            "order.cancel:480@0-6 order.cancel_policy:450@3-9",
            "the same words say order.cancel (0.480) and order.cancel_policy (0.450): 0.030 apart, up to 0.100 is asked back",
        ),
        ("refund.request", "refund.request needs the order number"),
        ("", "nothing reaches the bar: 1 in a row (2 hand over)"),
        (
            "payment.methods:700 promo.discount:600",
            "known: payment.methods, confidence 0.700 and promo.discount, confidence 0.600",
        ),
    ];
    for (words, expected) in cases {
        assert_eq!(Chat::new().says(words).why, expected, "{words}");
    }
}

#[test]
fn the_names_of_the_rules_are_distinct() {
    let names: BTreeSet<&str> = RULES.iter().map(|rule| rule.as_str()).collect();
    assert_eq!(names.len(), RULES.len());
    assert!(
        super::TABLE.iter().map(|&(rule, _)| rule).is_sorted(),
        "declared in the table's order"
    );
    assert_eq!(super::TABLE.map(|(rule, _)| rule), RULES);
}
