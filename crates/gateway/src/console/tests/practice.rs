use serde_json::json;

use super::support::Desk;
use crate::http::tests::support::{ADMIN, Service};

#[tokio::test]
async fn a_script_is_played_to_its_score() {
    let service = Service::start().await;
    let ana = Desk::of(&service, "ana", "agent").await;
    assert!(ana.get("/console/practice").await.text.contains("three weeks late"));
    let path = "/console/practice/late_parcel";
    assert_eq!(ana.get(path).await.status, 303, "nothing is played yet");
    assert_eq!(ana.post_bare(path, &[]).await.status, 403);
    assert_eq!(ana.post("/console/practice/none", &[]).await.status, 404);
    assert_eq!(ana.post(path, &[]).await.status, 303);
    assert!(ana.get(path).await.text.contains("Where is my parcel??"));
    let good = "I am sorry, Maria. Order 10234: let me see. <b>";
    for (minutes, text) in [
        (0, good),
        (5, "CALM DOWN, I SAID SO"),
        (0, "It waits in customs; tomorrow by 10:00 I write again."),
        (0, "Then your money back at once: a refund."),
    ] {
        service.wait(minutes).await;
        assert_eq!(ana.post(path, &[("text", text)]).await.status, 303);
    }
    let page = ana.get(path).await.text;
    for told in [
        "answered in 0 s",
        "300 s: the target is 60 s",
        "calm down",
        "&lt;b&gt;",
        "Once more",
        "of 16 points",
    ] {
        assert!(page.contains(told), "no {told:?} in {page}");
    }
    // Nothing of it is kept.
    assert_eq!(service.get("/v1/tickets", Some(ADMIN)).await.json()["tickets"], json!([]));
    assert!(ana.get("/console/search?q=customs").await.text.contains("0 found"));
    assert_eq!(ana.post(path, &[]).await.status, 303, "once more");
    assert!(!ana.get(path).await.text.contains("points"));
}
