use super::*;

#[test]
fn a_password_fits_its_hash_alone() {
    let hashed = hash("correct horse battery").expect("long enough");
    assert!(hashed.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hashed}");
    assert_ne!(hash("correct horse battery").expect("hashed"), hashed, "a salt of its own");
    for (password, expected) in [("correct horse battery", true), ("correct horse", false)] {
        assert_eq!(fits(password, Some(&hashed)).expect("tried"), expected, "{password}");
    }
    assert!(!fits("correct horse battery", None).expect("tried"));
    assert!(!fits("correct horse battery", Some("no hash")).expect("tried"));
    for short in ["", "123456789", &"x".repeat(MAX_PASSWORD_BYTES + 1)] {
        assert_eq!(hash(short).expect_err("refused").code(), Code::InvalidField);
    }
}

#[test]
fn guessing_takes_longer_and_longer() {
    let minutes = |failures| lockout(failures).as_mins();
    assert_eq!([5, 6, 7, 10, 11, 1000].map(minutes), [1, 2, 4, 32, 60, 60]);
}

#[test]
fn a_cookie_is_found_among_others() {
    let secret = format!("{}abc", TokenKind::Session.prefix());
    for (header, expected) in [
        (format!("a=b; switchboard_session={secret}; c=d"), Some(secret.clone())),
        (format!("switchboard_session={secret}"), Some(secret.clone())),
        ("switchboard_session=other".to_owned(), None),
        (format!("xswitchboard_session={secret}"), None),
        (String::new(), None),
    ] {
        assert_eq!(session_cookie(&header), expected, "{header}");
    }
    assert_ne!(csrf("a"), csrf("b"));
}
