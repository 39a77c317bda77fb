use http_body_util::BodyExt;

use super::support::{Desk, hidden, ticket};
use crate::http::tests::support::Service;

#[tokio::test]
async fn pages_are_told_what_changes() {
    let service = Service::start().await;
    let ana = Desk::of(&service, "ana", "agent").await;
    let ben = Desk::of(&service, "ben", "agent").await;
    let ticket = ticket(&service, "c").await;
    let page = format!("/console/tickets/{ticket}");
    assert!(!ana.get(&page).await.text.contains("is here too"));

    let mut body = ben.open(&format!("/console/live?ticket={ticket}")).await;
    let mut next = async || {
        let frame = body.frame().await.unwrap().unwrap().into_data().unwrap();
        String::from_utf8(frame.into()).unwrap()
    };
    assert_eq!(next().await, "retry: 3000\n\n");
    assert!(ana.get(&page).await.text.contains("ben is here too"));
    assert!(!ben.get(&page).await.text.contains("is here too"), "nobody is told of themselves");
    assert_eq!(ben.post(&format!("{page}/writing"), &[]).await.status, 204);
    assert!(ana.get(&page).await.text.contains("ben is writing here"));
    // What the bot settles by itself is on no page; what people see to is.
    service.turn("other", "where is my parcel?").await;
    ana.does(&ticket, "take", &[]).await;
    let mut told = next().await;
    // Ben's own coming and writing may be told before.
    while told.starts_with("event: viewers") {
        told = next().await;
    }
    assert_eq!(told, "event: changed\ndata: c\n\n");
    drop(body);
    let deadline = std::iter::repeat_n((), 100);
    for () in deadline {
        if !ana.get(&page).await.text.contains("ben is") {
            return;
        }
        // The page is gone once it is told something.
        service.turn("c", "hello").await;
    }
    panic!("ben left and is still seen: {}", hidden(&ana.get(&page).await.text, "fence"));
}

#[tokio::test]
async fn nobody_follows_who_has_not_signed_in() {
    let service = Service::start().await;
    assert_eq!(service.get("/console/live", None).await.status, 303);
    let ana = Desk::of(&service, "ana", "agent").await;
    assert_eq!(ana.get("/console/live?ticket=none").await.status, 404);
}
