use jiff::SignedDuration;

use crate::testing::Chat;
use crate::{AgentId, Floor, Owner, Person, TicketState, act, dispatch, wake};

/// What the desk did by itself in so many minutes: `15m AnswerBreach`.
fn passes(chat: &mut Chat, minutes: i64) -> Vec<String> {
    let began = chat.now;
    let steps = chat.wait(minutes);
    let told = |step: &crate::Step| {
        let after = step.at.duration_since(began).as_mins();
        let say: Vec<&str> = step.say.iter().map(|text| text.id()).collect();
        format!("{after}m {:?} {}", step.due, say.join(" ")).trim_end().to_owned()
    };
    steps.iter().map(told).collect()
}

#[test]
fn a_breach_goes_up_tier_by_tier_and_ends() {
    let mut chat = Chat::new();
    let hand_over = chat.decides("tracking.lost");
    chat.turn("tracking.lost", &hand_over).expect("the fence holds");
    assert_eq!(
        passes(&mut chat, 60),
        [
            "11m AnswerWarning",
            "15m AnswerBreach text.apology",
            "26m AnswerWarning",
            "30m AnswerBreach text.apology",
            "41m AnswerWarning",
            "45m AnswerBreach text.apology",
            "56m AnswerWarning",
            "60m AnswerBreach",
        ]
    );
    let ticket = &chat.tickets[0];
    assert_eq!((ticket.tier, ticket.state), (3, TicketState::Open));
    assert!(ticket.answer.expect("due still").breached);
    // Nothing more is said; the alarm of the day comes when people go home at six.
    assert_eq!(
        passes(&mut chat, 8 * 60),
        ["300m ResolutionWarning", "420m ResolutionBreach", "420m Unanswered"]
    );
    assert_eq!(passes(&mut chat, 30 * 24 * 60), Vec::<String>::new());
}

#[test]
fn an_answer_in_time_raises_nothing() {
    let mut chat = Chat::new();
    chat.hears("tracking.lost");
    chat.agent("ana", "reply").expect("open");
    // Two days of silence give the conversation back.
    assert_eq!(passes(&mut chat, 2 * 24 * 60), ["2879m Return text.handback"]);
    assert_eq!(chat.conversation.owner, Owner::Bot);
    assert_eq!(chat.tickets[0].outcome.map(crate::Outcome::as_str), Some("silent"));
}

#[test]
fn the_next_answer_has_its_own_time() {
    let mut chat = Chat::new();
    chat.hears("tracking.lost");
    chat.agent("ana", "reply").expect("open");
    chat.pass(5);
    chat.hears("tracking.lost");
    assert_eq!(passes(&mut chat, 16)[1], "14m AnswerBreach text.apology");
    assert_eq!(chat.conversation.owner, Owner::Queue, "taken from who did not answer");
}

#[test]
fn promises_are_kept_or_broken() {
    let mut chat = Chat::new();
    chat.hears("tracking.lost");
    chat.agent("ana", "promise 120").expect("open");
    chat.pass(30);
    chat.agent("ana", "reply").expect("hers");
    assert!(chat.tickets[0].promises[0].kept_at.is_some());
    assert_eq!(passes(&mut chat, 180), Vec::<String>::new());

    chat.agent("ana", "promise 60").expect("hers");
    assert_eq!(
        passes(&mut chat, 60),
        ["44m PromiseWarning(2)", "59m PromiseBroken(2) text.apology"]
    );
    assert_eq!(chat.conversation.owner, Owner::Queue);
    assert_eq!(chat.tickets[0].tier, 2);
    let arithmetic = chat.policy.book.weights.arithmetic(&chat.conversation.memory.ledger);
    assert_eq!(arithmetic, "promise 4 = 4 (yellow at 3, red at 6)");
    let past = crate::Act::Reply { text: String::new(), promise: Some(("x".to_owned(), chat.now)) };
    let agent = AgentId::new("ana");
    let person = Person { agent: &agent, fence: None };
    let id = chat.tickets[0].id.clone();
    let error = act(&chat.conversation, &id, &person, &past, &chat.policy, chat.now);
    assert_eq!(error.expect_err("no promise").code(), "bad-promise");
}

#[test]
fn goodwill_stays_within_its_bound() {
    for (percent, expected) in [(0, 0), (5, 5), (100, 50)] {
        let mut chat = Chat::new();
        chat.policy.book.apology_percent = percent;
        chat.hears("tracking.lost");
        let steps = chat.wait(20);
        let breach = steps.iter().find(|step| !step.say.is_empty()).expect("a breach");
        // Tier 2 and red: fifty percent and no more.
        assert_eq!(breach.goodwill_percent, expected);
        assert_eq!(breach.say.len(), if expected > 0 { 2 } else { 1 });
    }
}

#[test]
fn a_settled_matter_is_asked_about_and_reopened_once() {
    let mut chat = Chat::new();
    chat.hears("tracking.lost");
    chat.agent("ana", "resolve").expect("open");
    assert_eq!(passes(&mut chat, 24 * 60), ["1439m FollowUp text.follow_up"]);
    let decision = chat.says(">csat:2");
    assert_eq!(decision.rule.as_str(), "rated");
    assert_eq!((chat.tickets.len(), chat.tickets[0].reopened, chat.tickets[0].tier), (1, 1, 3));
    assert_eq!(chat.conversation.owner, Owner::Queue);
    // Settled again, a mark that comes late means nothing.
    chat.agent("lea", "resolve").expect("open");
    assert_eq!(chat.says(">csat:1").rule.as_str(), "small_talk");
}

#[test]
fn a_question_afterwards_does_not_disturb_a_new_matter() {
    let mut chat = Chat::new();
    chat.hears("tracking.lost");
    chat.agent("ana", "resolve").expect("open");
    chat.hears("service.human");
    chat.agent("ana", "reply").expect("open");
    let steps = passes(&mut chat, 24 * 60);
    assert!(steps.iter().all(|step| !step.contains("FollowUp")), "{steps:?}");
}

#[test]
fn a_late_step_is_dropped() {
    let mut chat = Chat::new();
    chat.hears("tracking.lost");
    let due = chat.conversation.wake_at().expect("due") + SignedDuration::from_mins(10);
    let step = wake(&chat.conversation, &chat.policy, due).expect("a step");
    chat.agent("ana", "take").expect("open");
    let late = crate::step(&chat.conversation, &step, None, &chat.policy, due);
    assert_eq!(late.expect_err("somebody has it by now").code(), "stale-fence");
    let nobody = dispatch(&chat.conversation, &Floor::default(), &chat.policy, due);
    assert_eq!(nobody.expect_err("it does not wait").code(), "ticket-resolved");
}

#[test]
fn what_is_put_aside_comes_back_and_nothing_owed_is_put_off() {
    let mut chat = Chat::new();
    chat.hears("tracking.lost");
    // A red matter is answered within fifteen minutes, of which one has passed.
    for (act, expected) in
        [("snooze 15", "bad-snooze"), ("snooze 0", "bad-snooze"), ("snooze -5", "bad-snooze")]
    {
        assert_eq!(chat.agent("ana", act).expect_err(act).code(), expected, "{act}");
    }
    chat.agent("ana", "snooze 5").expect("before the answer is due");
    assert_eq!(chat.conversation.owner, Owner::Agent(AgentId::new("ana")), "hers from then on");
    assert_eq!(chat.agent("ben", "snooze 5").expect_err("hers").code(), "ticket-owned");
    assert_eq!(passes(&mut chat, 5)[0], "4m Snoozed");
    // Answered, it can be put aside for days, and the bot does not come back before.
    chat.agent("ana", "reply").expect("hers");
    assert_eq!(chat.agent("ana", "snooze 200000").expect_err("months").code(), "bad-snooze");
    chat.agent("ana", "snooze 7200").expect("nothing is owed");
    assert_eq!(passes(&mut chat, 7 * 24 * 60), ["7199m Snoozed", "10079m Return text.handback"]);
    // Whatever happens to the ticket brings it back at once.
    for act in ["release", "reply", "escalate", "resolve"] {
        let mut chat = Chat::new();
        chat.hears("tracking.lost");
        chat.agent("ana", "snooze 5").expect("open");
        chat.agent("ana", act).expect(act);
        assert_eq!(chat.tickets[0].snoozed_until, None, "{act}");
    }
    let mut chat = Chat::new();
    chat.hears("tracking.lost");
    chat.agent("ana", "reply").expect("open");
    chat.agent("ana", "snooze 600").expect("nothing is owed");
    chat.hears("tracking.lost");
    assert_eq!(chat.tickets[0].snoozed_until, None, "the customer writes");
}
