use super::*;
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
    let ticket = chat.tickets[0].clone();
    let earlier = Ticket { id: crate::TicketId::new("t0"), csat: Some(2), ..ticket.clone() };
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
