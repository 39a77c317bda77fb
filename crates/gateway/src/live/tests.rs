use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use super::*;

fn id(name: &str) -> ConversationId {
    ConversationId::new(name)
}

/// What a future says at once; none where it waits.
fn now<T>(future: impl Future<Output = T>) -> Option<T> {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => Some(value),
        Poll::Pending => None,
    }
}

#[tokio::test]
async fn a_follower_is_woken_by_its_own_conversation() {
    let live = Live::new(8);
    let mut follower = live.follow(&id("a")).unwrap();
    live.changed(&id("b"));
    assert_eq!(now(follower.next()), None);
    live.changed(&id("a"));
    live.changed(&id("a"));
    live.types(&id("a"), Typist::Agent);
    let pulse = Pulse { changes: 2, agent_types: 1, customer_types: 0 };
    assert_eq!(now(follower.next()), Some(Some(pulse)));
    assert_eq!(now(follower.next()), None, "told once");
    live.settled(&id("a"));
    assert!(now(follower.next()).is_some());
}

#[tokio::test]
async fn who_follows_all_hears_all_and_learns_of_what_was_lost() {
    let live = Live::new(8);
    let mut all = live.follow_all().unwrap();
    live.settled(&id("c"));
    live.changed(&id("a"));
    live.types(&id("b"), Typist::Customer);
    assert_eq!(now(all.next()), Some(Some(Notice::Changed(id("a")))));
    assert_eq!(now(all.next()), Some(Some(Notice::Types(id("b"), Typist::Customer))));
    for _ in 0..=BACKLOG {
        live.changed(&id("a"));
    }
    assert_eq!(now(all.next()), Some(Some(Notice::Lagged)));
    assert_eq!(now(all.next()), Some(Some(Notice::Changed(id("a")))));
}

#[tokio::test]
async fn places_are_bounded_and_given_back() {
    let live = Live::new(2);
    let first = live.follow(&id("a")).unwrap();
    let _second = live.follow(&id("a")).unwrap();
    assert_eq!(live.follow(&id("b")).map(drop), Err(Full));
    assert_eq!(live.follow_all().map(drop), Err(Full));
    drop(first);
    drop(live.follow(&id("b")).unwrap());
    let live = Live::new(1_000);
    let of_one: Vec<_> = (0..FOLLOWERS_OF_ONE).map(|_| live.follow(&id("a")).unwrap()).collect();
    assert_eq!(live.follow(&id("a")).map(drop), Err(Full));
    drop(of_one);
    assert!(live.followed().is_empty(), "nothing is kept of what nobody follows");
}

#[tokio::test]
async fn the_end_of_the_service_ends_every_wait() {
    let live = Live::new(8);
    let (mut one, mut all) = (live.follow(&id("a")).unwrap(), live.follow_all().unwrap());
    live.changed(&id("a"));
    live.close();
    assert_eq!(now(one.next()), Some(None));
    assert_eq!(now(all.next()), Some(None));
    let mut late = live.follow(&id("a")).unwrap();
    assert_eq!(now(late.next()), Some(None));
}
