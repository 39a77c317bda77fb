use serde_json::json;

use super::support::{ADMIN, NOW, Service};

#[tokio::test]
async fn messages_are_read_from_a_place_on() {
    let service = Service::start().await;
    for n in 0..3 {
        service.turn("c", &format!("where is my parcel {n}")).await;
    }
    let read = async |query: &str| {
        let path = format!("/v1/conversations/c/messages{query}");
        let got = service.get(&path, Some(ADMIN)).await.json();
        let seqs: Vec<u64> = (got["messages"].as_array().unwrap().iter())
            .filter_map(|message| message["seq"].as_u64())
            .collect();
        (seqs, got["next_after"].as_u64().unwrap(), got["more"].as_bool().unwrap())
    };
    let (all, last, more) = read("").await;
    assert_eq!((all.first(), all.last(), more), (Some(&1), Some(&last), false));
    assert_eq!(read("?after=0&limit=2").await, (vec![1, 2], 2, true));
    assert_eq!(read(&format!("?after={last}")).await, (vec![], last, false));
    assert_eq!(read("?after=18446744073709551615").await.0, Vec::<u64>::new());
    for query in ["?after=-1", "?after=x", "?since=1", "?limit=1&limit=2"] {
        let path = format!("/v1/conversations/c/messages{query}");
        let got = service.get(&path, Some(ADMIN)).await;
        assert_eq!(got.outcome(), "400 invalid-query", "{query}");
    }
}

#[tokio::test]
async fn a_visitor_reads_its_own_conversation_alone() {
    let service = Service::start().await;
    let start = async || {
        let got = service.post("/v1/messages", None, &json!({ "text": "hello" })).await.json();
        let text = |field: &str| got[field].as_str().unwrap().to_owned();
        (text("conversation_id"), text("conversation_token"))
    };
    let ((id, token), (_, other)) = (start().await, start().await);
    for path in [format!("/v1/conversations/{id}"), format!("/v1/conversations/{id}/messages")] {
        for (token, expect) in [
            (Some(&*token), "200"),
            (Some(ADMIN), "200"),
            (Some(&*other), "404 conversation-not-found"),
            (None, "401 token-required"),
        ] {
            assert_eq!(service.get(&path, token).await.outcome(), expect, "{path} {token:?}");
        }
    }
    let got = service.get("/v1/conversations/no-such", Some(ADMIN)).await;
    assert_eq!(got.outcome(), "404 conversation-not-found");
}

#[tokio::test]
async fn a_conversation_tells_its_state() {
    let service = Service::start().await;
    service.turn("c", "where is the parcel? order #10234").await;
    let got = service.get("/v1/conversations/c", Some(ADMIN)).await.json();
    let ticket = got["ticket"].clone();
    assert_eq!(
        got,
        json!({
            "id": "c", "owner": "bot", "fence": 0, "language": "en", "order": "10234",
            "country": null, "messages": 2, "started_at": NOW, "updated_at": NOW,
            "ticket": ticket,
        })
    );
}
