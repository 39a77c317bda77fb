//! What holds whatever is said and done.

use proptest::prelude::*;

use crate::testing::Chat;
use crate::{Owner, Part, Rule};

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
                let owner = chat.conversation.owner.clone();
                chat.wait(minutes.parse().expect("minutes"));
                if owner != Owner::Bot && chat.conversation.owner == Owner::Bot {
                    last_said.clear();
                }
                reassured = 0;
                continue;
            }
            if let Some((agent, act)) = step.strip_prefix('@').and_then(|act| act.split_once(' ')) {
                let people = chat.conversation.owner != Owner::Bot;
                let may = match &chat.conversation.owner {
                    Owner::Bot => false,
                    Owner::Queue => true,
                    Owner::Agent(owner) => owner.as_str() == agent || act == "take",
                };
                prop_assert_eq!(chat.agent(agent, act).is_ok(), may);
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
