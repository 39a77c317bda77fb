use jiff::SignedDuration;

use crate::testing::{Chat, check};
use crate::{AgentId, Author, Fence, Owner, Ticket, TicketState};

fn ticket(chat: &Chat) -> &Ticket {
    chat.tickets.last().expect("a ticket")
}

#[test]
fn a_ticket_goes_its_way() {
    let mut chat = Chat::new();
    chat.hears("lang=es order=10234 tracking.lost");
    let opened = ticket(&chat).clone();
    assert_eq!(opened.state, TicketState::Open);
    assert_eq!(opened.rule, "red_intent");
    assert_eq!(opened.language.as_deref(), Some("es"));
    assert_eq!(opened.order.as_deref(), Some("10234"));
    assert_eq!(opened.intents, [intent::IntentId::new("tracking.lost")]);
    assert_eq!(opened.due_at(), Some(opened.opened_at + SignedDuration::from_mins(15)));

    check(&mut chat, &[("@ana take", "")]);
    assert_eq!(ticket(&chat).state, TicketState::Assigned);
    assert_eq!(ticket(&chat).due_at(), opened.due_at(), "taking it answers nobody");
    assert_eq!(ticket(&chat).first_response_at, None);

    check(&mut chat, &[("@ana reply", "")]);
    let first = ticket(&chat).first_response_at;
    assert_eq!(ticket(&chat).state, TicketState::Waiting);
    assert!(first.is_some());

    chat.hears("payment.methods");
    assert_eq!(ticket(&chat).state, TicketState::Assigned, "it is the person's turn again");
    assert_eq!(ticket(&chat).intents.len(), 2);

    // Another person may step in, who takes it over first.
    check(&mut chat, &[("@ben reply", "ticket-owned"), ("@ben take", ""), ("@ben reply", "")]);
    assert_eq!(ticket(&chat).assignee, Some(AgentId::new("ben")));
    assert_eq!(ticket(&chat).first_response_at, first);
    assert_eq!(chat.conversation.owner, Owner::Agent(AgentId::new("ben")));

    check(&mut chat, &[("@ben resolve", ""), ("@ben resolve", "ticket-resolved")]);
    assert_eq!(ticket(&chat).state, TicketState::Resolved);
    assert_eq!(chat.conversation.owner, Owner::Bot);

    // A new matter is a new ticket.
    chat.hears("service.human");
    assert_eq!(chat.tickets.len(), 2);
    assert_eq!(ticket(&chat).intents, [intent::IntentId::new("service.human")]);
}

#[test]
fn a_reply_decided_under_an_old_fence_is_dropped() {
    let mut chat = Chat::new();
    chat.hears("tracking.lost");
    let late = chat.decides("payment.methods");
    chat.agent("ana", "reply").expect("the ticket is open");
    let before = chat.messages.len();
    let error = chat.turn("payment.methods", &late).expect_err("a person owns it now");
    assert_eq!(error.code(), "stale-fence");
    assert_eq!(chat.messages.len(), before);
    // Back with the bot, the fence has risen again.
    chat.agent("ana", "resolve").expect("the ticket is open");
    assert_eq!(chat.conversation.fence, Fence(3));
    assert!(chat.turn("payment.methods", &late).is_err());
}

#[test]
fn messages_are_numbered_and_never_go_back_in_time() {
    let mut chat = Chat::new();
    chat.hears("payment.methods");
    chat.pass(-120);
    chat.hears("service.human");
    chat.agent("ana", "reply").expect("the ticket is open");
    let authors: Vec<&Author> = chat.messages.iter().map(|message| &message.author).collect();
    let ana = Author::Agent(AgentId::new("ana"));
    assert_eq!(authors, [&Author::Customer, &Author::Bot, &Author::Customer, &Author::Bot, &ana]);
    assert!(chat.messages.is_sorted_by_key(|message| message.at));
}
