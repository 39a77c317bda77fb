use super::*;
use crate::config::{Given, Settings};
use crate::files;

const NOW: &str = "2026-11-23T10:00:00Z";

/// An inbox with these two secrets in force.
fn widget(secret: &str, previous: &str) -> Widget {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("switchboard.toml");
    let file = format!(
        "[inbox.shop]\nchannel = \"widget\"\norigins = \"*\"\nidentity_hash = true\n\
         identity_secret_plain = {secret:?}\nidentity_secret_previous_plain = {previous:?}\n"
    );
    files::write_new(&path, file.as_bytes()).unwrap();
    let resolved = Given::default().with_file(&path).resolve(|_| None).unwrap();
    Settings::read(&resolved).unwrap().widgets.remove(0)
}

fn sign(secret: &str, header: &str, claims: &str) -> String {
    let part = |text: &str| BASE64.encode(text);
    let signed = format!("{}.{}", part(header), part(claims));
    let mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    let signature = mac.chain_update(signed.as_bytes()).finalize().into_bytes();
    format!("{signed}.{}", BASE64.encode(signature))
}

/// The hash of an id, as a shop makes it.
pub(crate) fn hash_of(secret: &str, id: &str) -> String {
    let mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    hex::encode(mac.chain_update(id.as_bytes()).finalize().into_bytes())
}

const HEADER: &str = r#"{"alg":"HS256","typ":"JWT"}"#;

#[test]
fn a_token_is_believed_when_the_shop_signed_it_for_now_and_here() {
    let (new, old) = ("n".repeat(32), "o".repeat(32));
    let widget = widget(&new, &old);
    let now: Timestamp = NOW.parse().unwrap();
    let at = |seconds: i64| now.as_second() + seconds;
    let claims = |more: &str| format!(r#"{{"sub":"c-1","exp":{}{more}}}"#, at(600));
    let check = |token_text: &str, expect: Result<&str, &str>| {
        let found = token(&widget, token_text, now);
        let found = found.as_ref().map(|claims| claims.id.as_deref().unwrap());
        match (found, expect) {
            (Ok(id), Ok(expected)) => assert_eq!(id, expected),
            (Err(Refused::Expired), Err("expired")) => {}
            (Err(Refused::Invalid(why)), Err(part)) => {
                assert!(why.contains(part), "{why:?}, not {part:?}")
            }
            other => panic!("{other:?} for {token_text}"),
        }
    };
    check(&sign(&new, HEADER, &claims("")), Ok("c-1"));
    check(&sign(&old, HEADER, &claims("")), Ok("c-1"));
    check(&sign(&new, HEADER, &claims(r#","aud":"shop""#)), Ok("c-1"));
    check(&sign(&new, HEADER, &claims(r#","aud":["x","shop"]"#)), Ok("c-1"));
    check(&sign(&new, HEADER, &claims(r#","aud":"other""#)), Err("another inbox"));
    check(&sign("stranger", HEADER, &claims("")), Err("does not fit"));
    check(&sign(&new, r#"{"alg":"none"}"#, &claims("")), Err("HS256"));
    check(&sign(&new, r#"{"alg":"HS512"}"#, &claims("")), Err("HS256"));
    check(&sign(&new, r#"{"alg":"HS256","crit":["x"]}"#, &claims("")), Err("HS256"));
    check(&sign(&new, HEADER, &format!(r#"{{"user_id":"c-2","exp":{}}}"#, at(-59))), Ok("c-2"));
    check(&sign(&new, HEADER, &format!(r#"{{"sub":"c","exp":{}}}"#, at(-61))), Err("expired"));
    check(&sign(&new, HEADER, &format!(r#"{{"sub":"c","exp":{}}}"#, at(3661))), Err("an hour"));
    check(&sign(&new, HEADER, &claims(&format!(r#","nbf":{}"#, at(61)))), Err("not valid yet"));
    check(&sign(&new, HEADER, r#"{"sub":"c-1"}"#), Err("needs exp"));
    check(&sign(&new, HEADER, &format!(r#"{{"sub":"","exp":{}}}"#, at(600))), Err("nobody"));
    let good = sign(&new, HEADER, &claims(""));
    check(&good[..good.len() - 1], Err(""));
    for broken in ["", ".", "..", "a.b.c", "é.é.é", &"a".repeat(5000)] {
        check(broken, Err("not a JSON Web Token"));
    }
}

#[test]
fn a_hash_is_that_of_other_widgets() {
    let widget = widget(&"k".repeat(32), &"o".repeat(32));
    let good = hash_of(&"k".repeat(32), "1234");
    assert_eq!(hash(&widget, "1234", &good).unwrap().id.as_deref(), Some("1234"));
    for (id, given) in
        [("1235", good.as_str()), ("1234", &good[..62]), ("1234", "zz"), ("1234", "é"), ("", "")]
    {
        assert!(hash(&widget, id, given).is_err(), "{id} {given}");
    }
    let none = Widget { identity_hash: false, ..widget };
    assert!(hash(&none, "1234", &good).is_err());
}

#[test]
fn the_hash_is_the_one_of_published_vectors() {
    // intercom-rails, spec/script_tag_spec.rb.
    for (id, expected) in [
        ("ciaran@intercom.io", "6de1a994f5d8428eef91f3cc12f9a8078f2cf024ba1b554ff6e019791d839b71"),
        ("1234", "3f5ed07739c3217c03afaff4ecf40a6974ee8e0523e6c9914236b4251504db23"),
    ] {
        let mut widget = Widget::built_in();
        widget.identity_hash = true;
        widget.identity = vec![Secret::new("abcdefgh")];
        assert!(hash(&widget, id, expected).is_ok(), "{id}");
    }
}
