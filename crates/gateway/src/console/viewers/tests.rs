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
