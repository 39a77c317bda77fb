use channels::{Address, BadItem, Contact, Delivery, Event, Kind};

use super::rows;

fn event(dedupe: &str) -> Event {
    Event {
        dedupe: dedupe.to_owned(),
        tenant: String::new(),
        sender: Contact::new("c"),
        address: Address::new("c"),
        message: None,
        at: None,
        locale: None,
        kind: Kind::Joined,
    }
}

/// Numbers are given by place: an event behind a bad item keeps its own.
#[test]
fn each_row_stands_beside_its_event() {
    let bad = || Err(BadItem { at: "messages[0]".to_owned(), why: "no id".to_owned() });
    let delivery = Delivery { id: None, body: b"{}".to_vec() };
    let items = vec![bad(), Ok(event("a")), bad(), Ok(event("b"))];
    let (rows, events) = rows("line", &delivery, items);
    let named = |event: &Option<Event>| event.as_ref().map(|event| event.dedupe.clone());
    let events: Vec<Option<String>> = events.iter().map(named).collect();
    assert_eq!(events, [None, Some("a".to_owned()), None, Some("b".to_owned())]);
    let readable = rows.iter().map(|row| row.fault.is_none().then(|| row.event.clone()));
    assert_eq!(readable.collect::<Vec<_>>(), events);
}
