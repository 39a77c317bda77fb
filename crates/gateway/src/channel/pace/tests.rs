use super::*;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_795_000_000 + seconds).unwrap()
}

#[test]
fn waits_grow_and_differ() {
    for (tries, least, most) in
        [(1, 500, 1000), (2, 1000, 2000), (5, 8000, 16_000), (99, 300_000, 600_000)]
    {
        for random in [0, 1, 12_345, u64::MAX] {
            let wait = backoff(tries, random).as_millis();
            assert!((least..most).contains(&wait), "{tries} tries, {random}: {wait} ms");
        }
    }
    assert_ne!(backoff(3, 1), backoff(3, 999));
    for (tries, least) in [(1, 5), (2, 300), (9, 86_400), (99, 86_400)] {
        let wait = schedule(tries, u64::MAX).as_secs();
        assert!((least..=least + least / 10).contains(&wait), "{tries} tries: {wait} s");
    }
}

#[test]
fn a_limit_is_kept_over_time() {
    let mut pace = Pace::new(Some(2));
    // (at, wanted, may)
    for (second, wanted, may) in [(0, 5, 2), (0, 1, 0), (1, 1, 1), (1, 5, 1), (60, 9, 2)] {
        assert_eq!(pace.take(wanted, at(second)), may, "at {second}");
    }
    pace.unused(1);
    assert_eq!(pace.take(9, at(60)), 1, "what was not used is still there");
    assert_eq!(Pace::new(None).take(1000, at(0)), 1000);
}

#[test]
fn who_fails_often_is_left_alone_and_tried_with_one() {
    let mut pace = Pace::new(None);
    for n in 1..FAILURES {
        assert!(!pace.failed(at(0), 7), "{n}");
    }
    assert_eq!(pace.take(9, at(0)), 9, "four failures are bad luck");
    assert!(pace.failed(at(0), 7));
    assert_eq!(pace.take(9, at(0)), 0);
    assert!(pace.closed(at(0)).is_some());
    assert_eq!(pace.take(9, at(6)), 1, "one goes first");
    assert_eq!(pace.take(9, at(6)), 0, "and alone");
    assert!(!pace.failed(at(6), 7), "told once");
    assert_eq!(pace.take(9, at(7)), 0, "left alone for longer");
    assert_eq!(pace.take(9, at(20)), 1);
    pace.succeeded();
    assert_eq!(pace.take(9, at(20)), 9);
    pace.pause(at(20), SignedDuration::from_secs(30));
    assert_eq!((pace.take(9, at(49)), pace.take(9, at(50))), (0, 9));
}
