//! What comes in from channels and what goes out to them.

use desk::Author;
use store::{
    Address, Batch, Delivery, InboxRow, Item, Outbound, OutboxQuery, OutboxRow, OutboxState,
    Receipt, Received, Record, Reports, Sending, Store, TurnKey, Version, Worked,
};

use super::{Backend, conversation, id, message, read, say, time, turn, version};

fn delivery(events: &[(&str, &str)], at: i64) -> Delivery {
    let item = |(place, (event, lane)): (usize, &(&str, &str))| Item {
        event: (*event).to_owned(),
        lane: (*lane).to_owned(),
        place: u32::try_from(place).expect("few"),
        body: format!("{event} of {lane}"),
        fault: None,
    };
    Delivery {
        inbox: "shop".to_owned(),
        body: format!("{events:?}").into_bytes(),
        received_at: time(at),
        items: events.iter().enumerate().map(item).collect(),
        once: None,
        held: None,
    }
}

async fn claim(store: &impl Store, now: i64) -> Vec<InboxRow> {
    store.claim_inbox(time(now), time(now + 30), 10).await.expect("claimed")
}

fn names(rows: &[InboxRow]) -> Vec<&str> {
    rows.iter().map(|row| row.event.as_str()).collect()
}

async fn settle(store: &impl Store, row: &InboxRow, worked: Worked) {
    store.put(vec![Record::Worked { n: row.n, worked }]).await.expect("stored");
}

pub(crate) async fn an_event_comes_in_once_and_in_order(backend: impl Backend) {
    let store = backend.open().await;
    let first = delivery(&[("a1", "a"), ("b1", "b"), ("a2", "a")], 0);
    assert_eq!(
        store.receive(first.clone()).await,
        Ok(Received { new: vec![1, 2, 3], repeated: 0 })
    );
    assert_eq!(store.receive(first.clone()).await, Ok(Received { new: vec![], repeated: 3 }));
    let later = delivery(&[("a2", "a"), ("a3", "a")], 1);
    let received = store.receive(later).await.expect("stored");
    assert_eq!((received.new.len(), received.repeated), (1, 1));
    let other = Delivery { inbox: "other".to_owned(), ..delivery(&[("a1", "x")], 1) };
    assert_eq!(store.receive(other).await.expect("stored").repeated, 0);

    // Of each lane the first; nobody gets one that somebody else has.
    let taken = claim(&store, 2).await;
    assert_eq!(names(&taken), ["a1", "b1", "a1"]);
    assert_eq!((taken[0].body.as_str(), taken[0].attempts), ("a1 of a", 1));
    assert_eq!(claim(&store, 3).await, []);
    // Whoever was killed gives up its rows when the lease ends; one that is put off keeps its place.
    settle(&store, &taken[1], Worked::Done).await;
    settle(&store, &taken[2], Worked::Failed("unreadable".to_owned())).await;
    let again = claim(&store, 32).await;
    assert_eq!(names(&again), ["a1"]);
    assert_eq!(again[0].attempts, 2);
    settle(&store, &again[0], Worked::Later { at: time(40), error: "busy".to_owned() }).await;
    assert_eq!(names(&claim(&store, 39).await), [""; 0]);
    let again = claim(&store, 40).await;
    settle(&store, &again[0], Worked::Done).await;
    // The same told twice does nothing to the next.
    settle(&store, &again[0], Worked::Done).await;
    for expected in ["a2", "a3"] {
        let next = claim(&store, 41).await;
        assert_eq!(names(&next), [expected]);
        settle(&store, &next[0], Worked::Done).await;
    }
    let figures = store.channel_figures().await.expect("readable");
    let shop = figures.iter().find(|figures| figures.name == "shop").expect("there");
    assert_eq!((shop.events, shop.repeated, shop.inbound), (4, 4, 0));
    assert_eq!(shop.verified_since, Some(time(0)));
    assert_eq!(shop.last_event_at, Some(time(1)));
    assert_eq!(figures[0].unreadable, 1, "{figures:?}");

    // A late repetition is known although what it held is forgotten.
    store.put(vec![Record::Forget { bodies: time(100), names: time(0) }]).await.expect("stored");
    assert_eq!(store.receive(first).await, Ok(Received { new: vec![], repeated: 3 }));
}

/// Many copies at once, and one request that may not come a second time.
pub(crate) async fn of_many_copies_at_once_one_is_new(backend: impl Backend) {
    let store = std::sync::Arc::new(backend.open().await);
    let mut senders = tokio::task::JoinSet::new();
    for _ in 0..40 {
        let store = std::sync::Arc::clone(&store);
        senders.spawn(async move { store.receive(delivery(&[("a1", "a")], 0)).await });
    }
    let mut new = 0;
    while let Some(received) = senders.join_next().await {
        new += received.expect("ends well").expect("stored").new.len();
    }
    assert_eq!(new, 1);
    let once = |event: &str| Delivery {
        once: Some(("sig".to_owned(), time(300))),
        ..delivery(&[(event, "a")], 1)
    };
    assert_eq!(store.receive(once("s1")).await.expect("stored").repeated, 0);
    assert_eq!(store.receive(once("s2")).await, Ok(Received { new: vec![], repeated: 1 }));
    // What is worked on at once is not given to another, unless nobody comes back.
    let held = Delivery { held: Some(time(30)), ..delivery(&[("h1", "h")], 2) };
    let held = store.receive(held).await.expect("stored").new;
    assert_eq!(names(&claim(&*store, 29).await), ["a1"]);
    store.put(vec![Record::Worked { n: held[0], worked: Worked::Done }]).await.expect("stored");
    assert_eq!(names(&claim(&*store, 31).await), [""; 0]);
}

fn address() -> Address {
    Address {
        inbox: "shop".to_owned(),
        sender: "+34".to_owned(),
        detail: r#"{"key":"+34"}"#.to_owned(),
        last_inbound_at: time(0),
    }
}

fn outbound(name: &str, lane: Option<&str>, seq: Option<u64>) -> Outbound {
    Outbound {
        id: name.to_owned(),
        destination: "shop".to_owned(),
        lane: lane.map(str::to_owned),
        kind: "message".to_owned(),
        seq,
        body: "{}".to_owned(),
        not_before: None,
    }
}

async fn sendable(store: &impl Store, now: i64) -> Vec<OutboxRow> {
    store.claim_outbox("shop", time(now), time(now + 30), 10).await.expect("claimed")
}

fn ids(rows: &[OutboxRow]) -> Vec<&str> {
    rows.iter().map(|row| row.outbound.id.as_str()).collect()
}

async fn sent(store: &impl Store, row: &OutboxRow, sending: Sending) {
    store.put(vec![Record::Sending { n: row.n, sending }]).await.expect("stored");
}

fn part(part: u32, name: &str, at: i64) -> Sending {
    Sending::Part { part, platform_id: Some(name.to_owned()), at: time(at) }
}

pub(crate) async fn what_is_to_be_sent_comes_with_its_cause(backend: impl Backend) {
    let store = backend.open().await;
    let mut c = conversation("c");
    let batch = Batch {
        address: Some(address()),
        outbound: vec![outbound("m2", Some("c"), Some(2)), outbound("e1", None, None)],
        ..say(&mut c)
    };
    // What is decided on an old version sends nothing.
    assert!(store.commit(batch.clone(), Some(Version(7))).await.is_err());
    assert_eq!(sendable(&store, 100).await, []);
    assert_eq!(version(store.commit(batch, None).await), 1);
    assert_eq!(read(&store, "c").await.address, Some(address()));
    let more = Batch { outbound: vec![outbound("m4", Some("c"), Some(4))], ..say(&mut c) };
    assert_eq!(version(store.commit(more, Some(Version(1))).await), 2);
    assert_eq!(read(&store, "c").await.address, Some(address()), "it stays");

    // One conversation's second message waits for the first; what has no order does not.
    let taken = sendable(&store, 1).await;
    assert_eq!(ids(&taken), ["m2", "e1"]);
    assert_eq!(taken[0].message, Some(message(2, Author::Bot)));
    assert_eq!(taken[0].address, Some(address()));
    assert_eq!(taken[0].conversation, Some(id("c")));
    assert_eq!((taken[1].message.clone(), taken[0].parts, taken[0].unsure), (None, 0, false));
    sent(&store, &taken[1], Sending::Sent { at: time(2) }).await;
    sent(&store, &taken[0], part(0, "p0", 2)).await;
    // Killed in the middle: the rest is taken up again, and it is known that it may be double.
    assert_eq!(sendable(&store, 20).await, []);
    let taken = sendable(&store, 31).await;
    assert_eq!(ids(&taken), ["m2"]);
    assert_eq!((taken[0].parts, taken[0].attempts, taken[0].unsure), (1, 2, true));
    assert_eq!(taken[0].sent_since, 1);
    let later = Sending::Later { at: time(32), next_at: time(50), error: "429".to_owned() };
    sent(&store, &taken[0], later).await;
    assert_eq!(sendable(&store, 49).await, [], "and nothing overtakes it");
    let taken = sendable(&store, 50).await;
    assert_eq!((taken[0].unsure, taken[0].attempts), (false, 3), "its end was known");
    sent(&store, &taken[0], part(1, "p1", 51)).await;
    sent(&store, &taken[0], Sending::Sent { at: time(51) }).await;
    let taken = sendable(&store, 51).await;
    assert_eq!(ids(&taken), ["m4"]);
    let dead = Sending::Dead { at: time(52), error: "no such user".to_owned() };
    sent(&store, &taken[0], dead).await;

    let letters = store.outbox(&OutboxQuery::default()).await.expect("readable");
    assert_eq!(letters.len(), 1);
    assert_eq!(letters[0].error.as_deref(), Some("no such user"));
    assert_eq!((letters[0].seq, letters[0].state), (Some(4), OutboxState::Dead));
    store.put(vec![Record::Replay { n: letters[0].n, at: time(60) }]).await.expect("stored");
    assert_eq!(ids(&sendable(&store, 60).await), ["m4"]);
    let figures = store.channel_figures().await.expect("readable");
    let shop = &figures[0];
    assert_eq!((shop.sent, shop.failures, shop.dead, shop.outbound), (2, 2, 0, 1), "{shop:?}");
    assert_eq!((shop.unsure, shop.last_error.as_deref()), (1, Some("no such user")));
    assert!(shop.oldest_at.is_some());

    // The customer writes again: the count of what was sent begins anew.
    let answered = Address { last_inbound_at: time(70), ..address() };
    let batch = Batch {
        address: Some(answered.clone()),
        outbound: vec![outbound("m6", Some("other"), Some(6))],
        ..say(&mut c)
    };
    assert_eq!(version(store.commit(batch, Some(Version(2))).await), 3);
    let taken = sendable(&store, 70).await;
    assert_eq!((ids(&taken), taken[0].sent_since), (vec!["m6"], 0));
    assert_eq!(taken[0].address, Some(answered));
}

/// What ends in a lane lets the next go, also while others put more into it.
pub(crate) async fn a_lane_goes_on_while_it_is_filled(backend: impl Backend) {
    const WRITERS: usize = 4;
    const EACH: usize = 25;
    let store = std::sync::Arc::new(backend.open().await);
    let mut writers = tokio::task::JoinSet::new();
    for writer in 0..WRITERS {
        let store = std::sync::Arc::clone(&store);
        writers.spawn(async move {
            let mut c = conversation(&format!("c{writer}"));
            for number in 0..EACH {
                let expected = (number > 0).then_some(Version(number as u64));
                let name = format!("{writer}-{number}");
                let rows = vec![outbound(&name, Some("one"), None)];
                let batch = Batch { outbound: rows, ..say(&mut c) };
                version(store.commit(batch, expected).await);
            }
        });
    }
    let (mut taken, mut idle): (Vec<u64>, bool) = (Vec::new(), false);
    while taken.len() < WRITERS * EACH {
        let over = writers.is_empty();
        let rows = sendable(&*store, 100_000).await;
        assert!(rows.len() <= 1, "one at a time: {rows:?}");
        assert!(!(rows.is_empty() && idle), "{} of them were sent, and it stands", taken.len());
        idle = rows.is_empty() && over;
        for row in rows {
            sent(&*store, &row, Sending::Sent { at: time(100_000) }).await;
            taken.push(row.n);
        }
        while let Some(ended) = writers.try_join_next() {
            ended.expect("a writer ends well");
        }
    }
    assert!(taken.is_sorted(), "{taken:?}");
}

/// A receipt may tell of a part before whoever sent it could; a customer who leaves is sent
/// nothing more.
pub(crate) async fn what_is_known_otherwise_is_not_sent_again(backend: impl Backend) {
    let store = backend.open().await;
    let mut c = conversation("c");
    let mut held = outbound("m2", Some("c"), Some(2));
    held.not_before = Some(time(20));
    let more = outbound("m3", Some("c"), Some(3));
    let batch = Batch { address: Some(address()), outbound: vec![held, more], ..say(&mut c) };
    version(store.commit(batch, None).await);
    assert_eq!(store.addressed("shop", "+34").await, Ok(Some(id("c"))));
    assert_eq!(store.addressed("other", "+34").await, Ok(None));
    assert_eq!(sendable(&store, 19).await, [], "it goes another way first");
    let taken = sendable(&store, 20).await;
    let settle = |part: u32, name: &str| Record::Settle {
        id: "m2".to_owned(),
        part,
        platform_id: Some(name.to_owned()),
        at: time(21),
    };
    store.put(vec![settle(0, "p0")]).await.expect("stored");
    let name = |part: u32, name: &str| Record::Name {
        id: "m2".to_owned(),
        part,
        platform_id: name.to_owned(),
    };
    store.put(vec![name(1, "p1"), name(2, "p2")]).await.expect("stored");
    assert_eq!(store.sent_part("shop", "p1").await, Ok(None), "it is not sent");
    // One whose answer was cut off gets its name by the receipt or the echo, and keeps it.
    for part in [1, 2] {
        let unnamed = Sending::Part { part, platform_id: None, at: time(21) };
        sent(&store, &taken[0], unnamed).await;
    }
    store.put(vec![settle(1, "p1"), settle(1, "p9"), name(1, "p9")]).await.expect("stored");
    store.put(vec![name(2, "p2"), name(2, "p9"), settle(2, "p9")]).await.expect("stored");
    for part in [1, 2] {
        let named = store.sent_part("shop", &format!("p{part}")).await.expect("readable");
        assert_eq!(named.map(|part| part.part), Some(part));
    }
    assert_eq!(store.sent_part("shop", "p9").await, Ok(None));
    // Whoever had it is known to be gone: the lease need not end first.
    assert_eq!(sendable(&store, 22).await, []);
    store.put(vec![Record::Release { at: time(22) }]).await.expect("stored");
    let taken_again = sendable(&store, 22).await;
    assert!(taken_again[0].unsure);
    assert_eq!((taken[0].parts, taken_again[0].parts), (0, 3));
    let drop = Record::Drop { conversation: id("c"), at: time(51), error: "left".to_owned() };
    store.put(vec![drop]).await.expect("stored");
    sent(&store, &taken_again[0], Sending::Sent { at: time(52) }).await;
    assert_eq!(sendable(&store, 100).await, []);
    let letters = store.outbox(&OutboxQuery::default()).await.expect("readable");
    assert_eq!(letters.iter().map(|entry| entry.id.as_str()).collect::<Vec<_>>(), ["m3"]);
}

pub(crate) async fn receipts_never_go_back(backend: impl Backend) {
    let store = backend.open().await;
    let mut c = conversation("c");
    let rows = vec![outbound("m2", Some("c"), Some(2))];
    let batch = Batch { address: Some(address()), outbound: rows, ..say(&mut c) };
    version(store.commit(batch, None).await);
    let taken = sendable(&store, 1).await;
    sent(&store, &taken[0], part(0, "p0", 2)).await;
    sent(&store, &taken[0], part(1, "p1", 3)).await;
    sent(&store, &taken[0], Sending::Sent { at: time(3) }).await;
    let all = OutboxQuery { conversation: Some(id("c")), ..OutboxQuery::default() };
    let tell = async |name: &str, receipt| {
        let record = Record::Receipt {
            destination: "shop".to_owned(),
            platform_id: name.to_owned(),
            receipt,
            at: time(4),
        };
        store.put(vec![record]).await.expect("stored");
        store.outbox(&all).await.expect("readable")[0].receipt
    };
    for (name, receipt, expected) in [
        ("p0", Receipt::Delivered, Receipt::Sent),
        ("p1", Receipt::Failed, Receipt::Failed),
        ("p1", Receipt::Delivered, Receipt::Delivered),
        ("p1", Receipt::Failed, Receipt::Delivered),
        ("p0", Receipt::Read, Receipt::Delivered),
        ("p0", Receipt::Sent, Receipt::Delivered),
        ("nobody's", Receipt::Read, Receipt::Delivered),
    ] {
        assert_eq!(tell(name, receipt).await, Some(expected), "{name} {receipt:?}");
    }
    let found = store.sent_part("shop", "p1").await.expect("readable").expect("there");
    assert_eq!((found.part, found.seq, found.receipt), (1, Some(2), Receipt::Delivered));
    assert_eq!(store.sent_part("other", "p1").await, Ok(None), "names are a platform's own");
    let until = |until| Record::ReceiptsUntil {
        conversation: id("c"),
        until: time(until),
        receipt: Receipt::Read,
        at: time(9),
    };
    store.put(vec![until(2)]).await.expect("stored");
    assert_eq!(store.outbox(&all).await.expect("readable")[0].receipt, Some(Receipt::Delivered));
    store.put(vec![until(3)]).await.expect("stored");
    assert_eq!(store.outbox(&all).await.expect("readable")[0].receipt, Some(Receipt::Read));
}

pub(crate) async fn what_is_taken_back_is_forgotten(backend: impl Backend) {
    let store = backend.open().await;
    let mut c = conversation("c");
    let mut batch = say(&mut c);
    batch.messages[0].hash = Some([7; 32]);
    let named = Some((1, "wamid.1".to_owned()));
    let batch = Batch { turn: Some(turn(&c, Some("m1"), 1)), named, ..batch };
    version(store.commit(batch, None).await);
    let key = TurnKey { caller: "shop".to_owned(), message_id: "m1".to_owned() };
    let redact = |conversation: &str, name: &str| Record::Redact {
        conversation: id(conversation),
        name: name.to_owned(),
        rule: "taken_back",
        why: "unsent".to_owned(),
    };
    let wrong = vec![redact("d", "wamid.1"), redact("c", "wamid.2")];
    store.put(wrong).await.expect("nothing to be done");
    assert_eq!(store.messages(&id("c"), 0, 1).await.expect("readable")[0].text, "message 1");
    assert_eq!(store.search("message", 10).await.expect("readable").len(), 1);
    store.put(vec![redact("c", "wamid.1")]).await.expect("stored");
    assert_eq!(store.search("message", 10).await, Ok(vec![]), "nor are its words found");
    let messages = store.messages(&id("c"), 0, 10).await.expect("readable");
    assert_eq!((messages[0].text.as_str(), messages[0].hash), ("", Some([7; 32])));
    assert_eq!(messages[0].notes.as_ref().map(|notes| notes.rule.as_str()), Some("taken_back"));
    assert_eq!(messages[1].text, "message 2", "nothing else");
    assert_eq!(store.turn(&key).await.expect("readable").expect("there").response, "{}");
}
