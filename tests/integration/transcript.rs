//! The transcript of the README, word for word on the side of the customer.
//!
//! In README.md it stands in a block fenced as `transcript`, in pairs of lines:
//!
//! ```text
//! > how long does delivery to Mexico take?
//! < answer shipping.time en
//! ```
//!
//! `<` is what the service does: the action, then what it must understand (an intent, or
//! `*`), then the language of the reply. A blank line begins another conversation.

use harness::Service;
use serde_json::json;

use crate::BINARY;

struct Exchange {
    says: String,
    expect: String,
}

fn conversations(readme: &str) -> Vec<Vec<Exchange>> {
    let mut conversations = Vec::new();
    let mut current: Vec<Exchange> = Vec::new();
    let mut inside = false;
    let mut says = None;
    for line in readme.lines() {
        if !inside {
            inside = line.trim() == "```transcript";
            continue;
        }
        if line.trim() == "```" || line.trim().is_empty() {
            inside = line.trim().is_empty();
            conversations.extend((!current.is_empty()).then(|| std::mem::take(&mut current)));
        } else if let Some(text) = line.strip_prefix("> ") {
            says = Some(text.to_owned());
        } else if let (Some(expect), Some(says)) = (line.strip_prefix("< "), says.take()) {
            current.push(Exchange { says, expect: expect.to_owned() });
        } else {
            panic!("README.md, transcript: {line:?} is neither \"> …\" nor \"< …\" after one");
        }
    }
    conversations
}

#[test]
fn the_readme_shows_what_happens() {
    let readme = std::fs::read_to_string(harness::workspace().join("README.md"))
        .expect("README.md is there");
    let conversations = conversations(&readme);
    assert!(
        conversations.len() >= 6,
        "README.md has {} conversations in ```transcript blocks; it promises six: a delivery \
         question, a lost parcel in anger, 我要refund, a duty question, a threat, gibberish twice",
        conversations.len()
    );
    let service = Service::start(BINARY);
    let mut wrong = Vec::new();
    for conversation in conversations {
        let mut known = None;
        for Exchange { says, expect } in conversation {
            let mut body = json!({ "text": says });
            if let Some((id, token)) = &known {
                body["conversation_id"] = json!(id);
                body["conversation_token"] = json!(token);
            }
            let got = service.post("/v1/messages", None, &body).ok();
            if known.is_none() {
                known = Some((got["conversation_id"].clone(), got["conversation_token"].clone()));
            }
            let [action, intent, language] =
                [&got["decision"]["action"], &got["analysis"]["intent"], &got["reply"]["language"]]
                    .map(|value| value.as_str().unwrap_or("-").to_owned());
            let mut expected = expect.split_whitespace();
            let fits = expected.next() == Some(&*action)
                && expected.next().is_some_and(|e| e == "*" || e == intent)
                && expected.next().is_none_or(|e| e == language);
            if !fits {
                wrong.push(format!("> {says}\n< {action} {intent} {language}\n  not {expect}"));
            }
        }
    }
    assert!(wrong.is_empty(), "README.md shows what does not happen:\n{}", wrong.join("\n"));
}
