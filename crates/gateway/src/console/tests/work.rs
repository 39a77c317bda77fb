use axum::http::header;
use serde_json::json;

use super::support::{Desk, hidden, person, person_of, ticket};
use crate::http::tests::support::{ADMIN, Service};

async fn said(service: &Service, conversation: &str) -> Vec<String> {
    let path = format!("/v1/conversations/{conversation}/messages");
    let messages = service.get(&path, Some(ADMIN)).await.json();
    let messages = messages["messages"].as_array().unwrap().iter();
    messages.map(|message| message["text"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn nothing_is_changed_without_the_token_of_the_form() {
    let service = Service::start().await;
    let ana = Desk::of(&service, "ana", "agent").await;
    let ben = Desk::of(&service, "ben", "agent").await;
    let ticket = ticket(&service, "c").await;
    for verb in ["take", "reply", "resolve", "hand-back", "escalate", "nonsense"] {
        let path = format!("/console/tickets/{ticket}/{verb}");
        for csrf in [None, Some(""), Some("guess"), Some(ben.csrf.as_str())] {
            let fields: Vec<(&str, &str)> = csrf.map(|csrf| ("csrf", csrf)).into_iter().collect();
            let got = ana.post_bare(&path, &fields).await;
            assert_eq!(got.status, 403, "{verb} {csrf:?}");
        }
    }
    assert_eq!(ana.post_bare("/console/presence", &[("available", "yes")]).await.status, 403);
    assert_eq!(ana.post_bare("/console/sign-out", &[]).await.status, 403);
    let state = service.get(&format!("/v1/tickets/{ticket}"), Some(ADMIN)).await.json();
    assert_eq!(state["state"], "open");
}

#[tokio::test]
async fn a_ticket_goes_from_the_queue_to_its_end() {
    let service = Service::start().await;
    person(&service, "ben", "agent", &["de"]).await;
    let ana = Desk::of(&service, "ana", "agent").await;
    let ticket = ticket(&service, "c").await;
    let page = format!("/console/tickets/{ticket}");
    let state = async || service.get(&format!("/v1/tickets/{ticket}"), Some(ADMIN)).await.json();

    let got = ana.does(&ticket, "take", &[]).await;
    assert_eq!(got.status, 303, "{got:?}");
    assert_eq!(got.headers[header::LOCATION], format!("{page}?done=take"));
    assert_eq!(state().await["assignee"], "ana");
    let answer =
        [("text", "I look into it.\r\nOne hour."), ("promise", "a call"), ("within_minutes", "60")];
    assert_eq!(ana.does(&ticket, "reply", &answer).await.status, 303);
    assert_eq!(said(&service, "c").await.last().unwrap(), "I look into it.\nOne hour.");
    assert_eq!(state().await["promises"][0]["text"], "a call");
    assert_eq!(ana.does(&ticket, "transfer", &[("to", "ben")]).await.status, 303);
    assert_eq!(state().await["assignee"], "ben");
    assert_eq!(ana.does(&ticket, "take", &[]).await.status, 303);
    assert_eq!(ana.does(&ticket, "escalate", &[("why", "over my head")]).await.status, 303);
    assert_eq!(ana.does(&ticket, "take", &[]).await.status, 303);
    let cause = [("cause", "late"), ("department", "carrier"), ("loss", "19,9")];
    assert_eq!(ana.does(&ticket, "resolve", &cause).await.status, 303);
    let end = state().await;
    assert_eq!((&end["state"], &end["problem"]["loss_cents"]), (&json!("resolved"), &json!(1990)));
    let page = ana.get(&page).await.text;
    assert!(page.contains("This ticket is resolved") && !page.contains("id=\"reply\""), "{page}");
}

#[tokio::test]
async fn what_cannot_be_done_is_told_beside_what_was_written() {
    let service = Service::start().await;
    let ana = Desk::of(&service, "ana", "agent").await;
    let ticket = ticket(&service, "c").await;
    for (verb, fields, status) in [
        ("reply", vec![("text", "   ")], 422),
        ("reply", vec![("text", "x"), ("promise", "y")], 422),
        ("transfer", vec![], 422),
        ("stage", vec![("playbook", "late"), ("stage", "nonsense")], 409),
        ("resolve", vec![("cause", "late")], 422),
        ("resolve", vec![("cause", "late"), ("department", "x"), ("loss", "1.999")], 422),
        (
            "resolve",
            vec![("cause", "late"), ("department", "x"), ("loss", "99999999999999999999")],
            422,
        ),
        ("nonsense", vec![], 404),
    ] {
        let got = ana.does(&ticket, verb, &fields).await;
        assert_eq!(got.status.as_u16(), status, "{verb} {fields:?} {}", got.text);
        assert!(got.text.contains("role=\"alert\"") && got.text.contains("id=\"reply\""), "{verb}");
    }
    assert_eq!(said(&service, "c").await.len(), 2, "nothing was sent");
    assert_eq!(ana.post("/console/tickets/none/take", &[]).await.status, 404);
}

#[tokio::test]
async fn a_ticket_of_a_higher_tier_is_claimed_by_its_tier() {
    let service = Service::start().await;
    person_of(&service, "ana", "agent", &["en"], &["care"]).await;
    let ana = Desk::sign_in(&service, "ana").await;
    let ticket = ticket(&service, "c").await;
    let path = format!("/console/tickets/{ticket}");
    let page = ana.get(&path).await.text;
    for told in [
        "<summary aria-keyshortcuts=\"c\">Claim …</summary>",
        "This ticket is for tier 3 (lead); your teams are of tier 1.",
        "<button class=\"main\">Claim: tier 3</button>",
        "<button class=\"main\" disabled>Send</button>",
    ] {
        assert!(page.contains(told), "no {told} in {page}");
    }
    for (verb, fields) in
        [("take", vec![]), ("reply", vec![("text", "Hello.")]), ("resolve", vec![])]
    {
        let got = ana.does(&ticket, verb, &fields).await;
        assert_eq!(got.status, 409, "{verb}");
        assert!(got.text.contains("Claim it first, by its tier"), "{verb}: {got:?}");
    }
    assert_eq!(said(&service, "c").await.len(), 2, "nothing was sent");
    assert_eq!(ana.does(&ticket, "take", &[("tier", "3")]).await.status, 303);
    let page = ana.get(&path).await.text;
    assert!(page.contains("You have it") && !page.contains("is for tier"), "{page}");
    assert_eq!(ana.does(&ticket, "reply", &[("text", "Hello.")]).await.status, 303);
    // A lead is not asked.
    let lea = Desk::of(&service, "lea", "lead").await;
    assert!(
        lea.get(&path).await.text.contains("aria-keyshortcuts=\"c\">Take over from ana</button>")
    );
}

#[tokio::test]
async fn the_log_tells_times_and_reasons_to_people() {
    let service = Service::start().await;
    let ana = Desk::of(&service, "ana", "agent").await;
    let ticket = ticket(&service, "c").await;
    let promise = [("text", "I look into it."), ("promise", "a call"), ("within_minutes", "60")];
    for (verb, fields) in [
        ("reply", &promise[..]),
        ("snooze", &[("minutes", "10")]),
        ("escalate", &[("why", "over my head until 2026-11-24T09:00:00Z")]),
    ] {
        assert_eq!(ana.does(&ticket, verb, fields).await.status, 303, "{verb}");
    }
    let page = ana.get(&format!("/console/tickets/{ticket}")).await.text;
    let (_, desk) = page.split_once("class=\"desk\"").unwrap();
    let (_, packet) = desk.split_once("At a glance").unwrap();
    let lines = desk.split("<li class=\"event\">").skip(1).chain([packet]);
    for line in lines {
        // What a reader sees: no id, and no moment but as the page shows all of them.
        let seen: String =
            line.split('<').map(|part| part.split_once('>').map_or("", |it| it.1)).collect();
        for raw in ["red_intent", "by the rule", "risk.legal_threat", "00Z"] {
            assert!(!seen.contains(raw), "{raw} in {seen}");
        }
        let moments = seen.matches("2026-11-").count();
        assert_eq!(moments, line.matches("data-local>2026-11-").count(), "{line}");
    }
    for told in [
        "handed over to people</span><span class=\"soft\">: red, tier 3, due <time",
        "<span title=\"rule red_intent\">a grave matter</span>",
        "promise 1, until <time datetime=\"2026-11-23T11:00:00Z\" data-local>",
        "over my head until <time datetime=\"2026-11-24T09:00:00Z\" data-local>",
        "<span title=\"risk.legal_threat\">“<bdi>threatens with the law</bdi>”</span> is red",
    ] {
        assert!(desk.contains(told), "no {told} in {desk}");
    }
}

#[tokio::test]
async fn what_was_sent_is_shown_as_the_customer_sees_it() {
    let service = Service::start().await;
    let ana = Desk::of(&service, "ana", "agent").await;
    let ticket = ticket(&service, "c").await;
    let answer =
        "**Good news**: see [your order](https://shop.example/o/1).\n\n- one\n- <b>two</b>";
    assert_eq!(ana.does(&ticket, "reply", &[("text", answer)]).await.status, 303);
    // A customer's own signs stay as they were written.
    service.turn("c", "**thank you** [x](https://evil.example)").await;
    let page = ana.get(&format!("/console/tickets/{ticket}")).await.text;
    for shown in [
        "<strong>Good news</strong>: see <a href=\"https://shop.example/o/1\" target=\"_blank\"",
        "<li>one</li><li>&lt;b&gt;two&lt;/b&gt;</li>",
        "**thank you** [x](https://evil.example)",
    ] {
        assert!(page.contains(shown), "no {shown} in {page}");
    }
}

#[tokio::test]
async fn what_is_due_and_how_grave_it_is_agree() {
    let service = Service::start().await;
    let ana = Desk::of(&service, "ana", "agent").await;
    let ticket = ticket(&service, "c").await;
    let pages = ["/console".to_owned(), format!("/console/tickets/{ticket}")];
    let calm = async |expected: bool, told: &str| {
        for path in &pages {
            let page = ana.get(path).await.text;
            assert_eq!(page.contains("class=\"calm\""), expected, "{path}: {page}");
            assert!(page.contains(told) && !page.contains("nothing due"), "{told}: {page}");
        }
    };
    calm(false, "<span class=\"what\">answer</span>").await;
    assert_eq!(ana.does(&ticket, "reply", &[("text", "I look into it.")]).await.status, 303);
    calm(true, "the customer is awaited").await;
    let page = ana.get(&pages[1]).await.text;
    assert!(page.contains("settlement: the clock stands, "), "{page}");
    // The customer's next message starts the clocks again.
    service.turn("c", "i will sue you").await;
    calm(false, "<span class=\"what\">answer</span>").await;
}

#[tokio::test]
async fn two_people_on_one_ticket_cannot_both_send() {
    let service = Service::start().await;
    let ana = Desk::of(&service, "ana", "agent").await;
    let ben = Desk::of(&service, "ben", "agent").await;
    let ticket = ticket(&service, "c").await;
    let page = format!("/console/tickets/{ticket}");
    let seen = ben.get(&page).await.text;
    assert_eq!(ana.does(&ticket, "reply", &[("text", "Ana answers.")]).await.status, 303);

    let (fence, id) = (hidden(&seen, "fence"), hidden(&seen, "message_id"));
    let fields = [("text", "Ben answers."), ("fence", fence.as_str()), ("message_id", id.as_str())];
    let got = ben.post(&format!("{page}/reply"), &fields).await;
    assert_eq!(got.status, 409, "{got:?}");
    for told in [
        "Somebody else was faster",
        "Nothing was sent",
        "<strong>ana</strong>: <span title=\"ticket.answered\">answered",
        "Ben answers.</textarea>",
        "Take over from ana",
    ] {
        assert!(got.text.contains(told), "no {told:?} in {}", got.text);
    }
    assert_eq!(said(&service, "c").await.len(), 3, "one answer was sent");
    // Having seen that, Ben may take over and send.
    assert_eq!(ben.does(&ticket, "reply", &[("text", "Ben answers.")]).await.status, 409);
    assert_eq!(ben.does(&ticket, "take", &[]).await.status, 303);
    assert_eq!(ben.does(&ticket, "reply", &[("text", "Ben answers.")]).await.status, 303);
    assert_eq!(said(&service, "c").await.len(), 4);
}

#[tokio::test]
async fn an_answer_that_is_sent_twice_is_sent_once() {
    let service = Service::start().await;
    let ana = Desk::of(&service, "ana", "agent").await;
    let ticket = ticket(&service, "c").await;
    ana.does(&ticket, "take", &[]).await;
    let page = ana.get(&format!("/console/tickets/{ticket}")).await.text;
    let (fence, id) = (hidden(&page, "fence"), hidden(&page, "message_id"));
    let fields = [("text", "Once."), ("fence", fence.as_str()), ("message_id", id.as_str())];
    for _ in 0..2 {
        let got = ana.post(&format!("/console/tickets/{ticket}/reply"), &fields).await;
        assert_eq!(got.status, 303, "{got:?}");
    }
    assert_eq!(said(&service, "c").await.len(), 3);
}

#[tokio::test]
async fn canned_answers_are_found_by_what_is_typed() {
    let service = Service::start().await;
    let ana = Desk::of(&service, "ana", "agent").await;
    let ticket = ticket(&service, "c").await;
    for (typed, found, first) in [
        ("/tracking.st", true, "/tracking.status"),
        ("status", true, "/"),
        ("WHERE", true, "/"),
        ("zzz", false, "No answer of that name"),
        ("<b>", false, "No answer"),
    ] {
        let typed = form_urlencoded::byte_serialize(typed.as_bytes()).collect::<String>();
        let got = ana.get(&format!("/console/tickets/{ticket}/canned?q={typed}")).await;
        assert_eq!(got.status, 200);
        assert_eq!(got.text.contains("data-text=\""), found, "{typed}: {}", got.text);
        assert!(got.text.contains(first), "{typed}: {}", got.text);
        assert!(!got.text.contains("<b>"));
    }
    assert_eq!(ana.get("/console/tickets/none/canned").await.status, 404);
}

#[tokio::test]
async fn somebody_says_that_they_are_there() {
    let service = Service::start().await;
    let ana = Desk::of(&service, "ana", "agent").await;
    let there = async || service.get("/v1/users", Some(ADMIN)).await.json()[0]["available"].clone();
    assert_eq!(there().await, false);
    assert_eq!(ana.post("/console/presence", &[("available", "yes")]).await.status, 303);
    assert_eq!(there().await, true);
    assert!(ana.get("/console").await.text.contains("Taking tickets"));
}

#[tokio::test]
async fn notes_are_for_colleagues_alone() {
    let service = Service::start().await;
    let ana = Desk::of(&service, "ana", "agent").await;
    let ben = Desk::of(&service, "ben", "agent").await;
    let ticket = ticket(&service, "c").await;
    ana.does(&ticket, "take", &[]).await;
    let note = "Careful: <b>he</b> has sued before.";
    assert_eq!(ben.does(&ticket, "note", &[("text", note)]).await.status, 303, "not Ben's ticket");
    assert_eq!(ben.does(&ticket, "note", &[("text", " ")]).await.status, 422);
    let page = ana.get(&format!("/console/tickets/{ticket}")).await.text;
    assert!(
        page.contains("note for colleagues") && page.contains("Careful: &lt;b&gt;he"),
        "{page}"
    );
    assert_eq!(said(&service, "c").await.len(), 2, "the customer has nothing of it");
    let path = format!("/v1/tickets/{ticket}/notes");
    let notes = service.get(&path, Some(ADMIN)).await.json();
    assert_eq!((&notes[0]["by"], &notes[0]["text"]), (&json!("ben"), &json!(note)));
    let events = service.get("/v1/events?conversation_id=c", Some(ADMIN)).await.text;
    assert!(events.contains("ticket.noted") && !events.contains("Careful"), "{events}");
}

#[tokio::test]
async fn a_ticket_is_put_aside_until_what_is_due() {
    let service = Service::start().await;
    let ana = Desk::of(&service, "ana", "agent").await;
    let ticket = ticket(&service, "c").await;
    // A threat is answered within a quarter of an hour.
    assert_eq!(ana.does(&ticket, "snooze", &[("minutes", "16")]).await.status, 422);
    assert_eq!(ana.does(&ticket, "snooze", &[("minutes", "10")]).await.status, 303);
    assert!(ana.get("/console").await.text.contains("put aside"));
    service.wait(11).await;
    let page = ana.get(&format!("/console/tickets/{ticket}")).await.text;
    assert!(!page.contains(" put aside until ") && page.contains("back from being put aside"));
    let body = json!({ "agent": "ana", "until": "tomorrow" });
    let path = format!("/v1/tickets/{ticket}/snooze");
    assert_eq!(service.post(&path, Some(ADMIN), &body).await.outcome(), "422 invalid-field");
}

#[tokio::test]
async fn what_was_said_is_found_and_taken_over() {
    let service = Service::start().await;
    let ana = Desk::of(&service, "ana", "agent").await;
    ticket(&service, "c").await;
    service.turn("with/bot", "where is my <parcel>?").await;
    let found = ana.get("/console/search?q=sue").await.text;
    assert!(found.contains("1 found") && found.contains("/console/tickets/"), "{found}");
    let found = ana.get("/console/search?q=%3Cparcel%3E").await.text;
    assert!(found.contains("where is my &lt;parcel&gt;"), "{found}");
    assert!(found.contains("href=\"/console/conversations/with%2Fbot\""), "{found}");
    let page = ana.get("/console/conversations/with%2Fbot").await;
    assert!(page.text.contains("where is my &lt;parcel&gt;"), "{page:?}");
    assert!(page.text.contains("/console/conversations/with%2Fbot/take-over"));
    let over = "/console/conversations/with%2Fbot/take-over";
    assert_eq!(ana.post_bare(over, &[]).await.status, 403);
    let got = ana.post(over, &[]).await;
    assert_eq!(got.status, 303, "{got:?}");
    let to = got.headers[header::LOCATION].to_str().unwrap();
    assert!(ana.get(to).await.text.contains("You have it"));
    assert_eq!(ana.get("/console/conversations/with%2Fbot").await.headers[header::LOCATION], to);
    assert_eq!(ana.post(over, &[]).await.status, 409);
    assert!(ana.get("/console/search?q=").await.text.contains("0 found"));
}
