use std::borrow::Cow;

use super::with_sample;
use crate::packs::{PackFile, unified};

fn file(path: &str, text: &str) -> PackFile {
    PackFile { path: path.to_owned(), bytes: Cow::Owned(text.as_bytes().to_vec()), file: None }
}

const LINES: &str = "# A pack.\n[[intent]]\nid = \"a.b\"\nsamples = [\n  \"one\",\n  \"two\"\n]\n\n[[intent]]\nid = \"c.d\"\n";

#[test]
fn a_sample_is_added_where_the_samples_of_its_intent_stand() {
    let one_line = "[[intent]]\nid = \"a.b\"\nsamples = [\"one\"]\n";
    let empty = "[[intent]]\nid = \"a.b\"\nsamples = []\n";
    for (source, intent, expected) in [
        (
            LINES,
            "a.b",
            "@@ -3,7 +3,8 @@\n id = \"a.b\"\n samples = [\n   \"one\",\n-  \"two\"\n+  \"two\",\n+  \"say \\\"hi\\\"\",\n ]\n \n [[intent]]\n",
        ),
        (
            LINES,
            "c.d",
            "@@ -8,3 +8,4 @@\n \n [[intent]]\n id = \"c.d\"\n+samples = [\"say \\\"hi\\\"\"]\n",
        ),
        (
            one_line,
            "a.b",
            "@@ -1,3 +1,3 @@\n [[intent]]\n id = \"a.b\"\n-samples = [\"one\"]\n+samples = [\"one\", \"say \\\"hi\\\"\"]\n",
        ),
        (
            empty,
            "a.b",
            "@@ -1,3 +1,3 @@\n [[intent]]\n id = \"a.b\"\n-samples = []\n+samples = [\"say \\\"hi\\\"\"]\n",
        ),
    ] {
        let files = [file("es/x.toml", source), file("de/x.toml", source)];
        let (path, before, after) = with_sample(&files, "es", intent, "say \"hi\"").unwrap();
        assert_eq!(
            unified(&path, &before, &after),
            format!("--- a/intents/es/x.toml\n+++ b/intents/es/x.toml\n{expected}")
        );
        assert!(toml::from_str::<super::Pack>(&after).is_ok(), "{after}");
    }
}

#[test]
fn what_is_known_or_has_no_place_is_refused() {
    let files = [file("es/x.toml", LINES)];
    for (language, intent, text) in [("es", "a.b", "one"), ("es", "none", "x"), ("fr", "a.b", "x")]
    {
        assert!(with_sample(&files, language, intent, text).is_err(), "{language} {intent}");
    }
}
