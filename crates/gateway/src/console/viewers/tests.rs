use std::sync::Arc;

use desk::ConversationId;
use jiff::Timestamp;

use super::Viewers;

#[test]
fn who_looks_at_a_conversation_is_seen_by_the_others() {
    let viewers = Arc::new(Viewers::default());
    let (id, other) = (ConversationId::new("c"), ConversationId::new("d"));
    let mut changes = viewers.follow();
    let at = |second| Timestamp::from_second(second).unwrap();
    let seen = |second| viewers.others(&id, "ana", at(second));
    let name = |writes| vec![("ben".to_owned(), writes)];

    let ana = viewers.enter(&id, "ana");
    assert_eq!(seen(0), []);
    let (first, second) = (viewers.enter(&id, "ben"), viewers.enter(&id, "ben"));
    assert_eq!(seen(0), name(false));
    assert_eq!(viewers.others(&other, "ana", at(0)), []);
    viewers.writes(&id, "ben", at(0));
    viewers.writes(&id, "eve", at(0));
    assert_eq!((seen(7), seen(8)), (name(true), name(false)));
    drop(first);
    assert_eq!(seen(8), name(false), "another page of theirs is open");
    drop(second);
    assert_eq!(seen(8), []);
    drop(ana);
    // Ana came, Ben came, wrote, left; Ana left.
    let told = std::iter::from_fn(|| changes.try_recv().ok()).count();
    assert_eq!(told, 5);
    assert!(viewers.seen().is_empty(), "nothing is kept of those who left");
}

#[test]
fn who_looks_on_another_node_is_believed_for_a_while() {
    let viewers = Arc::new(Viewers::default());
    let id = ConversationId::new("c");
    let mut changes = viewers.follow();
    let mut own = viewers.follow_own();
    let at = |second| Timestamp::from_second(second).unwrap();
    let told = |node: &str, people: &[(&str, bool)], second| {
        let people = people.iter().map(|(name, writes)| ((*name).to_owned(), *writes)).collect();
        viewers.elsewhere(&id, node, people, at(second));
    };
    let seen = |second| viewers.others(&id, "ana", at(second));
    let names = |names: &[(&str, bool)]| -> Vec<(String, bool)> {
        names.iter().map(|(name, writes)| ((*name).to_owned(), *writes)).collect()
    };
    let _ben = viewers.enter(&id, "ben");
    told("n1", &[("ana", true), ("ben", true)], 0);
    told("n2", &[("eve", false)], 0);
    assert_eq!(seen(0), names(&[("ben", true), ("eve", false)]), "one person at two nodes is one");
    assert_eq!(seen(8), names(&[("ben", false), ("eve", false)]));
    // Told again, it is no news; not told again, it is forgotten.
    told("n2", &[("eve", false)], 30);
    assert_eq!(seen(61), names(&[("ben", false), ("eve", false)]));
    assert_eq!(seen(91), names(&[("ben", false)]));
    told("n2", &[("eve", false)], 100);
    told("n2", &[], 101);
    assert_eq!(seen(101), names(&[("ben", false)]));
    assert!(viewers.nodes().is_empty(), "nothing is kept of those who left");
    // Ben came, n1 told, Eve came, came back after she was forgotten, left.
    assert_eq!(std::iter::from_fn(|| changes.try_recv().ok()).count(), 5);
    let own = std::iter::from_fn(|| own.try_recv().ok()).count();
    assert_eq!(own, 1, "what another node tells is not told on");
}
