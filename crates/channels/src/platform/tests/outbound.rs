//! What is sent on every platform, and how their answers are read.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{channel, now, read, settings};
use crate::platform::CHANNELS;
use crate::proof::Secret;
use crate::shape::{
    Address, Button, Channel, Dispatch, Outcome, Outgoing, Piece, Reply, Settings, Token,
    Unsendable, Window,
};

fn buttons(titles: &[&str]) -> Vec<Button> {
    (titles.iter().enumerate())
        .map(|(index, title)| Button {
            title: (*title).to_owned(),
            payload: format!("intent:topic.{index}"),
        })
        .collect()
}

fn address() -> Address {
    Address::new("77@example.com")
        .with("wa_id", Some("972"))
        .with("channel", Some("D1"))
        .with("name", Some("Ana"))
        .with("said", Some("Where is <it>?"))
        .with("subject", Some("RE: re: Order\r\nBcc: x@example.com"))
        .with("message_id", Some("<1@x>"))
}

/// The request that sends a piece.
fn sent(platform: &dyn Channel, inbox: &Settings, to: &Address, piece: &Piece) -> Value {
    let access = Secret::new("ACCESS");
    let dispatch =
        Dispatch { settings: inbox, to, piece, key: "018f-key", now: now(), token: Some(&access) };
    match platform.request(&dispatch) {
        Ok(Outgoing::Http(call)) => {
            let headers: Vec<&str> = call.headers.iter().map(|(name, _)| *name).collect();
            assert!(!format!("{call:?}").contains("C2FVsBQIhrscChlQIMV"));
            assert!(!call.shown.contains("ACCESS"), "{}", call.shown);
            json!({
                "request": format!("{} {}", call.method.as_str(), call.shown),
                "headers": headers,
                "body": serde_json::from_slice::<Value>(&call.body).unwrap(),
            })
        }
        Ok(Outgoing::Mail(mail)) => json!({
            "from": mail.from, "to": mail.to, "subject": mail.subject,
            "text": mail.text, "html": mail.html, "message_id": mail.message_id,
            "in_reply_to": mail.in_reply_to, "headers": mail.headers,
        }),
        Err(unsendable) => json!(unsendable.code()),
    }
}

#[test]
fn replies_are_sent_so() {
    for platform in CHANNELS {
        let name = platform.spec().name;
        let inbox = settings(*platform, &[]);
        let reply = |text: &str, titles: &[&str]| Reply {
            buttons: buttons(titles),
            language: "es".to_owned(),
            list_label: Some("Elegir".to_owned()),
            ..Reply::text(text)
        };
        let few = reply("Su pedido está en camino. 🙂 <b> & _x_", &["Rastrear", "Una persona"]);
        let five = ["uno", "dos", "tres", "cuatro", "Una opción bastante larga"];
        let mut out = Vec::new();
        for reply in [few, reply("¿Cuál?", &five)] {
            let pieces = platform.render(&inbox, &reply, Window::Open).unwrap();
            for piece in &pieces {
                let mut to = address();
                if name == "kakao" {
                    let value = "https://bot-api.kakao.com/callback".to_owned();
                    to.token = Some(Token { value, until: Timestamp::MAX });
                }
                let mut sent = sent(*platform, &inbox, &to, piece);
                if !piece.numbered.is_empty() {
                    sent["chosen_by_text"] = piece.numbered.len().into();
                }
                out.push(sent);
            }
        }
        insta::assert_json_snapshot!(format!("outbound_{name}"), out);
    }
}

#[test]
fn many_options_and_long_texts_lose_nothing() {
    let titles: Vec<String> = (1..=30).map(|number| format!("Option {number}")).collect();
    let titles: Vec<&str> = titles.iter().map(String::as_str).collect();
    let long = "Every parcel has a number. ".repeat(100);
    for platform in CHANNELS {
        let name = platform.spec().name;
        let inbox = settings(*platform, &[]);
        let reply = Reply { buttons: buttons(&titles), ..Reply::text(long.clone()) };
        let pieces = platform.render(&inbox, &reply, Window::Open).unwrap();
        let shown: String = pieces.iter().map(|piece| piece.shown.as_str()).collect();
        // KakaoTalk shows three texts and no more.
        if name != "kakao" {
            assert_eq!(shown.matches("Every parcel has a number.").count(), 100, "{name}");
        }
        let pressed: String = pieces.iter().map(|piece| piece.body.to_string()).collect();
        for title in &titles {
            assert!(shown.contains(title) || pressed.contains(title), "{name} loses {title}");
        }
        for piece in &pieces {
            let kept: Piece = serde_json::from_value(serde_json::to_value(piece).unwrap()).unwrap();
            assert_eq!(&kept, piece, "{name}: a piece is kept as it is");
        }
    }
}

#[test]
fn outside_the_window_a_template_goes_out_or_nothing() {
    let person = Reply { by_person: true, ..Reply::text("Still here?") };
    let render = |name: &str, given: &[(&str, &str)], window: Window| {
        let platform = channel(name);
        platform.render(&settings(platform, given), &person, window)
    };
    for name in ["whatsapp", "messenger", "instagram", "wechat", "zalo"] {
        assert_eq!(render(name, &[], Window::Closed), Err(Unsendable::Window), "{name}");
    }
    for name in ["line", "telegram", "viber", "slack", "email", "hook", "chatwoot"] {
        assert!(render(name, &[], Window::Open).is_ok(), "{name}");
    }
    let template = [("template", "come_back"), ("template_languages", "en_US, pt_BR")];
    for (language, code) in [("pt-BR", "pt_BR"), ("pt", "pt_BR"), ("ja", "en_US"), ("", "en_US")] {
        let platform = channel("whatsapp");
        let reply = Reply { language: language.to_owned(), ..Reply::text("x") };
        let inbox = settings(platform, &template);
        let pieces = platform.render(&inbox, &reply, Window::Closed).unwrap();
        assert_eq!(pieces[0].body["template"]["language"]["code"], code, "{language}");
    }
    let agent = [("human_agent", "true")];
    let pieces = render("messenger", &agent, Window::PeopleOnly).unwrap();
    assert_eq!(pieces[0].body["tag"], "HUMAN_AGENT");
    assert_eq!(render("messenger", &[], Window::PeopleOnly), Err(Unsendable::Window));
    let platform = channel("messenger");
    let bot = platform.render(&settings(platform, &agent), &Reply::text("x"), Window::PeopleOnly);
    assert_eq!(bot, Err(Unsendable::Window));
}

#[test]
fn line_replies_while_the_token_is_good_and_pushes_after() {
    let platform = channel("line");
    let reply = Reply::text("Hi");
    let url = |given: &[(&str, &str)], until: Option<&str>| {
        let inbox = settings(platform, given);
        let piece = platform.render(&inbox, &reply, Window::Open).unwrap().remove(0);
        let token =
            until.map(|until| Token { value: "t".to_owned(), until: until.parse().unwrap() });
        let to = Address { token, ..Address::new("U1") };
        let sent = sent(platform, &inbox, &to, &piece);
        (
            sent["request"].as_str().unwrap().rsplit('/').next().unwrap().to_owned(),
            sent["headers"].to_string(),
        )
    };
    assert_eq!(url(&[], Some("2026-03-01T10:00:30Z")).0, "reply");
    let (push, headers) = url(&[], Some("2026-03-01T10:00:00Z"));
    assert_eq!(push, "push");
    assert!(headers.contains("x-line-retry-key"));
    assert_eq!(url(&[], None).0, "push");
    assert_eq!(url(&[("send_by", "push")], Some("2026-03-01T10:00:30Z")).0, "push");
    // Six texts are two requests.
    let text = Reply::text("x".repeat(5000 * 6));
    let pieces = platform.render(&settings(platform, &[]), &text, Window::Open).unwrap();
    let counts: Vec<usize> =
        pieces.iter().map(|piece| piece.body["messages"].as_array().unwrap().len()).collect();
    assert_eq!(counts, [5, 1]);
}

#[test]
fn kakao_answers_at_the_address_given_and_nowhere_else() {
    let platform = channel("kakao");
    let inbox = settings(platform, &[]);
    let piece = platform.render(&inbox, &Reply::text("Hi"), Window::Open).unwrap().remove(0);
    let send = |url: &str, until: &str| {
        let until: Timestamp = until.parse().unwrap();
        let token = Some(Token { value: url.to_owned(), until });
        sent(platform, &inbox, &Address { token, ..Address::new("u") }, &piece)
    };
    let soon = "2026-03-01T10:00:30Z";
    assert_eq!(
        send("https://bot-api.kakao.com/cb?t=1", soon)["request"],
        "POST https://bot-api.kakao.com/cb"
    );
    assert_eq!(send("https://bot-api.kakao.com/cb", "2026-03-01T10:00:00Z"), "window-closed");
    for url in [
        "http://bot-api.kakao.com/cb",
        "https://kakao.com.evil.example/",
        "https://evilkakao.com/",
        "https://169.254.169.254/latest",
        "https://kakao.com@evil.example/",
        "https://evil.example\\.kakao.com/",
        "https://evil.example#.kakao.com",
        "https://kakao.com:8443/",
    ] {
        assert_eq!(send(url, soon), "host-not-allowed", "{url}");
    }
    let answer = platform.respond(&inbox, &[piece]).unwrap();
    let said: Value = serde_json::from_slice(&answer.body).unwrap();
    assert_eq!(said["version"], "2.0");
}

#[test]
fn answers_are_read_by_each_platforms_own_codes() {
    let name = |outcome: &Outcome| match outcome {
        Outcome::Sent { id } => format!("sent {}", id.as_deref().unwrap_or("-")),
        Outcome::Retry { after, .. } => {
            format!("retry {}", after.map_or(-1, |after| after.as_secs()))
        }
        Outcome::Unknown { .. } => "unknown".to_owned(),
        Outcome::Final { .. } => "final".to_owned(),
        Outcome::Gone { .. } => "gone".to_owned(),
        Outcome::WindowClosed { .. } => "window".to_owned(),
        Outcome::TokenSpent => "token".to_owned(),
        Outcome::Moved { to } => format!("moved {to}"),
        Outcome::Renew { .. } => "renew".to_owned(),
        Outcome::Unauthorized { .. } => "unauthorized".to_owned(),
    };
    for (platform, status, body, expected) in [
        ("line", 200, r#"{"sentMessages":[{"id":"461"}]}"#, "sent 461"),
        ("line", 409, r#"{"message":"accepted","sentMessages":[{"id":"461"}]}"#, "sent 461"),
        ("line", 400, r#"{"message":"Invalid reply token"}"#, "token"),
        ("line", 400, r#"{"message":"A message is invalid"}"#, "final"),
        ("line", 401, r#"{"message":"Authentication failed"}"#, "unauthorized"),
        ("line", 429, r#"{"message":"The API rate limit has been exceeded"}"#, "retry -1"),
        ("line", 429, r#"{"message":"You have reached your monthly limit."}"#, "final"),
        ("line", 500, "", "retry -1"),
        ("telegram", 200, r#"{"ok":true,"result":{"message_id":1366}}"#, "sent 1366"),
        (
            "telegram",
            429,
            r#"{"ok":false,"error_code":429,"parameters":{"retry_after":5}}"#,
            "retry 5",
        ),
        (
            "telegram",
            400,
            r#"{"ok":false,"error_code":400,"parameters":{"migrate_to_chat_id":-100}}"#,
            "moved -100",
        ),
        ("telegram", 400, r#"{"ok":false,"error_code":400,"description":"Bad Request"}"#, "final"),
        (
            "telegram",
            403,
            r#"{"ok":false,"error_code":403,"description":"bot was blocked"}"#,
            "final",
        ),
        ("telegram", 401, r#"{"ok":false,"error_code":401}"#, "unauthorized"),
        ("telegram", 502, "<html>", "retry -1"),
        ("telegram", 200, r#"{"ok":tr"#, "sent -"),
        ("messenger", 200, r#"{"recipient_id":"1","message_id":"m1"}"#, "sent m1"),
        ("messenger", 400, r#"{"error":{"code":10,"error_subcode":2018278}}"#, "window"),
        ("messenger", 400, r#"{"error":{"code":10,"error_subcode":1893063}}"#, "final"),
        ("messenger", 400, r#"{"error":{"code":551}}"#, "final"),
        ("messenger", 400, r#"{"error":{"code":613}}"#, "retry -1"),
        ("messenger", 400, r#"{"error":{"code":190}}"#, "unauthorized"),
        (
            "viber",
            200,
            r#"{"status":0,"message_token":5741311803571721087}"#,
            "sent 5741311803571721087",
        ),
        ("viber", 200, r#"{"status":6,"status_message":"notSubscribed"}"#, "final"),
        ("viber", 200, r#"{"status":12}"#, "retry -1"),
        ("viber", 200, r#"{"status":2}"#, "unauthorized"),
        ("viber", 200, "", "unknown"),
        ("wechat", 200, r#"{"errcode":0,"errmsg":"ok"}"#, "sent -"),
        ("wechat", 200, r#"{"errcode":45015}"#, "window"),
        ("wechat", 200, r#"{"errcode":45047}"#, "window"),
        ("wechat", 200, r#"{"errcode":42001}"#, "renew"),
        ("wechat", 200, r#"{"errcode":-1}"#, "retry -1"),
        ("wechat", 200, r#"{"errcode":40003}"#, "final"),
        ("wechat", 200, r#"{"errcode":48001}"#, "unauthorized"),
        ("zalo", 200, r#"{"error":0,"data":{"message_id":"m"}}"#, "sent m"),
        ("zalo", 200, r#"{"error":-216}"#, "renew"),
        ("zalo", 200, r#"{"error":-230}"#, "window"),
        ("zalo", 200, r#"{"error":-213}"#, "final"),
        ("zalo", 503, "", "retry -1"),
        ("kakao", 200, r#"{"status":"SUCCESS"}"#, "sent -"),
        ("kakao", 200, r#"{"status":"FAIL","message":"x"}"#, "final"),
        ("kakao", 404, "", "window"),
        ("slack", 200, r#"{"ok":true,"ts":"1.2"}"#, "sent 1.2"),
        ("slack", 200, r#"{"ok":false,"error":"msg_too_long"}"#, "final"),
        ("slack", 429, r#"{"ok":false,"error":"ratelimited"}"#, "retry -1"),
        ("sunshine", 201, r#"{"messages":[{"id":"m"}]}"#, "sent m"),
        ("sunshine", 423, r#"{"errors":[{"code":"conversation_full"}]}"#, "final"),
        ("sunshine", 429, "", "retry -1"),
        ("chatwoot", 200, r#"{"id":9,"message_type":1}"#, "sent 9"),
        ("chatwoot", 404, r#"{"error":"Resource could not be found"}"#, "final"),
        ("chatwoot", 401, "", "unauthorized"),
        ("hook", 200, r#"{"id":"x"}"#, "sent x"),
        ("hook", 204, "", "sent -"),
        ("hook", 302, "", "final"),
        ("hook", 410, "", "gone"),
        ("hook", 504, "", "retry -1"),
        ("email", 250, "queued", "sent -"),
        ("email", 451, "greylisted", "retry -1"),
        ("email", 550, "no such user", "final"),
        ("email", 535, "bad credentials", "unauthorized"),
    ] {
        let outcome = read(channel(platform), status, body);
        assert_eq!(name(&outcome), expected, "{platform} {status} {body}");
    }
}

/// What is said of a torn answer is what would be said of the whole one: where the head is
/// enough, no body with the same status is anything but taken.
#[test]
fn a_good_status_is_believed_where_it_tells_and_nowhere_else() {
    let errors = [
        ("line", r#"{"message":"The request body has 1 error(s)"}"#),
        ("telegram", r#"{"ok":false,"error_code":400,"description":"Bad Request"}"#),
        ("whatsapp", r#"{"error":{"code":131047,"message":"Re-engagement message"}}"#),
        ("messenger", r#"{"error":{"code":10,"error_subcode":2018278}}"#),
        ("instagram", r#"{"error":{"code":190}}"#),
        ("viber", r#"{"status":6,"status_message":"notSubscribed"}"#),
        ("wechat", r#"{"errcode":45015}"#),
        ("zalo", r#"{"error":-213}"#),
        ("kakao", r#"{"status":"FAIL","message":"x"}"#),
        ("slack", r#"{"ok":false,"error":"msg_too_long"}"#),
        ("sunshine", r#"{"errors":[{"code":"conversation_full","title":"x"}]}"#),
        ("chatwoot", r#"{"error":"Resource could not be found"}"#),
        ("hook", r#"{"error":"no"}"#),
        ("email", "no such user"),
    ];
    let named: BTreeSet<&str> = errors.iter().map(|(platform, _)| *platform).collect();
    assert_eq!(named, CHANNELS.iter().map(|platform| platform.spec().name).collect());
    for (name, error) in errors {
        let platform = channel(name);
        let tells = platform.spec().status_tells;
        let outcome = read(platform, 200, error);
        assert_eq!(matches!(outcome, Outcome::Sent { .. }), tells, "{name}: {outcome:?}");
        for unreadable in ["", r#"{"ok":tr"#] {
            let outcome = read(platform, 200, unreadable);
            let expected = match tells {
                true => outcome == Outcome::Sent { id: None },
                false => matches!(outcome, Outcome::Unknown { .. }),
            };
            assert!(expected, "{name} {unreadable:?}: {outcome:?}");
        }
    }
}

#[test]
fn retry_after_is_seconds_or_a_date() {
    let read = |value: &str| {
        let headers: [(&str, &[u8]); 1] = [("Retry-After", value.as_bytes())];
        let response = crate::Response { status: 503, headers: &headers, body: b"", now: now() };
        response.retry_after().map(|wait| wait.as_secs())
    };
    assert_eq!(read("7"), Some(7));
    assert_eq!(read("Sun, 01 Mar 2026 10:02:00 GMT"), Some(120));
    assert_eq!(read("Sun, 01 Mar 2026 09:00:00 GMT"), Some(0));
    assert_eq!(read("999999999"), Some(86_400));
    assert_eq!(read("soon"), None);
    assert_eq!(read("-5"), None);
}

#[test]
fn access_tokens_are_asked_for_and_read() {
    for (name, answer, refresh) in [
        ("wechat", r#"{"access_token":"T","expires_in":7200}"#, None),
        ("zalo", r#"{"access_token":"T","refresh_token":"R2","expires_in":"7200"}"#, Some("R2")),
    ] {
        let platform = channel(name);
        let inbox = settings(platform, &[]);
        let call = platform.renew(&inbox, None).unwrap();
        assert!(!call.shown.contains("C2FVsBQIhrscChlQIMV"), "{}", call.shown);
        let response = |body| crate::Response { status: 200, headers: &[], body, now: now() };
        let access = platform.renewed(&response(answer.as_bytes())).unwrap();
        assert_eq!(access.token.expose(), "T");
        assert_eq!(access.until.to_string(), "2026-03-01T11:55:00Z", "{name}");
        assert_eq!(access.refresh.as_ref().map(Secret::expose), refresh);
        let refused = platform.renewed(&response(br#"{"errcode":40013,"error":-14002}"#));
        assert!(
            matches!(refused, Err(Outcome::Final { .. } | Outcome::Unauthorized { .. })),
            "{name}: {refused:?}"
        );
    }
}
