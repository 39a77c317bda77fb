use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use std::collections::BTreeMap;

use super::{Address, Settings, Standing, State, Token, Window, WindowRule, segment};

fn given(values: &[(&str, &str)]) -> BTreeMap<String, String> {
    values.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

#[test]
fn every_mistake_in_settings_is_told_at_once_and_no_value_with_it() {
    let spec = crate::channel("chatwoot").unwrap().spec();
    let values = [
        ("base_url", "http://evil.example"),
        ("bot_token", "hush-hush"),
        ("tolerance", "soon"),
        ("options", "carousel"),
        ("colour", "hush-hush"),
    ];
    let problems = Settings::new(spec, &given(&values)).unwrap_err();
    let told: Vec<String> =
        problems.iter().map(|problem| format!("{} {}", problem.code, problem.setting)).collect();
    assert_eq!(
        told,
        [
            "bad-setting base_url",
            "unknown-setting colour",
            "bad-setting options",
            "bad-setting tolerance",
            "missing-setting account_id",
            "missing-setting webhook_secret",
        ]
    );
    assert!(!format!("{problems:?}").contains("hush-hush"));
}

#[test]
fn addresses_of_servers_are_https_but_on_this_machine() {
    let spec = crate::channel("telegram").unwrap().spec();
    for (url, good) in [
        ("https://api.example.com", true),
        ("https://api.example.com:8443/path", true),
        ("http://127.0.0.1:9999", true),
        ("http://localhost/x", true),
        ("http://[::1]:80", true),
        ("http://example.com", false),
        ("http://localhost.evil.example", false),
        ("http://127.0.0.1@evil.example/", false),
        ("https://user@example.com", false),
        ("https://", false),
        ("ftp://example.com", false),
        ("https://exa mple.com", false),
        ("https://example.com/\u{e9}", false),
    ] {
        let values = [("bot_token", "t"), ("webhook_secret", "s"), ("base_url", url)];
        assert_eq!(Settings::new(spec, &given(&values)).is_ok(), good, "{url}");
    }
}

#[test]
fn secrets_may_be_two_and_a_password_may_have_spaces() {
    let spec = crate::channel("telegram").unwrap().spec();
    let values = [("bot_token", " new  old "), ("webhook_secret", "s")];
    let settings = Settings::new(spec, &given(&values)).unwrap();
    assert_eq!(settings.secrets("bot_token").len(), 2);
    assert_eq!(settings.secret("bot_token").unwrap().expose(), "new");
    assert_eq!(settings.phrase("bot_token").unwrap().expose(), "new  old");
    assert_eq!(settings.text("bot_token"), "");
    assert!(settings.flag("typing"));
}

#[test]
fn windows_close_by_time_and_by_number() {
    let day = |hours: i64| SignedDuration::from_hours(hours);
    let heard: Timestamp = "2026-03-01T10:00:00Z".parse().unwrap();
    let rule = WindowRule { open: Some(day(24)), messages: Some(5), people: Some(day(7 * 24)) };
    let at = |rule: &WindowRule, hours: i64, sent: u32| {
        rule.at(Standing { heard: Some(heard), sent }, heard + day(hours))
    };
    assert_eq!(at(&rule, 23, 0), Window::Open);
    assert_eq!(at(&rule, 24, 0), Window::PeopleOnly);
    assert_eq!(at(&rule, 1, 4), Window::Open);
    assert_eq!(at(&rule, 1, 5), Window::PeopleOnly);
    assert_eq!(at(&rule, 7 * 24, 0), Window::Closed);
    assert_eq!(at(&WindowRule { people: None, ..rule }, 24, 0), Window::Closed);
    assert_eq!(rule.at(Standing::default(), heard), Window::Closed);
    assert_eq!(WindowRule::ALWAYS.at(Standing::default(), heard), Window::Open);
    assert_eq!(rule.closes(Standing { heard: Some(heard), sent: 0 }), Some(heard + day(24)));
}

#[test]
fn a_token_is_good_until_its_time() {
    let now: Timestamp = "2026-03-01T10:00:00Z".parse().unwrap();
    let token = |until: Timestamp| {
        let token = Some(Token { value: "t".to_owned(), until });
        Address { token, ..Address::new("a") }
    };
    assert_eq!(token(now + SignedDuration::from_secs(1)).token_at(now), Some("t"));
    assert_eq!(token(now).token_at(now), None);
    assert_eq!(Address::new("a").token_at(now), None);
}

#[test]
fn an_id_stays_within_its_segment() {
    assert_eq!(segment("wamid-1_a~"), "wamid-1_a~");
    assert_eq!(segment("../../admin?x=1#y"), "%2E%2E%2F%2E%2E%2Fadmin%3Fx%3D1%23y");
    assert_eq!(segment("é"), "%C3%A9");
}

proptest! {
    /// Receipts come late, twice and in any order; the state is that of the furthest.
    #[test]
    fn a_state_never_goes_backwards(
        receipts in proptest::collection::vec(
            prop::sample::select(&[State::Sent, State::Failed, State::Delivered, State::Read]),
            1..12,
        ),
    ) {
        let mut state = State::Sent;
        for receipt in &receipts {
            let next = state.advance(*receipt);
            prop_assert!(next >= state);
            state = next;
        }
        let mut again = State::Sent;
        for receipt in receipts.iter().rev().chain(&receipts) {
            again = again.advance(*receipt);
        }
        prop_assert_eq!(state, again);
    }
}
