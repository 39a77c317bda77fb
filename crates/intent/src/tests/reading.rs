use super::{analyze, analyzer};
use crate::{Analysis, DeductionReason, EmotionLabel, Hints, Severity};

/// The wishes, the top one first; denied ones with an exclamation mark.
fn summary(analysis: &Analysis) -> String {
    let found =
        analysis.intents.iter().map(|i| format!("{}{}", if i.denied { "!" } else { "" }, i.id));
    found.collect::<Vec<_>>().join(" ")
}

#[track_caller]
fn check(text: &str, expect: &str) {
    let analysis = analyze(text);
    assert_eq!(summary(&analysis), expect, "in {text:?}: {analysis:#?}");
}

#[test]
fn keywords_hit_whatever_stands_around_them() {
    for text in [
        "refund; now",
        "refund！",
        "REFUND",
        "ｒｅｆｕｎｄ",
        "re\u{200b}fund",
        "(refund)",
        "refunds",
        "我要refund",
        "refundください",
    ] {
        check(text, "refund.request");
    }
    for text in [
        "¿reembolso?",
        "DEVOLUCIÓN",
        "devolucion",
        "devolucio\u{301}n",
        "我要退款",
        "退款。",
        "我要退款",
    ] {
        check(text, "refund.request");
    }
    check("退货退款", "refund.request returns.request");
}

#[test]
fn keywords_do_not_hit_inside_words() {
    for text in ["lad", "lads", "prerefunding", "las"] {
        check(text, "");
    }
    // A lone keyword of common weight is reported and does not reach the bar.
    check("la", "refund.request");
    assert_eq!(analyze("la").intent.as_str(), "none");
    assert_eq!(analyze("la").severity, Severity::Blue);
}

#[test]
fn a_keyword_is_a_literal_and_the_longest_wins() {
    let analysis = analyze("M.D.N.C.");
    let rules: Vec<_> = analysis.intents[0].evidence.iter().map(|e| &*e.rule).collect();
    assert_eq!(rules, ["en/refund.request/\"M.D.N.C.\""]);
    assert!(analyze("aab c").intents.is_empty());
}

#[test]
fn one_slip_is_forgiven_in_long_words_only() {
    for text in ["refnud", "refnd", "refuund", "erfund", "i want my refumd"] {
        check(text, "refund.request");
    }
    for text in ["fund", "pefund"] {
        check(text, "");
    }
    let analysis = analyze("refnud");
    assert_eq!(analysis.intents[0].evidence[0].deductions[0].reason, DeductionReason::Typo);
}

#[test]
fn negation_has_a_scope() {
    check("I don't want a refund, where is my parcel", "tracking.status !refund.request");
    check("I dont want a refund but where is my parcel", "tracking.status !refund.request");
    check("no problem, refund", "refund.request");
    check("不是要退货，我要退款", "refund.request !returns.request");
    let analysis = analyze("I don't want a refund");
    assert_eq!(analysis.intent.as_str(), "none");
    assert!(
        analysis.intents[0]
            .evidence
            .iter()
            .all(|e| e.deductions[0].reason == DeductionReason::Denied)
    );
}

#[test]
fn patterns_step_over_fillers_and_gaps_but_not_over_sentences() {
    check("where is my parcel", "tracking.status");
    check("where the please is my package", "tracking.status");
    check("where on this whole earth is my parcel", "tracking.status");
    check("Where? A parcel", "");
    check("包裹现在在哪", "tracking.status");
    check("dónde está mi paquete", "tracking.status");
}

#[test]
fn severity_is_the_highest_of_the_wishes() {
    let analysis = analyze("refund or my lawyer calls");
    assert_eq!(summary(&analysis).split(' ').count(), 2);
    assert_eq!((analysis.severity, analysis.tier, analysis.handoff), (Severity::Red, 3, true));
    let analysis = analyze("not my lawyer. refund");
    assert_eq!((analysis.severity, analysis.tier, analysis.handoff), (Severity::Yellow, 1, false));
}

#[test]
fn language_is_a_weight() {
    let analyzer = analyzer();
    let tag = |text: &str, conversation: Option<&str>| {
        let hints = Hints { conversation, locale: None };
        analyzer.analyze(text, &hints).language.tag.to_string()
    };
    assert_eq!(tag("where is the parcel", None), "en");
    assert_eq!(tag("dónde está mi paquete", None), "es");
    assert_eq!(tag("where is my parcel", Some("es")), "en");
    for text in ["ok", "no", "hola"] {
        assert_eq!(tag(text, Some("zh")), "zh-Hans", "{text} flips a conversation");
    }
    assert_eq!(tag("我要退货", None), "zh-Hans");
    assert_eq!(tag("我要退貨", None), "zh-Hant");
    assert_eq!(tag("xqzt 123 🤷", None), "und");
}

#[test]
fn joy_is_no_anger() {
    for (text, label, level) in [
        ("Insanely good!!!", EmotionLabel::Positive, 0),
        ("this is UNACCEPTABLE", EmotionLabel::Angry, 2),
        ("unacceptable, you idiots!!!", EmotionLabel::Angry, 3),
        ("where is my parcel", EmotionLabel::Neutral, 0),
        ("WHERE IS MY PARCEL", EmotionLabel::Neutral, 0),
        ("i want a refund", EmotionLabel::Neutral, 0),
    ] {
        let emotion = analyze(text).emotion;
        assert_eq!(
            (emotion.label, emotion.level),
            (label, level),
            "{text}: {:?}",
            emotion.evidence
        );
    }
}

#[test]
fn spans_are_the_customers_own_words() {
    let text = "Hola, ¿DÓNDE está mi paquete?";
    let analysis = analyze(text);
    assert_eq!(analysis.intents[0].evidence[0].span.of(text), "DÓNDE está mi paquete");
    assert_eq!(analysis.intents[0].clause.of(text), "¿DÓNDE está mi paquete?");
}

#[test]
fn anything_is_read_within_bounds() {
    let emoji = "🤷".repeat(10_000);
    let long = "refund ".repeat(150_000);
    for text in ["", " ", "🙂", "\0", "\u{202e}refund\u{202c} שלום", &emoji, &long] {
        let analysis = analyze(text);
        for found in &analysis.intents {
            assert!(found.evidence.iter().all(|e| !e.span.of(text).is_empty()));
        }
    }
    assert_eq!(analyze(&emoji).intent.as_str(), "none");
}

proptest::proptest! {
    #[test]
    fn analysis_is_total_and_deterministic(text in "\\PC{0,60}|([ a-z要退款不货]|refund|don't|where|parcel|[.,!?🙂]){0,20}") {
        thread_local! { static ANALYZER: crate::Analyzer = analyzer(); }
        ANALYZER.with(|analyzer| {
            let first = analyzer.analyze(&text, &Hints::default());
            let second = analyzer.analyze(&text, &Hints::default());
            assert_eq!(first, second);
            for found in &first.intents {
                for evidence in &found.evidence {
                    assert!(text.get(evidence.span.start..evidence.span.end).is_some());
                }
                assert!(text.get(found.clause.start..found.clause.end).is_some());
            }
        });
    }
}
