use serde_json::{Value, json};

use super::support::Service;

#[tokio::test]
async fn an_analysis_has_the_shape_of_the_contract() {
    let service = Service::start().await;
    let text = "Where is the parcel? Order #10234";
    let mut got = service.post("/v1/classify", None, &json!({ "text": text })).await.json();
    let packs = got["packs"].take();
    assert!(packs.as_str().is_some_and(|hash| !hash.is_empty()));
    hide_confidences(&mut got);
    insta::assert_json_snapshot!("classify", got);
}

/// How sure the engine is moves with the engine; that it is a share does not.
fn hide_confidences(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            for (name, field) in fields {
                if name == "confidence" {
                    assert!(field.as_f64().is_some_and(|c| (0.0..=1.0).contains(&c)), "{field}");
                    *field = Value::Null;
                }
                hide_confidences(field);
            }
        }
        Value::Array(items) => items.iter_mut().for_each(hide_confidences),
        _ => {}
    }
}

#[tokio::test]
async fn a_batch_is_answered_in_its_order() {
    let service = Service::start().await;
    let texts = ["i will sue you", "hello", "where is my parcel", "zzzz"];
    let messages: Vec<_> = texts.iter().map(|text| json!({ "text": text })).collect();
    let got = service.post("/v1/classify", None, &json!({ "messages": messages })).await.json();
    let results = got["results"].as_array().unwrap();
    let told: Vec<_> = results.iter().map(|r| (r["text"].as_str(), r["intent"].as_str())).collect();
    let intents = ["risk.legal_threat", "chat.greeting", "tracking.status", "none"];
    let expect: Vec<_> = texts.iter().zip(intents).map(|(t, i)| (Some(*t), Some(i))).collect();
    assert_eq!(told, expect);
    // One by one it is the same, to the byte.
    for (text, result) in texts.iter().zip(results) {
        let one = service.post("/v1/classify", None, &json!({ "text": text })).await;
        assert_eq!(one.text, result.to_string());
    }
}

#[tokio::test]
async fn rasas_own_request_gets_rasas_own_answer() {
    let service = Service::start().await;
    let parse = async |text: &str| {
        let body = json!({ "text": text, "message_id": "abc", "model": "x" });
        service.post("/model/parse", None, &body).await.json()
    };
    let got = parse("é where is my parcel #10234").await;
    assert_eq!(got["intent"]["name"], "tracking.status");
    assert_eq!(got["intent_ranking"][0]["name"], "tracking.status");
    let entities = got["entities"].as_array().unwrap();
    let order = entities.iter().find(|entity| entity["entity"] == "order_number").unwrap();
    // Rasa counts characters, not bytes.
    assert_eq!((&order["start"], &order["end"]), (&json!(21), &json!(27)));
    assert_eq!(order["value"], "10234");
    let none = parse("zzzz").await;
    assert_eq!(none["intent"], json!({ "name": null, "confidence": 0.0 }));
    assert_eq!(none["intent_ranking"], json!([]));
}
