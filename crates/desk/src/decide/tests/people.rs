//! Handing over, and being silent.

use crate::Owner;
use crate::testing::{Chat, check, summary};

#[test]
fn people_take_over_what_is_grave_or_wanted() {
    let cases = [
        (
            "service.human",
            "handoff person_asked: acknowledge.neutral handoff -> yellow 1 Tue 12:00",
        ),
        (">human", "handoff person_asked: acknowledge.neutral handoff -> yellow 1 Tue 12:00"),
        (
            "service.human payment.methods",
            "handoff person_asked: acknowledge.neutral handoff payment.methods -> yellow 1 Tue 12:00",
        ),
        // A known answer goes with it.
        (
            "tracking.lost",
            "handoff red_intent: acknowledge.neutral handoff tracking.lost options [option:resend option:refund] -> red 1 Tue 10:15",
        ),
        (
            "worried tracking.lost",
            "handoff red_intent: soothe.worried handoff tracking.lost options [option:resend option:refund] -> red 1 Tue 10:15",
        ),
        (
            "angry2 tracking.lost",
            "handoff red_intent: soothe.angry handoff tracking.lost options [option:resend option:refund] -> red 1 Tue 10:15",
        ),
        // Law, safety and fraud are met with neutral words.
        ("risk.legal_threat", "handoff red_intent: acknowledge.risk handoff -> red 3 Tue 10:15"),
        (
            "angry3 risk.legal_threat",
            "handoff red_intent: acknowledge.risk handoff -> red 3 Tue 10:15",
        ),
        (
            "item.counterfeit",
            "handoff red_intent: acknowledge.risk handoff item.counterfeit -> red 3 Tue 10:15",
        ),
        (
            "payment.unauthorized:400",
            "handoff red_intent: acknowledge.risk handoff payment.unauthorized -> red 2 Tue 10:15",
        ),
        ("!risk.legal_threat payment.methods", "answer: payment.methods"),
        (
            "angry2 shipping.cost",
            "handoff angry: soothe.angry handoff shipping.cost -> yellow 1 Tue 12:00",
        ),
        // Level 3 raises the tier by one.
        (
            "angry3 shipping.cost",
            "handoff angry: soothe.angry handoff shipping.cost -> yellow 2 Tue 12:00",
        ),
        (
            "angry3 account.privacy",
            "handoff angry: soothe.angry handoff account.privacy -> yellow 3 Tue 12:00",
        ),
        ("angry1 payment.methods", "answer: payment.methods"),
        // What has no answer is not left alone; nor is an intent that nobody declared.
        ("account.login", "handoff no_answer: acknowledge.neutral handoff -> yellow 2 Tue 12:00"),
        ("shop.own_idea", "handoff no_answer: acknowledge.neutral handoff -> yellow 1 Tue 12:00"),
        // What only a person can carry out.
        (
            "account.privacy",
            "handoff request: acknowledge.neutral handoff account.privacy -> yellow 3 Tue 12:00",
        ),
        (
            "order.cancel order=10234",
            "handoff request: acknowledge.neutral handoff order.cancel -> yellow 1 Tue 12:00",
        ),
    ];
    for (words, expected) in cases {
        check(&mut Chat::new(), &[(words, expected)]);
    }
}

#[test]
fn out_of_hours_the_next_opening_is_named() {
    check(
        &mut Chat::at("2026-11-20T17:30:00Z"),
        &[(
            "service.human",
            "handoff person_asked: acknowledge.neutral handoff -> yellow 1 Mon 10:30",
        )],
    );
    let mut chat = Chat::at("2026-11-21T12:00:00Z");
    let decision = chat.says("tracking.lost");
    assert_eq!(
        summary(&decision),
        "handoff red_intent: acknowledge.neutral handoff out_of_hours tracking.lost options [option:resend option:refund] -> red 1 Mon 09:15"
    );
    let opening = decision.handoff.and_then(|handoff| handoff.next_opening).expect("closed");
    assert_eq!(opening.to_string(), "2026-11-23T09:00:00Z");
}

#[test]
fn the_second_failure_in_a_row_hands_over() {
    check(
        &mut Chat::new(),
        &[
            (
                "near=promo.discount near=risk.legal_threat near=chat.thanks",
                "fallback: fallback [intent:promo.discount human]",
            ),
            ("", "handoff not_understood: acknowledge.neutral handoff -> blue 1 Wed 10:01"),
        ],
    );
    // Something understood between them begins the count anew; so does small talk.
    check(
        &mut Chat::new(),
        &[
            ("", "fallback: fallback [human]"),
            ("payment.methods", "answer: payment.methods"),
            ("", "fallback: fallback [human]"),
            ("chat.thanks", "answer small_talk: chat.thanks"),
            ("", "fallback: fallback [human]"),
            (">human", "handoff person_asked: acknowledge.neutral handoff -> yellow 1 Tue 12:05"),
        ],
    );
}

#[test]
fn the_bot_is_silent_while_people_answer() {
    check(
        &mut Chat::new(),
        &[
            (
                "tracking.lost",
                "handoff red_intent: acknowledge.neutral handoff tracking.lost options [option:resend option:refund] -> red 1 Tue 10:15",
            ),
            // Said once more, then left to the people; the promise stands.
            ("payment.methods", "handoff waiting: handoff.again -> red 1 Tue 10:15"),
            ("", "silent waiting_silent -> red 1 Tue 10:15"),
            ("risk.legal_threat", "silent waiting_silent -> red 3 Tue 10:15"),
            ("@ana take", ""),
            ("service.human", "silent person_owns -> red 3 Tue 10:15"),
            ("@ana reply", ""),
            // A new message makes a new answer due.
            ("+60", ""),
            ("chat.thanks", "silent person_owns -> red 3 Tue 11:22"),
            ("@ana resolve", ""),
            ("payment.methods", "answer: payment.methods"),
            (
                "tracking.lost",
                "handoff red_intent: acknowledge.neutral handoff tracking.lost options [option:resend option:refund] -> red 1 Tue 11:25",
            ),
        ],
    );
    // A graver matter brings the promise forward.
    check(
        &mut Chat::new(),
        &[
            (
                "service.human",
                "handoff person_asked: acknowledge.neutral handoff -> yellow 1 Tue 12:00",
            ),
            ("angry3 tracking.lost", "handoff waiting: handoff.again -> red 2 Tue 10:16"),
        ],
    );
}

#[test]
fn after_people_the_bot_begins_anew() {
    let mut chat = Chat::new();
    check(
        &mut chat,
        &[
            ("tracking.status order=10234 lang=es", "answer: tracking.status"),
            ("", "fallback: fallback [human]"),
            ("", "handoff not_understood: acknowledge.neutral handoff -> blue 1 Wed 10:02"),
            ("@ana reply", ""),
            ("@ana hand_back", ""),
            ("@ana hand_back", "ticket-resolved"),
            ("@ana reply", "ticket-resolved"),
            // Neither old failures nor old questions count.
            ("", "fallback: fallback [human]"),
            ("tracking.status", "answer: tracking.status"),
        ],
    );
    assert_eq!(chat.conversation.owner, Owner::Bot);
    assert_eq!(chat.conversation.memory.order.as_deref(), Some("10234"));
    assert!(chat.conversation.memory.disclosed);
}
