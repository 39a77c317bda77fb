use super::*;
use crate::survey::{Rating, Survey};
use crate::testing::Chat;

#[test]
fn a_packet_is_read_at_a_glance() {
    let mut chat = Chat::new();
    chat.customer.id = Some("c-4711".to_owned());
    chat.conversation.contact.clone_from(&chat.customer.id);
    chat.customer.vip = true;
    chat.customer.order_value_cents = 45_990;
    chat.hears("lang=es country=MX order=10234 tracking.delayed");
    chat.hears("lang=es angry1 tracking.delayed");
    chat.hears("lang=es angry2 tracking.lost");
    chat.hears(">option:resend");
    chat.agent("ana", "promise 120").expect("open");
    let rated = |survey, mark| Rating::new(survey, mark).map(FollowUp::Rated).expect("a mark");
    let follow_up = rated(Survey::Nps, 3);
    let ticket = Ticket { follow_up, ..chat.tickets[0].clone() };
    let (id, follow_up) = (crate::TicketId::new("t0"), rated(Survey::Csat, 2));
    let earlier = Ticket { id, follow_up, ..ticket.clone() };
    let packet = packet(&Material {
        conversation: &chat.conversation,
        ticket: &ticket,
        messages: &chat.messages,
        earlier: &[ticket.clone(), earlier],
        policy: &chat.policy,
        name: &|id| format!("<{id}>"),
        suggest: &|id| (id == "tracking.lost").then(|| "Lo buscamos.".to_owned()),
    });
    insta::assert_snapshot!(packet.text());
}
