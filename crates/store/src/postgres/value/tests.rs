use super::{hide, hide_in_json, show, show_in_json};

#[test]
fn every_text_comes_back_and_holds_no_nul_on_the_way() {
    let pieces = ["", "\0", "\u{1a}", "0", "\\", "\\u0000", "\\u001a", "u0000", "é", "\"", "\n"];
    let mut texts = vec![String::new()];
    for _ in 0..4 {
        let longer =
            texts.iter().flat_map(|text| pieces.iter().map(move |piece| format!("{text}{piece}")));
        texts = longer.collect();
    }
    for text in texts {
        let hidden = hide(&text);
        assert!(!hidden.contains('\0'), "{text:?}");
        assert_eq!(show(&hidden), text);
        let json = serde_json::to_string(&[&text]).expect("JSON");
        let hidden = hide_in_json(&json).unwrap_or_else(|| json.clone());
        // What PostgreSQL takes out of JSON is hidden as every text is.
        let read: Vec<String> = serde_json::from_str(&hidden).expect("still JSON");
        assert_eq!(read, [super::hide(&text)], "{text:?}");
        assert_eq!(show_in_json(&hidden), json, "{text:?}");
    }
}
