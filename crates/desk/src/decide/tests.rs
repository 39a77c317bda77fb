use std::collections::BTreeSet;

use proptest::prelude::*;

use crate::testing::{Chat, RULES, check, summary};
use crate::{Owner, Part, Rule, Text};

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
            "handoff red_intent: acknowledge.neutral handoff tracking.lost -> red 1 Tue 10:15",
        ),
        (
            "worried tracking.lost",
            "handoff red_intent: soothe.worried handoff tracking.lost -> red 1 Tue 10:15",
        ),
        (
            "angry2 tracking.lost",
            "handoff red_intent: soothe.angry handoff tracking.lost -> red 1 Tue 10:15",
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
        "handoff red_intent: acknowledge.neutral handoff out_of_hours tracking.lost -> red 1 Mon 09:15"
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
                "handoff request: acknowledge.neutral handoff item.damaged -> yellow 1 Tue 12:02",
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
fn the_bot_is_silent_while_people_answer() {
    check(
        &mut Chat::new(),
        &[
            (
                "tracking.lost",
                "handoff red_intent: acknowledge.neutral handoff tracking.lost -> red 1 Tue 10:15",
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
                "handoff red_intent: acknowledge.neutral handoff tracking.lost -> red 1 Tue 11:25",
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
fn a_typed_label_is_the_button() {
    let mut chat = Chat::new();
    chat.hears("near=promo.discount");
    // The label of the test's buttons is the payload in brackets.
    let analysis = crate::testing::analysis("", &chat.policy);
    let input =
        crate::Input { text: " [INTENT:promo.discount] ", analysis: &analysis, payload: None };
    let decision =
        crate::decide(&input, &chat.conversation, &chat.customer, &chat.policy, chat.now);
    assert_eq!(summary(&decision), "answer: promo.discount");
    // A button of packs that are gone is no wish.
    assert_eq!(
        summary(&chat.decides(">intent:gone.away")),
        "handoff not_understood: acknowledge.neutral handoff -> blue 1 Wed 10:01"
    );
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

fn step() -> impl Strategy<Value = String> {
    let words = prop::sample::select(vec![
        "",
        "chat.greeting",
        "chat.thanks",
        "chat.affirm",
        "chat.deny",
        "payment.methods",
        "tracking.status",
        "refund.request",
        "shipping.time",
        "tracking.lost",
        "service.human",
        "risk.legal_threat",
        "order.cancel:480@0-6",
        "order.cancel_policy:450@0-6",
        "order=10234",
        "country=MX",
        "angry1",
        "angry2",
        "angry3",
        "worried",
        "!refund.request",
        "email=a@b.c",
        "account.login",
        "account.privacy",
        "product.price",
        "shop.own",
    ]);
    let said = prop::collection::vec(words, 0..4).prop_map(|words| words.join(" "));
    let button = prop::sample::select(vec![
        ">human",
        ">yes",
        ">no",
        ">intent:payment.methods",
        ">clarify:order.cancel",
        ">intent:gone",
    ])
    .prop_map(str::to_owned);
    let person = (
        prop::sample::select(vec!["ana", "ben"]),
        prop::sample::select(vec!["take", "reply", "resolve", "hand_back"]),
    )
        .prop_map(|(agent, act)| format!("@{agent} {act}"));
    let time = (0_i64..3000).prop_map(|minutes| format!("+{minutes}"));
    prop_oneof![8 => said, 2 => button, 3 => person, 1 => time]
}

proptest! {
    /// The invariants stand in `Chat::keep` and `Chat::check`.
    #[test]
    fn any_sequence_leaves_a_legal_state(steps in prop::collection::vec(step(), 1..40)) {
        let mut chat = Chat::new();
        let mut reassured = 0;
        let mut last_said: Vec<String> = Vec::new();
        for step in steps {
            if let Some(minutes) = step.strip_prefix('+') {
                chat.pass(minutes.parse().expect("minutes"));
                continue;
            }
            if let Some((agent, act)) = step.strip_prefix('@').and_then(|act| act.split_once(' ')) {
                let people = chat.conversation.owner != Owner::Bot;
                prop_assert_eq!(chat.agent(agent, act).is_ok(), people);
                if people && chat.conversation.owner == Owner::Bot {
                    // A matter that people have closed begins anew.
                    last_said.clear();
                }
                continue;
            }
            let owner = chat.conversation.owner.clone();
            let before = chat.messages.len();
            let decision = chat.says(&step);
            let spoke = chat.messages.len() - before == 2;
            match owner {
                Owner::Agent(_) => prop_assert!(!spoke, "the bot talks over a person"),
                Owner::Queue => {
                    reassured += usize::from(spoke);
                    prop_assert!(reassured <= 1, "said more than once");
                }
                Owner::Bot => {
                    reassured = 0;
                    let again = matches!(decision.rule, Rule::SmallTalkAgain);
                    prop_assert!(spoke != again, "every message gets a reply: {step}");
                    let said = chat.conversation.memory.said.clone();
                    for key in said.iter().filter(|key| !key.starts_with("text.")) {
                        prop_assert!(again || !last_said.contains(key), "{key} twice in a row");
                    }
                    last_said = said;
                    let people = chat.conversation.owner != Owner::Bot;
                    prop_assert_eq!(people, decision.rule.hands_over());
                }
            }
            let answers = decision.say.iter().filter(|part| matches!(part, Part::Answer(_)));
            prop_assert!(answers.count() <= 2);
        }
    }

    /// The table is no longer than it need be, and nothing in it depends on chance.
    #[test]
    fn the_same_turn_gets_the_same_decision(words in step()) {
        let chat = Chat::new();
        if !words.starts_with(['@', '+']) {
            prop_assert_eq!(chat.decides(&words), chat.decides(&words));
        }
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
