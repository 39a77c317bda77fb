use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

use super::{Calendar, CalendarError, Interval};

fn time(text: &str) -> Time {
    text.parse().expect("a time")
}

fn hours(text: &str) -> Vec<Interval> {
    text.split_whitespace()
        .map(|interval| {
            let (from, until) = interval.split_once('-').expect("an interval");
            (time(from), (until != "24:00").then(|| time(until)))
        })
        .collect()
}

/// Monday to Friday, Saturday, Sunday.
fn calendar(zone: &str, weekdays: &str, saturday: &str, sunday: &str) -> Calendar {
    let days = [weekdays, weekdays, weekdays, weekdays, weekdays, saturday, sunday];
    let holidays = ["2026-12-24", "2026-12-25", "2026-12-26", "2027-01-01"];
    Calendar::new(
        TimeZone::get(zone).expect("a zone"),
        days.map(hours),
        holidays.map(|day| day.parse::<Date>().expect("a date")),
    )
    .expect("good hours")
}

fn berlin() -> Calendar {
    let mut calendar = calendar("Europe/Berlin", "09:00-18:00", "", "");
    calendar.week[4] = hours("09:00-17:00");
    calendar
}

#[track_caller]
fn moment(calendar: &Calendar, text: &str) -> Timestamp {
    calendar
        .zone
        .to_timestamp(text.parse().expect("a date and time"))
        .expect("a moment of the time line")
}

#[track_caller]
fn check(calendar: &Calendar, what: &str, due: Timestamp, expected: &str) {
    let due = due.to_zoned(calendar.zone.clone());
    assert_eq!(due.datetime().to_string(), format!("{expected}:00"), "{what}: {due}");
}

#[test]
fn open_time_stands_still_while_nobody_is_there() {
    let berlin = berlin();
    let cases = [
        // 2026-11-19 is a Thursday.
        ("2026-11-19T10:00", 15, "2026-11-19T10:15"),
        ("2026-11-19T17:55", 15, "2026-11-20T09:10"),
        ("2026-11-19T17:45", 15, "2026-11-19T18:00"),
        ("2026-11-19T18:00", 15, "2026-11-20T09:15"),
        ("2026-11-19T08:59", 15, "2026-11-19T09:15"),
        ("2026-11-19T23:30", 120, "2026-11-20T11:00"),
        ("2026-11-20T16:30", 120, "2026-11-23T10:30"),
        ("2026-11-21T12:00", 120, "2026-11-23T11:00"),
        // Over Christmas (24 to 26 December) and the weekend.
        ("2026-12-23T17:30", 120, "2026-12-28T10:30"),
        ("2026-12-31T17:50", 15, "2027-01-04T09:05"),
        // A duration of more than a day's hours: 9 hours on Thursday, 8 on Friday.
        ("2026-11-19T09:00", 18 * 60, "2026-11-23T10:00"),
        ("2026-11-19T10:00", 0, "2026-11-19T10:00"),
        ("2026-11-21T10:00", 0, "2026-11-23T09:00"),
    ];
    for (from, minutes, expected) in cases {
        let due = berlin.after_open_time(moment(&berlin, from), SignedDuration::from_mins(minutes));
        check(&berlin, from, due, expected);
    }
}

#[test]
fn a_day_counts_nights_but_no_closed_days() {
    let berlin = berlin();
    let cases = [
        ("2026-11-17T10:00", "2026-11-18T10:00"),
        // Before opening and after closing it begins with the opening.
        ("2026-11-17T06:00", "2026-11-18T09:00"),
        ("2026-11-17T20:00", "2026-11-19T09:00"),
        ("2026-11-20T16:00", "2026-11-23T16:00"),
        ("2026-11-21T16:00", "2026-11-24T09:00"),
        // Friday closes at five: the promise is kept by then.
        ("2026-11-19T17:30", "2026-11-20T17:00"),
        ("2026-12-23T10:00", "2026-12-28T10:00"),
    ];
    for (from, expected) in cases {
        let due = berlin.after_open_days(moment(&berlin, from), SignedDuration::from_hours(24));
        check(&berlin, from, due, expected);
    }
    let split = calendar("Europe/Berlin", "09:00-10:00 14:00-18:00", "", "");
    let due =
        split.after_open_days(moment(&split, "2026-11-17T09:30"), SignedDuration::from_hours(2));
    check(&split, "closed at the end", due, "2026-11-17T10:00");
    let due =
        split.after_open_days(moment(&split, "2026-11-17T14:00"), SignedDuration::from_hours(22));
    check(&split, "between the intervals", due, "2026-11-18T10:00");
}

#[test]
fn clock_changes_neither_add_nor_swallow_working_time() {
    // Clocks go forward on 2027-03-28 at 2:00, back on 2026-10-25 at 3:00.
    let always = calendar("Europe/Berlin", "00:00-24:00", "00:00-24:00", "00:00-24:00");
    let cases = [
        ("2027-03-28T01:30", 120, "2027-03-28T04:30"),
        ("2026-10-25T01:30", 120, "2026-10-25T02:30"),
        ("2026-10-24T12:00", 24 * 60, "2026-10-25T11:00"),
        ("2027-03-27T12:00", 24 * 60, "2027-03-28T13:00"),
    ];
    for (from, minutes, expected) in cases {
        let due = always.after_open_time(moment(&always, from), SignedDuration::from_mins(minutes));
        check(&always, from, due, expected);
    }
    // Hours inside the gap do not exist on that day.
    let night = calendar("Europe/Berlin", "", "02:00-03:00", "02:00-03:00");
    let due =
        night.after_open_time(moment(&night, "2027-03-27T02:30"), SignedDuration::from_mins(45));
    check(&night, "over the gap", due, "2027-04-03T02:15");
    // Nine in the morning is nine in the morning on both sides of the change.
    let berlin = berlin();
    let due =
        berlin.after_open_time(moment(&berlin, "2027-03-26T16:50"), SignedDuration::from_mins(15));
    check(&berlin, "over the weekend of the change", due, "2027-03-29T09:05");
}

#[test]
fn several_intervals_a_day_and_other_zones() {
    let tokyo = calendar("Asia/Tokyo", "10:00-12:00 13:00-18:00", "10:00-12:00", "");
    let cases = [
        ("2026-11-19T11:30", 120, "2026-11-19T14:30"),
        ("2026-11-19T12:30", 15, "2026-11-19T13:15"),
        ("2026-11-20T17:30", 120, "2026-11-21T11:30"),
        ("2026-11-21T11:50", 15, "2026-11-23T10:05"),
    ];
    for (from, minutes, expected) in cases {
        let due = tokyo.after_open_time(moment(&tokyo, from), SignedDuration::from_mins(minutes));
        check(&tokyo, from, due, expected);
    }
}

#[test]
fn open_and_closed() {
    let berlin = berlin();
    let cases = [
        ("2026-11-19T09:00", true, "2026-11-19T09:00"),
        ("2026-11-19T17:59", true, "2026-11-19T17:59"),
        ("2026-11-19T18:00", false, "2026-11-20T09:00"),
        ("2026-11-20T17:00", false, "2026-11-23T09:00"),
        ("2026-12-25T12:00", false, "2026-12-28T09:00"),
    ];
    for (at, open, next) in cases {
        let moment = moment(&berlin, at);
        assert_eq!(berlin.is_open(moment), open, "{at}");
        check(&berlin, at, berlin.next_opening(moment), next);
    }
}

#[test]
fn bad_hours_are_refused() {
    let zone = || TimeZone::UTC;
    let week = |monday: Vec<Interval>| [monday, vec![], vec![], vec![], vec![], vec![], vec![]];
    let refused = |monday| Calendar::new(zone(), week(monday), []).expect_err("refused").code();
    assert_eq!(refused(vec![]), "never-open");
    assert_eq!(refused(hours("18:00-09:00")), "bad-interval");
    assert_eq!(refused(hours("09:00-09:00")), "bad-interval");
    assert_eq!(refused(hours("09:00-12:00 11:59-18:00")), "overlapping-hours");
    assert_eq!(refused(hours("09:00-24:00 13:00-14:00")), "overlapping-hours");
    let error = Calendar::new(zone(), week(hours("18:00-09:00")), []).expect_err("refused");
    assert!(matches!(error, CalendarError::BadInterval { weekday: 0, .. }), "{error}");
    assert!(error.to_string().starts_with("Monday: 18:00:00 to 09:00:00"), "{error}");
    // Touching intervals do not overlap, and their order does not matter.
    assert!(Calendar::new(zone(), week(hours("12:00-18:00 09:00-12:00")), []).is_ok());
}

#[test]
fn the_end_of_the_time_line_is_no_trap() {
    let berlin = berlin();
    for at in [Timestamp::MIN, Timestamp::MAX] {
        let _ = berlin.is_open(at);
        assert!(berlin.next_opening(at) >= at);
        assert!(berlin.after_open_time(at, SignedDuration::from_hours(2)) >= at);
        assert!(berlin.after_open_days(at, SignedDuration::from_hours(24)) >= at);
    }
}

proptest! {
    #[test]
    fn deadlines_lie_in_opening_hours_and_only_move_forward(
        zone in prop::sample::select(vec!["Europe/Berlin", "America/Sao_Paulo", "Asia/Tokyo", "Australia/Lord_Howe"]),
        starts in 1_790_000_000_i64..1_830_000_000,
        step in 0_i64..100_000,
        minutes in 1_i64..3_000,
    ) {
        let calendar = calendar(zone, "09:00-12:30 13:15-18:00", "10:00-14:00", "");
        let duration = SignedDuration::from_mins(minutes);
        let from = Timestamp::from_second(starts).expect("in range");
        let to = Timestamp::from_second(starts + step).expect("in range");
        for due in [Calendar::after_open_time, Calendar::after_open_days] {
            let first = due(&calendar, from, duration);
            let second = due(&calendar, to, duration);
            prop_assert!(first >= from);
            prop_assert!(first <= second, "{first} > {second}");
            let before = first - SignedDuration::from_nanos(1);
            prop_assert!(calendar.is_open(first) || calendar.is_open(before), "{first}");
        }
    }
}
