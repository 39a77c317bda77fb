//! What the bot asks, and how it is answered.

use crate::testing::{Chat, check, summary};

#[test]
fn what_is_needed_is_asked_twice_at_most() {
    check(
        &mut Chat::new(),
        &[
            ("refund.request", "collect: collect.order_number"),
            (
                "order=10234",
                "handoff request: acknowledge.neutral handoff refund.request -> yellow 1 Tue 12:01",
            ),
        ],
    );
    check(
        &mut Chat::new(),
        &[
            (
                "disappointed item.damaged refund.request",
                "collect: soothe.disappointed collect.order_number",
            ),
            ("", "collect collect_again: collect.again [human]"),
            (
                "order=10234",
                "handoff request: acknowledge.neutral handoff item.damaged options [option:replacement option:return_refund] -> yellow 1 Tue 12:02",
            ),
        ],
    );
    check(
        &mut Chat::new(),
        &[
            ("order.cancel", "collect: collect.order_number"),
            ("", "collect collect_again: collect.again [human]"),
            (
                "",
                "handoff not_understood: acknowledge.neutral handoff order.cancel -> yellow 1 Tue 12:02",
            ),
        ],
    );
    // Whoever insists without a number gets a person, whoever has none too.
    check(
        &mut Chat::new(),
        &[
            ("order.cancel", "collect: collect.order_number"),
            ("order.cancel", "collect collect_again: collect.again [human]"),
            (
                "chat.affirm",
                "handoff request: acknowledge.neutral handoff order.cancel -> yellow 1 Tue 12:02",
            ),
        ],
    );
    for instead in ["chat.deny", ">no", "email=ana@example.com"] {
        check(
            &mut Chat::new(),
            &[
                ("order.cancel", "collect: collect.order_number"),
                (
                    instead,
                    "handoff request: acknowledge.neutral handoff order.cancel -> yellow 1 Tue 12:01",
                ),
            ],
        );
    }
    // Another question is answered, and the old one is let go.
    check(
        &mut Chat::new(),
        &[
            ("order.cancel", "collect: collect.order_number"),
            ("payment.methods", "answer: payment.methods"),
            ("chat.thanks", "answer small_talk: chat.thanks"),
        ],
    );
    // What needs nothing is answered at once.
    check(
        &mut Chat::new(),
        &[
            ("payment.methods shipping.time", "collect: payment.methods collect.country"),
            ("country=MX", "answer: shipping.time"),
            ("shipping.cost", "answer: shipping.cost"),
        ],
    );
    // A country is asked for once; then the answer is general.
    check(
        &mut Chat::new(),
        &[("shipping.time", "collect: collect.country"), ("", "answer: shipping.time")],
    );
    let mut known = Chat::new();
    known.customer.country = Some("MX".to_owned());
    check(&mut known, &[("shipping.time", "answer: shipping.time")]);
    // Nobody who is angry is asked for numbers.
    check(
        &mut Chat::new(),
        &[(
            "angry2 refund.request",
            "handoff angry: soothe.angry handoff refund.request -> yellow 1 Tue 12:00",
        )],
    );
}

#[test]
fn two_readings_of_the_same_words_are_asked_back() {
    let close = "order.cancel:480@0-6 order.cancel_policy:450@3-9";
    let question = "clarify: clarify [clarify:order.cancel clarify:order.cancel_policy human]";
    check(
        &mut Chat::new(),
        &[(close, question), (">clarify:order.cancel_policy", "answer: order.cancel_policy")],
    );
    check(
        &mut Chat::new(),
        &[
            (close, question),
            ("order.cancel_policy:800 payment.methods:900", "answer: order.cancel_policy"),
        ],
    );
    check(&mut Chat::new(), &[(close, question), ("chat.affirm", "collect: collect.order_number")]);
    check(
        &mut Chat::new(),
        &[
            (close, question),
            (
                "order=10234",
                "handoff request: acknowledge.neutral handoff order.cancel -> yellow 1 Tue 12:01",
            ),
        ],
    );
    check(&mut Chat::new(), &[(close, question), ("payment.methods", "answer: payment.methods")]);
    // Neither: that is a failure, and the next one hands over.
    check(
        &mut Chat::new(),
        &[
            (close, question),
            ("chat.deny", "fallback: fallback [human]"),
            ("", "handoff not_understood: acknowledge.neutral handoff -> blue 1 Wed 10:02"),
        ],
    );
    // Not twice in a row.
    check(
        &mut Chat::new(),
        &[
            (close, question),
            (
                "refund.status:480@0-6 tracking.status:450@3-9",
                "answer: refund.status tracking.status",
            ),
        ],
    );
    for not_close in [
        // In other words: both are meant.
        "payment.methods:480@0-6 promo.discount:450@6-9",
        // One is clearly likelier, or sure.
        "payment.methods:480@0-6 promo.discount:370@3-9",
        "payment.methods:760@0-6 promo.discount:700@3-9",
    ] {
        check(&mut Chat::new(), &[(not_close, "answer: payment.methods promo.discount")]);
    }
}

#[test]
fn a_typed_label_is_the_button() {
    let mut chat = Chat::new();
    chat.hears("near=promo.discount");
    // The label of the test's buttons is the payload in brackets.
    let analysis = crate::testing::analysis("", &chat.policy);
    let input =
        crate::Input { text: " [INTENT:promo.discount] ", analysis: &analysis, payload: None };
    let decision = crate::decide(
        &input,
        &chat.conversation,
        &chat.customer,
        &chat.policy,
        &chat.floor,
        chat.now,
    );
    assert_eq!(summary(&decision), "answer: promo.discount");
    // A button of packs that are gone is no wish.
    assert_eq!(
        summary(&chat.decides(">intent:gone.away")),
        "handoff not_understood: acknowledge.neutral handoff -> blue 1 Wed 10:01"
    );
}
