use axum::http::header;
use store::Store;

use super::support::{Desk, ticket};
use crate::http::tests::support::Service;

const LEAD: [&str; 9] = [
    "/console/lead/variants",
    "/console/lead",
    "/console/lead/figures.csv",
    "/console/lead/questions",
    "/console/lead/sample?intent=tracking.status&language=en&text=x",
    "/console/lead/sample.diff?intent=tracking.status&language=en&text=x",
    "/console/lead/answers",
    "/console/lead/words",
    "/console/lead/people",
];

#[tokio::test]
async fn leads_see_their_pages_and_agents_do_not() {
    let service = Service::start().await;
    let ana = Desk::of(&service, "ana", "agent").await;
    let mia = Desk::of(&service, "mia", "lead").await;
    for path in LEAD {
        assert_eq!(service.get(path, None).await.status, 303, "{path}");
        assert_eq!(ana.get(path).await.status, 403, "{path}");
        let got = mia.get(path).await;
        assert_eq!(got.status, 200, "{path} {}", got.text);
    }
    assert!(!ana.get("/console").await.text.contains("/console/lead"));
    assert!(mia.get("/console").await.text.contains("/console/lead"));
}

/// The value of a figure in the CSV.
fn value<'a>(csv: &'a str, figure: &str) -> &'a str {
    let line = csv.lines().find(|line| line.starts_with(&format!("{figure},"))).unwrap();
    line.split(',').nth(2).unwrap()
}

#[tokio::test]
async fn figures_are_counted_from_what_happened() {
    let service = Service::start().await;
    let mia = Desk::of(&service, "mia", "lead").await;
    service.turn("answered", "where is my parcel?").await;
    service.turn("greeted", "hello").await;
    service.turn("strange", "qwer asdf").await;
    let handed = ticket(&service, "handed").await;
    service.wait(5).await;
    mia.does(&handed, "reply", &[("text", "I look into it.")]).await;
    service.wait(5).await;
    mia.does(&handed, "resolve", &[]).await;
    let csv = mia.get("/console/lead/figures.csv?from=2026-11-23&to=2026-11-23").await;
    assert!(csv.headers[header::CONTENT_DISPOSITION].to_str().unwrap().contains("attachment"));
    for (figure, expected) in [
        ("conversations", "4.0000"),
        ("containment", "0.7500"),
        ("resolution", "0.2500"),
        ("not_understood", "0.2500"),
        ("tickets", "1.0000"),
        ("first_response", "300.0000"),
        ("response_rate", "1.0000"),
        ("in_time", "1.0000"),
        ("handling", "300.0000"),
        ("settling", "600.0000"),
        ("first_contact", "1.0000"),
        ("csat", ""),
        ("nps", ""),
        ("ces_asked", "0.0000"),
    ] {
        assert_eq!(value(&csv.text, figure), expected, "{figure}\n{}", csv.text);
    }
    let before = mia.get("/console/lead/figures.csv?from=2026-11-22&to=2026-11-22").await.text;
    assert_eq!(value(&before, "conversations"), "0.0000", "another day");
    let page = mia.get("/console/lead").await.text;
    for told in [
        "<svg",
        "≤ 30 s",
        "≥ 85.0 %",
        "missed",
        "Net promoter score (NPS)",
        "detractors",
        "Customer effort score (CES 2.0)",
        "As a table",
    ] {
        assert!(page.contains(told), "no {told} in {page}");
    }
    let nonsense = mia.get("/console/lead?from=2026-99-99&to=x").await;
    assert_eq!(nonsense.status, 200, "what cannot be is a week until today");
    let long = mia.get("/console/lead?from=0001-01-01&to=9999-12-31").await;
    assert_eq!(long.status, 200, "a year at most");
}

#[tokio::test]
async fn what_customers_say_afterwards_is_counted_and_shown() {
    let desk = "[survey]\nnps = { share = 1, target = 30 }\n";
    let service = Service::of_desk(desk).await;
    let mia = Desk::of(&service, "mia", "lead").await;
    let mut tickets = Vec::new();
    for name in ["ten", "nine", "five", "silent"] {
        let ticket = ticket(&service, name).await;
        mia.does(&ticket, "take", &[]).await;
        mia.does(&ticket, "resolve", &[]).await;
        tickets.push(ticket);
    }
    service.wait(24 * 60).await;
    for (name, said) in [("ten", "10"), ("nine", "9"), ("five", "5")] {
        assert_eq!(service.turn(name, said).await["decision"]["rule"], "rated");
    }
    // The session did not last so long.
    let mia = Desk::sign_in(&service, "mia").await;
    let csv = mia.get("/console/lead/figures.csv?from=2026-11-23&to=2026-11-23").await.text;
    for (figure, expected) in [
        ("nps_asked", "4.0000"),
        ("nps_answers", "3.0000"),
        ("nps", "33.3333"),
        ("csat_asked", "0.0000"),
        ("ces", ""),
    ] {
        assert_eq!(value(&csv, figure), expected, "{figure}\n{csv}");
    }
    let page = mia.get("/console/lead?from=2026-11-23&to=2026-11-23").await.text;
    for told in ["+33.3", "≥ +30.0", "% of promoters (9 and 10) − % of detractors", "10 of 10"]
    {
        assert!(page.contains(told), "no {told} in {page}");
    }
    for (ticket, told) in
        [(&tickets[1], "NPS 9 of 10"), (&tickets[3], "NPS: asked <time datetime=\"2026-11-24T")]
    {
        let page = mia.get(&format!("/console/tickets/{ticket}")).await.text;
        assert!(page.contains(told), "no {told} in {page}");
    }
}

#[tokio::test]
async fn what_was_not_understood_becomes_a_patch() {
    let service = Service::start().await;
    let mia = Desk::of(&service, "mia", "lead").await;
    for (name, text) in [("a", "qwer asdf <b>"), ("b", "QWER asdf b"), ("c", "zxcv")] {
        service.turn(name, text).await;
    }
    let page = mia.get("/console/lead/questions").await.text;
    assert!(page.contains("3 messages") || page.contains("3 \nmessages"), "{page}");
    assert!(page.contains("in 2 groups") && page.contains("qwer asdf &lt;b&gt;"), "{page}");
    let query = "intent=tracking.status&language=en&text=has+my+%3Cparcel%3E+left%0A%00";
    let patch = mia.get(&format!("/console/lead/sample.diff?{query}")).await;
    assert!(patch.text.starts_with("--- a/intents/en/tracking.toml\n+++ b/"), "{patch:?}");
    assert!(patch.text.contains("\"has my <parcel> left\",\n"), "{patch:?}");
    let page = mia.get(&format!("/console/lead/sample?{query}")).await.text;
    assert!(page.contains("has my &lt;parcel&gt; left"), "{page}");
    for query in [
        "intent=no.such&language=en&text=x",
        "intent=tracking.status&language=xx&text=x",
        "language=en",
    ] {
        let got = mia.get(&format!("/console/lead/sample.diff?{query}")).await;
        assert_eq!(got.status, 422, "{query}");
    }
}

#[tokio::test]
async fn answers_and_breaches_are_told() {
    let service = Service::start().await;
    let mia = Desk::of(&service, "mia", "lead").await;
    service.turn("c", "where is my parcel?").await;
    service.wait(1).await;
    let turn = service.turn("c", "i will sue you").await;
    assert!(turn["ticket"].is_object());
    service.wait(20).await;
    let page = mia.get("/console/lead/answers").await.text;
    assert!(page.contains("tracking.status") && page.contains("100 %"), "{page}");
    let page = mia.get("/console/lead/people").await.text;
    assert!(page.contains("a deadline passed") && page.contains("tier 3: 1"), "{page}");
}

#[tokio::test]
async fn manners_of_speaking_are_tried_against_each_other() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("desk/desk.toml");
    crate::files::write_new(&file, b"[variants]\nfriendly = 50\nconcise = 50\n").unwrap();
    let service = Service::with(&[("shop", &folder.path().to_string_lossy())]).await;
    let mia = Desk::of(&service, "mia", "lead").await;
    service.app.reload().await.unwrap();
    let mut said = std::collections::BTreeSet::new();
    for n in 0..12 {
        let reply = service.turn(&format!("c{n}"), "order 10234: where is my parcel?").await;
        said.insert(reply["reply"]["text"].as_str().unwrap().to_owned());
        let again = service.turn(&format!("d{n}"), "hello").await;
        assert!(again["reply"].is_object());
    }
    assert!(said.len() >= 2, "said in two manners: {said:#?}");
    let page = mia.get("/console/lead/variants").await.text;
    for told in [
        "friendly 50",
        "concise 50",
        "Never handed over",
        "95 % interval",
        "No winner can be told yet",
    ] {
        assert!(page.contains(told), "no {told:?} in {page}");
    }
}

#[tokio::test]
async fn the_manner_that_does_better_comes_to_more_customers() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("desk/desk.toml");
    let desk = "[variants]\nfriendly = 50\nconcise = 50\n\
                [rotation]\nby = \"contained\"\nafter = 30\ndays = 30\nshare = 90\n";
    crate::files::write_new(&file, desk.as_bytes()).unwrap();
    let service = Service::with(&[("shop", &folder.path().to_string_lossy())]).await;
    let mia = Desk::of(&service, "mia", "lead").await;
    service.app.reload().await.unwrap();
    let manner = async |id: &str| {
        let stored = service.app.store.conversation(&desk::ConversationId::new(id)).await;
        stored.unwrap().unwrap().conversation.memory.variant.unwrap()
    };
    service.wait(1).await;
    let page = mia.get("/console/lead/variants").await.text;
    assert!(page.contains("none is known to do better"), "{page}");
    let (mut friendly, knowledge) = (0, service.app.knowledge());
    for n in 0..90 {
        let id = format!("c{n}");
        // People have to see to those who are spoken to concisely.
        let concise = knowledge.policy.book.variants.pick(&id) == Some("concise");
        service.turn(&id, if concise { "i will sue you" } else { "hello" }).await;
        assert_eq!(manner(&id).await == "concise", concise);
        friendly += usize::from(!concise);
    }
    assert!((30..=60).contains(&friendly), "enough of each: {friendly}");
    service.wait(11).await;
    let page = mia.get("/console/lead/variants").await.text;
    for told in ["Rotation:", "30 outcomes of each gets 90 % of customers", "</svg> friendly"] {
        assert!(page.contains(told), "no {told:?} in {page}");
    }
    let mut friendly = 0;
    for n in 0..60 {
        let id = format!("d{n}");
        service.turn(&id, "hello").await;
        friendly += usize::from(manner(&id).await == "friendly");
    }
    assert!((47..60).contains(&friendly), "{friendly} of 60 at 90 %");
}
