use super::report::MessageBody;
use super::*;

/// A message: label, what it was taken for, how surely.
pub(crate) fn outcome(lang: &str, labels: &str, got: &str, confidence: u16) -> Outcome {
    let mut labels = labels.split(' ').map(str::to_owned);
    let labelled = Labelled {
        group: lang.to_owned(),
        lang: Some(lang.to_owned()),
        text: format!("{lang} {got} <b>"),
        intent: labels.next().unwrap_or_default(),
        also: labels.collect(),
        angry: None,
    };
    let wishes = if got == "none" { Vec::new() } else { vec![got.to_owned()] };
    Outcome {
        labelled,
        got: got.to_owned(),
        confidence,
        answer: wishes.first().map(|got| (got.clone(), confidence)),
        wishes,
        language: lang.to_owned(),
        angry: false,
        reasons: Vec::new(),
    }
}

fn figure(report: &Report, name: &str) -> Option<f64> {
    report.figures.get(name).copied()
}

#[test]
fn accuracy_is_the_mean_over_languages() {
    // Spanish is right once in four times, German always: the mean is not swayed by size.
    let mut outcomes = vec![outcome("de", "a.b", "a.b", 900)];
    outcomes
        .extend((0..4).map(|at| outcome("es", "a.b", if at == 0 { "a.b" } else { "c.d" }, 900)));
    let report = Report::of(&outcomes, "");
    assert_eq!(figure(&report, "accuracy"), Some(0.625));
    assert_eq!(figure(&report, "accuracy_pooled"), Some(0.4));
    assert_eq!(figure(&report, "accuracy.es"), Some(0.25));
    assert_eq!(figure(&report, "anger_recall"), None, "no message has its mood labelled");
}

#[test]
fn a_label_beside_the_first_is_right_too_and_counts_for_its_own_intent() {
    let report = Report::of(
        &[
            outcome("en", "a.b c.d", "c.d", 900),
            outcome("en", "a.b c.d", "e.f", 900),
            outcome("en", "e.f", "e.f", 900),
        ],
        "",
    );
    assert_eq!(figure(&report, "accuracy"), Some(0.6667));
    let of = |id: &str| {
        let intent = report.intents.iter().find(|intent| intent.id == id).unwrap();
        (intent.labelled, intent.taken, intent.right)
    };
    assert_eq!([of("a.b"), of("c.d"), of("e.f")], [(1, 0, 0), (1, 1, 1), (1, 2, 1)]);
    // Of the two labels of the first and the second message one was reported.
    assert_eq!(figure(&report, "wishes_found"), Some(0.25));
    assert_eq!(figure(&report, "wishes_all_found"), Some(0.0));
    let ConfusionBody { labelled, got, messages } = &report.confusions[0];
    assert_eq!((labelled.as_str(), got.as_str(), *messages), ("a.b", "e.f", 1));
}

#[test]
fn out_of_scope_and_what_is_answered() {
    let report = Report::of(
        &[
            outcome("en", "none", "none", 800),
            outcome("en", "none", "a.b", 400),
            outcome("en", "a.b", "none", 500),
            outcome("en", "a.b", "a.b", 900),
        ],
        "",
    );
    let figures = ["none_recall", "none_precision", "answered", "answered_accuracy"];
    assert_eq!(figures.map(|name| figure(&report, name)), [Some(0.5); 4]);
    // Above 0.4 the wrong answer falls away.
    let at = |bar: f64| report.curve.iter().find(|point| point.bar == bar).unwrap();
    assert_eq!((at(0.4).answered, at(0.4).accuracy), (0.5, Some(0.5)));
    assert_eq!((at(0.5).answered, at(0.5).accuracy), (0.25, Some(1.0)));
    assert_eq!((at(0.95).answered, at(0.95).accuracy), (0.0, None));
}

#[test]
fn anger_is_counted_where_the_mood_is_labelled() {
    let with = |labelled: Option<bool>, heard: bool| {
        let mut outcome = outcome("en", "a.b", "a.b", 900);
        (outcome.labelled.angry, outcome.angry) = (labelled, heard);
        outcome
    };
    let outcomes = [
        with(Some(true), true),
        with(Some(true), false),
        with(Some(false), true),
        with(None, true),
    ];
    let report = Report::of(&outcomes, "");
    assert_eq!(figure(&report, "anger_recall"), Some(0.5));
    assert_eq!(figure(&report, "anger_precision"), Some(0.5));
}

#[test]
fn calibration_compares_what_was_said_with_what_came() {
    let mut outcomes: Vec<_> =
        (0..10).map(|at| outcome("en", "a.b", if at < 9 { "a.b" } else { "c.d" }, 900)).collect();
    assert_eq!(figure(&Report::of(&outcomes, ""), "calibration_error"), Some(0.0));
    // Fallen back is not answered, and says nothing of answers.
    outcomes.push(outcome("en", "a.b", "none", 300));
    outcomes.push(outcome("en", "a.b", "c.d", 300));
    let report = Report::of(&outcomes, "");
    assert_eq!(figure(&report, "calibration_error"), Some(0.0273));
    assert_eq!((report.calibration[3].messages, report.calibration[9].messages), (1, 10));
}

#[test]
fn the_tag_of_a_region_is_its_language() {
    for (labelled, told, right) in [
        ("pt", "pt-BR", true),
        ("pt", "pt", true),
        ("zh-Hans", "zh-Hant", false),
        ("e", "en", false),
    ] {
        let mut outcome = outcome(labelled, "a.b", "a.b", 900);
        outcome.language = told.to_owned();
        assert_eq!(outcome.language_right(), Some(right), "{labelled} {told}");
    }
}

#[test]
fn lines_are_read_or_named() {
    let good = "{\"text\":\"hi\",\"intent\":\"a.b\",\"lang\":\"en\",\"also\":[\"c.d\"],\"emotion\":\"angry\",\"style\":\"short\"}\n\n{\"text\":\"ho\",\"intent\":\"none\"}\r\n";
    let read = super::read("x.jsonl", "x", good.as_bytes()).unwrap();
    let told: Vec<_> =
        read.iter().map(|m| (&*m.group, &*m.intent, m.also.len(), m.angry)).collect();
    assert_eq!(told, [("en", "a.b", 1, Some(true)), ("x", "none", 0, None)]);
    for (line, says) in [
        (&b"not json"[..], "expected ident at column 2"),
        (b"{\"text\":\"a\"}", "missing field `intent`"),
        (b"{\"text\":\"a\",\"intent\":\"\"}", "the intent is empty"),
        (b"{\"text\":\"\xff\",\"intent\":\"a.b\"}", "byte 9 is not UTF-8"),
    ] {
        let mut bytes = b"{\"text\":\"a\",\"intent\":\"a.b\"}\n".to_vec();
        bytes.extend(line);
        let bad = super::read("x.jsonl", "x", &bytes).unwrap_err();
        let said = bad[0].to_string();
        assert!(said.starts_with("x.jsonl:2: ") && said.contains(says), "{said}");
    }
}

#[test]
fn a_difference_is_told_message_by_message() {
    let make = |got: [&str; 4]| {
        let outcomes: Vec<_> = got
            .into_iter()
            .enumerate()
            .map(|(at, got)| {
                let mut outcome = outcome("en", "a.b", got, 900);
                // The last two are the same message twice.
                outcome.labelled.text = at.min(2).to_string();
                outcome
            })
            .collect();
        Report::of(&outcomes, "")
    };
    let (before, mut after) =
        (make(["a.b", "c.d", "a.b", "c.d"]), make(["c.d", "a.b", "a.b", "e.f"]));
    after.messages.push(MessageBody { text: "new".to_owned(), ..after.messages[0].clone() });
    let difference = Difference::between(&before, &after);
    assert_eq!((difference.common, difference.new, difference.gone), (4, 1, 0));
    let told: Vec<_> =
        difference.changes.iter().map(|c| (c.verdict.as_str(), &*c.after.text)).collect();
    assert_eq!(told, [("broken", "0"), ("moved", "2"), ("mended", "1")]);
    assert!(Difference::between(&before, &before).changes.is_empty());
    assert_eq!(Difference::between(&after, &before).gone, 1);
}

#[test]
fn what_a_customer_typed_is_text_on_the_page() {
    let mut wrong = outcome("en", "a.b", "c.d", 950);
    wrong.labelled.text = "<script>alert('1')</script>\u{0}&".to_owned();
    wrong.reasons.push(Reason {
        intent: "c.d".to_owned(),
        rule: "en/c.d/\"<i>\"".to_owned(),
        words: "\"'><img src=x onerror=y>".to_owned(),
        weight: 1200,
    });
    let report = Report::of(&[wrong, outcome("en", "a.b", "a.b", 900)], "");
    let old = Report::of(&[], "");
    let page = page(&report, Some(&Difference::between(&old, &report)));
    for raw in ["<script", "<i>", "<img", "onerror=y>"] {
        assert!(!page.contains(raw), "{raw} stands on the page");
    }
    assert!(page.contains("&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;\u{fffd}&amp;"));
    for outside in ["http://", "https://", "src=\"", "<link", "url("] {
        assert!(!page.contains(outside), "the page needs {outside}");
    }
    // Every chart has a name, and every table that scrolls can be reached by keyboard.
    assert_eq!(page.matches("<svg").count(), page.matches("role=\"img\" aria-labelledby").count());
    assert_eq!(page.matches("class=\"wide\"").count(), page.matches("tabindex=\"0\"").count());
}
