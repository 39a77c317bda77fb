//! Ten thousand races for conversations: bot, customers, three people and the clock at once.

use desk::{Author, ConversationId, Owner};
use serde_json::json;
use store::Store;

use super::support::{ADMIN, Service};

const CONVERSATIONS: usize = 100;
/// In each conversation.
const ROUNDS: usize = 20;
/// Contenders of a round: the customer, ana, ben, cat and the clock.
const CONTENDERS: usize = 5;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_thousand_races_leave_one_owner_and_no_late_word() {
    const { assert!(CONVERSATIONS * ROUNDS * CONTENDERS >= 10_000) };
    let flags = [("api_requests_per_minute", "0")];
    let service = std::sync::Arc::new(Service::with(&flags).await);
    let mut races = tokio::task::JoinSet::new();
    for n in 0..CONVERSATIONS {
        let service = std::sync::Arc::clone(&service);
        races.spawn(async move { Box::pin(race(&service, &format!("c{n}"))).await });
    }
    let mut sent = 0;
    while let Some(done) = races.join_next().await {
        sent += done.expect("a race ends well");
    }
    assert!(sent > CONVERSATIONS, "people got through {sent} times only");
    for n in 0..CONVERSATIONS {
        check(&service, &format!("c{n}")).await;
    }
}

/// Contends for a conversation; how often people's answers were taken.
async fn race(service: &Service, id: &str) -> usize {
    let mut taken = 0;
    for round in 0..ROUNDS {
        let text = if round % 4 == 0 { "i will sue you" } else { "where is my parcel?" };
        let said =
            json!({ "conversation_id": id, "text": text, "message_id": format!("{id}-{round}") });
        let state = service.get(&format!("/v1/conversations/{id}"), Some(ADMIN)).await;
        let ticket = match state.status.as_u16() {
            200 => state.json()["ticket"]["id"].as_str().unwrap_or("none").to_owned(),
            _ => "none".to_owned(),
        };
        let act = async |agent: &str, verb: &str| {
            let path = format!("/v1/tickets/{ticket}/{verb}");
            let body = json!({ "agent": agent, "text": format!("{agent} {round}") });
            let body = if verb == "reply" { body } else { json!({ "agent": agent }) };
            service.post(&path, Some(ADMIN), &body).await.outcome()
        };
        let ana = async {
            act("ana", "take").await;
            act("ana", "reply").await
        };
        let ben = async {
            act("ben", "take").await;
            act("ben", "reply").await
        };
        let cat = async { act("cat", if round % 3 == 0 { "hand-back" } else { "take" }).await };
        let clock = crate::turn::pass_time(&service.app, service.app.clock.now());
        let customer = service.post("/v1/messages", Some(ADMIN), &said);
        let (said, ana, ben, _, clock) = tokio::join!(customer, ana, ben, cat, clock);
        assert_eq!(said.outcome(), "200", "{said:?}");
        clock.expect("the clock goes on");
        for outcome in [ana, ben] {
            let fine = ["200", "404 ticket-not-found", "409 ticket-owned", "409 ticket-resolved"];
            assert!(fine.contains(&&*outcome), "{outcome}");
            taken += usize::from(outcome == "200");
        }
    }
    taken
}

/// What holds of a conversation whatever was fast.
async fn check(service: &Service, id: &str) {
    let id = ConversationId::new(id);
    let stored = service.app.store.conversation(&id).await.unwrap().unwrap().conversation;
    let messages = service.app.store.messages(&id, 0, 10_000).await.unwrap();
    let events =
        store::EventQuery { conversation: Some(id.clone()), limit: 10_000, ..Default::default() };
    let events = service.app.store.events(&events).await.unwrap();
    // Nothing lost and nothing twice.
    let customers: Vec<&str> = messages
        .iter()
        .filter(|message| message.author == Author::Customer)
        .map(|message| message.text.as_str())
        .collect();
    assert_eq!(customers.len(), ROUNDS, "{id}");
    let mut people: Vec<&str> = messages
        .iter()
        .filter(|message| matches!(message.author, Author::Agent(_)))
        .map(|message| message.text.as_str())
        .collect();
    let sent = people.len();
    people.sort_unstable();
    people.dedup();
    assert_eq!(people.len(), sent, "{id}: an answer was sent twice");
    // One owner, and the ticket says the same.
    match (&stored.owner, &stored.ticket) {
        (Owner::Bot, None) => {}
        (Owner::Queue, Some(ticket)) => assert_eq!(ticket.assignee, None),
        (Owner::Agent(agent), Some(ticket)) => assert_eq!(ticket.assignee.as_ref(), Some(agent)),
        (owner, ticket) => panic!("{id}: {owner:?} {ticket:?}"),
    }
    // The chain shows that no message slipped in between two others.
    let mut chain = None;
    for message in &messages {
        chain = Some(message.chained(chain));
        assert_eq!(message.hash, chain, "{id}: message {}", message.seq);
    }
    // Each answer of a person was given while that person owned the conversation.
    let mut owner: Option<String> = None;
    for stored in &events {
        let by = stored.event.by.as_ref().map(ToString::to_string);
        match stored.event.kind.as_str() {
            "ticket.assigned" => owner = by,
            "ticket.answered" => assert_eq!(by, owner, "{id}: who does not own it answered"),
            "ticket.released" | "ticket.resolved" | "ticket.handed_back" => owner = None,
            _ => {}
        }
    }
}
