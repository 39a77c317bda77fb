use crate::testing::{Chat, check};
use crate::{
    Act, AgentId, EventKind, Fence, Owner, Person, Resolution, TicketId, TicketState, act,
};

fn kinds(chat: &Chat) -> Vec<&'static str> {
    chat.events.iter().map(|event| event.kind.as_str()).collect()
}

#[test]
fn a_conversation_goes_bot_person_bot() {
    let mut chat = Chat::new();
    chat.hears("payment.methods");
    check(&mut chat, &[("@ana take_over", ""), ("@ben take_over", "ticket-open")]);
    assert_eq!(chat.conversation.owner, Owner::Agent(AgentId::new("ana")));
    check(
        &mut chat,
        &[
            ("payment.methods", "silent person_owns -> yellow 1 Tue 12:02"),
            ("@ana reply", ""),
            ("@ana hand_back", ""),
            ("payment.methods", "answer: payment.methods"),
        ],
    );
    assert_eq!(
        kinds(&chat),
        ["ticket.opened", "ticket.assigned", "ticket.answered", "ticket.handed_back"]
    );
    assert_eq!(chat.conversation.fence, Fence(2));
}

#[test]
fn tickets_are_given_on_and_up() {
    let mut chat = Chat::new();
    chat.hears("tracking.lost");
    check(
        &mut chat,
        &[
            ("@ana take", ""),
            ("@ben release", "ticket-owned"),
            ("@ana release", ""),
            ("@ben take", ""),
            ("@ben escalate", ""),
        ],
    );
    let ticket = chat.tickets[0].clone();
    assert_eq!((ticket.tier, ticket.state, ticket.assignee), (2, TicketState::Open, None));
    assert_eq!(ticket.team.expect("a team").as_str(), "specialists");
    assert_eq!(chat.conversation.owner, Owner::Queue);
    check(&mut chat, &[("@cat take", ""), ("@cat escalate", ""), ("@dan escalate", "")]);
    assert_eq!(chat.tickets[0].tier, 3, "there is no tier above");
}

#[test]
fn what_was_seen_before_a_change_is_refused() {
    let mut chat = Chat::new();
    chat.hears("tracking.lost");
    let seen = chat.conversation.fence;
    let (ana, ben) = (AgentId::new("ana"), AgentId::new("ben"));
    let id = TicketId::new("t1");
    let does = |chat: &Chat, agent: &AgentId, fence| {
        let person = Person { agent, fence, reach: None };
        act(&chat.conversation, &id, &person, &Act::Take, &chat.policy, chat.now)
    };
    let change = does(&chat, &ana, Some(seen)).expect("the first");
    chat.conversation = change.conversation;
    let error = does(&chat, &ben, Some(seen)).expect_err("the second");
    assert_eq!(error.code(), "stale-fence");
    assert!(does(&chat, &ben, Some(chat.conversation.fence)).is_ok(), "knowing it, ben may");
    let error = does(&chat, &ben, Some(Fence(99))).expect_err("a fence of the future");
    assert_eq!(error.code(), "stale-fence");
}

#[test]
fn a_dispute_goes_stage_by_stage() {
    let mut chat = Chat::new();
    chat.hears("tracking.lost");
    let progress = |chat: &Chat| chat.tickets[0].playbook.clone().expect("a dispute");
    assert_eq!((&*progress(&chat).playbook, &*progress(&chat).stage), ("lost", "trace"));
    // The customer may press a button that says which way out is preferred.
    check(
        &mut chat,
        &[
            (">option:resend", "handoff chosen: options.noted -> red 1 Tue 10:15"),
            (">option:gold", "silent waiting_silent -> red 1 Tue 10:15"),
            ("@ana stage lost close", "bad-stage"),
            ("@ana stage lost choose", ""),
            ("@ana stage none close", "bad-stage"),
            ("@ana stage lost carry_out", ""),
            ("@ana stage late choose", "bad-stage"),
            ("@ana stage late locate", ""),
        ],
    );
    assert_eq!(progress(&chat).stage, "locate", "another playbook begins at its beginning");
    let chosen = chat.events.iter().find(|event| event.kind == EventKind::Playbook);
    assert_eq!(chosen.expect("noted").detail, "lost: chose resend");
}

#[test]
fn the_clock_of_a_matter_stands_while_the_customer_is_awaited() {
    let mut chat = Chat::new();
    chat.hears("payment.methods service.human");
    let due = |chat: &Chat| match chat.tickets[0].resolution {
        Some(Resolution::Running(deadline)) => Ok(deadline.due_at),
        Some(Resolution::Paused { left, .. }) => Err(left),
        None => panic!("it is not settled"),
    };
    let before = due(&chat).expect("running");
    chat.pass(59);
    chat.agent("ana", "reply").expect("open");
    let left = due(&chat).expect_err("paused");
    assert_eq!(left.as_mins(), 17 * 60, "an hour of the eighteen was used");
    // The next morning at nine the customer answers, and 17 hours of open time are left.
    chat.pass(21 * 60 + 59);
    chat.hears("payment.methods");
    let after = due(&chat).expect("running");
    assert!(after > before);
    assert_eq!(after.to_string(), "2026-11-19T17:00:00Z");
}

#[test]
fn what_is_owed_next_is_told() {
    use crate::Owed;
    let mut chat = Chat::new();
    chat.hears("tracking.lost");
    let owed = |chat: &Chat| {
        let ticket = chat.conversation.ticket.as_ref().expect("a ticket");
        ticket.next_due().map(|(owed, deadline)| (owed, deadline.due_at))
    };
    let answer = owed(&chat).expect("an answer is due");
    assert_eq!(answer.0, Owed::Answer);
    let ana = AgentId::new("ana");
    let person = Person { agent: &ana, fence: None, reach: None };
    let ticket = chat.conversation.ticket.as_ref().expect("a ticket").id.clone();
    let due = answer.1;
    let reply = Act::Reply { text: "x".to_owned(), promise: Some(("y".to_owned(), due)) };
    let change = act(&chat.conversation, &ticket, &person, &reply, &chat.policy, chat.now);
    chat.conversation = change.expect("sent").conversation;
    // The customer is awaited: what was promised is owed all the same.
    assert_eq!(owed(&chat), Some((Owed::Promise, due)));
    let reply = Act::Reply { text: "x".to_owned(), promise: None };
    let change = act(&chat.conversation, &ticket, &person, &reply, &chat.policy, chat.now);
    chat.conversation = change.expect("sent").conversation;
    assert_eq!(owed(&chat), None);
}

#[test]
fn a_ticket_above_a_persons_tier_is_taken_knowingly_or_passed_on() {
    let mut chat = Chat::new();
    chat.hears("risk.legal_threat");
    let (ana, id) = (AgentId::new("ana"), TicketId::new("t1"));
    let until = chat.now + jiff::SignedDuration::from_mins(5);
    let reply = || Act::Reply { text: "Hello.".to_owned(), promise: None };
    let tries = |chat: &Chat, reach: Option<u8>, does: &Act| {
        let person = Person { agent: &ana, fence: None, reach };
        act(&chat.conversation, &id, &person, does, &chat.policy, chat.now).map_err(|e| e.code())
    };
    let above = Err("tier-above");
    for (does, expect) in [
        (Act::Take, above),
        (reply(), above),
        (Act::Snooze(until), above),
        (Act::Resolve(None), above),
        (Act::HandBack(crate::Reply::default()), above),
        (Act::Transfer(ana.clone()), above),
        (Act::Transfer(AgentId::new("lea")), Ok(())),
        (Act::Escalate("over my head".to_owned()), Ok(())),
        (Act::Release, Ok(())),
    ] {
        assert_eq!(tries(&chat, Some(2), &does).map(drop), expect, "{does:?}");
        assert!(tries(&chat, Some(3), &does).is_ok() && tries(&chat, None, &does).is_ok());
    }
    // Whoever has it goes on with it.
    check(&mut chat, &[("@ana take", "")]);
    assert!(tries(&chat, Some(1), &reply()).is_ok());
    let reach = |teams: &[&str]| chat.policy.book.reach(teams.iter().copied());
    assert_eq!(
        [reach(&[]), reach(&["nobody"]), reach(&["care"]), reach(&["lead", "care"])],
        [1, 1, 1, 3]
    );
}
