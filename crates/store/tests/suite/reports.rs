use desk::{Author, TicketId};
use store::{Batch, Note, Record, Reports, Store};

use super::{Backend, conversation, id, message, ticket, time};

pub(crate) async fn words_names_and_numbers_are_found(backend: impl Backend) {
    let store = backend.open().await;
    for (name, contact, order, author, text) in [
        ("c1", Some("maria.lopez"), Some("10234"), Author::Customer, "¿Dónde está mi café?"),
        ("c2", None, Some("#55231"), Author::Customer, "我要退款，杯子收到就是碎的"),
        (
            "c3",
            Some("Li Wei"),
            None,
            Author::Agent(desk::AgentId::new("ana")),
            "The parcel 10234 left",
        ),
        ("c4", None, None, Author::Bot, "Your parcel is on its way"),
        ("c5", None, None, Author::Customer, "the café again"),
    ] {
        let mut talk = conversation(name);
        talk.contact = contact.map(str::to_owned);
        talk.messages = 1;
        let mut said = message(1, author);
        said.text = text.to_owned();
        let ticket = order.map(|order| desk::Ticket {
            order: Some(order.to_owned()),
            ..ticket(&format!("t-{name}"), name)
        });
        talk.ticket.clone_from(&ticket);
        let _ = store
            .commit(Batch { ticket, ..Batch::of(talk, vec![said]) }, None)
            .await
            .expect("stored");
    }
    for (typed, expected) in [
        // By number, with and without its sign; then where it was said.
        ("10234", vec!["c1", "c3"]),
        ("#55231", vec!["c2"]),
        ("55231", vec!["c2"]),
        ("t-c2", vec!["c2"]),
        ("c5", vec!["c5"]),
        ("maria", vec!["c1"]),
        ("lopez", vec!["c1"]),
        ("wei", vec!["c3"]),
        // Words by their beginnings, whatever the accents; the latest first.
        ("cafe", vec!["c5", "c1"]),
        ("CAF", vec!["c5", "c1"]),
        ("café donde", vec!["c1"]),
        ("退款", vec!["c2"]),
        ("款退", vec![]),
        ("碎", vec!["c2"]),
        // What the bot says is not searched.
        ("way", vec![]),
        ("nothing", vec![]),
        ("\"", vec![]),
        ("text:parcel", vec![]),
        ("", vec![]),
    ] {
        let found = store.search(typed, 10).await.expect("readable");
        let names: Vec<&str> = found.iter().map(|found| found.conversation.as_str()).collect();
        assert_eq!(names, expected, "{typed:?}");
    }
    let found = store.search("cafe", 1).await.expect("readable");
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].words, Some((1, "the café again".to_owned())));
    let found = store.search("10234", 10).await.expect("readable");
    assert_eq!(found[0].ticket.as_ref().map(|ticket| ticket.id.as_str()), Some("t-c1"));
    assert_eq!(found[0].contact.as_deref(), Some("maria.lopez"));
}

pub(crate) async fn notes_stay_among_people(backend: impl Backend) {
    let store = backend.open().await;
    let batch = Batch::of(conversation("c"), Vec::new());
    let note = |text: &str| Note {
        conversation: id("c"),
        ticket: TicketId::new("t"),
        at: time(7),
        by: "ana".to_owned(),
        text: text.to_owned(),
    };
    let records = vec![Record::Note(note("careful")), Record::Note(note("second"))];
    let _ = store.commit(Batch { records, ..batch }, None).await.expect("stored");
    assert_eq!(store.notes(&id("c")).await, Ok(vec![note("careful"), note("second")]));
    assert_eq!(store.notes(&id("d")).await, Ok(vec![]));
    assert_eq!(store.messages(&id("c"), 0, 10).await, Ok(vec![]), "no message");
    assert_eq!(store.search("careful", 10).await, Ok(vec![]), "nor is it found");
}
