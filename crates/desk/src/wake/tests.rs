use jiff::SignedDuration;

use crate::testing::Chat;
use crate::{
    AgentId, Floor, FollowUp, Offer, Owner, Part, Person, Rating, Survey, TicketState, act,
    dispatch, wake,
};

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
    let person = Person { agent: &agent, fence: None, reach: None };
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

/// A matter that was settled a day ago, and the customer is asked just this about it.
fn asked(survey: Survey, told: &str) -> Chat {
    let mut chat = Chat::new();
    chat.policy.book.surveys.terms.retain(|other, _| *other == survey);
    chat.hears("tracking.lost");
    chat.agent("ana", "resolve").expect("open");
    assert_eq!(passes(&mut chat, 24 * 60), [format!("1439m FollowUp {told}")]);
    chat
}

#[test]
fn a_settled_matter_is_asked_about_and_reopened_once() {
    for (survey, told, low, text) in [
        (Survey::Csat, "text.follow_up", ">csat:2", "text.csat.low"),
        (Survey::Ces, "text.follow_up.ces", ">ces:2", "text.ces.low"),
        (Survey::Nps, "text.follow_up.nps", ">nps:3", "text.nps.low"),
    ] {
        let mut chat = asked(survey, told);
        let decision = chat.says(low);
        assert_eq!(decision.rule.as_str(), "rated");
        assert_eq!(decision.say, [Part::Text(survey.reopens())], "{text}");
        assert_eq!(survey.reopens().id(), text);
        let ticket = &chat.tickets[0];
        assert_eq!((chat.tickets.len(), ticket.reopened, ticket.tier), (1, 1, 3));
        assert_eq!(chat.conversation.owner, Owner::Queue);
        // Settled again, nothing is asked, and a mark means nothing.
        chat.agent("lea", "resolve").expect("open");
        assert_eq!(passes(&mut chat, 48 * 60), Vec::<String>::new());
        assert_eq!(chat.says(low).rule.as_str(), "small_talk");
        let mark = low.rsplit(':').next().and_then(|mark| mark.parse().ok());
        assert_eq!(chat.tickets[0].follow_up.rating().map(Rating::mark), mark);
    }
}

#[test]
fn a_mark_counts_once_and_on_the_scale_that_was_asked_for() {
    for (survey, told, said, expected) in [
        (Survey::Csat, "text.follow_up", ">csat:5", "CSAT 5 of 5 text.csat.thanks"),
        (Survey::Csat, "text.follow_up", ">nps:5", ""),
        (Survey::Ces, "text.follow_up.ces", ">ces:7", "CES 7 of 7 text.ces.thanks"),
        (Survey::Nps, "text.follow_up.nps", ">nps:4", "NPS 4 of 10 text.nps.thanks"),
        (Survey::Nps, "text.follow_up.nps", ">csat:4", ""),
    ] {
        let mut chat = asked(survey, told);
        let decision = chat.says(said);
        let words: Vec<&str> = decision.say.iter().map(Part::id).collect();
        let rating = chat.tickets[0].follow_up.rating();
        let got = rating.map_or_else(String::new, |it| format!("{it} {}", words.join(" ")));
        assert_eq!(got, expected, "{survey:?} {said}");
        assert_ne!(chat.says(said).rule.as_str(), "rated", "once");
    }
}

#[test]
fn a_number_is_a_mark_as_long_as_the_question_is_the_last_word() {
    let typed = |chat: &mut Chat, text: &str| {
        let analysis = crate::testing::analysis("", &chat.policy);
        let input = crate::Input { text, analysis: &analysis, payload: None };
        let Chat { conversation, customer, policy, now, .. } = chat;
        let decision =
            crate::decide(&input, conversation, customer, policy, &Floor::default(), *now);
        decision.rated.map(|(rating, _)| rating.to_string())
    };
    let mut chat = asked(Survey::Nps, "text.follow_up.nps");
    assert_eq!(typed(&mut chat, "9"), None, "the harness offers no buttons");
    let offer = |payload: &str| Offer { title: payload.to_owned(), payload: payload.to_owned() };
    let question = vec![offer("nps:0"), offer("nps:10")];
    chat.conversation.memory.offered.clone_from(&question);
    for (text, expected) in [
        ("9", Some("NPS 9 of 10")),
        ("١٠", Some("NPS 10 of 10")),
        ("10/10", Some("NPS 10 of 10")),
        ("11", None),
        ("where is order 9?", None),
    ] {
        assert_eq!(typed(&mut chat, text).as_deref(), expected, "{text}");
    }
    chat.conversation.memory.offered = vec![offer("human")];
    assert_eq!(typed(&mut chat, "9"), None, "the bot spoke of something else");
    let past = chat.conversation.past.as_mut().expect("resolved");
    past.follow_up = FollowUp::None;
    chat.conversation.memory.offered = question;
    assert_eq!(typed(&mut chat, "9"), None, "nothing was asked");
}

#[test]
fn who_asks_nothing_wakes_for_nothing() {
    let mut chat = Chat::new();
    chat.hears("tracking.lost");
    // The shares are taken away between the end of the matter and the question.
    chat.agent("ana", "resolve").expect("open");
    chat.policy.book.surveys.terms.clear();
    assert_eq!(passes(&mut chat, 24 * 60), ["1439m FollowUp"]);
    assert_eq!(chat.tickets[0].follow_up, FollowUp::None);
    assert_eq!(chat.events.last().map(|event| event.kind), Some(crate::EventKind::Resolved));

    let mut chat = Chat::new();
    chat.policy.book.surveys.terms.clear();
    chat.hears("tracking.lost");
    chat.agent("ana", "resolve").expect("open");
    assert_eq!(passes(&mut chat, 24 * 60), Vec::<String>::new());
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
